//! What is known of one window of the quota: bounds on its end, and how much is left of it. Times are since the account's
//! first use.

use std::time::Duration;

/// How far two views of the same window's end may lie apart: clocks drift, headers are rounded.
const TOLERANCE: Duration = Duration::from_millis(20);

/// One window.
#[derive(Debug, Clone)]
pub struct Window {
    /// Its length.
    pub length: Duration,
    /// Calls allowed in it.
    pub quota: u32,
    /// The smallest number of calls left that an answer told of it; also less what surely or perhaps was used since by
    /// answers that did not tell.
    pub left: u32,
    /// It ends no earlier.
    pub earliest_end: Duration,
    /// It ends no later.
    pub latest_end: Duration,
    /// Our calls that were or may have been counted in it.
    pub ours: u32,
    /// No header told of it: documented or earlier figures are assumed.
    pub assumed: bool,
    /// The newest call whose answer told the quota.
    pub told_by: u64,
}

/// How an answer's view of a window's end relates to a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It is of this window.
    Same,
    /// It is of a window before it.
    Before,
    /// It is of a later window, or the windows have moved.
    Other,
}

impl Window {
    /// When it began, at the latest.
    pub fn start(&self) -> Duration {
        self.latest_end.saturating_sub(self.length)
    }

    /// Where a window that ends between `earliest` and `latest` stands.
    pub fn relation(&self, earliest: Duration, latest: Duration) -> Relation {
        if earliest <= self.latest_end + TOLERANCE && latest + TOLERANCE >= self.earliest_end {
            Relation::Same
        } else if latest <= self.start() + self.length / 4 {
            Relation::Before
        } else {
            Relation::Other
        }
    }

    /// Takes in a further view of its end: the truth lies in the intersection.
    pub fn tighten(&mut self, earliest: Duration, latest: Duration) {
        let (low, high) = (self.earliest_end.max(earliest), self.latest_end.min(latest));
        if low <= high {
            self.earliest_end = low;
            self.latest_end = high;
        } else {
            // They only touch within the tolerance: both ends are kept open that far.
            self.earliest_end = high;
            self.latest_end = low;
        }
    }

    /// One call was, or may have been, used.
    pub fn use_one(&mut self) {
        self.left = self.left.saturating_sub(1);
    }
}
