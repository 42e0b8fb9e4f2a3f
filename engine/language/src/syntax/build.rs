//! From pest's pairs to the tree, with exact places. Recursion is bounded: nesting was counted before, and long chains of
//! operators or members are counted here.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Span;
use pest::iterators::{Pair, Pairs};

use super::grammar::{MOST_NESTING, Rule, Text};
use super::group::{self, Token};
use super::message;
use super::tree::{
    Arm, Expr, ExprKind, FieldRule, ForBody, Let, Name, On, Operator, Rule as MappingRule, Selector, SortKey, Target,
    TextPart,
};

pub(super) struct Builder<'a, 'd> {
    pub text: Text<'a>,
    pub diagnostics: &'d mut Diagnostics,
}

pub(super) type Node<'a> = Pair<'a, Rule>;

/// What stood in `{ }`.
enum Braces {
    Rules(Vec<FieldRule>),
    Entries(Vec<(Expr, Expr)>),
    Value(Expr),
}

impl Builder<'_, '_> {
    pub fn whole_let(&mut self, pairs: Pairs<'_, Rule>) -> Option<Let> {
        let whole = pairs.into_iter().next()?;
        let span = self.span(&whole);
        let mut parts =
            whole.into_inner().filter(|p| !matches!(p.as_rule(), Rule::kw_let | Rule::let_sign | Rule::EOI));
        let name = self.name(&parts.next()?);
        let value = self.value(parts.next()?)?;
        Some(Let { name, value, span })
    }

    pub fn whole_rule(&mut self, pairs: Pairs<'_, Rule>) -> Option<MappingRule> {
        let whole = pairs.into_iter().next()?;
        let span = self.span(&whole);
        let (mut target, mut value, mut on) = (None, None, None);
        for part in whole.into_inner() {
            match part.as_rule() {
                Rule::target => target = self.target(part),
                Rule::arrow => self.arrow(&part)?,
                Rule::value => value = Some(self.value(part)?),
                Rule::on => {
                    let create = part.into_inner().any(|p| p.as_rule() == Rule::kw_create);
                    on = Some(if create { On::Create } else { On::Update });
                }
                _ => {}
            }
        }
        Some(MappingRule { target: target?, value: value?, on, span })
    }

    pub fn whole_expression(&mut self, pairs: Pairs<'_, Rule>) -> Option<Expr> {
        let inner = pairs.into_iter().next()?.into_inner().next()?;
        self.expression(inner)
    }

    pub fn whole_template(&mut self, pairs: Pairs<'_, Rule>) -> Option<Vec<TextPart>> {
        self.text_parts(pairs.into_iter().next()?)
    }

    pub(super) fn span(&self, pair: &Node<'_>) -> Span {
        let span = pair.as_span();
        self.text.span(span.start(), span.start() + span.as_str().trim_end().len())
    }

    /// What the author wrote, if it is short enough to be repeated in a message.
    fn written(&self, from: usize, to: usize) -> Option<String> {
        let text = self.text.text.get(from..to)?.trim();
        (text.len() <= 60 && !text.contains('\n')).then(|| text.to_owned())
    }

    pub(super) fn refuse(&mut self, diagnostic: Diagnostic) -> Option<std::convert::Infallible> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// `a <-1`: neither a rule nor a comparison.
    fn arrow(&mut self, arrow: &Node<'_>) -> Option<()> {
        let after = self.text.text.get(arrow.as_span().end()..)?.chars().next();
        if after.is_none_or(char::is_whitespace) {
            return Some(());
        }
        let span = self.span(arrow);
        self.refuse(
            Diagnostic::error("E0209", span, "`<-` wants a blank behind it")
                .help("a rule: `a <- 1`; a comparison: `a < -1`"),
        );
        None
    }

    pub(super) fn name(&self, pair: &Node<'_>) -> Name {
        Name { text: pair.as_str().trim_end().trim_matches('`').to_owned(), span: self.span(pair) }
    }

    fn target(&mut self, pair: Node<'_>) -> Option<Target> {
        let span = self.span(&pair);
        let mut target = Target { path: vec![], custom: None, span };
        for part in pair.into_inner() {
            let part_span = self.span(&part);
            if target.custom.is_some() {
                self.refuse(
                    Diagnostic::error("E0201", part_span, "nothing may follow a custom field")
                        .help("a custom field is a text"),
                )?;
            }
            if part.as_rule() == Rule::custom_target {
                let text = part.into_inner().next()?;
                let name_span = self.span(&text);
                let plain = text.as_rule() == Rule::plain_text;
                let kind = if plain { self.plain(&text) } else { ExprKind::Text(self.text_parts(text)?) };
                match kind {
                    ExprKind::Text(parts) => match parts.as_slice() {
                        [] => {
                            self.refuse(
                                Diagnostic::error("E0201", name_span, "a custom field has a name")
                                    .help("write `custom[\"Name\"]`"),
                            )?;
                        }
                        [TextPart::Text(text)] => target.custom = Some(Name { text: text.clone(), span: name_span }),
                        _ => {
                            let help = "write the name as it is; computed names are not possible";
                            self.refuse(
                                Diagnostic::error("E0201", name_span, "the name of a custom field has no holes")
                                    .help(help),
                            )?;
                        }
                    },
                    _ => return None,
                }
            } else {
                target.path.push(self.name(&part));
            }
        }
        Some(target)
    }

    /// An expression and what stands in for it.
    fn value(&mut self, pair: Node<'_>) -> Option<Expr> {
        let mut parts: Vec<(Expr, Span)> = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Rule::expression {
                let outer = self.span(&part);
                parts.push((self.expression(part)?, outer));
            }
        }
        let (mut value, end) = parts.pop()?;
        while let Some((first, outer)) = parts.pop() {
            let span = outer.to(end);
            value = Expr { kind: ExprKind::Otherwise(Box::new(first), Box::new(value)), span };
        }
        Some(value)
    }

    fn expression(&mut self, pair: Node<'_>) -> Option<Expr> {
        let (span, from) = (self.span(&pair), pair.as_span().start());
        let mut parts = pair.into_inner();
        let first = parts.next()?;
        if first.as_rule() == Rule::if_expression {
            return self.if_expression(first);
        }
        let (subject, simple) = self.chain(first)?;
        self.piped(subject, simple, parts, (span, from))
    }

    /// The pipes behind a chain.
    fn piped(
        &mut self,
        mut subject: Expr,
        simple: bool,
        parts: Pairs<'_, Rule>,
        (span, from): (Span, usize),
    ) -> Option<Expr> {
        let mut count = 0;
        for part in parts {
            match part.as_rule() {
                Rule::stage => {
                    if !simple && count == 0 {
                        let whole = self.written(from, part.as_span().start());
                        let help = match whole.as_deref().and_then(|t| t.strip_suffix('|')) {
                            Some(before) => format!(
                                "write `({}) | {}`, or put the last value and its pipe in parentheses",
                                before.trim_end(),
                                part.as_str().trim_end()
                            ),
                            None => String::from("put the pipe and what it belongs to in parentheses"),
                        };
                        let pipe = self.span(&part);
                        self.refuse(
                            Diagnostic::error(
                                "E0204",
                                pipe,
                                "a pipe stands beside an operator, and readers could group this in two ways",
                            )
                            .label(subject.span, "is this what is piped?")
                            .help(help),
                        )?;
                    }
                    count += 1;
                    if count > MOST_NESTING {
                        let at = self.span(&part);
                        self.refuse(
                            Diagnostic::error("E0205", at, format!("more than {MOST_NESTING} pipes in a row"))
                                .help("name a part with `let`"),
                        )?;
                    }
                    subject = self.stage(subject, part, span)?;
                }
                Rule::after_pipe => {
                    let at = self.span(&part);
                    let error = Diagnostic::error("E0204", at, "what is piped goes in parentheses before an operator");
                    let error = match self.written(from, part.as_span().start()) {
                        Some(piped) => {
                            let end = part.as_span().start();
                            let end = from + self.text.text.get(from..end).map_or(0, |t| t.trim_end().len());
                            let error = error.help(format!("write `({piped}) {}`", part.as_str().trim_end()));
                            // with an operator before the pipe, too, there are two readings
                            if simple { error.fix(self.text.span(from, end), format!("({piped})")) } else { error }
                        }
                        None => error.help("put what is piped in parentheses, its pipes included"),
                    };
                    self.refuse(error)?;
                }
                _ => {}
            }
        }
        if count > 0 {
            subject.span = span;
        }
        Some(subject)
    }

    /// One pipe; `whole` starts where its subject does.
    fn stage(&mut self, subject: Expr, pair: Node<'_>, whole: Span) -> Option<Expr> {
        let span = Span { end: self.span(&pair).end, ..whole };
        let (mut each, mut function, mut arguments) = (false, None, vec![subject]);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_each => each = true,
                Rule::name => function = Some(self.name(&part)),
                Rule::arguments => arguments.extend(self.arguments(part)?),
                _ => {}
            }
        }
        Some(Expr { kind: ExprKind::Call { function: function?, arguments, piped: true, each }, span })
    }

    fn arguments(&mut self, pair: Node<'_>) -> Option<Vec<Expr>> {
        pair.into_inner().filter(|p| p.as_rule() == Rule::expression).map(|p| self.expression(p)).collect()
    }

    /// A place where a pipe needs parentheses: a condition, a branch, the subject of `match`.
    fn chain_or_pipe(&mut self, pair: Node<'_>) -> Option<Expr> {
        let pair_start = pair.as_span().start();
        let mut parts = pair.into_inner();
        let (chain, simple) = self.chain(parts.next()?)?;
        let stages: Vec<Node<'_>> = parts.filter(|p| p.as_rule() == Rule::stage).collect();
        if let (Some(first), Some(last)) = (stages.first(), stages.last()) {
            let at = self.span(first);
            let (start, end) = (first.as_span().start(), last.as_span().end());
            let piped = if simple {
                self.written(pair_start, end)
            } else {
                // what is calculated needs parentheses of its own
                let calculated = self.written(pair_start, start);
                let calculated = calculated.map(|text| text.trim_end().trim_end_matches('|').trim_end().to_owned());
                calculated
                    .zip(self.written(start, end))
                    .map(|(text, pipes)| format!("({text}) | {}", pipes.trim_start_matches('|').trim_start()))
            };
            let error = Diagnostic::error("E0204", at, "a pipe in a condition or branch needs parentheses")
                .label(chain.span, "what is piped");
            self.refuse(match piped {
                Some(text) if simple => error
                    .help(format!("write `({text})`"))
                    .fix(self.text.span(pair_start, pair_start + text.len()), format!("({text})")),
                Some(text) => error.help(format!("write `({text})`")),
                None => error.help("put what is piped in parentheses, its pipes included"),
            })?;
        }
        Some(chain)
    }

    /// A chain and whether it is one operand without any operator.
    fn chain(&mut self, pair: Node<'_>) -> Option<(Expr, bool)> {
        let mut tokens = Vec::new();
        let mut simple = true;
        for (at, part) in pair.into_inner().enumerate() {
            match part.as_rule() {
                Rule::operator => tokens.push(self.operator(part)?),
                Rule::operand => {
                    simple = at == 0 && part.clone().into_inner().all(|p| p.as_rule() == Rule::postfix);
                    self.operand(part, &mut tokens)?;
                }
                _ => {}
            }
        }
        let grouped = group::group(tokens, self.diagnostics)?;
        if group::deeper_than(&grouped, MOST_NESTING * 4) {
            let message = format!("this chain of operators is longer than the limit of {}", MOST_NESTING * 4);
            self.refuse(Diagnostic::error("E0205", grouped.span, message).help("name its parts with `let`"))?;
        }
        Some((grouped, simple))
    }

    fn operator(&mut self, pair: Node<'_>) -> Option<Token> {
        let span = self.span(&pair);
        let outer = pair.as_span();
        let inner = pair.into_inner().next()?;
        let operator = match inner.as_rule() {
            Rule::or_if_empty => Operator::OrIfEmpty,
            Rule::kw_or => Operator::Or,
            Rule::kw_and => Operator::And,
            Rule::if_null => Operator::OrIfNull,
            Rule::equal => Operator::Equal,
            Rule::not_equal => Operator::NotEqual,
            Rule::less_or_equal => Operator::LessOrEqual,
            Rule::greater_or_equal => Operator::GreaterOrEqual,
            Rule::less => Operator::Less,
            Rule::greater => Operator::Greater,
            Rule::not_in => Operator::NotIn,
            Rule::kw_in => Operator::In,
            Rule::starts_with => Operator::StartsWith,
            Rule::ends_with => Operator::EndsWith,
            Rule::kw_contains => Operator::Contains,
            Rule::plus => Operator::Add,
            Rule::minus => Operator::Subtract,
            Rule::times => Operator::Multiply,
            Rule::divide => Operator::Divide,
            _ => return None,
        };
        if operator == Operator::Subtract {
            let before = self.text.text.get(..outer.start()).and_then(|t| t.chars().next_back());
            let after = self.text.text.get(outer.start() + 1..).and_then(|t| t.chars().next());
            if !before.is_some_and(char::is_whitespace) || !after.is_some_and(char::is_whitespace) {
                if let Some((from, to, written)) = message::written_date(self.text.text, outer.start()) {
                    let date = Diagnostic::error(
                        "E0214",
                        self.text.span(from, to),
                        "a date is written as a text, with the function that reads it",
                    )
                    .help(format!("write `{written}`"));
                    let alone = self.text.text.get(..from).is_some_and(|b| b.trim_end().ends_with("<-"));
                    let place = self.text.span(from, to);
                    self.refuse(if alone { date.fix(place, written) } else { date.edit(place, written) })?;
                }
                self.refuse(
                    Diagnostic::error("E0210", span, "a minus between two values has a blank on both sides").help(
                        "write `a - b`; a field with a hyphen in its name goes in backticks: `` `content-type` ``",
                    ),
                )?;
            }
        }
        Some(Token::Operator(operator, span))
    }

    fn operand(&mut self, pair: Node<'_>, tokens: &mut Vec<Token>) -> Option<()> {
        let mut negative = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::kw_not => tokens.push(Token::Not(span)),
                Rule::negative => negative = Some(span),
                Rule::quantified => tokens.push(Token::Operand(self.quantified(part)?, span)),
                Rule::postfix => {
                    let mut value = self.postfix(part)?;
                    let mut outer = span;
                    if let Some(sign) = negative.take() {
                        outer = sign.to(span);
                        value = Expr { kind: ExprKind::Negate(Box::new(value)), span: outer };
                    }
                    tokens.push(Token::Operand(value, outer));
                }
                Rule::is_empty => {
                    let negated = part.into_inner().any(|p| p.as_rule() == Rule::kw_not);
                    tokens.push(Token::IsEmpty { negated, span });
                }
                _ => {}
            }
        }
        Some(())
    }

    fn quantified(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let (mut every, mut binder, mut list, mut condition) = (false, None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_every => every = true,
                Rule::name => binder = Some(self.name(&part)),
                Rule::postfix => list = Some(Box::new(self.postfix(part)?)),
                Rule::chain_or_pipe => condition = Some(Box::new(self.chain_or_pipe(part)?)),
                _ => {}
            }
        }
        Some(Expr { kind: ExprKind::Quantified { every, binder: binder?, list: list?, condition: condition? }, span })
    }

    fn if_expression(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner().filter(|p| matches!(p.as_rule(), Rule::chain_or_pipe | Rule::branch));
        let condition = Box::new(self.chain_or_pipe(parts.next()?)?);
        let then_pair = parts.next()?;
        let nested = then_pair.clone().into_inner().next().is_some_and(|p| p.as_rule() == Rule::if_expression);
        if nested {
            let at = self.span(&then_pair);
            self.refuse(
                Diagnostic::error(
                    "E0203",
                    at,
                    "an `if` in the branch of another needs parentheses, so that it is clear whose `else` comes next",
                )
                .help("write `if x then (if y then 1 else 2) else 3`"),
            )?;
        }
        let then = Box::new(self.branch(then_pair)?);
        let otherwise = match parts.next() {
            Some(branch) => Some(Box::new(self.branch(branch)?)),
            None => None,
        };
        Some(Expr { kind: ExprKind::If { condition, then, otherwise }, span })
    }

    fn branch(&mut self, pair: Node<'_>) -> Option<Expr> {
        let inner = pair.into_inner().next()?;
        if inner.as_rule() == Rule::if_expression { self.if_expression(inner) } else { self.chain_or_pipe(inner) }
    }

    fn postfix(&mut self, pair: Node<'_>) -> Option<Expr> {
        let mut parts = pair.into_inner();
        let first = parts.next()?;
        let parenthesized = first.as_str().starts_with('(');
        let start = self.span(&first);
        let mut value = self.primary(first)?;
        for (count, part) in parts.enumerate() {
            let span = start.to(self.span(&part));
            if count >= MOST_NESTING {
                let message = format!("this path is longer than the limit of {MOST_NESTING} steps");
                self.refuse(Diagnostic::error("E0205", span, message).help("name a part with `let`"))?;
            }
            if matches!(value.kind, ExprKind::JsonPath(_)) && !parenthesized && count == 0 {
                self.refuse(
                    Diagnostic::error("E0203", span, "it is not clear whether this belongs to the JSONPath")
                        .help("put the JSONPath in parentheses: `($.lines[*])[0]`"),
                )?;
            }
            let kind = match part.as_rule() {
                Rule::member => ExprKind::Member(Box::new(value), self.name(&part.into_inner().next()?)),
                Rule::index => ExprKind::Select(Box::new(value), self.selector(part.into_inner().next()?)?),
                _ => return None,
            };
            value = Expr { kind, span };
        }
        Some(value)
    }

    fn selector(&mut self, pair: Node<'_>) -> Option<Selector> {
        let span = self.span(&pair);
        let inner = pair.into_inner().next()?;
        match inner.as_rule() {
            Rule::all => Some(Selector::All),
            Rule::first_word => Some(Selector::First),
            Rule::last_word => Some(Selector::Last),
            Rule::number => match inner.as_str().trim().parse::<i64>() {
                Ok(index) => Some(Selector::Index(index)),
                Err(_) => {
                    self.refuse(
                        Diagnostic::error("E0201", span, "an index is a whole number")
                            .help("`[0]` is the first, `[-1]` the last"),
                    )?;
                    None
                }
            },
            Rule::plain_text => match self.plain(&inner) {
                ExprKind::Text(parts) => self.key(&parts, span),
                _ => None,
            },
            Rule::template => {
                let parts = self.text_parts(inner)?;
                self.key(&parts, span)
            }
            Rule::selection => self.selection(inner),
            _ => {
                let help = "`[0]`, `[first]`, `[last]`, `[*]`, `[\"key\"]`, `[each x where …]`, `[first x where …]`; a field named like a word goes in backticks";
                self.refuse(Diagnostic::error("E0201", span, "this cannot stand in brackets after a path").help(help))?;
                None
            }
        }
    }

    pub(super) fn key(&mut self, parts: &[TextPart], span: Span) -> Option<Selector> {
        match parts {
            [] => Some(Selector::Key(String::new())),
            [TextPart::Text(text)] => Some(Selector::Key(text.clone())),
            _ => {
                self.refuse(
                    Diagnostic::error("E0201", span, "a key in brackets has no holes").help("write the key as it is"),
                )?;
                None
            }
        }
    }

    fn selection(&mut self, pair: Node<'_>) -> Option<Selector> {
        let mut parts = pair.into_inner();
        let kind = parts.next()?.as_rule();
        let binder = self.name(&parts.next()?);
        let mut rest = parts.filter(|p| matches!(p.as_rule(), Rule::chain_or_pipe | Rule::sort_key | Rule::expression));
        match kind {
            Rule::kw_each => Some(Selector::Each(binder, Box::new(self.chain_or_pipe(rest.next()?)?))),
            Rule::kw_first => Some(Selector::FirstWhere(binder, Box::new(self.chain_or_pipe(rest.next()?)?))),
            Rule::kw_unique => Some(Selector::Unique(binder, Box::new(self.expression(rest.next()?)?))),
            Rule::kw_group => Some(Selector::Group(binder, Box::new(self.expression(rest.next()?)?))),
            Rule::kw_sort => {
                let mut keys = Vec::new();
                for key in rest {
                    let descending = key.clone().into_inner().any(|p| p.as_rule() == Rule::kw_descending);
                    let (by, _) = self.chain(key.into_inner().next()?)?;
                    keys.push(SortKey { by, descending });
                }
                Some(Selector::Sort(binder, keys))
            }
            _ => None,
        }
    }

    fn primary(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let inner = pair.into_inner().next()?;
        let kind = match inner.as_rule() {
            Rule::number => self.number(&inner)?,
            Rule::template => ExprKind::Text(self.text_parts(inner)?),
            Rule::plain_text => self.plain_value(&inner),
            Rule::json_path => ExprKind::JsonPath(inner.as_str().trim_end().to_owned()),
            Rule::literal => match inner.into_inner().next()?.as_rule() {
                Rule::kw_true => ExprKind::Bool(true),
                Rule::kw_false => ExprKind::Bool(false),
                Rule::kw_null => ExprKind::Null,
                _ => ExprKind::Clear,
            },
            Rule::match_expression => self.match_expression(inner)?,
            Rule::for_expression => self.for_expression(inner)?,
            Rule::list => {
                let items: Option<Vec<Expr>> = inner
                    .into_inner()
                    .filter(|p| p.as_rule() == Rule::expression)
                    .map(|p| self.expression(p))
                    .collect();
                ExprKind::List(items?)
            }
            Rule::braces => match self.braces(inner)? {
                Braces::Rules(rules) => ExprKind::Record(rules),
                Braces::Entries(entries) => ExprKind::Dictionary(entries),
                Braces::Value(value) => {
                    let error = Diagnostic::error(
                        "E0201",
                        span,
                        "braces hold rules (`a <- b`) or entries (`\"k\": v`), not a single value",
                    )
                    .label(value.span, "this value")
                    .help("take the braces away");
                    let (from, to) = self.text.bytes(span);
                    let inside = self
                        .written(from, to)
                        .and_then(|t| Some(t.strip_prefix('{')?.strip_suffix('}')?.trim().to_owned()));
                    self.refuse(match inside {
                        Some(inside) => error.fix(span, inside),
                        None => error,
                    })?;
                    return None;
                }
            },
            Rule::parenthesis => {
                let value = inner.into_inner().find(|p| p.as_rule() == Rule::value)?;
                return self.value(value);
            }
            Rule::call => {
                let mut parts = inner.into_inner();
                let function = self.name(&parts.next()?);
                let arguments = self.arguments(parts.next()?)?;
                ExprKind::Call { function, arguments, piped: false, each: false }
            }
            Rule::name => {
                let quoted = inner.as_str().starts_with('`');
                ExprKind::Name { name: self.name(&inner), quoted }
            }
            _ => return None,
        };
        Some(Expr { kind, span })
    }

    fn match_expression(&mut self, pair: Node<'_>) -> Option<ExprKind> {
        let (mut subject, mut arms, mut otherwise) = (None, Vec::new(), None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::chain_or_pipe => subject = Some(Box::new(self.chain_or_pipe(part)?)),
                Rule::arm => {
                    let span = self.span(&part);
                    let mut patterns = Vec::new();
                    let mut is_else = false;
                    let mut result = None;
                    for piece in part.into_inner() {
                        match piece.as_rule() {
                            Rule::kw_else => is_else = true,
                            Rule::chain => patterns.push(self.pattern(piece)?),
                            Rule::expression => result = Some(self.expression(piece)?),
                            _ => {}
                        }
                    }
                    let result = result?;
                    if otherwise.is_some() {
                        self.refuse(
                            Diagnostic::error("E0201", span, "`else` is the last arm").help("move it to the end"),
                        )?;
                    }
                    if is_else {
                        otherwise = Some(Box::new(result));
                    } else {
                        arms.push(Arm { patterns, result });
                    }
                }
                _ => {}
            }
        }
        Some(ExprKind::Match { subject: subject?, arms, otherwise })
    }

    /// A pattern is a literal.
    fn pattern(&mut self, pair: Node<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let (pattern, _) = self.chain(pair)?;
        let literal = match &pattern.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) => true,
            ExprKind::Text(parts) => parts.iter().all(|p| matches!(p, TextPart::Text(_))),
            _ => false,
        };
        if !literal {
            self.refuse(
                Diagnostic::error("E0201", span, "an arm of `match` starts with literals, parted by commas")
                    .help("write `\"a\", \"b\": 1`; conditions belong in `if`"),
            )?;
        }
        Some(pattern)
    }

    fn for_expression(&mut self, pair: Node<'_>) -> Option<ExprKind> {
        let (mut binder, mut list, mut condition, mut body) = (None, None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => binder = Some(self.name(&part)),
                Rule::postfix => list = Some(Box::new(self.postfix(part)?)),
                Rule::chain_or_pipe => condition = Some(Box::new(self.chain_or_pipe(part)?)),
                Rule::braces => {
                    let span = self.span(&part);
                    body = Some(match self.braces(part)? {
                        Braces::Rules(rules) => ForBody::Record(rules),
                        Braces::Value(value) => ForBody::Value(Box::new(value)),
                        Braces::Entries(mut entries) => match (entries.pop(), entries.is_empty()) {
                            (Some((key, value)), true) => ForBody::Entry(Box::new(key), Box::new(value)),
                            (last, _) => {
                                entries.extend(last);
                                ForBody::Value(Box::new(Expr { kind: ExprKind::Dictionary(entries), span }))
                            }
                        },
                    });
                }
                _ => {}
            }
        }
        Some(ExprKind::For { binder: binder?, list: list?, condition, body: body? })
    }

    fn braces(&mut self, pair: Node<'_>) -> Option<Braces> {
        let span = self.span(&pair);
        let (mut rules, mut entries) = (Vec::new(), Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::inner_rule => {
                    let (mut target, mut value) = (None, None);
                    for piece in part.into_inner() {
                        match piece.as_rule() {
                            Rule::target => target = Some(self.target(piece)?),
                            Rule::arrow => self.arrow(&piece)?,
                            Rule::expression => value = Some(self.expression(piece)?),
                            _ => {}
                        }
                    }
                    rules.push(FieldRule { target: target?, value: value? });
                }
                Rule::entry => {
                    let mut inner = part.into_inner();
                    let key = self.expression(inner.next()?)?;
                    let value = match inner.next() {
                        Some(value) => Some(self.expression(value)?),
                        None => None,
                    };
                    entries.push((key, value));
                }
                _ => {}
            }
        }
        let complete: Option<Vec<(Expr, Expr)>> = entries.iter().cloned().map(|(k, v)| v.map(|v| (k, v))).collect();
        match (complete, entries.len()) {
            (_, 0) => Some(Braces::Rules(rules)),
            (Some(pairs), _) => Some(Braces::Entries(pairs)),
            (None, 1) => entries.pop().map(|(value, _)| Braces::Value(value)),
            (None, _) => {
                self.refuse(
                    Diagnostic::error("E0201", span, "braces mix entries (`\"k\": v`) with values")
                        .help("a dictionary has a `:` in every entry, a list stands in `[ ]`"),
                )?;
                None
            }
        }
    }
}
