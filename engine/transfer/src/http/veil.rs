//! Hides the accounts' tokens in what comes back: a server may echo a header in its error, and errors are shown and kept.

use bytes::Bytes;
use mapwright_language::json::{Json, read, write};
use secrecy::{ExposeSecret, SecretString};

/// What is shown in place of a token.
const HIDDEN: &str = "[hidden]";
/// Shorter values are parts of ordinary words.
const SHORTEST: usize = 8;

/// The tokens of all accounts of an executor: one system may echo the token of the other.
#[derive(Clone, Default)]
pub struct Veil(Vec<SecretString>);

impl std::fmt::Debug for Veil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Veil({} secrets)", self.0.len())
    }
}

impl Veil {
    /// Over these values.
    pub fn over(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        Veil(secrets.into_iter().filter(|secret| secret.expose_secret().len() >= SHORTEST).collect())
    }

    /// A body without the tokens, in whatever way JSON spells them.
    pub fn body(&self, body: Bytes) -> Bytes {
        if self.may_be_escaped(&body)
            && let Ok(mut json) = read(&body)
            && self.tree(&mut json)
        {
            return write(&json).into();
        }
        if !self.0.iter().any(|secret| contains(&body, secret.expose_secret().as_bytes())) {
            return body;
        }
        self.text(&String::from_utf8_lossy(&body)).into()
    }

    /// JSON may write any character as `\u00..`, and those that it has to escape in a second way.
    fn may_be_escaped(&self, body: &[u8]) -> bool {
        let special = |c: char| self.0.iter().any(|secret| secret.expose_secret().contains(c));
        contains(body, b"\\u00")
            || special('/') && contains(body, b"\\/")
            || special('"') && contains(body, b"\\\"")
            || special('\\') && contains(body, b"\\\\")
    }

    /// A text without the tokens.
    pub fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose_secret(), HIDDEN))
    }

    /// Takes the tokens out of all texts and keys; whether there were any.
    fn tree(&self, json: &mut Json) -> bool {
        match json {
            Json::Text(text) if self.holds(text) => {
                *text = self.text(text).into();
                true
            }
            Json::List(items) => items.iter_mut().fold(false, |found, item| self.tree(item) | found),
            Json::Object(entries) => entries.iter_mut().fold(false, |found, (key, value)| {
                let held = self.holds(key);
                if held {
                    *key = self.text(key).into();
                }
                self.tree(value) | held | found
            }),
            _ => false,
        }
    }

    fn holds(&self, text: &str) -> bool {
        self.0.iter().any(|secret| text.contains(secret.expose_secret()))
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(bytes, wanted).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "x0token/9w0e0jxf9m0do";

    fn veiled(body: &str) -> String {
        let veil = Veil::over([SecretString::from(TOKEN), SecretString::from("an")]);
        String::from_utf8(veil.body(Bytes::from(body.to_owned())).to_vec()).unwrap()
    }

    #[test]
    fn faults_d6_a_token_is_hidden_wherever_it_is_echoed() {
        let escaped: String = TOKEN.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        for body in [
            format!(r#"{{"title":"bad token {TOKEN}!"}}"#),
            format!(r#"{{"errors":{{"{TOKEN}":["no","{TOKEN}"]}}}}"#),
            format!(r#"{{"title":"{}"}}"#, TOKEN.replace('/', "\\/")),
            format!(r#"{{"a":[{{"{escaped}":1}}]}}"#),
            format!("<html>{TOKEN}</html>"),
            format!(r#"{{"title":"{TOKEN}"#),
        ] {
            let veiled = veiled(&body);
            assert!(!veiled.contains(TOKEN) && veiled.contains(HIDDEN), "{veiled}");
            if let Ok(json) = serde_json::from_str::<serde_json::Value>(&veiled) {
                assert!(!json.to_string().contains(TOKEN), "{json}");
            }
        }
    }

    #[test]
    fn what_holds_no_token_is_left_as_it_is() {
        for body in [r#"{"name":"a \"pan\" \u00e9", "n":1.50}"#, "", "<p>an</p>"] {
            assert_eq!(veiled(body), body);
        }
    }
}
