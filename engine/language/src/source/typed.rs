//! Plain typed reads of YAML (a project's settings): serde with strict options.

use serde::de::DeserializeOwned;

/// Why a typed read failed: serde-saphyr's message, with line and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedError(pub String);

impl std::fmt::Display for TypedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TypedError {}

/// Reads a YAML text into a type. `no` stays a text, `012` and `1_000` stay texts, duplicate keys are errors.
///
/// # Errors
/// The first mistake, with its line and column.
pub fn typed<T: DeserializeOwned>(text: &str) -> Result<T, TypedError> {
    let options = serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(text.trim_start_matches('\u{feff}'), options)
        .map_err(|e| TypedError(e.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn texts_stay_what_is_written() {
        let read: BTreeMap<String, String> = typed("a: no\nb: 012\nc: 1_000\nd: 12.50\n").unwrap();
        assert_eq!(read.values().map(String::as_str).collect::<Vec<_>>(), ["no", "012", "1_000", "12.50"]);
    }

    #[test]
    fn a_duplicate_key_is_named_with_its_place() {
        let error = typed::<BTreeMap<String, String>>("a: 1\na: 2\n").unwrap_err();
        assert!(error.0.contains("line 2"), "{error}");
    }
}
