//! An account that is called: a BigCommerce store or an iPaaS.com company. Everything that is shared by all who call it
//! hangs here: its addresses, its credential, its one budget.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mapwright_language::schema::{Api, Method};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::budget::{Pace, RequestBudget, SavedLedger};
use super::call_error::{CallError, Class};
use super::counters::Counters;
use super::turns::Turns;
use super::watch::{Watch, Watcher};

/// Concurrent calls of one route of a store where no other limit is known (bigcommerce-api 2.3).
const STORE_CONCURRENCY: u32 = 3;
/// The same of an iPaaS.com company, of which no limit is known.
const COMPANY_CONCURRENCY: u32 = 8;
/// Concurrent calls of one account.
const MOST_IN_FLIGHT: u32 = 16;
/// Trouble of so many tries, for so long, without one good answer in between, ends the run.
const LASTING_TRIES: u32 = 6;
const LASTING: Duration = Duration::from_secs(180);
/// After so long without an answer people are told.
const LONG_SILENCE: Duration = Duration::from_secs(10);

/// An account and what all callers of it share.
#[derive(Debug)]
pub struct Account {
    /// For messages and as the key of the saved ledger: `store abc123`, `iPaaS.com`.
    pub name: String,
    /// The system, for messages.
    pub(super) system: &'static str,
    /// What a refused token may mean, and what to do then.
    token_refused: &'static str,
    /// Host and port that are called.
    host: String,
    bases: BTreeMap<Api, String>,
    header: &'static str,
    credential: SecretString,
    concurrency: u32,
    pub(super) turns: Arc<Turns>,
    routes: Mutex<BTreeMap<(&'static str, String), Arc<Semaphore>>>,
    /// Why it takes no more calls in this process.
    closed: Mutex<Option<(Class, String)>>,
    /// Answers of any status so far: while none comes, it may not be reachable.
    heard: AtomicU64,
    /// Tries since the last good answer that ended in trouble, and when the first of them ended.
    trouble: Mutex<Option<(u32, Instant)>>,
}

/// An address or a credential that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressError(
    /// For a person.
    pub String,
);

impl std::fmt::Display for AddressError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AddressError {}

impl Account {
    /// A BigCommerce store: `{api_url}/stores/{hash}/v2|v3`, its token in `X-Auth-Token`, paced by the headers of its
    /// answers (bigcommerce-api 1.2, 2.1).
    ///
    /// # Errors
    /// `api_url` is no https URL (http only on loopback), or `hash` is not lower-case letters and digits.
    pub fn bigcommerce(api_url: &str, hash: &str, token: SecretString) -> Result<Self, AddressError> {
        let base = base(api_url)?;
        if hash.is_empty() || hash.len() > 64 || !hash.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            return Err(AddressError("the store hash must consist of lower-case letters and digits".to_owned()));
        }
        check_token(&token)?;
        let bases = BTreeMap::from([
            (Api::BigcommerceV2, format!("{base}/stores/{hash}/v2")),
            (Api::BigcommerceV3, format!("{base}/stores/{hash}/v3")),
        ]);
        let parts = Parts {
            name: format!("store {hash}"),
            system: "BigCommerce",
            token_refused: "it was replaced or revoked, or `store_hash` names another store; a new one is set with `mapwright subscription set --token-file FILE`",
            host: host(&base),
        };
        Ok(Account::new(parts, bases, "x-auth-token", token, Pace::Headers))
    }

    /// An iPaaS.com company: `{ipaas_url}/{api}/v2`, its token as `Bearer`. No header tells its limit; `limit` is calls
    /// and the time they are for.
    ///
    /// # Errors
    /// `ipaas_url` is no https URL (http only on loopback).
    pub fn ipaas(ipaas_url: &str, token: &SecretString, limit: Option<(u32, Duration)>) -> Result<Self, AddressError> {
        let base = base(ipaas_url)?;
        check_token(token)?;
        let bases = [
            (Api::IpaasProducts, "products"),
            (Api::IpaasCustomers, "customers"),
            (Api::IpaasTransactions, "transactions"),
            (Api::IpaasGiftcards, "giftcards"),
            (Api::IpaasSubscriptions, "subscriptions"),
        ]
        .into_iter()
        .map(|(api, name)| (api, format!("{base}/{name}/v2")))
        .collect();
        let pace = limit.map_or(Pace::Free, |(calls, per)| Pace::Limit { calls, per });
        let bearer = SecretString::from(format!("Bearer {}", token.expose_secret()));
        let system = "iPaaS.com";
        let parts = Parts {
            name: system.to_owned(),
            system,
            token_refused: "it was replaced or revoked; a new one is set with `mapwright subscription set --ipaas-token-file FILE`",
            host: host(&base),
        };
        Ok(Account::new(parts, bases, "authorization", bearer, pace))
    }

    fn new(
        parts: Parts,
        bases: BTreeMap<Api, String>,
        header: &'static str,
        credential: SecretString,
        pace: Pace,
    ) -> Self {
        let budget = RequestBudget::new(pace, MOST_IN_FLIGHT, seed());
        let concurrency = if pace == Pace::Headers { STORE_CONCURRENCY } else { COMPANY_CONCURRENCY };
        Account {
            name: parts.name,
            system: parts.system,
            token_refused: parts.token_refused,
            host: parts.host,
            bases,
            header,
            credential,
            concurrency,
            turns: Arc::new(Turns::new(budget)),
            routes: Mutex::default(),
            closed: Mutex::default(),
            heard: AtomicU64::new(0),
            trouble: Mutex::default(),
        }
    }

    /// The same account with a budget of its own choosing: simulations need a seed and more calls in flight.
    #[must_use]
    pub fn with_budget(mut self, budget: RequestBudget) -> Self {
        self.turns = Arc::new(Turns::new(budget));
        self
    }

    /// Takes over what an earlier process knew of the window, so that the first request is not one too many.
    /// `now_unix_ms` is the wall clock.
    pub fn restore(&self, saved: &SavedLedger, now_unix_ms: i64) {
        self.turns.restore(saved, now_unix_ms);
    }

    /// What is known of the window, to be kept for a later process.
    pub fn saved(&self, now_unix_ms: i64) -> Option<SavedLedger> {
        self.turns.saved(now_unix_ms)
    }

    /// What was counted so far.
    pub fn counters(&self) -> Counters {
        self.turns.counters()
    }

    /// Tells `watch` of waits, and has it keep what a later process must know if this one is killed.
    pub fn watched_by(&self, watch: Arc<dyn Watch>) {
        self.turns.watch(Watcher(Some((self.name.clone(), watch))));
    }

    /// Why it takes no more calls in this process; none: it does.
    pub fn closed(&self) -> Option<CallError> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.as_ref().map(|(class, why)| CallError::new(*class, why.clone()))
    }

    /// Takes no more calls in this process: what closed it first stays the reason.
    fn close(&self, class: Class, why: String) -> CallError {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let (class, why) = closed.get_or_insert((class, why)).clone();
        CallError::new(class, why)
    }

    /// The token was refused.
    pub(super) fn close_for_token(&self) -> CallError {
        let why = format!("{} refuses the token (401): {}", self.system, self.token_refused);
        self.close(Class::Unauthorized, why)
    }

    /// No connection, or no answer in time, each time.
    pub(super) fn close_for_silence(&self, why: &str) -> CallError {
        self.close(Class::Unreachable, format!("{} is not reachable at {}: {why}", self.system, self.host))
    }

    /// A try came to an end. Where it is one more of many that did so in trouble, for minutes and without one good answer,
    /// nothing is gained by trying record after record: the account takes no more calls in this process.
    pub(super) fn after_try(&self, in_trouble: bool) -> Option<CallError> {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if !in_trouble {
            *trouble = None;
            return None;
        }
        let (tries, since) = trouble.get_or_insert_with(|| (0, Instant::now()));
        *tries += 1;
        if *tries < LASTING_TRIES || since.elapsed() < LASTING {
            return None;
        }
        let why = format!(
            "{} has given no good answer for {} s ({tries} tries were refused, failed, or not answered in time)",
            self.system,
            since.elapsed().as_secs()
        );
        Some(self.close(Class::Unreachable, why))
    }

    /// Waits for an answer, and tells the watcher from time to time how long that takes.
    pub(super) async fn until_answered<T>(&self, sent: Instant, exchange: impl Future<Output = T>) -> T {
        let mut exchange = std::pin::pin!(exchange);
        loop {
            match tokio::time::timeout(LONG_SILENCE, &mut exchange).await {
                Ok(result) => return result,
                Err(_) => self.turns.watcher().unanswered(sent.elapsed()),
            }
        }
    }

    /// An answer came.
    pub(super) fn hears(&self) {
        self.heard.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    pub(super) fn serves(&self, api: Api) -> bool {
        self.bases.contains_key(&api)
    }

    pub(super) fn credential(&self) -> (&'static str, SecretString) {
        (self.header, self.credential.clone())
    }

    /// The token alone, so that it can be hidden where an answer echoes it.
    pub(super) fn token(&self) -> SecretString {
        let value = self.credential.expose_secret();
        SecretString::from(value.strip_prefix("Bearer ").unwrap_or(value))
    }

    /// The full URL of a path below an API.
    pub(super) fn url(&self, api: Api, path: &str) -> Result<String, AddressError> {
        let Some(base) = self.bases.get(&api) else {
            return Err(AddressError(format!("{} does not serve this API", self.name)));
        };
        let clean = path.bytes().all(|b| b.is_ascii_graphic() && b != b'#' && b != b'\\');
        let before_query = path.split('?').next().unwrap_or_default();
        let dotted = before_query.split('/').any(|segment| {
            matches!(segment.to_ascii_lowercase().as_str(), "." | ".." | "%2e" | "%2e%2e" | ".%2e" | "%2e.")
        });
        if !clean || !path.starts_with('/') || before_query.ends_with('/') || before_query.contains("//") || dotted {
            return Err(AddressError("the path is not percent-encoded or has empty or dotted parts".to_owned()));
        }
        Ok(format!("{base}{path}"))
    }

    /// The permits of a route; the first caller's limit counts.
    pub(super) fn route(&self, method: Method, template: &str, concurrency: Option<u32>) -> Arc<Semaphore> {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (super::request::method_name(method), template.to_owned());
        let limit = concurrency.unwrap_or(self.concurrency).clamp(1, 64) as usize;
        routes.entry(key).or_insert_with(|| Arc::new(Semaphore::new(limit))).clone()
    }
}

/// What names an account.
struct Parts {
    name: String,
    system: &'static str,
    token_refused: &'static str,
    host: String,
}

/// Host and port of a base address.
fn host(base: &str) -> String {
    let url = Url::parse(base).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or(base).to_owned();
    url.and_then(|url| url.port()).map_or(host.clone(), |port| format!("{host}:{port}"))
}

fn base(text: &str) -> Result<String, AddressError> {
    let url = Url::parse(text).map_err(|error| AddressError(format!("the URL cannot be read: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError("the URL must hold no user name and no password".to_owned()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(AddressError("the URL must hold no query and no fragment".to_owned()));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(AddressError(
                "the URL must begin with `https://`; `http://` is for this machine only".to_owned(),
            ));
        }
        _ => return Err(AddressError("the URL must begin with `https://`".to_owned())),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn check_token(token: &SecretString) -> Result<(), AddressError> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(AddressError(
            "the token is empty or holds blanks or characters that no header may have".to_owned(),
        ));
    }
    Ok(())
}

/// Whether a URL's host is this machine by its address or by the name `localhost`.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// Another one in each process, so that two of them do not wait for the same moment.
fn seed() -> u64 {
    let now = jiff::Timestamp::now();
    now.subsec_nanosecond().unsigned_abs().into()
}
