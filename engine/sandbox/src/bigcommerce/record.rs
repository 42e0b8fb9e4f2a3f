//! What the handlers share: bodies, fields that may be written, filters, dates.

use jiff::{Timestamp, civil::Date, fmt::rfc2822, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::error;
use crate::exchange::{Answer, Call, id_of, text_of};

/// Date of the catalog: `2018-08-15T14:48:46+00:00`.
pub fn catalog_date(time: Timestamp) -> Value {
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string().into()
}

/// Date of customers: `2018-08-15T14:48:46Z`.
pub fn customer_date(time: Timestamp) -> Value {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into()
}

/// Date of V2: `Tue, 05 Mar 2019 21:40:11 +0000`.
pub fn v2_date(time: Timestamp) -> Value {
    rfc2822::to_string(&time.to_zoned_datetime(TimeZone::UTC)).unwrap_or_default().into()
}

/// The object in a body.
pub fn object(call: &Call) -> Result<&Map<String, Value>, Answer> {
    match &call.body {
        Some(Value::Object(object)) => Ok(object),
        _ => Err(wrong_body(call)),
    }
}

/// The objects in a body that is an array of at most `most` of them.
pub fn array(call: &Call, most: usize, full_stop: bool) -> Result<Vec<&Map<String, Value>>, Answer> {
    let Some(Value::Array(items)) = &call.body else { return Err(wrong_body(call)) };
    if items.len() > most {
        return Err(error::batch_too_long(most, full_stop));
    }
    if items.is_empty() {
        return Err(error::unprocessable("JSON data is missing or invalid", &[("", "the array holds nothing")]));
    }
    items.iter().map(|item| item.as_object().ok_or_else(|| wrong_body(call))).collect()
}

fn wrong_body(call: &Call) -> Answer {
    if call.path.first().is_some_and(|version| version == "v2") {
        error::v2(400, "The request body is not valid JSON of the expected form.")
    } else {
        error::unprocessable("JSON data is missing or invalid", &[])
    }
}

/// Copies the writable fields of a body; others are ignored, as V3 does.
pub fn write(record: &mut Value, body: &Map<String, Value>, writable: &[&str]) {
    for field in writable {
        if let Some(value) = body.get(*field) {
            record[*field] = value.clone();
        }
    }
}

/// Refuses a body without a text in one of these fields.
pub fn require(body: &Map<String, Value>, fields: &[&str], title: &str) -> Result<(), Answer> {
    let missing: Vec<(&str, String)> = fields
        .iter()
        .filter(|field| body.get(**field).is_none_or(|v| v.is_null() || v.as_str() == Some("")))
        .map(|field| (*field, format!("Please provide a {}.", field.replace('_', " "))))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let missing: Vec<(&str, &str)> = missing.iter().map(|(k, v)| (*k, v.as_str())).collect();
    Err(error::unprocessable(title, &missing))
}

/// A V3 answer with one record.
pub fn data(record: Value) -> Answer {
    Answer::json(200, json!({"data": record, "meta": {}}))
}

/// Whether the call asks for a sub-resource by `include`.
pub fn includes(call: &Call, name: &str) -> bool {
    call.list("include").is_some_and(|names| names.contains(&name))
}

/// A filter of a list: `field`, `field:in`, `field:not_in`, `field:min`, `field:max`, `field:greater`, `field:less`,
/// `field:like`, compared as whole numbers where `numeric`.
pub fn passes(call: &Call, record: &Value, field: &str, numeric: bool) -> bool {
    let have = text_of(record.get(field)).to_lowercase();
    let number = |text: &str| text.trim().parse::<i64>().ok();
    call.query.iter().all(|(name, wanted)| {
        let Some(rest) = name.strip_prefix(field) else { return true };
        let wanted = wanted.to_lowercase();
        match rest {
            "" => have == wanted,
            ":in" => wanted.split(',').any(|one| one.trim() == have),
            ":not_in" => wanted.split(',').all(|one| one.trim() != have),
            ":not" => have != wanted,
            ":like" => have.contains(wanted.trim_matches('%')),
            ":min" if numeric => number(&have) >= number(&wanted),
            ":max" if numeric => number(&have) <= number(&wanted),
            ":greater" if numeric => number(&have) > number(&wanted),
            ":less" if numeric => number(&have) < number(&wanted),
            _ => true,
        }
    })
}

/// The filters on a date. A day without a time means that day at the present time of day, a quirk of the catalog.
pub fn passes_date(call: &Call, record: &Value, field: &str, now: Timestamp) -> bool {
    let have = text_of(record.get(field)).parse::<Timestamp>().ok();
    call.query.iter().all(|(name, wanted)| {
        let Some(rest) = name.strip_prefix(field) else { return true };
        let wanted = moment(wanted, now);
        match (rest, have, wanted) {
            ("", Some(have), Some(wanted)) => have == wanted,
            (":min", Some(have), Some(wanted)) => have >= wanted,
            (":max", Some(have), Some(wanted)) => have <= wanted,
            _ => false,
        }
    })
}

fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let day: Date = text.parse().ok()?;
    day.to_datetime(now.to_zoned_datetime(TimeZone::UTC).time())
        .to_zoned_datetime(TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// The id that a batch item must carry.
pub fn item_id(item: &Map<String, Value>, field: &str, title: &str) -> Result<u64, Answer> {
    id_of(item.get(field)).ok_or_else(|| error::unprocessable(title, &[(field, "error.path.missing.")]))
}
