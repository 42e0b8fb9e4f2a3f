//! Values as text: in templates, conversions, keys, and as shown to operators.

use rust_decimal::Decimal;

use super::harmless::harmless_line;
use super::{Text, Value};

/// A number without trailing zeros.
#[must_use]
pub fn number_text(number: Decimal) -> String {
    let mut text = String::with_capacity(12);
    write_number(number, &mut text);
    text
}

/// The same into a text. Most numbers are short: their digits are written as those of a machine word.
pub fn write_number(number: Decimal, out: &mut String) {
    let mantissa = number.mantissa();
    let (Ok(mut short), mut scale) = (u64::try_from(mantissa.unsigned_abs()), number.scale() as usize) else {
        out.push_str(&long_number_text(number));
        return;
    };
    while scale > 0 && short % 10 == 0 {
        short /= 10;
        scale -= 1;
    }
    if short == 0 {
        out.push('0');
        return;
    }
    // from the last digit to the first, at least one before the point
    let mut digits = [b'0'; 64];
    let mut at = digits.len();
    let mut written = 0;
    while short > 0 || written <= scale {
        if scale > 0 && written == scale {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + (short % 10) as u8;
        short /= 10;
        written += 1;
    }
    if mantissa < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

fn long_number_text(number: Decimal) -> String {
    if number.is_zero() { String::from("0") } else { number.normalize().to_string() }
}

/// The text of a value that converts by itself; `None` for lists, records, promises and the like.
#[must_use]
pub fn text_of(value: &Value) -> Option<Text> {
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
        Value::Record(_) | Value::Received(_) => return String::from("a record"),
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
    let cut: String = text.chars().take(MOST_SHOWN).collect();
    let cut = harmless_line(&cut);
    if length > MOST_SHOWN { format!("`{cut}…`") } else { format!("`{cut}`") }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn long_values_are_cut_and_control_characters_escaped() {
        assert_eq!(shown(&Value::Text("größer".into()), false), "`größer`");
        assert_eq!(shown(&Value::Text("a\tb\n\u{1b}[31m\u{202e}".into()), false), "`a\\tb\\n\\u{1b}[31m\\u{202e}`");
        assert_eq!(shown(&Value::Text("ä".repeat(60).into()), false), format!("`{}`", "ä".repeat(60)));
        assert_eq!(shown(&Value::Text("ä".repeat(61).into()), false), format!("`{}…`", "ä".repeat(60)));
        assert_eq!(shown(&Value::Text("secret".into()), true), "a text of 6 characters (hidden)");
    }

    #[test]
    fn numbers_are_written_as_decimals_are() {
        for text in [
            "0",
            "-0",
            "0.00",
            "1",
            "-1",
            "10",
            "100",
            "0.1",
            "0.05",
            "-0.05",
            "12.50",
            "1.000",
            "123456789012345678",
            "0.000000000000000001",
            "18446744073709551615",
            "18446744073709551616",
            "1844674407370955161.5",
            "9999999999999999999999999999",
            "-79228162514264337593543950335",
            "0.0000000000000000000000000001",
            "1234567890.0123456789",
            "1000000000000000000000000000.1",
        ] {
            let number = Decimal::from_str(text).unwrap();
            let expected = if number.is_zero() { String::from("0") } else { number.normalize().to_string() };
            assert_eq!(number_text(number), expected, "{text}");
        }
        for mantissa in (0..2_000_000_000i64).step_by(7_654_321) {
            for scale in 0..12 {
                for sign in [1, -1] {
                    let number = Decimal::new(sign * mantissa, scale);
                    let expected = if number.is_zero() { String::from("0") } else { number.normalize().to_string() };
                    assert_eq!(number_text(number), expected);
                }
            }
        }
    }
}
