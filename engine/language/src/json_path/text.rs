//! Texts of JSON and of JSONPath: their escapes.

use std::borrow::Cow;

/// The text that stands in JSON from this quote on.
pub(super) fn json_text(source: &str, quote: usize) -> Cow<'_, str> {
    let inner = source.get(quote + 1..end_of(source, quote).saturating_sub(1)).unwrap_or_default();
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    Cow::Owned(unescaped(inner, '"').unwrap_or_default())
}

/// Where a text that begins with this quote ends, behind its closing quote.
pub(super) fn end_of(source: &str, quote: usize) -> usize {
    let bytes = source.as_bytes();
    let mut at = quote + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The characters of a text without its quotes; `None` for what is no escape. Half of a surrogate pair becomes U+FFFD.
pub(super) fn unescaped(text: &str, quote: char) -> Option<String> {
    let mut made = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            made.push(c);
            continue;
        }
        made.push(match chars.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            c @ ('/' | '\\') => c,
            c if c == quote => c,
            'u' => {
                let (first, rest) = unit(chars.as_str())?;
                let (unit, rest) = match (first, rest.strip_prefix("\\u").and_then(unit)) {
                    (0xd800..0xdc00, Some((second @ 0xdc00..0xe000, rest))) => {
                        (0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), rest)
                    }
                    _ => (first, rest),
                };
                chars = rest.chars();
                char::from_u32(unit).unwrap_or('\u{fffd}')
            }
            _ => return None,
        });
    }
    Some(made)
}

/// Four hexadecimal digits.
fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let hexadecimal = digits.bytes().all(|b| b.is_ascii_hexdigit());
    hexadecimal.then(|| u32::from_str_radix(digits, 16).ok())?.map(|unit| (unit, rest))
}
