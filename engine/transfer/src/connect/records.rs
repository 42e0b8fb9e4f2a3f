//! Records of one system: read by id, found by a field, removed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use mapwright_language::json::Json;
use mapwright_language::schema::{Api, Call, Catalog, Method, RecordType, decode_json};
use mapwright_language::value::{Value, equal, text_of};

use super::answer::Refusal;
use super::body::bare;
use super::expected::{Verdict, id_of, judged};
use super::fill::{Places, and_query};
use super::wire::{CallError, Request, Wire};

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
            Ok(Gathered::NotThere(_)) if chunk.len() == 1 => {
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
        elements += found.elements;
        rows.extend(found.rows);
        match found.announced {
            Some(said) if !empty && said.pages.is_some_and(|pages| u64::from(page) < pages) => {}
            Some(said) => return Ok(Gathered::Rows { rows, whole: found.whole && elements >= said.total }),
            None => return Ok(Gathered::Rows { rows, whole: found.whole }),
        }
    }
    let path = first.path.split('?').next().unwrap_or_default();
    Err(ReadError::Route(format!("{path} has more than {MOST_PAGES} pages")))
}

/// The records with these values in these fields; all must agree.
///
/// # Errors
/// See [`ReadError`].
pub async fn find(
    wire: &dyn Wire,
    catalog: &Catalog,
    record: &RecordType,
    wanted: &[(Arc<str>, Value)],
    zone: &TimeZone,
) -> Result<Vec<Json>, ReadError> {
    let search =
        wanted.iter().find_map(|field @ (name, value)| Some((record.route.find.get(&**name)?, text_of(value)?, field)));
    let Some((call, value, by)) = search else { return Ok(vec![]) };
    let places = Places { value: Some(&value), ..Places::default() };
    let found = called(wire, call, record, places).await?;
    // a search that finds only what nobody searched for was not done: that is no "there is none"
    let by = std::slice::from_ref(by);
    if !found.is_empty() && !found.iter().any(|row| agrees(catalog, record, row, by, zone)) {
        let field = by.first().map(|(name, _)| &**name).unwrap_or_default();
        return Err(ReadError::Unlike(format!("the answer to {} has only records with another `{field}`", call.path)));
    }
    Ok(found.into_iter().filter(|row| agrees(catalog, record, row, wanted, zone)).collect())
}

/// Whether a row has these values. Texts compare without case: both systems take `A-1` and `a-1` for the same SKU, and
/// e-mail addresses and names likewise.
#[must_use]
pub fn agrees(
    catalog: &Catalog,
    record: &RecordType,
    row: &Json,
    wanted: &[(Arc<str>, Value)],
    zone: &TimeZone,
) -> bool {
    wanted.iter().all(|(name, value)| {
        let Some(field) = record.fields.get(name) else { return false };
        let there = row.get(name).map_or(Value::Null, |json| decode_json(json, field, catalog, zone));
        match (&there, value) {
            (Value::Null, Value::Clear) => true,
            (Value::Text(a), Value::Text(b)) => a.trim().to_lowercase() == b.trim().to_lowercase(),
            (a, b) => equal(a, b),
        }
    })
}

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

/// The iPaaS.com API that keeps the links of a record type: its own, or that of the record it is a part of.
#[must_use]
pub fn api_of(catalog: &Catalog, record_type: &str) -> Option<Api> {
    fn own(record: &RecordType) -> Option<Api> {
        let route = &record.route;
        let list = route.list.as_ref().map(|l| &l.call);
        let calls = [route.read.as_ref(), route.create.as_ref(), route.update.as_ref(), list];
        calls.into_iter().flatten().find(|c| !matches!(c.api, Api::BigcommerceV2 | Api::BigcommerceV3)).map(|c| c.api)
    }
    let mut name = record_type.to_owned();
    for _ in 0..6 {
        if let Some(api) = catalog.record(&name).and_then(|r| own(r)) {
            return Some(api);
        }
        let holder = catalog.iter().find(|r| {
            r.name != name
                && r.fields.iter().any(|(_, f)| {
                    f.record.as_deref() == Some(&name) && f.kind == mapwright_language::schema::FieldKind::Record
                        || f.of.as_ref().is_some_and(|of| {
                            of.record.as_deref() == Some(&name)
                                && of.kind == mapwright_language::schema::FieldKind::Record
                        })
                })
        })?;
        name.clone_from(&holder.name);
    }
    None
}

/// Whether a request only reads.
#[must_use]
pub fn reads(request: &Request) -> bool {
    matches!(request.method, Method::Get)
}
