//! A run over one collection: pages into groups, groups at work side by side, what waits tried again until nothing moves.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use mapwright_language::json::Json;
use mapwright_language::mapping_file::SyncType;
use mapwright_language::plan::Plan;
use mapwright_language::schema::{RecordType, System};
use mapwright_language::value::Promise;

use crate::connect::ids::fits;
use crate::connect::list::Pages;
use crate::connect::records::{ReadError, ids_per_call, read_by_id};

use super::around::{Around, Part};
use super::delete::{delete, not_gone};
use super::ends::End;
use super::engine::{Engine, Halt, unless_halted};
use super::memory::{Memory, direction_word};
use super::observe::Event;
use super::others::Others;
use super::outcome::{Ended, Report};
use super::transfer::{GroupReport, Transfer};

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

/// Most records whose content is kept while they wait; of more only the id is kept, and they are read again.
const MOST_KEPT: usize = 2_000;
/// How often a record is looked at again after an answer was lost, before it is left parked.
const MOST_LOOKS: u8 = 3;
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
        let summary = serde_json::to_string(&report.records).unwrap_or_default();
        if let Err(error) = engine.store.end_run(number, &summary) {
            report.interrupted.get_or_insert(error.to_string());
        }
    }
    engine.observer.see(Event::Finished { collection: &level.collection });
    report
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
        let memory = Memory::of(engine.store.clone(), level, around.number).after(part.after.clone());
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
    looks: HashMap<String, u8>,
    /// Records that were asked for or read from a list, each once.
    taken: u64,
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
                let record = Promise { record_type: self.plan.root.record.clone(), id: id.into() };
                self.transfer.around.park(record, &collection, ended);
                self.report.elsewhere += 1;
                continue;
            }
            self.ended(&id, &ended)?;
        }
        result.and(again)
    }

    fn group_size(&self) -> usize {
        let route = &self.transfer.target.route;
        let batches = [&route.create, &route.update, &route.read].into_iter().flatten().map(|c| c.batch as usize);
        batches.max().unwrap_or(1).clamp(1, MOST_IN_GROUP)
    }

    async fn listed(&mut self, since: Option<jiff::Timestamp>) -> Result<(), Halt> {
        let source = self.source.clone();
        let list = source.route.list.as_ref().ok_or_else(|| Halt(format!("{} cannot be listed", source.title)))?;
        if since.is_some() && list.changed_since.is_none() {
            return Err(Halt(format!("{} cannot be asked for what changed: transfer all, or give ids", source.title)));
        }
        let keeps_place = since.is_none() && !self.engine.dry_run;
        let first = if keeps_place { self.transfer.memory.checkpoint()?.unwrap_or(1) } else { 1 };
        let mut pages = Pages::new(list, &source, since, first);
        self.flow(Some(&mut pages), vec![], keeps_place).await?;
        if keeps_place {
            self.transfer.memory.set_checkpoint(None)?;
        }
        // what waited when an earlier run was cut short is on pages that are behind
        if first > 1 {
            let waits = self.transfer.memory.to_retry(true, false)?;
            let here: std::collections::HashSet<String> = self.waiting.iter().map(|(id, ..)| id.clone()).collect();
            self.asked_for(waits.into_iter().filter(|id| !here.contains(id)).collect()).await?;
        }
        Ok(())
    }

    fn id_of(&self, row: &Json) -> String {
        self.source.id.as_deref().and_then(|id| row.get(id)?.id()).unwrap_or_default().to_owned()
    }

    /// Each id once; what cannot be an id ends here, with nothing sent for it.
    async fn asked_for(&mut self, mut ids: Vec<String>) -> Result<(), Halt> {
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        self.taken += ids.len() as u64;
        let source = self.source.clone();
        let mut fitting = Vec::new();
        for id in ids {
            match fits(&source, &id) {
                Ok(()) => fitting.push(id),
                Err(reason) => self.ended(&id, &Ended::Failed { reason })?,
            }
        }
        self.by_id(fitting).await
    }

    async fn by_id(&mut self, ids: Vec<String>) -> Result<(), Halt> {
        let source = self.source.clone();
        if source.route.read.is_none() {
            return self.by_id_from_list(ids).await;
        }
        for chunk in ids.chunks(MOST_IN_GROUP) {
            if self.engine.stop.is_asked() {
                return Err(Halt(String::from("interrupted")));
            }
            let records = self.read(&source, chunk).await?;
            self.groups(records).await?;
        }
        Ok(())
    }

    /// Reads records, as many in a call as the route takes; what cannot be read fails alone.
    async fn read(&mut self, source: &RecordType, ids: &[String]) -> Result<Vec<(String, Json)>, Halt> {
        let size = source.route.read.as_ref().map_or(1, ids_per_call);
        let mut records = Vec::new();
        let mut calls: VecDeque<&[String]> = ids.chunks(size).collect();
        while let Some(call) = calls.pop_front() {
            let why = match read_by_id(&*self.engine.wire, source, call, &[]).await {
                Ok(mut found) => {
                    for id in call {
                        match found.remove(id) {
                            Some(row) => records.push((id.clone(), row)),
                            None => {
                                let reason = format!("{} {id} is not there", source.title);
                                self.ended(id, &Ended::Failed { reason })?;
                            }
                        }
                    }
                    continue;
                }
                // one of them is at fault: which one shows when each is asked for alone
                Err(ReadError::Refused(_)) if call.len() > 1 => {
                    calls.extend(call.chunks(1));
                    continue;
                }
                Err(ReadError::Call(error)) => unless_halted(&error)?,
                Err(error) => error.to_string(),
            };
            for id in call {
                self.ended(id, &Ended::Failed { reason: format!("it could not be read: {why}") })?;
            }
        }
        Ok(records)
    }

    /// A record type without a call for one record (payment methods): its list is read and looked through.
    async fn by_id_from_list(&mut self, ids: Vec<String>) -> Result<(), Halt> {
        let source = self.source.clone();
        let list = source.route.list.as_ref().ok_or_else(|| Halt(format!("{} cannot be read", source.title)))?;
        let mut pages = Pages::new(list, &source, None, 1);
        let mut left = ids;
        while !left.is_empty() {
            let page =
                pages.next(&*self.engine.wire).await.map_err(|e| Halt(format!("the list cannot be read on: {e}")))?;
            let Some(rows) = page else { break };
            let records: Vec<(String, Json)> =
                rows.into_iter().map(|row| (self.id_of(&row), row)).filter(|(id, _)| left.contains(id)).collect();
            left.retain(|id| !records.iter().any(|(found, _)| found == id));
            self.groups(records).await?;
        }
        for id in left {
            let reason = format!("{} {id} is not there", source.title);
            self.ended(&id, &Ended::Failed { reason })?;
        }
        Ok(())
    }

    async fn groups(&mut self, records: Vec<(String, Json)>) -> Result<(), Halt> {
        self.flow(None, records, false).await
    }

    /// Groups of records at work side by side, page after page without a pause between them: the next page is read when its
    /// records are needed. On a halt those in flight are finished.
    async fn flow(
        &mut self,
        mut pages: Option<&mut Pages<'_>>,
        records: Vec<(String, Json)>,
        keeps_place: bool,
    ) -> Result<(), Halt> {
        let (transfer, size, engine) = (self.transfer, self.group_size(), self.engine);
        let start =
            |page: u32, group: Vec<(String, Json)>| async move { (page, group.clone(), transfer.group(group).await) };
        let mut queue: VecDeque<(u32, Vec<(String, Json)>)> =
            in_groups(records, size).map(|group| (0, group)).collect();
        // groups that are not done, by page: an unfinished run goes on with the first of these pages
        let mut open: BTreeMap<u32, usize> = BTreeMap::new();
        let mut at_work = FuturesUnordered::new();
        let mut halted = None;
        loop {
            while halted.is_none() && at_work.len() < engine.concurrency.max(1) {
                if engine.stop.is_asked() {
                    halted = Some(Halt(String::from("interrupted")));
                    break;
                }
                if let Some((page, group)) = queue.pop_front() {
                    at_work.push(start(page, group));
                    continue;
                }
                let Some((pages, number)) = pages.as_mut().and_then(|p| p.at().map(|number| (p, number))) else {
                    break;
                };
                match pages.next(&*engine.wire).await {
                    Ok(rows) => {
                        let records: Vec<_> = rows.into_iter().flatten().map(|row| (self.id_of(&row), row)).collect();
                        self.taken += records.len() as u64;
                        queue.extend(in_groups(records, size).map(|group| (number, group)));
                        open.insert(number, queue.len());
                    }
                    Err(error) => halted = Some(Halt(format!("the list cannot be read on: {error}"))),
                }
            }
            let Some((page, kept, report)) = at_work.next().await else { break };
            if let Some(halt) = &report.halt {
                halted.get_or_insert_with(|| halt.clone());
            }
            let whole = report.halt.is_none();
            self.absorb(kept, report)?;
            if let Some(groups) = open.get_mut(&page).filter(|_| whole) {
                *groups -= 1;
                if *groups == 0 {
                    open.remove(&page);
                }
                let next =
                    open.first_key_value().map(|(page, _)| *page).or_else(|| pages.as_ref().and_then(|p| p.at()));
                if let Some(next) = next.filter(|_| keeps_place) {
                    transfer.memory.set_checkpoint(Some(next))?;
                }
            }
        }
        halted.map_or(Ok(()), Err)
    }

    /// Counts what a group did, and keeps what waits.
    fn absorb(&mut self, mut kept: Vec<(String, Json)>, mut report: GroupReport) -> Result<(), Halt> {
        for (name, counts) in &report.children {
            self.report.children.entry(name.clone()).or_default().join(counts);
        }
        self.report.left_in_place += report.left_in_place;
        self.report.removed += report.removed;
        for (id, end) in report.ends {
            let content = kept.iter_mut().find(|(k, _)| *k == id).map(|(_, json)| std::mem::take(json));
            match end {
                None => {}
                Some(End::Elsewhere) => self.report.elsewhere += 1,
                Some(End::Ended(ended @ Ended::Parked { .. })) => self.wait(id, content, ended)?,
                Some(End::LookAgain(why)) => {
                    let looks = self.looks.entry(id.clone()).or_default();
                    *looks += 1;
                    let reason = format!("what became of a request is not known: {why}");
                    self.wait(id, content, Ended::Parked { reason, waits: vec![] })?;
                }
                Some(End::Ended(ended)) => {
                    self.report.warn(&id, &report.warnings.remove(&id).unwrap_or_default());
                    self.ended(&id, &ended)?;
                }
            }
        }
        Ok(())
    }

    /// Keeps a record that waits for a later round; written down at once, so that a killed process loses none.
    fn wait(&mut self, id: String, content: Option<Json>, ended: Ended) -> Result<(), Halt> {
        if !self.engine.dry_run {
            self.transfer.memory.ended(&id, &ended)?;
        }
        let room = self.waiting.iter().filter(|(_, content, _)| content.is_some()).count() < MOST_KEPT;
        self.waiting.push((id, content.filter(|_| room), ended));
        Ok(())
    }

    /// Tries again what waits, as long as that moves something.
    async fn again(&mut self) -> Result<(), Halt> {
        loop {
            if self.engine.stop.is_asked() {
                return Ok(());
            }
            let before = self.waiting.len();
            let (ready, rest): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.waiting).into_iter().partition(|(id, _, ended)| self.may_go(id, ended));
            self.waiting = rest;
            if ready.is_empty() {
                return Ok(());
            }
            let looks_before: u32 = self.looks.values().map(|l| u32::from(*l)).sum();
            let mut kept = Vec::new();
            let mut to_read = Vec::new();
            for (id, content, _) in ready {
                match content {
                    Some(content) => kept.push((id, content)),
                    None => to_read.push(id),
                }
            }
            self.groups(kept).await?;
            self.by_id(to_read).await?;
            let looks: u32 = self.looks.values().map(|l| u32::from(*l)).sum();
            if self.waiting.len() >= before && looks == looks_before {
                return Ok(());
            }
        }
    }

    /// Whether something that a record waits for has come.
    fn may_go(&self, id: &str, ended: &Ended) -> bool {
        let Ended::Parked { waits, .. } = ended else { return false };
        if waits.is_empty() {
            return self.looks.get(id).is_some_and(|looks| *looks <= MOST_LOOKS);
        }
        waits.iter().any(|promise| matches!(self.transfer.known.get(promise), Some(Some(_))))
    }

    async fn deleted(&mut self, mut ids: Vec<String>) -> Result<(), Halt> {
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        self.taken += ids.len() as u64;
        for id in ids {
            if let Err(reason) = fits(&self.source, &id) {
                self.ended(&id, &Ended::Failed { reason })?;
                continue;
            }
            if self.engine.stop.is_asked() {
                return Err(Halt(String::from("interrupted")));
            }
            if self.plan.root.sync == SyncType::UpdateOnDelete {
                match not_gone(self.engine, &self.source, &id).await? {
                    Some(ended) => self.ended(&id, &ended)?,
                    None => {
                        let only_its_id = self.only_its_id(&id);
                        self.groups(vec![(id, only_its_id)]).await?;
                    }
                }
                continue;
            }
            let ended = delete(self.engine, &self.plan.root, &self.source, &self.transfer.target, &id).await?;
            self.ended(&id, &ended)?;
        }
        Ok(())
    }

    /// What is left of a record that is gone.
    fn only_its_id(&self, id: &str) -> Json {
        let number = self.source.system == System::Bigcommerce && id.bytes().all(|b| b.is_ascii_digit());
        let value = if number { Json::Number(id.into()) } else { Json::Text(id.into()) };
        Json::Object(self.source.id.iter().map(|field| (field.as_str().into(), value.clone())).collect())
    }

    fn ended(&mut self, id: &str, ended: &Ended) -> Result<(), Halt> {
        self.report.add(id, ended);
        self.engine.observer.see(Event::Done { id, ended });
        if self.engine.dry_run {
            return Ok(());
        }
        self.transfer.memory.ended(id, ended)
    }
}

fn in_groups(records: Vec<(String, Json)>, size: usize) -> impl Iterator<Item = Vec<(String, Json)>> {
    let mut records = records.into_iter();
    std::iter::from_fn(move || Some(records.by_ref().take(size).collect::<Vec<_>>()).filter(|group| !group.is_empty()))
}
