//! Other records that rules ask for: found at the target by a field (`find`), read at the source by their id (`record`).
//! What is there is asked for once in a run; what is not there may come, so the next record asks again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mapwright_language::evaluate::{FindAnswer, Need, RecordAnswer, Search};
use mapwright_language::json::Json;
use mapwright_language::plan::Step;
use mapwright_language::schema::{FieldKind, RecordType};
use mapwright_language::value::{Text, Value, number_from_text};

use crate::connect::reading::{ReadError, Reading, read_by_id};
use crate::connect::records::find;

use super::engine::{Halt, unless_halted};
use super::fields::{Unread, complete};
use super::transfer::Transfer;

/// Record type (schema name) and id.
type Which = (Arc<str>, Text);

/// Other records as far as they are known.
#[derive(Debug, Default)]
pub struct Others {
    finds: Mutex<HashMap<Search, Vec<Text>>>,
    records: Mutex<HashMap<Which, Option<Json>>>,
    turns: Mutex<HashMap<Need, Arc<tokio::sync::Mutex<()>>>>,
}

impl Others {
    /// What is known of a search.
    pub fn find(&self, search: &Search) -> Option<FindAnswer> {
        let finds = self.finds.lock().unwrap_or_else(PoisonError::into_inner);
        finds.get(search).map(|ids| FindAnswer::Found(ids.clone()))
    }

    /// What is known of a record.
    pub fn record(&self, record_type: &str, id: &str) -> Option<RecordAnswer> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let found = records.get(&(record_type.into(), id.into()))?;
        Some(found.clone().map_or(RecordAnswer::Missing, RecordAnswer::Read))
    }

    /// Whose turn it is to look something up.
    fn turn(&self, need: &Need) -> Arc<tokio::sync::Mutex<()>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).entry(need.clone()).or_default().clone()
    }

    fn learn_find(&self, search: Search, ids: Vec<Text>) {
        self.finds.lock().unwrap_or_else(PoisonError::into_inner).insert(search, ids);
    }

    /// Learns of a record, or that there is none.
    pub fn learn_record(&self, which: Which, record: Option<Json>) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).insert(which, record);
    }
}

impl Transfer<'_> {
    /// Whether what is asked for is known to all records.
    fn knows(&self, need: &Need) -> bool {
        match need {
            Need::Find(search) => self.known.others().find(search).is_some(),
            Need::Record { record_type, id } => self.completed.record(record_type, id).is_some(),
            Need::Link(_) | Need::Existing | Need::Before(_) => true,
        }
    }

    /// Looks another record up; records that ask for the same at the same time wait for one look-up. What is there is known to
    /// the run, what is not there to this record alone. A text: it failed.
    pub(super) async fn other(&self, need: &Need, own: &Others) -> Result<Option<String>, Halt> {
        if self.knows(need) {
            return Ok(None);
        }
        let turn = self.known.others().turn(need);
        let _held = turn.lock().await;
        if self.knows(need) {
            return Ok(None);
        }
        match need {
            Need::Find(search) => {
                let Some(record) = self.engine.catalog.record(&search.record_type).cloned() else { return Ok(None) };
                let wanted = [(search.field.clone(), typed(&record, &search.field, &search.value))];
                let found = find(&*self.engine.wire, &self.engine.catalog, &record, &wanted, &self.engine.zone).await;
                match found {
                    Ok(rows) => {
                        let id = |row: &Json| record.id.as_deref().and_then(|f| row.get(f)?.id()).map(Text::from);
                        let ids: Vec<Text> = rows.iter().filter_map(id).collect();
                        let known = if ids.is_empty() { own } else { self.known.others() };
                        known.learn_find(search.clone(), ids);
                        Ok(None)
                    }
                    Err(error) => {
                        let why = readable(&error)?;
                        Ok(Some(format!("{} with its `{}` could not be looked for: {why}", record.title, search.field)))
                    }
                }
            }
            Need::Record { record_type, id } => {
                let Some(record) = self.engine.catalog.record(record_type).cloned() else { return Ok(None) };
                let found = match self.known.others().record(record_type, id) {
                    Some(RecordAnswer::Read(found)) => Some(found),
                    _ => match read_by_id(&*self.engine.wire, &record, &[id.to_string()], &[]).await {
                        Ok(mut found) => match found.remove(&**id) {
                            Some(Reading::There(found)) => Some(found),
                            Some(Reading::NotThere) | None => None,
                            Some(Reading::Unknown(why)) => {
                                return Ok(Some(format!("{} {id} could not be read: {why}", record.title)));
                            }
                        },
                        Err(error) => {
                            let why = readable(&error)?;
                            return Ok(Some(format!("{} {id} could not be read: {why}", record.title)));
                        }
                    },
                };
                let which: Which = (record_type.clone(), id.clone());
                let Some(mut found) = found else {
                    own.learn_record(which, None);
                    return Ok(None);
                };
                self.known.others().learn_record(which.clone(), Some(found.clone()));
                for step in &self.plan.steps {
                    let Step::OtherRecord { record_type: of, shape, .. } = step else { continue };
                    if of != record_type {
                        continue;
                    }
                    match complete(self.engine, self.known, self.plan, *shape, &mut found).await {
                        Ok(()) => {}
                        Err(Unread::Halt(halt)) => return Err(halt),
                        Err(Unread::Field(why)) => return Ok(Some(format!("of {} {id} {why}", record.title))),
                    }
                }
                self.completed.learn_record(which, Some(found));
                Ok(None)
            }
            // see `first`
            Need::Link(_) | Need::Existing | Need::Before(_) => Ok(None),
        }
    }
}

/// The value of a search, as the field has it.
fn typed(record: &RecordType, field: &str, text: &Text) -> Value {
    match record.fields.get(field).map(|f| f.kind) {
        Some(FieldKind::Integer | FieldKind::Decimal) => {
            number_from_text(text).map_or_else(|| Value::Text(text.clone()), Value::Number)
        }
        _ => Value::Text(text.clone()),
    }
}

fn readable(error: &ReadError) -> Result<String, Halt> {
    match error {
        ReadError::Call(error) => unless_halted(error),
        other => Ok(other.to_string()),
    }
}
