//! A request as the routes describe it, and what came back.

use bytes::Bytes;
use mapwright_language::schema::{Api, Method, Repeat};

/// A request that only has to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Which base URL, and with it which account.
    pub api: Api,
    /// The method.
    pub method: Method,
    /// Path and query below the base URL, percent-encoded, with a leading and without a trailing slash.
    pub path: String,
    /// The route's path with its placeholders: concurrent calls are counted by method and template.
    pub template: String,
    /// The body, JSON text.
    pub body: Option<String>,
    /// Whether it may be sent again when its answer was lost.
    pub repeat: Repeat,
    /// At most so many of these calls at a time; none: the account's default.
    pub concurrency: Option<u32>,
    /// Who goes first when several wait.
    pub priority: Priority,
}

impl Request {
    /// Method and path for messages: ids stand in it, and the query, which may hold personal values, does not.
    pub fn summary(&self) -> String {
        format!("{} {}", method_name(self.method), self.path.split('?').next().unwrap_or_default())
    }
}

impl std::fmt::Debug for Request {
    /// Without path and body, which may hold personal values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}{}", method_name(self.method), self.api, self.template)
    }
}

/// Which of two waiting requests goes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Priority {
    /// A person or a live record waits for it: not paced within what is free, and first in the queue (nine of ten
    /// turns while others wait).
    Live,
    /// Bulk work: paced evenly over the window.
    #[default]
    Bulk,
}

/// What came back.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The header `X-Pagination` of iPaaS.com (ipaas-platform 5.1).
    pub pagination: Option<String>,
    /// The header `X-Request-Id` of BigCommerce, for its support.
    pub request_id: Option<String>,
    /// The body as received; empty with 204.
    pub body: Bytes,
}

impl std::fmt::Debug for Answer {
    /// Without the body, which may hold personal values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "answer {} with {} bytes", self.status, self.body.len())
    }
}

/// The method as it stands on the wire.
pub fn method_name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    }
}
