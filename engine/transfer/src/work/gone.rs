//! Rows that are at the target and no longer at the source: left in place, or removed where their collection says so
//! (`gone: remove`) and a link shows that they came from here.

use std::collections::HashMap;

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::Level;
use mapwright_language::schema::{RecordType, Slot};

use crate::connect::body::bare;
use crate::connect::fill::Places;
use crate::connect::links::{LinkError, own_id, told_by};
use crate::connect::reading::{ReadError, Reading, read_by_id, read_twice};
use crate::connect::removal::{Removal, removed};

use super::engine::{Engine, Halt, unless_halted};
use super::external_id::external_id;
use super::fields::{Unread, complete};
use super::known::each_row;
use super::rows::{Group, RowEnd};
use super::transfer::Transfer;

/// A row that the source no longer has.
#[derive(Debug, Clone)]
pub struct Gone<'p> {
    /// Its parent's row.
    pub parent: usize,
    /// Its slot.
    pub slot: Slot,
    /// The collection that would have written it.
    pub level: &'p Level,
    /// The row itself.
    pub row: Json,
}

/// Root records of the source as they were read a second time, by their index in the group. A text: why they could not be.
type Again = HashMap<usize, Result<Json, String>>;

/// Removes what is gone; what never came from here is counted as left in place.
///
/// # Errors
/// The run has to end.
pub(super) async fn remove_gone(transfer: &Transfer<'_>, group: &mut Group<'_>) -> Result<(), Halt> {
    let mut again = Again::new();
    // against the order of writing: variants before the options that they are made of
    for gone in std::mem::take(&mut group.gone).into_iter().rev() {
        let why = match remove(transfer, group, &gone, &mut again).await? {
            Ok(true) => {
                group.removed += 1;
                if let Some(parent) = group.rows.get_mut(gone.parent).filter(|p| p.end == RowEnd::Unchanged) {
                    parent.end = RowEnd::Written;
                }
                continue;
            }
            Ok(false) => {
                let root = group.rows.get(gone.parent).map(|p| p.root);
                *group.left_in_place.entry(root.unwrap_or_default()).or_default() += 1;
                continue;
            }
            Err(why) => why,
        };
        if let Some(parent) = group.rows.get_mut(gone.parent) {
            parent.end = RowEnd::Failed(format!(
                "a row of `{}` that is gone at the source could not be removed: {why}",
                gone.slot.name
            ));
        }
    }
    Ok(())
}

/// Whether it was removed; inner error: why it could not be.
async fn remove(
    transfer: &Transfer<'_>,
    group: &Group<'_>,
    gone: &Gone<'_>,
    again: &mut Again,
) -> Result<Result<bool, String>, Halt> {
    let (engine, direction) = (transfer.engine, transfer.level().direction);
    let Some(record) = engine.catalog.record(&gone.slot.record) else { return Ok(Ok(false)) };
    let (Some(parent), Some(id)) =
        (group.rows.get(gone.parent), record.id.as_deref().and_then(|id| gone.row.get(id)?.id()))
    else {
        return Ok(Ok(false));
    };
    // its id in the source system, if it came from here
    let source_id = match direction {
        Direction::To => {
            let link = record.id.as_deref().and_then(|field| told_by(&gone.row, field, &engine.system_id)).flatten();
            link.map(|link| own_id(&link.external))
        }
        Direction::From => match external_id(gone.level, &gone.row, parent.external.as_deref()) {
            None => None,
            Some(external) => match engine.links.internal_of(&gone.level.record, &external).await {
                Ok(link) => link.map(|link| link.internal.to_string()),
                Err(LinkError::Call(error)) => return Ok(Err(unless_halted(&error)?)),
                Err(LinkError::NoTable(_)) => None,
                Err(error) => return Ok(Err(error.to_string())),
            },
        },
    };
    let Some(source_id) = source_id else { return Ok(Ok(false)) };
    match is_gone(transfer, group, gone, &source_id, again).await? {
        Ok(true) => {}
        other => return Ok(other),
    }
    remove_row(engine, group, gone.parent, record, id).await
}

/// Removes one row below a row of the group; false: its parent has no id.
///
/// # Errors
/// The run has to end; inner error: why the row could not be removed.
pub(super) async fn remove_row(
    engine: &Engine,
    group: &Group<'_>,
    parent: usize,
    record: &RecordType,
    id: &str,
) -> Result<Result<bool, String>, Halt> {
    let Some(call) = &record.route.delete else { return Ok(Err(format!("{} cannot be deleted", record.title))) };
    let own = group.rows.get(parent).and_then(|row| row.id.clone());
    let (Some(mut parents), Some(own)) = (group.ids_above(parent), own) else { return Ok(Ok(false)) };
    parents.insert(0, own);
    let request = match bare(call, Places { id: Some(id), parents: &parents, value: None }) {
        Ok(request) => request,
        Err(why) => return Ok(Err(why)),
    };
    if engine.dry_run {
        engine.would_send(request);
        return Ok(Ok(true));
    }
    match removed(&*engine.wire, record, &request).await {
        Ok(Removal::Done | Removal::NotThere) => Ok(Ok(true)),
        Ok(Removal::Unknown(why)) => Ok(Err(format!("whether it was removed is not known: {why}"))),
        Err(ReadError::Call(error)) => Ok(Err(unless_halted(&error)?)),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// Whether the source has a row no more: twice, with a pause between, and where the row can be read alone, by the API's own
/// "not found". A row that a filter keeps back is not gone. Inner error: it could not be found out.
async fn is_gone(
    transfer: &Transfer<'_>,
    group: &Group<'_>,
    gone: &Gone<'_>,
    id: &str,
    again: &mut Again,
) -> Result<Result<bool, String>, Halt> {
    let engine = transfer.engine;
    let root =
        group.rows.get(gone.parent).and_then(|p| group.rows.iter().find(|r| r.root == p.root && r.parent.is_none()));
    let Some((root, source)) = root.and_then(|r| Some((r, engine.catalog.record(&r.level.source_type)?))) else {
        return Ok(Ok(false));
    };
    if is_in(engine, source, &root.source, gone, id) {
        return Ok(Ok(false));
    }
    if !again.contains_key(&root.root) {
        if again.is_empty() {
            tokio::time::sleep(engine.confirm_after).await;
        }
        let read = read_again(transfer, source, root.source_id.as_deref().unwrap_or_default()).await?;
        again.insert(root.root, read);
    }
    match again.get(&root.root) {
        Some(Ok(read)) if is_in(engine, source, read, gone, id) => return Ok(Ok(false)),
        Some(Ok(_)) => {}
        Some(Err(why)) => return Ok(Err(format!("whether it is gone could not be found out: {why}"))),
        None => return Ok(Ok(false)),
    }
    // a row of the root that can be read alone
    let (Some(row), Some(above)) = (engine.catalog.record(&gone.level.source_type), &root.source_id) else {
        return Ok(Ok(true));
    };
    let is_below_root = group.rows.get(gone.parent).is_some_and(|parent| parent.parent.is_none());
    if row.route.read.is_none() || !is_below_root {
        return Ok(Ok(true));
    }
    let ids = [id.to_owned()];
    let told = read_twice(&*engine.wire, row, &ids, &[above.to_string()], engine.confirm_after).await;
    match told.map(|mut told| told.remove(id)) {
        Ok(Some(Reading::There(_))) => Ok(Ok(false)),
        Ok(Some(Reading::Unknown(why))) => Ok(Err(format!("whether it is gone could not be found out: {why}"))),
        Ok(Some(Reading::NotThere) | None) => Ok(Ok(true)),
        Err(ReadError::Call(error)) => Ok(Err(unless_halted(&error)?)),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// The source's root record with all that its rules read.
async fn read_again(transfer: &Transfer<'_>, source: &RecordType, id: &str) -> Result<Result<Json, String>, Halt> {
    let engine = transfer.engine;
    let read = match read_by_id(&*engine.wire, source, &[id.to_owned()], &[]).await {
        Ok(mut found) => found.remove(id),
        Err(ReadError::Call(error)) => return Ok(Err(unless_halted(&error)?)),
        Err(error) => return Ok(Err(error.to_string())),
    };
    match read {
        Some(Reading::There(mut record)) => {
            match complete(engine, transfer.known, transfer.plan, transfer.level().source, &mut record).await {
                Ok(()) => Ok(Ok(record)),
                Err(Unread::Halt(halt)) => Err(halt),
                Err(Unread::Field(why)) => Ok(Err(why)),
            }
        }
        Some(Reading::Unknown(why)) => Ok(Err(why)),
        Some(Reading::NotThere) | None => Ok(Err(format!("{} {id} is not there any more", source.title))),
    }
}

/// Whether a source record holds the row.
fn is_in(engine: &Engine, source: &RecordType, root: &Json, gone: &Gone<'_>, id: &str) -> bool {
    let mut found = false;
    each_row(&engine.catalog, source, root, &mut |record, row| {
        let this = record.id.as_deref().and_then(|field| row.get(field)?.id());
        found |= record.name == *gone.level.source_type && this == Some(id);
    });
    found
}
