//! Formats of texts that are enforced: a value of another form is refused before it is sent.

use super::places::is_country_code;

/// A format with rules. Others are notes for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Two letters of ISO 3166: `US`.
    CountryCode,
    /// Three letters of ISO 4217: `USD`.
    CurrencyCode,
}

impl Format {
    /// The format of that name in a schema, if it is one of these.
    #[must_use]
    pub fn named(name: &str) -> Option<Format> {
        match name {
            "country_code" => Some(Format::CountryCode),
            "ISO-4217" => Some(Format::CurrencyCode),
            _ => None,
        }
    }

    /// What is wrong with a text, as the end of a sentence about it, and what mends it. An empty text says nothing.
    #[must_use]
    pub fn wrong(self, text: &str) -> Option<(&'static str, &'static str)> {
        let fits = match self {
            Format::CountryCode => is_country_code(text),
            Format::CurrencyCode => text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()),
        };
        if fits || text.is_empty() {
            return None;
        }
        Some(match self {
            Format::CountryCode => {
                ("is no two-letter code of a country, and the target field takes one", "convert it: `| country_code`")
            }
            Format::CurrencyCode => {
                ("is no three-letter code of a currency, and the target field takes one", "write a code such as `USD`")
            }
        })
    }
}
