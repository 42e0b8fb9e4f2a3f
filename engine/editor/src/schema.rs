//! The JSON schema of a mapping file's envelope, for editors that know YAML but not this language. Made from the reader's own table of
//! keys, so that it allows exactly what this version reads.

use mapwright_language::mapping_file::FILE_KEYS;
use mapwright_language::schema::{Catalog, System};
use serde_json::{Map, Value as Json, json};

use crate::envelope::{self, Key, Value};

/// The schema (draft 07, which YAML editors know).
#[must_use]
pub fn envelope() -> Json {
    let mut properties = Map::new();
    for name in FILE_KEYS {
        let schema = envelope::FILE.iter().find(|k| k.name == *name).map_or_else(|| json!({}), described);
        properties.insert((*name).to_owned(), schema);
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Mapwright mapping file",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "oneOf": [{ "required": ["collection"] }, { "required": ["base"] }],
    })
}

fn described(key: &Key) -> Json {
    let mut schema = of(&key.value);
    if let Some(object) = schema.as_object_mut() {
        object.insert(String::from("description"), Json::from(key.about));
    }
    schema
}

/// Text is what is written: YAML's numbers and booleans are texts too.
fn text() -> Json {
    json!({ "type": ["string", "number", "boolean"] })
}

fn of(value: &Value) -> Json {
    match value {
        Value::Text | Value::Template | Value::Expression | Value::Collection => text(),
        Value::Rules => json!({ "type": "string" }),
        Value::Boolean => json!({ "enum": [true, false, "true", "false"] }),
        Value::Words(words) => one_of(words),
        Value::WordsOrKeys(words, entries) => json!({ "anyOf": [one_of(words), keys(entries)] }),
        Value::Record(system) => records(*system),
        Value::Texts | Value::TargetFields => json!({ "anyOf": [text(), { "type": "array", "items": text() }] }),
        // a mapping with nothing below it yet
        Value::Names(inner) => match inner {
            Value::Text => json!({ "type": ["object", "null"], "additionalProperties": of(inner) }),
            _ => json!({ "type": "object", "additionalProperties": of(inner) }),
        },
        Value::Keys(entries) => keys(entries),
        Value::List(entries) => json!({ "type": "array", "items": keys(entries) }),
        Value::ExpressionOrList(entries) => {
            json!({ "anyOf": [text(), { "type": "array", "items": { "anyOf": [text(), keys(entries)] } }] })
        }
        Value::Slots(entries) => {
            json!({ "type": "object", "additionalProperties": { "type": "array", "items": keys(entries) } })
        }
    }
}

fn keys(entries: &[Key]) -> Json {
    let properties: Map<String, Json> = entries.iter().map(|k| (k.name.to_owned(), described(k))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn one_of(words: &[(&str, &str)]) -> Json {
    let words: Vec<Json> = words.iter().map(|(word, about)| json!({ "const": word, "description": about })).collect();
    json!({ "oneOf": words })
}

fn records(system: System) -> Json {
    let of = Catalog::builtin().iter().filter(|r| r.system == system);
    let names: Vec<Json> = of.map(|r| json!({ "const": r.name, "description": r.title })).collect();
    json!({ "oneOf": names })
}
