//! What a run sets off beside its own records: records that have to go first, each once and in no circle, and what runs after.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mapwright_language::evaluate::ParentContext;
use mapwright_language::mapping_file::Direction;
use tokio::sync::OnceCell;

use crate::identity::{LinkKey, SourceKey};

use super::engine::Engine;
use super::known::Known;
use super::outcome::{Ended, Report};

/// How deep runs nest: a record that has to go first for one that has to go first, and so on.
pub const MOST_DEPTH: usize = 8;

/// Which part of a run this is: its own records, or some that they set off.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// 0: the run's own records.
    pub depth: usize,
    /// Its records have to go before others.
    pub first: bool,
    /// The record of the run's own that it runs after.
    pub after: Option<SourceKey>,
    /// Source records that it runs after, nearest first.
    pub parents: Vec<ParentContext>,
}

/// Shared by a run and everything that it sets off.
pub struct Around<'a> {
    /// What it works with.
    pub engine: &'a Engine,
    /// Links of the run.
    pub known: Known,
    /// Number of the run; none in a dry run.
    pub number: Option<i64>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// What the run's own records are linked as, as far as they were begun: two collections may bring one record.
    own: HashSet<LinkKey>,
    /// Records that go first: everybody who wants one waits for the one transfer.
    turns: HashMap<SourceKey, Arc<OnceCell<()>>>,
    /// Who waits for whom now.
    waits: HashMap<SourceKey, Vec<SourceKey>>,
    /// Records that were to go first and wait themselves; the run may come to them yet.
    parked: HashMap<SourceKey, Ended>,
    before: Vec<Report>,
    after: Vec<Report>,
}

impl<'a> Around<'a> {
    /// Nothing was begun.
    #[must_use]
    pub fn new(engine: &'a Engine, direction: Direction, number: Option<i64>) -> Self {
        Around { engine, known: Known::new(direction), number, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a record of the run itself, which is linked as `link`; not, if it goes first for another one already.
    pub fn begin(&self, record: &SourceKey, link: Option<LinkKey>) -> bool {
        let mut inner = self.inner();
        if inner.turns.contains_key(record) {
            return false;
        }
        inner.parked.remove(record);
        inner.own.extend(link);
        true
    }

    /// The turn of a record that has to go before `of`, so that `link` is there. None: it is the run's own and was begun, or it
    /// waits for `of` itself.
    pub fn turn(&self, of: &SourceKey, wanted: &SourceKey, link: &LinkKey) -> Option<Arc<OnceCell<()>>> {
        let mut inner = self.inner();
        if inner.own.contains(link) || inner.waits_for(wanted, of) {
            return None;
        }
        inner.waits.entry(of.clone()).or_default().push(wanted.clone());
        Some(inner.turns.entry(wanted.clone()).or_default().clone())
    }

    /// The turn is over; a record that waits itself may be begun again.
    pub fn turned(&self, of: &SourceKey, wanted: &SourceKey) {
        let mut inner = self.inner();
        if let Some(waits) = inner.waits.get_mut(of) {
            if let Some(at) = waits.iter().position(|w| w == wanted) {
                waits.swap_remove(at);
            }
            if waits.is_empty() {
                inner.waits.remove(of);
            }
        }
        if inner.parked.contains_key(wanted) {
            inner.turns.remove(wanted);
        }
    }

    /// Notes a record that was to go first and waits.
    pub fn park(&self, record: SourceKey, ended: Ended) {
        self.inner().parked.insert(record, ended);
    }

    /// Takes in the report of a part.
    pub fn reported(&self, report: Report, first: bool) {
        let mut inner = self.inner();
        join(if first { &mut inner.before } else { &mut inner.after }, report);
    }

    /// The reports of all parts: what went before, what ran after.
    pub fn into_reports(self) -> (Vec<Report>, Vec<Report>) {
        let mut inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (record, ended) in std::mem::take(&mut inner.parked) {
            if let Some(report) = inner.before.iter_mut().find(|r| *r.collection == *record.collection) {
                report.add(&record.id, &ended);
            }
        }
        (inner.before, inner.after)
    }
}

impl Inner {
    /// Whether one record waits for another, over however many.
    fn waits_for(&self, one: &SourceKey, other: &SourceKey) -> bool {
        let (mut open, mut seen) = (vec![one], HashSet::new());
        while let Some(record) = open.pop() {
            if record == other {
                return true;
            }
            if seen.insert(record) {
                open.extend(self.waits.get(record).into_iter().flatten());
            }
        }
        false
    }
}

fn join(reports: &mut Vec<Report>, report: Report) {
    match reports.iter_mut().find(|r| r.collection == report.collection) {
        Some(known) => known.join(report),
        None => reports.push(report),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_in_a_circle() {
        let record = |id: &str| SourceKey::new("Product Categories", id);
        let mut inner = Inner::default();
        inner.waits.insert(record("1"), vec![record("2"), record("3")]);
        inner.waits.insert(record("3"), vec![record("4"), record("1")]);
        assert!(inner.waits_for(&record("1"), &record("4")));
        assert!(inner.waits_for(&record("3"), &record("2")));
        assert!(inner.waits_for(&record("5"), &record("5")), "for itself");
        assert!(!inner.waits_for(&record("4"), &record("1")));
    }
}
