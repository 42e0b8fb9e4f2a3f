//! The rate window: a fixed length of time with a quota that is refilled whole, and the caps on calls at the same time.
//!
//! The documentation tells of four headers and of a refill after `Time-Reset-Ms`; that windows follow each other without a
//! gap, that V2 and V3 share one, and that a refused call costs nothing are inferences.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use serde::Serialize;

/// Windows that are remembered for the statistics.
const REMEMBERED: usize = 1000;

/// What happened in one window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WindowUse {
    /// Number of the window since the start.
    pub number: u64,
    /// Quota at its end.
    pub quota: u32,
    /// Units used, by the client and by other apps.
    pub used: u32,
    /// Calls refused with 429 for lack of quota.
    pub refused: u32,
}

/// The window of one store.
#[derive(Debug)]
pub struct Window {
    start: Instant,
    length: Duration,
    current: WindowUse,
    past: VecDeque<WindowUse>,
    running: BTreeMap<String, u32>,
}

/// The values of the four headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Length of the window, ms.
    pub window_ms: u128,
    /// Time to the next refill, ms.
    pub reset_ms: u128,
    /// Quota of this window.
    pub quota: u32,
    /// Units left.
    pub left: u32,
}

impl Window {
    /// A window that begins now. A length of zero is taken as one millisecond.
    pub fn new(length: Duration, quota: u32, now: Instant) -> Window {
        let length = length.max(Duration::from_millis(1));
        let current = WindowUse { number: 0, quota, used: 0, refused: 0 };
        Window { start: now, length, current, past: VecDeque::new(), running: BTreeMap::new() }
    }

    fn roll(&mut self, now: Instant) {
        let number = now.saturating_duration_since(self.start).as_nanos() / self.length.as_nanos();
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        if number == self.current.number {
            return;
        }
        let next = WindowUse { number, quota: self.current.quota, used: 0, refused: 0 };
        let ended = std::mem::replace(&mut self.current, next);
        if ended.used > 0 || ended.refused > 0 {
            self.past.push_back(ended);
        }
        while self.past.len() > REMEMBERED {
            self.past.pop_front();
        }
    }

    /// Takes units; false when fewer are left.
    pub fn take(&mut self, units: u32, now: Instant) -> bool {
        self.roll(now);
        match self.current.used.checked_add(units) {
            Some(used) if used <= self.current.quota => {
                self.current.used = used;
                true
            }
            _ => {
                self.current.refused = self.current.refused.saturating_add(1);
                false
            }
        }
    }

    /// Changes the quota from now on: another app began or ended its calls.
    pub fn set_quota(&mut self, quota: u32, now: Instant) {
        self.roll(now);
        self.current.quota = quota;
    }

    /// What the headers say now.
    pub fn reading(&mut self, now: Instant) -> Reading {
        self.roll(now);
        let inside = now.saturating_duration_since(self.start).as_nanos() % self.length.as_nanos();
        let reset = self.length.as_nanos() - inside;
        Reading {
            window_ms: self.length.as_millis(),
            // Rounded up: a client that waits exactly this long meets the new window.
            reset_ms: reset.div_ceil(1_000_000),
            quota: self.current.quota,
            left: self.current.quota.saturating_sub(self.current.used),
        }
    }

    /// Windows with at least one call, oldest first, the running one last.
    pub fn uses(&mut self, now: Instant) -> Vec<WindowUse> {
        self.roll(now);
        self.past.iter().chain(Some(&self.current)).cloned().collect()
    }

    /// Begins a call on a route; false when as many as its cap are running.
    pub fn enter(&mut self, route: &str) -> bool {
        let running = self.running.entry(route.to_owned()).or_default();
        if cap(route).is_some_and(|cap| *running >= cap) {
            return false;
        }
        *running += 1;
        true
    }

    /// Ends a call on a route.
    pub fn leave(&mut self, route: &str) {
        if let Some(running) = self.running.get_mut(route) {
            *running = running.saturating_sub(1);
        }
    }
}

/// Documented number of calls at the same time, per store.
fn cap(route: &str) -> Option<u32> {
    match route {
        "GET /v3/catalog/trees/{id}/categories" => Some(1),
        "PUT /v3/customers" | "PUT /v3/customers/addresses" => Some(3),
        "POST /v3/customers" | "POST /v3/customers/addresses" => Some(10),
        "GET /v3/inventory/locations" | "POST /v3/inventory/locations" | "PUT /v3/inventory/locations" => Some(50),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quota_is_refilled_whole_at_the_windows_end() {
        let start = Instant::now();
        let mut window = Window::new(Duration::from_secs(2), 2, start);
        assert!(window.take(1, start));
        assert!(window.take(1, start));
        assert!(!window.take(1, start + Duration::from_millis(1999)));
        let reading = window.reading(start + Duration::from_millis(1500));
        assert_eq!(reading, Reading { window_ms: 2000, reset_ms: 500, quota: 2, left: 0 });
        assert!(window.take(1, start + Duration::from_secs(2)));
        let uses = window.uses(start + Duration::from_secs(2));
        assert_eq!(uses[0], WindowUse { number: 0, quota: 2, used: 2, refused: 1 });
        assert_eq!(uses[1].used, 1);
    }

    #[test]
    fn a_smaller_quota_holds_at_once() {
        let start = Instant::now();
        let mut window = Window::new(Duration::from_secs(2), 100, start);
        assert!(window.take(40, start));
        window.set_quota(30, start);
        assert_eq!(window.reading(start).left, 0);
        assert!(!window.take(1, start));
    }

    #[test]
    fn a_cap_counts_calls_at_the_same_time() {
        let mut window = Window::new(Duration::from_secs(2), 100, Instant::now());
        let route = "PUT /v3/customers";
        assert!(window.enter(route) && window.enter(route) && window.enter(route));
        assert!(!window.enter(route));
        window.leave(route);
        assert!(window.enter(route));
    }
}
