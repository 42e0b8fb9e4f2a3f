//! The queue before an account: who waits, who goes next, when. Two queues, of which the live one goes first; while both
//! wait, every tenth turn is the other's.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::budget::{Leave, RequestBudget, SavedLedger};
use super::counters::Counters;
use super::rate_headers::RateHeaders;
use super::request::Priority;
use super::watch::Watcher;

const LIVE_IN_ROW: u32 = 9;
/// Shorter waits are the even pace, which nobody needs to be told of.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// The queue and the budget it obeys.
#[derive(Debug)]
pub struct Turns {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    budget: RequestBudget,
    live: VecDeque<Arc<Notify>>,
    bulk: VecDeque<Arc<Notify>>,
    live_in_row: u32,
    counters: Counters,
    /// Answers 429 that earlier processes had.
    refused_before: u64,
    watcher: Watcher,
    /// Until when calls wait, as the watcher was told last.
    told_wait: Duration,
}

impl State {
    /// Keeps what must be known of this process should it be killed. Within the lock: no call leaves before it is kept.
    fn reserve(&mut self, now: Duration) {
        if self.watcher.0.is_none() {
            return;
        }
        let refused = self.refused_before + self.counters.refused;
        if let Some(ledger) = self.budget.reserve(now, jiff::Timestamp::now().as_millisecond()) {
            self.watcher.keep(&SavedLedger { answered_429: refused, ..ledger });
        }
    }

    /// Whether a wait until then is news to the watcher.
    fn tell(&mut self, now: Duration, until: Duration) -> Option<Watcher> {
        let news = until >= now + WORTH_TELLING && until > self.told_wait + WORTH_TELLING;
        if news {
            self.told_wait = until;
        }
        Some(self.watcher.clone()).filter(|_| news)
    }
    fn queue(&mut self, priority: Priority) -> &mut VecDeque<Arc<Notify>> {
        match priority {
            Priority::Live => &mut self.live,
            Priority::Bulk => &mut self.bulk,
        }
    }

    /// Whose turn it is: the priority, and whether it must keep the pace.
    fn next(&self) -> (Priority, bool) {
        match (self.live.is_empty(), self.bulk.is_empty()) {
            (true, _) => (Priority::Bulk, true),
            (false, false) if self.live_in_row >= LIVE_IN_ROW => (Priority::Bulk, false),
            _ => (Priority::Live, false),
        }
    }

    fn wake(&self) {
        for front in [self.live.front(), self.bulk.front()].into_iter().flatten() {
            front.notify_one();
        }
    }
}

/// A place in the queue; leaves it when dropped.
struct Place<'a> {
    turns: &'a Turns,
    priority: Priority,
    called: Arc<Notify>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.turns.lock();
        state.queue(self.priority).retain(|other| !Arc::ptr_eq(other, &self.called));
        state.wake();
    }
}

impl Turns {
    /// Nobody waits yet.
    pub fn new(budget: RequestBudget) -> Self {
        let state = State {
            budget,
            live: VecDeque::new(),
            bulk: VecDeque::new(),
            live_in_row: 0,
            counters: Counters::default(),
            refused_before: 0,
            watcher: Watcher::default(),
            told_wait: Duration::ZERO,
        };
        Turns { start: Instant::now(), state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Waits for a turn. Dropping the future gives the place up.
    pub async fn take(self: &Arc<Self>, priority: Priority, repeated: bool) -> Turn {
        let called = Arc::new(Notify::new());
        self.lock().queue(priority).push_back(called.clone());
        let place = Place { turns: self, priority, called };
        let arrived = self.now();
        loop {
            let leave = self.try_pass(&place);
            match leave {
                Leave::Go(call) => {
                    {
                        let mut state = self.lock();
                        state.counters.calls += 1;
                        state.counters.repeats += u64::from(repeated);
                        state.counters.waited += self.now().saturating_sub(arrived);
                    }
                    return Turn { turns: self.clone(), call, settled: false };
                }
                Leave::At(time) => {
                    let now = self.now();
                    let watcher = self.lock().tell(now, time);
                    if let Some(watcher) = watcher {
                        watcher.waits(time.saturating_sub(now));
                    }
                    tokio::select! {
                        () = tokio::time::sleep_until(self.start + time) => {}
                        () = place.called.notified() => {}
                    }
                }
                Leave::AfterAnswer => place.called.notified().await,
            }
        }
    }

    fn try_pass(&self, place: &Place<'_>) -> Leave {
        let mut state = self.lock();
        let first = state.queue(place.priority).front().is_some_and(|front| Arc::ptr_eq(front, &place.called));
        let (priority, paced) = state.next();
        if !first || priority != place.priority {
            return Leave::AfterAnswer;
        }
        let leave = state.budget.ask(self.now(), paced);
        if matches!(leave, Leave::Go(_)) {
            state.reserve(self.now());
            state.live_in_row = if priority == Priority::Live { state.live_in_row.saturating_add(1) } else { 0 };
        }
        leave
    }

    /// See [`RequestBudget::saved`].
    pub fn saved(&self, now_unix_ms: i64) -> Option<SavedLedger> {
        let state = self.lock();
        let answered_429 = state.refused_before + state.counters.refused;
        let saved = state.budget.saved(self.now(), now_unix_ms);
        // an account that tells no quota has its refusals all the same
        let refused = (answered_429 > 0).then(|| SavedLedger::without_quota(now_unix_ms));
        saved.or(refused).map(|saved| SavedLedger { answered_429, ..saved })
    }

    /// Tells `watcher` from now on.
    pub(super) fn watch(&self, watcher: Watcher) {
        self.lock().watcher = watcher;
    }

    /// Who watches.
    pub(super) fn watcher(&self) -> Watcher {
        self.lock().watcher.clone()
    }

    /// See [`RequestBudget::restore`].
    pub fn restore(&self, saved: &SavedLedger, now_unix_ms: i64) {
        let mut state = self.lock();
        state.budget.restore(saved, self.now(), now_unix_ms);
        state.refused_before = saved.answered_429;
        state.wake();
    }

    /// What was counted so far.
    pub fn counters(&self) -> Counters {
        let state = self.lock();
        let mut counters = state.counters.clone();
        counters.windows = state.budget.finished().to_vec();
        let newest = state.budget.window().map(|window| (window.quota, window.left));
        let newest = newest.or_else(|| counters.windows.last().map(|window| (window.quota, window.left)));
        counters.quota = newest.map(|(quota, _)| quota);
        counters.left = newest.map(|(_, left)| left);
        counters
    }
}

/// Leave for one call. It must be told how the call ended; dropped without, its answer counts as lost.
#[derive(Debug)]
pub struct Turn {
    turns: Arc<Turns>,
    call: u64,
    settled: bool,
}

impl Turn {
    /// An answer came.
    pub fn answered(mut self, status: u16, headers: &RateHeaders) {
        self.settled = true;
        let now = self.turns.now();
        let mut state = self.turns.lock();
        state.budget.answered(self.call, now, status, headers);
        match status {
            429 => state.counters.refused += 1,
            500.. => state.counters.failed += 1,
            _ => {}
        }
        state.reserve(now);
        state.wake();
    }

    /// Nothing was sent.
    pub fn not_sent(mut self) {
        self.settled = true;
        let mut state = self.turns.lock();
        state.budget.not_sent(self.call);
        state.counters.not_sent += 1;
        state.counters.calls = state.counters.calls.saturating_sub(1);
        state.wake();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.settled {
            let now = self.turns.now();
            let mut state = self.turns.lock();
            state.budget.lost(self.call, now);
            state.counters.lost += 1;
            state.wake();
        }
    }
}
