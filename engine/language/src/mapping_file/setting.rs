//! A setting that a collection asks of its subscription, and the one reading of what the subscription gives for it.

use rust_decimal::Decimal;

use crate::value::{Value, number_from_text};

use super::Spanned;

/// One entry of `settings`
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// its name
    pub name: Spanned<String>,
    /// what its values are
    pub kind: Spanned<SettingKind>,
    /// must be there
    pub required: bool,
    /// what it is for
    pub about: Option<String>,
}

/// What the values of a setting are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// any text
    Text,
    /// an e-mail address
    Email,
    /// a whole number
    Integer,
    /// a number
    Decimal,
    /// `true` or `false`
    Boolean,
}

/// Why what is given for a setting is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingError {
    /// The setting is required, and nothing is given.
    Missing,
    /// What is given is not of this kind.
    Not(SettingKind),
}

impl SettingKind {
    /// All of them, as `type` names them.
    pub const WORDS: &[(&str, SettingKind)] = &[
        ("text", SettingKind::Text),
        ("email", SettingKind::Email),
        ("integer", SettingKind::Integer),
        ("decimal", SettingKind::Decimal),
        ("boolean", SettingKind::Boolean),
    ];

    /// As `type` names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("text", |(word, _)| word)
    }

    /// In words: `a whole number`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            SettingKind::Text => "a text",
            SettingKind::Email => "an e-mail address",
            SettingKind::Integer => "a whole number",
            SettingKind::Decimal => "a number",
            SettingKind::Boolean => "`true` or `false`",
        }
    }

    /// How a value is written, for a help line.
    #[must_use]
    pub fn form(self) -> &'static str {
        match self {
            SettingKind::Text => "write a text",
            SettingKind::Email => "write an address such as `shop@example.com`",
            SettingKind::Integer => "write digits, such as `15` or `-3`",
            SettingKind::Decimal => "write digits and a point, such as `0.25`",
            SettingKind::Boolean => "write `true` or `false`",
        }
    }

    /// What a subscription gives, as a value: null where it gives nothing but blanks.
    ///
    /// # Errors
    /// It is not of this kind, or it is needed and not given.
    pub fn read(self, given: Option<&str>, required: bool) -> Result<Value, SettingError> {
        let Some(text) = given.filter(|text| !text.trim().is_empty()) else {
            return if required { Err(SettingError::Missing) } else { Ok(Value::Null) };
        };
        let plain = text.trim();
        let value = match self {
            SettingKind::Text => Some(Value::Text(text.into())),
            SettingKind::Email => is_address(plain).then(|| Value::Text(plain.into())),
            SettingKind::Integer => number(plain).filter(|n| n.is_integer()).map(Value::Number),
            SettingKind::Decimal => number(plain).map(Value::Number),
            // as the core schema of YAML 1.2 writes them
            SettingKind::Boolean => match plain {
                "true" | "True" | "TRUE" => Some(Value::Bool(true)),
                "false" | "False" | "FALSE" => Some(Value::Bool(false)),
                _ => None,
            },
        };
        value.ok_or(SettingError::Not(self))
    }
}

impl std::fmt::Display for SettingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SettingError::Missing => f.write_str("is required, and the subscription does not set it"),
            SettingError::Not(kind) => write!(f, "takes {}", kind.words()),
        }
    }
}

/// Digits, a minus, a point: no exponent, no separators.
fn number(text: &str) -> Option<Decimal> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.');
    number_from_text(text).filter(|_| plain)
}

/// Something on both sides of one `@`, without blanks: enough to find a name or a phone number in its place.
fn is_address(text: &str) -> bool {
    let mut parts = text.split('@');
    let sides = (parts.next(), parts.next(), parts.next());
    matches!(sides, (Some(user), Some(host), None) if !user.is_empty() && !host.is_empty())
        && !text.contains(char::is_whitespace)
}
