//! Checks every request against BigCommerce's own request schemas (`engine/records/requests`), with a validator that is
//! not part of the engine.

use jsonschema::Validator;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{error::Error, exchange::Call};

/// The documents made from the OpenAPI files, by name.
const DOCUMENTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/requests.rs"));

/// Something in a request that its schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Method and path template.
    pub operation: String,
    /// `body`, `query` or `path`.
    pub part: &'static str,
    /// JSON pointer into the body, or the parameter's name.
    pub pointer: String,
    /// What the schema says.
    pub message: String,
}

struct Operation {
    method: String,
    template: Vec<String>,
    body: Option<Validator>,
    body_required: bool,
    // A parameter without a schema that can be used is allowed with any value.
    query: Vec<(String, Option<Validator>)>,
    answer: Option<Validator>,
}

/// All operations with schemas.
pub struct Requests {
    operations: Vec<Operation>,
}

impl Requests {
    /// Compiles the built-in documents. Errors: a document is no JSON or holds no usable schema.
    pub fn builtin() -> Result<Requests, Error> {
        Requests::read(DOCUMENTS)
    }

    /// Compiles documents given by name and text.
    pub fn read(documents: &[(&str, &str)]) -> Result<Requests, Error> {
        let mut operations = Vec::new();
        for (name, text) in documents {
            let document: Value = serde_json::from_str(text).map_err(|e| Error::Schemas(format!("{name}: {e}")))?;
            let defs = document.get("$defs").cloned().unwrap_or_default();
            let listed = document.get("operations").and_then(Value::as_array);
            for operation in listed.ok_or_else(|| Error::Schemas(format!("{name}: no operations")))? {
                operations.push(read_operation(operation, &defs).map_err(|e| Error::Schemas(format!("{name}: {e}")))?);
            }
        }
        Ok(Requests { operations })
    }

    /// Number of operations with schemas.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether no schemas are built in.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    fn find(&self, call: &Call) -> Option<&Operation> {
        let fits = |operation: &&Operation| {
            operation.method == call.method
                && operation.template.len() == call.path.len()
                && operation.template.iter().zip(&call.path).all(|(t, s)| t.starts_with('{') || t == s)
        };
        // A fixed segment is a better fit than a parameter: `/catalog/products/{id}` against `/catalog/products/metafields`.
        self.operations
            .iter()
            .filter(fits)
            .min_by_key(|operation| operation.template.iter().filter(|t| t.starts_with('{')).count())
    }

    /// What in a call breaks the schemas of its operation; nothing for an operation without schemas.
    pub fn check(&self, call: &Call) -> Vec<Violation> {
        let Some(operation) = self.find(call) else { return Vec::new() };
        let name = format!("{} /{}", operation.method, operation.template.join("/"));
        let violation =
            |part, pointer: String, message: String| Violation { operation: name.clone(), part, pointer, message };
        let mut found = Vec::new();
        for (template, segment) in operation.template.iter().zip(&call.path) {
            if template.starts_with('{') && template.ends_with("id}") && segment.parse::<u64>().is_err() {
                found.push(violation("path", template.clone(), "an id is a whole number".to_owned()));
            }
        }
        for (key, value) in &call.query {
            match operation.query.iter().find(|(known, _)| known == key) {
                None => found.push(violation("query", key.clone(), "this parameter is not known".to_owned())),
                Some((_, Some(schema))) if !fits_query(schema, value) => {
                    found.push(violation("query", key.clone(), "this value is not allowed".to_owned()));
                }
                Some(_) => {}
            }
        }
        match (&operation.body, &call.body) {
            (Some(schema), Some(body)) => {
                for error in schema.iter_errors(body).take(20) {
                    let (mut pointer, message) = (error.instance_path().to_string(), cut(&error.to_string()));
                    if let Some(field) = missing(&message) {
                        pointer = format!("{pointer}/{field}");
                    }
                    found.push(violation("body", pointer, message));
                }
            }
            (Some(_), None) if operation.body_required => {
                found.push(violation("body", String::new(), "a body is required".to_owned()));
            }
            _ => {}
        }
        found
    }

    /// What in the body of a successful answer breaks the schema of its operation, for the sandbox's own tests; `None`
    /// without a schema.
    pub fn check_answer(&self, call: &Call, body: &Value) -> Option<Vec<String>> {
        let schema = self.find(call)?.answer.as_ref()?;
        Some(schema.iter_errors(body).map(|e| format!("{}: {}", e.instance_path(), cut(&e.to_string()))).collect())
    }
}

fn read_operation(operation: &Value, defs: &Value) -> Result<Operation, String> {
    let text =
        |key: &str| operation.get(key).and_then(Value::as_str).ok_or_else(|| format!("an operation without {key}"));
    let method = text("method")?.to_uppercase();
    let path = text("path")?;
    let template: Vec<String> = path.trim_matches('/').split('/').map(str::to_owned).collect();
    // `/stores/{store_hash}/v3/...` and `/v3/...` mean the same.
    let template = if template.first().is_some_and(|t| t == "stores") {
        template[2.min(template.len())..].to_vec()
    } else {
        template
    };
    let compile = |schema: &Value| compile(schema, defs).map_err(|e| format!("{method} {path}: {e}"));
    let body = match operation.get("body") {
        Some(schema) if !schema.is_null() => Some(compile(schema)?),
        _ => None,
    };
    let mut query = Vec::new();
    match operation.get("query") {
        Some(Value::Object(parameters)) => {
            for (name, schema) in parameters {
                query.push((name.clone(), if schema.is_null() { None } else { Some(compile(schema)?) }));
            }
        }
        Some(Value::Array(parameters)) => {
            for parameter in parameters {
                match parameter {
                    Value::String(name) => query.push((name.clone(), None)),
                    other => {
                        let name = other.get("name").and_then(Value::as_str).ok_or("a parameter without a name")?;
                        query.push((name.to_owned(), other.get("schema").map(compile).transpose()?));
                    }
                }
            }
        }
        _ => {}
    }
    let answer = match operation.get("answer") {
        Some(schema) if !schema.is_null() => Some(compile(schema)?),
        _ => None,
    };
    let body_required = operation.get("body_required").and_then(Value::as_bool).unwrap_or(false);
    Ok(Operation { method, template, body, body_required, query, answer })
}

fn compile(schema: &Value, defs: &Value) -> Result<Validator, String> {
    let mut whole = match schema {
        Value::Object(object) => object.clone(),
        other => Map::from_iter([("allOf".to_owned(), Value::Array(vec![other.clone()]))]),
    };
    if defs.is_object() {
        whole.insert("$defs".to_owned(), defs.clone());
    }
    jsonschema::options().build(&Value::Object(whole)).map_err(|e| e.to_string())
}

/// A query value is text: it fits when the text, the number, the flag or the comma-separated list that it spells fits.
fn fits_query(schema: &Validator, text: &str) -> bool {
    let scalar = |part: &str| serde_json::from_str::<Value>(part).ok().filter(|v| v.is_number() || v.is_boolean());
    let as_text = Value::String(text.to_owned());
    let as_texts = Value::Array(text.split(',').map(|part| Value::String(part.to_owned())).collect());
    let as_scalars = Value::Array(text.split(',').filter_map(scalar).collect());
    schema.is_valid(&as_text)
        || scalar(text).is_some_and(|value| schema.is_valid(&value) || schema.is_valid(&Value::Array(vec![value])))
        || schema.is_valid(&as_texts)
        || (as_scalars.as_array().map(Vec::len) == Some(text.split(',').count()) && schema.is_valid(&as_scalars))
}

/// The field that a message misses.
pub fn missing(message: &str) -> Option<&str> {
    message.strip_suffix(" is a required property").map(|field| field.trim_matches('"'))
}

fn cut(message: &str) -> String {
    const LONGEST: usize = 300;
    if message.chars().count() <= LONGEST {
        message.to_owned()
    } else {
        message.chars().take(LONGEST).collect::<String>() + "…"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DOCUMENT: &str = r##"{"operations": [
        {"method": "post", "path": "/v3/things", "body": {"$ref": "#/$defs/thing"}, "body_required": true,
         "query": {"limit": {"type": "integer", "maximum": 250}, "id:in": {"type": "array", "items": {"type": "integer"}}}}],
        "$defs": {"thing": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}}"##;

    fn check(query: &[(&str, &str)], body: Option<Value>) -> Vec<(&'static str, String)> {
        let requests = Requests::read(&[("things", DOCUMENT)]).unwrap();
        let query = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let call = Call { method: "POST".to_owned(), path: vec!["v3".into(), "things".into()], query, body };
        requests.check(&call).into_iter().map(|v| (v.part, v.pointer)).collect()
    }

    #[test]
    fn a_call_that_fits_has_no_violation() {
        assert_eq!(check(&[("limit", "250"), ("id:in", "1,2")], Some(json!({"name": "a"}))), []);
    }

    #[test]
    fn body_and_query_are_named_with_their_place() {
        assert_eq!(check(&[], Some(json!({"name": 5}))), [("body", "/name".to_owned())]);
        assert_eq!(check(&[], None), [("body", String::new())]);
        let found = check(&[("limit", "251"), ("id:in", "a"), ("page", "1")], Some(json!({"name": "a"})));
        assert_eq!(found, [("query", "limit".to_owned()), ("query", "id:in".to_owned()), ("query", "page".to_owned())]);
    }

    #[test]
    fn the_built_in_documents_can_be_used() {
        Requests::builtin().unwrap();
    }
}
