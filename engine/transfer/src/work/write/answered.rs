//! What was answered: ids for the rows that were written, halves of a batch that was refused, reasons with the rule that fills a field.

use mapwright_language::json::Json;
use mapwright_language::schema::Answer as Form;

use crate::connect::answer::{Refusal, matched, refusal, rows};
use crate::connect::wire::Answer;

use super::{Batch, Writer};
use crate::work::engine::Halt;
use crate::work::present::rows_in_parent;
use crate::work::rows::{Row, RowEnd, State, row_children};

impl Writer<'_, '_> {
    pub(super) async fn answered(
        &mut self,
        batch: Batch,
        sent: &[Json],
        answer: &Answer,
    ) -> Result<Option<Vec<Batch>>, Halt> {
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
            let nameless = |row: &&Row<'_>| batch.creates && row.id.is_none() && row.target.id.is_some();
            if !matches!(batch.call.answer, Form::Nothing)
                && let Some(row) = self.group.rows.get(*at).filter(nameless)
            {
                let field = row.target.id.as_deref().unwrap_or_default();
                let why = format!("the request was accepted, but the answer has no `{field}`");
                self.end(*at, RowEnd::Unknown(why));
                continue;
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

    pub(super) async fn after_write(&mut self, at: usize) -> Result<(), Halt> {
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
}
