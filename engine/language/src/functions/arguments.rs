//! Arguments as the checker promised them, and results within the limits.

use rust_decimal::Decimal;

use crate::value::Value;

/// Longest text that a function makes, in bytes: a record's longest text may stand in it many times.
pub(super) const MOST_TEXT_BYTES: usize = 16 << 20;
/// Most elements of a list that a function makes out of something smaller.
pub(super) const MOST_ELEMENTS: usize = 1 << 20;

/// The text of an argument.
pub(super) fn text(values: &[Value], at: usize) -> &str {
    match values.get(at) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

/// The number of an argument.
pub(super) fn number(values: &[Value], at: usize) -> Decimal {
    match values.get(at) {
        Some(Value::Number(number)) => *number,
        _ => Decimal::ZERO,
    }
}

/// The elements of an argument.
pub(super) fn list(values: &[Value], at: usize) -> &[Value] {
    match values.get(at) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// A whole number within bounds, or a sentence about the subject.
pub(super) fn between(values: &[Value], at: usize, least: i64, most: i64, what: &str) -> Result<i64, String> {
    let number = number(values, at).trunc();
    i64::try_from(number.mantissa() / 10i128.pow(number.scale()))
        .ok()
        .filter(|n| (least..=most).contains(n))
        .ok_or_else(|| format!("needs {what} between {least} and {most}"))
}

/// A length, a place or a count.
pub(super) fn whole(values: &[Value], at: usize) -> Result<usize, String> {
    match values.get(at) {
        Some(Value::Number(n)) if n.is_sign_positive() || n.is_zero() => {
            usize::try_from(n.trunc().mantissa()).map_err(|_| format!("cannot be taken {n} of: that is too many"))
        }
        _ => Err(format!("needs a number that is 0 or more, and is given {}", number(values, at))),
    }
}

/// A text as result.
#[allow(clippy::unnecessary_wraps)] // the shape of `Function::apply`
pub(super) fn made(text: &str) -> Result<Value, String> {
    Ok(Value::Text(text.into()))
}

/// A number as result.
#[allow(clippy::unnecessary_wraps)] // the shape of `Function::apply`
pub(super) fn counted(number: Decimal) -> Result<Value, String> {
    Ok(Value::Number(number.normalize()))
}

/// A text that grew, unless it grew too much.
pub(super) fn grown(text: &str) -> Result<Value, String> {
    if text.len() > MOST_TEXT_BYTES { Err(too_long()) } else { made(text) }
}

/// The failure of a text that would be too long.
pub(super) fn too_long() -> String {
    format!("would grow beyond {} MiB", MOST_TEXT_BYTES >> 20)
}

/// The constants among the arguments, `Null` for the others.
pub(super) fn known(constants: &[Option<Value>]) -> Vec<Value> {
    constants.iter().map(|c| c.clone().unwrap_or(Value::Null)).collect()
}

/// Whether this argument is a constant with a value.
pub(super) fn is_known(constants: &[Option<Value>], at: usize) -> bool {
    constants.get(at).is_some_and(|c| c.as_ref().is_some_and(|v| *v != Value::Null))
}
