//! What was counted of an account's calls.

use std::time::Duration;

/// Counts since the account's first use in this process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    /// Calls that left.
    pub calls: u64,
    /// Of them: sent again after an earlier try.
    pub repeats: u64,
    /// Answers 429.
    pub refused: u64,
    /// Answers 5xx.
    pub failed: u64,
    /// Calls without an answer.
    pub lost: u64,
    /// Calls that could not leave.
    pub not_sent: u64,
    /// Time that calls waited for their turn, summed over all of them.
    pub waited: Duration,
    /// Windows of the quota that are over, as their last answer told them.
    pub windows: Vec<WindowUse>,
    /// The quota of the newest window.
    pub quota: Option<u32>,
    /// What was left of it at the last answer.
    pub left: Option<u32>,
}

/// A window that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowUse {
    /// Calls allowed in it.
    pub quota: u32,
    /// Calls left at its last answer.
    pub left: u32,
    /// Its length.
    pub length: Duration,
}
