//! The network: the only file of the workspace that opens a connection.

use std::time::Duration;

use bytes::BytesMut;
use mapwright_language::schema::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use secrecy::ExposeSecret;

use super::account::is_loopback;
use super::transport::{Exchange, ExchangeError, Incoming, KEPT_HEADERS, Outgoing, Transport};

const CONNECT: Duration = Duration::from_secs(10);
const READ: Duration = Duration::from_secs(60);
/// Also for a body that drips.
const TOTAL: Duration = Duration::from_secs(75);
/// Most bytes of an answer, after decompression: 250 products with all they hold stay far below.
const BODY_LIMIT: usize = 32 << 20;

/// reqwest with everything switched off that would act on its own: redirects (a redirect to another host would take
/// `X-Auth-Token` along), retries, and waiting for ever.
#[derive(Debug)]
pub struct Network {
    /// Through the system's proxy, if one is set.
    outside: Client,
    /// Never through a proxy.
    loopback: Client,
}

impl Network {
    /// Builds the clients; `user_agent` is the `User-Agent` that BigCommerce asks for (bigcommerce-api 1.2).
    ///
    /// # Errors
    /// TLS cannot be set up, or `user_agent` is no header value.
    pub fn new(user_agent: &str) -> Result<Self, String> {
        let builder = || -> ClientBuilder {
            Client::builder()
                .user_agent(user_agent)
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .connect_timeout(CONNECT)
                .read_timeout(READ)
                .timeout(TOTAL)
        };
        let outside = builder().https_only(true).build().map_err(|error| describe(&error))?;
        let loopback = builder().no_proxy().build().map_err(|error| describe(&error))?;
        Ok(Network { outside, loopback })
    }
}

impl Transport for Network {
    fn exchange(&self, request: Outgoing) -> Exchange<'_> {
        Box::pin(self.run(request))
    }
}

impl Network {
    async fn run(&self, request: Outgoing) -> Result<Incoming, ExchangeError> {
        let url = reqwest::Url::parse(&request.url)
            .map_err(|_| ExchangeError::NotSent("the URL cannot be read".to_owned()))?;
        let client = if is_loopback(&url) { &self.loopback } else { &self.outside };
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let (name, secret) = &request.credential;
        let mut credential = HeaderValue::from_str(secret.expose_secret())
            .map_err(|_| ExchangeError::NotSent("the token holds characters that no header may have".to_owned()))?;
        credential.set_sensitive(true);
        let mut building = client
            .request(method, url)
            .header(ACCEPT, "application/json")
            .header(HeaderName::from_static(name), credential);
        if let Some(body) = request.body {
            building = building.header(CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = building.send().await.map_err(|error| {
            if error.is_builder() {
                ExchangeError::NotSent(describe(&error))
            } else if error.is_connect() {
                ExchangeError::NoConnection(describe(&error))
            } else if error.is_timeout() {
                ExchangeError::Late(describe(&error))
            } else {
                ExchangeError::Lost(describe(&error))
            }
        })?;
        let status = response.status().as_u16();
        let headers = KEPT_HEADERS
            .iter()
            .filter_map(|name| {
                let value = response.headers().get(*name)?.to_str().ok()?;
                Some(((*name).to_owned(), value.to_owned()))
            })
            .collect();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| ExchangeError::Lost(describe(&error)))? {
            if body.len().saturating_add(chunk.len()) > BODY_LIMIT {
                return Err(ExchangeError::TooLarge { status, limit: BODY_LIMIT });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Incoming { status, headers, body: body.freeze() })
    }
}

/// What went wrong, without the URL (it may hold an e-mail address) and without anything that was sent.
fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return if error.is_connect() { "no connection in time" } else { "no answer in time" }.to_owned();
    }
    let what = if error.is_connect() {
        "no connection"
    } else if error.is_body() || error.is_decode() {
        "the answer broke off"
    } else if error.is_builder() {
        "the request cannot be built"
    } else {
        "the connection broke off"
    };
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    let mut depth = 0;
    while let Some(next) = cause.and_then(std::error::Error::source) {
        cause = Some(next);
        depth += 1;
        if depth == 8 {
            break;
        }
    }
    match cause {
        Some(cause) if error.is_connect() => format!("{what}: {cause}"),
        _ => what.to_owned(),
    }
}
