//! Letters without their accents, and texts for addresses.

/// Latin letters with accents, and what stands in their place.
const PLAIN: &[(&str, &str)] = &[
    ("àáâãäåāăąǎǻȁȃạảấầẩẫậắằẳẵặ", "a"),
    ("æǽ", "ae"),
    ("çćĉċč", "c"),
    ("ďđðḍ", "d"),
    ("èéêëēĕėęěȅȇẹẻẽếềểễệ", "e"),
    ("ĝğġģǧ", "g"),
    ("ĥħḥ", "h"),
    ("ìíîïĩīĭįıǐỉị", "i"),
    ("ĳ", "ij"),
    ("ĵ", "j"),
    ("ķĸ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŉŋ", "n"),
    ("òóôõöøōŏőǒǿơọỏốồổỗộớờởỡợ", "o"),
    ("œ", "oe"),
    ("ŕŗř", "r"),
    ("śŝşšșſ", "s"),
    ("ß", "ss"),
    ("ţťŧț", "t"),
    ("þ", "th"),
    ("ùúûüũūŭůűųǔưụủứừửữự", "u"),
    ("ŵẁẃẅ", "w"),
    ("ýÿŷỳỵỷỹ", "y"),
    ("źżž", "z"),
];

fn replacement(c: char) -> Option<&'static str> {
    PLAIN.iter().find(|(letters, _)| letters.contains(c)).map(|(_, plain)| *plain)
}

/// A text without accents. Letters of other scripts stay.
pub(super) fn plain(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii() => made.push(c),
            // accents that stand behind their letter
            '\u{300}'..='\u{36f}' => {}
            c => {
                let small: char = c.to_lowercase().next().unwrap_or(c);
                match replacement(small) {
                    Some(plain) if small == c => made.push_str(plain),
                    Some(plain) => {
                        let mut letters = plain.chars();
                        made.extend(letters.next().map(|l| l.to_ascii_uppercase()));
                        made.push_str(letters.as_str());
                    }
                    None => made.push(c),
                }
            }
        }
    }
    made
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
