//! A JSONPath's text to its parts: segments and selectors (RFC 9535, sections 2.1 to 2.3). Filters are read in `parse_filter`.

use super::query::{Query, Segment, Selector};
use super::text::unescaped;

/// Deepest nesting of brackets and parentheses.
const MOST_DEPTH: usize = 32;
/// The greatest whole number that may stand as an index, and its negative: 2^53 - 1.
const MOST_INDEX: i64 = 9_007_199_254_740_991;

/// Reads a JSONPath.
///
/// # Errors
/// What is wrong, as a sentence without its beginning.
pub(crate) fn parse(text: &str) -> Result<Query, String> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    if !parser.take("$") {
        return Err(String::from("it begins with `$`"));
    }
    let query = parser.query(true)?;
    match parser.rest() {
        "" => Ok(query),
        rest => Err(format!("{} is not expected", shown(rest))),
    }
}

pub(super) struct Parser<'t> {
    pub text: &'t str,
    pub at: usize,
    pub depth: usize,
}

/// What stands here, for messages.
pub(super) fn shown(rest: &str) -> String {
    match rest.chars().next() {
        None => String::from("the end"),
        Some(_) => format!("`{}`", rest.chars().take(12).collect::<String>().trim_end()),
    }
}

impl<'t> Parser<'t> {
    pub fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn take(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    pub fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    pub fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) { Ok(()) } else { Err(format!("`{sign}` is expected in place of {}", shown(self.rest()))) }
    }

    pub fn deeper<T>(&mut self, body: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        if self.depth >= MOST_DEPTH {
            return Err(format!("it is nested more than {MOST_DEPTH} deep"));
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    /// The segments behind `$` or `@`.
    pub fn query(&mut self, absolute: bool) -> Result<Query, String> {
        let mut query = Query { absolute, segments: Vec::new(), singular: true };
        loop {
            let before = self.at;
            self.blank();
            if self.take("..") {
                query.singular = false;
                let selectors = if self.peek() == Some('[') { self.bracket()?.0 } else { vec![self.dotted("..")?] };
                query.segments.push(Segment { descendant: true, selectors });
            } else if self.take(".") {
                let selector = self.dotted(".")?;
                query.singular &= matches!(selector, Selector::Name(_));
                query.segments.push(Segment { descendant: false, selectors: vec![selector] });
            } else if self.peek() == Some('[') {
                let (selectors, tight) = self.bracket()?;
                query.singular &= tight && matches!(selectors.as_slice(), [Selector::Name(_) | Selector::Index(_)]);
                query.segments.push(Segment { descendant: false, selectors });
            } else {
                // blanks behind the last segment are not the query's
                self.at = before;
                return Ok(query);
            }
        }
    }

    /// `*` or a name, behind a dot.
    fn dotted(&mut self, dots: &str) -> Result<Selector, String> {
        if self.take("*") {
            return Ok(Selector::Wildcard);
        }
        let rest = self.rest();
        let first = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
        if !rest.starts_with(first) {
            let expected = if dots == ".." { "a name, `*` or `[`" } else { "a name or `*`" };
            return Err(format!("{expected} is expected behind `{dots}`, in place of {}", shown(rest)));
        }
        let end = rest.find(|c: char| !first(c) && !c.is_ascii_digit()).unwrap_or(rest.len());
        self.at += end;
        Ok(Selector::Name(rest.get(..end).unwrap_or_default().into()))
    }

    /// `[…]`, and whether it holds no blanks around its selectors.
    fn bracket(&mut self) -> Result<(Vec<Selector>, bool), String> {
        self.deeper(|parser| {
            parser.expect("[")?;
            let (mut selectors, mut tight) = (Vec::new(), true);
            loop {
                let start = parser.at;
                parser.blank();
                tight &= parser.at == start;
                selectors.push(parser.selector()?);
                let end = parser.at;
                parser.blank();
                tight &= parser.at == end;
                if parser.take("]") {
                    return Ok((selectors, tight));
                }
                if !parser.take(",") {
                    return Err(format!("`,` or `]` is expected in place of {}", shown(parser.rest())));
                }
            }
        })
    }

    fn selector(&mut self) -> Result<Selector, String> {
        match self.peek() {
            Some('"' | '\'') => Ok(Selector::Name(self.string()?.into())),
            Some('*') => {
                self.at += 1;
                Ok(Selector::Wildcard)
            }
            Some('?') => {
                self.at += 1;
                self.blank();
                Ok(Selector::Filter(self.condition()?))
            }
            Some('-' | '0'..='9' | ':') => self.index_or_slice(),
            _ => Err(format!(
                "a name in quotes, an index, a slice, `*` or `?` is expected in place of {}",
                shown(self.rest())
            )),
        }
    }

    fn index_or_slice(&mut self) -> Result<Selector, String> {
        let start = self.optional_integer()?;
        let before = self.at;
        self.blank();
        if !self.take(":") {
            self.at = before;
            return match start {
                Some(index) => Ok(Selector::Index(index)),
                None => Err(format!("an index is expected in place of {}", shown(self.rest()))),
            };
        }
        self.blank();
        let end = self.optional_integer()?;
        let before = self.at;
        self.blank();
        if !self.take(":") {
            self.at = before;
            return Ok(Selector::Slice { start, end, step: 1 });
        }
        let before = self.at;
        self.blank();
        let step = self.optional_integer()?;
        if step.is_none() {
            self.at = before;
        }
        Ok(Selector::Slice { start, end, step: step.unwrap_or(1) })
    }

    fn optional_integer(&mut self) -> Result<Option<i64>, String> {
        if matches!(self.peek(), Some('-' | '0'..='9')) { self.integer().map(Some) } else { Ok(None) }
    }

    /// A whole number without zeros before it.
    fn integer(&mut self) -> Result<i64, String> {
        let rest = self.rest();
        let digits = rest.strip_prefix('-').unwrap_or(rest);
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        let text = rest.get(..rest.len() - digits.len() + count).unwrap_or_default();
        let number = text.parse::<i64>().ok().filter(|n| n.abs() <= MOST_INDEX);
        let plain = text == "0" || !matches!(digits.as_bytes().first(), None | Some(b'0'));
        match number {
            Some(number) if plain => {
                self.at += text.len();
                Ok(number)
            }
            _ => Err(format!("{} is no index: whole numbers up to 2^53 - 1, without zeros before them", shown(rest))),
        }
    }

    /// A text in either quotes.
    pub fn string(&mut self) -> Result<String, String> {
        let rest = self.rest();
        let quote = rest.chars().next().unwrap_or('"');
        let mut escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                c if c == quote => {
                    let inner = rest.get(1..at).unwrap_or_default();
                    let text = unescaped(inner, quote).filter(|_| pairs_are_whole(inner));
                    self.at += at + 1;
                    return text.ok_or_else(|| format!("{} has an escape that JSON does not know", shown(rest)));
                }
                '\0'..='\u{1f}' => return Err(String::from("a control character stands in a text: write an escape")),
                _ => {}
            }
        }
        Err(format!("the text {} is not closed", shown(rest)))
    }
}

/// No escape is half of a surrogate pair.
fn pairs_are_whole(text: &str) -> bool {
    let mut rest = text;
    let unit = |text: &str| text.get(..4).and_then(|d| u32::from_str_radix(d, 16).ok());
    while let Some(at) = rest.find('\\') {
        let after = rest.get(at + 1..).unwrap_or_default();
        let Some(digits) = after.strip_prefix('u') else {
            rest = after.get(1..).unwrap_or_default();
            continue;
        };
        match unit(digits) {
            Some(0xd800..0xdc00) => {
                let second = digits.get(4..).and_then(|r| r.strip_prefix("\\u"));
                if !matches!(second.and_then(unit), Some(0xdc00..0xe000)) {
                    return false;
                }
                rest = digits.get(10..).unwrap_or_default();
            }
            Some(0xdc00..0xe000) => return false,
            _ => rest = digits.get(4..).unwrap_or_default(),
        }
    }
    true
}
