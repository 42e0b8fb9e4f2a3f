//! Requests of a route's calls.

use mapwright_language::json::Json;
use mapwright_language::schema::{Body, Call, Method};

use super::fill::{Places, added, path};
use super::wire::Request;

/// A request without records: a read or a delete.
///
/// # Errors
/// A placeholder that nothing stands for.
pub fn bare(call: &Call, places: Places<'_>) -> Result<Request, String> {
    Ok(Request {
        api: call.api,
        method: call.method,
        path: path(call, places)?,
        template: call.path.clone(),
        body: None,
        repeat: if matches!(call.method, Method::Get) { mapwright_language::schema::Repeat::Safe } else { call.repeat },
        concurrency: call.concurrency,
        scope: call.scope.clone(),
    })
}

/// A record with what the write itself adds to it (`Call::adds`).
///
/// # Errors
/// A placeholder that nothing stands for.
pub fn with_additions(call: &Call, mut record: Json, places: Places<'_>) -> Result<Json, String> {
    for (key, value) in &call.adds {
        record.set(key, added(value, call.api, places)?);
    }
    Ok(record)
}

/// A request that writes records, additions already made. Its path is that of the first one (records of one request
/// share their path).
///
/// # Errors
/// A placeholder that nothing stands for.
pub fn writing(call: &Call, records: Vec<Json>, places: Places<'_>) -> Result<Request, String> {
    let mut request = bare(call, places)?;
    request.body = match &call.body {
        Body::Nothing => None,
        Body::One => records.into_iter().next(),
        Body::Array => Some(Json::List(records)),
        Body::Under(key, beside) => {
            let mut body = Json::Object(vec![]);
            for (name, text) in beside {
                body.set(name, Json::Text(text.as_str().into()));
            }
            body.set(key, Json::List(records));
            Some(body)
        }
    };
    Ok(request)
}
