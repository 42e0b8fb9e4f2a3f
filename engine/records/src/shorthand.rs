//! Fields in a word: `text!` (needed), `decimal?` (may be null), `id of Product`, `list of Product Variant`, `enum a | b`, `text such as a | b` (others may stand), `custom`, `money`.

use serde_json::{Map, Value, json};

use super::Result;

/// A field written in a word, or a field written out.
pub(crate) fn field(value: &Value) -> Result<Value> {
    match value {
        Value::String(word) => from_word(word),
        Value::Object(map) => match map.get("is") {
            Some(Value::String(word)) => {
                let mut field = from_word(word)?;
                if let Some(target) = field.as_object_mut() {
                    let mut over = map.clone();
                    // `fields` of a list are those of its elements
                    if let Some(inner) = over.shift_remove("fields") {
                        let inner = json!({ "fields": fields(&inner)? });
                        match target.get_mut("of").and_then(Value::as_object_mut) {
                            Some(of) => of.extend(inner.as_object().cloned().unwrap_or_default()),
                            None => target.extend(inner.as_object().cloned().unwrap_or_default()),
                        }
                    }
                    patch(target, &over);
                }
                Ok(field)
            }
            _ => Ok(value.clone()),
        },
        other => Err(format!("{other} is no field")),
    }
}

/// Fields by name, each in a word or written out.
fn fields(value: &Value) -> Result<Map<String, Value>> {
    let map = value.as_object().ok_or("`fields` is an object of fields")?;
    map.iter().map(|(name, inner)| Ok((name.clone(), field(inner).map_err(|e| format!("`{name}`: {e}"))?))).collect()
}

/// Lays corrections over a field; `is` and `because` are for the overlay's readers.
pub(crate) fn patch(field: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (key, value) in over {
        if matches!(key.as_str(), "is" | "because") {
            continue;
        }
        match (field.get_mut(key), value) {
            (Some(Value::Object(old)), Value::Object(new)) if key == "fields" || key == "of" => {
                for (name, inner) in new {
                    match (old.get_mut(name), inner) {
                        (Some(Value::Object(old)), Value::Object(new)) => patch(old, new),
                        (_, inner) => {
                            old.insert(name.clone(), inner.clone());
                        }
                    }
                }
            }
            (_, Value::Null) => {
                field.remove(key);
            }
            (_, value) => {
                field.insert(key.clone(), value.clone());
            }
        }
    }
}

fn from_word(word: &str) -> Result<Value> {
    let mut field = Map::new();
    let mut base = word.trim();
    if let Some(rest) = base.strip_suffix('!') {
        field.insert("required".into(), json!(true));
        base = rest;
    } else if let Some(rest) = base.strip_suffix('?') {
        field.insert("nullable".into(), json!(true));
        base = rest;
    }
    let mut set = |entries: Value| {
        if let Value::Object(entries) = entries {
            field.extend(entries);
        }
    };
    match base {
        "text" | "integer" | "decimal" | "boolean" | "instant" | "date" | "any" | "id" | "record" => {
            set(json!({ "type": base }))
        }
        "money" => set(json!({ "type": "decimal", "decimals": 4, "read": { "text_decimals": 4 } })),
        "local" => set(json!({ "type": "instant", "read": "local_date_time" })),
        "custom" => set(
            json!({ "type": "dictionary", "of": { "type": "text", "nullable": true }, "nullable": true, "read": { "pairs": ["custom_field_name", "value"] } }),
        ),
        "texts" => set(json!({ "type": "dictionary", "of": { "type": "text", "nullable": true } })),
        _ => {
            if let Some(record) = base.strip_prefix("id of ") {
                set(json!({ "type": "id", "record": record }));
            } else if let Some(of) = base.strip_prefix("list of ") {
                set(json!({ "type": "list", "of": from_word(of)? }));
            } else if let Some(values) = base.strip_prefix("enum ") {
                set(json!({ "type": "enum", "values": values.split('|').map(str::trim).collect::<Vec<_>>() }));
            } else if let Some(usual) = base.strip_prefix("text such as ") {
                set(json!({ "type": "text", "usual": usual.split('|').map(str::trim).collect::<Vec<_>>() }));
            } else if base.starts_with(|c: char| c.is_ascii_uppercase()) || base.contains('.') {
                set(json!({ "type": "record", "record": base }));
            } else {
                return Err(format!("`{word}` is no field"));
            }
        }
    }
    Ok(Value::Object(field))
}
