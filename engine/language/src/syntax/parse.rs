//! From text to tree: one rule, one expression or one template at a time.

use std::collections::VecDeque;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, Offsets, Scalar, ScalarStyle, Span};
use pest::Parser as _;

use super::build::Builder;
use super::foreign;
use super::grammar::{Grammar, MOST_NESTING, MOST_RULE_BYTES, Rule, Text};
use super::layout::{self, Piece};
use super::message;
use super::tree::{Expr, Let, Rule as MappingRule, Rules, Template, Unread};

/// Parses a rules block: every rule alone, every broken one reported, the others kept.
pub fn rules(scalar: &Scalar, file: FileId, diagnostics: &mut Diagnostics) -> Rules {
    let mut rules = Rules::default();
    if let Some(at) = scalar.text.find('\t') {
        let text = Text { text: &scalar.text, scalar, base: 0, file };
        // the edit mends the whole line: a block full of tabs is mended line by line
        let line = scalar.text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let last = line.rfind('\t').unwrap_or(0);
        let blanks = line.get(..=last).unwrap_or_default().replace('\t', "  ");
        let diagnostic = Diagnostic::error("E0208", text.span(at, at + 1), "a tab stands here").help("use blanks");
        diagnostics.push(diagnostic.fix(text.span(at, at + last + 1), blanks));
    }
    let block = scalar.text.replace('\t', " ");
    let margin = layout::deeper_margin(&block);
    if let Some(margin) = margin {
        let text = Text { text: &scalar.text, scalar, base: 0, file };
        let start = block.len() - block.trim_start().len();
        let end = block.get(start..).and_then(|b| b.find('\n')).map_or(block.len(), |i| start + i);
        let blanks = if margin == 1 { String::from("1 blank") } else { format!("{margin} blanks") };
        let error = Diagnostic::error(
            "E0215",
            text.span(start, end),
            "this first line is indented less than the other lines of its block",
        )
        .help(format!("indent it by {blanks} more, like the other lines"));
        diagnostics.push(error.fix(text.span(start, start), " ".repeat(margin)));
    }
    let mut pieces: VecDeque<Piece> = layout::split_at(&block, margin.unwrap_or(0)).into();
    while let Some(piece) = pieces.pop_front() {
        let text = Text { text: &piece.text, scalar, base: piece.start, file };
        if let Some((first, second)) = one_rule(text, &piece, &mut rules, diagnostics) {
            pieces.push_front(second);
            pieces.push_front(first);
        }
    }
    rules
}

/// Parses a piece; gives it back in two where it held a second rule that stands too deep.
fn one_rule(text: Text<'_>, piece: &Piece, rules: &mut Rules, diagnostics: &mut Diagnostics) -> Option<(Piece, Piece)> {
    let first_line = piece.text.lines().next().unwrap_or_default();
    let line_span = text.span(0, first_line.len());
    if !piece.starts_well {
        diagnostics.push(message::starts_nothing(first_line, line_span));
        unread(piece, &mut rules.unread);
        return None;
    }
    if !within_limits(text, diagnostics) {
        unread(piece, &mut rules.unread);
        return None;
    }
    let is_let = layout::is_let(&piece.text);
    let rule = if is_let { Rule::whole_let } else { Rule::whole_rule };
    match Grammar::parse(rule, text.text) {
        Err(error) => {
            if let Some(at) = message::deeper_rule(text, &error) {
                diagnostics.push(message::too_deep(text, at));
                let (above, below) = piece.text.split_at_checked(at)?;
                let above = Piece { text: above.trim_end().to_owned(), ..*piece };
                let below = Piece { start: piece.start + at, text: below.to_owned(), starts_well: true };
                return Some((above, below));
            }
            diagnostics.push(match (is_let, layout::arrow(&piece.text)) {
                (false, false) => message::starts_nothing(first_line, line_span),
                (false, true) => {
                    message::target_error(text, &error).unwrap_or_else(|| message::syntax_error(text, rule, &error))
                }
                (true, _) => message::syntax_error(text, rule, &error),
            });
            unread(piece, &mut rules.unread);
        }
        Ok(pairs) => {
            let mut builder = Builder { text, diagnostics };
            let before = rules.lets.len() + rules.rules.len();
            if is_let {
                let read = builder.whole_let(pairs);
                rules.lets.extend(read.map(|l| Let { value: foreign::calls(l.value, text, diagnostics), ..l }));
            } else {
                let read = builder.whole_rule(pairs);
                rules
                    .rules
                    .extend(read.map(|r| MappingRule { value: foreign::calls(r.value, text, diagnostics), ..r }));
            }
            if rules.lets.len() + rules.rules.len() == before {
                unread(piece, &mut rules.unread);
            }
        }
    }
    None
}

/// Notes the name of a piece that could not be read.
fn unread(piece: &Piece, unread: &mut Unread) {
    let is_let = layout::is_let(&piece.text);
    let rest = if is_let { piece.text.get(3..).unwrap_or_default().trim_start() } else { &piece.text };
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if is_let { &mut unread.lets } else { &mut unread.targets }.push(name);
}

/// Notes the names left of each `<-` and behind each `let` of a text that is no rules block.
pub(crate) fn likely_names(text: &str, unread: &mut Unread) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let name = |word: &str| word.split(['.', '[']).next().unwrap_or_default().trim_matches('`').to_owned();
    for pair in words.windows(2) {
        match pair {
            [target, "<-"] => unread.targets.push(name(target)),
            ["let", named] => unread.lets.push(name(named)),
            _ => {}
        }
    }
}

/// Parses an expression of the envelope.
pub fn expression(scalar: &Scalar, file: FileId, diagnostics: &mut Diagnostics) -> Option<Expr> {
    let clean = layout::blank_comments(&scalar.text.replace('\t', " "));
    let trimmed = clean.trim_end();
    let text = Text { text: trimmed, scalar, base: 0, file };
    if trimmed.trim().is_empty() {
        diagnostics.push(
            Diagnostic::error("E0207", text.span(0, 0), "an expression is missing here")
                .help("write a condition or a path"),
        );
        return None;
    }
    if !within_limits(text, diagnostics) {
        return None;
    }
    match Grammar::parse(Rule::whole_expression, trimmed) {
        Err(error) => {
            diagnostics.push(message::syntax_error(text, Rule::whole_expression, &error));
            None
        }
        Ok(pairs) => {
            let expr = Builder { text, diagnostics }.whole_expression(pairs)?;
            Some(foreign::calls(expr, text, diagnostics))
        }
    }
}

/// Parses an expression that stands in no file: its places are bytes of the text.
pub(crate) fn plain_expression(text: &str) -> Option<Expr> {
    let offsets = Offsets::identity(0, text.len());
    let style = ScalarStyle::Plain;
    let scalar = Scalar { text: text.to_owned(), offsets, style, in_flow: false, folded: false };
    let mut diagnostics = Diagnostics::default();
    let text = Text { text, scalar: &scalar, base: 0, file: FileId(0) };
    if !within_limits(text, &mut diagnostics) {
        return None;
    }
    let pairs = Grammar::parse(Rule::whole_expression, text.text).ok()?;
    Builder { text, diagnostics: &mut diagnostics }.whole_expression(pairs)
}

/// Parses a template of the envelope.
pub fn template(scalar: &Scalar, span: Span, diagnostics: &mut Diagnostics) -> Option<Template> {
    let text = Text { text: &scalar.text, scalar, base: 0, file: span.file };
    if !within_limits(text, diagnostics) {
        return None;
    }
    match Grammar::parse(Rule::whole_template, &scalar.text) {
        Err(error) => {
            diagnostics.push(message::template_error(text, &error));
            None
        }
        Ok(pairs) => {
            let parts = Builder { text, diagnostics }.whole_template(pairs)?;
            Some(Template { parts, span })
        }
    }
}

/// Counts before pest sees the text: what is too long or too deep never reaches a recursive function.
fn within_limits(text: Text<'_>, diagnostics: &mut Diagnostics) -> bool {
    if text.text.len() > MOST_RULE_BYTES {
        let span = text.span(0, text.text.lines().next().map_or(0, str::len));
        diagnostics.push(
            Diagnostic::error(
                "E0205",
                span,
                format!("this rule has {} bytes, more than the limit of {MOST_RULE_BYTES}", text.text.len()),
            )
            .help("name its parts with `let`"),
        );
        return false;
    }
    let mut depth = 0usize;
    let mut words = 0usize;
    for (at, c) in text.text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let rest = text.text.get(at..).unwrap_or_default();
        let word_start = text.text.get(..at).and_then(|b| b.chars().next_back()).is_none_or(|b| !b.is_alphanumeric());
        if word_start && ["if ", "not ", "otherwise ", "match ", "for "].iter().any(|w| rest.starts_with(w)) {
            words += 1;
        }
        if depth > MOST_NESTING || words > MOST_NESTING {
            diagnostics.push(
                Diagnostic::error(
                    "E0205",
                    text.span(at, at + c.len_utf8()),
                    format!("this rule is nested more than {MOST_NESTING} deep here"),
                )
                .help("name its parts with `let`"),
            );
            return false;
        }
    }
    true
}
