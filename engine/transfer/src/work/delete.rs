//! Deletes: only once the source confirms that the record is gone.

use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::{Level, PlannedExternalId};
use mapwright_language::schema::RecordType;

use crate::connect::links::LinkError;
use crate::connect::records::{ReadError, read_by_id, removal, remove};

use super::engine::{Engine, Halt, unless_halted};
use super::known::Known;
use super::outcome::{Ended, How};

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
    match read_by_id(&*engine.wire, source, &[id.to_owned()], &[]).await {
        Ok(found) if found.is_empty() => {}
        Ok(_) => return Ok(Ended::Skipped { reason: format!("{} {id} is still there", source.title) }),
        Err(ReadError::Call(error)) => {
            return failed(format!("whether it is gone could not be asked: {}", unless_halted(&error)?));
        }
        Err(error) => return failed(format!("whether it is gone could not be asked: {error}")),
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
        Ok(None) => return Ok(Ended::Skipped { reason: String::from("it is not linked to anything") }),
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
