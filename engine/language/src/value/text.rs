//! Values as text: in templates, conversions, keys, and as shown to operators.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::Value;

/// A number without trailing zeros.
#[must_use]
pub fn number_text(number: Decimal) -> String {
    if number.is_zero() { String::from("0") } else { number.normalize().to_string() }
}

/// The text of a value that converts by itself; `None` for lists, records, promises and the like.
#[must_use]
pub fn text_of(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(*number).into()),
        Value::Bool(b) => Some(if *b { "true" } else { "false" }.into()),
        Value::Instant(at) => Some(at.to_string().into()),
        Value::Date(day) => Some(day.to_string().into()),
        _ => None,
    }
}

/// Characters of a value that a failure shows.
const MOST_SHOWN: usize = 60;

/// A value for an operator's eyes, cut at 60 characters; of a personal or secret one only its kind and length.
#[must_use]
pub fn shown(value: &Value, hidden: bool) -> String {
    let kind = match value {
        Value::Null => return String::from("null"),
        Value::Clear => return String::from("clear"),
        Value::List(items) => return format!("a list of {}", items.len()),
        Value::Record(_) => return String::from("a record"),
        Value::Dictionary(entries) => return format!("a dictionary of {}", entries.len()),
        Value::Promise(promise) => return format!("the id of {} {}", promise.record_type, promise.id),
        Value::Unreadable(_) => return String::from("a value of another form"),
        Value::Text(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) => "boolean",
        Value::Instant(_) => "instant",
        Value::Date(_) => "date",
    };
    let text = text_of(value).unwrap_or_default();
    let length = text.chars().count();
    if hidden {
        let characters = if length == 1 { "character" } else { "characters" };
        return format!("a {kind} of {length} {characters} (hidden)");
    }
    let cut: String = text.chars().take(MOST_SHOWN).map(visible).collect();
    if length > MOST_SHOWN { format!("`{cut}…`") } else { format!("`{cut}`") }
}

/// A character as it is printed: none that would move the cursor, or hide or turn what stands beside it.
fn visible(c: char) -> String {
    let unseen = c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if unseen { c.escape_default().to_string() } else { c.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_and_control_characters_escaped() {
        assert_eq!(shown(&Value::Text("größer".into()), false), "`größer`");
        assert_eq!(shown(&Value::Text("a\tb\n\u{1b}[31m\u{202e}".into()), false), "`a\\tb\\n\\u{1b}[31m\\u{202e}`");
        assert_eq!(shown(&Value::Text("ä".repeat(60).into()), false), format!("`{}`", "ä".repeat(60)));
        assert_eq!(shown(&Value::Text("ä".repeat(61).into()), false), format!("`{}…`", "ä".repeat(60)));
        assert_eq!(shown(&Value::Text("secret".into()), true), "a text of 6 characters (hidden)");
    }
}
