//! Records of one system: read by id, found by a field, removed.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use mapwright_language::json::Json;
use mapwright_language::schema::{Api, Call, Catalog, Method, RecordType, decode_json};
use mapwright_language::value::{Value, equal, text_of};

use super::answer::{Refusal, refusal, rows};
use super::body::bare;
use super::fill::{Places, and_query};
use super::list::total_pages;
use super::wire::{CallError, Request, Wire};

/// Why a record could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// No answer.
    Call(CallError),
    /// A refusal other than "there is no such record".
    Refused(Refusal),
    /// The route's data do not fit.
    Route(String),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::Call(error) => error.fmt(f),
            ReadError::Refused(refusal) => refusal.fmt(f),
            ReadError::Route(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ReadError {}

/// Most pages of one read: more than any record has parts.
const MOST_PAGES: u32 = 100;
/// Most ids in one read, so that an address does not grow without end.
const MOST_IDS: usize = 50;

/// Reads records by id, several in one call where the route can. What is not there is not in the answer.
///
/// # Errors
/// See [`ReadError`].
pub async fn read_by_id(
    wire: &dyn Wire,
    record: &RecordType,
    ids: &[String],
    parents: &[String],
) -> Result<BTreeMap<String, Json>, ReadError> {
    let call =
        record.route.read.as_ref().ok_or_else(|| ReadError::Route(format!("{} cannot be read by id", record.title)))?;
    let mut found = BTreeMap::new();
    let size = ids_per_call(call);
    for chunk in ids.chunks(size) {
        let joined = chunk.join(",");
        let places = Places { id: Some(&joined), parents, value: None };
        let read = called(wire, call, record, places).await?;
        for row in read {
            let id = record.id.as_deref().and_then(|id| row.get(id)?.id()).map(str::to_owned);
            // a call for one record may answer without its id
            match id.or_else(|| (chunk.len() == 1).then(|| joined.clone())) {
                Some(id) if chunk.contains(&id) => drop(found.insert(id, row)),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// How many ids one call takes: BigCommerce's `…:in` parameters take a list (bigcommerce-api 3.2).
#[must_use]
pub fn ids_per_call(call: &Call) -> usize {
    let listed = call.query.iter().any(|(key, value)| key.ends_with(":in") && value == "{id}");
    if listed { MOST_IDS } else { (call.batch.max(1) as usize).min(MOST_IDS) }
}

/// Calls a read and gives its records; "not found" is none.
///
/// # Errors
/// See [`ReadError`].
pub async fn called(
    wire: &dyn Wire,
    call: &Call,
    record: &RecordType,
    places: Places<'_>,
) -> Result<Vec<Json>, ReadError> {
    let first = bare(call, places).map_err(ReadError::Route)?;
    let mut found = Vec::new();
    for page in 1..=MOST_PAGES {
        let mut request = first.clone();
        if page > 1 {
            and_query(&mut request.path, "page", &page.to_string());
        }
        let answer = wire.send(&request).await.map_err(ReadError::Call)?;
        if answer.status == 404 {
            return Ok(found);
        }
        let rows =
            rows(call, record, &answer).map_err(|refused| ReadError::Refused(refused.to(call, &request.path)))?;
        let empty = rows.is_empty();
        found.extend(rows);
        if empty || total_pages(&answer).is_none_or(|total| page >= total) {
            return Ok(found);
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
    let call = wanted.iter().find_map(|(name, value)| Some((record.route.find.get(&**name)?, text_of(value)?)));
    let Some((call, value)) = call else { return Ok(vec![]) };
    let places = Places { value: Some(&value), ..Places::default() };
    let found = called(wire, call, record, places).await?;
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

/// Removes a record: whether it was there.
///
/// # Errors
/// See [`ReadError`].
pub async fn remove(wire: &dyn Wire, record: &RecordType, id: &str) -> Result<bool, ReadError> {
    let request = removal(record, id).map_err(ReadError::Route)?;
    let answer = wire.send(&request).await.map_err(ReadError::Call)?;
    match answer.status {
        404 | 410 => Ok(false),
        200..300 => Ok(true),
        _ => Err(ReadError::Refused(refusal(&answer))),
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
