//! Letters without their accents, and texts for addresses.

use unicode_normalization::UnicodeNormalization as _;

/// Latin letters that Unicode does not decompose, and what is written in their place.
const PLAIN: &[(&str, &str)] = &[
    ("æ", "ae"),
    ("đð", "d"),
    ("ǥ", "g"),
    ("ħ", "h"),
    ("ıɨ", "i"),
    ("ĸ", "k"),
    ("łƚ", "l"),
    ("ŋ", "n"),
    ("øɵ", "o"),
    ("œ", "oe"),
    ("ß", "ss"),
    ("ŧ", "t"),
    ("þ", "th"),
    ("ʉ", "u"),
    ("ƶ", "z"),
];

fn replacement(c: char) -> Option<&'static str> {
    PLAIN.iter().find(|(letters, _)| letters.contains(c)).map(|(_, plain)| *plain)
}

/// A text without accents. Letters of other scripts stay.
pub(super) fn plain(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        let done = !c.is_ascii() && (is_accent(c) || push_plain(c, &mut made));
        if !done {
            made.push(c);
        }
    }
    made
}

/// Accents that follow their letter.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The plain letters of a Latin one: what Unicode decomposes it into, ligatures and wide letters too, without the accents;
/// of letters that are no composition, such as `ø`, what is written in their place. False: it has none.
fn push_plain(c: char, made: &mut String) -> bool {
    let before = made.len();
    for part in std::iter::once(c).nfkd().filter(|part| !is_accent(*part)) {
        if part.is_ascii_alphabetic() && c.is_alphabetic() {
            made.push(part);
        } else if !push_replacement(part, made) {
            made.truncate(before);
            return false;
        }
    }
    true
}

fn push_replacement(c: char, made: &mut String) -> bool {
    let small = c.to_lowercase().next().unwrap_or(c);
    let Some(plain) = replacement(small) else { return false };
    if c == small {
        made.push_str(plain);
    } else {
        let mut letters = plain.chars();
        made.extend(letters.next().map(|l| l.to_ascii_uppercase()));
        made.push_str(letters.as_str());
    }
    true
}

/// Small letters, digits and single hyphens between them.
pub(super) fn slug(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in plain(text).chars() {
        if c.is_ascii_alphanumeric() {
            made.push(c.to_ascii_lowercase());
        } else if c != '\'' && c != '’' && !made.is_empty() && !made.ends_with('-') {
            made.push('-');
        }
    }
    made.truncate(made.trim_end_matches('-').len());
    made
}
