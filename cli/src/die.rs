//! For the test that kills the process at every step of the journal: `MAPWRIGHT_TEST_DIE_AT=N` ends it, as SIGKILL would, at the Nth step.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mapwright_transfer::state::{Step, Steps};

struct DieAt {
    left: AtomicU64,
}

impl Steps for DieAt {
    fn step(&self, _: Step) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            std::process::abort();
        }
    }
}

/// The observer, if the variable is set.
pub fn from_environment() -> Option<Arc<dyn Steps>> {
    let left: u64 = std::env::var("MAPWRIGHT_TEST_DIE_AT").ok()?.parse().ok()?;
    Some(Arc::new(DieAt { left: AtomicU64::new(left) }))
}
