//! Rows that are at the target and no longer at the source: left in place, or removed where their collection says so
//! (`gone: remove`) and a link shows that they came from here.

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::Level;
use mapwright_language::schema::{RecordType, Slot};

use crate::connect::answer::refusal;
use crate::connect::body::bare;
use crate::connect::fill::Places;
use crate::connect::links::{LinkError, own_id, told_by};
use crate::connect::wire::Wire;

use super::engine::{Engine, Halt, unless_halted};
use super::external_id::external_id;
use super::known::each_row;
use super::rows::{Group, RowEnd};

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

/// Removes what is gone; what never came from here is counted as left in place.
///
/// # Errors
/// The run has to end.
pub async fn remove_gone(engine: &Engine, group: &mut Group<'_>, direction: Direction) -> Result<(), Halt> {
    // against the order of writing: variants before the options that they are made of
    for gone in std::mem::take(&mut group.gone).into_iter().rev() {
        let why = match removed(engine, group, &gone, direction).await? {
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
async fn removed(
    engine: &Engine,
    group: &Group<'_>,
    gone: &Gone<'_>,
    direction: Direction,
) -> Result<Result<bool, String>, Halt> {
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
    if still_at_the_source(engine, group, gone, &source_id) {
        return Ok(Ok(false));
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
    match engine.wire.send(&request).await {
        Ok(answer) if matches!(answer.status, 200..300 | 404 | 410) => Ok(Ok(true)),
        Ok(answer) => Ok(Err(refusal(&answer).to_string())),
        Err(error) => Ok(Err(unless_halted(&error)?)),
    }
}

/// A row that a filter keeps back is not gone.
fn still_at_the_source(engine: &Engine, group: &Group<'_>, gone: &Gone<'_>, id: &str) -> bool {
    let root =
        group.rows.get(gone.parent).and_then(|p| group.rows.iter().find(|r| r.root == p.root && r.parent.is_none()));
    let Some((root, record)) = root.and_then(|r| Some((r, engine.catalog.record(&r.level.source_type)?))) else {
        return true;
    };
    let mut found = false;
    each_row(&engine.catalog, record, &root.source, &mut |record, row| {
        let this = record.id.as_deref().and_then(|field| row.get(field)?.id());
        found |= record.name == *gone.level.source_type && this == Some(id);
    });
    found
}
