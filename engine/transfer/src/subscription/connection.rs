//! A subscription and its tokens to something that sends and transfers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mapwright_language::schema::Catalog;

use crate::connect::executing::Executing;
use crate::connect::links::LinkClient;
use crate::connect::wire::Wire;
use crate::http::{Account, Calls, Executor, Priority, SavedLedger, Transport, Watch};
use crate::state::{StateError, Store};
use crate::work::{Counted, Engine, Event, Observer, Stop};

use super::settings::Subscription;
use super::tokens::Tokens;

/// Records at work at the same time.
const CONCURRENCY: usize = 12;
/// Longer than a gateway that was just started anew answers for its service.
const CONFIRM_AFTER: Duration = Duration::from_secs(2);

/// Reservations of the quota go into the state, waits to who watches.
struct Kept {
    store: Arc<Store>,
    observer: Arc<dyn Observer>,
}

impl Watch for Kept {
    fn keep(&self, account: &str, ledger: &SavedLedger) {
        // where the disk fails, the records' ends cannot be kept either, and that ends the run
        let _ = self.store.save_ledger(account, ledger);
    }

    fn waits(&self, account: &str, wait: Duration) {
        self.observer.see(Event::Waiting { account, wait });
    }

    fn unanswered(&self, account: &str, since: Duration) {
        self.observer.see(Event::Unanswered { account, since });
    }
}

/// A subscription's accounts and executor.
pub struct Connection {
    /// The subscription.
    pub subscription: Subscription,
    /// Sends everything.
    pub executor: Arc<Executor>,
    /// The store.
    pub bigcommerce: Arc<Account>,
    /// The iPaaS.com company.
    pub ipaas: Arc<Account>,
}

impl Connection {
    /// Connects: nothing is sent yet. `calls` is told of every call.
    ///
    /// # Errors
    /// An address or a token that cannot be used.
    pub fn new(
        subscription: &Subscription,
        tokens: &Tokens,
        transport: Arc<dyn Transport>,
        calls: Option<Arc<dyn Calls>>,
        seed: u64,
    ) -> Result<Connection, String> {
        if let Err(errors) = subscription.check() {
            return Err(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
        }
        let limit = subscription.throttle.map(|t| (t.calls, Duration::from_secs(u64::from(t.seconds))));
        let store = Account::bigcommerce(&subscription.api_url, &subscription.store_hash, tokens.bigcommerce.clone());
        let bigcommerce = Arc::new(store.map_err(|e| format!("BigCommerce: {e}"))?);
        let ipaas = Arc::new(
            Account::ipaas(&subscription.ipaas_url, &tokens.ipaas, limit).map_err(|e| format!("iPaaS.com: {e}"))?,
        );
        let mut executor = Executor::new(transport, vec![bigcommerce.clone(), ipaas.clone()], seed);
        if let Some(calls) = calls {
            executor = executor.with_calls(calls);
        }
        let executor = Arc::new(executor);
        Ok(Connection { subscription: subscription.clone(), executor, bigcommerce, ipaas })
    }

    /// Takes over what an earlier process knew of the quota. `now` is the wall clock.
    pub fn recall(&self, store: &Store, now: jiff::Timestamp) {
        for account in [&self.bigcommerce, &self.ipaas] {
            if let Ok(Some(ledger)) = store.ledger(&account.name) {
                account.restore(&ledger, now.as_millisecond());
            }
        }
    }

    /// Keeps what is known of the quota for a later process.
    ///
    /// # Errors
    /// Of the disk.
    pub fn remember(&self, store: &Store, now: jiff::Timestamp) -> Result<(), StateError> {
        for account in [&self.bigcommerce, &self.ipaas] {
            if let Some(ledger) = account.saved(now.as_millisecond()) {
                store.save_ledger(&account.name, &ledger)?;
            }
        }
        Ok(())
    }

    /// An engine over this connection. `now` is what rules read as `now`.
    #[must_use]
    pub fn engine(
        &self,
        store: Arc<Store>,
        observer: Arc<dyn Observer>,
        priority: Priority,
        now: jiff::Timestamp,
    ) -> Engine {
        let watch: Arc<dyn Watch> = Arc::new(Kept { store: store.clone(), observer: observer.clone() });
        self.bigcommerce.watched_by(watch.clone());
        self.ipaas.watched_by(watch);
        let wire: Arc<dyn Wire> = Arc::new(Executing { executor: self.executor.clone(), priority });
        self.engine_over(wire, store, observer, now)
    }

    /// An engine that sends through something else: tests that break a wire.
    #[must_use]
    pub fn engine_over(
        &self,
        wire: Arc<dyn Wire>,
        store: Arc<Store>,
        observer: Arc<dyn Observer>,
        now: jiff::Timestamp,
    ) -> Engine {
        let wire = Arc::new(Counted::new(wire));
        let catalog = Arc::new(Catalog::builtin().clone());
        let system_id: Arc<str> = self.subscription.system_id.as_str().into();
        let links = LinkClient { wire: wire.clone(), catalog: catalog.clone(), system_id: system_id.clone() };
        Engine {
            catalog,
            plans: Arc::default(),
            wire,
            links,
            store,
            settings: Arc::new(self.subscription.settings.clone()),
            subscription_id: system_id.clone(),
            system_id,
            zone: self.subscription.zone(),
            now,
            dry_run: false,
            requests: Arc::new(Mutex::new(vec![])),
            observer,
            settling: Arc::default(),
            stop: Stop::default(),
            confirm_after: CONFIRM_AFTER,
            concurrency: CONCURRENCY,
        }
    }
}
