//! The parts of the builder that read characters: numbers, texts, their escapes and holes.

use std::str::FromStr as _;

use rust_decimal::Decimal;

use crate::diagnostic::Diagnostic;

use super::build::{Builder, Node};
use super::grammar::{MOST_NESTING, Rule};
use super::message::looks_like_hole;
use super::tree::{Expr, ExprKind, Selector, TextPart};

impl Builder<'_, '_> {
    pub(super) fn number(&mut self, pair: &Node<'_>) -> Option<ExprKind> {
        let text = pair.as_str().trim();
        // zeros before the first other digit are no digits that count
        let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|d| *d == b'0').count();
        match Decimal::from_str_exact(text) {
            Ok(number) if digits <= 28 => Some(ExprKind::Number(number)),
            _ => {
                let span = self.span(pair);
                let message = format!("`{text}` has more digits than a number may have");
                self.refuse(
                    Diagnostic::error("E0211", span, message).help("numbers are exact, with at most 28 digits"),
                )?;
                None
            }
        }
    }

    pub(super) fn plain(&self, pair: &Node<'_>) -> ExprKind {
        let text = pair.as_str().trim_end();
        let inner = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')).unwrap_or(text);
        ExprKind::Text(if inner.is_empty() { vec![] } else { vec![TextPart::Text(inner.to_owned())] })
    }

    /// The pieces of a text or template.
    pub(super) fn text_parts(&mut self, pair: Node<'_>) -> Option<Vec<TextPart>> {
        let mut parts = Vec::new();
        if let Some((at, shown)) = backslash_of_a_path(pair.as_str()) {
            let start = pair.as_span().start() + at;
            let span = self.text.span(start, start + 2);
            let what = match shown {
                't' => "`\\t` is a tab",
                'n' => "`\\n` is a line break",
                _ => "`\\{` is a brace, and what follows is no hole",
            };
            let message = format!("this looks like a path with backslashes, but {what}");
            let help = "write `\\\\` for a backslash: `\"C:\\\\temp\\\\{id}\"`";
            self.diagnostics.push(Diagnostic::warning("W0303", span, message).help(help));
        }
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::text | Rule::bare_text => parts.push(TextPart::Text(self.unescape(&part)?)),
                Rule::hole => parts.push(TextPart::Hole(self.hole(part.into_inner().next()?)?)),
                _ => {}
            }
        }
        Some(parts)
    }

    fn unescape(&mut self, pair: &Node<'_>) -> Option<String> {
        let mut text = String::with_capacity(pair.as_str().len());
        let mut chars = pair.as_str().char_indices();
        while let Some((at, c)) = chars.next() {
            if c != '\\' {
                text.push(c);
                continue;
            }
            match chars.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, c @ ('"' | '\\' | '{'))) => text.push(c),
                Some((_, '}')) => text.push('}'),
                other => {
                    let start = pair.as_span().start() + at;
                    let span = self.text.span(start, start + 2);
                    let what = other.map_or(String::from("\\"), |(_, c)| format!("\\{c}"));
                    self.refuse(
                        Diagnostic::error("E0212", span, format!("`{what}` is no escape"))
                            .help("the escapes are `\\n` `\\t` `\\\"` `\\\\` `\\{`; a text in '…' has none"),
                    )?;
                }
            }
        }
        Some(text)
    }

    fn hole(&mut self, pair: Node<'_>) -> Option<Expr> {
        let mut value: Option<Expr> = None;
        for (count, part) in pair.into_inner().enumerate() {
            let span = self.span(&part);
            if count > MOST_NESTING {
                self.refuse(Diagnostic::error("E0205", span, "this path is too long").help("name it with `let`"))?;
            }
            value = Some(match (value.take(), part.as_rule()) {
                (None, _) => {
                    let quoted = part.as_str().starts_with('`');
                    Expr { kind: ExprKind::Name { name: self.name(&part), quoted }, span }
                }
                (Some(value), Rule::hole_member) => {
                    let whole = value.span.to(span);
                    let name = self.name(&part.into_inner().next()?);
                    Expr { kind: ExprKind::Member(Box::new(value), name), span: whole }
                }
                (Some(value), _) => {
                    let whole = value.span.to(span);
                    let inner = part.into_inner().next()?;
                    let selector = match inner.as_rule() {
                        Rule::all => Selector::All,
                        Rule::hole_first => Selector::First,
                        Rule::hole_last => Selector::Last,
                        Rule::hole_key => match self.plain(&inner) {
                            ExprKind::Text(parts) => self.key(&parts, span)?,
                            _ => return None,
                        },
                        _ => Selector::Index(i64::from_str(inner.as_str()).ok()?),
                    };
                    Expr { kind: ExprKind::Select(Box::new(value), selector), span: whole }
                }
            });
        }
        value
    }

    /// A `'…'` where a text stands: what looks like a hole is none there.
    pub(super) fn plain_value(&mut self, pair: &Node<'_>) -> ExprKind {
        if let Some(hole) = looks_like_hole(pair.as_str()) {
            let span = self.span(pair);
            let message = format!("a text in '…' has no holes: `{hole}` stays as it is written");
            self.diagnostics.push(Diagnostic::warning("W0201", span, message).help("put the text in `\"…\"`"));
        }
        self.plain(pair)
    }
}

/// The first escape in a text that was hardly meant as one, by its place: in a path with a drive (`C:\temp`) or of a server
/// (`\\host\name`) a tab or line break before a letter; a brace that opens no hole straight behind a name or a backslash
/// (`files\{id}`), where what it holds could be a hole.
fn backslash_of_a_path(text: &str) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    let at = |i: usize| bytes.get(i).copied().unwrap_or(b' ');
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let start = usize::from(text.starts_with('"'));
    // `C:\` with no letter before it, or a backslash at the start
    let drive = (start..bytes.len()).find(|&i| {
        at(i).is_ascii_alphabetic() && at(i + 1) == b':' && at(i + 2) == b'\\' && (i == 0 || !word(at(i - 1)))
    });
    let server = text.get(start..).is_some_and(|t| t.starts_with("\\\\")).then_some(start);
    let path = drive.or(server);
    let mut i = 0;
    while i < bytes.len() {
        if at(i) != b'\\' {
            i += 1;
            continue;
        }
        let (before, after) = (if i == 0 { b' ' } else { at(i - 1) }, at(i + 1));
        match after {
            b't' | b'n' if path.is_some_and(|p| p < i) && at(i + 2).is_ascii_alphabetic() => {
                return Some((i, char::from(after)));
            }
            b'{' if word(before) || matches!(before, b'\\' | b'.' | b'-') => {
                let name = text.get(i + 2..)?.split(['}', '\\']).next().unwrap_or_default();
                let closed = at(i + 2 + name.len()) == b'}';
                let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
                let path_like = name.bytes().all(|b| word(b) || matches!(b, b'.' | b'[' | b']' | b'\''));
                if closed && begins && path_like {
                    return Some((i, '{'));
                }
            }
            _ => {}
        }
        i += 2;
    }
    None
}
