//! Fields that a record's own answer lacks (`Field::read_by`): read where the plan asks for them, and put under their key.

use std::future::Future;
use std::pin::Pin;

use mapwright_language::evaluate::RecordAnswer;
use mapwright_language::json::Json;
use mapwright_language::plan::{Plan, ShapeId, ShapeSlot};
use mapwright_language::schema::{Cut, Field, FieldKind, List, ReadBy, RecordType};

use crate::connect::fill::Places;
use crate::connect::list::{ListError, Pages};
use crate::connect::reading::{ReadError, Reading, read_twice};

use super::engine::{Engine, Halt, unless_halted};
use super::known::Known;

/// How deep fields with calls of their own are read in one another (an order's refunds, whose order, …).
const MOST_DEPTH: usize = 8;
/// Most pages of one field: more than any record has rows.
const MOST_PAGES: usize = 100;

/// Why a record could not be completed.
#[derive(Debug)]
pub enum Unread {
    /// The run has to end.
    Halt(Halt),
    /// A field could not be read.
    Field(String),
}

impl From<Halt> for Unread {
    fn from(halt: Halt) -> Self {
        Unread::Halt(halt)
    }
}

/// Reads what a shape demands and a record's own answer lacks.
///
/// # Errors
/// See [`Unread`]; a failure names the field.
pub async fn complete(
    engine: &Engine,
    known: &Known,
    plan: &Plan,
    shape: ShapeId,
    record: &mut Json,
) -> Result<(), Unread> {
    // most plans ask for no such field
    if !plan.shapes.iter().flat_map(|s| &s.slots).any(|slot| slot.field.read_by.is_some() || slot.field.cut.is_some()) {
        return Ok(());
    }
    Reader { engine, known, plan }.record(shape, record, String::new(), 0).await
}

struct Reader<'a> {
    engine: &'a Engine,
    known: &'a Known,
    plan: &'a Plan,
}

impl Reader<'_> {
    fn record<'r>(
        &'r self,
        shape: ShapeId,
        record: &'r mut Json,
        place: String,
        depth: usize,
    ) -> Pin<Box<dyn Future<Output = Result<(), Unread>> + Send + 'r>> {
        Box::pin(async move {
            let Some(shape) = self.plan.shapes.get(shape.0 as usize) else { return Ok(()) };
            if depth > MOST_DEPTH || !matches!(record, Json::Object(_)) {
                return Ok(());
            }
            let record_type = shape.record_type.as_deref().and_then(|name| self.engine.catalog.record(name));
            for slot in &shape.slots {
                let place = if place.is_empty() { slot.name.to_string() } else { format!("{place}.{}", slot.name) };
                let id_field = record_type.and_then(|r| r.id.as_deref());
                if let Some(read_by) = &slot.field.read_by {
                    let read = self.field(slot, read_by, record, id_field).await;
                    match read? {
                        Ok(found) => record.set(&slot.name, found),
                        Err(why) => return Err(Unread::Field(format!("`{place}` could not be read: {why}"))),
                    }
                }
                if let Some(cut) = slot.field.cut.as_ref().filter(|cut| cut.found(&slot.name, record).is_some()) {
                    match whole(self.engine, cut, &slot.field, record, id_field).await? {
                        Ok(rows) => record.set(&slot.name, rows),
                        Err(why) => return Err(Unread::Field(format!("`{place}` could not be read: {why}"))),
                    }
                }
                let (Some(inner), Json::Object(entries)) = (slot.shape, &mut *record) else { continue };
                match entries.iter_mut().find(|(key, _)| **key == *slot.name).map(|(_, json)| json) {
                    Some(Json::List(rows)) => {
                        for row in rows {
                            self.record(inner, row, place.clone(), depth + 1).await?;
                        }
                    }
                    Some(row @ Json::Object(_)) => self.record(inner, row, place, depth + 1).await?,
                    _ => {}
                }
            }
            Ok(())
        })
    }

    /// The field's rows or record. Inner error: why it could not be read.
    async fn field(
        &self,
        slot: &ShapeSlot,
        read_by: &ReadBy,
        record: &Json,
        id_field: Option<&str>,
    ) -> Result<Result<Json, String>, Halt> {
        let of = slot.field.of.as_deref().unwrap_or(&slot.field);
        let Some(row_type) = of.record.as_deref().and_then(|name| self.engine.catalog.record(name)) else {
            return Ok(Err(String::from("its record type is not known")));
        };
        match read_by {
            ReadBy::Call(list) => {
                let Some(id) = id_field.and_then(|field| record.get(field)?.id()) else {
                    return Ok(Err(String::from("the record that has it has no id")));
                };
                let rows = match rows(self.engine, list, row_type, id).await? {
                    Ok(rows) => rows,
                    Err(why) => return Ok(Err(why)),
                };
                Ok(Ok(match slot.field.kind {
                    FieldKind::List => Json::List(rows),
                    _ => rows.into_iter().next().unwrap_or(Json::Null),
                }))
            }
            ReadBy::Id(field) => {
                // BigCommerce says 0 where there is none
                let id = record.get(field).and_then(Json::id).filter(|id| !matches!(*id, "" | "0"));
                match id {
                    Some(id) => self.other(row_type, id).await,
                    None => Ok(Ok(Json::Null)),
                }
            }
        }
    }

    /// A record by its id, read once in a run.
    async fn other(&self, row_type: &RecordType, id: &str) -> Result<Result<Json, String>, Halt> {
        if let Some(RecordAnswer::Read(found)) = self.known.others().record(&row_type.name, id) {
            return Ok(Ok(found));
        }
        let ids = [id.to_owned()];
        match read_twice(&*self.engine.wire, row_type, &ids, &[], self.engine.confirm_after).await {
            Ok(mut found) => {
                let found = match found.remove(id) {
                    Some(Reading::There(found)) => found,
                    Some(Reading::NotThere) | None => return Ok(Ok(Json::Null)),
                    Some(Reading::Unknown(why)) => return Ok(Err(why)),
                };
                self.known.others().learn_record((row_type.name.as_str().into(), id.into()), Some(found.clone()));
                Ok(Ok(found))
            }
            Err(ReadError::Call(error)) => Ok(Err(unless_halted(&error)?)),
            Err(error) => Ok(Err(error.to_string())),
        }
    }
}

/// All rows of a list that the record's own answer cuts. Inner error: why they could not be read.
///
/// # Errors
/// The run has to end.
pub async fn whole(
    engine: &Engine,
    cut: &Cut,
    field: &Field,
    record: &Json,
    id_field: Option<&str>,
) -> Result<Result<Json, String>, Halt> {
    let row_type = field.of.as_ref().and_then(|of| of.record.as_deref()).and_then(|name| engine.catalog.record(name));
    let Some(row_type) = row_type else { return Ok(Err(String::from("its record type is not known"))) };
    let Some(id) = id_field.and_then(|field| record.get(field)?.id()) else {
        return Ok(Err(String::from("the record that has it has no id")));
    };
    Ok(rows(engine, &cut.read_by, row_type, id).await?.map(Json::List))
}

/// All rows of a call of its own, page by page.
async fn rows(
    engine: &Engine,
    list: &List,
    row_type: &RecordType,
    id: &str,
) -> Result<Result<Vec<Json>, String>, Halt> {
    let mut pages = Pages::all(list, row_type).with(Places { id: Some(id), ..Places::default() });
    let mut rows = Vec::new();
    for _ in 0..MOST_PAGES {
        match pages.next(&*engine.wire).await {
            Ok(Some(page)) => rows.extend(page),
            Ok(None) => return Ok(pages.shortfall().map_or(Ok(rows), |shortfall| Err(shortfall.to_string()))),
            Err(ListError::Call(error)) => return Ok(Err(unless_halted(&error)?)),
            Err(error) => return Ok(Err(error.to_string())),
        }
    }
    Ok(Err(format!("there are more than {MOST_PAGES} pages of it")))
}
