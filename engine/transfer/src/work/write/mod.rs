//! Rows to requests, in the order of the routes' slots: a parent before its children, options before variants. Rows that go
//! by the same call go in one, as many as the route takes; a batch that is refused is halved until the bad row is alone.

mod answered;
mod content;
mod intending;
mod linked;

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::schema::Call;

use crate::connect::body::writing;
use crate::connect::fill::Places;
use crate::connect::wire::{CallError, Request, Wire};
use crate::connect::written::Answered;

use super::engine::{Engine, Halt, unless_halted};
use super::known::Known;
use super::memory::Memory;
use super::rows::{Group, RowEnd, State, row_children};

use content::Unsendable;
use intending::Creates;

/// Writes a group of root records.
pub struct Writer<'a, 'p> {
    /// What it works with.
    pub engine: &'a Engine,
    /// Links of the run.
    pub known: &'a Known,
    /// The direction of the root collection.
    pub direction: Direction,
    /// What is remembered.
    pub memory: &'a Memory,
    /// Source ids of the root records.
    pub root_ids: &'a [String],
    /// The rows.
    pub group: &'a mut Group<'p>,
}

/// Rows of one request.
struct Batch {
    call: Call,
    creates: bool,
    path: String,
    rows: Vec<(usize, Json)>,
}

impl Writer<'_, '_> {
    /// Writes all rows below and including these roots.
    ///
    /// # Errors
    /// The run has to end; what was done is saved.
    pub async fn write(&mut self, roots: Vec<usize>) -> Result<(), Halt> {
        let mut sets = vec![roots];
        while let Some(set) = sets.pop() {
            self.set(&set).await?;
            // children of all rows of the set, slot by slot: what goes by the same call goes together
            let Some(first) = set.iter().find_map(|at| self.group.rows.get(*at)) else { continue };
            let slots: Vec<String> = first.target.route.slots.iter().map(|s| s.name.clone()).collect();
            for slot in slots.iter().rev() {
                let below: Vec<usize> = set.iter().flat_map(|at| row_children(&self.group.rows, *at, slot)).collect();
                if !below.is_empty() {
                    sets.push(below);
                }
            }
        }
        Ok(())
    }

    async fn set(&mut self, set: &[usize]) -> Result<(), Halt> {
        let mut batches: Vec<Batch> = Vec::new();
        for at in set {
            let Some(row) = self.group.rows.get(*at) else { continue };
            if row.end != RowEnd::Open || self.group.is_inside(*at) {
                continue;
            }
            if row.state == State::Same {
                self.end(*at, RowEnd::Unchanged);
                // found by content: its link may be missing
                self.after_write(*at).await?;
                continue;
            }
            let Some(above) = self.group.ids_above(*at) else {
                let above = row.parent.and_then(|p| self.group.rows.get(p)).map(|p| p.end.clone());
                let end = match above {
                    Some(end @ RowEnd::Waits(_)) => end,
                    _ => RowEnd::Failed(String::from("not sent, because the row above it was not written")),
                };
                self.end(*at, end);
                continue;
            };
            match self.prepared(*at, &above) {
                Ok((call, creates, path, json)) => {
                    let may = self.creates(*at, &call, &json);
                    if !self.engine.dry_run {
                        if let Some(until) = self.held(&may)? {
                            self.end(*at, RowEnd::Held(until));
                            continue;
                        }
                        if let Some((_, why)) = self.refused_before(&may) {
                            self.end(*at, RowEnd::Failed(why));
                            self.close(*at)?;
                            continue;
                        }
                    }
                    let most = call.batch.max(1) as usize;
                    let room = batches
                        .iter_mut()
                        .find(|b| b.creates == creates && b.path == path && b.call == call && b.rows.len() < most);
                    match room {
                        Some(batch) => batch.rows.push((*at, json)),
                        None => batches.push(Batch { call, creates, path, rows: vec![(*at, json)] }),
                    }
                }
                Err(Unsendable::Waits(promise)) => self.end(*at, RowEnd::Waits(promise)),
                Err(Unsendable::Wrong(why)) => self.end(*at, RowEnd::Failed(why)),
            }
        }
        batches.reverse();
        while let Some(batch) = batches.pop() {
            if self.engine.stop.is_asked() {
                return Err(Halt(String::from("interrupted")));
            }
            if let Some(halves) = self.batch(batch).await? {
                batches.extend(halves.into_iter().rev());
            }
        }
        Ok(())
    }

    /// Sends a batch; its halves where it was refused as a whole.
    async fn batch(&mut self, batch: Batch) -> Result<Option<Vec<Batch>>, Halt> {
        let Some((first, _)) = batch.rows.first() else { return Ok(None) };
        let above = self.group.ids_above(*first).unwrap_or_default();
        let id = self.group.rows.get(*first).and_then(|r| r.id.clone());
        let records: Vec<Json> = batch.rows.iter().map(|(_, json)| json.clone()).collect();
        let request =
            match writing(&batch.call, records.clone(), Places { id: id.as_deref(), parents: &above, value: None }) {
                Ok(request) => request,
                Err(why) => return Ok(self.all(&batch, &RowEnd::Failed(why))),
            };
        if self.engine.dry_run {
            self.engine.would_send(request);
            let answered = batch.rows.iter().map(|(at, json)| Answered::Record(self.pretended(*at, json))).collect();
            self.written(&batch, answered, None).await?;
            return Ok(None);
        }
        let may = Creates::of(batch.rows.iter().map(|(at, json)| self.creates(*at, &batch.call, json)));
        let request = Request { repeat: may.repeat(&batch.call), ..request };
        self.intend(&may, &request)?;
        let rest = match self.engine.wire.send(&request).await {
            Ok(answer) => self.answered(batch, &records, &answer).await?,
            Err(CallError::Unknown(why)) => self.all(&batch, &RowEnd::Unknown(why)),
            Err(error) => {
                let why = unless_halted(&error)?;
                self.all(&batch, &RowEnd::Failed(why))
            }
        };
        self.after_call(&may);
        Ok(rest)
    }

    fn all(&mut self, batch: &Batch, end: &RowEnd) -> Option<Vec<Batch>> {
        for (at, _) in &batch.rows {
            self.end(*at, end.clone());
        }
        None
    }

    fn root_id(&self, root: usize) -> &str {
        self.root_ids.get(root).map_or("", String::as_str)
    }

    /// Ends a row and the rows inside it.
    fn end(&mut self, at: usize, end: RowEnd) {
        let mut rows = vec![at];
        while let Some(at) = rows.pop() {
            let inside: Vec<usize> = self
                .group
                .rows
                .get(at)
                .map(|r| r.children.clone())
                .unwrap_or_default()
                .into_iter()
                .filter(|c| self.group.is_inside(*c))
                .collect();
            rows.extend(inside);
            self.end_row(at, end.clone());
        }
    }

    fn end_row(&mut self, at: usize, end: RowEnd) {
        if let Some(row) = self.group.rows.get_mut(at) {
            row.end = end;
        }
    }
}
