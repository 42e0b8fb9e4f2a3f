//! Grouping a flat chain of operands and operators. Where two readers could group an expression differently, parentheses
//! are required instead of a table to learn.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Span;

use super::print;
use super::tree::{Arm, Expr, ExprKind, FieldRule, ForBody, Operator, Selector, TextPart};

/// A piece of a flat chain.
#[derive(Debug)]
pub(super) enum Token {
    /// `not`
    Not(Span),
    /// A value, and its place with the parentheses around it.
    Operand(Expr, Span),
    /// `is empty`, `is not empty`
    IsEmpty { negated: bool, span: Span },
    /// An operator with two sides.
    Operator(Operator, Span),
}

/// Groups a chain; `None` = refused, and said why.
pub(super) fn group(tokens: Vec<Token>, diagnostics: &mut Diagnostics) -> Option<Expr> {
    let mut grouping = Grouping { tokens: tokens.into_iter().peekable(), diagnostics, taken: 0 };
    let (grouped, _) = grouping.chain()?;
    let Some(left_over) = grouping.tokens.next() else { return Some(grouped) };
    let (span, found) = match left_over {
        Token::Operator(operator, span) => (span, sign(operator)),
        Token::Not(span) => (span, "not"),
        Token::IsEmpty { span, .. } => (span, "is empty"),
        Token::Operand(value, _) => (value.span, "a value"),
    };
    let message = format!("`{found}` cannot go on with what stands before it, which is true or false already");
    grouping.mixture(span, message, "put the part that belongs together in parentheses, or write `and`, `or`")
}

/// A value, and its place with the parentheses around it.
type Part = (Expr, Span);

/// Two values and what joins them.
fn joined(operator: Operator, (left, start): Part, (right, end): Part) -> Part {
    let span = start.to(end);
    (Expr { kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)), span }, span)
}

struct Grouping<'d> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    diagnostics: &'d mut Diagnostics,
    /// Tokens taken so far, to tell one operand from a group of them.
    taken: usize,
}

fn is_chaining(operator: Operator) -> bool {
    matches!(operator, Operator::And | Operator::Or | Operator::OrIfNull | Operator::OrIfEmpty)
}

fn is_comparison(operator: Operator) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::Equal
            | O::NotEqual
            | O::Less
            | O::LessOrEqual
            | O::Greater
            | O::GreaterOrEqual
            | O::In
            | O::NotIn
            | O::StartsWith
            | O::EndsWith
            | O::Contains
    )
}

/// The operator as it is written.
pub(super) fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Divide => "/",
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::In => "in",
        Operator::NotIn => "not in",
        Operator::StartsWith => "starts with",
        Operator::EndsWith => "ends with",
        Operator::Contains => "contains",
        Operator::And => "and",
        Operator::Or => "or",
        Operator::OrIfNull => "??",
        Operator::OrIfEmpty => "or if empty",
    }
}

impl Grouping<'_> {
    fn next(&mut self) -> Option<Token> {
        self.taken += 1;
        self.tokens.next()
    }

    fn next_operator(&mut self, wanted: fn(Operator) -> bool) -> Option<(Operator, Span)> {
        match self.tokens.peek() {
            Some(Token::Operator(operator, span)) if wanted(*operator) => {
                let found = (*operator, *span);
                self.next();
                Some(found)
            }
            _ => None,
        }
    }

    fn mixture<T>(&mut self, span: Span, message: String, help: &str) -> Option<T> {
        self.diagnostics.push(Diagnostic::error("E0203", span, message).help(help));
        None
    }

    /// `a and b and c`, `a ?? b ?? c`: one operator only.
    fn chain(&mut self) -> Option<Part> {
        let (mut left, mut left_is_one) = self.counted()?;
        let mut first: Option<Operator> = None;
        while let Some((operator, span)) = self.next_operator(is_chaining) {
            if let Some(before) = first.filter(|b| *b != operator) {
                let message =
                    format!("`{}` and `{}` side by side can be grouped in two ways", sign(before), sign(operator));
                return self.mixture(span, message, "put one of them in parentheses");
            }
            first = Some(operator);
            let (right, right_is_one) = self.counted()?;
            let plain = !matches!(operator, Operator::OrIfNull | Operator::OrIfEmpty) || (left_is_one && right_is_one);
            if !plain {
                let message = format!("`{}` beside another operator can be grouped in two ways", sign(operator));
                return self.mixture(
                    span,
                    message,
                    "put the part that belongs together in parentheses: `(a ?? 0) + b`",
                );
            }
            left = joined(operator, left, right);
            left_is_one = true;
        }
        Some(left)
    }

    fn counted(&mut self) -> Option<(Part, bool)> {
        let before = self.taken;
        let value = self.negation()?;
        Some((value, self.taken - before == 1))
    }

    fn negation(&mut self) -> Option<Part> {
        let mut signs = Vec::new();
        while let Some(Token::Not(span)) = self.tokens.peek() {
            signs.push(*span);
            self.next();
        }
        let mut value = self.comparison()?;
        while let Some(sign) = signs.pop() {
            let span = sign.to(value.1);
            value = (Expr { kind: ExprKind::Not(Box::new(value.0)), span }, span);
        }
        Some(value)
    }

    fn comparison(&mut self) -> Option<Part> {
        let before = self.taken;
        let mut left = self.sum()?;
        let mut compared = false;
        loop {
            if let Some(Token::IsEmpty { negated, span }) = self.tokens.peek() {
                let (negated, span) = (*negated, *span);
                if compared || self.taken - before > 1 {
                    let message = String::from("`is empty` beside another operator can be grouped in two ways");
                    return self.mixture(span, message, "put what is looked at in parentheses: `(a ?? b) is empty`");
                }
                self.next();
                let whole = left.1.to(span);
                left = (Expr { kind: ExprKind::IsEmpty { subject: Box::new(left.0), negated }, span: whole }, whole);
                compared = true;
                continue;
            }
            let Some((operator, span)) = self.next_operator(is_comparison) else { return Some(left) };
            if compared {
                let help = match &left.0.kind {
                    ExprKind::IsEmpty { .. } => {
                        String::from("`is empty` is already true or false: compare nothing with it")
                    }
                    ExprKind::Binary(_, _, middle) => {
                        let (first, middle) = (print::expression(&left.0), print::expression(middle));
                        format!("write `{first} and {middle} …`")
                    }
                    _ => String::from("write `1 < b and b < 3`"),
                };
                return self.mixture(span, String::from("comparisons do not chain"), &help);
            }
            let right = self.sum()?;
            left = joined(operator, left, right);
            compared = true;
        }
    }

    fn sum(&mut self) -> Option<Part> {
        let mut left = self.product()?;
        while let Some((operator, _)) = self.next_operator(|o| matches!(o, Operator::Add | Operator::Subtract)) {
            let right = self.product()?;
            left = joined(operator, left, right);
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Part> {
        let mut left = self.operand()?;
        while let Some((operator, _)) = self.next_operator(|o| matches!(o, Operator::Multiply | Operator::Divide)) {
            let right = self.operand()?;
            left = joined(operator, left, right);
        }
        Some(left)
    }

    fn operand(&mut self) -> Option<Part> {
        match self.next() {
            Some(Token::Operand(value, outer)) => Some((value, outer)),
            Some(Token::Not(span)) => self.mixture(
                span,
                String::from("`not` stands before a comparison, not inside one"),
                "put `not …` in parentheses",
            ),
            _ => None,
        }
    }
}

/// Whether a tree is deeper than `most`: stops as soon as it is.
pub(super) fn deeper_than(value: &Expr, most: usize) -> bool {
    let Some(left) = most.checked_sub(1) else { return true };
    let deep = |e: &Expr| deeper_than(e, left);
    let deep_rules = |rules: &[FieldRule]| rules.iter().any(|r| deeper_than(&r.value, left));
    match &value.kind {
        ExprKind::Null
        | ExprKind::Clear
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Name { .. }
        | ExprKind::JsonPath(_) => false,
        ExprKind::Text(parts) => parts.iter().any(|p| matches!(p, TextPart::Hole(e) if deep(e))),
        ExprKind::List(items) => items.iter().any(deep),
        ExprKind::Record(rules) => deep_rules(rules),
        ExprKind::Dictionary(entries) => entries.iter().any(|(k, v)| deep(k) || deep(v)),
        ExprKind::Member(inner, _)
        | ExprKind::Negate(inner)
        | ExprKind::Not(inner)
        | ExprKind::IsEmpty { subject: inner, .. } => deep(inner),
        ExprKind::Select(inner, selector) => {
            deep(inner)
                || match selector {
                    Selector::Each(_, e)
                    | Selector::FirstWhere(_, e)
                    | Selector::Unique(_, e)
                    | Selector::Group(_, e) => deep(e),
                    Selector::Sort(_, keys) => keys.iter().any(|k| deep(&k.by)),
                    _ => false,
                }
        }
        ExprKind::Call { arguments, .. } => arguments.iter().any(deep),
        ExprKind::Binary(_, a, b) | ExprKind::Otherwise(a, b) => deep(a) || deep(b),
        ExprKind::Quantified { list, condition, .. } => deep(list) || deep(condition),
        ExprKind::If { condition, then, otherwise } => {
            deep(condition) || deep(then) || otherwise.as_deref().is_some_and(deep)
        }
        ExprKind::Match { subject, arms, otherwise } => {
            deep(subject)
                || arms.iter().any(|Arm { result, .. }| deep(result))
                || otherwise.as_deref().is_some_and(deep)
        }
        ExprKind::For { list, condition, body, .. } => {
            deep(list)
                || condition.as_deref().is_some_and(deep)
                || match body {
                    ForBody::Record(rules) => deep_rules(rules),
                    ForBody::Value(e) => deep(e),
                    ForBody::Entry(k, v) => deep(k) || deep(v),
                }
        }
    }
}
