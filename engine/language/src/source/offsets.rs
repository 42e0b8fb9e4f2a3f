//! Where each byte of a decoded scalar stands in the file.

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ScalarStyle {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// For every byte of a decoded text (and its end) the byte of the file that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offsets(Vec<u32>);

impl Offsets {
    /// The file's byte for a byte of the decoded text.
    #[must_use]
    pub fn file_byte(&self, decoded: usize) -> u32 {
        self.0.get(decoded).or(self.0.last()).copied().unwrap_or(0)
    }

    /// A text that stands in the file as it is, from `start` on.
    #[must_use]
    pub fn identity(start: u32, length: usize) -> Offsets {
        Offsets((start..).take(length + 1).collect())
    }
}

/// Decodes the raw source of a scalar token and remembers where each byte came from. `raw` starts at file byte `start`;
/// for a literal block it starts at the beginning of the line of its first content. `None` for forms that this does not
/// decode (folded text over several lines): the caller keeps YAML's own text then.
pub(super) fn decode(raw: &str, start: u32, style: ScalarStyle) -> Option<(String, Offsets)> {
    match style {
        ScalarStyle::Plain if !raw.contains('\n') => Some((raw.to_owned(), Offsets::identity(start, raw.len()))),
        ScalarStyle::Literal => Some(literal(raw, start)),
        ScalarStyle::SingleQuoted if !raw.contains('\n') => Some(single_quoted(raw, start)),
        ScalarStyle::DoubleQuoted if !raw.contains('\n') => double_quoted(raw, start),
        _ => None,
    }
}

/// Where the characters of a text over several lines came from, found by walking along its raw source: line breaks are folded,
/// indentation and escaped line breaks skipped.
pub(super) fn along(text: &str, raw: &str, start: u32, style: ScalarStyle) -> Offsets {
    let (single, double) = (style == ScalarStyle::SingleQuoted, style == ScalarStyle::DoubleQuoted);
    let mut decoded = Decoded { text: String::with_capacity(text.len()), map: Vec::with_capacity(text.len() + 1) };
    let mut at = usize::from(single || double);
    let place = |at: usize| start + u32::try_from(at.min(raw.len())).unwrap_or(0);
    for c in text.chars() {
        loop {
            let rest = raw.get(at..).unwrap_or_default();
            let broken = ["\\\n", "\\\r\n"].iter().find(|b| double && rest.starts_with(**b));
            let blank = rest.chars().next().filter(|b| b.is_whitespace() && !c.is_whitespace());
            match (broken, blank) {
                (Some(line_break), _) => at += line_break.len(),
                (None, Some(blank)) => at += blank.len_utf8(),
                (None, None) => break,
            }
        }
        let rest = raw.get(at..).unwrap_or_default();
        decoded.push(c, place(at));
        at += match escape(rest).filter(|_| double && rest.starts_with('\\')) {
            Some((_, length)) => length,
            None if rest.starts_with(c) => c.len_utf8() + usize::from(single && c == '\''),
            None => rest.chars().next().filter(|b| b.is_whitespace()).map_or(0, char::len_utf8),
        };
    }
    decoded.finish(place(at)).1
}

/// Decoded text under construction.
struct Decoded {
    text: String,
    map: Vec<u32>,
}

impl Decoded {
    fn push(&mut self, c: char, from: u32) {
        let before = self.text.len();
        self.text.push(c);
        for i in 0..u32::try_from(self.text.len() - before).unwrap_or(1) {
            self.map.push(from + i.min(3));
        }
    }

    fn finish(mut self, end: u32) -> (String, Offsets) {
        self.map.push(end);
        (self.text, Offsets(self.map))
    }
}

fn literal(raw: &str, start: u32) -> (String, Offsets) {
    let indent = super::recover::margin(raw.lines());
    let mut decoded = Decoded { text: String::with_capacity(raw.len()), map: Vec::with_capacity(raw.len() + 1) };
    let mut at = start;
    for line in raw.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let skip = blanks.min(indent);
        let mut from = at + u32::try_from(skip).unwrap_or(0);
        for c in line.get(skip..).unwrap_or_default().chars() {
            if c != '\r' {
                decoded.push(c, from);
            }
            from += u32::try_from(c.len_utf8()).unwrap_or(1);
        }
        at += u32::try_from(line.len()).unwrap_or(0);
    }
    decoded.finish(at)
}

fn single_quoted(raw: &str, start: u32) -> (String, Offsets) {
    let inner = raw.strip_prefix('\'').unwrap_or(raw);
    let inner = inner.strip_suffix('\'').unwrap_or(inner);
    let mut decoded = Decoded { text: String::with_capacity(inner.len()), map: vec![] };
    let mut at = start + 1;
    let mut skip = false;
    for c in inner.chars() {
        if skip {
            skip = false;
        } else {
            decoded.push(c, at);
            skip = c == '\'';
        }
        at += u32::try_from(c.len_utf8()).unwrap_or(1);
    }
    decoded.finish(at)
}

fn double_quoted(raw: &str, start: u32) -> Option<(String, Offsets)> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut decoded = Decoded { text: String::with_capacity(inner.len()), map: vec![] };
    let mut rest = inner;
    let at = |rest: &str| start + 1 + u32::try_from(inner.len() - rest.len()).unwrap_or(0);
    while let Some(c) = rest.chars().next() {
        let from = at(rest);
        if c == '\\' {
            let (escaped, length) = escape(rest)?;
            decoded.push(escaped, from);
            rest = rest.get(length..)?;
        } else {
            decoded.push(c, from);
            rest = rest.get(c.len_utf8()..)?;
        }
    }
    let end = at("");
    Some(decoded.finish(end))
}

/// One escape of a double-quoted scalar (YAML 1.2, 5.7): the character and the length of the escape in bytes.
fn escape(text: &str) -> Option<(char, usize)> {
    let kind = text.chars().nth(1)?;
    let hex = |digits: usize| {
        let code = u32::from_str_radix(text.get(2..2 + digits)?, 16).ok()?;
        Some((char::from_u32(code)?, 2 + digits))
    };
    let simple = match kind {
        'x' => return hex(2),
        'u' => return hex(4),
        'U' => return hex(8),
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        other => other,
    };
    Some((simple, 1 + kind.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, style: ScalarStyle, text: &str) {
        let (decoded, offsets) = decode(raw, 100, style).unwrap();
        assert_eq!(decoded, text);
        for (i, c) in decoded.char_indices().filter(|(_, c)| !c.is_whitespace() && !"'\"\\".contains(*c)) {
            let from = offsets.file_byte(i) as usize - 100;
            let raw_char = raw[from..].chars().next().unwrap();
            assert!(raw_char == c || raw_char == '\\', "{c:?} came from {raw_char:?}");
        }
    }

    #[test]
    fn folded_texts_know_their_places_too() {
        for (raw, style, text) in [
            ("a {b}\n    c {d}", ScalarStyle::Plain, "a {b} c {d}"),
            ("'it''s\n\n   {d} é'", ScalarStyle::SingleQuoted, "it's\n{d} é"),
            ("\"a\\\n   b \\u00e9 {c}\n  \\\"{d}\"", ScalarStyle::DoubleQuoted, "ab é {c} \"{d}"),
            ("a\n  b {c}\n", ScalarStyle::Folded, "a b {c}\n"),
        ] {
            let offsets = along(text, raw, 100, style);
            for (i, c) in text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric() || matches!(c, '{' | '}')) {
                let from = offsets.file_byte(i) as usize - 100;
                assert_eq!(raw[from..].chars().next(), Some(c), "{raw:?} at {i}");
            }
        }
    }

    #[test]
    fn every_character_knows_where_it_stands() {
        check("a <- b", ScalarStyle::Plain, "a <- b");
        check("'it''s é'", ScalarStyle::SingleQuoted, "it's é");
        check(r#""a\tb \u00e9 \"q\"""#, ScalarStyle::DoubleQuoted, "a\tb é \"q\"");
        check("  ü <- b\r\n    c\r\n\r\n  d\n", ScalarStyle::Literal, "ü <- b\n  c\n\nd\n");
    }
}
