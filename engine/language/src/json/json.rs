//! A JSON document with exact numbers.

/// A JSON value. Objects keep the order of their keys; a number is its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Json {
    /// null
    #[default]
    Null,
    /// true, false
    Bool(bool),
    /// The digits as they came.
    Number(Box<str>),
    /// A text.
    Text(Box<str>),
    /// An array.
    List(Vec<Json>),
    /// An object; keys are unique (the last wins when reading, as everywhere).
    Object(Vec<(Box<str>, Json)>),
}

impl Json {
    /// The value under a key of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(entries) => entries.iter().find(|(k, _)| &**k == key).map(|(_, v)| v),
            _ => None,
        }
    }
}
