//! Text from outside, made harmless before anybody sees it: a name, an identifier or an answer may hold characters that move
//! the cursor, recolour the terminal, or hide and reorder the text beside them (Unicode Technical Report 36, section 3).

use std::borrow::Cow;

/// One line: every unseen character is escaped (`\n`, `\u{1b}`), so that nothing can pretend to be a line of its own.
#[must_use]
pub fn harmless_line(text: &str) -> Cow<'_, str> {
    escaped(text, is_unseen)
}

/// Several lines: as [`harmless_line`], but line feeds and tabs stay.
#[must_use]
pub fn harmless_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| !matches!(c, '\n' | '\t') && is_unseen(c))
}

/// JSON text with the same characters as `\u` escapes: the same value, readable on a terminal. JSON allows such characters
/// only inside strings, so the escapes are always valid.
#[must_use]
pub fn harmless_json(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_unseen(c)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c == '\n' || !is_unseen(c) {
            safe.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    Cow::Owned(safe)
}

fn escaped(text: &str, unseen: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&unseen) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if unseen(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Control characters, characters without width, marks that change the direction of text, line and paragraph separators,
/// and tags: the general categories Cc, Cf, Zl and Zp, apart from the signs of scripts that are visible in themselves.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        for text in ["", "größer", "日本", "a\u{301}", "👍"] {
            assert!(matches!(harmless_line(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn faults_d8_nothing_unseen_is_left() {
        let odd = "a\u{1b}]0;x\u{7}\u{0}\u{9b}31m\u{202e}b\u{200b}\u{200d}\u{2066}\u{feff}\u{e0041}\r\nc";
        let line = harmless_line(odd);
        assert!(!line.chars().any(is_unseen), "{line}");
        assert_eq!(harmless_lines("a\n\tb\r"), "a\n\tb\\r");
        let json = serde_json::to_string_pretty(&serde_json::json!({ "k": odd })).unwrap();
        let safe = harmless_json(&json);
        assert!(!safe.chars().any(|c| c != '\n' && is_unseen(c)), "{safe}");
        let (before, after): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(&json).unwrap(), serde_json::from_str(&safe).unwrap());
        assert_eq!(before, after);
    }
}
