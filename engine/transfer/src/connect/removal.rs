//! Records removed.

use std::time::Duration;

use mapwright_language::schema::RecordType;

use super::body::bare;
use super::expected::{Verdict, judged};
use super::fill::Places;
use super::reading::{ReadError, Reading, read_twice};
use super::wire::{CallError, Request, Wire};

/// How a removal ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// It was there and is gone.
    Done,
    /// It was not there.
    NotThere,
    /// What was answered says neither: why.
    Unknown(String),
}

/// Removes a record. An answer that is not what the route says is looked into: the record is read.
///
/// # Errors
/// See [`ReadError`].
pub async fn remove(wire: &dyn Wire, record: &RecordType, id: &str, pause: Duration) -> Result<Removal, ReadError> {
    let request = removal(record, id).map_err(ReadError::Route)?;
    let why = match removed(wire, record, &request).await? {
        Removal::Unknown(why) if record.route.read.is_some() => why,
        other => return Ok(other),
    };
    let ids = [id.to_owned()];
    Ok(match read_twice(wire, record, &ids, &[], pause).await?.remove(id) {
        Some(Reading::NotThere) => Removal::Done,
        Some(Reading::There(_)) => Removal::Unknown(format!("{why}; it is still there")),
        Some(Reading::Unknown(_)) | None => Removal::Unknown(why),
    })
}

/// Sends a removal and judges its answer.
///
/// # Errors
/// See [`ReadError`].
pub async fn removed(wire: &dyn Wire, record: &RecordType, request: &Request) -> Result<Removal, ReadError> {
    let Some(call) = &record.route.delete else {
        return Err(ReadError::Route(format!("{} cannot be deleted", record.title)));
    };
    let answer = match wire.send(request).await {
        Err(CallError::Unknown(why)) => return Ok(Removal::Unknown(why)),
        answer => answer.map_err(ReadError::Call)?,
    };
    match judged(call, record, &answer) {
        Verdict::Believed(_) => Ok(Removal::Done),
        Verdict::NotThere(_) => Ok(Removal::NotThere),
        Verdict::Refused(refusal) => Err(ReadError::Refused(refusal.to(call, &request.path))),
        Verdict::Unlike(refusal) => Ok(Removal::Unknown(refusal.to(call, &request.path).to_string())),
    }
}

/// The request that removes a record.
///
/// # Errors
/// The route has none.
pub fn removal(record: &RecordType, id: &str) -> Result<Request, String> {
    let call = record.route.delete.as_ref().ok_or_else(|| format!("{} cannot be deleted", record.title))?;
    bare(call, Places { id: Some(id), ..Places::default() })
}
