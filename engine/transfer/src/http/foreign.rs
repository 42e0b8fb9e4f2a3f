//! How much of the quota others will use: the documents contradict each other on who shares it (bigcommerce-api 2.2), so
//! it is measured. Rises fast, falls slowly.

use std::time::Duration;

/// An estimate of the calls per second that are not ours.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    /// What earlier windows taught.
    before: f64,
    /// With what this window has shown.
    rate: f64,
}

/// How much of a window's length the earlier estimate counts for.
const WEIGHT: f64 = 0.2;
/// Below so many foreign calls in a window there is nobody else.
const NOBODY: f64 = 0.5;

impl Foreign {
    /// This window has shown so many foreign calls (at least) in the time since it began.
    pub fn observed(&mut self, calls: u32, elapsed: Duration, length: Duration) {
        let weight = WEIGHT * length.as_secs_f64();
        self.rate = (self.before * weight + f64::from(calls)) / (weight + elapsed.as_secs_f64()).max(0.001);
    }

    /// The window is over.
    pub fn next_window(&mut self) {
        self.before = if self.rate > self.before { self.rate } else { 0.5 * self.before + 0.5 * self.rate };
        self.rate = self.before;
    }

    /// Calls to leave to others within `span`: the mean, two deviations, and one for what was never seen before.
    pub fn forecast(&self, span: Duration, length: Duration) -> f64 {
        if self.rate * length.as_secs_f64() < NOBODY {
            return 0.0;
        }
        let mean = self.rate * span.as_secs_f64();
        mean + 2.0 * mean.sqrt() + 1.0
    }
}
