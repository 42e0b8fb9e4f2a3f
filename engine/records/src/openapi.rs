//! OpenAPI files: loading, local references, merged `allOf`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Result;

/// The files, each read once.
pub(crate) struct Specs {
    folder: PathBuf,
    files: BTreeMap<String, Value>,
}

/// A YAML file as a tree.
pub(crate) fn read_yaml(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let options = serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        budget: serde_yaml::budget! { max_nodes: 2_000_000, max_events: 8_000_000, max_total_scalar_bytes: 64 << 20 },
    };
    serde_yaml::from_str_with_options(&text, options).map_err(|e| format!("{}: {e}", path.display()))
}

impl Specs {
    pub fn new(folder: &Path) -> Specs {
        Specs { folder: folder.join("reference"), files: BTreeMap::new() }
    }

    /// A file below `reference/`.
    pub fn file(&mut self, name: &str) -> Result<&Value> {
        if !self.files.contains_key(name) {
            let value = read_yaml(&self.folder.join(name))?;
            self.files.insert(name.to_owned(), value);
        }
        self.files.get(name).ok_or_else(|| format!("{name} is gone"))
    }

    /// The JSON schema of a request body: `POST /catalog/products`.
    pub fn request(&mut self, file: &str, operation: &str) -> Result<Value> {
        let document = self.file(file)?;
        let operation = find(document, operation)?;
        let body = operation.get("requestBody").map(|b| resolve(document, b, 0)).unwrap_or_default();
        media(&body).cloned().map(|s| resolve(document, &s, 0)).ok_or_else(|| format!("{file}: no request body"))
    }

    /// The operation of a route's call, whatever the spec calls its placeholders: `PUT /catalog/products/{id}`.
    pub fn operation(&mut self, file: &str, call: &str) -> Result<String> {
        let document = self.file(file)?;
        let (method, path) = call.split_once(' ').ok_or_else(|| format!("`{call}` is no operation"))?;
        let nameless = |path: &str| -> Vec<String> {
            path.split('/')
                .map(|part| if part.starts_with('{') { String::from("{}") } else { part.to_owned() })
                .collect()
        };
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let mut same = paths.filter(|(found, operations)| {
            nameless(found) == nameless(path) && operations.get(method.to_lowercase()).is_some()
        });
        same.next().map(|(found, _)| format!("{method} {found}")).ok_or_else(|| format!("{file}: no {call}"))
    }

    /// The JSON schema of a 200 answer.
    pub fn answer(&mut self, file: &str, operation: &str) -> Result<Value> {
        let document = self.file(file)?;
        let operation = find(document, operation)?;
        let response = operation.pointer("/responses/200").map(|r| resolve(document, r, 0)).unwrap_or_default();
        media(&response).cloned().map(|s| resolve(document, &s, 0)).ok_or_else(|| format!("{file}: no answer"))
    }
}

fn media(content: &Value) -> Option<&Value> {
    content.pointer("/content/application~1json/schema")
}

/// An operation: `GET /catalog/products/{product_id}`.
pub(crate) fn find<'a>(document: &'a Value, operation: &str) -> Result<&'a Value> {
    let (method, path) = operation.split_once(' ').ok_or_else(|| format!("`{operation}` is no operation"))?;
    document
        .get("paths")
        .and_then(|p| p.get(path))
        .and_then(|p| p.get(method.to_lowercase()))
        .ok_or_else(|| format!("there is no operation {operation}"))
}

/// With references followed and `allOf` merged, down to a bounded depth.
pub(crate) fn resolve(document: &Value, schema: &Value, depth: usize) -> Value {
    match schema {
        Value::Object(_) if depth > 24 => Value::Object(Map::new()),
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                let pointer = reference.trim_start_matches('#');
                return document
                    .pointer(pointer)
                    .map_or_else(|| Value::Object(Map::new()), |t| resolve(document, t, depth + 1));
            }
            let mut merged = Map::new();
            if let Some(Value::Array(parts)) = map.get("allOf") {
                for part in parts {
                    merge(&mut merged, resolve(document, part, depth + 1));
                }
            }
            let rest: Map<String, Value> = map
                .iter()
                .filter(|(k, _)| {
                    !matches!(
                        k.as_str(),
                        "allOf"
                            | "example"
                            | "examples"
                            | "x-examples"
                            | "description"
                            | "title"
                            | "xml"
                            | "externalDocs"
                            | "deprecated"
                            | "default"
                    )
                })
                .filter(|(k, v)| !(k.starts_with("x-") && *k != "x-nullable" && *k != "x-required") || v.is_null())
                .map(|(k, v)| {
                    (
                        k.clone(),
                        if k == "properties" {
                            properties(document, v, depth)
                        } else {
                            resolve(document, v, depth + 1)
                        },
                    )
                })
                .collect();
            merge(&mut merged, Value::Object(rest));
            Value::Object(merged)
        }
        Value::Array(items) => Value::Array(items.iter().map(|i| resolve(document, i, depth + 1)).collect()),
        other => other.clone(),
    }
}

/// Property names may be `title` or `description`: nothing is left out there.
fn properties(document: &Value, value: &Value, depth: usize) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), resolve(document, v, depth + 1))).collect())
        }
        other => other.clone(),
    }
}

fn merge(into: &mut Map<String, Value>, from: Value) {
    let Value::Object(from) = from else { return };
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) if key == "properties" => {
                for (name, schema) in new {
                    old.insert(name, schema);
                }
            }
            (Some(Value::Array(old)), Value::Array(new)) if key == "required" => {
                for name in new {
                    if !old.contains(&name) {
                        old.push(name);
                    }
                }
            }
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}
