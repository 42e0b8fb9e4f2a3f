//! Rows of a dictionary that have to go: those that a rule clears, and those that share their name with the row that is kept.

use mapwright_language::json::Json;

use super::engine::{Engine, Halt};
use super::gone::remove_row;
use super::rows::{Group, RowEnd};

/// A row to remove.
#[derive(Debug, Clone)]
pub struct Unwanted {
    /// Its parent's row.
    pub parent: usize,
    /// Its record type.
    pub record: String,
    /// The row itself.
    pub row: Json,
}

/// Removes the rows of records whose own requests went well: what could not be written is not made worse.
///
/// # Errors
/// The run has to end.
pub async fn remove_unwanted(engine: &Engine, group: &mut Group<'_>) -> Result<(), Halt> {
    for unwanted in std::mem::take(&mut group.unwanted) {
        let fine = |end: &RowEnd| matches!(end, RowEnd::Written | RowEnd::Unchanged);
        let record = engine.catalog.record(&unwanted.record);
        let (Some(record), true) = (record, group.rows.get(unwanted.parent).is_some_and(|row| fine(&row.end))) else {
            continue;
        };
        let id = record.id.as_deref().and_then(|id| unwanted.row.get(id)?.id());
        let removed = match id {
            Some(id) => remove_row(engine, group, unwanted.parent, record, id).await?,
            None => Err(String::from("it has no id")),
        };
        let end = match removed {
            Ok(true) => {
                group.removed += 1;
                RowEnd::Written
            }
            Ok(false) => continue,
            Err(why) => RowEnd::Failed(format!("a {} that has to go could not be removed: {why}", record.title)),
        };
        if let Some(parent) = group.rows.get_mut(unwanted.parent) {
            parent.end = end;
        }
    }
    Ok(())
}
