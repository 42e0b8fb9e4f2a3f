//! Reading and writing root records with the rows inside them.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    error, links,
    resource::{Nested, Resource},
};
use crate::{
    exchange::{Answer, Call, Reply, id_of, text_of},
    store::Store,
};

/// Most records of one page.
const PAGE: usize = 100;
/// Marks a deactivated record; never answered.
const DELETED: &str = "_deleted";

/// Whether a stored record was deactivated.
pub fn deleted(record: &Value) -> bool {
    record.get(DELETED).is_some_and(|flag| flag == true)
}

/// Next id of a record or row.
pub fn next_id(store: &mut Store) -> u64 {
    store.next_id("ipaas.id", 1001)
}

/// The record as it is answered, with its links.
fn shown(store: &Store, system: &str, resource: &Resource, record: &Value) -> Value {
    let mut record = record.clone();
    if let Some(fields) = record.as_object_mut() {
        fields.remove(DELETED);
    }
    links::fill(store, system, resource, &mut record);
    record
}

/// A page of whole records: `pageNumber`, `pageSize`, `updatedSince`, or an exact search.
pub fn list(store: &mut Store, call: &Call, system: &str, resource: &Resource) -> Reply {
    let number = |name: &str, default: usize| match call.query(name) {
        None => Ok(default),
        Some(text) => text
            .parse::<usize>()
            .ok()
            .filter(|n| *n >= 1)
            .ok_or_else(|| error::invalid(name, "must be a whole number from 1")),
    };
    let (page, size) = (number("pageNumber", 1)?, number("pageSize", PAGE)?);
    if size > PAGE {
        return Err(error::invalid("pageSize", "must be at most 100"));
    }
    let since = match call.query("updatedSince") {
        Some(text) => Some(
            text.parse::<Timestamp>().map_err(|_| error::invalid("updatedSince", "must be a date with an offset"))?,
        ),
        None => None,
    };
    let inactive = call.query("includeInactive") == Some("true");
    for (name, _) in &call.query {
        let known = ["pageNumber", "pageSize", "updatedSince", "includeInactive", "action", "trackingGuid"]
            .contains(&name.as_str())
            || resource.search.iter().any(|(search, _)| search == name);
        if !known {
            return Err(error::invalid(name, "is not a known parameter"));
        }
    }
    let fits = |record: &Value| {
        let changed = text_of(record.get("updated_datetime")).parse::<Timestamp>().ok();
        (inactive || !deleted(record))
            && since.is_none_or(|since| changed.is_some_and(|changed| changed >= since))
            && resource.search.iter().all(|(name, field)| {
                call.query(name).is_none_or(|wanted| text_of(record.get(field)).to_lowercase() == wanted.to_lowercase())
            })
    };
    let indexed = resource.search.iter().find_map(|(name, field)| {
        let wanted = call.query(name)?;
        [resource.unique, "name", "sku"].contains(field).then(|| store.find(resource.kind, field, wanted))
    });
    let ids: Vec<u64> = match indexed {
        Some(ids) => ids,
        None => store.all(resource.kind).map(|(id, _)| id).collect(),
    };
    let mut ids: Vec<u64> = ids.into_iter().filter(|id| store.get(resource.kind, *id).is_some_and(fits)).collect();
    ids.sort_unstable();
    let pages = ids.len().div_ceil(size).max(1);
    let rows: Vec<Value> = ids
        .into_iter()
        .skip((page - 1).saturating_mul(size))
        .take(size)
        .filter_map(|id| store.get(resource.kind, id))
        .map(|record| shown(store, system, resource, record))
        .collect();
    let mut answer = Answer::json(200, rows.into());
    answer.headers.push(("X-Pagination", format!(r#"{{"current_Page":{page},"total_Pages":{pages}}}"#)));
    Ok(answer)
}

/// One record; a deactivated one only when `includeInactive=true` asks for it.
pub fn read(store: &mut Store, call: &Call, system: &str, resource: &Resource, id: &str) -> Reply {
    let inactive = call.query("includeInactive") == Some("true");
    let record = id.parse().ok().and_then(|id| store.get(resource.kind, id));
    let record = record.filter(|record| inactive || !deleted(record)).ok_or_else(error::not_found)?;
    Ok(Answer::json(200, shown(store, system, resource, record)))
}

fn check(store: &Store, resource: &Resource, id: u64, record: &Value) -> Result<(), Answer> {
    for field in resource.required {
        if text_of(record.get(field)).trim().is_empty() {
            return Err(error::required(field));
        }
    }
    let value = text_of(record.get(resource.unique));
    if !resource.unique.is_empty() && !value.is_empty() {
        let taken = store.find(resource.kind, resource.unique, &value);
        if taken.into_iter().any(|other| other != id && store.get(resource.kind, other).is_some_and(|r| !deleted(r))) {
            return Err(error::duplicate(resource.unique));
        }
    }
    Ok(())
}

fn stamp(now: Timestamp) -> Value {
    now.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00").to_string().into()
}

/// Makes a record; used by the endpoint.
pub fn create(store: &mut Store, call: &Call, system: &str, resource: &Resource, now: Timestamp) -> Reply {
    let mut body = object(call)?.clone();
    body.remove("id");
    let id = next_id(store);
    let mut record = Map::from_iter([("id".to_owned(), Value::from(id.to_string()))]);
    links::take(store, resource.table, &id.to_string(), &mut body);
    merge(store, &mut record, body, resource.nested)?;
    record.entry("custom_fields").or_insert_with(|| Value::Array(Vec::new()));
    for list in resource.nested {
        record.entry(list.field).or_insert_with(|| Value::Array(Vec::new()));
    }
    record.insert("updated_datetime".to_owned(), stamp(now));
    let record = Value::Object(record);
    check(store, resource, id, &record)?;
    store.put(resource.kind, id, record);
    read(store, call, system, resource, &id.to_string())
}

/// Merges what is given into a record; a deactivated record becomes active again.
pub fn update(store: &mut Store, call: &Call, system: &str, resource: &Resource, id: &str, now: Timestamp) -> Reply {
    let mut body = object(call)?.clone();
    let number: u64 = id.parse().map_err(|_| error::not_found())?;
    let before = store.get(resource.kind, number).cloned().ok_or_else(error::not_found)?;
    let mut record = before.as_object().cloned().unwrap_or_default();
    if body.remove("id").is_some_and(|given| id_of(Some(&given)) != Some(number)) {
        return Err(error::invalid("id", "differs from the path"));
    }
    links::take(store, resource.table, id, &mut body);
    merge(store, &mut record, body, resource.nested)?;
    record.remove(DELETED);
    // Saving what is there already is no change.
    if Value::Object(record.clone()) != before {
        record.insert("updated_datetime".to_owned(), stamp(now));
    }
    let record = Value::Object(record);
    check(store, resource, number, &record)?;
    store.put(resource.kind, number, record);
    read(store, call, system, resource, id)
}

/// Deactivates a record.
pub fn delete(store: &mut Store, resource: &Resource, id: &str, now: Timestamp) -> Reply {
    let number: u64 = id.parse().map_err(|_| error::not_found())?;
    let mut record = store.get(resource.kind, number).filter(|r| !deleted(r)).cloned().ok_or_else(error::not_found)?;
    record[DELETED] = true.into();
    record["updated_datetime"] = stamp(now);
    if record.get("status").is_some() {
        record["status"] = "Inactive".into();
    }
    store.put(resource.kind, number, record);
    Ok(Answer::empty(204))
}

fn object(call: &Call) -> Result<&Map<String, Value>, Answer> {
    call.body
        .as_ref()
        .and_then(Value::as_object)
        .ok_or_else(|| error::refuse(400, "VALD-1001", "The body must be a JSON object."))
}

/// Top-level fields replace; rows with a known id are merged, rows without are added, rows not mentioned stay.
fn merge(
    store: &mut Store,
    record: &mut Map<String, Value>,
    body: Map<String, Value>,
    nested: &[Nested],
) -> Result<(), Answer> {
    for (field, value) in body {
        if ["updated_datetime", DELETED].contains(&field.as_str()) {
            continue;
        }
        if field == "custom_fields" {
            merge_custom(store, record, value)?;
            continue;
        }
        match (nested.iter().find(|list| list.field == field), value) {
            (Some(list), Value::Array(given)) => {
                let mut rows = record.get(&field).and_then(Value::as_array).cloned().unwrap_or_default();
                for row in given {
                    merge_row(store, &mut rows, row, list)?;
                }
                record.insert(field, rows.into());
            }
            (Some(list), Value::Null) if record.contains_key(list.field) => {}
            (_, value) => {
                record.insert(field, value);
            }
        }
    }
    Ok(())
}

fn merge_row(store: &mut Store, rows: &mut Vec<Value>, row: Value, list: &Nested) -> Result<(), Answer> {
    let Value::Object(mut row) = row else { return Err(error::invalid(list.field, "must hold objects")) };
    let given = row.remove("id").map(|id| text_of(Some(&id))).filter(|id| !id.is_empty());
    let position = match &given {
        Some(id) => {
            let position = rows.iter().position(|other| text_of(other.get("id")) == *id);
            Some(position.ok_or_else(|| error::refuse(400, "VALD-1004", &format!("{} has no row {id}.", list.field)))?)
        }
        None => None,
    };
    let (position, id) = match (position, given) {
        (Some(position), Some(id)) => (position, id),
        _ => {
            let id = next_id(store).to_string();
            rows.push(Value::Object(Map::from_iter([("id".to_owned(), Value::from(id.as_str()))])));
            (rows.len() - 1, id)
        }
    };
    links::take(store, list.table, &id, &mut row);
    let mut merged = rows[position].as_object().cloned().unwrap_or_default();
    merge(store, &mut merged, row, list.nested)?;
    rows[position] = merged.into();
    Ok(())
}

/// Custom fields are known by their names; a value can be changed but not cleared.
fn merge_custom(store: &mut Store, record: &mut Map<String, Value>, given: Value) -> Result<(), Answer> {
    let mut rows = record.get("custom_fields").and_then(Value::as_array).cloned().unwrap_or_default();
    for field in given.as_array().into_iter().flatten() {
        let (name, value) = (text_of(field.get("custom_field_name")), text_of(field.get("value")));
        if name.is_empty() {
            return Err(error::required("custom_field_name"));
        }
        if value.is_empty() {
            return Err(error::required("value"));
        }
        match rows.iter_mut().find(|row| text_of(row.get("custom_field_name")) == name) {
            Some(row) => row["value"] = value.into(),
            None => {
                let id = next_id(store).to_string();
                rows.push(serde_json::json!({"id": id, "custom_field_name": name, "value": value}));
            }
        }
    }
    record.insert("custom_fields".to_owned(), rows.into());
    Ok(())
}
