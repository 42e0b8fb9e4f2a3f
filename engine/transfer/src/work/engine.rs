//! What transfers work with.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use mapwright_language::schema::{Api, Catalog};

use crate::connect::links::LinkClient;
use crate::connect::wire::{CallError, Request, Sending, Wire};
use crate::state::Store;

use super::observe::Observer;
use super::outcome::Calls;
use super::plans::Plans;
use super::present::Rows;
use super::settling::Settling;

/// Says that a run should end: what is in flight is finished and saved, nothing new is begun.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks for the end.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Everything that is the same for all transfers of a run.
#[derive(Clone)]
pub struct Engine {
    /// Record types and routes.
    pub catalog: Arc<Catalog>,
    /// The project's plans, for what goes before a record and what runs after it.
    pub plans: Arc<Plans>,
    /// Sends requests.
    pub wire: Arc<Counted>,
    /// Links.
    pub links: LinkClient,
    /// What is remembered between runs.
    pub store: Arc<Store>,
    /// Settings of the subscription, as text.
    pub settings: Arc<BTreeMap<String, String>>,
    /// `subscription.id`
    pub subscription_id: Arc<str>,
    /// The subscription's id in iPaaS.com.
    pub system_id: Arc<str>,
    /// For times without offset.
    pub zone: TimeZone,
    /// `now`
    pub now: jiff::Timestamp,
    /// Reads everything, sends nothing; what would be sent is kept in `requests`.
    pub dry_run: bool,
    /// What a dry run would send.
    pub requests: Arc<Mutex<Vec<Request>>>,
    /// Who watches.
    pub observer: Arc<dyn Observer>,
    /// What this process wrote that reads may not show yet.
    pub settling: Arc<Settling>,
    /// Ends the run early.
    pub stop: Stop,
    /// How long after something was not there it is asked for again: only what is not there twice is gone.
    pub confirm_after: Duration,
    /// Records at work at the same time (the executor paces their calls).
    pub concurrency: usize,
}

impl Engine {
    /// How rows are compared.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows { catalog: &self.catalog, zone: &self.zone, system_id: &self.system_id }
    }

    /// Keeps what a dry run would send.
    pub fn would_send(&self, request: Request) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }
}

/// Counts calls by system.
pub struct Counted {
    inner: Arc<dyn Wire>,
    bigcommerce: AtomicU64,
    ipaas: AtomicU64,
}

impl Counted {
    /// Counts what goes through.
    #[must_use]
    pub fn new(inner: Arc<dyn Wire>) -> Self {
        Counted { inner, bigcommerce: AtomicU64::new(0), ipaas: AtomicU64::new(0) }
    }

    /// Calls so far.
    #[must_use]
    pub fn calls(&self) -> Calls {
        Calls { bigcommerce: self.bigcommerce.load(Ordering::Relaxed), ipaas: self.ipaas.load(Ordering::Relaxed) }
    }
}

impl Wire for Counted {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        let counter = if matches!(request.api, Api::BigcommerceV2 | Api::BigcommerceV3) {
            &self.bigcommerce
        } else {
            &self.ipaas
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.inner.send(request)
    }
}

/// Why a run cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt(pub String);

impl std::fmt::Display for Halt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Halt {}

/// Turns "nothing more can be done" into a halt and leaves other errors as text.
///
/// # Errors
/// The run has to end.
pub fn unless_halted(error: &CallError) -> Result<String, Halt> {
    match error {
        CallError::Stop(why) => Err(Halt(why.clone())),
        other => Ok(other.to_string()),
    }
}
