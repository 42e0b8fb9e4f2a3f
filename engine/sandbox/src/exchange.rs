//! One request as the two systems see it, and their answer.

use serde_json::Value;

/// A request without its transport: path below the system's base, query and body.
#[derive(Debug, Clone)]
pub struct Call {
    /// Upper-case method.
    pub method: String,
    /// Decoded path segments.
    pub path: Vec<String>,
    /// Decoded query pairs in their order.
    pub query: Vec<(String, String)>,
    /// Body, when one was sent.
    pub body: Option<Value>,
}

impl Call {
    /// First value of a query parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Comma-separated values of a query parameter, for the `:in` filters.
    pub fn list(&self, name: &str) -> Option<Vec<&str>> {
        self.query(name).map(|text| text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect())
    }

    /// The same call without the first `parts` of its path.
    pub(crate) fn below(&self, parts: usize) -> Call {
        Call { path: self.path.iter().skip(parts).cloned().collect(), ..self.clone() }
    }

    /// The path with the method, ids replaced by `{id}`: the unit of concurrency caps and statistics.
    pub fn route(&self) -> String {
        let mut route = self.method.clone() + " ";
        for segment in &self.path {
            route.push('/');
            let id = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
            route.push_str(if id { "{id}" } else { segment });
        }
        route
    }
}

/// Body of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// No body at all.
    None,
    /// JSON.
    Json(Value),
    /// A text that is no JSON, such as the HTML page of a gateway.
    Html(String),
}

/// An answer without its transport. Everything written to the store is undone when `status` is 400 or more.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Body,
}

impl Answer {
    /// JSON with a status.
    pub fn json(status: u16, body: Value) -> Answer {
        Answer { status, headers: Vec::new(), body: Body::Json(body) }
    }

    /// A status without a body.
    pub fn empty(status: u16) -> Answer {
        Answer { status, headers: Vec::new(), body: Body::None }
    }

    /// Whether what the request wrote stays.
    pub fn keeps(&self) -> bool {
        self.status < 400
    }
}

/// A refusal travels as the error of a handler.
pub type Reply = Result<Answer, Answer>;

/// Text of a JSON string or number; empty for everything else.
pub fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        _ => String::new(),
    }
}

/// Whole number of a JSON number or of a text that is one.
pub fn id_of(value: Option<&Value>) -> Option<u64> {
    match value {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    }
}
