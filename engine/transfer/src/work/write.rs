//! Rows to requests, in the order of the routes' slots: a parent before its children, options before variants. Rows that go
//! by the same call go in one, as many as the route takes; a batch that is refused is halved until the bad row is alone.

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::schema::{Answer as Form, Call, Read, Repeat};
use mapwright_language::value::{Promise, Text, Value};

use crate::connect::answer::{Refusal, matched, refusal, rows};
use crate::connect::body::{with_additions, writing};
use crate::connect::fill::{Places, path};
use crate::connect::links::{Link, LinkError, told_by};
use crate::connect::wire::{Answer, CallError, Wire};
use crate::http::request::method_name;

use super::encode::{body, carry_over};
use super::engine::{Engine, Halt, unless_halted};
use super::known::{Known, PRETENDED};
use super::memory::Memory;
use super::present::rows_in_parent;
use super::promise::kept;
use super::rows::{Group, RowEnd, State, row_children, shown};

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

/// Why a row cannot be put into a body.
enum Unsendable {
    Waits(Promise),
    Wrong(String),
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

    /// Call, whether it creates, path and body of one row.
    fn prepared(&self, at: usize, above: &[String]) -> Result<(Call, bool, String, Json), Unsendable> {
        let Some(row) = self.group.rows.get(at) else { return Err(Unsendable::Wrong(String::from("the row is gone"))) };
        let route = &row.target.route;
        let creates = row.state == State::New;
        let call = if creates { route.create.as_ref().or(route.update.as_ref()) } else { route.update.as_ref() };
        let verb = if creates { "created" } else { "changed" };
        let call = call.ok_or_else(|| Unsendable::Wrong(format!("{} cannot be {verb}", row.target.title)))?;
        let places = Places { id: row.id.as_deref(), parents: above, value: None };
        let mut json = self.content(at)?;
        if !creates
            && route.replaces_whole
            && let Some(existing) = &row.existing
        {
            carry_over(&row.target, existing, &mut json, &self.engine.catalog, &self.engine.zone);
        }
        let json = with_additions(call, json, places).map_err(Unsendable::Wrong)?;
        let path = path(call, places).map_err(Unsendable::Wrong)?;
        Ok((call.clone(), creates && route.create.is_some(), path, json))
    }

    /// The body of a row with the rows that go inside it.
    fn content(&self, at: usize) -> Result<Json, Unsendable> {
        let Some(row) = self.group.rows.get(at) else { return Ok(Json::Null) };
        let ids = self.group.ids.get(row.root).cloned().unwrap_or_default();
        let fields: Result<Vec<(u32, Value)>, Promise> =
            row.send.iter().map(|(r, v)| Ok((*r, kept(v, &ids)?))).collect();
        let fields = fields.map_err(Unsendable::Waits)?;
        let mut json = body(row.level, &fields, &row.target, row.existing.as_ref(), &self.engine.zone)
            .map_err(Unsendable::Wrong)?;
        for slot in &row.target.route.slots {
            let children: Vec<usize> = row_children(&self.group.rows, at, &slot.name)
                .into_iter()
                .filter(|c| self.group.is_inside(*c))
                .collect();
            let whole = row.target.fields.get(&slot.name).is_some_and(|f| f.replaces);
            let differs = |c: &usize| self.group.rows.get(*c).is_some_and(|r| r.state != State::Same);
            if !children.iter().any(differs) {
                continue;
            }
            let mut items = Vec::new();
            for child in children.iter().filter(|c| whole || differs(c)) {
                let mut item = self.content(*child)?;
                if let Some(child) = self.group.rows.get(*child)
                    && let (Some(field), Some(id)) = (&child.target.id, &child.id)
                {
                    item.set(field, existing_id(child.existing.as_ref(), field, id));
                }
                items.push(item);
            }
            let single = row.level.children.iter().any(|c| *c.slot == *slot.name && c.single);
            json.set(
                &slot.name,
                if single { items.into_iter().next().unwrap_or(Json::Null) } else { Json::List(items) },
            );
        }
        Ok(json)
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
            let answered = batch.rows.iter().map(|(at, json)| Some(self.pretended(*at, json))).collect();
            self.written(&batch, answered, None).await?;
            return Ok(None);
        }
        if batch.creates && batch.call.repeat == Repeat::LookUpFirst {
            let rows: Vec<(&str, &str)> = batch
                .rows
                .iter()
                .filter_map(|(at, _)| self.group.rows.get(*at))
                .map(|row| (self.root_id(row.root), row.key.as_str()))
                .collect();
            let path = request.path.split('?').next().unwrap_or_default();
            self.memory.intend(&rows, &format!("{} {path}", method_name(request.method)))?;
        }
        match self.engine.wire.send(&request).await {
            Ok(answer) => self.answered(batch, &records, &answer).await,
            Err(CallError::Unknown(why)) => Ok(self.all(&batch, &RowEnd::Unknown(why))),
            Err(error) => {
                let why = unless_halted(&error)?;
                Ok(self.all(&batch, &RowEnd::Failed(why)))
            }
        }
    }

    async fn answered(&mut self, batch: Batch, sent: &[Json], answer: &Answer) -> Result<Option<Vec<Batch>>, Halt> {
        if answer.status >= 500 {
            let why = refusal(answer).to_string();
            // the other side may have done it all the same
            let end = if batch.creates { RowEnd::Unknown(why) } else { RowEnd::Failed(why) };
            return Ok(self.all(&batch, &end));
        }
        let Some(target) = batch.rows.first().and_then(|(at, _)| self.group.rows.get(*at)).map(|r| r.target.clone())
        else {
            return Ok(None);
        };
        match rows(&batch.call, &target, answer).map_err(|refused| refused.to(&batch.call, &batch.path)) {
            Ok(found) => {
                let partial = (answer.status == 207).then(|| refusal(answer));
                let nothing = matches!(batch.call.answer, Form::Nothing);
                let answered = if nothing {
                    sent.iter().map(|_| Some(Json::Object(vec![]))).collect()
                } else {
                    matched(sent, found)
                };
                self.written(&batch, answered, partial.filter(|p| !p.fields.is_empty())).await?;
                Ok(None)
            }
            Err(refused) if (200..300).contains(&refused.status) => {
                let end = if batch.creates {
                    RowEnd::Unknown(refused.to_string())
                } else {
                    RowEnd::Failed(refused.to_string())
                };
                Ok(self.all(&batch, &end))
            }
            Err(refused) if batch.rows.len() > 1 && matches!(refused.status, 400 | 404 | 409 | 413 | 422) => {
                let Batch { call, creates, path, mut rows } = batch;
                let second = rows.split_off(rows.len() / 2);
                let half = |rows| Batch { call: call.clone(), creates, path: path.clone(), rows };
                Ok(Some(vec![half(rows), half(second)]))
            }
            Err(refused) => {
                let rows: Vec<usize> = batch.rows.iter().map(|(at, _)| *at).collect();
                for at in rows {
                    let why = self.in_rules(at, &refused);
                    self.end(at, RowEnd::Failed(why));
                    self.close(at)?;
                }
                Ok(None)
            }
        }
    }

    /// The API's message with the rule that fills the field which it names.
    fn in_rules(&self, at: usize, refused: &Refusal) -> String {
        let mut why = format!("{} ({})", refused.message, refused.status);
        for (field, message) in &refused.fields {
            let last = field.rsplit('.').next().unwrap_or(field);
            let rule = self
                .group
                .rows
                .get(at)
                .and_then(|r| r.level.rules.iter().find(|rule| *rule.label == *field || *rule.label == *last));
            let from = rule.map(|r| r.lineage.sources.join(", ")).filter(|s| !s.is_empty());
            why.push_str(&match from {
                Some(from) => format!("; `{field}` (from `{from}`): {message}"),
                None => format!("; `{field}`: {message}"),
            });
        }
        why
    }

    fn all(&mut self, batch: &Batch, end: &RowEnd) -> Option<Vec<Batch>> {
        for (at, _) in &batch.rows {
            self.end(*at, end.clone());
        }
        None
    }

    /// Takes in what was answered: ids, links, and what was sent of fields that cannot be read back.
    async fn written(
        &mut self,
        batch: &Batch,
        answered: Vec<Option<Json>>,
        partial: Option<Refusal>,
    ) -> Result<(), Halt> {
        for ((at, _), answer) in batch.rows.iter().zip(answered) {
            let Some(answer) = answer else {
                let end = match &partial {
                    Some(partial) => RowEnd::Failed(self.in_rules(*at, partial)),
                    None if batch.creates => {
                        RowEnd::Unknown(String::from("the request was accepted, but this record is not in the answer"))
                    }
                    None => RowEnd::Written,
                };
                self.end(*at, end);
                continue;
            };
            self.take_answer(*at, answer);
            if let Some(partial) = &partial {
                let why = self.in_rules(*at, partial);
                self.end_row(*at, RowEnd::Failed(format!("written, but not all of it: {why}")));
            }
            self.after_write(*at).await?;
        }
        Ok(())
    }

    /// Ends a written row and the rows inside it, with their ids.
    fn take_answer(&mut self, at: usize, answer: Json) {
        let Some(row) = self.group.rows.get_mut(at) else { return };
        let id = row.target.id.as_deref().and_then(|id| answer.get(id)?.id()).map(str::to_owned);
        if id.is_some() {
            row.id = id;
        }
        let (root, promise, id, target) = (row.root, row.promise(), row.id.clone(), row.target.clone());
        row.end = if row.state == State::Same { RowEnd::Unchanged } else { RowEnd::Written };
        if let Some(existing) = &mut row.existing {
            for (key, value) in answer.entries() {
                existing.set(key, value.clone());
            }
        } else {
            row.existing = Some(answer.clone());
        }
        if let (Some(promise), Some(id), Some(ids)) = (promise, id, self.group.ids.get_mut(root)) {
            ids.insert(promise, id);
        }
        let external = self.group.external_of(at, self.direction);
        if let Some(row) = self.group.rows.get_mut(at) {
            row.external = external;
        }
        let rows = self.engine.rows();
        for slot in &target.route.slots {
            let inside: Vec<usize> = row_children(&self.group.rows, at, &slot.name)
                .into_iter()
                .filter(|c| self.group.is_inside(*c))
                .collect();
            if inside.is_empty() {
                continue;
            }
            let mut there = rows_in_parent(&self.engine.catalog, slot, Some(&answer));
            let new: Vec<usize> = inside
                .iter()
                .copied()
                .filter(|c| self.group.rows.get(*c).is_some_and(|r| r.existing.is_none()))
                .collect();
            if there.len() == inside.len() && new.len() == inside.len() {
                // all are new: the answer has them in the order of the request
                there.reverse();
                for child in inside {
                    if let Some(answer) = there.pop() {
                        self.take_answer(child, answer);
                    }
                }
                continue;
            }
            self.group.take_all(&new, &mut there, self.known, self.direction, &rows);
            for child in inside {
                let there =
                    self.group.rows.get(child).and_then(|r| r.existing.clone()).unwrap_or_else(|| Json::Object(vec![]));
                self.take_answer(child, there);
            }
        }
    }

    async fn after_write(&mut self, at: usize) -> Result<(), Halt> {
        let mut rows = vec![at];
        while let Some(at) = rows.pop() {
            let Some(row) = self.group.rows.get(at) else { continue };
            rows.extend(row.children.iter().copied().filter(|c| self.group.is_inside(*c)));
            self.link(at).await?;
            self.remember_sent(at)?;
            self.close(at)?;
        }
        Ok(())
    }

    /// Remembers what was sent of fields that cannot be read back.
    fn remember_sent(&self, at: usize) -> Result<(), Halt> {
        let Some(row) = self.group.rows.get(at) else { return Ok(()) };
        let (Some(ids), Some(link)) = (self.group.ids.get(row.root), self.link_of(at)) else { return Ok(()) };
        let unreadable = row.slot.as_ref().map_or(row.target.route.read.is_none(), |s| s.read == Read::Nothing);
        let sent: Vec<(String, String)> = row
            .fields
            .iter()
            .filter_map(|(rule, value)| {
                let planned = row.level.rules.get(*rule as usize).filter(|r| unreadable || r.field.write_only)?;
                let value = kept(value, ids).ok()?;
                Some((planned.label.to_string(), shown(row.level, &row.target, (*rule, &value), &self.engine.rows())))
            })
            .collect();
        // what is remembered is kept with the link
        let linkless = self.group.linkless.contains(&row.root);
        if sent.is_empty() || linkless || self.engine.dry_run || row.end != RowEnd::Written {
            return Ok(());
        }
        self.memory.remember_sent(&row.level.record, &link, sent)
    }

    fn link_of(&self, at: usize) -> Option<Link> {
        let row = self.group.rows.get(at)?;
        let external = row.external.clone().or_else(|| self.group.external_of(at, self.direction))?;
        let internal = match self.direction {
            Direction::From => row.source_id.as_deref().map(str::to_owned),
            Direction::To => row.id.clone(),
        };
        Some(Link { external: external.into(), internal: internal?.into() })
    }

    /// Saves a row's link unless it is known.
    async fn link(&mut self, at: usize) -> Result<(), Halt> {
        let Some(row) = self.group.rows.get(at) else { return Ok(()) };
        // a group is known by its external id: its key alone may be that of other records' groups too
        let group = || Promise {
            record_type: row.level.record.clone(),
            id: row.external.as_deref().unwrap_or_default().into(),
        };
        let Some(promise) = row.promise().or_else(|| row.grouped.then(group)) else { return Ok(()) };
        let linkless = self.group.linkless.contains(&row.root);
        if linkless || !self.engine.links.has_links(&row.level.record) || self.engine.dry_run {
            return Ok(());
        }
        let Some(link) = self.link_of(at) else { return Ok(()) };
        let told = row
            .existing
            .as_ref()
            .zip(row.target.id.as_deref())
            .and_then(|(e, id)| told_by(e, id, &self.engine.system_id))
            .flatten();
        if self.known.get(&promise) == Some(Some(link.clone())) {
            return Ok(());
        }
        let record_type = row.level.record.clone();
        let old = if row.parent.is_none() { self.group.replaces.get(&row.root).cloned() } else { None };
        if let Some(old) = old
            && !self.unlinked(at, &record_type, &old).await?
        {
            return Ok(());
        }
        if told.as_ref() != Some(&link) {
            match self.engine.links.save(&record_type, &link).await {
                Ok(()) => {}
                Err(LinkError::Call(error)) => {
                    let why = unless_halted(&error)?;
                    self.end_row(at, RowEnd::Unknown(format!("its link could not be saved: {why}")));
                    return Ok(());
                }
                Err(error) => {
                    self.end_row(at, RowEnd::Failed(format!("its link could not be saved: {error}")));
                    return Ok(());
                }
            }
        }
        self.memory.remember_link(&record_type, &link)?;
        self.known.learn(promise, Some(link));
        Ok(())
    }

    /// Removes a link that gives way; whether it is gone.
    async fn unlinked(&mut self, at: usize, record_type: &str, old: &Link) -> Result<bool, Halt> {
        match self.engine.links.remove(record_type, &old.external).await {
            Ok(()) => {}
            Err(LinkError::Call(error)) => {
                let why = unless_halted(&error)?;
                self.end_row(at, RowEnd::Unknown(format!("the link that gives way could not be removed: {why}")));
                return Ok(false);
            }
            Err(error) => {
                self.end_row(at, RowEnd::Failed(format!("the link that gives way could not be removed: {error}")));
                return Ok(false);
            }
        }
        self.memory.forget_link(record_type, old)?;
        let id = match self.direction {
            Direction::From => Text::from(&*old.internal),
            Direction::To => Text::from(&*old.external),
        };
        self.known.learn(Promise { record_type: record_type.into(), id }, None);
        Ok(true)
    }

    fn close(&self, at: usize) -> Result<(), Halt> {
        let Some(row) = self.group.rows.get(at) else { return Ok(()) };
        if matches!(row.end, RowEnd::Unknown(_)) || self.engine.dry_run {
            return Ok(());
        }
        self.memory.close(self.root_id(row.root), &row.key)
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

    /// What a dry run takes for the answer: what would be sent, with ids that say what they are.
    fn pretended(&self, at: usize, sent: &Json) -> Json {
        let mut json = sent.clone();
        let Some(row) = self.group.rows.get(at) else { return json };
        if row.id.is_none()
            && let Some(field) = &row.target.id
        {
            let id = format!("{PRETENDED}{} {})", row.level.record, row.source_id.as_deref().unwrap_or("row"));
            json.set(field, Json::Text(id.into()));
        }
        for slot in &row.target.route.slots {
            let new = row_children(&self.group.rows, at, &slot.name).into_iter().filter(|c| self.group.is_inside(*c));
            if let Some(Json::List(items)) = sent.get(&slot.name) {
                let items = new.zip(items).map(|(child, item)| self.pretended(child, item)).collect();
                json.set(&slot.name, Json::List(items));
            }
        }
        json
    }
}

/// A row's id in the form in which it was read.
fn existing_id(existing: Option<&Json>, field: &str, id: &str) -> Json {
    existing.and_then(|e| e.get(field)).cloned().unwrap_or_else(|| Json::Text(id.into()))
}
