//! How arguments move where their number is open or a literal is taken apart.

use super::super::tree::{Arm, Expr, ExprKind, Name, Operator, Selector, TextPart};
use crate::source::Span;

/// One way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// One text of all.
    Texts,
    /// The same, the last first.
    TextsReversed,
    /// `"{0}-{1}", a, b`
    Format,
    /// A separator, then texts.
    Join,
    /// A separator, a flag, then texts.
    TextJoin,
    /// `a and b and c`
    All,
    /// `a or b or c`
    Any,
    /// `a ?? b ?? c`
    FirstKnown,
    /// Condition, value, condition, value, perhaps a last value.
    Ifs,
    /// A subject, literal and value in turn, perhaps a last value.
    Switch,
    /// A number and the values for 1, 2, 3.
    Choose,
    /// Two texts whose case does not count.
    IgnoringCase,
    /// A template; the last argument goes without saying.
    DropLast,
    /// A function of this language with the same arguments.
    Same(&'static str),
}

impl Moved {
    pub(super) fn named(name: &'static str) -> Option<Moved> {
        Some(match name {
            "texts" => Moved::Texts,
            "texts_reversed" => Moved::TextsReversed,
            "format" => Moved::Format,
            "join" => Moved::Join,
            "text_join" => Moved::TextJoin,
            "all" => Moved::All,
            "any" => Moved::Any,
            "first_known" => Moved::FirstKnown,
            "ifs" => Moved::Ifs,
            "switch" => Moved::Switch,
            "choose" => Moved::Choose,
            "ignoring_case" => Moved::IgnoringCase,
            "drop_last" => Moved::DropLast,
            other => Moved::Same(other.strip_prefix("same ")?),
        })
    }

    /// The expression; none if the arguments do not fit.
    pub(super) fn make(self, arguments: &[Expr], span: Span) -> Option<Expr> {
        let expr = |kind| Expr { kind, span };
        let chain = |operator| {
            let (first, rest) = arguments.split_first()?;
            Some(rest.iter().fold(first.clone(), |left, right| {
                expr(ExprKind::Binary(operator, Box::new(left), Box::new(right.clone())))
            }))
        };
        match self {
            Moved::Texts => joined(arguments, span),
            Moved::TextsReversed => joined(&arguments.iter().rev().cloned().collect::<Vec<_>>(), span),
            Moved::Format => format(arguments, span),
            Moved::Join | Moved::TextJoin => {
                let (separator, rest) = arguments.split_first()?;
                let texts = rest.get(usize::from(self == Moved::TextJoin)..)?;
                let list = match texts {
                    [one] => one.clone(),
                    several => expr(ExprKind::List(several.to_vec())),
                };
                Some(call("join", vec![list, separator.clone()], span))
            }
            Moved::All => chain(Operator::And),
            Moved::Any => chain(Operator::Or),
            Moved::FirstKnown => chain(Operator::OrIfNull),
            Moved::Ifs => ifs(arguments, span),
            Moved::Switch => {
                let (subject, rest) = arguments.split_first()?;
                switch(subject, rest, span)
            }
            Moved::Choose => {
                let (subject, rest) = arguments.split_first()?;
                let mut parts = Vec::new();
                for (at, value) in (1u32..).zip(rest) {
                    parts.push(expr(ExprKind::Number(at.into())));
                    parts.push(value.clone());
                }
                switch(subject, &parts, span)
            }
            Moved::IgnoringCase => {
                let [a, b, ..] = arguments else { return None };
                let lower = |e: &Expr| Box::new(call("lower", vec![e.clone()], span));
                Some(expr(ExprKind::Binary(Operator::Equal, lower(a), lower(b))))
            }
            Moved::DropLast => None,
            Moved::Same(name) => Some(plain_call(name, arguments.to_vec(), span)),
        }
    }
}

fn name(text: &str, span: Span) -> Name {
    Name { text: text.to_owned(), span }
}

/// `a | f(b)`
pub fn call(function: &str, arguments: Vec<Expr>, span: Span) -> Expr {
    let kind = ExprKind::Call { function: name(function, span), arguments, piped: true, each: false };
    Expr { kind, span }
}

pub(super) fn plain_call(function: &str, arguments: Vec<Expr>, span: Span) -> Expr {
    let kind = ExprKind::Call { function: name(function, span), arguments, piped: false, each: false };
    Expr { kind, span }
}

/// Whether a hole of a text may hold it.
pub(super) fn fits_a_hole(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Name { .. } => true,
        ExprKind::Member(inner, _) => fits_a_hole(inner),
        ExprKind::Select(inner, selector) => {
            fits_a_hole(inner)
                && match selector {
                    Selector::Index(_) | Selector::First | Selector::Last | Selector::All => true,
                    Selector::Key(key) => !key.contains(['\'', '"', '\n']),
                    _ => false,
                }
        }
        _ => false,
    }
}

/// The characters of a text in quotes, whatever they mean here.
pub fn plain_text(quoted: &str, span: Span) -> Expr {
    let inside = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    Expr { kind: ExprKind::Text(vec![TextPart::Text(inside.to_owned())]), span }
}

/// One text of several parts: with holes where they are paths, else by `join`.
pub fn joined(parts: &[Expr], span: Span) -> Option<Expr> {
    let mut text: Vec<TextPart> = Vec::new();
    for part in parts {
        match &part.kind {
            ExprKind::Text(parts) => text.extend(parts.iter().cloned()),
            ExprKind::Number(number) => text.push(TextPart::Text(number.to_string())),
            _ if fits_a_hole(part) => text.push(TextPart::Hole(part.clone())),
            _ => {
                let list = Expr { kind: ExprKind::List(parts.to_vec()), span };
                let nothing = Expr { kind: ExprKind::Text(vec![]), span };
                return Some(call("join", vec![list, nothing], span));
            }
        }
    }
    Some(Expr { kind: ExprKind::Text(merged(text)), span })
}

/// Neighbouring characters in one piece, as the parser reads them.
fn merged(parts: Vec<TextPart>) -> Vec<TextPart> {
    let mut merged: Vec<TextPart> = Vec::new();
    for part in parts {
        match (merged.last_mut(), part) {
            (Some(TextPart::Text(before)), TextPart::Text(text)) => before.push_str(&text),
            (_, TextPart::Text(text)) if text.is_empty() => {}
            (_, part) => merged.push(part),
        }
    }
    merged
}

/// `"{0}-{1:N2}", a, b`: the places in braces are the arguments.
fn format(arguments: &[Expr], span: Span) -> Option<Expr> {
    let (pattern, values) = arguments.split_first()?;
    let ExprKind::Text(parts) = &pattern.kind else { return None };
    let [TextPart::Text(pattern)] = parts.as_slice() else { return None };
    let mut made: Vec<Expr> = Vec::new();
    let literal = |text: &str| Expr { kind: ExprKind::Text(vec![TextPart::Text(text.to_owned())]), span };
    let mut rest = pattern.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (place, behind) = after.split_once('}')?;
        made.push(literal(before));
        made.push(values.get(place.trim().parse::<usize>().ok()?)?.clone());
        rest = behind;
    }
    made.push(literal(rest));
    joined(&made, span)
}

fn ifs(arguments: &[Expr], span: Span) -> Option<Expr> {
    match arguments {
        [] => None,
        [last] => Some(last.clone()),
        [condition, then, rest @ ..] => {
            // `IFS(…, TRUE, x)` is how Excel says `else`
            if matches!(condition.kind, ExprKind::Bool(true)) {
                return Some(then.clone());
            }
            let otherwise = ifs(rest, span).map(Box::new);
            let kind = ExprKind::If { condition: Box::new(condition.clone()), then: Box::new(then.clone()), otherwise };
            Some(Expr { kind, span })
        }
    }
}

fn switch(subject: &Expr, parts: &[Expr], span: Span) -> Option<Expr> {
    let mut arms = Vec::new();
    let mut pairs = parts.chunks_exact(2);
    for pair in pairs.by_ref() {
        let [pattern, result] = pair else { return None };
        if !is_literal(pattern) {
            return None;
        }
        arms.push(Arm { patterns: vec![pattern.clone()], result: result.clone() });
    }
    let null = Expr { kind: ExprKind::Null, span };
    let otherwise = Some(Box::new(pairs.remainder().first().cloned().unwrap_or(null)));
    (!arms.is_empty())
        .then(|| Expr { kind: ExprKind::Match { subject: Box::new(subject.clone()), arms, otherwise }, span })
}

fn is_literal(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => true,
        ExprKind::Text(parts) => parts.iter().all(|p| matches!(p, TextPart::Text(_))),
        _ => false,
    }
}
