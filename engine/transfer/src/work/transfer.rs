//! A group of records on their way: links, what is there, evaluation, comparison, writing, ends.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::join_all;
use mapwright_language::evaluate::MappedRecord;
use mapwright_language::json::{Json, write};
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::{Level, Plan};
use mapwright_language::schema::RecordType;
use mapwright_language::value::Promise;

use crate::connect::links::Link;
use crate::identity::{LinkKey, SourceKey};

use super::around::{Around, Part};
use super::ends::{End, count_rows, count_skipped, end_of};
use super::engine::{Engine, Halt};
use super::external_id::link_key;
use super::fields::{Unread, complete};
use super::gone::remove_gone;
use super::known::{Known, in_transfer};
use super::looking::unless_stopped;
use super::memory::Memory;
use super::others::Others;
use super::outcome::{Counts, Ended};
use super::present::{Root, SlotRows};
use super::rows::{Group, Row, RowEnd, State, fields_of};
use super::settling::Open;
use super::slots::SlotReader;
use super::unwanted::remove_unwanted;
use super::write::Writer;

/// Transfers records of one root collection.
pub struct Transfer<'a> {
    /// What it works with.
    pub engine: &'a Engine,
    /// The collection.
    pub plan: &'a Plan,
    /// Record type of the source.
    pub source: Arc<RecordType>,
    /// Record type of the target.
    pub target: Arc<RecordType>,
    /// Links of the run.
    pub known: &'a Known,
    /// What is remembered.
    pub memory: &'a Memory,
    /// Other records of the source, with all that this plan reads of them.
    pub completed: Others,
    /// What the run sets off.
    pub around: &'a Around<'a>,
    /// Which part of the run it is.
    pub part: &'a Part,
}

/// What a group did.
#[derive(Debug, Default)]
pub struct GroupReport {
    /// Per record, in order.
    pub ends: Vec<(String, Option<End>)>,
    /// What checks warn of, by record.
    pub warnings: BTreeMap<String, Vec<String>>,
    /// Links that records in place go without, by record.
    pub lacking: BTreeMap<String, BTreeSet<LinkKey>>,
    /// Child rows by collection.
    pub children: BTreeMap<String, Counts>,
    /// Rows left in place.
    pub left_in_place: u64,
    /// Rows removed.
    pub removed: u64,
    /// The run has to end; records without an end were not finished.
    pub halt: Option<Halt>,
}

/// One record of the group.
pub(super) struct One {
    pub id: String,
    pub source: Json,
    pub bytes: String,
    pub in_transfer: HashSet<Promise>,
    pub dropped: HashSet<Promise>,
    pub others: Others,
    pub tried: HashSet<Promise>,
    /// What it is accounted for as.
    pub key: SourceKey,
    /// What it is linked as.
    pub itself: Option<LinkKey>,
    /// Its open entries of the journal.
    pub intended: Vec<Open>,
    pub root: Root,
    pub slots: SlotRows,
    pub mapped: Option<MappedRecord>,
    pub warnings: Vec<String>,
    /// Links that rules asked for and that are not there.
    pub lacking: BTreeSet<LinkKey>,
    /// It was found, and no link to it is to be saved.
    pub linkless: bool,
    /// It was found, and this link of it gives way.
    pub replaces: Option<Link>,
    pub end: Option<End>,
}

impl One {
    pub fn fail(&mut self, reason: impl Into<String>) {
        self.end = Some(End::Ended(Ended::Failed { reason: reason.into() }));
    }
}

impl Transfer<'_> {
    pub(super) fn level(&self) -> &Level {
        &self.plan.root
    }

    /// Moves a group of records; each gets its end, unless the run has to end before.
    pub async fn group(&self, records: Vec<(String, Json)>) -> GroupReport {
        let (records, elsewhere): (Vec<_>, Vec<_>) =
            records.into_iter().partition(|(id, source)| self.begins(id, source));
        let mut report = GroupReport::default();
        let mut ones = Vec::new();
        for read in join_all(records.into_iter().map(|(id, source)| self.read(id, source))).await {
            match read {
                Ok(one) => ones.push(one),
                Err(halt) => report.halt = Some(halt),
            }
        }
        let result = if report.halt.is_some() { Ok(()) } else { self.moved(&mut ones, &mut report).await };
        report.halt = report.halt.or(result.err());
        self.set_off(&mut ones, &mut report).await;
        report.lacking = ones
            .iter_mut()
            .map(|one| (one.id.clone(), std::mem::take(&mut one.lacking)))
            .filter(|(_, lacking)| !lacking.is_empty())
            .collect();
        report.warnings = ones
            .iter_mut()
            .map(|one| (one.id.clone(), std::mem::take(&mut one.warnings)))
            .filter(|(_, w)| !w.is_empty())
            .collect();
        report.ends = ones.into_iter().map(|one| (one.id, one.end)).collect();
        report.ends.extend(elsewhere.into_iter().map(|(id, _)| (id, Some(End::Elsewhere))));
        report
    }

    /// Runs what comes after the records that are in place.
    async fn set_off(&self, ones: &mut [One], report: &mut GroupReport) {
        if let Some(Halt(why)) = &report.halt {
            ones.iter_mut().for_each(|one| self.none_after(one, why));
            return;
        }
        for result in join_all(ones.iter_mut().map(|one| self.run_after(one))).await {
            report.halt = report.halt.take().or(result.err());
        }
    }

    /// A record with all that its rules read.
    async fn read(&self, id: String, mut source: Json) -> Result<One, Halt> {
        match complete(self.engine, self.known, self.plan, self.level().source, &mut source).await {
            Ok(()) => self.one(id, source),
            Err(Unread::Halt(halt)) => Err(halt),
            Err(Unread::Field(why)) => {
                let mut one = self.one(id, source)?;
                one.fail(why);
                Ok(one)
            }
        }
    }

    fn one(&self, id: String, source: Json) -> Result<One, Halt> {
        let catalog = &self.engine.catalog;
        self.known.learn_from(catalog, &self.source, &source, &self.engine.system_id);
        let itself = link_key(self.level(), &id, &source);
        let bytes = write(&source);
        let in_transfer = in_transfer(catalog, self.level(), &self.source, &source, itself.as_ref());
        Ok(One {
            intended: self.memory.open(&id)?,
            key: self.memory.key(&id),
            id,
            source,
            bytes,
            in_transfer,
            dropped: HashSet::new(),
            others: Others::default(),
            tried: HashSet::new(),
            itself,
            root: Root::Unknown,
            slots: SlotRows::new(),
            mapped: None,
            warnings: vec![],
            lacking: BTreeSet::new(),
            linkless: false,
            replaces: None,
            end: None,
        })
    }

    async fn moved(&self, ones: &mut [One], report: &mut GroupReport) -> Result<(), Halt> {
        for result in join_all(ones.iter_mut().filter(|one| one.end.is_none()).map(|one| self.root_link(one))).await {
            result?;
        }
        self.read_roots(ones).await?;
        for result in join_all(ones.iter_mut().filter(|one| one.end.is_none()).map(|one| self.evaluated(one))).await {
            result?;
        }
        let mut group = Group::default();
        let (mut roots, mut all_mapped) = (Vec::new(), Vec::new());
        for one in ones.iter_mut() {
            if one.end.is_some() {
                continue;
            }
            let Some(mapped) = one.mapped.take() else { continue };
            let row = self.root_row(one, &mapped, group.ids.len());
            if one.linkless {
                group.linkless.insert(group.ids.len());
            }
            if let Some(link) = one.replaces.take() {
                group.replaces.insert(group.ids.len(), link);
            }
            roots.push((one.id.clone(), group.add(row, &mapped, &self.source, &self.engine.rows())));
            if let Some(intended) = group.intended.last_mut() {
                *intended = std::mem::take(&mut one.intended);
            }
            all_mapped.push(mapped);
        }
        let direction = self.level().direction;
        let rows = self.engine.rows();
        let mut read = SlotReader { engine: self.engine, by_path: HashMap::new(), found: HashMap::new() };
        for one in ones.iter_mut() {
            let Some((_, at)) = roots.iter().find(|(id, _)| *id == one.id) else { continue };
            for ((path, slot), rows) in std::mem::take(&mut one.slots) {
                if path.is_empty() {
                    read.found.insert((*at, slot.to_string()), rows);
                }
            }
        }
        // rows of slots with a call of their own are read once their parents are known, level by level
        loop {
            group.match_children(self.known, direction, &rows, &read.found);
            match read.more(&group).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let why = unless_stopped(error)?;
                    for one in ones.iter_mut().filter(|one| roots.iter().any(|(id, _)| *id == one.id)) {
                        one.fail(why.clone());
                    }
                    return Ok(());
                }
            }
        }
        let root_ids: Vec<String> = roots.iter().map(|(id, _)| id.clone()).collect();
        let memory = self.memory;
        group.compare(&rows, &|row| {
            let internal = match direction {
                Direction::From => row.source_id.as_deref(),
                Direction::To => row.id.as_deref(),
            };
            let sent = internal.and_then(|id| memory.last_sent(&row.level.record, id).ok());
            sent.map(|s| s.write_only).unwrap_or_default()
        });
        let halted = {
            let mut writer = Writer {
                engine: self.engine,
                known: self.known,
                direction,
                memory: self.memory,
                root_ids: &root_ids,
                group: &mut group,
            };
            writer.write(roots.iter().map(|(_, at)| *at).collect()).await
        };
        let halted = match halted {
            Ok(()) => remove_gone(self, &mut group).await,
            halted => halted,
        };
        let halted = match halted {
            Ok(()) => remove_unwanted(self.engine, &mut group).await,
            halted => halted,
        };
        for root in &group.added_to {
            if let Some(id) = root_ids.get(*root) {
                self.engine.settling.written(self.memory.key(id));
            }
        }
        report.removed += group.removed;
        for ((index, (id, _)), mapped) in roots.iter().enumerate().zip(&all_mapped) {
            let end = end_of(&group, index);
            let unfinished =
                group.rows.iter().any(|r| r.root == index && r.end == RowEnd::Open && r.state != State::Same);
            if halted.is_err() && unfinished {
                continue;
            }
            // what is looked at again is counted then
            if !matches!(end, End::LookAgain { .. } | End::Held { .. }) {
                count_skipped(self.level(), mapped, &mut report.children);
                count_rows(&group, index, &mut report.children);
                report.left_in_place += group.left_in_place.get(&index).copied().unwrap_or_default();
            }
            if halted.is_ok()
                && matches!(end, End::Ended(Ended::Written { .. } | Ended::Unchanged))
                && !self.engine.dry_run
            {
                // all that was ever begun of it is there, or is no longer wanted
                let open = group.intended.get(index).into_iter().flatten().map(|open| open.entry);
                self.memory.close(&open.collect::<Vec<_>>())?;
            }
            if let Some(one) = ones.iter_mut().find(|one| one.id == *id && one.end.is_none()) {
                one.end = Some(end);
            }
        }
        halted
    }

    fn root_row<'p>(&'p self, one: &One, mapped: &MappedRecord, root: usize) -> Row<'p> {
        let (id, existing, state) = match &one.root {
            Root::Existing(id, json) => (Some(id.clone()), json.clone(), State::Same),
            _ => (None, None, State::New),
        };
        Row {
            root,
            parent: None,
            slot: None,
            level: self.level(),
            target: self.target.clone(),
            source_id: Some(one.id.as_str().into()),
            source: one.source.clone(),
            fields: fields_of(mapped),
            existing,
            id,
            external: None,
            state,
            send: vec![],
            unwritable: vec![],
            children: vec![],
            end: RowEnd::Open,
            key: String::new(),
        }
    }
}
