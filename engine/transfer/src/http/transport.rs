//! The seam between the executor and the network: one exchange, no retries, no pacing.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use mapwright_language::schema::Method;
use secrecy::SecretString;

/// A request with its full URL and credential.
#[derive(Clone)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// Full URL.
    pub url: String,
    /// Header name and secret value (`X-Auth-Token`, or `Authorization` with `Bearer` in the value).
    pub credential: (&'static str, SecretString),
    /// JSON text.
    pub body: Option<String>,
}

impl std::fmt::Debug for Outgoing {
    /// The method alone: URL and body may hold personal values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outgoing({:?})", self.method)
    }
}

/// An answer of any status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incoming {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case; only those in [`KEPT_HEADERS`].
    pub headers: Vec<(String, String)>,
    /// The body after decompression.
    pub body: Bytes,
}

impl Incoming {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The headers that anyone here reads (bigcommerce-api 2.1, ipaas-platform 5.1).
pub const KEPT_HEADERS: [&str; 8] = [
    "x-rate-limit-time-window-ms",
    "x-rate-limit-time-reset-ms",
    "x-rate-limit-requests-quota",
    "x-rate-limit-requests-left",
    "x-retry-after",
    "retry-after",
    "x-pagination",
    "x-request-id",
];

/// No usable answer. The texts are ours: they hold no URL, no header and no body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExchangeError {
    /// Nothing was sent, and not for want of a connection.
    NotSent(String),
    /// No connection: nothing was sent.
    NoConnection(String),
    /// It was sent, and no answer came in time.
    Late(String),
    /// It was sent, or may have been, and no whole answer came.
    Lost(String),
    /// An answer came whose body is larger than the limit.
    TooLarge {
        /// HTTP status.
        status: u16,
        /// The limit, in bytes.
        limit: usize,
    },
}

/// An exchange under way.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Incoming, ExchangeError>> + Send + 'a>>;

/// Sends one request and reads one answer.
pub trait Transport: Send + Sync {
    /// One exchange; never repeated and never redirected.
    fn exchange(&self, request: Outgoing) -> Exchange<'_>;
}
