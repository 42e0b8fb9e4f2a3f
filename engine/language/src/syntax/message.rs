//! Words for syntax errors: never the grammar's rule names, always what was found and what to write instead.

use pest::error::{Error, InputLocation};

use crate::diagnostic::Diagnostic;
use crate::source::Span;

use super::grammar::{Rule, Text};
use super::layout;
use super::words::is_reserved;

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
    Diagnostic::error("E0213", span, "a hole `{ }` in a text holds a path and nothing else")
        .help("give what is computed a name with `let`; a custom field is `{custom['Brand']}`; a brace as a character is `\\{`")
}

/// An expression or rule that does not parse.
pub(super) fn syntax_error(text: Text<'_>, error: &Error<Rule>) -> Diagnostic {
    let source = text.text;
    let at = word_at(source, position(error));
    if let Some(diagnostic) = open_text(text) {
        return diagnostic;
    }
    let before = source.get(..at).unwrap_or_default().trim_end();
    let rest = source.get(at..).unwrap_or_default();
    if let Some((code, found, message, help)) = known_slip(before, rest, source, at) {
        let length = found.min(rest.len().max(1));
        // a word in capitals is read as a name, and what stands behind it is the first thing that does not fit
        let shouted = Some(last_word(before)).filter(|w| message.starts_with(&format!("`{w}` is written")));
        let (start, end) = match shouted {
            Some(word) if in_capitals(word) => (before.len().saturating_sub(word.len()), before.len()),
            _ if rest.is_empty() => (before.len().saturating_sub(length), before.len()),
            _ => (at, at + length),
        };
        let diagnostic = Diagnostic::error(code, text.span(start, end), message).help(help);
        return match written_here(source, start, end) {
            Some(word) => diagnostic.fix(text.span(start, end), word),
            None => diagnostic,
        };
    }
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

/// What stands left of `<-` and is no target.
pub(super) fn target_error(text: Text<'_>, error: &Error<Rule>) -> Option<Diagnostic> {
    let source = text.text;
    let at = word_at(source, position(error));
    let arrow = layout::arrow_at(source)?;
    let left = source.get(..arrow)?.trim_end();
    let open = open_bracket(source.get(..at)?).is_some();
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
    !text.is_empty()
        && !text.contains(['|', '(', '+', '"', ','])
        && text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '`'))
        && (text.contains(['\'', '`']) || !text.contains(' '))
}

/// What this language writes for a sign that can mean only one thing here, with blanks where it would touch a word.
fn written_here(source: &str, start: usize, end: usize) -> Option<String> {
    let word = match source.get(start..end)? {
        "&&" => "and",
        "||" => "or",
        "<>" => "!=",
        "=" => "==",
        ";" => return Some(String::new()),
        _ => return None,
    };
    let touches = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    let before = if touches(source.get(..start)?.chars().next_back()) { " " } else { "" };
    let after = if touches(source.get(end..)?.chars().next()) { " " } else { "" };
    Some(format!("{before}{word}{after}"))
}

type Slip = (&'static str, usize, String, String);

/// What people bring from other languages, and the commonest slips.
fn known_slip(before: &str, rest: &str, source: &str, at: usize) -> Option<Slip> {
    let slip = |length: usize, message: &str, help: &str| Some(("E0214", length, message.to_owned(), help.to_owned()));
    let word = token_of(rest);
    let previous = last_word(before);
    let next_to_digit = before.len() == at && before.ends_with(|c: char| c.is_ascii_digit());
    if rest.starts_with("&&") {
        return slip(2, "`&&` is not of this language", "write `and`");
    }
    if rest.starts_with("||") || (rest.starts_with('|') && before.ends_with('|')) {
        return slip(2, "`||` is not of this language", "write `or`; for a value in place of null `??`");
    }
    if rest.starts_with("<>")
        || (rest.starts_with('>') && before.ends_with('<'))
        || (rest.starts_with('<') && rest.get(1..2) == Some(">"))
    {
        return slip(2, "`<>` is not of this language", "write `!=`");
    }
    if rest.starts_with('!') {
        return slip(1, "`!` is not of this language", "write `not …`");
    }
    if rest.starts_with("<-") {
        return slip(
            2,
            "`<-` starts a rule and cannot stand inside an expression",
            "a comparison with a negative number: `a < -1`",
        );
    }
    if rest.starts_with('=') && !rest.starts_with("==") {
        return slip(1, "`=` compares nothing", "write `==`");
    }
    if rest.starts_with('?') && !rest.starts_with("??") {
        return slip(
            1,
            "`? :` is not of this language",
            "write `if … then … else …`; for a value in place of null `??`",
        );
    }
    if rest.starts_with('%') {
        return slip(1, "`%` is not of this language", "10 % is 0.10");
    }
    if rest.starts_with(';') {
        return slip(1, "a rule ends with its line", "take the `;` away");
    }
    if rest.starts_with('#') {
        return slip(
            1,
            "a `#` that starts a comment has a blank before it",
            "put a blank before it; a name with `#` goes in backticks",
        );
    }
    if rest.starts_with('.') && rest.get(1..2).is_some_and(|d| d.starts_with(|c: char| c.is_ascii_digit())) {
        return slip(2, "a number starts with a digit", "write `0.5`");
    }
    if rest.starts_with(',') && next_to_digit && open_bracket(source.get(..at)?).is_none() {
        return slip(1, "a number has no thousands sign", "write `1000`; decimals have a point");
    }
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        let number: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
        if number.contains(['e', 'E']) {
            return slip(number.len(), "a number has no exponent", "write `1000` for 1e3");
        }
        if number.chars().any(|c| c.is_ascii_alphabetic()) || number.matches('.').count() > 1 {
            return slip(
                number.len(),
                &format!("`{number}` is no number"),
                "numbers are `12`, `12.50`, `-1`; a text stands in quotes",
            );
        }
    }
    if rest.starts_with('(') && before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        let method =
            before.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).next().unwrap_or_default();
        if let Some((subject, function)) = method.rsplit_once('.') {
            let arguments = if rest.starts_with("()") { "" } else { "(…)" };
            return slip(
                1,
                "functions are applied from left to right with `|`",
                &format!("write `{subject} | {function}{arguments}`"),
            );
        }
    }
    if rest.starts_with('\'') && before.len() == at && before.ends_with('\'') {
        return slip(
            1,
            "a text in '…' cannot hold a `'`",
            "put the text in `\"…\"`, and write `\\\"` and `\\{` for those characters",
        );
    }
    if previous == "let" && before != "let" {
        return slip(
            word.len(),
            "a `let` stands at the margin, like a rule",
            "move it before the rules; inside `for` write the value out",
        );
    }
    if before == "let" {
        return slip(
            word.len().max(1),
            &format!("`{word}` cannot be the name of a `let`"),
            "a name has letters, digits and `_`, and is no word of the language",
        );
    }
    if before.ends_with("or if") && word != "empty" {
        return slip(
            word.len().max(1),
            "after `or if` comes `empty`",
            "`a or if empty b` is b where a is empty; an `if` beside `or` goes in parentheses",
        );
    }
    if rest.starts_with('(') && before.ends_with("each") {
        return slip(1, "`each` stands before one function", "one after the other: `| each trim | each upper`");
    }
    if before.ends_with(" is") || before.ends_with(" is not") {
        let help =
            if word == "null" { "write `is empty`, or `== null` for null alone" } else { "write `==`, or `is empty`" };
        return slip(word.len().max(1), "after `is` comes `empty` or `not empty`", help);
    }
    if let Some(capital) = [previous, word.as_str()].into_iter().find(|w| in_capitals(w)) {
        let help = format!("write `{}`", capital.to_ascii_lowercase());
        return slip(word.len().max(1), &format!("`{capital}` is written in small letters"), &help);
    }
    match word.as_str() {
        "otherwise" if before.ends_with("create") || before.ends_with("update") => {
            slip(9, "`otherwise` stands before `on`", "write `a <- b otherwise c on create`")
        }
        "otherwise" => slip(
            9,
            "`otherwise` ends a rule, a let or an expression in parentheses",
            "write `(b | number otherwise 0) + 1`",
        ),
        "on" if source.starts_with("let ") => {
            slip(2, "`on` belongs to a rule, not to a `let`", "put it at the rules that use this `let`")
        }
        "or" if before.ends_with(['"', '\'']) && source.contains("match ") => {
            slip(2, "the literals of an arm are parted by commas", "write `\"a\", \"b\": 1`")
        }
        "empty" if before.ends_with("or if") => None,
        _ if rest.starts_with(['"', '\'']) && !expects_value(before) && source.contains("match ") => {
            slip(1, "the arms of `match` are parted by commas", "put a comma at the end of the arm before")
        }
        "if" | "match" | "for" | "not" if previous == "in" => None,
        _ if is_reserved(&word) && expects_value(before) => slip(
            word.len(),
            &format!("`{word}` is a word of the language and no value"),
            &format!("a field of that name goes in backticks: `` `{word}` ``"),
        ),
        _ if rest.starts_with(':') => slip(
            1,
            "`:` stands in `match` and in dictionaries only",
            "a rule is `a <- b`; a choice is `if … then … else …`",
        ),
        _ => None,
    }
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

/// A keyword in capitals, as other languages write it.
fn in_capitals(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let known =
        ["and", "or", "not", "if", "then", "else", "is", "in", "null", "true", "false", "match", "otherwise", "on"];
    word != lower && known.contains(&lower.as_str())
}
