//! A JSON schema to a field of ours.

use serde_json::{Map, Value, json};

/// A field from a resolved schema; deeper than eight levels nothing is needed.
pub(crate) fn field(schema: &Value, depth: usize) -> Value {
    let mut field = Map::new();
    let kind = schema.get("type").and_then(Value::as_str);
    let word = match kind {
        Some("string") if schema.get("enum").is_some() => "enum",
        Some("string") if schema.get("format").and_then(Value::as_str) == Some("date-time") => "instant",
        Some("string") => "text",
        Some("integer") => "integer",
        Some("number") => "decimal",
        Some("boolean") => "boolean",
        Some("array") => "list",
        Some("object") => "record",
        _ if schema.get("properties").is_some() => "record",
        _ => "any",
    };
    field.insert("type".into(), json!(word));
    match word {
        "enum" => {
            let values: Vec<&Value> =
                schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter(|v| v.is_string()).collect();
            field.insert("values".into(), json!(values));
        }
        "list" => {
            let of = schema.get("items").map_or_else(|| json!({ "type": "any" }), |i| self::field(i, depth + 1));
            field.insert("of".into(), of);
        }
        "record" => {
            let fields = if depth < 8 { fields(schema, depth + 1) } else { Map::new() };
            field.insert("fields".into(), Value::Object(fields));
        }
        "text" => {
            if let Some(length) = schema.get("maxLength").and_then(Value::as_u64) {
                field.insert("max_length".into(), json!(length));
            }
            if let Some(format) = schema.get("format").and_then(Value::as_str) {
                field.insert("format".into(), json!(format));
            }
        }
        "integer" | "decimal" => {
            for (ours, theirs) in [("min", "minimum"), ("max", "maximum")] {
                if let Some(bound) = schema.get(theirs).filter(|b| b.is_number()) {
                    field.insert(ours.into(), json!(bound.to_string()));
                }
            }
        }
        _ => {}
    }
    let truth = |key: &str| schema.get(key).and_then(Value::as_bool) == Some(true);
    if truth("nullable") || truth("x-nullable") {
        field.insert("nullable".into(), json!(true));
    }
    if truth("readOnly") {
        field.insert("read_only".into(), json!(true));
    }
    if truth("writeOnly") {
        field.insert("write_only".into(), json!(true));
    }
    Value::Object(field)
}

/// The fields of an object schema.
pub(crate) fn fields(schema: &Value, depth: usize) -> Map<String, Value> {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut fields = Map::new();
    for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let mut field = field(inner, depth);
        if let (true, Some(map)) = (required.contains(&name.as_str()), field.as_object_mut()) {
            map.insert("required".into(), json!(true));
        }
        fields.insert(name.clone(), field);
    }
    fields
}

/// What a request that changes a record must have: what its schema requires.
pub(crate) fn needed(schema: &Value) -> Vec<String> {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let mut needed: Vec<String> = required.filter_map(Value::as_str).map(str::to_owned).collect();
    for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let methods = inner.get("x-required").and_then(Value::as_array).into_iter().flatten();
        if methods.filter_map(Value::as_str).any(|method| method == "put") && !needed.contains(name) {
            needed.push(name.clone());
        }
    }
    needed
}

/// The object behind an envelope, an array, or a choice (of which the first that has properties counts).
pub(crate) fn row(schema: &Value) -> &Value {
    if let Some(data) = schema.pointer("/properties/data") {
        return row(data);
    }
    if let Some(items) = schema.get("items") {
        return row(items);
    }
    if schema.get("properties").is_none() {
        for choice in ["oneOf", "anyOf"] {
            if let Some(first) = schema
                .get(choice)
                .and_then(Value::as_array)
                .and_then(|c| c.iter().find(|s| s.get("properties").is_some()))
            {
                return first;
            }
        }
    }
    schema
}
