//! Refusals of iPaaS.com: a code of a family and a message. The families are documented, the envelope is an inference.

use serde_json::json;

use crate::exchange::Answer;

/// A refusal with its code, such as `VALD-1002`.
pub fn refuse(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, json!({"code": code, "message": message}))
}

/// 401.
pub fn unauthorized(code: &str) -> Answer {
    refuse(401, code, "The bearer token is missing or invalid.")
}

/// 404 of a record or of an address.
pub fn not_found() -> Answer {
    refuse(404, "NFND-1005", "The requested record was not found.")
}

/// A field that must be there.
pub fn required(field: &str) -> Answer {
    refuse(400, "VALD-1002", &format!("{field} is required."))
}

/// A field that is not as it must be.
pub fn invalid(field: &str, why: &str) -> Answer {
    refuse(400, "VALD-1010", &format!("{field} {why}."))
}

/// A value that another record has.
pub fn duplicate(field: &str) -> Answer {
    refuse(400, "BIZL-1001", &format!("A record with this {field} already exists."))
}
