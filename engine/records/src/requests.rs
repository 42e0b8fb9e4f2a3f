//! JSON schemas of the requests that BigCommerce takes, for a validator that is not ours: the sandbox checks every request with them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::openapi::{self, Specs};
use super::{Result, shorthand};

/// One file per OpenAPI file named in the overlay: `file`, `version` (`v2`, `v3`), `operations`, `mend`.
pub(crate) fn make(overlay: &Path, specs: &mut Specs) -> Result<BTreeMap<String, String>> {
    let overlay = openapi::read_yaml(overlay)?;
    let mut files = BTreeMap::new();
    for (name, wanted) in overlay.as_object().into_iter().flatten() {
        let file = wanted.get("file").and_then(Value::as_str).ok_or_else(|| format!("{name}: `file` is missing"))?;
        let version = wanted.get("version").and_then(Value::as_str).unwrap_or("v3");
        let document = specs.file(file)?.clone();
        let mut operations = Vec::new();
        for operation in
            wanted.get("operations").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
        {
            let mend = wanted.get("mend").and_then(|m| m.get(operation));
            operations.push(one(&document, operation, version, mend).map_err(|e| format!("{file}: {e}"))?);
        }
        let text =
            serde_json::to_string_pretty(&json!({ "source": format!("reference/{file}"), "operations": operations }))
                .map_err(|e| e.to_string())?;
        files.insert(name.clone(), text + "\n");
    }
    Ok(files)
}

fn one(document: &Value, operation: &str, version: &str, mend: Option<&Value>) -> Result<Value> {
    let (method, path) = operation.split_once(' ').ok_or_else(|| format!("`{operation}` is no operation"))?;
    let found = openapi::find(document, operation)?;
    let body = found.get("requestBody").map(|b| openapi::resolve(document, b, 0));
    let mut schema =
        body.as_ref().and_then(|b| b.pointer("/content/application~1json/schema")).cloned().map(|s| json_schema(&s));
    if let (Some(Value::Object(schema)), Some(Value::Object(over))) =
        (schema.as_mut(), mend.and_then(|m| m.get("body")))
    {
        shorthand::patch(schema, over);
    }
    let mut query = Map::new();
    let shared = document.pointer(&format!("/paths/{}/parameters", path.replace('/', "~1")));
    for parameters in [shared, found.get("parameters")].into_iter().flatten() {
        for parameter in parameters.as_array().into_iter().flatten() {
            let parameter = openapi::resolve(document, parameter, 0);
            if parameter.get("in").and_then(Value::as_str) == Some("query")
                && let Some(name) = parameter.get("name").and_then(Value::as_str)
            {
                query.insert(name.to_owned(), parameter.get("schema").map(json_schema).unwrap_or_default());
            }
        }
    }
    for name in
        mend.and_then(|m| m.get("query")).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        query.insert(name.to_owned(), json!({}));
    }
    let answer = found.pointer("/responses/200").map(|r| openapi::resolve(document, r, 0));
    let answer = answer.as_ref().and_then(|a| a.pointer("/content/application~1json/schema")).map(json_schema);
    Ok(json!({
        "method": method,
        "path": format!("/{version}{path}"),
        "body": schema,
        "body_required": body.as_ref().is_some(),
        "query": query,
        "answer": answer,
    }))
}

/// OpenAPI 3.0's dialect to JSON Schema: `nullable` becomes a type, read-only properties are not for requests, formats and odd keys go.
fn json_schema(schema: &Value) -> Value {
    let Value::Object(map) = schema else { return schema.clone() };
    let mut made = Map::new();
    for (key, value) in map {
        match key.as_str() {
            "properties" => {
                let inner = value.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), json_schema(v))).collect();
                made.insert(key.clone(), Value::Object(inner));
            }
            "items" | "additionalProperties" | "not" => {
                made.insert(key.clone(), json_schema(value));
            }
            "oneOf" | "anyOf" => {
                made.insert(
                    String::from("anyOf"),
                    Value::Array(value.as_array().into_iter().flatten().map(json_schema).collect()),
                );
            }
            "type" | "enum" | "required" | "minimum" | "maximum" | "minItems" | "maxItems" | "pattern" => {
                made.insert(key.clone(), value.clone());
            }
            "minLength" | "maxLength" if map.get("type").and_then(Value::as_str) == Some("string") => {
                made.insert(key.clone(), value.clone());
            }
            _ => {}
        }
    }
    let nullable = ["nullable", "x-nullable"].iter().any(|k| map.get(*k).and_then(Value::as_bool) == Some(true));
    if let (true, Some(Value::String(kind))) = (nullable, made.get("type").cloned()) {
        made.insert("type".into(), json!([kind, "null"]));
        if let Some(Value::Array(values)) = made.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    if made.get("required").is_some_and(|r| !r.is_array() || r.as_array().is_some_and(Vec::is_empty)) {
        made.remove("required");
    }
    Value::Object(made)
}
