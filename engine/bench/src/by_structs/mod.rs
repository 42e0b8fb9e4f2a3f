//! The same rules, written by hand over typed structs that read and write only what is needed, and borrow what they can.

pub mod orders;
pub mod products;

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A text, borrowed unless it has escapes.
pub struct Text<'a>(Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        from.deserialize_str(Visitor).map(Text)
    }
}

/// An amount: a number, or a text that is one.
#[derive(Clone, Copy)]
pub struct Amount(pub Option<Decimal>);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?.get();
        let digits = raw.trim_matches('"');
        Ok(Amount(Decimal::from_str_exact(digits).ok()))
    }
}

/// A number as it stands, copied to where it goes.
#[derive(Deserialize, Serialize, Clone, Copy)]
#[serde(transparent)]
pub struct Number<'a>(#[serde(borrow)] &'a RawValue);

impl Number<'_> {
    pub fn decimal(self) -> Option<Decimal> {
        Decimal::from_str_exact(self.0.get()).ok()
    }
}

/// A decimal, written as a number.
pub struct Exact(pub Decimal);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let text = self.0.normalize().to_string();
        RawValue::from_string(text).map_err(serde::ser::Error::custom)?.serialize(to)
    }
}

/// Lines to lines.
fn lines(lines: &[String], size: usize, one: impl Fn(&str, &mut Vec<u8>) -> Option<()>) -> String {
    let mut out = Vec::with_capacity(lines.len() * size);
    for line in lines {
        let before = out.len();
        match one(line, &mut out) {
            Some(()) => out.push(b'\n'),
            None => out.truncate(before),
        }
    }
    String::from_utf8(out).unwrap_or_default()
}
