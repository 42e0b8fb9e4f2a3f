//! Groups of records at work side by side, page after page, and what they did counted.

use std::collections::{BTreeMap, VecDeque};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use mapwright_language::json::Json;

use crate::connect::ids::fits;
use crate::connect::list::Pages;
use crate::connect::place::Place;

use super::waiting::MOST_LOOKS;
use super::{Looks, MOST_IN_GROUP, Run};
use crate::work::ends::End;
use crate::work::engine::Halt;
use crate::work::outcome::{Ended, How};
use crate::work::transfer::GroupReport;

impl Run<'_> {
    pub(super) fn group_size(&self) -> usize {
        let route = &self.transfer.target.route;
        let batches = [&route.create, &route.update, &route.read].into_iter().flatten().map(|c| c.batch as usize);
        batches.max().unwrap_or(1).clamp(1, MOST_IN_GROUP)
    }

    pub(super) async fn groups(&mut self, records: Vec<(String, Json)>) -> Result<(), Halt> {
        self.flow(None, records, false).await
    }

    /// Groups of records at work side by side, page after page without a pause between them: the next page is read when its
    /// records are needed. On a halt those in flight are finished.
    pub(super) async fn flow(
        &mut self,
        mut pages: Option<&mut Pages<'_>>,
        records: Vec<(String, Json)>,
        keeps_place: bool,
    ) -> Result<(), Halt> {
        let (transfer, size, engine) = (self.transfer, self.group_size(), self.engine);
        let start =
            |page: u64, group: Vec<(String, Json)>| async move { (page, group.clone(), transfer.group(group).await) };
        let mut queue: VecDeque<(u64, Vec<(String, Json)>)> =
            in_groups(records, size).map(|group| (0, group)).collect();
        // groups that are not done, by page, and where that page began: there an unfinished run goes on
        let mut open: BTreeMap<u64, (usize, Place)> = BTreeMap::new();
        let mut number = 0;
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
                let Some((pages, place)) = pages.as_mut().and_then(|p| p.place().cloned().map(|place| (p, place)))
                else {
                    break;
                };
                number += 1;
                match pages.next(&*engine.wire).await {
                    Ok(rows) => {
                        let records: Vec<_> = rows.into_iter().flatten().map(|row| (self.id_of(&row), row)).collect();
                        self.taken += records.len() as u64;
                        self.no_longer_wait(&records);
                        let records = self.with_ids(records, number);
                        queue.extend(in_groups(records, size).map(|group| (number, group)));
                        if !queue.is_empty() {
                            open.insert(number, (queue.len(), place));
                        }
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
            if let Some((groups, _)) = open.get_mut(&page).filter(|_| whole) {
                *groups -= 1;
                if *groups == 0 {
                    open.remove(&page);
                }
                let first = open.first_key_value().map(|(_, (_, place))| place);
                let next = first.or_else(|| pages.as_ref().and_then(|p| p.place()));
                if let Some(next) = next.filter(|_| keeps_place) {
                    transfer.memory.set_checkpoint(Some(next))?;
                }
            }
        }
        halted.map_or(Ok(()), Err)
    }

    /// Records that were read anew: what waits of them is older.
    pub(super) fn no_longer_wait(&mut self, records: &[(String, Json)]) {
        if !self.waiting.is_empty() {
            self.waiting.retain(|(id, ..)| !records.iter().any(|(read, _)| read == id));
        }
    }

    /// The rows of a page without those that have no id, or one that cannot be the id of such a record: nothing can be done
    /// with them but say so, now and never again.
    fn with_ids(&mut self, records: Vec<(String, Json)>, page: u64) -> Vec<(String, Json)> {
        let Some(field) = self.source.id.clone() else { return records };
        let source = self.source.clone();
        let mut with = Vec::new();
        let mut without = 0;
        for (id, row) in records {
            let reason = match fits(&source, &id) {
                Ok(()) => {
                    with.push((id, row));
                    continue;
                }
                Err(_) if id.is_empty() => format!("a row of page {page} of the list has no `{field}`"),
                Err(why) => format!("a row of page {page} of the list has an odd `{field}`: {why}"),
            };
            without += 1;
            self.told(&format!("page-{page}-{without}"), &Ended::Failed { reason });
        }
        with
    }

    /// Counts what a group did, and keeps what waits.
    pub(super) fn absorb(&mut self, mut kept: Vec<(String, Json)>, mut report: GroupReport) -> Result<(), Halt> {
        for (name, counts) in &report.children {
            self.report.children.entry(name.clone()).or_default().join(counts);
        }
        self.report.left_in_place += report.left_in_place;
        self.report.removed += report.removed;
        for (id, end) in report.ends {
            let content = kept.iter_mut().find(|(k, _)| *k == id).map(|(_, json)| std::mem::take(json));
            if !matches!(end, Some(End::Held { .. })) {
                self.held.remove(&id);
            }
            match end {
                None => {}
                Some(End::Held { why, until, how }) => {
                    if let Some(how) = how {
                        self.looks.entry(id.clone()).or_insert(Looks { count: 0, how });
                    }
                    self.hold(&id, until);
                    self.wait(id, content, Ended::Parked { reason: why, waits: vec![] })?;
                }
                Some(End::Elsewhere) => self.report.elsewhere += 1,
                Some(End::Ended(ended @ Ended::Parked { .. })) => self.wait(id, content, ended)?,
                Some(End::LookAgain { why, how }) => {
                    let look = self.looks.entry(id.clone()).or_insert(Looks { count: 0, how });
                    look.count += 1;
                    let reason = format!("what became of a request is not known: {why}");
                    if look.count > MOST_LOOKS && how == How::Updated {
                        // it was read again after each try, and is not what was sent
                        self.ended(&id, &Ended::Failed { reason })?;
                        continue;
                    }
                    self.wait(id, content, Ended::Parked { reason, waits: vec![] })?;
                }
                Some(End::Ended(ended)) => {
                    let ended = match self.looks.get(&id) {
                        Some(look) if matches!(ended, Ended::Unchanged | Ended::Written { .. }) => {
                            Ended::Written { how: look.how }
                        }
                        _ => ended,
                    };
                    self.report.warn(&id, &report.warnings.remove(&id).unwrap_or_default());
                    let lacking = report.lacking.remove(&id).unwrap_or_default();
                    self.ended_without(&id, &ended, &lacking)?;
                }
            }
        }
        Ok(())
    }
}

fn in_groups(records: Vec<(String, Json)>, size: usize) -> impl Iterator<Item = Vec<(String, Json)>> {
    let mut records = records.into_iter();
    std::iter::from_fn(move || Some(records.by_ref().take(size).collect::<Vec<_>>()).filter(|group| !group.is_empty()))
}
