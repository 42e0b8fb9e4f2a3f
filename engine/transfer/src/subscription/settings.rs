//! A subscription's settings: what `mapwright.yaml` holds. No secrets.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use mapwright_language::value::is_unseen;
use serde::{Deserialize, Serialize};

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// For people.
    pub name: String,
    /// The store, as in the path of its API: `[a-z0-9]+`.
    pub store_hash: String,
    /// BigCommerce's API, without `/stores/…`.
    #[serde(default = "bigcommerce")]
    pub api_url: String,
    /// The API account's client id; nothing needs it but people who look for the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// iPaaS.com's API, without the name of a single one.
    #[serde(default = "ipaas")]
    pub ipaas_url: String,
    /// The subscription's id in iPaaS.com, under which links are kept.
    pub system_id: String,
    /// For times without offset: a name of the time zone database.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The limit of calls to iPaaS.com (ipaas-platform 3.2); BigCommerce tells its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle: Option<Throttle>,
    /// Settings that mapping files ask for.
    #[serde(default, deserialize_with = "or_none", skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
}

/// So many calls in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// Calls.
    pub calls: u32,
    /// Seconds.
    pub seconds: u32,
}

/// `settings:` with nothing behind it, where all have been taken away by hand.
fn or_none<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

fn bigcommerce() -> String {
    String::from("https://api.bigcommerce.com")
}

fn ipaas() -> String {
    String::from("https://api.ipaas.com")
}

fn utc() -> String {
    String::from("UTC")
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    /// Its name.
    pub name: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl std::fmt::Display for SettingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`: {}", self.name, self.message)
    }
}

impl std::error::Error for SettingError {}

impl Subscription {
    /// The settings that every subscription has; all others are for mapping files.
    pub const OWN: &[&str] =
        &["name", "store_hash", "api_url", "client_id", "ipaas_url", "system_id", "time_zone", "throttle"];

    /// Everything that is wrong with it.
    ///
    /// # Errors
    /// Never empty.
    pub fn check(&self) -> Result<(), Vec<SettingError>> {
        let mut errors = Vec::new();
        let mut wrong = |name: &str, message: &str| {
            errors.push(SettingError { name: name.to_owned(), message: message.to_owned() })
        };
        if self.name.trim().is_empty() {
            wrong("name", "is empty; any name will do");
        } else if self.name.chars().any(is_unseen) {
            wrong("name", "holds a line break or another character that cannot be seen; write it in one line");
        }
        let hash = &self.store_hash;
        if hash.is_empty() || hash.len() > 64 || !hash.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            wrong("store_hash", "consists of lower-case letters and digits: the part after `/stores/` in the API path");
        }
        for (name, url) in [("api_url", &self.api_url), ("ipaas_url", &self.ipaas_url)] {
            if let Some(odd) = url.chars().find(|c| !c.is_ascii()) {
                let written = odd.escape_unicode();
                wrong(
                    name,
                    &format!(
                        "holds `{odd}` ({written}), which may only look like a letter of the address; if it is meant, write the host in its `xn--` form"
                    ),
                );
            } else if !address(url) {
                wrong(
                    name,
                    "is an address that begins with `https://` (`http://` only on this machine), without user, query or fragment",
                );
            }
        }
        if self.system_id.parse::<u64>().map_or(true, |id| id == 0) {
            wrong("system_id", "is the number of the subscription in iPaaS.com, greater than 0");
        }
        if TimeZone::get(&self.time_zone).is_err() {
            wrong("time_zone", "is a name such as `Europe/Berlin` or `UTC`");
        }
        if self.throttle.is_some_and(|t| t.calls == 0 || t.seconds == 0) {
            wrong("throttle", "has `calls` and `seconds` greater than 0; leave it out for no limit");
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Changes one setting by name; an empty value takes an optional one away. Names that are not the subscription's own are
    /// settings for mapping files.
    ///
    /// # Errors
    /// The value does not fit; nothing is changed then.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SettingError> {
        let mut changed = self.clone();
        let own = value.to_owned();
        match name {
            "name" => changed.name = own,
            "store_hash" => changed.store_hash = own,
            "api_url" => changed.api_url = own,
            "client_id" => changed.client_id = Some(own).filter(|v| !v.is_empty()),
            "ipaas_url" => changed.ipaas_url = own,
            "system_id" => changed.system_id = own,
            "time_zone" => changed.time_zone = if own.is_empty() { utc() } else { own },
            "throttle" => changed.throttle = throttle(value)?,
            _ if !name.starts_with(|c: char| c.is_ascii_lowercase())
                || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') =>
            {
                let message =
                    String::from("a setting's name begins with a small letter and has letters, digits and `_`");
                return Err(SettingError { name: name.to_owned(), message });
            }
            _ if value.is_empty() => drop(changed.settings.remove(name)),
            _ => drop(changed.settings.insert(name.to_owned(), own)),
        }
        if let Err(errors) = changed.check()
            && let Some(error) = errors.into_iter().find(|e| e.name == name)
        {
            return Err(error);
        }
        *self = changed;
        Ok(())
    }

    /// The time zone; UTC where the name is unknown.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }
}

/// `500/60` = 500 calls in 60 seconds; empty: no limit.
fn throttle(value: &str) -> Result<Option<Throttle>, SettingError> {
    if value.is_empty() {
        return Ok(None);
    }
    let parts = value.split_once('/').and_then(|(c, s)| Some((c.trim().parse().ok()?, s.trim().parse().ok()?)));
    let (calls, seconds) = parts.ok_or_else(|| SettingError {
        name: String::from("throttle"),
        message: String::from("is written as calls and seconds: `500/60`"),
    })?;
    Ok(Some(Throttle { calls, seconds }))
}

fn address(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let scheme = url.scheme() == "https" || url.scheme() == "http" && local;
    scheme && url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription() -> Subscription {
        let text = r#"{"name":"My store","store_hash":"abc123","system_id":"4711"}"#;
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let subscription = subscription();
        assert_eq!(subscription.check(), Ok(()));
        assert_eq!(subscription.api_url, "https://api.bigcommerce.com");
        assert!(
            serde_json::from_str::<Subscription>(r#"{"name":"a","store_hash":"b","system_id":"1","token":"x"}"#)
                .is_err()
        );
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let mut broken = subscription();
        broken.name = String::new();
        broken.store_hash = String::from("ABC/..");
        broken.api_url = String::from("http://api.bigcommerce.com");
        broken.ipaas_url = String::from("https://user:secret@ipaas.com");
        broken.system_id = String::from("-1");
        broken.time_zone = String::from("Berlin");
        broken.throttle = Some(Throttle { calls: 0, seconds: 1 });
        let errors = broken.check().unwrap_err();
        let names: Vec<&str> = errors.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["name", "store_hash", "api_url", "ipaas_url", "system_id", "time_zone", "throttle"]);
    }

    #[test]
    fn faults_d13_names_that_forge_lines_and_hosts_that_look_alike_are_refused() {
        for (name, value) in [
            ("name", "shop\nstore_hash: other"),
            ("name", "shop\u{1b}[2J"),
            ("name", "shop\u{202e}"),
            ("api_url", "https://\u{430}pi.bigcommerce.com"),
            ("ipaas_url", "https://api.ip\u{430}as.com"),
        ] {
            assert!(subscription().set(name, value).is_err(), "{name}: {value:?}");
        }
        let error = subscription().set("api_url", "https://\u{430}pi.bigcommerce.com").unwrap_err();
        assert!(error.message.contains("\\u{430}") && error.message.contains("xn--"), "{error}");
        assert!(subscription().set("name", "Müllers Läden").is_ok());
    }

    #[test]
    fn a_value_that_does_not_fit_changes_nothing() {
        let mut subscription = subscription();
        let before = subscription.clone();
        for (name, value) in [("api_url", "ftp://x"), ("throttle", "many"), ("system_id", ""), ("Bad Name", "1")] {
            assert!(subscription.set(name, value).is_err(), "{name}");
        }
        assert_eq!(subscription, before);
        subscription.set("throttle", "500/60").unwrap();
        subscription.set("warehouse", "3").unwrap();
        subscription.set("time_zone", "Europe/Berlin").unwrap();
        assert_eq!(subscription.throttle, Some(Throttle { calls: 500, seconds: 60 }));
        assert_eq!(subscription.settings.get("warehouse").map(String::as_str), Some("3"));
        subscription.set("warehouse", "").unwrap();
        assert!(subscription.settings.is_empty());
    }
}
