//! Equality, order, emptiness.

use std::cmp::Ordering;

use super::Value;

/// Total equality: null equals null and nothing else; text exactly; numbers by value.
#[must_use]
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b)),
        (Value::Record(a), Value::Record(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b)),
        (Value::Dictionary(a), Value::Dictionary(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.iter().any(|(other, w)| k == other && equal(v, w)))
        }
        // the fields decide
        (Value::Received(_), Value::Received(_)) => true,
        (a, b) => a == b,
    }
}

/// The order of two values of one type; none with null or between things that have no order.
#[must_use]
pub fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Instant(a), Value::Instant(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// A text that two values share if and only if they are equal: a key for tables of values.
#[must_use]
pub fn identity(value: &Value) -> String {
    let mut text = String::new();
    write_identity(value, &mut text);
    text
}

fn write_identity(value: &Value, into: &mut String) {
    // a text says its length, so that no text can look like another value
    let sized = |mark: char, text: &str, into: &mut String| {
        into.push(mark);
        into.push_str(&text.len().to_string());
        into.push(':');
        into.push_str(text);
    };
    match value {
        Value::Null => into.push('n'),
        Value::Clear => into.push('c'),
        Value::Bool(b) => into.push(if *b { 'y' } else { 'f' }),
        Value::Number(number) => sized('d', &number.normalize().to_string(), into),
        Value::Text(text) => sized('t', text, into),
        Value::Instant(instant) => sized('i', &instant.to_string(), into),
        Value::Date(date) => sized('a', &date.to_string(), into),
        Value::List(items) | Value::Record(items) => {
            into.push(if matches!(value, Value::List(_)) { '[' } else { '{' });
            items.iter().for_each(|item| write_identity(item, into));
            into.push(']');
        }
        Value::Dictionary(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
            into.push('<');
            for (key, value) in sorted {
                sized('k', key, into);
                write_identity(value, into);
            }
            into.push('>');
        }
        Value::Unreadable(_) => into.push('u'),
        Value::Received(_) => {}
        Value::Promise(promise) => {
            sized('p', &promise.record_type, into);
            sized('p', &promise.id, into);
        }
    }
}

/// Null, "", only blanks, `[]`, `{}`; never 0 or false.
#[must_use]
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Clear => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Dictionary(entries) => entries.is_empty(),
        Value::Record(slots) => slots.iter().all(|v| matches!(v, Value::Null | Value::Received(_))),
        _ => false,
    }
}
