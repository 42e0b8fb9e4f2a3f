//! Evaluating a record, with what it asks for looked up in between, until it has its outcome.

use std::cell::RefCell;
use std::collections::HashSet;

use futures_util::future::join_all;
use mapwright_language::evaluate::{
    Context, Evaluation, Failure, MappedRecord, Need, Outcome, Reason, evaluate, warnings,
};
use mapwright_language::mapping_file::{Direction, SyncType};
use mapwright_language::plan::Level;
use mapwright_language::value::Promise;

use crate::identity::LinkKey;

use super::delete::NOT_LINKED;
use super::ends::{End, waiting_for};
use super::engine::Halt;
use super::external_id::external_id;
use super::known::RecordLinks;
use super::looking::unless_stopped;
use super::outcome::Ended;
use super::present::{Present, Root, Wanted};
use super::promise::promises;
use super::slots::read_wanted;
use super::transfer::{One, Transfer};

/// Most steps of one record's evaluation (language.md section 10).
const MOST_STEPS: u64 = 1_000_000;
/// Most rounds of "look that up and run again": each round answers everything that was asked.
const MOST_ROUNDS: usize = 64;

impl Transfer<'_> {
    fn run_once(&self, one: &mut One) -> (Evaluation, Vec<Wanted>) {
        let there = if let Root::Existing(id, _) = &one.root { Some(id.as_str()) } else { None };
        let links = RecordLinks {
            known: self.known,
            in_transfer: &one.in_transfer,
            dropped: &one.dropped,
            others: &one.others,
            completed: &self.completed,
            tried: &one.tried,
            itself: one.itself.as_ref().zip(there),
            lacking: RefCell::default(),
        };
        let direction = self.level().direction;
        let external = if direction == Direction::To { external_id(self.level(), &one.source, None) } else { None };
        let target = Present {
            root: &one.root,
            level: self.level(),
            source: &one.source,
            external,
            rows: self.engine.rows(),
            known: self.known,
            found: RefCell::default(),
            read: &one.slots,
            wanted: RefCell::default(),
        };
        let context = Context {
            subscription_id: self.engine.subscription_id.clone(),
            settings: &self.engine.settings,
            now: self.engine.now,
            time_zone: self.engine.zone.clone(),
            outside: &links,
            target: &target,
            parents: &self.part.parents,
            position: 1,
            most_steps: MOST_STEPS,
        };
        let evaluation = evaluate(self.plan, one.bytes.as_bytes(), &context);
        let (wanted, mut lacking) = (target.wanted.take(), links.lacking.take());
        if let Some(itself) = &one.itself {
            lacking.remove(itself);
        }
        one.lacking = lacking;
        (evaluation, wanted)
    }

    /// Evaluates a record, looking up what it asks for, until it has its outcome.
    pub(super) async fn evaluated(&self, one: &mut One) -> Result<(), Halt> {
        if self.level().sync == SyncType::UpdateOnDelete && !matches!(one.root, Root::Existing(..)) {
            one.end = Some(End::Ended(Ended::Skipped { reason: String::from(NOT_LINKED) }));
            return Ok(());
        }
        for _ in 0..MOST_ROUNDS {
            let (evaluation, mut wanted) = self.run_once(one);
            match evaluation {
                Evaluation::Needs { needs, find_by } => {
                    let links: Vec<&Promise> =
                        needs.iter().filter_map(|n| if let Need::Link(p) = n { Some(p) } else { None }).collect();
                    for result in join_all(links.into_iter().map(|promise| self.learned(promise))).await {
                        if let Some(why) = result? {
                            one.fail(why);
                        }
                    }
                    for result in join_all(needs.iter().map(|need| self.other(need, &one.others))).await {
                        if let Some(why) = result? {
                            one.fail(why);
                        }
                    }
                    let first: Vec<&Promise> =
                        needs.iter().filter_map(|n| if let Need::Before(p) = n { Some(p) } else { None }).collect();
                    for result in join_all(first.iter().map(|wanted| self.before(&one.key, wanted))).await {
                        result?;
                    }
                    one.tried.extend(first.into_iter().cloned());
                    if needs.contains(&Need::Existing) {
                        if matches!(one.root, Root::Unknown) {
                            self.found(one, &find_by).await?;
                        }
                        for slot in std::mem::take(&mut wanted) {
                            match read_wanted(self.engine, &slot).await {
                                Ok(rows) => drop(one.slots.insert((slot.path, slot.slot.name.into()), rows)),
                                Err(error) => one.fail(unless_stopped(error)?),
                            }
                        }
                    }
                    if one.end.is_some() {
                        return Ok(());
                    }
                }
                Evaluation::Done(outcome) => {
                    if let Outcome::Mapped(mapped) = &outcome {
                        // a promise of a row that this transfer does not write is none
                        let before = one.dropped.len();
                        self.drop_unkept(one, mapped);
                        if one.dropped.len() > before {
                            continue;
                        }
                    }
                    self.done(one, outcome);
                    return Ok(());
                }
            }
        }
        one.fail(format!("its look-ups did not come to an end after {MOST_ROUNDS} rounds"));
        Ok(())
    }

    /// Looks up a link; records that ask for the same at the same time wait for one look-up. A text: it failed.
    async fn learned(&self, promise: &Promise) -> Result<Option<String>, Halt> {
        let key = LinkKey::from(promise);
        let turn = self.known.turn(&key);
        let _held = turn.lock().await;
        if self.known.get(&key).is_some() {
            return Ok(None);
        }
        match self.looked_up(&promise.record_type, &promise.id).await {
            Ok(link) => {
                self.known.learn(key, link);
                Ok(None)
            }
            Err(Ok(halt)) => Err(halt),
            Err(Err(why)) => {
                Ok(Some(format!("the link of {} {} could not be looked up: {why}", promise.record_type, promise.id)))
            }
        }
    }

    fn drop_unkept(&self, one: &mut One, mapped: &MappedRecord) {
        fn walk(level: &Level, mapped: &MappedRecord, written: &mut HashSet<Promise>, wanted: &mut Vec<Promise>) {
            mapped.fields.iter().for_each(|f| promises(&f.value, wanted));
            for child in &mapped.children {
                let Some(planned) = level.children.get(child.child as usize) else { continue };
                if let Some(id) = &child.source_id {
                    written.insert(Promise { record_type: planned.level.record.clone(), id: id.clone() });
                }
                walk(&planned.level, &child.record, written, wanted);
            }
        }
        let mut written: HashSet<Promise> = one.itself.iter().map(LinkKey::as_promise).collect();
        let mut wanted = Vec::new();
        walk(self.level(), mapped, &mut written, &mut wanted);
        one.dropped.extend(wanted.into_iter().filter(|p| !written.contains(p)));
    }

    fn done(&self, one: &mut One, outcome: Outcome) {
        let ended = match outcome {
            Outcome::Mapped(mapped) => {
                match (self.level().sync, &one.root) {
                    (SyncType::Add, Root::Existing(..)) => {
                        let reason = String::from("it is there already, and this collection only adds");
                        one.end = Some(End::Ended(Ended::Skipped { reason }));
                    }
                    (SyncType::Update | SyncType::UpdateOnDelete, Root::Creating | Root::Unknown) => {
                        let reason = String::from("it is not there yet, and this collection only updates");
                        one.end = Some(End::Ended(Ended::Skipped { reason }));
                    }
                    _ => {
                        let mut warned = Vec::new();
                        warnings(&mapped, &mut warned);
                        one.warnings = warned.into_iter().map(|reason| reason.text.clone()).collect();
                        one.warnings.sort();
                        one.warnings.dedup();
                        one.mapped = Some(mapped);
                    }
                }
                return;
            }
            Outcome::Skipped(Reason { text, .. }) => Ended::Skipped { reason: text },
            Outcome::Refused(Reason { text, .. }) => Ended::Refused { reason: text },
            Outcome::Failed(failures) => {
                Ended::Failed { reason: failures.iter().map(failure_text).collect::<Vec<_>>().join("; ") }
            }
            Outcome::Parked(waits) => Ended::Parked { reason: waiting_for(&waits), waits },
        };
        one.end = Some(End::Ended(ended));
    }
}

/// A failure as one line.
fn failure_text(failure: &Failure) -> String {
    let place = match (&failure.field, failure.row.as_str()) {
        (Some(field), "") => format!("`{field}`: "),
        (Some(field), row) => format!("{row} `{field}`: "),
        (None, "") => String::new(),
        (None, row) => format!("{row}: "),
    };
    let from =
        if failure.sources.is_empty() { String::new() } else { format!(" (from `{}`)", failure.sources.join("`, `")) };
    format!("{place}{}{from}", failure.message)
}
