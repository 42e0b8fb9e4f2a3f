//! Records of one system: found by a field; and the API that keeps their links.

use std::sync::Arc;

use jiff::tz::TimeZone;
use mapwright_language::json::Json;
use mapwright_language::schema::{Api, Catalog, Method, RecordType, decode_json};
use mapwright_language::value::{Value, equal, text_of};

use super::fill::Places;
use super::reading::{ReadError, called};
use super::wire::{Request, Wire};

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
