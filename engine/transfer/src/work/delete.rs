//! Deletes: only once the source confirms that the record is gone.

use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::{Level, PlannedExternalId};
use mapwright_language::schema::RecordType;

use crate::connect::links::LinkError;
use crate::connect::records::{ReadError, read_by_id, removal, remove};

use super::engine::{Engine, Halt, unless_halted};
use super::known::Known;
use super::outcome::{Ended, How};

/// Why nothing happens for a record that is gone.
pub const NOT_LINKED: &str = "it is not linked to anything";

/// The end of a record that the source does not confirm to be gone.
///
/// # Errors
/// The run has to end.
pub async fn not_gone(engine: &Engine, source: &RecordType, id: &str) -> Result<Option<Ended>, Halt> {
    let failed =
        |why: String| Ok(Some(Ended::Failed { reason: format!("whether it is gone could not be asked: {why}") }));
    match read_by_id(&*engine.wire, source, &[id.to_owned()], &[]).await {
        Ok(found) if found.is_empty() => Ok(None),
        Ok(_) => Ok(Some(Ended::Skipped { reason: format!("{} {id} is still there", source.title) })),
        Err(ReadError::Call(error)) => failed(unless_halted(&error)?),
        Err(error) => failed(error.to_string()),
    }
}

/// Deletes what a record of the source that is gone was linked to.
///
/// # Errors
/// The run has to end.
pub async fn delete(
    engine: &Engine,
    level: &Level,
    source: &RecordType,
    target: &RecordType,
    id: &str,
) -> Result<Ended, Halt> {
    let failed = |reason: String| Ok(Ended::Failed { reason });
    if let Some(ended) = not_gone(engine, source, id).await? {
        return Ok(ended);
    }
    if !matches!(&level.external_id, PlannedExternalId::Template(_)) {
        return Ok(Ended::Skipped { reason: String::from("records of this type are not linked") });
    }
    let link = match level.direction {
        Direction::To => engine.links.internal_of(&level.record, id).await,
        Direction::From => engine.links.external_of(&level.record, id).await,
    };
    let link = match link {
        Ok(Some(link)) => link,
        Ok(None) => return Ok(Ended::Skipped { reason: String::from(NOT_LINKED) }),
        Err(LinkError::Call(error)) => {
            return failed(format!("its link could not be looked up: {}", unless_halted(&error)?));
        }
        Err(error) => return failed(format!("its link could not be looked up: {error}")),
    };
    let target_id = Known::new(level.direction).target_id(&link);
    if engine.dry_run {
        return match removal(target, &target_id) {
            Ok(request) => {
                engine.would_send(request);
                Ok(Ended::Written { how: How::Deleted })
            }
            Err(why) => failed(why),
        };
    }
    match remove(&*engine.wire, target, &target_id).await {
        Ok(true) => Ok(Ended::Written { how: How::Deleted }),
        Ok(false) => Ok(Ended::Unchanged),
        Err(ReadError::Call(error)) => failed(format!("it could not be deleted: {}", unless_halted(&error)?)),
        Err(error) => failed(format!("it could not be deleted: {error}")),
    }
}
