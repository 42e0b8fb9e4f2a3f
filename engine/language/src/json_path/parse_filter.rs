//! The conditions of filters (RFC 9535, section 2.3.5), with the types of functions (section 2.4.3).

use super::parse::{Parser, shown};
use super::query::{Argument, Comparable, Comparison, Condition, Function, Literal, Operator, Query};
use super::regexp::Pattern;

/// Longer signs first.
const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

/// The beginning of a condition.
enum Start {
    Literal(Literal),
    Query(Query),
    Call(Function, &'static str),
}

impl Parser<'_> {
    /// `a || b`
    pub fn condition(&mut self) -> Result<Condition, String> {
        self.several("||", |parser| parser.several("&&", Parser::basic, Condition::And), Condition::Or)
    }

    fn several(
        &mut self,
        sign: &str,
        mut one: impl FnMut(&mut Self) -> Result<Condition, String>,
        made: impl FnOnce(Vec<Condition>) -> Condition,
    ) -> Result<Condition, String> {
        let first = one(self)?;
        let mut all = Vec::new();
        loop {
            let before = self.at;
            self.blank();
            if !self.take(sign) {
                self.at = before;
                break;
            }
            self.blank();
            all.push(one(self)?);
        }
        if all.is_empty() {
            return Ok(first);
        }
        all.insert(0, first);
        Ok(made(all))
    }

    /// A parenthesis, a comparison, or a test.
    fn basic(&mut self) -> Result<Condition, String> {
        let negated = self.rest().starts_with('!') && !self.rest().starts_with("!=");
        if negated {
            self.at += 1;
            self.blank();
        }
        let not = |condition: Condition| if negated { Condition::Not(Box::new(condition)) } else { condition };
        if self.take("(") {
            let condition = self.deeper(|parser| {
                parser.blank();
                let condition = parser.condition()?;
                parser.blank();
                parser.expect(")")?;
                Ok(condition)
            })?;
            return Ok(not(condition));
        }
        let start = self.start()?;
        let before = self.at;
        self.blank();
        let operator = OPERATORS.iter().find(|(sign, _)| self.rest().starts_with(sign));
        let Some((sign, operator)) = operator else {
            self.at = before;
            return match start {
                Start::Query(query) => Ok(not(Condition::Exists(query))),
                Start::Call(function @ Function::Fits { .. }, _) => Ok(not(Condition::Call(function))),
                Start::Call(_, name) => Err(format!("`{name}(…)` is a value: compare it with something")),
                Start::Literal(_) => Err(String::from("a literal is no condition: compare something with it")),
            };
        };
        if negated {
            return Err(String::from("`!` before a comparison needs parentheses: `!(…)`"));
        }
        self.at += sign.len();
        self.blank();
        let left = comparable(start)?;
        let right = self.start().and_then(comparable)?;
        Ok(Condition::Compare(Comparison { operator: *operator, left, right }))
    }

    fn start(&mut self) -> Result<Start, String> {
        match self.peek() {
            Some('$' | '@') => {
                let absolute = self.take("$");
                if !absolute {
                    self.at += 1;
                }
                self.query(absolute).map(Start::Query)
            }
            Some('"' | '\'') => self.string().map(|text| Start::Literal(Literal::Text(text.into()))),
            Some('-' | '0'..='9') => self.number().map(Start::Literal),
            Some('a'..='z') => {
                let rest = self.rest();
                let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
                let end = rest.find(|c: char| !word(c)).unwrap_or(rest.len());
                let name = rest.get(..end).unwrap_or_default();
                self.at += end;
                if self.take("(") {
                    return self.deeper(|parser| parser.function(name));
                }
                match name {
                    "true" => Ok(Start::Literal(Literal::Bool(true))),
                    "false" => Ok(Start::Literal(Literal::Bool(false))),
                    "null" => Ok(Start::Literal(Literal::Null)),
                    _ => Err(format!("`{name}` is no literal: texts stand in quotes, fields are `@.{name}`")),
                }
            }
            _ => Err(format!("`@`, `$`, a literal or a function is expected in place of {}", shown(self.rest()))),
        }
    }

    fn number(&mut self) -> Result<Literal, String> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
        let bad = || format!("{} is no number of JSON", shown(rest));
        let mut end = usize::from(bytes.first() == Some(&b'-'));
        let whole = digits(end);
        if whole == 0 || whole > 1 && bytes.get(end) == Some(&b'0') {
            return Err(bad());
        }
        end += whole;
        if bytes.get(end) == Some(&b'.') {
            let decimals = digits(end + 1);
            if decimals == 0 {
                return Err(bad());
            }
            end += 1 + decimals;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
            let exponent = digits(end + 1 + sign);
            if exponent == 0 {
                return Err(bad());
            }
            end += 1 + sign + exponent;
        }
        self.at += end;
        Ok(Literal::Number(rest.get(..end).unwrap_or_default().into()))
    }

    /// The arguments of a function, behind its parenthesis.
    fn function(&mut self, name: &str) -> Result<Start, String> {
        let (function, name) = match name {
            "length" => (Function::Length(self.value_argument("length")?), "length"),
            "count" => (Function::Count(self.query_argument("count")?), "count"),
            "value" => (Function::Value(self.query_argument("value")?), "value"),
            "match" => (self.pattern_function(true)?, "match"),
            "search" => (self.pattern_function(false)?, "search"),
            _ => {
                let known = "`length`, `count`, `match`, `search` and `value`";
                return Err(format!("`{name}` is no function of JSONPath: there are {known}"));
            }
        };
        self.blank();
        if !self.take(")") {
            return Err(format!("`{name}` has other arguments: `)` is expected in place of {}", shown(self.rest())));
        }
        Ok(Start::Call(function, name))
    }

    fn value_argument(&mut self, name: &str) -> Result<Comparable, String> {
        self.blank();
        let start = self.start()?;
        comparable(start).map_err(|why| format!("`{name}` takes one value: {why}"))
    }

    fn query_argument(&mut self, name: &str) -> Result<Query, String> {
        self.blank();
        match self.start()? {
            Start::Query(query) => Ok(query),
            _ => Err(format!("`{name}` takes a path, `@…` or `$…`")),
        }
    }

    fn pattern_function(&mut self, whole: bool) -> Result<Function, String> {
        let name = if whole { "match" } else { "search" };
        let text = self.value_argument(name)?;
        self.blank();
        self.expect(",").map_err(|_| format!("`{name}` takes a value and a pattern"))?;
        let pattern = match self.value_argument(name)? {
            Comparable::Literal(Literal::Text(pattern)) => {
                let compiled = Pattern::compile(&pattern);
                Argument::Pattern(compiled.map_err(|why| format!("the pattern `{pattern}` {why}"))?)
            }
            Comparable::Literal(_) => return Err(format!("the pattern of `{name}` is a text")),
            found => Argument::Found(found),
        };
        Ok(Function::Fits { whole, text, pattern })
    }
}

/// What may stand in a comparison, or as an argument that is one value.
fn comparable(start: Start) -> Result<Comparable, String> {
    match start {
        Start::Literal(literal) => Ok(Comparable::Literal(literal)),
        Start::Query(query) if query.singular => Ok(Comparable::Query(query)),
        Start::Query(_) => Err(String::from("a path here may find several values: `value(…)` gives the only one")),
        Start::Call(Function::Fits { .. }, name) => {
            Err(format!("`{name}(…)` is a condition, and compared with nothing"))
        }
        Start::Call(function, _) => Ok(Comparable::Call(Box::new(function))),
    }
}
