//! A path in tokens, and what it leads to: `inventory[first i where i.cost > 0].cost`, with the binders around it.

use mapwright_language::syntax::format::tokens::Kind;

use crate::cursor::At;
use crate::scope::Scope;
use crate::thing::Thing;

/// Binders of binders are followed so far.
const MOST_DEPTH: usize = 16;

/// What the path leads to that ends before token `end`.
pub(crate) fn before(tokens: &[At<'_>], end: usize, scope: &Scope<'_>) -> Option<Thing> {
    follow(tokens, end, scope, 0)
}

/// The binders in reach at token `end`, innermost first.
pub(crate) fn binders(tokens: &[At<'_>], end: usize, scope: &Scope<'_>) -> Vec<(String, Option<Thing>)> {
    let mut found: Vec<(String, Option<Thing>)> = Vec::new();
    for at in (0..end).rev() {
        let Some((word, list)) = declared(tokens, at, end) else { continue };
        if !found.iter().any(|(n, _)| *n == word) {
            found.push((word.to_owned(), list.of(tokens, scope, 0)));
        }
    }
    found
}

/// Over what a binder goes.
enum Over {
    /// The path that ends before this token: `path[each x where`.
    Before(usize),
    /// The path that begins with this token: `for x in path`.
    From(usize, usize),
}

impl Over {
    fn of(&self, tokens: &[At<'_>], scope: &Scope<'_>, depth: usize) -> Option<Thing> {
        match self {
            Over::Before(end) => follow(tokens, *end, scope, depth).map(Thing::element),
            Over::From(from, end) => {
                let end = path_end(tokens, *from, *end);
                follow(tokens, end, scope, depth).map(Thing::each)
            }
        }
    }
}

fn word(tokens: &[At<'_>], at: usize, words: &[&str]) -> bool {
    tokens.get(at).is_some_and(|t| t.token.kind == Kind::Word && words.contains(&t.token.text))
}

/// The binder that token `at` names where it is declared, if it is in reach at `end`.
fn declared<'t>(tokens: &[At<'t>], at: usize, end: usize) -> Option<(&'t str, Over)> {
    let name = tokens.get(at).filter(|t| t.token.is_name())?.token.text.trim_matches('`');
    let head = at.checked_sub(1)?;
    if word(tokens, head, &["each", "first", "sort", "unique", "group"]) {
        let open = head.checked_sub(1)?;
        if !tokens.get(open)?.token.is("[") || !word(tokens, at + 1, &["where", "by"]) {
            return None;
        }
        // only while its bracket is open
        return closing(tokens, open).is_none_or(|close| close >= end).then_some((name, Over::Before(open)));
    }
    if word(tokens, head, &["for", "any", "every"]) && word(tokens, at + 1, &["in"]) {
        return Some((name, Over::From(at + 2, end)));
    }
    None
}

fn binder(tokens: &[At<'_>], end: usize, name: &str, scope: &Scope<'_>, depth: usize) -> Option<Thing> {
    if depth > MOST_DEPTH {
        return None;
    }
    let list = (0..end).rev().find_map(|at| {
        let (found, list) = declared(tokens, at, end)?;
        (found == name).then_some(list)
    })?;
    list.of(tokens, scope, depth + 1)
}

/// The token that closes the bracket at `open`.
fn closing(tokens: &[At<'_>], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (i, at) in tokens.iter().enumerate().skip(open) {
        if at.token.opens() {
            depth += 1;
        } else if at.token.closes() {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(i);
            }
        }
    }
    None
}

/// The token that opens the bracket which `close` closes.
fn opening(tokens: &[At<'_>], close: usize) -> Option<usize> {
    let mut depth = 0usize;
    for i in (0..=close).rev() {
        let token = tokens.get(i)?.token;
        if token.closes() {
            depth += 1;
        } else if token.opens() {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(i);
            }
        }
    }
    None
}

/// Where the path that begins at `from` ends.
fn path_end(tokens: &[At<'_>], from: usize, most: usize) -> usize {
    let mut at = from;
    while at < most {
        let Some(token) = tokens.get(at).map(|t| t.token) else { break };
        let after_dot = at > from && tokens.get(at - 1).is_some_and(|t| t.token.is("."));
        if token.is("[") && at > from {
            match closing(tokens, at) {
                Some(close) => at = close + 1,
                None => break,
            }
        } else if token.is(".") || token.is_name() && (at == from || after_dot) {
            at += 1;
        } else {
            break;
        }
    }
    at.min(most)
}

fn follow(tokens: &[At<'_>], end: usize, scope: &Scope<'_>, depth: usize) -> Option<Thing> {
    if depth > MOST_DEPTH {
        return None;
    }
    let last = end.checked_sub(1)?;
    let token = tokens.get(last)?.token;
    if token.is("]") {
        let open = opening(tokens, last)?;
        let inner = follow(tokens, open, scope, depth + 1)?;
        let first = tokens.get(open + 1)?.token;
        return Some(match (first.kind, first.text, inner) {
            (Kind::Word, "sort" | "unique", list) => list,
            (Kind::Word, "group", Thing::Field { field, owner, .. }) => Thing::Group(field, owner),
            (_, _, list) => list.element(),
        });
    }
    if token.is(")") {
        let open = opening(tokens, last)?;
        // `(path)[…]` only; a call's result is not known here
        let called = open.checked_sub(1).and_then(|i| tokens.get(i)).is_some_and(|t| t.token.is_name());
        return if called || path_end(tokens, open + 1, last) != last {
            None
        } else {
            follow(tokens, last, scope, depth + 1)
        };
    }
    if !token.is_name() {
        return None;
    }
    let text = token.text.trim_matches('`');
    if last > 0 && tokens.get(last - 1).is_some_and(|t| t.token.is(".")) {
        if text == "parent" {
            let ups =
                (0..last).rev().step_by(2).take_while(|i| tokens.get(*i).is_some_and(|t| t.token.is("."))).count();
            let names_parent = (0..last).rev().skip(1).step_by(2).take(ups).all(|i| word(tokens, i, &["parent"]));
            if names_parent {
                return scope.above(ups);
            }
        }
        return follow(tokens, last - 1, scope, depth + 1)?.member(text);
    }
    binder(tokens, last, text, scope, depth).or_else(|| scope.named(text))
}
