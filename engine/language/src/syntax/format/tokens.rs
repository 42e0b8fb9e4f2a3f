//! The tokens of one line of rules, and the blanks between two of them.

use crate::syntax::words::is_reserved;

/// Kinds of token, as far as the layout cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or keyword.
    Word,
    /// A name in backticks.
    Quoted,
    /// A number.
    Number,
    /// A text in either quotes; the closing one may be missing.
    Text,
    /// `$…`
    JsonPath,
    /// An operator, bracket or comma.
    Sign,
}

/// A token and whether it follows the one before without a blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// As written.
    pub text: &'a str,
    /// Its kind.
    pub kind: Kind,
    /// Follows the one before without a blank.
    pub glued: bool,
}

impl Token<'_> {
    /// Whether it is this sign.
    #[must_use]
    pub fn is(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// An opening bracket.
    #[must_use]
    pub fn opens(&self) -> bool {
        self.kind == Kind::Sign && matches!(self.text, "(" | "[" | "{")
    }

    /// A closing bracket.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.kind == Kind::Sign && matches!(self.text, ")" | "]" | "}")
    }

    /// A name, in backticks or not.
    #[must_use]
    pub fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted)
    }
}

/// Splits a line, its comment taken away.
#[must_use]
pub fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = line;
    let mut glued = false;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = rest.trim_start();
            glued = false;
            continue;
        }
        let (kind, length) = token(rest, first);
        let length = length.clamp(first.len_utf8(), rest.len());
        let (text, after) = rest.split_at(length);
        tokens.push(Token { text, kind, glued });
        glued = true;
        rest = after;
    }
    tokens
}

fn token(rest: &str, first: char) -> (Kind, usize) {
    let second = rest.chars().nth(1).unwrap_or(' ');
    match first {
        '"' | '\'' | '`' => (if first == '`' { Kind::Quoted } else { Kind::Text }, quoted(rest, first)),
        '$' => (Kind::JsonPath, json_path(rest)),
        '-' if second.is_ascii_digit() => (Kind::Number, 1 + number(rest.get(1..).unwrap_or_default())),
        c if c.is_ascii_digit() => (Kind::Number, number(rest)),
        c if c.is_alphabetic() || c == '_' => {
            (Kind::Word, rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len()))
        }
        _ => {
            let two = ["<-", "<=", ">=", "==", "!=", "??"].iter().any(|s| rest.starts_with(s));
            (Kind::Sign, if two { 2 } else { first.len_utf8() })
        }
    }
}

/// Length of a text up to its closing quote.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = !escaped && quote == '"' && c == '\\';
    }
    rest.len()
}

fn number(rest: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(rest);
    match rest.get(whole..).and_then(|r| r.strip_prefix('.')).map(digits) {
        Some(decimals) if decimals > 0 => whole + 1 + decimals,
        _ => whole,
    }
}

/// Length of a JSONPath: it ends where RFC 9535 ends without a blank outside brackets.
fn json_path(rest: &str) -> usize {
    let mut at = 1;
    loop {
        let tail = rest.get(at..).unwrap_or_default();
        let dots = tail.bytes().take_while(|b| *b == b'.').count().min(2);
        let after = tail.get(dots..).unwrap_or_default();
        let name =
            after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii())).unwrap_or(after.len());
        if dots > 0 && name > 0 {
            at += dots + name;
        } else if dots > 0 && after.starts_with('*') {
            at += dots + 1;
        } else if dots != 1 && after.starts_with('[') {
            at += dots + bracket(after);
        } else {
            return at;
        }
    }
}

fn bracket(rest: &str) -> usize {
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match quote {
            Some(q) => {
                if c == q && !escaped {
                    quote = None;
                }
                escaped = !escaped && c == '\\';
            }
            None => match c {
                '"' | '\'' => quote = Some(c),
                '[' => depth += 1,
                ']' if depth <= 1 => return at + 1,
                ']' => depth -= 1,
                _ => {}
            },
        }
    }
    rest.len()
}

/// Words that are operators in one place and names in another: what follows them keeps the author's blank.
const SOFT: [&str; 14] = [
    "by",
    "empty",
    "with",
    "contains",
    "each",
    "on",
    "create",
    "update",
    "any",
    "every",
    "descending",
    "sort",
    "unique",
    "group",
];

/// Whether a blank stands between two tokens of a line; `before` stands before the first of them.
pub(super) fn blank_between(before: Option<&Token<'_>>, left: &Token<'_>, right: &Token<'_>) -> bool {
    let tight = [",", ")", "]", ":", "."].iter().any(|s| right.is(s)) || ["(", "[", "."].iter().any(|s| left.is(s));
    if tight || (left.is("{") && right.is("}")) {
        return false;
    }
    if left.is("-") && right.glued {
        return false; // a sign; a minus between two values has a blank on both sides
    }
    if right.is("(") || right.is("[") {
        let name = before.is_some_and(|b| b.is("."));
        return match left.kind {
            Kind::Word if !name && is_reserved(left.text) => true,
            Kind::Word if !name && SOFT.contains(&left.text) => !right.glued,
            Kind::Word | Kind::Quoted => false,
            Kind::Sign => !(left.closes() && right.is("[")),
            Kind::Number | Kind::Text | Kind::JsonPath => right.is("("),
        };
    }
    true
}
