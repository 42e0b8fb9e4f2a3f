//! I-Regexp (RFC 9485): the patterns of `match` and `search`, translated for the crate that searches in linear time.
//!
//! `^` and `$` are anchors, as in the mapping of RFC 9485, section 5.3, and in the usual implementations.

use regex::{Regex, RegexBuilder};

/// Largest compiled pattern in bytes.
const MOST_SIZE: usize = 1 << 20;

/// A pattern, for whole texts and for parts of texts.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    whole: Regex,
    part: Regex,
}

impl Pattern {
    /// Compiles an I-Regexp.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence.
    pub fn compile(text: &str) -> Result<Pattern, String> {
        let pattern = translated(text)?;
        let compile = |text: &str| {
            RegexBuilder::new(text)
                .size_limit(MOST_SIZE)
                .build()
                .map_err(|_| String::from("is no regular expression, or a very large one"))
        };
        Ok(Pattern { whole: compile(&format!(r"\A(?:{pattern})\z"))?, part: compile(&pattern)? })
    }

    /// Whether the text fits, as a whole or in a part.
    pub fn fits(&self, whole: bool, text: &str) -> bool {
        if whole { self.whole.is_match(text) } else { self.part.is_match(text) }
    }
}

/// The same pattern in the crate's own syntax.
fn translated(text: &str) -> Result<String, String> {
    let mut made = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    let (mut open, mut repeatable) = (0u32, false);
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                escape(&mut chars, &mut made)?;
                repeatable = true;
            }
            '.' => {
                made.push_str(r"[^\n\r]");
                repeatable = true;
            }
            '[' => {
                class(&mut chars, &mut made)?;
                repeatable = true;
            }
            '(' => {
                made.push_str("(?:");
                open += 1;
                repeatable = false;
            }
            ')' if open > 0 => {
                made.push(')');
                open -= 1;
                repeatable = true;
            }
            '|' | '^' | '$' => {
                made.push(c);
                repeatable = false;
            }
            '*' | '+' | '?' if repeatable => {
                made.push(c);
                repeatable = false;
            }
            '{' if repeatable => {
                let mut count = String::new();
                loop {
                    match chars.next() {
                        Some('}') => break,
                        Some(c @ ('0'..='9' | ',')) => count.push(c),
                        _ => return Err(String::from("has a `{` that begins no count")),
                    }
                }
                let (least, most) = count.split_once(',').unwrap_or((&count, ""));
                if least.is_empty() || most.contains(',') {
                    return Err(String::from("has a `{` that begins no count"));
                }
                made.push_str(&format!("{{{count}}}"));
                repeatable = false;
            }
            '*' | '+' | '?' | '{' => return Err(format!("has a `{c}` behind nothing that it could repeat")),
            ')' | ']' | '}' => return Err(format!("has a `{c}` that closes nothing: a plain one is `\\{c}`")),
            c => {
                made.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
                repeatable = true;
            }
        }
    }
    if open > 0 { Err(String::from("has a `(` that is not closed")) } else { Ok(made) }
}

type Chars<'t> = std::iter::Peekable<std::str::Chars<'t>>;

fn escape(chars: &mut Chars<'_>, made: &mut String) -> Result<(), String> {
    match chars.next() {
        Some(c @ ('n' | 'r' | 't')) => made.extend(['\\', c]),
        Some(c @ ('(' | ')' | '*' | '+' | '-' | '.' | '?' | '[' | '\\' | ']' | '^' | '$' | '{' | '|' | '}')) => {
            made.extend(['\\', c])
        }
        Some(c @ ('p' | 'P')) => {
            let name: String = match chars.next() {
                Some('{') => chars.by_ref().take_while(|c| *c != '}').collect(),
                _ => return Err(format!("has a `\\{c}` without `{{…}}`")),
            };
            let is_category = matches!(name.as_bytes(), [b'A'..=b'Z'] | [b'A'..=b'Z', b'a'..=b'z']);
            if !is_category {
                return Err(format!("has `\\{c}{{{name}}}`, which is no category of characters"));
            }
            made.push_str(&format!("\\{c}{{{name}}}"));
        }
        Some(c) => {
            let instead = match c {
                'd' => ": write `[0-9]`",
                'w' => ": write `[A-Za-z0-9_]`",
                's' => ": write `[ \\t\\n\\r]`",
                _ => "",
            };
            return Err(format!("has `\\{c}`, which RFC 9485 does not know{instead}"));
        }
        None => return Err(String::from("ends in a backslash")),
    }
    Ok(())
}

/// `[…]`, behind its bracket.
fn class(chars: &mut Chars<'_>, made: &mut String) -> Result<(), String> {
    let unclosed = || String::from("has a `[` that is not closed");
    made.push('[');
    if chars.next_if_eq(&'^').is_some() {
        made.push('^');
    }
    let mut first = true;
    loop {
        match chars.next().ok_or_else(unclosed)? {
            ']' if first => return Err(String::from("has `[]`, which fits nothing: a plain `]` is `\\]`")),
            ']' => break,
            '\\' => escape(chars, made)?,
            '[' => return Err(String::from("has a `[` inside `[…]`: a plain one is `\\[`")),
            // first or last it is itself, else it makes a range
            '-' if first || chars.peek() == Some(&']') => made.push_str("\\-"),
            '-' => made.push('-'),
            c @ ('&' | '~' | '^') => made.extend(['\\', c]),
            c => made.push(c),
        }
        first = false;
    }
    made.push(']');
    Ok(())
}
