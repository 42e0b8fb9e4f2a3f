//! A request and an answer as they travel, without the connection.

use std::time::Duration;

use crate::exchange::{Answer, Body, Call};

/// A request as it arrives.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// Upper-case method.
    pub method: String,
    /// Path as it was sent, percent-encoded.
    pub path: String,
    /// Query as it was sent, without the question mark.
    pub query: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Arrival {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn call(&self) -> Call {
        Call {
            method: self.method.clone(),
            path: self.path.trim_matches('/').split('/').map(decode).collect(),
            query: pairs(&self.query),
            body: serde_json::from_slice(&self.body).ok(),
        }
    }
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As it should.
    Whole,
    /// In the middle of its body.
    Cut,
    /// Before it began: the connection is dropped.
    Dropped,
    /// Whole, but each byte comes so long after the last one.
    Dripping(Duration),
}

/// An answer as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// HTTP status.
    pub status: u16,
    /// Headers but for the content type.
    pub headers: Vec<(&'static str, String)>,
    /// Content type of the body.
    pub kind: Option<&'static str>,
    /// Body.
    pub body: Vec<u8>,
    /// How it ends.
    pub ending: Ending,
}

impl Departure {
    /// What is counted: 0 for a dropped connection.
    pub(crate) fn counted(&self) -> u16 {
        if self.ending == Ending::Dropped { 0 } else { self.status }
    }
}

impl From<Answer> for Departure {
    fn from(answer: Answer) -> Departure {
        let (kind, text) = match answer.body {
            Body::None => (None, String::new()),
            Body::Json(value) => (Some("application/json"), value.to_string()),
            Body::Html(text) => (Some("text/html; charset=UTF-8"), text),
        };
        Departure {
            status: answer.status,
            headers: answer.headers,
            kind,
            body: text.into_bytes(),
            ending: Ending::Whole,
        }
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'%').then(|| tail.get(..2)).flatten();
        let code = code.and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_and_paths_are_decoded() {
        assert_eq!(decode("101%7C55"), "101|55");
        assert_eq!(decode("100%"), "100%");
        let expected = [("sku:in".to_owned(), "a b,c".to_owned()), ("x".to_owned(), "+".to_owned())];
        assert_eq!(pairs("sku%3Ain=a+b,c&x=%2B"), expected);
    }
}
