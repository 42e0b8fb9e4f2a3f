//! Records read by id, and the rows of calls that list. Every id that was asked for has its reading: there, not there, or
//! nobody knows.

use std::collections::BTreeMap;
use std::time::Duration;

use mapwright_language::json::Json;
use mapwright_language::schema::{Answer as Form, Api, Call, RecordType};

use super::answer::Refusal;
use super::body::bare;
use super::expected::{Verdict, id_of, judged};
use super::fill::{Places, and_query};
use super::wire::{CallError, Wire};

/// Why a record could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// No answer.
    Call(CallError),
    /// A refusal other than "there is no such record".
    Refused(Refusal),
    /// The answer is not what was asked for: why.
    Unlike(String),
    /// The route's data do not fit.
    Route(String),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::Call(error) => error.fmt(f),
            ReadError::Refused(refusal) => refusal.fmt(f),
            ReadError::Unlike(message) | ReadError::Route(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ReadError {}

/// Most pages of one read: more than any record has parts.
const MOST_PAGES: u32 = 100;
/// How many rows V2 hands out at a time where it is not asked for more (bigcommerce-api 3.1).
const V2_PAGE: u64 = 50;
/// Most ids in one read, so that an address does not grow without end.
const MOST_IDS: usize = 50;

/// What reading one record gave.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// It is there, and this is it.
    There(Json),
    /// The API says so, as it is documented.
    NotThere,
    /// What was answered says neither: why.
    Unknown(String),
}

/// Reads records by id, several in one call where the route can. Every id that was asked for has its reading.
///
/// # Errors
/// See [`ReadError`]; a refusal of some ids is theirs alone.
pub async fn read_by_id(
    wire: &dyn Wire,
    record: &RecordType,
    ids: &[String],
    parents: &[String],
) -> Result<BTreeMap<String, Reading>, ReadError> {
    let call =
        record.route.read.as_ref().ok_or_else(|| ReadError::Route(format!("{} cannot be read by id", record.title)))?;
    // what a list does not have is said by a list without it
    let answers_one = matches!(call.answer, Form::Data | Form::Bare);
    let mut found = BTreeMap::new();
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    let mut chunks: Vec<&[String]> = ids.chunks(ids_per_call(call)).rev().collect();
    while let Some(chunk) = chunks.pop() {
        let joined = chunk.join(",");
        let places = Places { id: Some(&joined), parents, value: None };
        match gathered(wire, call, record, places).await {
            Ok(Gathered::Rows { rows, whole }) => sort_in(call, record, chunk, rows, whole, &mut found),
            Ok(Gathered::NotThere(_)) if answers_one => {
                found.insert(joined, Reading::NotThere);
            }
            // one of them is at fault: which one shows when each is asked for alone
            Ok(Gathered::NotThere(_)) | Err(ReadError::Refused(_) | ReadError::Unlike(_)) if chunk.len() > 1 => {
                chunks.extend(chunk.chunks(1).rev());
            }
            Ok(Gathered::NotThere(refusal)) => {
                found.insert(joined, Reading::Unknown(refusal.to_string()));
            }
            Err(error @ (ReadError::Refused(_) | ReadError::Unlike(_))) => {
                found.insert(joined, Reading::Unknown(error.to_string()));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Gives every id of a call its reading.
fn sort_in(
    call: &Call,
    record: &RecordType,
    ids: &[String],
    rows: Vec<Json>,
    whole: bool,
    found: &mut BTreeMap<String, Reading>,
) {
    let mut stranger = None;
    for row in rows {
        match id_of(record, &row) {
            Some(id) if ids.iter().any(|asked| asked == id) => {
                let (id, row) = (id.to_owned(), Reading::There(row));
                if found.insert(id.clone(), row).is_some_and(|before| matches!(before, Reading::There(_))) {
                    let why = format!("the answer to {} has {id} twice", call.path);
                    found.insert(id, Reading::Unknown(why));
                }
            }
            Some(id) => stranger = Some(id.to_owned()),
            // records of a type without ids, read one by one
            None if record.id.is_none() && ids.len() == 1 => {
                found.extend(ids.first().map(|id| (id.clone(), Reading::There(row))));
            }
            None => stranger = Some(String::from("a record without id")),
        }
    }
    for id in ids {
        if found.contains_key(id) {
            continue;
        }
        let reading = match &stranger {
            Some(other) => Reading::Unknown(format!("the answer to {} is about {other}, not about {id}", call.path)),
            None if whole => Reading::NotThere,
            None => Reading::Unknown(format!(
                "the answer to {} lacks {id}, and does not say that there is no more",
                call.path
            )),
        };
        found.insert(id.clone(), reading);
    }
}

/// Reads records by id; what is not there is asked for again after a pause, and only what is not there twice is not there.
///
/// # Errors
/// See [`ReadError`].
pub async fn read_twice(
    wire: &dyn Wire,
    record: &RecordType,
    ids: &[String],
    parents: &[String],
    pause: Duration,
) -> Result<BTreeMap<String, Reading>, ReadError> {
    let mut found = read_by_id(wire, record, ids, parents).await?;
    let missing: Vec<String> = ids.iter().filter(|id| found.get(*id) == Some(&Reading::NotThere)).cloned().collect();
    if !missing.is_empty() {
        tokio::time::sleep(pause).await;
        found.extend(read_by_id(wire, record, &missing, parents).await?);
    }
    Ok(found)
}

/// How many ids one call takes: BigCommerce's `…:in` parameters take a list (bigcommerce-api 3.2).
#[must_use]
pub fn ids_per_call(call: &Call) -> usize {
    let listed = call.query.iter().any(|(key, value)| key.ends_with(":in") && value == "{id}");
    if listed { MOST_IDS } else { (call.batch.max(1) as usize).min(MOST_IDS) }
}

/// What a read gave in all its pages.
enum Gathered {
    /// Rows, and whether the answer says that there are no more.
    Rows { rows: Vec<Json>, whole: bool },
    /// The API's own "not found".
    NotThere(Refusal),
}

/// The rows of a call that lists, such as those of a slot: all of them, none of them nameless.
///
/// # Errors
/// See [`ReadError`]. That what has the rows is not there is one.
pub async fn called(
    wire: &dyn Wire,
    call: &Call,
    record: &RecordType,
    places: Places<'_>,
) -> Result<Vec<Json>, ReadError> {
    match gathered(wire, call, record, places).await? {
        Gathered::Rows { rows, whole: true } => Ok(rows),
        Gathered::Rows { rows, whole: false } => Err(ReadError::Unlike(format!(
            "the answer to {} has {} rows, and does not say that there are no more",
            call.path,
            rows.len()
        ))),
        Gathered::NotThere(refusal) => Err(ReadError::Refused(refusal)),
    }
}

async fn gathered(
    wire: &dyn Wire,
    call: &Call,
    record: &RecordType,
    places: Places<'_>,
) -> Result<Gathered, ReadError> {
    let first = bare(call, places).map_err(ReadError::Route)?;
    let (mut rows, mut elements) = (Vec::new(), 0);
    for page in 1..=MOST_PAGES {
        let mut request = first.clone();
        if page > 1 {
            and_query(&mut request.path, "page", &page.to_string());
        }
        let answer = wire.send(&request).await.map_err(ReadError::Call)?;
        let named = |refusal: Refusal| refusal.to(call, &request.path);
        let found = match judged(call, record, &answer) {
            Verdict::Believed(found) => found,
            Verdict::NotThere(refusal) => return Ok(Gathered::NotThere(named(refusal))),
            Verdict::Refused(refusal) => return Err(ReadError::Refused(named(refusal))),
            Verdict::Unlike(refusal) => return Err(ReadError::Unlike(named(refusal).to_string())),
        };
        if record.id.is_some() && found.rows.iter().any(|row| id_of(record, row).is_none()) {
            return Err(ReadError::Unlike(format!("the answer to {} has a row without id", call.path)));
        }
        let empty = found.elements == 0;
        // V2 does not say how many there are: a full page may not be all
        let full = call.api == Api::BigcommerceV2 && found.elements >= V2_PAGE;
        elements += found.elements;
        rows.extend(found.rows);
        match found.announced {
            Some(said) if !empty && said.pages.is_some_and(|pages| u64::from(page) < pages) => {}
            Some(said) => return Ok(Gathered::Rows { rows, whole: found.whole && elements >= said.total }),
            None if full => {}
            None => return Ok(Gathered::Rows { rows, whole: found.whole }),
        }
    }
    let path = first.path.split('?').next().unwrap_or_default();
    Err(ReadError::Route(format!("{path} has more than {MOST_PAGES} pages")))
}
