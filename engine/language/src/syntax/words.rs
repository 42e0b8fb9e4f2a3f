//! The words that are never names where a value stands, and names as they are written.

/// Reserved where a value stands; after a dot and before `<-` every word is a name.
pub const RESERVED: [&str; 17] = [
    "and",
    "clear",
    "else",
    "false",
    "for",
    "if",
    "in",
    "is",
    "let",
    "match",
    "not",
    "null",
    "or",
    "otherwise",
    "then",
    "true",
    "where",
];

/// Whether a word is reserved.
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Whether a text can stand as a name without backticks: ASCII letters, digits, `_`, no digit first.
#[must_use]
pub fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
