//! Deletes: only once the source confirms that the record is gone.

use std::collections::HashMap;

use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::{Level, PlannedExternalId};
use mapwright_language::schema::RecordType;

use crate::connect::links::{Link, LinkError};
use crate::connect::reading::{ReadError, Reading, read_twice};
use crate::connect::removal::{Removal, removal, remove};

use super::engine::{Engine, Halt, unless_halted};
use super::known::Known;
use super::outcome::{Ended, How};

/// Why nothing happens for a record that is gone.
pub const NOT_LINKED: &str = "it is not linked to anything";

/// The ends of records that the source does not confirm to be gone, by id; those without one are gone: the source said so,
/// as it is documented, twice.
///
/// # Errors
/// The run has to end.
pub async fn not_gone(engine: &Engine, source: &RecordType, ids: &[String]) -> Result<HashMap<String, Ended>, Halt> {
    let failed = |why: &str| Ended::Failed { reason: format!("whether it is gone could not be found out: {why}") };
    let all = |why: &str| ids.iter().map(|id| (id.clone(), failed(why))).collect();
    let readings = match read_twice(&*engine.wire, source, ids, &[], engine.confirm_after).await {
        Ok(readings) => readings,
        Err(ReadError::Call(error)) => return Ok(all(&unless_halted(&error)?)),
        Err(error) => return Ok(all(&error.to_string())),
    };
    let ended = |id: &String| match readings.get(id) {
        Some(Reading::NotThere) => None,
        Some(Reading::There(_)) => Some(Ended::Skipped { reason: format!("{} {id} is still there", source.title) }),
        Some(Reading::Unknown(why)) => Some(failed(why)),
        None => Some(failed("it was not asked")),
    };
    Ok(ids.iter().filter_map(|id| Some((id.clone(), ended(id)?))).collect())
}

/// Deletes what a record of the source was linked to, once that is gone ([`not_gone`]).
///
/// # Errors
/// The run has to end.
pub async fn delete(engine: &Engine, level: &Level, target: &RecordType, id: &str) -> Result<Ended, Halt> {
    let failed = |reason: String| Ok(Ended::Failed { reason });
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
    match told_both_ways(engine, level, &link).await? {
        Ok(()) => {}
        Err(why) => return failed(why),
    }
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
    match remove(&*engine.wire, target, &target_id, engine.confirm_after).await {
        Ok(Removal::Done) => Ok(Ended::Written { how: How::Deleted }),
        Ok(Removal::NotThere) => Ok(Ended::Unchanged),
        Ok(Removal::Unknown(why)) => failed(format!("whether it was deleted is not known: {why}")),
        Err(ReadError::Call(error)) => failed(format!("it could not be deleted: {}", unless_halted(&error)?)),
        Err(error) => failed(format!("it could not be deleted: {error}")),
    }
}

/// A deletion hangs on a link, so one odd answer to a look-up must not name another record. Inner error: it is not told the
/// same from both sides.
async fn told_both_ways(engine: &Engine, level: &Level, link: &Link) -> Result<Result<(), String>, Halt> {
    match engine.links.is_told_both_ways(&level.record, link).await {
        Ok(true) => Ok(Ok(())),
        Ok(false) => Ok(Err(format!(
            "its link is not told the same from both sides: {} of iPaaS.com and {} of BigCommerce",
            link.internal, link.external
        ))),
        Err(LinkError::Call(error)) => Ok(Err(format!("its link could not be looked up: {}", unless_halted(&error)?))),
        Err(error) => Ok(Err(format!("its link could not be looked up: {error}"))),
    }
}
