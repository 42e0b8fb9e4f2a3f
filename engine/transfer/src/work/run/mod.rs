//! A run over one collection: the records that were asked for in groups, groups at work side by side, what waits tried again
//! until nothing moves.

mod asked;
mod flow;
mod waiting;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use mapwright_language::json::Json;
use mapwright_language::mapping_file::{Direction, SyncType};
use mapwright_language::plan::Plan;
use mapwright_language::schema::RecordType;
use tokio::time::Instant;

use crate::identity::LinkKey;

use super::around::{Around, Part};
use super::engine::{Engine, Halt};
use super::memory::{Memory, direction_word};
use super::observe::Event;
use super::others::Others;
use super::outcome::{Ended, How, Report};
use super::transfer::Transfer;

/// Which records.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// All, going on where an unfinished run stopped.
    All,
    /// What changed since then.
    ChangedSince(jiff::Timestamp),
    /// These, by the source system's ids.
    Ids(Vec<String>),
    /// What waits, or failed or was refused.
    Again {
        /// What waits.
        parked: bool,
        /// What failed or was refused.
        failed: bool,
    },
    /// These, as they were read: rows of a record that is in place.
    Rows(Vec<(String, Json)>),
    /// These are gone at the source.
    Deleted(Vec<String>),
}

/// Most records in one group: what goes in one batch, and what is read in one call.
const MOST_IN_GROUP: usize = 50;

/// Runs a collection over a selection of records. The report accounts for every record that was read, also when the run
/// ended early; what it set off beside has reports of its own in it.
pub async fn run(engine: &Engine, plan: &Plan, selection: Selection) -> Report {
    let level = &plan.root;
    engine.observer.see(Event::Started { collection: &level.collection });
    let before = engine.wire.calls();
    let number =
        if engine.dry_run { None } else { engine.store.begin_run(&format!("transfer {}", level.collection)).ok() };
    let around = Around::new(engine, level.direction, number);
    let mut report = part(&around, plan, selection, Part::default()).await;
    if report.interrupted.is_none() {
        report.interrupted = linked_since(&around, level.direction).await.err().map(|halt| halt.0);
    }
    (report.before, report.after) = around.into_reports();
    // records of this collection that had to go first are its own
    if let Some(own) = report.before.iter().position(|r| r.collection == report.collection) {
        let own = report.before.remove(own);
        report.join(own);
    }
    let calls = engine.wire.calls();
    report.calls.bigcommerce = calls.bigcommerce.saturating_sub(before.bigcommerce);
    report.calls.ipaas = calls.ipaas.saturating_sub(before.ipaas);
    report.sort();
    report.before.iter_mut().chain(&mut report.after).for_each(Report::sort);
    if let Some(number) = number {
        let summary = serde_json::to_string(&report.summary()).unwrap_or_default();
        if let Err(error) = engine.store.end_run(number, &summary) {
            report.interrupted.get_or_insert(error.to_string());
        }
    }
    engine.observer.see(Event::Finished { collection: &level.collection });
    report
}

/// Writes records again that were written without links which are there now: those of any collection of this direction.
async fn linked_since(around: &Around<'_>, direction: Direction) -> Result<(), Halt> {
    let engine = around.engine;
    if engine.dry_run {
        return Ok(());
    }
    let unkept = |error: crate::state::StateError| Halt(format!("the state cannot be read: {error}"));
    let mut again: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (collection, id) in engine.store.linked_since(direction_word(direction)).map_err(unkept)? {
        again.entry(collection).or_default().push(id);
    }
    for (collection, ids) in again {
        let Some(plan) = engine.plans.root(&collection) else { continue };
        let nested = Part { depth: 1, ..Part::default() };
        let mut report = part(around, plan, Selection::Ids(ids), nested).await;
        report.for_links = report.records.read;
        let halt = report.interrupted.take().map(Halt);
        around.reported(report, false);
        halt.map_or(Ok(()), Err)?;
    }
    Ok(())
}

/// A part of a run: its own records, or some that they set off. Parts nest.
pub(super) fn part<'a>(
    around: &'a Around<'a>,
    plan: &'a Plan,
    selection: Selection,
    part: Part,
) -> Pin<Box<dyn Future<Output = Report> + Send + 'a>> {
    Box::pin(async move {
        let (engine, level) = (around.engine, &plan.root);
        let mut report = Report {
            collection: level.collection.to_string(),
            direction: direction_word(level.direction),
            dry_run: engine.dry_run,
            ..Report::default()
        };
        let types = engine.catalog.record(&level.source_type).zip(engine.catalog.record(&level.target_type));
        let Some((source, target)) = types else {
            report.interrupted = Some(format!("nothing is known of the record types of `{}`", level.collection));
            return report;
        };
        let memory =
            Memory::of(engine.store.clone(), engine.settling.clone(), level, around.number).after(part.after.clone());
        let transfer = Transfer {
            engine,
            plan,
            source: source.clone(),
            target: target.clone(),
            known: &around.known,
            memory: &memory,
            completed: Others::default(),
            around,
            part: &part,
        };
        let mut run = Run {
            engine,
            plan,
            transfer: &transfer,
            source: source.clone(),
            report: &mut report,
            waiting: vec![],
            looks: HashMap::new(),
            held: HashMap::new(),
            taken: 0,
        };
        let result = run.selected(selection).await;
        let taken = run.taken;
        report.not_tried = taken.saturating_sub(report.records.read + report.elsewhere);
        if let Err(halt) = result {
            report.interrupted = Some(halt.0);
        }
        report
    })
}

struct Run<'a> {
    engine: &'a Engine,
    plan: &'a Plan,
    transfer: &'a Transfer<'a>,
    source: Arc<RecordType>,
    report: &'a mut Report,
    /// Records that wait, with their content while there are not too many.
    waiting: Vec<(String, Option<Json>, Ended)>,
    /// Records whose request was answered by nobody.
    looks: HashMap<String, Looks>,
    /// Records that may be there though reads do not show them yet.
    held: HashMap<String, Hold>,
    /// Records that were asked for or read from a list, each once.
    taken: u64,
}

/// A record that is looked at again.
struct Looks {
    /// How often so far.
    count: u8,
    /// What it is if it is found as it should be: this run made it so.
    how: How,
}

/// A record that is looked for again.
#[derive(Clone, Copy)]
struct Hold {
    /// How often so far.
    looks: u32,
    /// When next.
    next: Instant,
}

impl Run<'_> {
    async fn selected(&mut self, selection: Selection) -> Result<(), Halt> {
        let collection = self.plan.root.collection.clone();
        let on_delete = matches!(self.plan.root.sync, SyncType::Delete | SyncType::UpdateOnDelete);
        let result = match selection {
            Selection::Deleted(ids) => self.deleted(ids).await,
            _ if on_delete => {
                Err(Halt(format!("`{collection}` is for records that are gone: it runs with `--deleted` only")))
            }
            Selection::Ids(ids) => self.asked_for(ids).await,
            Selection::Again { parked, failed } => {
                let again = self.transfer.memory.to_retry(parked, failed)?;
                self.asked_for(again).await
            }
            Selection::Rows(rows) => {
                self.taken += rows.len() as u64;
                self.groups(rows).await
            }
            Selection::ChangedSince(time) => self.listed(Some(time)).await,
            Selection::All => self.listed(None).await,
        };
        let again = if result.is_ok() { self.again().await } else { Ok(()) };
        // what still waits has its outcome now
        for (id, _, ended) in std::mem::take(&mut self.waiting) {
            if self.transfer.part.first {
                // the run may come to it yet
                self.transfer.around.park(self.transfer.memory.key(&id), ended);
                self.report.elsewhere += 1;
                continue;
            }
            self.ended(&id, &ended)?;
        }
        result.and(again)
    }

    /// Counts an end.
    fn told(&mut self, id: &str, ended: &Ended) {
        self.report.add(id, ended);
        self.engine.observer.see(Event::Done { id, ended });
    }

    /// Counts an end and remembers it.
    fn ended(&mut self, id: &str, ended: &Ended) -> Result<(), Halt> {
        self.ended_without(id, ended, &BTreeSet::new())
    }

    /// Counts an end and remembers it, with the links that the record goes without if it is in place.
    fn ended_without(&mut self, id: &str, ended: &Ended, lacking: &BTreeSet<LinkKey>) -> Result<(), Halt> {
        self.told(id, ended);
        if matches!(ended, Ended::Written { .. } | Ended::Unchanged) && !lacking.is_empty() {
            self.report.without_links += 1;
            for link in lacking {
                self.report.lacking.entry(link.record_type.to_string()).or_default().insert(link.id.to_string());
            }
        }
        if self.engine.dry_run {
            return Ok(());
        }
        self.transfer.memory.ended(id, ended, lacking)
    }
}
