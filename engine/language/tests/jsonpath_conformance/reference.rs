//! A second evaluator of JSONPath, over `serde_json`'s values, and random queries and documents for both. It is written from RFC 9535
//! alone, as plainly as can be, and knows its queries as trees only: the engine reads them as texts.

use std::fmt;

use serde_json::{Map, Value, json};

/// Names in documents and queries, in the order of their letters.
const NAMES: [&str; 6] = ["a", "b", "c d", "d", "e'\"", "é"];

pub struct Query {
    from_root: bool,
    steps: Vec<Step>,
}

struct Step {
    below: bool,
    picks: Vec<Pick>,
}

enum Pick {
    Name(&'static str),
    All,
    At(i64),
    Slice(Option<i64>, Option<i64>, Option<i64>),
    Where(Test),
}

enum Test {
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Not(Box<Test>),
    Has(Query),
    Compare(Side, &'static str, Side),
    Fits(bool, Side, &'static str),
}

enum Side {
    Just(Value),
    One(Query),
    Length(Box<Side>),
    Count(Query),
    Only(Query),
}

impl Query {
    /// The values that it finds.
    pub fn find<'v>(&self, root: &'v Value, current: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![if self.from_root { root } else { current }];
        for step in &self.steps {
            let mut next = vec![];
            for value in found {
                step.take(root, value, &mut next);
            }
            found = next;
        }
        found
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => vec![],
    }
}

impl Step {
    fn take<'v>(&self, root: &'v Value, value: &'v Value, into: &mut Vec<&'v Value>) {
        for pick in &self.picks {
            match (pick, value) {
                (Pick::Name(name), Value::Object(map)) => into.extend(map.get(*name)),
                (Pick::All, _) => into.extend(children(value)),
                (Pick::At(at), Value::Array(items)) => {
                    let at = if *at < 0 { items.len() as i64 + at } else { *at };
                    into.extend(usize::try_from(at).ok().and_then(|at| items.get(at)));
                }
                (Pick::Slice(start, end, step), Value::Array(items)) => {
                    let (length, step) = (items.len() as i64, step.unwrap_or(1));
                    let normal = |i: i64| if i >= 0 { i } else { length + i };
                    if step > 0 {
                        let lower = normal(start.unwrap_or(0)).max(0).min(length);
                        let upper = normal(end.unwrap_or(length)).max(0).min(length);
                        let mut i = lower;
                        while i < upper {
                            into.push(&items[i as usize]);
                            i += step;
                        }
                    } else if step < 0 {
                        let upper = normal(start.unwrap_or(length - 1)).max(-1).min(length - 1);
                        let lower = end.map_or(-1, |e| normal(e).max(-1).min(length - 1));
                        let mut i = upper;
                        while i > lower {
                            into.push(&items[i as usize]);
                            i += step;
                        }
                    }
                }
                (Pick::Where(test), _) => into.extend(children(value).into_iter().filter(|c| test.holds(root, c))),
                _ => {}
            }
        }
        if self.below {
            for child in children(value) {
                self.take(root, child, into);
            }
        }
    }
}

impl Test {
    fn holds(&self, root: &Value, current: &Value) -> bool {
        match self {
            Test::And(a, b) => a.holds(root, current) && b.holds(root, current),
            Test::Or(a, b) => a.holds(root, current) || b.holds(root, current),
            Test::Not(inner) => !inner.holds(root, current),
            Test::Has(query) => !query.find(root, current).is_empty(),
            Test::Compare(a, sign, b) => {
                let (a, b) = (a.value(root, current), b.value(root, current));
                let less = |a: &Option<Value>, b: &Option<Value>| match (a, b) {
                    (Some(Value::Number(a)), Some(Value::Number(b))) => a.as_f64() < b.as_f64(),
                    (Some(Value::String(a)), Some(Value::String(b))) => a.chars().lt(b.chars()),
                    _ => false,
                };
                let equal = match (&a, &b) {
                    (Some(a), Some(b)) => alike(a, b),
                    (a, b) => a.is_none() && b.is_none(),
                };
                match *sign {
                    "==" => equal,
                    "!=" => !equal,
                    "<" => less(&a, &b),
                    "<=" => less(&a, &b) || equal,
                    ">" => less(&b, &a),
                    _ => less(&b, &a) || equal,
                }
            }
            Test::Fits(whole, side, pattern) => match side.value(root, current) {
                Some(Value::String(text)) => fits(*whole, &text, pattern),
                _ => false,
            },
        }
    }
}

/// The patterns that random queries have, by hand.
const PATTERNS: [&str; 4] = ["a.*", "[a-c]b?", "x|aa", ".b"];

fn fits(whole: bool, text: &str, pattern: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let parts = (0..=letters.len()).flat_map(|i| (i..=letters.len()).map(move |j| (i, j)));
    let one = |part: &[char]| match pattern {
        "a.*" => part.first() == Some(&'a'),
        "[a-c]b?" => matches!(part, ['a'..='c'] | ['a'..='c', 'b']),
        "x|aa" => matches!(part, ['x'] | ['a', 'a']),
        _ => matches!(part, [_, 'b']),
    };
    if whole { one(&letters) } else { parts.into_iter().any(|(i, j)| one(&letters[i..j])) }
}

fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| alike(v, w)))
        }
        (a, b) => a == b,
    }
}

impl Side {
    fn value(&self, root: &Value, current: &Value) -> Option<Value> {
        let only = |query: &Query| match query.find(root, current).as_slice() {
            [one] => Some((*one).clone()),
            _ => None,
        };
        match self {
            Side::Just(value) => Some(value.clone()),
            Side::One(query) | Side::Only(query) => only(query),
            Side::Count(query) => Some(json!(query.find(root, current).len())),
            Side::Length(side) => match side.value(root, current)? {
                Value::String(text) => Some(json!(text.chars().count())),
                Value::Array(items) => Some(json!(items.len())),
                Value::Object(map) => Some(json!(map.len())),
                _ => None,
            },
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.from_root { "$" } else { "@" })?;
        for step in &self.steps {
            let plain = |name: &str| name.chars().all(char::is_alphanumeric);
            match step.picks.as_slice() {
                [Pick::Name(name)] if plain(name) => write!(f, "{}{name}", if step.below { ".." } else { "." })?,
                [Pick::All] if step.below => f.write_str("..*")?,
                picks => {
                    f.write_str(if step.below { "..[" } else { "[" })?;
                    for (i, pick) in picks.iter().enumerate() {
                        f.write_str(if i > 0 { ", " } else { "" })?;
                        write!(f, "{pick}")?;
                    }
                    f.write_str("]")?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |n: &Option<i64>| n.map_or_else(String::new, |n| n.to_string());
        match self {
            Pick::Name(name) => write!(f, "{}", Value::from(*name)),
            Pick::All => f.write_str("*"),
            Pick::At(at) => write!(f, "{at}"),
            Pick::Slice(start, end, None) => write!(f, "{}:{}", shown(start), shown(end)),
            Pick::Slice(start, end, step) => write!(f, "{} : {}:{}", shown(start), shown(end), shown(step)),
            Pick::Where(test) => write!(f, "?{test}"),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Test::And(a, b) => write!(f, "({a} && {b})"),
            Test::Or(a, b) => write!(f, "({a} || {b})"),
            Test::Not(inner) => write!(f, "!({inner})"),
            Test::Has(query) => write!(f, "{query}"),
            Test::Compare(a, sign, b) => write!(f, "{a} {sign} {b}"),
            Test::Fits(whole, side, pattern) => {
                write!(f, "{}({side}, '{pattern}')", if *whole { "match" } else { "search" })
            }
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Side::Just(value) => write!(f, "{value}"),
            Side::One(query) => write!(f, "{query}"),
            Side::Length(side) => write!(f, "length({side})"),
            Side::Count(query) => write!(f, "count({query})"),
            Side::Only(query) => write!(f, "value({query})"),
        }
    }
}

/// Seeded, so that a run can be made again.
pub struct Random {
    state: u64,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % end as u64).unwrap()
    }

    /// An object with `d`, a list or an object, and some more.
    pub fn document(&mut self) -> Value {
        let mut map = Map::new();
        map.insert(String::from("a"), self.value(2));
        map.insert(String::from("d"), self.value(4));
        Value::Object(map)
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 9 }) {
            0 => json!(self.below(4)),
            1 => [json!("a"), json!("ab"), json!("aab"), json!("é😀"), json!("")][self.below(5)].clone(),
            2 => [json!(null), json!(true), json!(false)][self.below(3)].clone(),
            3 => [json!(1.5), json!(-1), json!(1e2), json!(0.0)][self.below(4)].clone(),
            4 => json!(["b"])[0].clone(),
            5 | 6 => (0..self.below(5)).map(|_| self.value(depth - 1)).collect(),
            _ => {
                let mut map = Map::new();
                for name in NAMES {
                    if self.below(2) == 0 {
                        map.insert(name.to_owned(), self.value(depth - 1));
                    }
                }
                Value::Object(map)
            }
        }
    }

    pub fn query(&mut self) -> Query {
        let mut query = self.steps(3, 2);
        query.from_root = true;
        // `$` alone is the record, which no text field takes
        if self.below(3) > 0 || query.steps.is_empty() {
            query.steps.insert(0, Step { below: false, picks: vec![Pick::Name("d")] });
        }
        query
    }

    fn steps(&mut self, most: usize, depth: usize) -> Query {
        let steps = (0..self.below(most + 1))
            .map(|_| {
                let below = self.below(5) == 0;
                let picks = (0..=usize::from(self.below(4) == 0)).map(|_| self.pick(depth)).collect();
                Step { below, picks }
            })
            .collect();
        Query { from_root: self.below(4) == 0, steps }
    }

    fn name(&mut self) -> &'static str {
        NAMES[self.below(NAMES.len())]
    }

    fn integer(&mut self) -> i64 {
        self.below(9) as i64 - 4
    }

    fn pick(&mut self, depth: usize) -> Pick {
        match self.below(if depth == 0 { 7 } else { 11 }) {
            0..=2 => Pick::Name(self.name()),
            3 | 4 => Pick::All,
            5 => Pick::At(self.integer()),
            6 => {
                let mut maybe = || if self.below(2) == 0 { Some(self.integer()) } else { None };
                Pick::Slice(maybe(), maybe(), maybe())
            }
            _ => Pick::Where(self.test(depth - 1)),
        }
    }

    fn test(&mut self, depth: usize) -> Test {
        let inner = depth.saturating_sub(1);
        match self.below(if depth == 0 { 7 } else { 10 }) {
            0..=2 => Test::Has(self.steps(2, inner)),
            3..=5 => {
                let sign = ["==", "!=", "<", "<=", ">", ">="][self.below(6)];
                Test::Compare(self.side(inner), sign, self.side(inner))
            }
            6 => Test::Fits(self.below(2) == 0, Side::One(self.one()), PATTERNS[self.below(4)]),
            7 => Test::And(Box::new(self.test(inner)), Box::new(self.test(inner))),
            8 => Test::Or(Box::new(self.test(inner)), Box::new(self.test(inner))),
            _ => Test::Not(Box::new(self.test(inner))),
        }
    }

    /// A query that finds one value at most.
    fn one(&mut self) -> Query {
        let steps = (0..self.below(3))
            .map(|_| {
                let pick = if self.below(3) == 0 { Pick::At(self.integer()) } else { Pick::Name(self.name()) };
                Step { below: false, picks: vec![pick] }
            })
            .collect();
        Query { from_root: self.below(5) == 0, steps }
    }

    fn side(&mut self, depth: usize) -> Side {
        match self.below(8) {
            0 | 1 => {
                let literals =
                    [json!(1), json!("a"), json!("b"), json!(null), json!(true), json!(-1.0), json!(100), json!("é😀")];
                Side::Just(literals[self.below(8)].clone())
            }
            2..=4 => Side::One(self.one()),
            5 => Side::Length(Box::new(Side::One(self.one()))),
            6 => Side::Count(self.steps(2, depth)),
            _ => Side::Only(self.steps(2, depth)),
        }
    }
}
