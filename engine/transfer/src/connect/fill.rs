//! Placeholders of a route: `{id}`, `{parent.id}`, `{parent.parent.id}`, `{value}`.

use std::fmt::Write as _;

use mapwright_language::json::Json;
use mapwright_language::schema::{Api, Call};

/// What stands for the placeholders.
#[derive(Debug, Clone, Copy, Default)]
pub struct Places<'a> {
    /// `{id}`
    pub id: Option<&'a str>,
    /// Ids of the records above, nearest first.
    pub parents: &'a [String],
    /// `{value}`
    pub value: Option<&'a str>,
}

/// Path and query of a call, filled and percent-encoded.
///
/// # Errors
/// A placeholder that nothing stands for.
pub fn path(call: &Call, places: Places<'_>) -> Result<String, String> {
    let mut out = fill(&call.path, places, true)?;
    for (i, (key, value)) in call.query.iter().enumerate() {
        out.push(if i == 0 { '?' } else { '&' });
        out.push_str(key);
        out.push('=');
        // a constant is written as the data has it; only what is filled in can hold anything
        out.push_str(&fill(value, places, true)?.replace(' ', "%20").replace('+', "%2B"));
    }
    Ok(out)
}

/// Adds query parameters to a filled path.
pub fn and_query(path: &mut String, key: &str, value: &str) {
    path.push(if path.contains('?') { '&' } else { '?' });
    path.push_str(key);
    path.push('=');
    encode(value, path);
}

/// A text with its placeholders filled in.
///
/// # Errors
/// A placeholder that nothing stands for.
pub fn fill(template: &str, places: Places<'_>, encoded: bool) -> Result<String, String> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, after) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = after.find('}') else { break };
        let name = after.get(1..end).unwrap_or_default();
        let value = match name {
            "id" => places.id,
            "value" => places.value,
            _ => name
                .strip_suffix(".id")
                .filter(|p| p.split('.').all(|w| w == "parent"))
                .and_then(|parents| places.parents.get(parents.split('.').count() - 1).map(String::as_str)),
        };
        let value = value.ok_or_else(|| format!("`{template}` needs `{name}`, which is not known"))?;
        if encoded {
            encode(value, &mut out);
        } else {
            out.push_str(value);
        }
        rest = after.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    Ok(out)
}

/// A constant, or a placeholder's value: digits stand as a number where BigCommerce reads them (its ids are integers).
///
/// # Errors
/// A placeholder that nothing stands for.
pub fn added(value: &serde_json::Value, api: Api, places: Places<'_>) -> Result<Json, String> {
    match value {
        serde_json::Value::String(text) if text.contains('{') => {
            let filled = fill(text, places, false)?;
            let store = matches!(api, Api::BigcommerceV2 | Api::BigcommerceV3);
            let number = store && !filled.is_empty() && filled.len() < 19 && filled.bytes().all(|b| b.is_ascii_digit());
            Ok(if number { Json::Number(filled.into()) } else { Json::Text(filled.into()) })
        }
        other => Ok(Json::from(other)),
    }
}

/// RFC 3986: everything but the unreserved characters. A comma stays: it divides the ids of one parameter.
pub fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b',') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_encoded() {
        let parents = ["17".to_owned(), "a|b".to_owned()];
        let places = Places { id: Some("5"), parents: &parents, value: Some("A&B ü/1") };
        for (template, expected) in [
            ("/x/{id}", Ok("/x/5")),
            ("/x/{parent.parent.id}/y/{parent.id}", Ok("/x/a%7Cb/y/17")),
            ("/x?sku={value}", Ok("/x?sku=A%26B%20%C3%BC%2F1")),
            (
                "{parent.parent.parent.id}",
                Err("`{parent.parent.parent.id}` needs `parent.parent.parent.id`, which is not known"),
            ),
            ("{grand.id}", Err("`{grand.id}` needs `grand.id`, which is not known")),
            ("{id", Ok("{id")),
        ] {
            let filled = fill(template, places, true);
            assert_eq!(filled.as_deref().map_err(String::as_str), expected, "{template}");
        }
    }

    #[test]
    fn ids_are_numbers_for_the_store_and_text_for_the_hub() {
        let places = Places { id: Some("5"), ..Places::default() };
        let id = serde_json::json!("{id}");
        assert_eq!(added(&id, Api::BigcommerceV3, places), Ok(Json::Number("5".into())));
        assert_eq!(added(&id, Api::IpaasProducts, places), Ok(Json::Text("5".into())));
        assert_eq!(added(&serde_json::json!(0), Api::BigcommerceV3, places), Ok(Json::Number("0".into())));
    }
}
