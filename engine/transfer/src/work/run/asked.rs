//! Which records a run takes: from a list, by id, by id from a list, or those that are gone.

use std::collections::{BTreeMap, HashSet};

use mapwright_language::json::Json;
use mapwright_language::mapping_file::SyncType;
use mapwright_language::schema::{List, RecordType, System};

use crate::connect::ids::fits;
use crate::connect::list::Pages;
use crate::connect::place::Place;
use crate::connect::reading::{ReadError, Reading, ids_per_call, read_by_id};

use super::{MOST_IN_GROUP, Run};
use crate::work::delete::{delete, not_gone};
use crate::work::engine::{Halt, unless_halted};
use crate::work::outcome::Ended;

/// By how much the clock here and that of the source may differ.
const CLOCKS_DIFFER: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

impl Run<'_> {
    pub(super) async fn listed(&mut self, since: Option<jiff::Timestamp>) -> Result<(), Halt> {
        let source = self.source.clone();
        let list = source.route.list.as_ref().ok_or_else(|| Halt(format!("{} cannot be listed", source.title)))?;
        if since.is_some() && list.changed_since.is_none() {
            return Err(Halt(format!("{} cannot be asked for what changed: transfer all, or give ids", source.title)));
        }
        let keeps_place = since.is_none() && !self.engine.dry_run;
        let kept = if keeps_place { self.transfer.memory.checkpoint()? } else { None };
        let resumed = kept.is_some();
        let place = kept.unwrap_or_else(|| Place::first(self.engine.now));
        let began = place.began;
        let mut pages = Pages::new(list, &source, since, place);
        self.flow(Some(&mut pages), vec![], keeps_place).await?;
        self.came_short(&pages);
        if keeps_place {
            self.transfer.memory.set_checkpoint(None)?;
        }
        if since.is_none() {
            self.changed_meanwhile(pages, list, resumed, began).await?;
        }
        // what waited when an earlier run was cut short is on pages that are behind
        if resumed {
            let waits = self.transfer.memory.to_retry(true, false)?;
            let here: HashSet<String> = self.waiting.iter().map(|(id, ..)| id.clone()).collect();
            self.asked_for(waits.into_iter().filter(|id| !here.contains(id)).collect()).await?;
        }
        Ok(())
    }

    /// Says of a list that it was not read completely.
    fn came_short(&mut self, pages: &Pages<'_>) {
        if let Some(shortfall) = pages.shortfall() {
            self.report.incomplete = Some(shortfall.to_string());
        }
    }

    /// Records that changed while the list was read, on pages that were read already: they are moved as they are now. Those of a
    /// list that came in one page were read at one moment.
    async fn changed_meanwhile(
        &mut self,
        mut pages: Pages<'_>,
        list: &List,
        always: bool,
        began: jiff::Timestamp,
    ) -> Result<(), Halt> {
        let source = self.source.clone();
        let before = self.taken;
        let changed: Vec<_> = pages.take_changed().into_iter().map(|row| (self.id_of(&row), row)).collect();
        if !changed.is_empty() {
            self.taken += changed.len() as u64;
            self.no_longer_wait(&changed);
            self.groups(changed).await?;
        }
        if list.changed_since.is_some() && (always || pages.took_time()) {
            let since = began.checked_sub(CLOCKS_DIFFER).unwrap_or(began);
            let mut again = Pages::new(list, &source, Some(since), Place::first(began)).unlike(pages.into_seen());
            self.flow(Some(&mut again), vec![], false).await?;
            self.came_short(&again);
        }
        self.report.read_again += self.taken - before;
        Ok(())
    }

    /// Each id once; what cannot be an id ends here, with nothing sent for it.
    pub(super) async fn asked_for(&mut self, mut ids: Vec<String>) -> Result<(), Halt> {
        let mut seen = HashSet::new();
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

    pub(super) async fn by_id(&mut self, ids: Vec<String>) -> Result<(), Halt> {
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
    pub(super) async fn read(&mut self, source: &RecordType, ids: &[String]) -> Result<Vec<(String, Json)>, Halt> {
        let mut records = Vec::new();
        for call in ids.chunks(source.route.read.as_ref().map_or(1, ids_per_call)) {
            let (mut found, why) = match read_by_id(&*self.engine.wire, source, call, &[]).await {
                Ok(found) => (found, String::new()),
                Err(ReadError::Call(error)) => (BTreeMap::new(), unless_halted(&error)?),
                Err(error) => (BTreeMap::new(), error.to_string()),
            };
            for id in call {
                let reason = match found.remove(id) {
                    Some(Reading::There(row)) => {
                        records.push((id.clone(), row));
                        continue;
                    }
                    Some(Reading::NotThere) => format!("{} {id} is not there", source.title),
                    Some(Reading::Unknown(why)) => format!("it could not be read: {why}"),
                    None => format!("it could not be read: {why}"),
                };
                self.ended(id, &Ended::Failed { reason })?;
            }
        }
        Ok(records)
    }

    /// A record type without a call for one record (payment methods): its list is read and looked through.
    pub(super) async fn by_id_from_list(&mut self, ids: Vec<String>) -> Result<(), Halt> {
        let source = self.source.clone();
        let list = source.route.list.as_ref().ok_or_else(|| Halt(format!("{} cannot be read", source.title)))?;
        let mut pages = Pages::all(list, &source);
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
            let reason = match pages.shortfall() {
                None => format!("{} {id} is not there", source.title),
                Some(shortfall) => format!("{} {id} was not found: {shortfall}", source.title),
            };
            self.ended(&id, &Ended::Failed { reason })?;
        }
        Ok(())
    }

    pub(super) async fn deleted(&mut self, mut ids: Vec<String>) -> Result<(), Halt> {
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        self.taken += ids.len() as u64;
        let mut fitting = Vec::new();
        for id in ids {
            match fits(&self.source, &id) {
                Ok(()) => fitting.push(id),
                Err(reason) => self.ended(&id, &Ended::Failed { reason })?,
            }
        }
        let source = self.source.clone();
        for chunk in fitting.chunks(MOST_IN_GROUP) {
            if self.engine.stop.is_asked() {
                return Err(Halt(String::from("interrupted")));
            }
            // all are asked for before the pause, and again after it
            let mut here = not_gone(self.engine, &source, chunk).await?;
            for id in chunk {
                if self.engine.stop.is_asked() {
                    return Err(Halt(String::from("interrupted")));
                }
                if let Some(ended) = here.remove(id) {
                    self.ended(id, &ended)?;
                } else if self.plan.root.sync == SyncType::UpdateOnDelete {
                    let only_its_id = self.only_its_id(id);
                    self.groups(vec![(id.clone(), only_its_id)]).await?;
                } else {
                    let ended = delete(self.engine, &self.plan.root, &self.transfer.target, id).await?;
                    self.ended(id, &ended)?;
                }
            }
        }
        Ok(())
    }

    /// What is left of a record that is gone.
    pub(super) fn only_its_id(&self, id: &str) -> Json {
        let number = self.source.system == System::Bigcommerce && id.bytes().all(|b| b.is_ascii_digit());
        let value = if number { Json::Number(id.into()) } else { Json::Text(id.into()) };
        Json::Object(self.source.id.iter().map(|field| (field.as_str().into(), value.clone())).collect())
    }

    pub(super) fn id_of(&self, row: &Json) -> String {
        self.source.id.as_deref().and_then(|id| row.get(id)?.id()).unwrap_or_default().to_owned()
    }
}
