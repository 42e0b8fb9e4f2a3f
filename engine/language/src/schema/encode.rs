//! From values to the wire: the same codecs the other way, written straight into the text of a request.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use rust_decimal::RoundingStrategy;

use crate::json::{Json, write_text};
use crate::plan::OutShape;
use crate::value::{Value, number_text, text_of, write_number};

use super::{Field, FieldKind, Wire};

/// A value that the target cannot hold. Such a value has been refused before, so this is a last guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError(pub String);

impl std::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EncodeError {}

/// Writes one value as its field wants it. Null writes `null`, `clear` what empties the field there, a promise its
/// placeholder `{"promise": "RECORD TYPE id"}` (the executor fills it in before anything is sent).
///
/// # Errors
/// The value is of another kind than the field.
pub fn encode(
    value: &Value,
    field: &Field,
    shape: &OutShape,
    zone: &TimeZone,
    out: &mut String,
) -> Result<(), EncodeError> {
    let wrong = |value: &Value| {
        EncodeError(format!(
            "{} cannot be written as {:?}",
            crate::value::shown(value, field.personal || field.secret),
            field.kind
        ))
    };
    match (field.kind, value) {
        (_, Value::Null) => out.push_str("null"),
        (_, Value::Clear) => out.push_str(&clear_text(field)),
        (_, Value::Promise(promise)) => {
            out.push_str("{\"promise\":");
            write_text(&format!("{} {}", promise.record_type, promise.id), out);
            out.push('}');
        }
        (FieldKind::List, Value::List(items)) => {
            let of = field.of.as_deref().ok_or_else(|| wrong(value))?;
            let inner = if let OutShape::List(inner) = shape { inner } else { &OutShape::Plain };
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                encode(item, of, inner, zone, out)?;
            }
            out.push(']');
        }
        (FieldKind::Record, Value::Record(slots)) => {
            let OutShape::Record(names) = shape else { return Err(wrong(value)) };
            out.push('{');
            let mut first = true;
            for (slot, (name, inner, inner_shape)) in slots.iter().zip(names) {
                if matches!(slot, Value::Null) {
                    continue;
                }
                if !std::mem::take(&mut first) {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                encode(slot, inner, inner_shape, zone, out)?;
            }
            out.push('}');
        }
        (FieldKind::Dictionary, Value::Dictionary(entries)) => {
            let of = field.of.as_deref().ok_or_else(|| wrong(value))?;
            let pairs = match field.write.as_ref().or(field.read.as_ref()) {
                Some(Wire::Pairs(name, value)) => Some((name, value)),
                _ => None,
            };
            out.push(if pairs.is_some() { '[' } else { '{' });
            // a row without a value is left out: it could not be written
            let told = entries.iter().filter(|(_, item)| field.rows.is_none() || !matches!(item, Value::Null));
            for (i, (key, item)) in told.enumerate() {
                if i > 0 {
                    out.push(',');
                }
                if let Some((name, _)) = pairs {
                    out.push('{');
                    write_text(name, out);
                    out.push(':');
                }
                write_text(key, out);
                match pairs {
                    Some((_, name)) => {
                        out.push(',');
                        write_text(name, out);
                        out.push(':');
                        encode(item, of, &OutShape::Plain, zone, out)?;
                        out.push('}');
                    }
                    None => {
                        out.push(':');
                        encode(item, of, &OutShape::Plain, zone, out)?;
                    }
                }
            }
            out.push(if pairs.is_some() { ']' } else { '}' });
        }
        _ => scalar(value, field, zone, out).ok_or_else(|| wrong(value))?,
    }
    Ok(())
}

fn scalar(value: &Value, field: &Field, zone: &TimeZone, out: &mut String) -> Option<()> {
    let wire = field.write.as_ref().or(field.read.as_ref());
    match (field.kind, value) {
        (FieldKind::Boolean, Value::Bool(b)) => {
            let text = if *b { "true" } else { "false" };
            if wire == Some(&Wire::Text) { write_text(text, out) } else { out.push_str(text) }
        }
        (FieldKind::Integer | FieldKind::Decimal, Value::Number(number)) => match wire {
            Some(Wire::Text) => write_text(&number_text(*number), out),
            Some(Wire::TextDecimals(decimals)) => {
                let mut fixed = number.round_dp_with_strategy(*decimals, RoundingStrategy::MidpointAwayFromZero);
                fixed.rescale(*decimals);
                write_text(&fixed.to_string(), out);
            }
            _ => write_number(*number, out),
        },
        (FieldKind::Id, _) => {
            let id = text_of(value)?;
            let as_number = match wire {
                Some(Wire::Number) => true,
                Some(Wire::Text) => false,
                _ => {
                    !id.is_empty()
                        && id.len() < 19
                        && id.bytes().all(|b| b.is_ascii_digit())
                        && (id.len() == 1 || !id.starts_with('0'))
                }
            };
            if as_number { out.push_str(&id) } else { write_text(&id, out) }
        }
        (FieldKind::Instant, Value::Instant(at)) => {
            let text = match wire {
                Some(Wire::Rfc2822) => rfc2822::to_string(&at.to_zoned_datetime(TimeZone::UTC)).ok()?,
                Some(Wire::UnixSecondsText) => at.as_second().to_string(),
                Some(Wire::LocalDateTime) => at.to_zoned_datetime(zone.clone()).datetime().to_string(),
                _ => at.to_string(),
            };
            write_text(&text, out);
        }
        (FieldKind::Date, Value::Date(day)) => write_text(&day.to_string(), out),
        (FieldKind::Text | FieldKind::Enum | FieldKind::Any, Value::Text(text)) => write_text(text, out),
        (FieldKind::Text | FieldKind::Enum | FieldKind::Any, _) => write_text(&text_of(value)?, out),
        _ => return None,
    }
    Some(())
}

/// What empties a field there: its own word, else the first of its none-values, else null, `""` or `[]`.
fn clear_text(field: &Field) -> String {
    if let Some(value) = field.clear.as_ref().or(field.none.first()) {
        return value.to_string();
    }
    match field.kind {
        FieldKind::List => String::from("[]"),
        FieldKind::Text if !field.nullable => String::from("\"\""),
        _ => String::from("null"),
    }
}

/// The same as a document.
///
/// # Errors
/// The value is of another kind than the field.
pub fn encode_json(value: &Value, field: &Field, shape: &OutShape, zone: &TimeZone) -> Result<Json, EncodeError> {
    let mut text = String::new();
    encode(value, field, shape, zone, &mut text)?;
    crate::json::read(text.as_bytes()).map_err(|e| EncodeError(e.to_string()))
}
