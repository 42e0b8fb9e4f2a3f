//! Bytes to a document. `jiter` pulls the tokens and hands out a number's own bytes, so no digit passes a binary float.

use jiter::{Jiter, Peek};

use super::Json;
use super::places::Places;

/// Deepest nesting of a document.
pub const MOST_JSON_DEPTH: usize = 64;

/// Why a text is no JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub message: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl std::fmt::Display for JsonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for JsonError {}

/// Reads one document. Of a key that stands twice in an object the last wins.
///
/// # Errors
/// What is wrong and where: no JSON, nested too deep, not UTF-8, more than one document.
pub fn read(bytes: &[u8]) -> Result<Json, JsonError> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut jiter = Jiter::new(bytes);
    let peek = jiter.peek().map_err(|e| trouble(&jiter, &e))?;
    let value = read_value(&mut jiter, peek, 0)?;
    jiter.finish().map_err(|e| trouble(&jiter, &e))?;
    Ok(value)
}

/// Whether a text is one document, without keeping any of it.
///
/// # Errors
/// What is wrong and where: no JSON, not UTF-8, more than one document.
pub fn well_formed(bytes: &[u8]) -> Result<(), JsonError> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut jiter = Jiter::new(bytes);
    jiter.next_skip().map_err(|e| trouble(&jiter, &e))?;
    jiter.finish().map_err(|e| trouble(&jiter, &e))
}

/// An error with its place.
pub(crate) fn trouble(jiter: &Jiter<'_>, error: &jiter::JiterError) -> JsonError {
    let place = jiter.error_position(error.index);
    let message = error.error_type.to_string();
    // its word for the three words that JSON knows
    let message = message.replace("expected ident", "expected `true`, `false` or `null`");
    JsonError { message, line: place.line, column: place.column }
}

pub(crate) fn read_value(jiter: &mut Jiter<'_>, peek: Peek, depth: usize) -> Result<Json, JsonError> {
    if depth > MOST_JSON_DEPTH {
        let place = jiter.current_position();
        let message = format!("nested more than {MOST_JSON_DEPTH} deep");
        return Err(JsonError { message, line: place.line, column: place.column });
    }
    match peek {
        Peek::Null => jiter.known_null().map(|()| Json::Null).map_err(|e| trouble(jiter, &e)),
        Peek::True | Peek::False => jiter.known_bool(peek).map(Json::Bool).map_err(|e| trouble(jiter, &e)),
        Peek::String => match jiter.known_str() {
            Ok(text) => Ok(Json::Text(text.into())),
            Err(e) => Err(trouble(jiter, &e)),
        },
        Peek::Array => {
            let mut items = Vec::new();
            let mut next = jiter.known_array().map_err(|e| trouble(jiter, &e))?;
            while let Some(peek) = next {
                items.push(read_value(jiter, peek, depth + 1)?);
                next = jiter.array_step().map_err(|e| trouble(jiter, &e))?;
            }
            Ok(Json::List(items))
        }
        Peek::Object => {
            let mut entries: Vec<(Box<str>, Json)> = Vec::new();
            let mut places = Places::default();
            let mut key: Option<Box<str>> = match jiter.known_object() {
                Ok(key) => key.map(Into::into),
                Err(e) => return Err(trouble(jiter, &e)),
            };
            while let Some(name) = key {
                let peek = jiter.peek().map_err(|e| trouble(jiter, &e))?;
                let value = read_value(jiter, peek, depth + 1)?;
                places.put(&mut entries, name, value);
                key = match jiter.next_key() {
                    Ok(key) => key.map(Into::into),
                    Err(e) => return Err(trouble(jiter, &e)),
                };
            }
            Ok(Json::Object(entries))
        }
        _ => match jiter.known_number_bytes(peek) {
            Ok(bytes) => match std::str::from_utf8(bytes) {
                Ok(text)
                    if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E')) =>
                {
                    Ok(Json::Number(text.into()))
                }
                _ => {
                    let place = jiter.current_position();
                    Err(JsonError {
                        message: String::from("this is no number"),
                        line: place.line,
                        column: place.column,
                    })
                }
            },
            Err(e) => Err(trouble(jiter, &e)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::write;
    use super::*;

    #[test]
    fn every_digit_survives() {
        let text = r#"{"a":1234567890123456789.12,"b":-0.10,"c":1e400,"d":"é\n","e":[null,true,{}]}"#;
        assert_eq!(write(&read(text.as_bytes()).unwrap()), text);
    }

    #[test]
    fn what_is_no_json_says_where() {
        for (text, expected) in [
            ("{\"a\": 1,\n\"b\" 2}", "line 2"),
            ("", "line 1"),
            ("[1] 2", "column"),
            ("NaN", "column"),
            ("[not]", "column 3: expected `true`, `false` or `null`"),
            ("[1,]", "column"),
            (&"[".repeat(100), "64 deep"),
        ] {
            let error = read(text.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(expected), "{text}: {error}");
        }
        assert!(read(b"\"\xff\"").is_err());
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_wins() {
        assert_eq!(write(&read(br#"{"a":1,"b":2,"a":3}"#).unwrap()), r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn large_objects_keep_that_rule() {
        let once: Vec<String> = (0..100).map(|i| format!("\"k{i}\":{i}")).collect();
        let twice: Vec<String> = (0..100).map(|i| format!("\"k{i}\":{}", i + 1)).collect();
        let text = format!("{{{},{}}}", once.join(","), twice.join(","));
        assert_eq!(write(&read(text.as_bytes()).unwrap()), format!("{{{}}}", twice.join(",")));
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_serde_json_about_what_is_json(text in r#"[\[\]{}:,"a0-9.\-e\\ntrufals ]{0,24}"#) {
            let ours = read(text.as_bytes());
            let theirs: Result<serde_json::Value, _> = serde_json::from_str(&text);
            // serde_json refuses numbers beyond f64; ours keep their text
            if let Ok(theirs) = theirs {
                let ours: serde_json::Value = serde_json::from_str(&write(&ours.unwrap())).unwrap();
                proptest::prop_assert_eq!(ours, theirs);
            } else if let Ok(ours) = ours {
                proptest::prop_assert!(write(&ours).contains('e'), "{}", text);
            }
        }
    }
}
