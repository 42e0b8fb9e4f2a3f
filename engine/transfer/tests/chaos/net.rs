//! The way between the executor and the systems, with the patience of the real network, and a place where the process can
//! be killed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use mapwright_language::schema::Method;
use mapwright_sandbox::{Arrival, Departure, Ending, InProcess};
use mapwright_transfer::http::{Exchange, ExchangeError, Incoming, KEPT_HEADERS, Outgoing, Transport};
use secrecy::ExposeSecret;
use tokio::sync::Notify;

/// How long an answer may take before its first byte, and in all.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(120));
/// A run with more calls than this does not end.
pub const ENDLESS: u64 = 3_000;

/// Something that happens at a call.
pub type Event = Box<dyn FnOnce() + Send>;

pub struct Net {
    pub systems: Arc<InProcess>,
    calls: AtomicU64,
    /// The call at which the process ends, and whether its request still goes out.
    kill: Option<(u64, bool)>,
    pub killed: Notify,
    events: Mutex<Vec<(u64, Event)>>,
    /// Sends what was not answered again, whatever it is.
    pub repeats_blindly: bool,
}

impl Net {
    pub fn new(systems: Arc<InProcess>, kill: Option<(u64, bool)>, events: Vec<(u64, Event)>) -> Net {
        Net {
            systems,
            calls: AtomicU64::new(0),
            kill,
            killed: Notify::new(),
            events: Mutex::new(events),
            repeats_blindly: false,
        }
    }

    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    async fn exchanged(&self, request: Outgoing) -> Result<Incoming, ExchangeError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let due: Vec<(u64, Event)> = {
            let mut events = self.events.lock().unwrap();
            let (due, later) = std::mem::take(&mut *events).into_iter().partition(|(at, _)| *at <= number);
            *events = later;
            due
        };
        due.into_iter().for_each(|(_, event)| event());
        let ends = self.kill.filter(|(at, _)| number >= *at);
        if number > ENDLESS || ends.is_some_and(|(_, sent)| !sent) {
            return self.dead().await;
        }
        // a request that is on its way arrives, whatever becomes of the process
        let (systems, arrival) = (self.systems.clone(), arrival(request));
        let trace = std::env::var("MAPWRIGHT_CHAOS_TRACE").is_ok_and(|part| arrival.path.contains(&part));
        let answer = tokio::spawn(async move {
            let answer = systems.answer(&arrival).await;
            if trace {
                let (sent, got) = (String::from_utf8_lossy(&arrival.body), String::from_utf8_lossy(&answer.body));
                println!(
                    "{} {}?{} {sent}\n  {:?} {} {got}",
                    arrival.method, arrival.path, arrival.query, answer.ending, answer.status
                );
            }
            answer
        });
        if ends.is_some() {
            return self.dead().await;
        }
        let Ok(answer) = tokio::time::timeout(PATIENCE.0, answer).await else {
            return Err(ExchangeError::Late(String::from("no answer in time")));
        };
        received(answer.unwrap()).await
    }

    /// Nothing after this call happens: whoever waits for [`Net::killed`] drops the run.
    async fn dead(&self) -> Result<Incoming, ExchangeError> {
        self.killed.notify_one();
        std::future::pending().await
    }
}

impl Transport for Net {
    fn exchange(&self, request: Outgoing) -> Exchange<'_> {
        Box::pin(async move {
            let again = (self.repeats_blindly && request.method != Method::Get).then(|| request.clone());
            let answer = self.exchanged(request).await;
            let lost = answer.as_ref().map_or(true, |answer| answer.status >= 500);
            match again {
                Some(request) if lost => self.exchanged(request).await,
                _ => answer,
            }
        })
    }
}

fn arrival(request: Outgoing) -> Arrival {
    let below = request.url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).unwrap().1;
    let (path, query) = below.split_once('?').unwrap_or((below, ""));
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    };
    let (name, secret) = &request.credential;
    let headers = [
        ((*name).to_owned(), secret.expose_secret().to_owned()),
        (String::from("accept"), String::from("application/json")),
        (String::from("content-type"), String::from("application/json")),
    ];
    Arrival {
        method: method.to_owned(),
        path: format!("/{path}"),
        query: query.to_owned(),
        headers: headers.into(),
        body: request.body.unwrap_or_default().into_bytes(),
    }
}

async fn received(answer: Departure) -> Result<Incoming, ExchangeError> {
    match answer.ending {
        Ending::Whole => {}
        Ending::Cut => return Err(ExchangeError::Lost(String::from("the answer broke off"))),
        Ending::Dropped => return Err(ExchangeError::Lost(String::from("the connection broke off"))),
        Ending::Dripping(pause) => {
            let takes = pause * u32::try_from(answer.body.len()).unwrap();
            tokio::time::sleep(takes.min(PATIENCE.1)).await;
            if takes > PATIENCE.1 {
                return Err(ExchangeError::Late(String::from("no answer in time")));
            }
        }
    }
    let kept = |(name, value): (&str, String)| {
        let name = name.to_ascii_lowercase();
        KEPT_HEADERS.contains(&name.as_str()).then_some((name, value))
    };
    let headers = answer.headers.into_iter().filter_map(kept).collect();
    Ok(Incoming { status: answer.status, headers, body: Bytes::from(answer.body) })
}
