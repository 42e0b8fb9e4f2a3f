//! What must not stand in a settings file: names that promise a secret, and values that are one.

use secrecy::{ExposeSecret, SecretString};

use crate::state::Credentials;

use super::tokens::{BIGCOMMERCE_VARIABLE, IPAAS_VARIABLE};

/// Parts of a name, without `_` and in small letters, that promise a secret.
const PROMISES: &[&str] = &[
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "authkey",
    "bearer",
    "authorization",
    "credential",
];
/// Words of a name that do so only alone: `author` is none.
const WORDS: &[&str] = &["auth", "oauth", "jwt", "pat"];
/// A secret that is shorter may stand within another text by chance.
const LEAST_WITHIN: usize = 8;

/// Whether a name promises a secret: `access_key`, `apiKey`, `client_secret`.
#[must_use]
pub fn names_a_secret(name: &str) -> bool {
    let lower = name.to_lowercase();
    let plain: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    PROMISES.iter().any(|p| plain.contains(p))
        || lower.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// The secrets that are known: those that are kept, and those of the environment.
#[derive(Debug, Clone, Default)]
pub struct Secrets(Vec<SecretString>);

impl Secrets {
    /// Gathers them; `environment` gives a variable's value.
    #[must_use]
    pub fn gather(kept: &Credentials, environment: &dyn Fn(&str) -> Option<String>) -> Secrets {
        let mut secrets = Secrets::default();
        kept.names().filter_map(|name| kept.get(name)).for_each(|secret| secrets.add(secret));
        for variable in [BIGCOMMERCE_VARIABLE, IPAAS_VARIABLE] {
            environment(variable).into_iter().for_each(|value| secrets.add(&SecretString::from(value)));
        }
        secrets
    }

    /// One more.
    pub fn add(&mut self, secret: &SecretString) {
        let text = secret.expose_secret().trim();
        if !text.is_empty() {
            self.0.push(SecretString::from(text));
        }
    }

    /// Whether a text is one of them or holds one.
    #[must_use]
    pub fn stand_in(&self, text: &str) -> bool {
        self.0
            .iter()
            .map(ExposeSecret::expose_secret)
            .any(|secret| text.trim() == secret || secret.len() >= LEAST_WITHIN && text.contains(secret))
    }

    /// The text with `*` in place of every byte of a secret, so that places in it stay what they are.
    #[must_use]
    pub fn hide(&self, text: &str) -> String {
        let mut hidden = text.to_owned();
        for secret in self.0.iter().map(ExposeSecret::expose_secret).filter(|s| s.len() >= LEAST_WITHIN) {
            hidden = hidden.replace(secret, &"*".repeat(secret.len()));
        }
        hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_promise_a_secret() {
        for name in [
            "token",
            "api_key",
            "apiKey",
            "access_key",
            "ACCESS_KEY",
            "private_key",
            "client_secret",
            "smtp_password",
            "db_pwd",
            "passwd",
            "bearer",
            "authorization",
            "credentials",
            "auth",
            "x_jwt",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in ["warehouse", "author", "key", "keyword", "price_list", "path", "pattern", "client_id"] {
            assert!(!names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn a_kept_or_given_secret_is_found_and_hidden() {
        let mut kept = Credentials::default();
        kept.set("bigcommerce_token", SecretString::from("canary-4711"));
        let environment = |name: &str| (name == IPAAS_VARIABLE).then(|| String::from(" magpie-0815\n"));
        let secrets = Secrets::gather(&kept, &environment);
        assert!(secrets.stand_in("canary-4711") && secrets.stand_in("Bearer canary-4711"));
        assert!(secrets.stand_in("magpie-0815") && !secrets.stand_in("canary"));
        assert_eq!(secrets.hide("a: Bearer canary-4711 b"), "a: Bearer *********** b");
        assert!(!format!("{secrets:?}").contains("canary"));
    }

    #[test]
    fn a_short_secret_is_not_found_within_a_text() {
        let mut secrets = Secrets::default();
        secrets.add(&SecretString::from("t"));
        secrets.add(&SecretString::from(""));
        assert!(secrets.stand_in("t") && !secrets.stand_in("tree") && !secrets.stand_in(""));
    }
}
