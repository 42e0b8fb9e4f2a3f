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

impl Json {
    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of an array; nothing for everything else.
    #[must_use]
    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of an object; nothing for everything else.
    #[must_use]
    pub fn entries(&self) -> &[(Box<str>, Json)] {
        match self {
            Json::Object(entries) => entries,
            _ => &[],
        }
    }

    /// Sets a key of an object (of anything else: makes it one).
    pub fn set(&mut self, key: &str, value: Json) {
        if !matches!(self, Json::Object(_)) {
            *self = Json::Object(vec![]);
        }
        if let Json::Object(entries) = self {
            match entries.iter_mut().find(|(k, _)| &**k == key) {
                Some(entry) => entry.1 = value,
                None => entries.push((key.into(), value)),
            }
        }
    }

    /// An id: a text, or a number as its digits.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            Json::Number(digits) => Some(digits),
            _ => None,
        }
    }
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(b) => Json::Bool(*b),
            serde_json::Value::Number(n) => Json::Number(n.to_string().into()),
            serde_json::Value::String(s) => Json::Text(s.as_str().into()),
            serde_json::Value::Array(items) => Json::List(items.iter().map(Json::from).collect()),
            serde_json::Value::Object(map) => {
                Json::Object(map.iter().map(|(k, v)| (k.as_str().into(), Json::from(v))).collect())
            }
        }
    }
}
