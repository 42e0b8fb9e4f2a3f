//! One record type: what the OpenAPI file says, the overlay's corrections laid over it, its route.

use mapwright_language::schema::RecordType;
use serde_json::{Map, Value, json};

use super::{Result, derive, openapi::Specs, shorthand};

/// Makes a record type from its overlay.
pub(crate) fn make(overlay: &Value, system: &str, specs: &mut Specs) -> Result<RecordType> {
    let text = |key: &str| overlay.get(key).and_then(Value::as_str);
    let mut fields: Map<String, Value> = Map::new();
    let mut source = text("source").unwrap_or_default().to_owned();
    if let Some(spec) = text("spec") {
        let reads = text("reads");
        fields = from_spec(spec, reads, &texts(overlay, "writes"), specs)?;
        source = format!("reference/{spec}{}", reads.map(|r| format!(", {r}")).unwrap_or_default());
    }
    for name in texts(overlay, "leave_out") {
        if fields.shift_remove(&name).is_none() {
            return Err(format!("`leave_out` names `{name}`, which is not there"));
        }
    }
    empty_texts(&mut fields);
    alike(overlay, &mut fields)?;
    for (name, correction) in overlay.get("fields").and_then(Value::as_object).into_iter().flatten() {
        let written_out = correction.get("is").is_some() || correction.is_string();
        match (fields.get_mut(name), correction) {
            (Some(Value::Object(field)), Value::Object(over)) if !written_out => {
                if over.get("because").and_then(Value::as_str).is_none() {
                    return Err(format!("the correction of `{name}` gives no reason (`because`)"));
                }
                shorthand::patch(field, over);
            }
            (None, Value::Object(over)) if !written_out && over.contains_key("because") => {
                return Err(format!("the correction of `{name}` finds no such field"));
            }
            _ => {
                let field = shorthand::field(correction).map_err(|e| format!("`{name}`: {e}"))?;
                fields.insert(name.clone(), field);
            }
        }
    }
    if let Some(spec) = text("spec") {
        needed_on_update(overlay, spec, &mut fields, specs)?;
    }
    let mut record = json!({
        "name": text("name").ok_or("`name` is missing")?,
        "system": system,
        "title": text("title").ok_or("`title` is missing")?,
        "source": source,
        "fields": fields,
        "route": overlay.get("route").cloned().unwrap_or_else(|| json!({})),
    });
    for key in ["number", "table", "id", "custom", "together"] {
        if let (Some(value), Some(map)) = (overlay.get(key), record.as_object_mut()) {
            map.insert(key.into(), value.clone());
        }
    }
    serde_json::from_value(record).map_err(|e| e.to_string())
}

fn texts(overlay: &Value, key: &str) -> Vec<String> {
    overlay
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Fields of the answer and of the requests: what only answers have is read-only, what only requests have is write-only, what the
/// first request (the create) wants is required.
fn from_spec(spec: &str, reads: Option<&str>, writes: &[String], specs: &mut Specs) -> Result<Map<String, Value>> {
    let read = match reads {
        Some(operation) => {
            let (part, operation) = part_of(operation);
            derive::fields(row(&specs.answer(spec, operation)?, part)?, 0)
        }
        None => Map::new(),
    };
    let mut fields: Map<String, Value> = Map::new();
    let mut written: Vec<String> = Vec::new();
    for (i, operation) in writes.iter().enumerate() {
        let (part, operation) = part_of(operation);
        for (name, mut field) in derive::fields(row(&specs.request(spec, operation)?, part)?, 0) {
            if i > 0
                && let Some(map) = field.as_object_mut()
            {
                map.shift_remove("required");
            }
            written.push(name.clone());
            if !fields.contains_key(&name) {
                fields.insert(name, field);
            }
        }
    }
    for (name, mut field) in read.clone() {
        if let Some(map) = field.as_object_mut() {
            map.shift_remove("required");
        }
        match fields.get_mut(&name) {
            None => {
                if let (Some(map), false) = (field.as_object_mut(), writes.is_empty()) {
                    map.insert("read_only".into(), json!(true));
                }
                fields.insert(name, field);
            }
            Some(Value::Object(have)) => {
                if field.get("nullable").is_some() {
                    have.insert("nullable".into(), json!(true));
                }
            }
            Some(_) => {}
        }
    }
    if !read.is_empty() {
        for name in written {
            if let (false, Some(Value::Object(field))) = (read.contains_key(&name), fields.get_mut(&name)) {
                field.insert("write_only".into(), json!(true));
            }
        }
    }
    Ok(fields)
}

/// Marks what the spec requires of a request that changes a record. The route's own additions (an id in the body) are not fields
/// that rules write, and a spec in another file says nothing.
fn needed_on_update(overlay: &Value, spec: &str, fields: &mut Map<String, Value>, specs: &mut Specs) -> Result<()> {
    let Some(update) = overlay.pointer("/route/update") else { return Ok(()) };
    let part = |key: &str| update.get(key).and_then(Value::as_str).unwrap_or_default();
    let operation = specs.operation(spec, &format!("{} {}", part("method"), part("path")))?;
    for name in derive::needed(derive::row(&specs.request(spec, &operation)?)) {
        if let Some(Value::Object(field)) = fields.get_mut(&name)
            && field.get("read_only").is_none()
        {
            field.insert("needed_on_update".into(), json!(true));
        }
    }
    Ok(())
}

/// `products of POST /orders`: the part and the operation.
fn part_of(operation: &str) -> (Option<&str>, &str) {
    match operation.split_once(" of ") {
        Some((part, operation)) => (Some(part), operation),
        None => (None, operation),
    }
}

/// The record of an operation, or the record in one of its properties.
fn row<'a>(schema: &'a Value, part: Option<&str>) -> Result<&'a Value> {
    let row = derive::row(schema);
    match part {
        Some(part) => {
            row.get("properties").and_then(|p| p.get(part)).map(derive::row).ok_or_else(|| format!("no `{part}` there"))
        }
        None => Ok(row),
    }
}

/// Corrections that several fields share: `fields` names them, the rest is laid over each.
fn alike(overlay: &Value, fields: &mut Map<String, Value>) -> Result<()> {
    for shared in overlay.get("alike").and_then(Value::as_array).into_iter().flatten() {
        let Some(over) = shared.as_object() else { return Err("`alike` is a list of corrections".to_owned()) };
        if over.get("because").and_then(Value::as_str).is_none() {
            return Err("a correction in `alike` gives no reason (`because`)".to_owned());
        }
        let mut over = over.clone();
        let names = over.shift_remove("fields").unwrap_or_default();
        let written_anew =
            over.contains_key("is").then(|| shorthand::field(&Value::Object(over.clone()))).transpose()?;
        for name in names.as_array().into_iter().flatten().filter_map(Value::as_str) {
            match (fields.get_mut(name), &written_anew) {
                (Some(Value::Object(field)), Some(Value::Object(anew))) => {
                    for word in ["type", "none", "of", "fields", "values", "format", "max_length"] {
                        field.shift_remove(word);
                    }
                    field.extend(anew.clone());
                }
                (Some(Value::Object(field)), _) => shorthand::patch(field, &over),
                _ => return Err(format!("`alike` names `{name}`, which is not there")),
            }
        }
    }
    Ok(())
}

/// V2 and V3 write `""` for a text that is not set (bigcommerce-api 4.0).
fn empty_texts(fields: &mut Map<String, Value>) {
    for field in fields.values_mut() {
        let Some(map) = field.as_object_mut() else { continue };
        let is_text = map.get("type").and_then(Value::as_str) == Some("text");
        if is_text && map.get("required").is_none() {
            map.insert("none".into(), json!([""]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(overlay: Value) -> Result<RecordType> {
        make(&overlay, "bigcommerce", &mut Specs::new(std::path::Path::new("nowhere")))
    }

    #[test]
    fn a_correction_gives_a_reason_and_finds_its_field() {
        let overlay =
            |alike: Value, fields: Value| json!({ "name": "x.y", "title": "X", "alike": alike, "fields": fields });
        for (overlay, expected) in [
            (
                overlay(json!([{ "fields": ["a"], "personal": true }]), json!({})),
                "a correction in `alike` gives no reason (`because`)",
            ),
            (overlay(json!([{ "because": "x", "fields": ["a"] }]), json!({})), "`alike` names `a`, which is not there"),
            (
                overlay(json!([]), json!({ "a": { "because": "x", "personal": true } })),
                "the correction of `a` finds no such field",
            ),
        ] {
            assert_eq!(of(overlay).unwrap_err(), expected);
        }
    }

    #[test]
    fn records_are_written_in_place() {
        let record = of(json!({ "name": "x.y", "title": "X", "fields": {
            "rows": { "is": "list of record", "nullable": true, "fields": { "amount": "money", "of": { "is": "id of x.y", "none": [0] } } },
        } }))
        .unwrap();
        let rows = record.fields.get("rows").unwrap();
        let inner = rows.of.as_ref().unwrap().fields.as_ref().unwrap();
        assert!(rows.nullable && rows.fields.is_none());
        assert_eq!(inner.get("amount").unwrap().decimals, Some(4));
        assert_eq!(inner.get("of").unwrap().record.as_deref(), Some("x.y"));
    }
}
