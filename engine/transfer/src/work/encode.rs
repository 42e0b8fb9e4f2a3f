//! Fields of a row as the body of a request.

use std::sync::Arc;

use jiff::tz::TimeZone;
use mapwright_language::json::Json;
use mapwright_language::plan::{Level, PlannedRule};
use mapwright_language::schema::{RecordType, encode_json};
use mapwright_language::value::Value;

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

/// Where an update replaces the whole record: present values of all fields that may be written and that no rule writes.
pub fn carry_over(target: &RecordType, existing: &Json, body: &mut Json) {
    for (name, field) in target.fields.iter() {
        if field.read_only || field.create_only || field.write_only || body.get(name).is_some() {
            continue;
        }
        if let Some(value) = existing.get(name).filter(|v| **v != Json::Null) {
            body.set(name, value.clone());
        }
    }
}
