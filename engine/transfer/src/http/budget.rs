//! The request budget of one account: a window ledger, as a pure state machine. Times are passed in (since the account's
//! first use); it never sleeps and never reads a clock.
//!
//! The server counts our calls and perhaps those of others in fixed windows (bigcommerce-api 2.1, 2.2). From each answer
//! the ledger learns bounds of the window's end (the answer was made somewhere between sending and receiving) and what
//! is left. What is free is what is left, less our calls in flight, less a forecast of what others will use; it is
//! spread evenly over the rest of the window, anew at each call, so that what was missed is caught up. Into a window of
//! which nothing is known goes exactly one call, the probe.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use super::counters::WindowUse;
use super::foreign::Foreign;
use super::rate_headers::{LONGEST, RateHeaders};
use super::window::{Relation, Window};

/// Added to the end of a window and to every hold.
const GUARD: Duration = Duration::from_millis(50);
/// The documented quota and window (bigcommerce-api 2.2), for as long as no header has told.
const DOCUMENTED: (u32, Duration) = (150, Duration::from_secs(30));
/// First back-off after a 429 that tells no time.
const BACK_OFF: Duration = Duration::from_secs(1);
/// First back-off after a 503.
const CLOSED_BACK_OFF: Duration = Duration::from_secs(2);
/// Longest back-off.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
/// A probe that is out for longer may be followed by another.
const PROBE_PATIENCE: Duration = Duration::from_secs(5);
/// More are not kept apart: while nothing answers, one call goes at a time.
const MOST_UNTOLD: usize = 1_000;
/// A reservation is this part of the quota: so often per window something is written to disk, and so much of a window is
/// given up at most when the process is killed.
const RESERVATION: u32 = 8;
/// Ends of the same window that lie apart less than this need no new reservation: the guard covers it.
const SAME_END: Duration = Duration::from_millis(25);
/// Calls that are due within this are sent now: timers are no finer.
const TIMER: Duration = Duration::from_millis(1);

/// How an account is paced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// By the headers of its answers.
    Headers,
    /// So many calls in that time, evenly.
    Limit {
        /// Calls.
        calls: u32,
        /// The time they are for.
        per: Duration,
    },
    /// Only by the number of calls in flight, and by what a 429 or 503 asks for.
    Free,
}

/// What a call may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Go now; the number names the call.
    Go(u64),
    /// Ask again at this time, or earlier when an answer has come.
    At(Duration),
    /// Ask again when an answer has come.
    AfterAnswer,
}

/// What outlives the process; times are of the wall clock, in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedLedger {
    /// Calls per window.
    pub quota: u32,
    /// Length of a window, ms.
    pub window_ms: u64,
    /// Calls left, those in flight taken as used.
    pub left: u32,
    /// The window ends no later.
    pub ends_at_ms: i64,
    /// No call before.
    pub hold_until_ms: i64,
    /// When this was known.
    #[serde(default)]
    pub seen_at_ms: i64,
    /// Answers 429 so far, those of earlier processes included.
    #[serde(default)]
    pub answered_429: u64,
}

impl SavedLedger {
    /// Of an account that tells no quota.
    pub fn without_quota(now_unix_ms: i64) -> Self {
        SavedLedger {
            quota: 0,
            window_ms: 0,
            left: 0,
            ends_at_ms: 0,
            hold_until_ms: 0,
            seen_at_ms: now_unix_ms,
            answered_429: 0,
        }
    }
}

/// The budget of one account.
#[derive(Debug, Clone)]
pub struct RequestBudget {
    pace: Pace,
    window: Option<Window>,
    /// The window before, to know late answers by.
    past: Option<Window>,
    /// Calls in flight → when they were sent.
    flights: BTreeMap<u64, Duration>,
    next: u64,
    probe: Option<(u64, Duration)>,
    hold_until: Duration,
    /// 429 or 503 in a row, those to calls sent before the last one not counted.
    strikes: u32,
    last_strike: Duration,
    most: u32,
    allowed: u32,
    good_in_row: u32,
    last_cut: Duration,
    foreign: Foreign,
    /// When an answer last told what is left.
    told_at: Duration,
    last_sent: Option<Duration>,
    round_trip: Duration,
    /// Calls that used one though no answer has told it yet: by the first call after each. An answer to a later call
    /// tells it; one to an earlier call does not.
    untold: Vec<u64>,
    jitter: SmallRng,
    finished: Vec<WindowUse>,
    reserved: Option<Reserved>,
    /// The hold that was last kept while no window was known.
    kept_hold: Duration,
    /// What an earlier process has left, as long as nothing newer is known.
    carried: Option<SavedLedger>,
}

/// What was last kept for the case that this process is killed.
#[derive(Debug, Clone, Copy)]
struct Reserved {
    latest_end: Duration,
    hold_until: Duration,
    /// The least that is left of the window if the process ends now.
    floor: u32,
}

impl RequestBudget {
    /// A budget that knows nothing yet. `most` is the largest number of calls in flight, `seed` that of the jitter.
    pub fn new(pace: Pace, most: u32, seed: u64) -> Self {
        let most = most.max(1);
        RequestBudget {
            pace,
            window: None,
            past: None,
            flights: BTreeMap::new(),
            next: 0,
            probe: None,
            hold_until: Duration::ZERO,
            strikes: 0,
            last_strike: Duration::ZERO,
            most,
            allowed: most,
            good_in_row: 0,
            last_cut: Duration::ZERO,
            foreign: Foreign::default(),
            told_at: Duration::ZERO,
            last_sent: None,
            round_trip: Duration::ZERO,
            untold: Vec::new(),
            jitter: SmallRng::seed_from_u64(seed),
            finished: Vec::new(),
            reserved: None,
            kept_hold: Duration::ZERO,
            carried: None,
        }
    }

    /// May a call go? `paced`: it has time, and waits for its even share; others go as soon as something is free.
    pub fn ask(&mut self, now: Duration, paced: bool) -> Leave {
        self.end_window(now);
        if now < self.hold_until {
            return Leave::At(self.hold_until);
        }
        let most = if self.strikes > 0 { 1 } else { self.allowed };
        if self.flights.len() >= most as usize {
            return Leave::AfterAnswer;
        }
        match self.pace {
            Pace::Free => self.go(now, false),
            Pace::Limit { calls, per } => {
                let due = self.last_sent.map_or(Duration::ZERO, |last| last + per / calls.max(1));
                if due > now { Leave::At(due) } else { self.go(now, false) }
            }
            Pace::Headers => self.ask_window(now, paced),
        }
    }

    fn ask_window(&mut self, now: Duration, paced: bool) -> Leave {
        let Some(window) = &self.window else {
            return match self.probe {
                Some((_, sent)) if now < sent + PROBE_PATIENCE => Leave::At(sent + PROBE_PATIENCE),
                _ => self.go(now, true),
            };
        };
        let over = window.latest_end + GUARD;
        if now >= window.earliest_end {
            return Leave::At(over);
        }
        let unused = i64::from(window.left) - i64::try_from(self.outstanding()).unwrap_or(i64::MAX);
        if unused < 1 {
            return Leave::At(over);
        }
        // What others did since the last answer is as unknown as what they will do.
        let free = unused as f64 - self.foreign.forecast(window.latest_end.saturating_sub(self.told_at), window.length);
        if free < 1.0 {
            let look = self.last_sent.unwrap_or_default() + window.length / 20;
            let gone = self.foreign.forecast(now.saturating_sub(self.told_at), window.length);
            return if !self.flights.is_empty() {
                Leave::At(over)
            } else if now < look {
                Leave::At(look.min(over))
            } else if unused as f64 - gone >= 1.0 {
                self.go(now, false)
            } else {
                Leave::At((now + window.length / 20).min(over))
            };
        }
        if paced {
            let margin = self.round_trip.min(window.length / 4);
            let span = window.earliest_end.saturating_sub(margin).saturating_sub(now);
            let from = self.last_sent.unwrap_or_default();
            let due = from + span.div_f64(free);
            if due > now + TIMER {
                return Leave::At(due.min(over));
            }
        }
        self.go(now, false)
    }

    fn go(&mut self, now: Duration, probe: bool) -> Leave {
        let call = self.next;
        self.next += 1;
        self.flights.insert(call, now);
        self.last_sent = Some(now);
        if probe {
            self.probe = Some((call, now));
        }
        if let Some(window) = &mut self.window {
            window.ours += 1;
        }
        Leave::Go(call)
    }

    /// The call never left: it used nothing.
    pub fn not_sent(&mut self, call: u64) {
        if self.flights.remove(&call).is_some()
            && let Some(window) = &mut self.window
        {
            window.ours = window.ours.saturating_sub(1);
        }
        self.forget_probe(call);
    }

    /// No answer came: it may have used one.
    pub fn lost(&mut self, call: u64, now: Duration) {
        if let Some(sent) = self.flights.remove(&call) {
            self.cut(sent, now);
            self.used_untold();
        }
        self.forget_probe(call);
    }

    /// An answer came.
    pub fn answered(&mut self, call: u64, now: Duration, status: u16, headers: &RateHeaders) {
        let Some(sent) = self.flights.remove(&call) else {
            return;
        };
        let trip = now.saturating_sub(sent);
        self.round_trip = if self.round_trip.is_zero() { trip } else { (self.round_trip * 7 + trip) / 8 };
        self.end_window(now);
        if self.pace == Pace::Headers {
            self.learn(call, sent, now, headers, status == 429);
        }
        match status {
            429 => {
                let told = headers.reset.max(headers.retry_after);
                if told.is_none() {
                    self.cut(sent, now);
                }
                self.strike(sent, now, told, BACK_OFF);
            }
            503 | 509 => {
                self.cut(sent, now);
                self.strike(sent, now, headers.retry_after, CLOSED_BACK_OFF);
            }
            500.. => self.cut(sent, now),
            _ => {
                if sent >= self.last_strike {
                    self.strikes = 0;
                }
                self.good_in_row += 1;
                if self.good_in_row >= self.allowed && self.allowed < self.most {
                    self.allowed += 1;
                    self.good_in_row = 0;
                }
            }
        }
        self.forget_probe(call);
    }

    /// Holds all calls: for the time that was told, or for a growing one.
    fn strike(&mut self, sent: Duration, now: Duration, told: Option<Duration>, first: Duration) {
        // The fellows of a refused call, already on their way, say nothing new.
        if sent >= self.last_strike {
            self.strikes = self.strikes.saturating_add(1);
            self.last_strike = now;
            if told.is_none() {
                let back_off = (first * 2_u32.saturating_pow((self.strikes - 1).min(6))).min(LONGEST_BACK_OFF);
                let until = now + back_off + back_off.mul_f64(self.jitter.random_range(0.0..0.5));
                self.hold_until = self.hold_until.max(until);
            }
        }
        if let Some(told) = told {
            self.hold_until = self.hold_until.max(now + told + GUARD);
        }
    }

    /// Fewer calls at a time; once per round.
    fn cut(&mut self, sent: Duration, now: Duration) {
        self.good_in_row = 0;
        if sent >= self.last_cut {
            self.allowed = (self.allowed / 2).max(1);
            self.last_cut = now;
        }
    }

    fn used_untold(&mut self) {
        match &mut self.window {
            Some(window) if window.assumed => window.use_one(),
            _ if self.pace == Pace::Headers && self.untold.len() < MOST_UNTOLD => self.untold.push(self.next),
            _ => {}
        }
    }

    /// Calls that what is left does not reflect yet, or perhaps not.
    fn outstanding(&self) -> usize {
        self.flights.len() + self.untold.len()
    }

    fn forget_probe(&mut self, call: u64) {
        if self.probe.is_some_and(|(probe, _)| probe == call) {
            self.probe = None;
        }
    }

    /// Takes in what an answer told of its window.
    fn learn(&mut self, call: u64, sent: Duration, now: Duration, headers: &RateHeaders, refused: bool) {
        let known = self.window.as_ref().or(self.past.as_ref());
        let (known_quota, known_length) = known.map_or(DOCUMENTED, |window| (window.quota, window.length));
        let left = if refused { Some(0) } else { headers.left };
        // without a length of its own, a reset is believed as far as the length that is known
        let reset = headers.reset.filter(|reset| headers.window.is_some() || *reset <= known_length);
        let (Some(left), Some(reset)) = (left, reset) else {
            match &self.window {
                None if self.probe.is_some_and(|(probe, _)| probe == call) && !refused => self.open(Window {
                    length: known_length,
                    quota: known_quota,
                    left: known_quota.saturating_sub(1),
                    earliest_end: sent + known_length,
                    latest_end: sent + known_length,
                    ours: 0,
                    assumed: true,
                    told_by: call,
                }),
                _ if refused => {}
                _ => self.used_untold(),
            }
            return;
        };
        let length = headers.window.unwrap_or(known_length).max(reset);
        let quota = headers.quota.unwrap_or(known_quota.max(left));
        let left = left.min(quota);
        // Headers are whole milliseconds.
        let (earliest, latest) = (sent + reset, now + reset + Duration::from_millis(1));
        if self.past.as_ref().is_some_and(|past| !past.assumed && past.relation(earliest, latest) == Relation::Same)
            && !self.window.as_ref().is_some_and(|window| window.relation(earliest, latest) == Relation::Same)
        {
            return;
        }
        let told = Window {
            length,
            quota,
            left,
            earliest_end: earliest,
            latest_end: latest,
            ours: 0,
            assumed: false,
            told_by: call,
        };
        match &mut self.window {
            None => self.open(told),
            Some(window) if window.assumed => self.open(told),
            // Too slow to say of which window it is.
            Some(window) if latest.saturating_sub(earliest) > window.length / 2 => {
                if refused {
                    window.left = 0;
                }
                self.used_untold();
                return;
            }
            Some(window) => match window.relation(earliest, latest) {
                Relation::Before => return,
                Relation::Other => self.open(told),
                Relation::Same => {
                    window.tighten(earliest, latest);
                    if quota == window.quota {
                        window.left = window.left.min(left);
                    } else if call > window.told_by {
                        // The quota was shared out anew: what is left is new too.
                        window.quota = quota;
                        window.left = left;
                    }
                    window.told_by = window.told_by.max(call);
                    let foreign = window.quota.saturating_sub(window.left).saturating_sub(window.ours);
                    let elapsed = now.saturating_sub(window.start());
                    if !refused {
                        self.foreign.observed(foreign, elapsed, window.length);
                    }
                }
            },
        }
        self.told_at = now;
        self.untold.retain(|first_after| call < *first_after);
    }

    fn open(&mut self, mut window: Window) {
        if let Some(before) = self.window.take() {
            self.finish(before);
        }
        // Those in flight and the one that told: all may count in the new window.
        window.ours = u32::try_from(self.outstanding()).unwrap_or(u32::MAX).saturating_add(1);
        if window.assumed {
            self.untold.clear();
        }
        self.window = Some(window);
        self.probe = None;
    }

    fn end_window(&mut self, now: Duration) {
        if let Some(window) = self.window.take_if(|window| now >= window.latest_end + GUARD) {
            self.finish(window);
        }
    }

    fn finish(&mut self, window: Window) {
        self.foreign.next_window();
        if self.finished.len() < 10_000 {
            self.finished.push(WindowUse { quota: window.quota, left: window.left, length: window.length });
        }
        self.past = Some(window);
    }

    /// Windows that are over, as last seen.
    pub fn finished(&self) -> &[WindowUse] {
        &self.finished
    }

    /// The window that runs, if it is known.
    pub fn window(&self) -> Option<&Window> {
        self.window.as_ref()
    }

    /// No call before this time.
    pub fn hold_until(&self) -> Duration {
        self.hold_until
    }

    /// What is worth keeping for a later process: the window while it runs, or a hold.
    pub fn saved(&self, now: Duration, now_unix_ms: i64) -> Option<SavedLedger> {
        let wall = |time: Duration| now_unix_ms.saturating_add(millis(time)).saturating_sub(millis(now));
        let Some(window) = self.window.as_ref().or(self.past.as_ref()) else {
            let held = self.hold_until > now;
            return held.then(|| SavedLedger {
                hold_until_ms: wall(self.hold_until),
                ..SavedLedger::without_quota(now_unix_ms)
            });
        };
        let flights = u32::try_from(self.outstanding()).unwrap_or(u32::MAX);
        Some(SavedLedger {
            quota: window.quota,
            window_ms: u64::try_from(window.length.as_millis()).unwrap_or(u64::MAX),
            left: window.left.saturating_sub(flights),
            ends_at_ms: wall(window.latest_end),
            hold_until_ms: wall(self.hold_until),
            seen_at_ms: now_unix_ms,
            answered_429: 0,
        })
    }

    /// What has to be kept before the next call leaves, so that a process that follows this one after a kill does not
    /// overrun the window; none: what was kept last still holds. To be asked after each leave and each answer.
    pub fn reserve(&mut self, now: Duration, now_unix_ms: i64) -> Option<SavedLedger> {
        let Some(window) = &self.window else {
            if self.hold_until > now && self.kept_hold != self.hold_until {
                self.kept_hold = self.hold_until;
                return self.saved(now, now_unix_ms);
            }
            // the probe is one more call of the window that an earlier process has left
            let carried = self.carried.as_mut().filter(|c| c.left > 0 && c.ends_at_ms > now_unix_ms)?;
            self.probe?;
            carried.left -= 1;
            return Some(carried.clone());
        };
        self.carried = None;
        let (latest_end, hold_until) = (window.latest_end, self.hold_until);
        let left = window.left.saturating_sub(u32::try_from(self.outstanding()).unwrap_or(u32::MAX));
        let holds = self.reserved.is_some_and(|kept| {
            kept.latest_end.abs_diff(latest_end) <= SAME_END && kept.hold_until == hold_until && kept.floor <= left
        });
        if holds {
            return None;
        }
        let floor = left.saturating_sub((window.quota / RESERVATION).max(1));
        self.reserved = Some(Reserved { latest_end, hold_until, floor });
        self.saved(now, now_unix_ms).map(|saved| SavedLedger { left: floor, ..saved })
    }

    /// Takes over what an earlier process kept. What remains is not believed (others may have called since), but an
    /// empty window is waited for, and so is a hold. A clock that was set is noticed: no wait is longer than a window, and
    /// no hold longer than a server may ask for.
    pub fn restore(&mut self, saved: &SavedLedger, now: Duration, now_unix_ms: i64) {
        let window = Duration::from_millis(saved.window_ms.clamp(100, 3_600_000));
        let ahead = |time: i64, longest: Duration| {
            let ms = u64::try_from(time.saturating_sub(now_unix_ms)).unwrap_or(0);
            Some(Duration::from_millis(ms)).filter(|wait| !wait.is_zero() && *wait <= longest)
        };
        let empty = ahead(saved.ends_at_ms, window).filter(|_| saved.left == 0);
        if let Some(wait) = empty.max(ahead(saved.hold_until_ms, LONGEST)) {
            self.hold_until = self.hold_until.max(now + wait + GUARD);
            self.kept_hold = self.hold_until;
        }
        self.carried = ahead(saved.ends_at_ms, window).map(|_| saved.clone());
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
