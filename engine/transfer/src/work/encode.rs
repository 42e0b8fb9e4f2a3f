//! Fields of a row as the body of a request.

use std::sync::Arc;

use jiff::tz::TimeZone;
use mapwright_language::json::Json;
use mapwright_language::plan::{Level, OutShape, PlannedRule};
use mapwright_language::schema::{Catalog, Field, RecordType, decode_json, encode_json};
use mapwright_language::value::Value;

use super::named_rows::{entries_of, row_changes};

/// The body of the given fields, their promises kept. A nested record of which only a part is written keeps the rest of what
/// is there: APIs take it as a whole.
///
/// # Errors
/// A value that its field cannot hold (the checker excludes it).
pub fn body(
    level: &Level,
    fields: &[(u32, Value)],
    target: &RecordType,
    existing: Option<&Json>,
    zone: &TimeZone,
) -> Result<Json, String> {
    let mut out = Json::Object(vec![]);
    let rules = fields.iter().filter_map(|(rule, value)| level.rules.get(*rule as usize).map(|r| (r, value)));
    for (rule, value) in rules.clone() {
        let Some((head, rest)) = rule.target.split_first() else { continue };
        if let Some(rows) = &rule.field.rows {
            let wanted = entries_of(rest.first(), value);
            let there = existing.and_then(|e| e.get(head));
            if existing.is_some() && there.is_none() {
                return Err(format!("`{}`: the rows that are there were not read", rule.label));
            }
            let changes = row_changes(&rule.field, rows, &wanted, there, zone);
            let mut items = out.get(head).map_or_else(Vec::new, |sent| sent.items().to_vec());
            items.extend(changes.map_err(|e| format!("`{}`: {e}", rule.label))?.send);
            if !items.is_empty() {
                out.set(head, Json::List(items));
            }
            continue;
        }
        if rule.custom {
            if out.get(head).is_none() {
                let entries: Vec<(Arc<str>, Value)> = rules
                    .clone()
                    .filter(|(r, _)| r.custom && r.target.first() == Some(head))
                    .filter_map(|(r, v)| Some((r.target.get(1)?.clone(), v.clone())))
                    .collect();
                out.set(head, encoded(rule, &Value::Dictionary(entries.into()), zone)?);
            }
            continue;
        }
        let json = encoded(rule, value, zone)?;
        if rest.is_empty() {
            out.set(head, json);
            continue;
        }
        let mut whole = out.get(head).cloned().unwrap_or_else(|| carried(target, head, existing));
        set_at(&mut whole, rest, json);
        out.set(head, whole);
    }
    Ok(out)
}

fn encoded(rule: &PlannedRule, value: &Value, zone: &TimeZone) -> Result<Json, String> {
    encode_json(value, &rule.field, &rule.shape, zone).map_err(|e| format!("`{}`: {e}", rule.label))
}

fn carried(target: &RecordType, name: &str, existing: Option<&Json>) -> Json {
    let there = existing.and_then(|e| e.get(name));
    let fields = target.fields.get(name).and_then(|f| f.fields.as_ref());
    match (there, fields) {
        (Some(Json::Object(entries)), Some(fields)) => Json::Object(
            entries
                .iter()
                .filter(|(k, v)| *v != Json::Null && fields.get(k).is_some_and(|f| !f.read_only))
                .cloned()
                .collect(),
        ),
        _ => Json::Object(vec![]),
    }
}

fn set_at(json: &mut Json, path: &[Arc<str>], value: Json) {
    match path {
        [] => {}
        [last] => json.set(last, value),
        [head, rest @ ..] => {
            let mut inner = json.get(head).cloned().unwrap_or_else(|| Json::Object(vec![]));
            set_at(&mut inner, rest, value);
            json.set(head, inner);
        }
    }
}

/// Where an update replaces the whole record: present values of all fields that may be written and that no rule writes, in the
/// form of requests (a gift certificate's dates are read in another).
pub fn carry_over(target: &RecordType, existing: &Json, body: &mut Json, catalog: &Catalog, zone: &TimeZone) {
    for (name, field) in target.fields.iter() {
        if field.read_only || field.create_only || field.write_only || body.get(name).is_some() {
            continue;
        }
        if let Some(value) = in_request_form(existing, name, field, catalog, zone) {
            body.set(name, value);
        }
    }
}

/// A field that is there, in the form of requests; none where it is empty.
pub fn in_request_form(existing: &Json, name: &str, field: &Field, catalog: &Catalog, zone: &TimeZone) -> Option<Json> {
    let value = existing.get(name).filter(|v| **v != Json::Null)?;
    if field.write.is_none() {
        return Some(value.clone());
    }
    match decode_json(value, field, catalog, zone) {
        Value::Null => None,
        // what cannot be read goes as it came: the store says what is wrong with it
        known => Some(encode_json(&known, field, &OutShape::Plain, zone).unwrap_or_else(|_| value.clone())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // tests
    use super::*;

    #[test]
    fn what_is_carried_over_has_the_form_of_requests() {
        let catalog = Catalog::builtin();
        let target = catalog.record("marketing.gift_certificate").unwrap();
        let existing = mapwright_language::json::read(
            br#"{"id": 1, "order_id": 116, "code": "FFZ-5N4", "balance": "0", "purchase_date": "1603306", "expiry_date": "0", "message": null}"#,
        )
        .unwrap();
        let mut body = mapwright_language::json::read(br#"{"balance": "5"}"#).unwrap();
        carry_over(target, &existing, &mut body, catalog, &TimeZone::UTC);
        assert_eq!(
            mapwright_language::json::write(&body),
            r#"{"balance":"5","purchase_date":"Mon, 19 Jan 1970 13:21:46 +0000","code":"FFZ-5N4"}"#
        );
    }
}
