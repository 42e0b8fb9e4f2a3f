//! From HTTP to a call and back: tokens, the rate window, faults, schema checks, then one handler under one lock.

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{self, Bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::Timestamp;

use crate::{
    bigcommerce,
    connection::Scissors,
    control,
    credentials::Credentials,
    error::Error,
    exchange::{Answer, Body, Call},
    faults::{self, Fault, FaultKind, Faults},
    generate, ipaas,
    options::Options,
    statistics::Statistics,
    store::Store,
    validate::Requests,
    window::Window,
};

/// Largest body that is read, bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// What all connections share.
pub struct Shared {
    pub credentials: Credentials,
    pub requests: Requests,
    pub store: Mutex<Store>,
    pub window: Mutex<Window>,
    pub faults: Mutex<Faults>,
    own_window: Option<Mutex<Window>>,
    statistics: Mutex<Statistics>,
    scopes: Mutex<BTreeSet<String>>,
    latency: Duration,
    inventory_delay: Duration,
}

/// A lock that a panic of another call does not spoil: what that call changed was rolled back or never committed.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub fn new(options: Options, port: u16) -> Result<Shared, Error> {
        let mut store = Store::open(options.state.as_deref())?;
        if store.is_empty() {
            generate::fill(&mut store, options.seed, options.records)?;
        }
        let now = Instant::now();
        Ok(Shared {
            // A state keeps the seed, and with it the tokens, that it was made with.
            credentials: Credentials::new(store.sequence("seed").unwrap_or(options.seed), port),
            requests: Requests::builtin()?,
            store: Mutex::new(store),
            window: Mutex::new(Window::new(options.window, options.quota, now)),
            faults: Mutex::new(Faults::new(options.faults)),
            own_window: options.ipaas_quota.map(|quota| Mutex::new(Window::new(options.window, quota, now))),
            statistics: Mutex::new(Statistics::default()),
            scopes: Mutex::new(bigcommerce::SCOPES.iter().map(|scope| (*scope).to_owned()).collect()),
            latency: options.latency,
            inventory_delay: options.inventory_delay,
        })
    }

    pub fn statistics(&self) -> Statistics {
        let mut statistics = lock(&self.statistics).clone();
        statistics.windows = lock(&self.window).uses(Instant::now());
        statistics
    }

    pub fn order(&self, fault: Fault) {
        lock(&self.faults).add(fault);
    }

    /// Replaces the scopes of the token.
    pub fn set_scopes(&self, scopes: Vec<String>) {
        *lock(&self.scopes) = scopes.into_iter().collect();
    }

    /// Runs a call of one system on the store and keeps or undoes its changes.
    fn run(&self, call: &Call, handler: impl FnOnce(&mut Store, &Call) -> Answer) -> Answer {
        let mut store = lock(&self.store);
        let answer = handler(&mut store, call);
        if !answer.keeps() {
            store.rollback();
            return answer;
        }
        match store.commit() {
            Ok(()) => answer,
            Err(error) => Answer { status: 500, headers: Vec::new(), body: Body::Html(error.to_string()) },
        }
    }

    /// A BigCommerce call behind the scene or after all checks.
    pub fn bigcommerce(&self, call: &Call) -> Answer {
        let endpoint = match bigcommerce::resolve(call, &lock(&self.scopes)) {
            Ok(endpoint) => endpoint,
            Err(refusal) => return refusal,
        };
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH);
        self.run(call, |store, call| {
            endpoint.run(&mut bigcommerce::Store3 { store, now, inventory_delay: self.inventory_delay }, call)
        })
    }

    /// An iPaaS.com call behind the scene or after all checks.
    pub fn ipaas(&self, call: &Call) -> Answer {
        self.run(call, |store, call| ipaas::handle(store, call, &self.credentials.system_id, Timestamp::now()))
    }
}

/// Everything goes through one handler: the paths of the two systems are their own business.
pub fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(serve).with_state(shared)
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = body::to_bytes(body, LARGEST).await else { return send(Answer::empty(413), false) };
    let raw = parts.uri.path();
    let slash = raw.len() > 1 && raw.ends_with('/');
    let mut path: Vec<String> = raw.trim_matches('/').split('/').map(decode).collect();
    let call = |path: Vec<String>| Call {
        method: parts.method.as_str().to_owned(),
        path,
        query: pairs(parts.uri.query().unwrap_or_default()),
        body: serde_json::from_slice(&bytes).ok(),
    };
    match path.first().map(String::as_str) {
        Some("_sandbox") => {
            let path = path.split_off(1);
            send(control::answer(&shared, &call(path)), false)
        }
        Some("stores") if path.len() > 2 => {
            let rest = path.split_off(2);
            let hash = path.pop().unwrap_or_default();
            bigcommerce(&shared, &scissors, &hash, call(rest), slash, &parts.headers, &bytes).await
        }
        Some("ipaas") => {
            let path = path.split_off(1);
            ipaas(&shared, &scissors, call(path), &parts.headers, &bytes).await
        }
        _ => send(Answer::empty(404), false),
    }
}

async fn bigcommerce(
    shared: &Shared,
    scissors: &Scissors,
    hash: &str,
    call: Call,
    slash: bool,
    headers: &HeaderMap,
    bytes: &Bytes,
) -> Response {
    let route = call.route();
    let token = headers.get("x-auth-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
    if hash != shared.credentials.store_hash || token != shared.credentials.access_token {
        lock(&shared.statistics).count("bigcommerce", &route, 401);
        return send(bigcommerce::unauthorized(), false);
    }
    let fault = lock(&shared.faults).next("/stores", &call);
    if let Some(fault) = &fault {
        lock(&shared.statistics).faults += 1;
        if fault.kind == FaultKind::BareTooMany {
            lock(&shared.statistics).count("bigcommerce", &route, 429);
            return send(bigcommerce::bare_too_many(), false);
        }
    }
    let free = {
        let mut window = lock(&shared.window);
        let entered = window.enter(&route);
        let taken = entered && window.take(1, Instant::now());
        if entered && !taken {
            window.leave(&route);
        }
        taken
    };
    let answer = if free {
        // The slot is given back even when the client goes away while it waits.
        let _slot = Slot { shared, route: &route };
        tokio::time::sleep(shared.latency).await;
        play(shared, fault.as_ref(), scissors, || checked(shared, &call, slash, headers, bytes)).await
    } else {
        (bigcommerce::too_many(), false)
    };
    let (mut answer, cut) = answer;
    lock(&shared.statistics).count("bigcommerce", &route, answer.status);
    let reading = lock(&shared.window).reading(Instant::now());
    answer.headers.push(("X-Rate-Limit-Time-Window-Ms", reading.window_ms.to_string()));
    answer.headers.push(("X-Rate-Limit-Time-Reset-Ms", reading.reset_ms.to_string()));
    answer.headers.push(("X-Rate-Limit-Requests-Quota", reading.quota.to_string()));
    answer.headers.push(("X-Rate-Limit-Requests-Left", reading.left.to_string()));
    send(answer, cut)
}

struct Slot<'a> {
    shared: &'a Shared,
    route: &'a str,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        lock(&self.shared.window).leave(self.route);
    }
}

/// The checks between the rate window and the handler, in BigCommerce's order: path, media, scope, body, schema.
fn checked(shared: &Shared, call: &Call, slash: bool, headers: &HeaderMap, bytes: &Bytes) -> Answer {
    if slash {
        return bigcommerce::forbidden_path();
    }
    let header = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if header(header::ACCEPT).is_some_and(|accept| !accept.contains("json") && !accept.contains("*/*")) {
        return bigcommerce::unsupported_media(call, 406);
    }
    if !bytes.is_empty() && !header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json")) {
        return bigcommerce::unsupported_media(call, 415);
    }
    if let Err(refusal) = bigcommerce::resolve(call, &lock(&shared.scopes)) {
        return refusal;
    }
    if !bytes.is_empty() && call.body.is_none() {
        return bigcommerce::invalid(call, &[]);
    }
    let violations = shared.requests.check(call);
    if !violations.is_empty() {
        lock(&shared.statistics).violated(&violations);
        return bigcommerce::invalid(call, &violations);
    }
    shared.bigcommerce(call)
}

async fn ipaas(shared: &Shared, scissors: &Scissors, call: Call, headers: &HeaderMap, bytes: &Bytes) -> Response {
    let route = call.route();
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer "));
    let fault = lock(&shared.faults).next("/ipaas", &call);
    let (answer, cut) = match token {
        Some(token) if token == shared.credentials.ipaas_token => {
            let free = shared.own_window.as_ref().is_none_or(|window| lock(window).take(1, Instant::now()));
            if free {
                tokio::time::sleep(shared.latency).await;
                play(shared, fault.as_ref(), scissors, || {
                    if !bytes.is_empty() && call.body.is_none() { ipaas::no_json() } else { shared.ipaas(&call) }
                })
                .await
            } else {
                (ipaas::too_many(), false)
            }
        }
        given => (ipaas::unauthorized(if given.is_none() { "AUTH-1001" } else { "AUTH-1002" }), false),
    };
    lock(&shared.statistics).count("ipaas", &route, answer.status);
    send(answer, cut)
}

/// Does the call with what a fault does before or after it. The flag tells to cut the body in the middle.
async fn play(
    shared: &Shared,
    fault: Option<&Fault>,
    scissors: &Scissors,
    call: impl FnOnce() -> Answer,
) -> (Answer, bool) {
    let Some(fault) = fault else { return (call(), false) };
    let _ = shared;
    match fault.kind {
        FaultKind::StatusBefore => (faults::outage(fault.status), false),
        FaultKind::StatusAfter => {
            call();
            (faults::outage(fault.status), false)
        }
        FaultKind::DropBefore => {
            scissors.cut();
            (Answer::empty(0), false)
        }
        FaultKind::DropAfter => {
            call();
            scissors.cut();
            (Answer::empty(0), false)
        }
        FaultKind::Stall => {
            let answer = call();
            tokio::time::sleep(Duration::from_millis(fault.millis)).await;
            (answer, false)
        }
        FaultKind::Truncate => (call(), true),
        FaultKind::ErrorBody => {
            let mut answer = faults::outage(503);
            answer.status = 200;
            (answer, false)
        }
        FaultKind::BareTooMany => (bigcommerce::bare_too_many(), false),
    }
}

fn send(answer: Answer, cut: bool) -> Response {
    let (kind, text) = match answer.body {
        Body::None => (None, String::new()),
        Body::Json(value) => (Some("application/json"), value.to_string()),
        Body::Html(text) => (Some("text/html; charset=UTF-8"), text),
    };
    let body = if cut {
        let half = Bytes::from(text.as_bytes()[..text.len() / 2].to_vec());
        body::Body::from_stream(futures_util::stream::iter([Ok(half), Err(io::Error::other("cut in the middle"))]))
    } else {
        body::Body::from(text)
    };
    let mut response = Response::new(body);
    // Status 0 stands for a dropped connection; nothing of this answer is sent.
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(kind) = kind {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(header::HeaderName::from_bytes(name.as_bytes()).unwrap_or(header::WARNING), value);
        }
    }
    response
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'%').then(|| tail.get(..2)).flatten();
        let code = code.and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_and_paths_are_decoded() {
        assert_eq!(decode("101%7C55"), "101|55");
        assert_eq!(decode("100%"), "100%");
        let expected = [("sku:in".to_owned(), "a b,c".to_owned()), ("x".to_owned(), "+".to_owned())];
        assert_eq!(pairs("sku%3Ain=a+b,c&x=%2B"), expected);
    }
}
