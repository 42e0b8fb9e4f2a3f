//! Refusals in the two shapes: an object with `errors` in V3, an array of objects in V2.

use serde_json::{Map, Value, json};

use crate::{
    exchange::{Answer, Call},
    validate::{Violation, missing},
};

/// What V3 errors carry as their `type`.
const TYPE: &str = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes";

/// A V3 refusal with its fields.
pub fn v3(status: u16, title: &str, errors: &[(&str, &str)]) -> Answer {
    let errors: Map<String, Value> = errors.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect();
    Answer::json(status, json!({"status": status, "title": title, "type": TYPE, "errors": errors}))
}

/// A V2 refusal.
pub fn v2(status: u16, message: &str) -> Answer {
    Answer::json(status, json!([{"status": status, "message": message}]))
}

fn either(call: &Call, status: u16, title: &str, message: &str) -> Answer {
    if call.path.first().is_some_and(|version| version == "v2") { v2(status, message) } else { v3(status, title, &[]) }
}

/// 404.
pub fn not_found(call: &Call) -> Answer {
    either(call, 404, "The requested resource was not found.", "The requested resource was not found.")
}

/// 405.
pub fn method_not_allowed(call: &Call) -> Answer {
    either(call, 405, "Method Not Allowed", "The requested resource does not support this method.")
}

/// 403 for a scope that the token lacks.
pub fn missing_scope(call: &Call) -> Answer {
    let text = "You don't have a required scope to access the endpoint";
    either(call, 403, text, text)
}

/// 403 for a path with a slash at its end.
pub fn forbidden_path() -> Answer {
    v3(403, "Authentication Required", &[])
}

/// 401.
pub fn unauthorized() -> Answer {
    let title =
        "Unauthorized - the v3 Auth client ID or token in the request are not a valid combination for this store.";
    Answer::json(401, json!({"status": 401, "title": title, "type": TYPE}))
}

/// 429 of the quota or of a cap; the headers are added with the answer.
pub fn too_many() -> Answer {
    Answer::json(
        429,
        json!({"status": 429, "title": "Too many requests", "type": "/api-docs/getting-started/api-status-codes", "errors": {}}),
    )
}

/// 429 of the platform, which carries no rate headers.
pub fn bare_too_many() -> Answer {
    too_many()
}

/// 406 or 415.
pub fn unsupported_media(call: &Call, status: u16) -> Answer {
    let title = if status == 406 { "Not Acceptable" } else { "Unsupported Media Type" };
    either(call, status, title, title)
}

/// 413 of a batch.
pub fn batch_too_long(most: usize, full_stop: bool) -> Answer {
    let end = if full_stop { "." } else { "" };
    v3(413, &format!("The request payload is too large. The maximum items allowed in the array is {most}{end}"), &[])
}

/// 422 for something that is not as it must be.
pub fn unprocessable(title: &str, errors: &[(&str, &str)]) -> Answer {
    v3(422, title, errors)
}

/// 409 for a value that must be unique.
pub fn duplicate(title: &str, field: &str) -> Answer {
    v3(409, title, &[(field, title)])
}

/// What a call that breaks the request schemas is told.
pub fn invalid(call: &Call, violations: &[Violation]) -> Answer {
    if call.path.first().is_some_and(|version| version == "v2") {
        let errors: Vec<Value> = violations
            .iter()
            .map(|v| {
                let field = v.pointer.trim_start_matches('/').replace('/', ".");
                let message = match v.part {
                    "query" => format!("The field '{field}' is not supported by this resource."),
                    _ => format!("The field '{field}' is invalid."),
                };
                json!({"status": 400, "message": message, "details": {"invalid_reason": v.message}})
            })
            .collect();
        return Answer::json(400, Value::Array(errors));
    }
    let fields: Vec<(String, String)> = violations
        .iter()
        .map(|v| {
            let told = match missing(&v.message) {
                Some(field) => format!("Please provide a {field}."),
                None => v.message.clone(),
            };
            (v.pointer.trim_start_matches('/').replace('/', "."), told)
        })
        .collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let title = if !fields.is_empty() && violations.iter().all(|v| missing(&v.message).is_some()) {
        "Missing Required Fields"
    } else {
        "JSON data is missing or invalid"
    };
    unprocessable(title, &fields)
}
