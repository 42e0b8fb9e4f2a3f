//! What was answered: ids for the rows that were written, halves of a batch that was refused, reasons with the rule that fills a field.

use mapwright_language::json::Json;
use mapwright_language::schema::{Read, Slot};

use crate::connect::answer::Refusal;
use crate::connect::expected::id_of;
use crate::connect::told_apart::{Sent, paired};
use crate::connect::wire::Answer;
use crate::connect::written::{Answered, Written, written};

use super::{Batch, Writer};
use crate::work::engine::Halt;
use crate::work::present::rows_in_parent;
use crate::work::rows::{RowEnd, State, row_children};

impl Writer<'_, '_> {
    pub(super) async fn answered(
        &mut self,
        batch: Batch,
        sent: &[Json],
        answer: &Answer,
    ) -> Result<Option<Vec<Batch>>, Halt> {
        let Some(target) = batch.rows.first().and_then(|(at, _)| self.group.rows.get(*at)).map(|r| r.target.clone())
        else {
            return Ok(None);
        };
        let judged = {
            let id = |at: usize| self.group.rows.get(at).filter(|_| !batch.creates).and_then(|row| row.id.as_deref());
            let rows: Vec<Sent<'_>> =
                batch.rows.iter().zip(sent).map(|((at, _), content)| Sent { content, id: id(*at) }).collect();
            written(&batch.call, &target, &rows, answer)
        };
        match judged {
            Written::Each(answered, partial) => {
                self.written(&batch, answered, partial).await?;
                Ok(None)
            }
            Written::Unlike(refused) if batch.rows.len() == 1 || refused.status != 413 => {
                let why = refused.to(&batch.call, &batch.path).to_string();
                Ok(self.all(&batch, &RowEnd::Unknown(why)))
            }
            Written::Unlike(refused) | Written::Refused(refused) => self.refused(batch, refused),
        }
    }

    /// Halves of a batch that was refused as a whole; a row that was refused alone ends.
    fn refused(&mut self, batch: Batch, refused: Refusal) -> Result<Option<Vec<Batch>>, Halt> {
        let refused = refused.to(&batch.call, &batch.path);
        match refused.status {
            400 | 404 | 409 | 413 | 422 if batch.rows.len() > 1 => {
                let Batch { call, creates, path, mut rows } = batch;
                let second = rows.split_off(rows.len() / 2);
                let half = |rows| Batch { call: call.clone(), creates, path: path.clone(), rows };
                Ok(Some(vec![half(rows), half(second)]))
            }
            _ => {
                let rows: Vec<usize> = batch.rows.iter().map(|(at, _)| *at).collect();
                for at in rows {
                    if self.is_taken(at, &refused) {
                        continue;
                    }
                    let why = self.in_rules(at, &refused);
                    self.end(at, RowEnd::Failed(why));
                    self.close(at)?;
                }
                Ok(None)
            }
        }
    }

    /// The API's message with the rule that fills the field which it names.
    pub(super) fn in_rules(&self, at: usize, refused: &Refusal) -> String {
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

    /// Takes in what was answered: ids, links, and what was sent of fields that cannot be read back.
    pub(super) async fn written(
        &mut self,
        batch: &Batch,
        answered: Vec<Answered>,
        partial: Option<Refusal>,
    ) -> Result<(), Halt> {
        for ((at, _), answer) in batch.rows.iter().zip(answered) {
            match answer {
                Answered::Record(record) => self.take_answer(*at, record),
                Answered::Done => self.take_answer(*at, Json::Object(vec![])),
                Answered::Unsure(why) => {
                    let end = match &partial {
                        Some(partial) => RowEnd::Failed(self.in_rules(*at, partial)),
                        None => RowEnd::Unknown(why),
                    };
                    self.end(*at, end);
                    continue;
                }
            }
            if let Some(partial) = &partial {
                let why = self.in_rules(*at, partial);
                self.end_row(*at, RowEnd::Failed(format!("written, but not all of it: {why}")));
            }
            self.after_write(*at).await?;
        }
        Ok(())
    }

    /// Ends a written row and the rows inside it, with their ids.
    pub(super) fn take_answer(&mut self, at: usize, answer: Json) {
        let Some(row) = self.group.rows.get_mut(at) else { return };
        let id = row.target.id.as_deref().and_then(|id| answer.get(id)?.id()).map(str::to_owned);
        if id.is_some() {
            row.id = id;
        }
        let (id, target) = (row.id.clone(), row.target.clone());
        row.end = if row.state == State::Same { RowEnd::Unchanged } else { RowEnd::Written };
        if let Some(existing) = &mut row.existing {
            for (key, value) in answer.entries() {
                existing.set(key, value.clone());
            }
        } else {
            row.existing = Some(answer.clone());
        }
        if let Some(id) = id {
            self.group.is_there_as(at, id, self.direction);
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
            // what is not new has its own row in the answer
            let old: Vec<String> = inside
                .iter()
                .filter(|c| !new.contains(*c))
                .filter_map(|c| self.group.rows.get(*c).and_then(|r| r.id.clone()))
                .collect();
            if let Some(record) = self.engine.catalog.record(&slot.record) {
                there.retain(|row| id_of(record, row).is_none_or(|id| !old.iter().any(|own| own == id)));
            }
            self.group.take_all(&new, &mut there, self.known, self.direction, &rows);
            self.by_content(&new, there.clone());
            let taken: Vec<String> = new.iter().filter_map(|c| self.existing_id(*c)).collect();
            if let Some(record) = self.engine.catalog.record(&slot.record) {
                there.retain(|row| id_of(record, row).is_none_or(|id| !taken.iter().any(|own| own == id)));
            }
            self.group.take_made(&new, &mut there, self.direction, &rows);
            let lost: Vec<usize> = new.iter().copied().filter(|c| self.is_lost(*c, slot)).collect();
            for child in inside {
                if lost.contains(&child) {
                    let why = "the request was accepted, but this row is not in the answer";
                    self.end(child, RowEnd::Unknown(String::from(why)));
                    continue;
                }
                let there =
                    self.group.rows.get(child).and_then(|r| r.existing.clone()).unwrap_or_else(|| Json::Object(vec![]));
                self.take_answer(child, there);
            }
        }
    }

    fn existing_id(&self, at: usize) -> Option<String> {
        let row = self.group.rows.get(at)?;
        row.existing.as_ref()?.get(row.target.id.as_deref()?)?.id().map(str::to_owned)
    }

    /// Whether a row that was sent inside another one is missing in the answer, though such rows are read there.
    fn is_lost(&self, at: usize, slot: &Slot) -> bool {
        let readable = matches!(slot.read, Read::InParent(_)) && !self.engine.dry_run;
        readable && self.group.rows.get(at).is_some_and(|row| row.existing.is_none() && row.target.id.is_some())
    }

    /// Gives new rows that nothing else tells apart what was answered for them, by what was sent of them.
    fn by_content(&mut self, new: &[usize], there: Vec<Json>) {
        let bare: Vec<usize> =
            new.iter().copied().filter(|c| self.group.rows.get(*c).is_some_and(|r| r.existing.is_none())).collect();
        let Some(target) = bare.first().and_then(|c| self.group.rows.get(*c)).map(|r| r.target.clone()) else { return };
        let contents: Vec<Json> = bare.iter().map(|c| self.content(*c).unwrap_or_default()).collect();
        let sent: Vec<Sent<'_>> = contents.iter().map(|content| Sent { content, id: None }).collect();
        for (child, answered) in bare.iter().zip(paired(&target, &sent, there)) {
            if let (Some(answered), Some(row)) = (answered, self.group.rows.get_mut(*child)) {
                row.existing = Some(answered);
            }
        }
    }

    /// Links a row that was written and the rows in its body. Their entries are closed when all are linked: a process that
    /// ends in between leaves them open, and rows without a link are found again by what the entries say.
    pub(super) async fn after_write(&mut self, root: usize) -> Result<(), Halt> {
        let mut rows = vec![root];
        while let Some(at) = rows.pop() {
            let Some(row) = self.group.rows.get(at) else { continue };
            rows.extend(row.children.iter().copied().filter(|c| self.group.is_inside(*c)));
            self.link(at).await?;
            self.remember_sent(at)?;
        }
        self.close(root)
    }
}
