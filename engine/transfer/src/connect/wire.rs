//! What the route-driven calls need of the executor: one request in, one answer out. The executor paces, retries what may
//! be repeated, and follows nothing; a dry run and the tests put something else in its place.

use std::future::Future;
use std::pin::Pin;

use mapwright_language::json::Json;
use mapwright_language::schema::{Api, Method, Repeat};

/// A request that only has to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Which base URL.
    pub api: Api,
    /// The method.
    pub method: Method,
    /// Path and query below the base URL, percent-encoded.
    pub path: String,
    /// The route's path with its placeholders: what a limit on concurrent calls counts by.
    pub template: String,
    /// The body.
    pub body: Option<Json>,
    /// Whether it may be sent again when its answer was lost.
    pub repeat: Repeat,
    /// At most so many of these calls at a time; none: the executor's default.
    pub concurrency: Option<u32>,
    /// OAuth scope it needs, for messages.
    pub scope: Option<String>,
}

/// What came back: any status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The header `X-Pagination` (ipaas-platform 5.1).
    pub pagination: Option<String>,
    /// The body, empty with 204.
    pub body: Vec<u8>,
    /// Of a 403: the scope that the call needs.
    pub needs: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// It was not sent: the other side cannot have done anything.
    NotSent(String),
    /// It was sent and its answer was lost: the other side may have done it.
    Unknown(String),
    /// Nothing more can be done in this run (token refused, account not reachable, interrupted).
    Stop(String),
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CallError::NotSent(why) | CallError::Unknown(why) | CallError::Stop(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for CallError {}

/// A future answer.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Answer, CallError>> + Send + 'a>>;

/// Something that sends requests.
pub trait Wire: Send + Sync {
    /// Sends one.
    ///
    /// # Errors
    /// There is no answer; an answer of any status is none.
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a>;
}
