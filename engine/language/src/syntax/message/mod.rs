//! Words for syntax errors: never the grammar's rule names, always what was found and what to write instead.

mod calls;
mod choices;
mod place;
mod repair;
mod signs;
mod slip;
mod texts;
mod words;

pub(super) use signs::written_date;

use pest::error::{Error, InputLocation};

use crate::diagnostic::Diagnostic;
use crate::source::Span;

use super::format::tokens::Kind;
use super::grammar::{Rule, Text};
use super::layout;
use super::words::{is_reserved, is_word};
use place::Place;
use slip::Slip;

/// A line at the block's margin that starts neither a rule nor a let.
pub(super) fn starts_nothing(line: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error("E0206", span, "this line starts neither a rule nor a `let`");
    let head: String = line.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.')).collect();
    let rest = line.get(head.len()..).unwrap_or_default().trim_start();
    if rest.starts_with("==") {
        diagnostic.help("conditions belong in `filter` or `errors`")
    } else if rest.starts_with('=') || rest.starts_with(':') {
        diagnostic.help(format!("a rule: `{head} <- …`; a named part: `let {head} = …`"))
    } else if line.starts_with(['|', '+', '-', '*', '/', '?'])
        || ["and ", "or ", "then ", "else ", "otherwise ", "on "].iter().any(|w| line.starts_with(w))
    {
        diagnostic.help("a line that continues a rule stands deeper than the rule")
    } else if line.starts_with("<-") {
        diagnostic.help("a target is missing before `<-`")
    } else {
        diagnostic.help("a rule: `target <- value`; a named part: `let name = value`")
    }
}

/// A text of the envelope that is no template.
pub(super) fn template_error(text: Text<'_>, error: &Error<Rule>) -> Diagnostic {
    let at = position(error);
    let hole = text.text.get(..at).and_then(|b| b.rfind('{')).unwrap_or(at);
    let source = text.text.get(hole..).unwrap_or_default();
    hole_error(text, hole, source)
}

fn hole_error(text: Text<'_>, hole: usize, source: &str) -> Diagnostic {
    let end = source.find(['}', '\n']).map_or(source.len(), |i| i + 1);
    let span = text.span(hole, hole + end.max(1).min(source.len()));
    let diagnostic = Diagnostic::error("E0213", span, "a hole `{ }` in a text holds a path and nothing else");
    // `{{name}}`, as templates of other languages have it
    let doubled = source.strip_prefix("{{").and_then(|s| s.split_once("}}")).map(|(inside, _)| inside);
    if let Some(inside) = doubled.filter(|inside| is_path(inside.trim())) {
        let (end, written) = (hole + inside.len() + 4, format!("{{{}}}", inside.trim()));
        return Diagnostic::error("E0213", text.span(hole, end), "a hole has one brace on either side")
            .fix(text.span(hole, end), written);
    }
    // a `"` after `[` is one inside the path
    let open = source.get(1..source.len().saturating_sub(1)).unwrap_or_default();
    if !source.contains('}') && !open.ends_with('[') && is_path(open.trim()) {
        return Diagnostic::error("E0213", span, "this hole is not closed")
            .help("write `}` where it ends; a brace as a character is `\\{`");
    }
    let inside = source.get(1..end.saturating_sub(1)).unwrap_or_default().trim();
    // the author's own words, as they are written outside of a text
    let value = place::expression_of(inside).map(|e| super::print::expression(&e)).filter(|_| end <= 80);
    match value {
        Some(value) => diagnostic.help(format!("give it a name before this rule, `let part = {value}`, and write `{{part}}` here")),
        None => diagnostic.help(
            "give what is computed a name with `let`; a custom field is `{custom['Brand']}`; a brace as a character is `\\{`",
        ),
    }
}

/// An expression or rule that does not parse.
pub(super) fn syntax_error(text: Text<'_>, rule: Rule, error: &Error<Rule>) -> Diagnostic {
    let source = text.text;
    let at = word_at(source, position(error));
    let place = Place::new(source, at);
    let in_text = place.token(place.at).is_some_and(|t| t.kind == Kind::Text && place.start(place.at) < at);
    if let Some(slip) = slip::slip(&place).filter(|_| !in_text || open_text(text).is_none()) {
        return slip_error(text, rule, slip);
    }
    if let Some(diagnostic) = open_text(text) {
        return diagnostic;
    }
    let before = source.get(..at).unwrap_or_default().trim_end();
    let rest = source.get(at..).unwrap_or_default();
    let open = open_bracket(source.get(..at).unwrap_or_default());
    if rest.is_empty() {
        let end = before.len();
        let diagnostic = Diagnostic::error(
            "E0201",
            text.span(end.saturating_sub(1), end),
            "the rule ends here, but something is missing",
        );
        return match open {
            Some((bracket, byte)) => diagnostic
                .label(text.span(byte, byte + 1), "opened here")
                .help(format!("close `{bracket}` with `{}`", closing(bracket))),
            None => diagnostic.help("a value or a path is expected after the last sign"),
        };
    }
    let token: String = token_of(rest);
    let diagnostic =
        Diagnostic::error("E0201", text.span(at, at + token.len()), format!("`{token}` cannot stand here"));
    if rest.starts_with([')', ']', '}']) {
        return match open {
            Some((bracket, byte)) if closing(bracket) != token => diagnostic
                .label(text.span(byte, byte + 1), "opened here")
                .help(format!("`{bracket}` is closed by `{}`", closing(bracket))),
            Some(_) => diagnostic.help("a value is missing before it"),
            None => diagnostic.help("there is no open bracket that it could close"),
        };
    }
    let value_before = !expects_value(before);
    match open {
        Some((bracket, _)) if value_before => {
            diagnostic.help(format!("after a value comes an operator, `|`, a comma or `{}`", closing(bracket)))
        }
        _ if value_before => diagnostic
            .help("after a value comes an operator, `|`, `otherwise`, `on create`, `on update` or the end of the rule"),
        _ if matches!(last_word(before), "in") => {
            diagnostic.help("a list is expected here: a path or a call; anything else goes in parentheses")
        }
        _ if token == "/" => diagnostic.help("a regular expression is a text, in quotes: `matches(\"^[A-Z]+$\")`"),
        _ => diagnostic.help(
            "a value is expected here: a path, a text, a number, `if`, `match`, `for`, a function or a parenthesis",
        ),
    }
}

/// A slip as it is shown: marked where it is, with the rule as it is meant.
fn slip_error(text: Text<'_>, rule: Rule, slip: Slip) -> Diagnostic {
    let source = text.text;
    let whole = repair::whole(source, rule, &slip);
    let mended = whole.clone().or_else(|| slip.apply(source));
    let mut diagnostic = Diagnostic::error("E0214", text.span(slip.mark.0, slip.mark.1), slip.message.clone());
    diagnostic.note.clone_from(&slip.note);
    diagnostic.help = match (&slip.help, &mended) {
        (Some(help), _) => Some(help.clone()),
        (None, Some(mended)) => Some(format!("write `{}`", shown(mended))),
        (None, None) => None,
    };
    let Some(mended) = mended else { return diagnostic };
    let (start, end, replacement) = repair::difference(source, &mended);
    let (start, end, replacement) = repair::whole_words(source, &mended, (start, end), replacement.len());
    let span = text.span(start, end);
    let one_line = !replacement.contains('\n') && !source.get(start..end).unwrap_or_default().contains('\n');
    if !one_line || !text.is_free_of_comments(start, end) {
        return diagnostic;
    }
    if slip.certain { diagnostic.fix(span, replacement) } else { diagnostic.edit(span, replacement) }
}

/// The part of a mended rule that a message shows: the value, if it is short.
fn shown(mended: &str) -> &str {
    let value = layout::arrow_at(mended).and_then(|i| mended.get(i + 2..)).unwrap_or(mended).trim();
    let line = value.lines().next().unwrap_or_default();
    if line.len() == value.len() && value.chars().count() <= 120 {
        value
    } else {
        mended.lines().next().unwrap_or_default().trim()
    }
}

/// What stands left of `<-` and is no target.
pub(super) fn target_error(text: Text<'_>, error: &Error<Rule>) -> Option<Diagnostic> {
    let source = text.text;
    let at = word_at(source, position(error));
    let arrow = layout::arrow_at(source)?;
    let left = source.get(..arrow)?.trim_end();
    let open = open_bracket(source.get(..at)?).is_some();
    if let Some(diagnostic) = bracket_target(text, left) {
        return Some(diagnostic);
    }
    let quoted = left.starts_with(['"', '\'']);
    let odd = left.contains('\n') || !quoted && left.contains(['"', '\'', '[']);
    if at >= left.len() || open || odd {
        return None;
    }
    let message = format!("`{left}` is no field name, and one is expected left of `<-`");
    let diagnostic = Diagnostic::error("E0201", text.span(0, left.len()), message);
    let signs = "a name has letters from a to z, digits and `_`";
    Some(if left.starts_with("- ") {
        diagnostic.help("the rules are no list: take the `-` away")
    } else if let Some(when) = ["on create", "on update"].into_iter().find(|when| left.ends_with(when)) {
        diagnostic.help(format!("`{when}` stands at the end of the rule"))
    } else if quoted {
        diagnostic.help("it stands there without quotes; a custom field is `custom[\"Name\"]`")
    } else if left.contains('`') {
        diagnostic.help(format!("{signs}; one with other signs goes in backticks, from end to end"))
    } else {
        diagnostic.help(format!("{signs}; one with other signs goes in backticks: `` `{left}` <- … ``"))
    })
}

/// `line["a"]`, `items[0].qty`: left of `<-` only custom fields have brackets.
fn bracket_target(text: Text<'_>, left: &str) -> Option<Diagnostic> {
    let open = left.find('[')?;
    let (head, rest) = left.split_at(open);
    if head == "custom" || head.ends_with(".custom") || left.contains(['\n', ' ']) {
        return None;
    }
    let span = text.span(0, left.len());
    let diagnostic = Diagnostic::error(
        "E0214",
        span,
        format!("`{left}` cannot be filled: only custom fields have brackets left of `<-`"),
    );
    let key = rest.strip_prefix('[').and_then(|r| r.strip_suffix(']'));
    let name = key
        .and_then(|k| k.get(1..k.len().checked_sub(1)?))
        .filter(|_| rest.starts_with("[\"") || rest.starts_with("['"));
    Some(match name {
        Some(name) if is_word(name) => {
            let written = format!("{head}.{name}");
            diagnostic.help(format!("a field of a record: `{written} <- …`")).fix(span, written)
        }
        Some(name) => {
            diagnostic.help(format!("a custom field: `custom[\"{name}\"] <- …`; a field of a record: `{head}.name`"))
        }
        None => {
            diagnostic.help(format!("a list is filled as a whole: `{head} <- for x in list {{ field <- x.field }}`"))
        }
    })
}

/// Byte of the first word of a line that is a rule itself, only too deep, and so was read as a part of the rule above.
pub(super) fn deeper_rule(text: Text<'_>, error: &Error<Rule>) -> Option<usize> {
    let at = word_at(text.text, position(error));
    let start = text.text.get(..at)?.rfind('\n')? + 1;
    let line = text.text.get(start..)?.lines().next()?;
    let inside = open_bracket(text.text.get(..start)?).is_some();
    (!inside && layout::arrow(line)).then_some(start + line.len() - line.trim_start().len())
}

/// Says so of the line that starts at this byte.
pub(super) fn too_deep(text: Text<'_>, start: usize) -> Diagnostic {
    let line = text.text.get(start..).and_then(|t| t.lines().next()).unwrap_or_default();
    let span = text.span(start, start + line.trim_end().len());
    Diagnostic::error("E0206", span, "this line stands deeper than the rule above, so it goes on with it")
        .help("a rule of its own starts at the margin of the block")
}

/// The first byte from here on that is not blank.
fn word_at(source: &str, at: usize) -> usize {
    let rest = source.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start().len()
}

/// What looks like a hole in a text that has none: `{name}`.
pub(super) fn looks_like_hole(text: &str) -> Option<&str> {
    if text.contains('"') {
        return None; // JSON, most likely
    }
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let inside = rest.get(start + 1..)?;
        let end = inside.find('}')?;
        if inside.get(..end).is_some_and(is_path) {
            return rest.get(start..start + end + 2);
        }
        rest = inside;
    }
    None
}

fn position(error: &Error<Rule>) -> usize {
    match error.location {
        InputLocation::Pos(at) => at,
        InputLocation::Span((at, _)) => at,
    }
}

fn token_of(rest: &str) -> String {
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if word.is_empty() { rest.chars().take(1).collect() } else { word }
}

fn closing(bracket: char) -> &'static str {
    match bracket {
        '(' => ")",
        '[' => "]",
        _ => "}",
    }
}

/// The innermost bracket that is open at the end of a text.
fn open_bracket(text: &str) -> Option<(char, usize)> {
    let mut open = Vec::new();
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None => match c {
                '"' | '\'' | '`' => quote = Some(c),
                '(' | '[' | '{' => open.push((c, at)),
                ')' | ']' | '}' => {
                    open.pop();
                }
                _ => {}
            },
        }
    }
    open.pop()
}

/// A text that is not closed on its line, or a hole that is none.
fn open_text(text: Text<'_>) -> Option<Diagnostic> {
    let mut at = 0;
    for line in text.text.split_inclusive('\n') {
        let mut quote: Option<(char, usize)> = None;
        let mut hole: Option<usize> = None;
        let mut escaped = false;
        for (i, c) in line.char_indices() {
            match quote {
                Some((q, start)) => {
                    if c == q && !escaped {
                        if let Some(hole) = hole.take().filter(|_| q == '"') {
                            let source = line.get(hole..=i).unwrap_or_default();
                            return Some(
                                hole_error(text, at + hole, source)
                                    .label(text.span(at + start, at + start + 1), "in this text"),
                            );
                        }
                        quote = None;
                    } else if c == '{' && q == '"' && !escaped {
                        if let Some(first) = hole.filter(|first| first + 1 == i) {
                            return Some(hole_error(text, at + first, line.get(first..).unwrap_or_default()));
                        }
                        hole = Some(i);
                    } else if c == '}' && hole.is_some() {
                        let start = hole.take().unwrap_or(i);
                        let inside = line.get(start + 1..i).unwrap_or_default();
                        if !is_path(inside.trim()) {
                            return Some(hole_error(text, at + start, line.get(start..=i).unwrap_or_default()));
                        }
                    }
                    escaped = !escaped && c == '\\' && q == '"';
                }
                None if matches!(c, '"' | '\'' | '`') => quote = Some((c, i)),
                None => {}
            }
        }
        if let Some((q, start)) = quote {
            let end = line.trim_end().len();
            return Some(
                Diagnostic::error("E0202", text.span(at + start, at + end), "this text is not closed on its line")
                    .help(format!("close it with `{q}`; a line break in a text is `\\n`")),
            );
        }
        at += line.len();
    }
    None
}

/// Roughly a path: what a hole may hold.
fn is_path(text: &str) -> bool {
    let mut bare = String::with_capacity(text.len());
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '`') => quote = Some(c),
            None => bare.push(c),
        }
    }
    !text.is_empty()
        && !bare.contains(['|', '(', '+', '"', ',', ' ', '?'])
        && text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '`'))
}

/// Whether a value has to come next, to judge by what stands before.
fn expects_value(before: &str) -> bool {
    let word = last_word(before);
    before.is_empty()
        || before.ends_with(['(', '[', '{', ',', '+', '-', '*', '/', '|', '=', '<', '>', '?', ':'])
        || (is_reserved(word) && !matches!(word, "true" | "false" | "null" | "clear"))
        || before.ends_with("or if empty")
}

/// The word at the end of a text, if it ends in one.
fn last_word(text: &str) -> &str {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let start = text.trim_end_matches(is_letter).len();
    text.get(start..).filter(|_| !text.get(..start).is_some_and(|t| t.ends_with(['.', '`']))).unwrap_or_default()
}
