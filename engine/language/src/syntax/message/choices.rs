//! Choices as other languages write them.

use super::super::tree::{Arm, Expr, ExprKind, TextPart};
use super::place::Place;
use super::slip::Slip;
use super::words::expects_value;

fn choice(condition: Expr, then: Expr, otherwise: Option<Expr>) -> Expr {
    let span = condition.span;
    let kind =
        ExprKind::If { condition: Box::new(condition), then: Box::new(then), otherwise: otherwise.map(Box::new) };
    Expr { kind, span }
}

/// `a ? b : c`
pub(super) fn ternary(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    if !place.is(at, "?") || place.is(at + 1, ".") || place.is(at + 1, ":") {
        return None;
    }
    let slip = Slip::new((place.start(at), place.end(at)), "`? :` is not of this language")
        .help("write `if … then … else …`; for a value in place of null `??`");
    // the `:` of this `?`
    let (mut depth, mut i, mut colon) = (0usize, at + 1, None);
    while let Some(token) = place.token(i) {
        if token.opens() {
            i = place.partner(i)?;
        } else if token.closes() || token.is(",") {
            break;
        } else if token.is("?") {
            depth += 1;
        } else if token.is(":") {
            match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => {
                    colon = Some(i);
                    break;
                }
            }
        }
        i += 1;
    }
    let Some(colon) = colon else { return Some(slip) };
    let from = place.slot_start(at);
    let mut to = colon + 1;
    // a further `? :` belongs to the part after the colon
    loop {
        to = place.slot_end(to);
        if !place.is(to, ":") {
            break;
        }
        to += 1;
    }
    let parts = (place.expression(from, at), place.expression(at + 1, colon), place.expression(colon + 1, to));
    let (Some(condition), Some(then), Some(otherwise)) = parts else { return Some(slip) };
    let expr = choice(condition, then, Some(otherwise));
    Some(Slip { help: None, ..slip }.edit(
        place.start(from),
        place.end(to.saturating_sub(1)),
        place.written(&expr, from, to),
    ))
}

/// `b if c else d`
pub(super) fn condition_behind(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    if !(place.is_word(at, "if") || place.is_word(at, "when")) || at == 0 || expects_value(place, at) {
        return None;
    }
    if place.open_before(at).is_some_and(|o| place.is(o, "{")) {
        return None;
    }
    let slip = Slip::new(
        (place.start(at), place.end(at)),
        format!("`{}` stands before its condition", place.text(at, at + 1)),
    )
    .help("write `if c then a else b`");
    let from = place.slot_start(at);
    let condition_end = place.slot_end(at + 1);
    let (condition, then) = (place.expression(at + 1, condition_end)?, place.expression(from, at)?);
    let (otherwise, to) = if place.is_word(condition_end, "else") {
        let to = place.slot_end(condition_end + 1);
        (Some(place.expression(condition_end + 1, to)?), to)
    } else {
        (None, condition_end)
    };
    let expr = choice(condition, then, otherwise);
    Some(Slip { help: None, ..slip }.edit(
        place.start(from),
        place.end(to.saturating_sub(1)),
        place.written(&expr, from, to),
    ))
}

/// `elseif`, `elif`, `elsif`
pub(super) fn elseif(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    ["elseif", "elif", "elsif", "else_if"].iter().find(|w| place.is_word(at, w))?;
    let (start, end) = (place.start(at), place.end(at));
    let slip = Slip::new((start, end), format!("`{}` is written in two words here", place.text(at, at + 1)));
    Some(slip.help("write `else if`").edit(start, end, "else if"))
}

/// An `if` without `then`; `if (c) { a } else { b }`
pub(super) fn missing_then(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let start = place.slot_start(at).checked_sub(1).filter(|i| place.is_word(*i, "if") || place.is_word(*i, "when"))?;
    if at == start + 1 || expects_value(place, at) {
        return None;
    }
    let (from, end) = (place.start(at), place.end(at));
    let slip = Slip::new((from, end), "`then` is missing after the condition");
    if place.is(at, "{") {
        let close = place.partner(at)?;
        let mut slip = slip.help("write `if … then … else …`, without braces").edit(from, end, "then").edit(
            place.end(close.saturating_sub(1)),
            place.end(close),
            "",
        );
        let mut next = close + 1;
        while place.is_word(next, "else") && place.is(next + 1, "{") {
            let close = place.partner(next + 1)?;
            slip = slip.edit(place.end(next), place.end(next + 1), "").edit(
                place.end(close.saturating_sub(1)),
                place.end(close),
                "",
            );
            next = close + 1;
        }
        return Some(slip);
    }
    if place.is(at, ":") || place.is(at, "?") || place.is(at, ",") {
        return Some(slip.help("write `then`").edit(place.end(at.saturating_sub(1)), end, " then"));
    }
    place.operand_after(at).or_else(|| place.token(at).filter(|t| t.opens() || t.text == "if").map(|_| at))?;
    Some(slip.help(format!("write `then {}`", place.text(at, at + 1))).edit(from, from, "then "))
}

/// `CASE WHEN a THEN b ELSE c END`, `CASE a WHEN "b" THEN c END`
pub(super) fn case(place: &Place<'_>) -> Option<Slip> {
    let start = (0..place.at).rev().find(|i| place.is_word(*i, "case") && expects_value(place, *i))?;
    let slip = Slip::new((place.start(start), place.end(start)), "`case` is not of this language");
    let find = |from: usize, words: &[&str]| {
        let mut i = from;
        while i < place.count() {
            if place.token(i).is_some_and(|t| t.opens()) {
                i = place.partner(i)?;
            } else if words.iter().any(|w| place.is_word(i, w)) {
                return Some(i);
            }
            i += 1;
        }
        None
    };
    let first = find(start + 1, &["when"])?;
    let general = "write `if a then b else c`, or `match a { \"b\": c, else: d }`";
    let subject = if first > start + 1 { Some(place.expression(start + 1, first)) } else { None };
    let (mut pairs, mut at) = (Vec::new(), first);
    let (otherwise, end) = loop {
        let Some(then) = find(at, &["then"]) else { return Some(slip.help(general)) };
        let Some(next) = find(then, &["when", "else", "end"]) else { return Some(slip.help(general)) };
        pairs.push((place.expression(at + 1, then), place.expression(then + 1, next)));
        if place.is_word(next, "when") {
            at = next;
        } else if place.is_word(next, "else") {
            let Some(end) = find(next, &["end"]) else { return Some(slip.help(general)) };
            break (Some(place.expression(next + 1, end)), end);
        } else {
            break (None, next);
        }
    };
    let made = || -> Option<Expr> {
        let otherwise = match otherwise {
            Some(value) => Some(value?),
            None => None,
        };
        match subject {
            Some(subject) => arms_of(subject?, pairs, otherwise),
            None => {
                let mut expr = otherwise;
                for (condition, then) in pairs.into_iter().rev() {
                    expr = Some(choice(condition?, then?, expr));
                }
                expr
            }
        }
    };
    let Some(expr) = made() else { return Some(slip.help(general)) };
    Some(slip.edit(place.start(start), place.end(end), place.written(&expr, start, end + 1)))
}

fn arms_of(subject: Expr, pairs: Vec<(Option<Expr>, Option<Expr>)>, otherwise: Option<Expr>) -> Option<Expr> {
    let span = subject.span;
    let mut arms: Vec<Arm> = Vec::new();
    for (pattern, result) in pairs {
        let pattern = pattern?;
        let literal = match &pattern.kind {
            ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => true,
            ExprKind::Text(parts) => parts.iter().all(|p| matches!(p, TextPart::Text(_))),
            _ => false,
        };
        if !literal {
            // what is no literal is compared
            return None;
        }
        arms.push(Arm { patterns: vec![pattern], result: result? });
    }
    let otherwise = Some(Box::new(otherwise.unwrap_or(Expr { kind: ExprKind::Null, span })));
    Some(Expr { kind: ExprKind::Match { subject: Box::new(subject), arms, otherwise }, span })
}

/// `switch (a) { case "b": c; default: d }`, `a switch { "b" => c, _ => d }`
pub(super) fn switch(place: &Place<'_>) -> Option<Slip> {
    let start = (0..=place.at.min(place.count())).rev().find(|i| place.is_word(*i, "switch"))?;
    let open = (start + 1..place.count()).find(|i| place.is(*i, "{"))?;
    let close = place.partner(open)?;
    let slip = Slip::new((place.start(start), place.end(start)), "`switch` is not of this language");
    let general = "write `match a { \"b\": c, else: d }`";
    let behind = start > 0 && !expects_value(place, start);
    let (from, subject) = if behind {
        let from = place.operand_before(start)?;
        (from, place.expression(from, start))
    } else {
        (start, place.expression(start + 1, open))
    };
    let mut pairs = Vec::new();
    let mut otherwise = None;
    let mut i = open + 1;
    while i < close {
        if [",", ";"].iter().any(|s| place.is(i, s)) || place.is_word(i, "break") {
            i += 1;
            continue;
        }
        let begins = if place.is_word(i, "case") { i + 1 } else { i };
        let Some(colon) = (begins..close).find(|j| place.is(*j, ":") || place.is(*j, "=")) else {
            return Some(slip.help(general));
        };
        let value = if place.is(colon, "=") { colon + 2 } else { colon + 1 };
        let value = if place.is_word(value, "return") { value + 1 } else { value };
        let mut end = value;
        while end < close {
            if place.token(end).is_some_and(|t| t.opens()) {
                end = place.partner(end)?;
            } else if [",", ";"].iter().any(|s| place.is(end, s))
                || ["case", "default", "break"].iter().any(|w| place.is_word(end, w))
            {
                break;
            }
            end += 1;
        }
        let result = place.expression(value, end);
        if place.is_word(begins, "default") || place.text(begins, colon) == "_" || place.is_word(begins, "else") {
            otherwise = Some(result);
        } else {
            pairs.push((place.expression(begins, colon), result));
        }
        i = end.max(i + 1);
    }
    let made = || -> Option<Expr> {
        let otherwise = match otherwise {
            Some(value) => Some(value?),
            None => None,
        };
        arms_of(subject?, pairs, otherwise)
    };
    let Some(expr) = made() else { return Some(slip.help(general)) };
    Some(slip.edit(place.start(from), place.end(close), place.written(&expr, from, close + 1)))
}
