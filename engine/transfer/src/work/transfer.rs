//! A group of records on their way: links, what is there, evaluation, comparison, writing, ends.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::join_all;
use mapwright_language::evaluate::{Context, Evaluation, Failure, MappedRecord, Need, Outcome, Reason, evaluate};
use mapwright_language::json::{Json, write};
use mapwright_language::mapping_file::{Direction, SyncType};
use mapwright_language::plan::{Level, Plan};
use mapwright_language::schema::RecordType;
use mapwright_language::value::{Promise, Value};

use crate::connect::links::{LinkError, told_by};
use crate::connect::records::{ReadError, find, read_by_id};

use super::engine::{Engine, Halt, unless_halted};
use super::external_id::external_id;
use super::gone::remove_gone;
use super::known::{Known, RecordLinks, in_transfer};
use super::memory::Memory;
use super::outcome::{Counts, Ended, How};
use super::present::{Present, Root, SlotRows, Wanted};
use super::promise::promises;
use super::rows::{Group, Row, RowEnd, State, fields_of};
use super::slots::{SlotReader, read_wanted};
use super::write::Writer;

/// Most steps of one record's evaluation (language.md section 10).
const MOST_STEPS: u64 = 1_000_000;
/// Most rounds of "look that up and run again": each round answers everything that was asked.
const MOST_ROUNDS: usize = 64;

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
}

/// A record's end in this group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It is over.
    Ended(Ended),
    /// A request was sent and its answer was lost: the record is looked at again before anything is sent again.
    LookAgain(String),
}

/// What a group did.
#[derive(Debug, Default)]
pub struct GroupReport {
    /// Per record, in order.
    pub ends: Vec<(String, Option<End>)>,
    /// Child rows by collection.
    pub children: BTreeMap<String, Counts>,
    /// Rows left in place.
    pub left_in_place: u64,
    /// The run has to end; records without an end were not finished.
    pub halt: Option<Halt>,
}

/// One record of the group.
struct One {
    id: String,
    source: Json,
    bytes: String,
    in_transfer: HashSet<Promise>,
    dropped: HashSet<Promise>,
    itself: Promise,
    root: Root,
    slots: SlotRows,
    mapped: Option<MappedRecord>,
    end: Option<End>,
}

impl One {
    fn fail(&mut self, reason: impl Into<String>) {
        self.end = Some(End::Ended(Ended::Failed { reason: reason.into() }));
    }
}

impl Transfer<'_> {
    fn level(&self) -> &Level {
        &self.plan.root
    }

    /// Moves a group of records; each gets its end, unless the run has to end before.
    pub async fn group(&self, records: Vec<(String, Json)>) -> GroupReport {
        let mut ones: Vec<One> = records.into_iter().map(|(id, source)| self.one(id, source)).collect();
        let mut report = GroupReport::default();
        match self.moved(&mut ones, &mut report).await {
            Ok(()) => {}
            Err(halt) => report.halt = Some(halt),
        }
        report.ends = ones.into_iter().map(|one| (one.id, one.end)).collect();
        report
    }

    fn one(&self, id: String, source: Json) -> One {
        let catalog = &self.engine.catalog;
        self.known.learn_from(catalog, &self.source, &source, &self.engine.system_id);
        let itself = Promise { record_type: self.level().record.clone(), id: id.as_str().into() };
        let bytes = write(&source);
        let in_transfer = in_transfer(catalog, self.level(), &self.source, &source);
        One {
            id,
            source,
            bytes,
            in_transfer,
            dropped: HashSet::new(),
            itself,
            root: Root::Unknown,
            slots: SlotRows::new(),
            mapped: None,
            end: None,
        }
    }

    async fn moved(&self, ones: &mut [One], report: &mut GroupReport) -> Result<(), Halt> {
        for result in join_all(ones.iter_mut().map(|one| self.root_link(one))).await {
            result?;
        }
        self.read_roots(ones).await?;
        for result in join_all(ones.iter_mut().filter(|one| one.end.is_none()).map(|one| self.evaluated(one))).await {
            result?;
        }
        let mut group = Group::default();
        let mut roots = Vec::new();
        for one in ones.iter_mut() {
            if one.end.is_some() {
                continue;
            }
            let Some(mapped) = one.mapped.take() else { continue };
            let row = self.root_row(one, &mapped, group.ids.len());
            count_skipped(self.level(), &mapped, &mut report.children);
            roots.push((one.id.clone(), group.add(row, &mapped, &self.source, &self.engine.rows())));
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
            Ok(()) => remove_gone(self.engine, &mut group, direction).await,
            halted => halted,
        };
        report.left_in_place += group.left_in_place;
        for (index, (id, _)) in roots.iter().enumerate() {
            let end = self.end_of(&group, index);
            let unfinished =
                group.rows.iter().any(|r| r.root == index && r.end == RowEnd::Open && r.state != State::Same);
            if halted.is_err() && unfinished {
                continue;
            }
            count_rows(&group, index, &mut report.children);
            if let Some(one) = ones.iter_mut().find(|one| one.id == *id && one.end.is_none()) {
                one.end = Some(end);
            }
        }
        halted
    }

    /// The root's link, and so whether it should be there.
    async fn root_link(&self, one: &mut One) -> Result<(), Halt> {
        let level = self.level();
        if !self.engine.links.has_links(&level.record) {
            one.root = Root::Creating;
            return Ok(());
        }
        let known = match self.known.get(&one.itself) {
            Some(known) => known,
            None => {
                let external = match level.direction {
                    Direction::To => external_id(level, &one.source, None),
                    Direction::From => Some(one.id.clone()),
                };
                let Some(external) = external else { return Ok(()) };
                match self.looked_up(&level.record.clone(), &external).await {
                    Ok(link) => {
                        self.known.learn(one.itself.clone(), link.clone());
                        link
                    }
                    Err(Ok(halt)) => return Err(halt),
                    Err(Err(why)) => {
                        one.fail(format!("its link could not be looked up: {why}"));
                        return Ok(());
                    }
                }
            }
        };
        if let Some(link) = known {
            one.root = Root::Existing(self.known.target_id(&link), None);
        }
        Ok(())
    }

    /// A link by the source system's id: remembered, or asked for.
    async fn looked_up(
        &self,
        record_type: &str,
        id: &str,
    ) -> Result<Option<crate::connect::links::Link>, Result<Halt, String>> {
        let by_internal = self.level().direction == Direction::From;
        if let Some(link) = self.memory.link(record_type, id).map_err(Ok)? {
            return Ok(Some(link));
        }
        let links = &self.engine.links;
        let found = if by_internal {
            links.external_of(record_type, id).await
        } else {
            links.internal_of(record_type, id).await
        };
        match found {
            Ok(link) => {
                if let Some(link) = &link {
                    self.memory.remember_link(record_type, link).map_err(Ok)?;
                }
                Ok(link)
            }
            Err(LinkError::Call(error)) => Err(unless_halted(&error).map_or_else(Ok, Err)),
            // a type without links has none
            Err(LinkError::NoTable(_)) => Ok(None),
            Err(error) => Err(Err(error.to_string())),
        }
    }

    /// Reads what linked records are like at the target; a link to something that is gone is none.
    async fn read_roots(&self, ones: &mut [One]) -> Result<(), Halt> {
        if self.target.route.read.is_none() {
            return Ok(());
        }
        let ids: Vec<String> = ones
            .iter()
            .filter(|one| one.end.is_none())
            .filter_map(|one| if let Root::Existing(id, _) = &one.root { Some(id.clone()) } else { None })
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        match read_by_id(&*self.engine.wire, &self.target, &ids, &[]).await {
            Ok(mut found) => {
                for one in ones.iter_mut() {
                    let Root::Existing(id, json) = &mut one.root else { continue };
                    match found.remove(id) {
                        Some(row) => *json = Some(row),
                        None => {
                            // a link to something that is gone is none
                            one.root = Root::Unknown;
                            if let Some(link) = self.known.get(&one.itself).flatten() {
                                self.memory.forget_link(&one.itself.record_type, &link)?;
                            }
                            self.known.learn(one.itself.clone(), None);
                        }
                    }
                }
                Ok(())
            }
            Err(ReadError::Call(error)) => {
                let why = unless_halted(&error)?;
                ones.iter_mut()
                    .filter(|one| matches!(one.root, Root::Existing(..)))
                    .for_each(|one| one.fail(format!("what is there could not be read: {why}")));
                Ok(())
            }
            Err(error) => {
                ones.iter_mut()
                    .filter(|one| matches!(one.root, Root::Existing(..)))
                    .for_each(|one| one.fail(format!("what is there could not be read: {error}")));
                Ok(())
            }
        }
    }

    fn run_once(&self, one: &One) -> (Evaluation, Vec<Wanted>) {
        let itself = if let Root::Existing(id, _) = &one.root { Some((&one.itself, id.as_str())) } else { None };
        let links = RecordLinks { known: self.known, in_transfer: &one.in_transfer, dropped: &one.dropped, itself };
        let target = Present {
            root: &one.root,
            level: self.level(),
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
            links: &links,
            target: &target,
            parents: &[],
            position: 1,
            most_steps: MOST_STEPS,
        };
        let evaluation = evaluate(self.plan, one.bytes.as_bytes(), &context);
        (evaluation, target.wanted.take())
    }

    /// Evaluates a record, looking up what it asks for, until it has its outcome.
    async fn evaluated(&self, one: &mut One) -> Result<(), Halt> {
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
        let turn = self.known.turn(promise);
        let _held = turn.lock().await;
        if self.known.get(promise).is_some() {
            return Ok(None);
        }
        match self.looked_up(&promise.record_type, &promise.id).await {
            Ok(link) => {
                self.known.learn(promise.clone(), link);
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
        let mut written = HashSet::from([one.itself.clone()]);
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
                    _ => one.mapped = Some(mapped),
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

    /// Looks for an unlinked record by its `find_by` fields.
    async fn found(&self, one: &mut One, find_by: &[(Arc<str>, Value)]) -> Result<(), Halt> {
        let level = self.level();
        if find_by.is_empty() {
            // nothing tells whether an interrupted run has made it
            if let Some(request) = self.memory.intended(&one.id, "")? {
                let reason = format!(
                    "it may have been created already ({request}), and there is no `find_by` to find out: link it by hand or remove it"
                );
                one.end = Some(End::Ended(Ended::Parked { reason, waits: vec![] }));
                return Ok(());
            }
            one.root = Root::Creating;
            return Ok(());
        }
        let names = find_by.iter().map(|(n, _)| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        match find(&*self.engine.wire, &self.engine.catalog, &self.target, find_by, &self.engine.zone).await {
            Ok(found) if found.len() > 1 => {
                one.fail(format!(
                    "{} records at the target have its {names}: which one is meant cannot be known",
                    found.len()
                ));
            }
            Ok(found) => match found.into_iter().next() {
                None => one.root = Root::Creating,
                Some(row) => {
                    let id_field = self.target.id.as_deref();
                    let id = id_field.and_then(|f| row.get(f)?.id()).map(str::to_owned);
                    let own = external_id(level, &one.source, None);
                    let other = id_field.and_then(|f| told_by(&row, f, &self.engine.system_id)).flatten();
                    match (id, other) {
                        (_, Some(link))
                            if level.direction == Direction::To && own.as_deref() != Some(&*link.external) =>
                        {
                            one.fail(format!(
                                "the record with its {names} is linked to another one already ({})",
                                link.external
                            ));
                        }
                        (Some(id), _) => one.root = Root::Existing(id, Some(row)),
                        (None, _) => one.fail(format!("the record with its {names} has no id")),
                    }
                }
            },
            Err(ReadError::Call(error)) => {
                let why = unless_halted(&error)?;
                one.fail(format!("it could not be looked for by {names}: {why}"));
            }
            Err(error) => one.fail(format!("it could not be looked for by {names}: {error}")),
        }
        Ok(())
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
            children: vec![],
            end: RowEnd::Open,
            key: String::new(),
        }
    }

    fn end_of(&self, group: &Group<'_>, root: usize) -> End {
        let rows = || group.rows.iter().filter(|r| r.root == root);
        let named =
            |row: &Row<'_>, why: &str| if row.key.is_empty() { why.to_owned() } else { format!("{}: {why}", row.key) };
        for row in rows() {
            if let RowEnd::Unknown(why) = &row.end {
                return End::LookAgain(named(row, why));
            }
        }
        let mut failures: Vec<String> =
            rows().filter_map(|r| if let RowEnd::Failed(why) = &r.end { Some(named(r, why)) } else { None }).collect();
        if failures.len() > 3 {
            let more = failures.len() - 3;
            failures.truncate(3);
            failures.push(format!("and {more} more rows"));
        }
        if !failures.is_empty() {
            return End::Ended(Ended::Failed { reason: failures.join("; ") });
        }
        let waits: Vec<Promise> =
            rows().filter_map(|r| if let RowEnd::Waits(p) = &r.end { Some(p.clone()) } else { None }).collect();
        if !waits.is_empty() {
            return End::Ended(Ended::Parked { reason: waiting_for(&waits), waits });
        }
        let created = rows().any(|r| r.parent.is_none() && r.state == State::New);
        let ended = if rows().any(|r| r.end == RowEnd::Written) {
            Ended::Written { how: if created { How::Created } else { How::Updated } }
        } else {
            Ended::Unchanged
        };
        End::Ended(ended)
    }
}

/// A read that failed, for the record it was for.
fn unless_stopped(error: ReadError) -> Result<String, Halt> {
    let why = match error {
        ReadError::Call(error) => unless_halted(&error)?,
        other => other.to_string(),
    };
    Ok(format!("what is there could not be read: {why}"))
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

fn waiting_for(waits: &[Promise]) -> String {
    let mut names: Vec<String> = waits.iter().map(|p| format!("{} {}", p.record_type, p.id)).collect();
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(5);
    names.truncate(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("waits for the link of {}{more}", names.join(", "))
}

fn count_skipped(level: &Level, mapped: &MappedRecord, children: &mut BTreeMap<String, Counts>) {
    for (slot, reason) in &mapped.skipped_children {
        let name = level.children.iter().find(|c| c.slot == *slot && c.level.collection == reason.collection);
        children
            .entry(name.map_or_else(|| reason.collection.to_string(), |c| c.level.collection.to_string()))
            .or_default()
            .add("skipped");
    }
    for child in &mapped.children {
        if let Some(planned) = level.children.get(child.child as usize) {
            count_skipped(&planned.level, &child.record, children);
        }
    }
}

fn count_rows(group: &Group<'_>, root: usize, children: &mut BTreeMap<String, Counts>) {
    for row in group.rows.iter().filter(|r| r.root == root && r.parent.is_some()) {
        let word = match &row.end {
            RowEnd::Written => "written",
            RowEnd::Unchanged => "unchanged",
            // rows inside an unchanged parent are never sent
            RowEnd::Open if row.state == State::Same => "unchanged",
            RowEnd::Waits(_) => "parked",
            RowEnd::Open | RowEnd::Failed(_) | RowEnd::Unknown(_) => "failed",
        };
        children.entry(row.level.collection.to_string()).or_default().add(word);
    }
}
