//! The two systems without a connection: tokens, the rate window, faults, schema checks, then one handler under one lock.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::{
    bigcommerce, control,
    credentials::Credentials,
    error::Error,
    exchange::{Answer, Body, Call},
    faults::{self, FaultKind, Faults, Heard, Played},
    generate, ipaas,
    message::{Arrival, Departure, Ending},
    options::Options,
    statistics::Statistics,
    store::Store,
    validate::Requests,
    window::Window,
};

/// What all calls share.
pub struct Shared {
    pub credentials: Credentials,
    pub requests: Requests,
    pub store: Mutex<Store>,
    pub window: Mutex<Window>,
    pub faults: Mutex<Faults>,
    pub lag: Mutex<Duration>,
    heard: Mutex<Heard>,
    own_window: Option<Mutex<Window>>,
    statistics: Mutex<Statistics>,
    scopes: Mutex<BTreeSet<String>>,
    latency: Duration,
    inventory_delay: Duration,
    started: (Instant, Timestamp),
}

/// Whether what a call changes is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Kept,
    /// The same, and reads do not lag.
    BehindTheScene,
    /// The answer is that of a call that was done, but nothing was.
    Undone,
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
            window: Mutex::new(Window::new(options.window, options.quota, now.into_std())),
            faults: Mutex::new(Faults::new(options.faults, options.rules, options.seed)),
            lag: Mutex::new(options.lag),
            heard: Mutex::default(),
            own_window: options.ipaas_quota.map(|quota| Mutex::new(Window::new(options.window, quota, now.into_std()))),
            statistics: Mutex::new(Statistics::default()),
            scopes: Mutex::new(bigcommerce::SCOPES.iter().map(|scope| (*scope).to_owned()).collect()),
            latency: options.latency,
            inventory_delay: options.inventory_delay,
            started: (now, Timestamp::now()),
        })
    }

    pub fn statistics(&self) -> Statistics {
        let mut statistics = lock(&self.statistics).clone();
        statistics.windows = lock(&self.window).uses(Instant::now().into_std());
        statistics.faults_by_kind = lock(&self.faults).played.clone();
        statistics
    }

    /// Replaces the scopes of the token.
    pub fn set_scopes(&self, scopes: Vec<String>) {
        *lock(&self.scopes) = scopes.into_iter().collect();
    }

    /// The time of the runtime, which a test can pause.
    fn now(&self) -> Timestamp {
        let (instant, time) = self.started;
        let passed = SignedDuration::try_from(instant.elapsed()).unwrap_or(SignedDuration::ZERO);
        time.checked_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// Runs a call of one system on the store and keeps or undoes its changes. A read sees what was there before the lag.
    fn run(&self, call: &Call, effect: Effect, handler: impl FnOnce(&mut Store, &Call) -> Answer) -> Answer {
        let mut store = lock(&self.store);
        let lag = if effect == Effect::BehindTheScene { Duration::ZERO } else { *lock(&self.lag) };
        let reads = call.method == "GET" || call.path.last().is_some_and(|last| last == "LookupSpecial");
        if reads && !lag.is_zero() {
            let newer = store.look_back(Instant::now(), lag);
            let answer = handler(&mut store, call);
            store.rollback();
            store.look_ahead(newer);
            return answer;
        }
        let answer = handler(&mut store, call);
        if effect == Effect::Undone || !answer.keeps() {
            store.rollback();
            return answer;
        }
        match store.commit(Instant::now()) {
            Ok(()) => answer,
            Err(error) => Answer { status: 500, headers: Vec::new(), body: Body::Html(error.to_string()) },
        }
    }

    fn on_bigcommerce(&self, call: &Call, effect: Effect) -> Answer {
        let endpoint = match bigcommerce::resolve(call, &lock(&self.scopes)) {
            Ok(endpoint) => endpoint,
            Err(refusal) => return refusal,
        };
        let now = Timestamp::from_second(self.now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH);
        self.run(call, effect, |store, call| {
            endpoint.run(&mut bigcommerce::Store3 { store, now, inventory_delay: self.inventory_delay }, call)
        })
    }

    fn on_ipaas(&self, call: &Call, effect: Effect) -> Answer {
        let now = self.now();
        self.run(call, effect, |store, call| ipaas::handle(store, call, &self.credentials.system_id, now))
    }

    /// A BigCommerce call behind the scene.
    pub fn bigcommerce(&self, call: &Call) -> Answer {
        self.on_bigcommerce(call, Effect::BehindTheScene)
    }

    /// An iPaaS.com call behind the scene.
    pub fn ipaas(&self, call: &Call) -> Answer {
        self.on_ipaas(call, Effect::BehindTheScene)
    }

    /// Answers a request, whichever system it is for.
    pub async fn answer(&self, arrival: &Arrival) -> Departure {
        let call = arrival.call();
        match call.path.first().map(String::as_str) {
            Some("_sandbox") => control::answer(self, &call.below(1)).into(),
            Some("stores") if call.path.len() > 2 => {
                let hash = call.path.get(1).cloned().unwrap_or_default();
                self.bigcommerce_answers(&hash, &call.below(2), arrival).await
            }
            Some("ipaas") => self.ipaas_answers(&call.below(1), arrival).await,
            _ => Answer::empty(404).into(),
        }
    }

    async fn bigcommerce_answers(&self, hash: &str, call: &Call, arrival: &Arrival) -> Departure {
        let route = call.route();
        let token = arrival.header("x-auth-token").unwrap_or_default();
        if hash != self.credentials.store_hash || token != self.credentials.access_token {
            lock(&self.statistics).count("bigcommerce", &route, 401);
            return bigcommerce::unauthorized().into();
        }
        let played = lock(&self.faults).next("stores", call, Instant::now());
        if let Some(played) = &played {
            lock(&self.statistics).faults += 1;
            if let Some(refused) = too_many(played.kind) {
                lock(&self.statistics).count("bigcommerce", &route, 429);
                return refused.into();
            }
        }
        let free = {
            let mut window = lock(&self.window);
            let entered = window.enter(&route);
            let taken = entered && window.take(1, Instant::now().into_std());
            if entered && !taken {
                window.leave(&route);
            }
            taken
        };
        let mut departure = if free {
            // The slot is given back even when the client goes away while it waits.
            let _slot = Slot { shared: self, route: &route };
            tokio::time::sleep(self.latency).await;
            self.play(played.as_ref(), call, token, |call, effect| self.checked(call, arrival, effect)).await
        } else {
            bigcommerce::too_many().into()
        };
        lock(&self.statistics).count("bigcommerce", &route, departure.counted());
        let reading = lock(&self.window).reading(Instant::now().into_std());
        let contradicts = played.is_some_and(|played| played.kind == FaultKind::ContradictoryQuota);
        let (left, reset) = if contradicts { (0, 3_599_999) } else { (reading.left, reading.reset_ms) };
        let window = if contradicts { 30_000 } else { reading.window_ms };
        departure.headers.push(("X-Rate-Limit-Time-Window-Ms", window.to_string()));
        departure.headers.push(("X-Rate-Limit-Time-Reset-Ms", reset.to_string()));
        departure.headers.push(("X-Rate-Limit-Requests-Quota", reading.quota.to_string()));
        departure.headers.push(("X-Rate-Limit-Requests-Left", left.to_string()));
        departure
    }

    /// The checks between the rate window and the handler, in BigCommerce's order: path, media, scope, body, schema.
    fn checked(&self, call: &Call, arrival: &Arrival, effect: Effect) -> Answer {
        if arrival.path.ends_with('/') {
            return bigcommerce::forbidden_path();
        }
        if arrival.header("accept").is_some_and(|accept| !accept.contains("json") && !accept.contains("*/*")) {
            return bigcommerce::unsupported_media(call, 406);
        }
        let json = arrival.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        if !arrival.body.is_empty() && !json {
            return bigcommerce::unsupported_media(call, 415);
        }
        if let Err(refusal) = bigcommerce::resolve(call, &lock(&self.scopes)) {
            return refusal;
        }
        if !arrival.body.is_empty() && call.body.is_none() {
            return bigcommerce::invalid(call, &[]);
        }
        let violations = self.requests.check(call);
        if !violations.is_empty() {
            lock(&self.statistics).violated(&violations);
            return bigcommerce::invalid(call, &violations);
        }
        self.on_bigcommerce(call, effect)
    }

    async fn ipaas_answers(&self, call: &Call, arrival: &Arrival) -> Departure {
        let given = arrival.header("authorization");
        let token = given.and_then(|value| value.strip_prefix("Bearer "));
        let departure = match token {
            Some(token) if token == self.credentials.ipaas_token => {
                let played = lock(&self.faults).next("ipaas", call, Instant::now());
                if played.is_some() {
                    lock(&self.statistics).faults += 1;
                }
                let now = Instant::now().into_std();
                if let Some(refused) = played.as_ref().and_then(|played| too_many(played.kind)) {
                    refused.into()
                } else if self.own_window.as_ref().is_none_or(|window| lock(window).take(1, now)) {
                    tokio::time::sleep(self.latency).await;
                    self.play(played.as_ref(), call, token, |call, effect| {
                        let broken = !arrival.body.is_empty() && call.body.is_none();
                        if broken { ipaas::no_json() } else { self.on_ipaas(call, effect) }
                    })
                    .await
                } else {
                    ipaas::too_many().into()
                }
            }
            given => ipaas::unauthorized(if given.is_none() { "AUTH-1001" } else { "AUTH-1002" }).into(),
        };
        lock(&self.statistics).count("ipaas", &call.route(), departure.counted());
        departure
    }

    /// Does the call with what a fault does before, instead or after it.
    async fn play(
        &self,
        played: Option<&Played>,
        call: &Call,
        token: &str,
        run: impl Fn(&Call, Effect) -> Answer,
    ) -> Departure {
        let Some(played) = played else {
            let answer = run(call, Effect::Kept);
            lock(&self.heard).keep(call, &answer);
            return answer.into();
        };
        match played.kind {
            FaultKind::StatusBefore | FaultKind::Outage => return faults::outage(played.status).into(),
            FaultKind::DropBefore => return Departure { ending: Ending::Dropped, ..Answer::empty(0).into() },
            _ => {}
        }
        let read_only = call.method == "GET";
        if read_only && let Some(answer) = faults::other_page(played, call, |call| run(call, Effect::Kept)) {
            return answer.into();
        }
        let effect = if played.done { Effect::Kept } else { Effect::Undone };
        let truth = run(call, effect);
        match played.kind {
            FaultKind::StatusAfter => faults::outage(played.status).into(),
            FaultKind::DropAfter => Departure { ending: Ending::Dropped, ..Answer::empty(0).into() },
            FaultKind::Truncate => Departure { ending: Ending::Cut, ..truth.into() },
            FaultKind::Drip => {
                Departure { ending: Ending::Dripping(Duration::from_millis(played.millis)), ..truth.into() }
            }
            FaultKind::Stall => {
                tokio::time::sleep(Duration::from_millis(played.millis)).await;
                truth.into()
            }
            _ => match faults::told_instead(played, call, &truth, &lock(&self.heard), token) {
                Some(lie) => lie.into(),
                // a kind that has nothing to say about this call leaves it alone
                None if effect == Effect::Undone => run(call, Effect::Kept).into(),
                None => truth.into(),
            },
        }
    }
}

/// The refusals that are no use of the window.
fn too_many(kind: FaultKind) -> Option<Answer> {
    match kind {
        FaultKind::BareTooMany => Some(bigcommerce::bare_too_many()),
        FaultKind::RetryAfterOnly => {
            let mut answer = bigcommerce::bare_too_many();
            answer.headers.push(("Retry-After", "2".to_owned()));
            Some(answer)
        }
        _ => None,
    }
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
