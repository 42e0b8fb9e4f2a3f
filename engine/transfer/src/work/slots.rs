//! Rows of slots that are not read with their parent: read once per path, however many parents share it.

use std::collections::HashMap;

use mapwright_language::json::Json;
use mapwright_language::schema::{Call, Catalog, FieldKind, Read, RecordType, Slot};

use crate::connect::fill::{Places, path};
use crate::connect::reading::{ReadError, called};

use super::engine::Engine;
use super::present::Wanted;
use super::rows::{Group, State};

/// Reads slots of a group.
pub struct SlotReader<'a> {
    /// What it works with.
    pub engine: &'a Engine,
    /// Answers by path: rows of several parents may come in one (stock of all variants of a product).
    pub by_path: HashMap<String, Vec<Json>>,
    /// Rows by the parent's row and the slot's name.
    pub found: HashMap<(usize, String), Vec<Json>>,
}

impl SlotReader<'_> {
    /// Reads what children of known parents need; whether there was something to read.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn more(&mut self, group: &Group<'_>) -> Result<bool, ReadError> {
        let mut any = false;
        for (at, slot) in wanted(group) {
            let (Read::Call(call), Some(parent)) = (&slot.read, group.rows.get(at)) else { continue };
            let Some(record) = self.engine.catalog.record(&slot.record).cloned() else { continue };
            let Some(id) = &parent.id else { continue };
            let key = (at, slot.name.clone());
            let (Some(mut above), false) = (group.ids_above(at), self.found.contains_key(&key)) else { continue };
            above.insert(0, id.clone());
            let places = Places { parents: &above, ..Places::default() };
            let path = path(call, places).map_err(ReadError::Route)?;
            let rows = match self.by_path.get(&path) {
                Some(rows) => rows.clone(),
                None => {
                    let rows = called(&*self.engine.wire, call, &record, places).await?;
                    about_parent(&self.engine.catalog, slot, call, &rows, id)?;
                    self.by_path.insert(path, rows.clone());
                    rows
                }
            };
            self.found.insert(key, of_parent(rows, &record, &parent.target, id));
            any = true;
        }
        Ok(any)
    }
}

/// Slots to read, with the row that has them: those with rows to write, and those from which rows that are gone are to be
/// removed, even the last ones.
fn wanted<'g>(group: &'g Group<'_>) -> Vec<(usize, &'g Slot)> {
    let mut slots: Vec<(usize, &Slot)> =
        group.rows.iter().filter_map(|row| Some((row.parent?, row.slot.as_ref()?))).collect();
    for (at, row) in group.rows.iter().enumerate().filter(|(_, row)| row.state != State::New) {
        for child in row.level.children.iter().filter(|child| child.remove_gone) {
            slots.extend(row.target.route.slots.iter().filter(|slot| slot.name == *child.slot).map(|slot| (at, slot)));
        }
    }
    slots
}

/// Reads one slot that evaluation asked for.
///
/// # Errors
/// See [`ReadError`].
pub async fn read_wanted(engine: &Engine, wanted: &Wanted) -> Result<Vec<Json>, ReadError> {
    let (Read::Call(call), Some(record)) = (&wanted.slot.read, engine.catalog.record(&wanted.slot.record)) else {
        return Ok(vec![]);
    };
    let rows = called(&*engine.wire, call, record, Places { parents: &wanted.parents, ..Places::default() }).await?;
    if let Some(parent) = wanted.parents.first() {
        about_parent(&engine.catalog, &wanted.slot, call, &rows, parent)?;
    }
    Ok(rows)
}

/// Rows below a path of their parent are its own; rows of another record are no answer to what was asked.
fn about_parent(catalog: &Catalog, slot: &Slot, call: &Call, rows: &[Json], parent: &str) -> Result<(), ReadError> {
    let Some(record) = catalog.record(&slot.record).filter(|_| call.path.contains("{parent.id}")) else {
        return Ok(());
    };
    let has_slot = |name: &str| {
        let slots = catalog.record(name).map(|holder| &*holder.route.slots).unwrap_or_default();
        slots.iter().any(|other| other.name == slot.name && other.record == slot.record)
    };
    let names: Vec<&str> = record
        .fields
        .iter()
        .filter(|(_, field)| field.kind == FieldKind::Id && field.record.as_deref().is_some_and(has_slot))
        .map(|(name, _)| name)
        .collect();
    let is_its = |row: &&Json| names.iter().any(|name| row.get(name).and_then(Json::id) == Some(parent));
    if names.is_empty() || rows.iter().all(|row| is_its(&row)) {
        return Ok(());
    }
    Err(ReadError::Unlike(format!("the answer to {} has a row that is not of {parent}", call.path)))
}

/// Of rows that may be several parents', those that name this one; all, where the record type names no parent.
fn of_parent(rows: Vec<Json>, record: &RecordType, parent: &RecordType, id: &str) -> Vec<Json> {
    let names_parent = |(_, field): &(&str, &mapwright_language::schema::Field)| {
        field.kind == FieldKind::Id && field.record.as_deref() == Some(&parent.name)
    };
    let names: Vec<&str> = record.fields.iter().filter(names_parent).map(|(name, _)| name).collect();
    if names.is_empty() {
        return rows;
    }
    rows.into_iter().filter(|row| names.iter().any(|name| row.get(name).and_then(Json::id) == Some(id))).collect()
}
