//! When a look-up is believed. What was written a moment ago may not be read yet: a record that an unanswered call may have made,
//! and that is not found, is looked for again until the longest known lag is over, and only then made again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::identity::SourceKey;
use crate::state::{Entry, Intention};

/// How long a write may stay unseen by reads, in both systems.
pub const READ_LAG: Duration = Duration::from_secs(30);
/// A call of an earlier process is over by then, however long it waited for its turn.
const LONGEST_UNDER_WAY: Duration = Duration::from_secs(3600);

/// What this process knows of writes that reads may not show yet. Times are tokio's, so that tests can run them.
#[derive(Debug)]
pub struct Settling {
    lag: Duration,
    /// What an earlier process had under way, it had before.
    began: Instant,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Journal entries: when their call was last under way, and why it was refused as a duplicate.
    entries: HashMap<i64, (Instant, Option<String>)>,
    written: HashMap<SourceKey, Instant>,
}

/// An open entry of the journal, and when a look-up for what it may have made is believed.
#[derive(Debug, Clone)]
pub struct Open {
    /// Its number.
    pub entry: i64,
    /// What was intended.
    pub intention: Intention,
    /// From then on what is not found is not there.
    pub settles: Instant,
    /// The other system says that such a record is there.
    pub refused: Option<String>,
}

impl Open {
    /// Whether a look-up is believed by now.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.settles <= Instant::now()
    }
}

impl Settling {
    /// With this lag.
    #[must_use]
    pub fn new(lag: Duration) -> Self {
        Settling { lag, began: Instant::now(), inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call of these entries is under way, or its answer was lost just now.
    pub fn under_way(&self, entries: &[i64]) {
        let mut inner = self.inner();
        for entry in entries {
            let refused = inner.entries.remove(entry).and_then(|(_, refused)| refused);
            inner.entries.insert(*entry, (Instant::now(), refused));
        }
    }

    /// The call was refused, because what it should make is there.
    pub fn refused(&self, entries: &[i64], why: &str) {
        let mut inner = self.inner();
        for entry in entries {
            inner.entries.insert(*entry, (Instant::now(), Some(why.to_owned())));
        }
    }

    /// Entries that are closed.
    pub fn closed(&self, entries: &[i64]) {
        let mut inner = self.inner();
        entries.iter().for_each(|entry| drop(inner.entries.remove(entry)));
    }

    /// An entry with what is known of it.
    #[must_use]
    pub fn open(&self, entry: Entry) -> Open {
        let known = self.inner().entries.get(&entry.entry).cloned();
        let (settles, refused) = match known {
            Some((at, refused)) => (at + self.lag, refused),
            None if entry.age() > LONGEST_UNDER_WAY => (self.began, None),
            None => (self.began + self.lag, None),
        };
        Open { entry: entry.entry, intention: entry.intention, settles, refused }
    }

    /// A record was written just now.
    pub fn written(&self, record: SourceKey) {
        self.inner().written.insert(record, Instant::now());
    }

    /// When reads show what was last written of a record. `age`: how long ago an earlier process wrote it.
    #[must_use]
    pub fn shows(&self, record: &SourceKey, age: Option<Duration>) -> Option<Instant> {
        let own = self.inner().written.get(record).map(|at| *at + self.lag);
        let before = || Some(self.began + self.lag.checked_sub(age?)?);
        own.or_else(before).filter(|at| *at > Instant::now())
    }
}

impl Default for Settling {
    fn default() -> Self {
        Settling::new(READ_LAG)
    }
}
