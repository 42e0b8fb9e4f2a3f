//! Who is told what an account's budget does, while it does it.

use std::sync::Arc;
use std::time::Duration;

use super::budget::SavedLedger;

/// Somebody who keeps the ledger and shows waits. Called while others wait for their turn: must be quick.
pub trait Watch: Send + Sync {
    /// Keeps a reservation: a process that ends at any moment from now on has left at least that much of its window.
    /// Called before the calls are sent for which it is made, some eight times per window.
    fn keep(&self, account: &str, ledger: &SavedLedger);
    /// Calls wait so long for the quota.
    fn waits(&self, account: &str, wait: Duration);
    /// A call has been without an answer for so long.
    fn unanswered(&self, account: &str, since: Duration);
}

/// An account's name, and who watches it.
#[derive(Clone, Default)]
pub(super) struct Watcher(pub Option<(String, Arc<dyn Watch>)>);

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Watcher({:?})", self.0.as_ref().map(|(name, _)| name))
    }
}

impl Watcher {
    pub fn keep(&self, ledger: &SavedLedger) {
        if let Some((name, watch)) = &self.0 {
            watch.keep(name, ledger);
        }
    }

    pub fn waits(&self, wait: Duration) {
        if let Some((name, watch)) = &self.0 {
            watch.waits(name, wait);
        }
    }

    pub fn unanswered(&self, since: Duration) {
        if let Some((name, watch)) = &self.0 {
            watch.unanswered(name, since);
        }
    }
}
