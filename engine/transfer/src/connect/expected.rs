//! The one place that decides whether an answer is what was asked for. What that looks like is data: the route's
//! `answer`, and each API's own form of a refusal. Everything else is [`Verdict::Unlike`]: nobody knows what became of the
//! call, and nothing is "empty", "gone" or "done" for it.

use mapwright_language::json::{Json, read, write};
use mapwright_language::schema::{Answer as Form, Api, Call, NoneForm, RecordType};

use super::answer::{Refusal, in_write_form, refusal};
use super::wire::Answer;

/// What an answer is worth.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is what the route says.
    Believed(Believed),
    /// The API's own "there is no such record".
    NotThere(Refusal),
    /// The API's own refusal: it did nothing.
    Refused(Refusal),
    /// Something else, such as an error under the status 200 or a gateway's page.
    Unlike(Refusal),
}

/// What a believed answer holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Believed {
    /// The records, in the form in which they are written ([`in_write_form`]).
    pub rows: Vec<Json>,
    /// How many elements the answer's list has; rows may be parts of them.
    pub elements: u64,
    /// How many there are in all pages and how many pages, where the answer says so.
    pub announced: Option<Announced>,
    /// Whether what is not in the list is not there, as far as this page goes.
    pub whole: bool,
    /// 207: what was not done.
    pub partial: Option<Refusal>,
}

/// What `meta.pagination` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Announced {
    /// Elements in all pages.
    pub total: u64,
    /// Pages.
    pub pages: Option<u64>,
}

/// Judges the answer to a call.
#[must_use]
pub fn judged(call: &Call, record: &RecordType, answer: &Answer) -> Verdict {
    if !(200..300).contains(&answer.status) {
        let none = call.may_answer(NoneForm::NotFound);
        return match refused(call.api, answer) {
            Verdict::NotThere(_) if none => Verdict::Believed(Believed { whole: true, ..Believed::default() }),
            other => other,
        };
    }
    match success(call, record, answer) {
        Ok(believed) => Verdict::Believed(believed),
        Err(message) => unlike(answer, message),
    }
}

/// Judges an answer whose status is no success. Whether a server that failed has done it all the same, it cannot say.
#[must_use]
pub fn refused(api: Api, answer: &Answer) -> Verdict {
    let refusal = refusal(answer);
    let Ok(body) = read(&answer.body) else { return Verdict::Unlike(refusal) };
    if answer.status == 404 && says_not_there(api, &body) {
        Verdict::NotThere(refusal)
    } else if answer.status < 500 && says_refused(api, answer.status, &body) {
        Verdict::Refused(refusal)
    } else {
        Verdict::Unlike(refusal)
    }
}

/// An answer that is not what was asked for, and why.
#[must_use]
pub fn unlike(answer: &Answer, message: impl Into<String>) -> Verdict {
    Verdict::Unlike(Refusal { status: answer.status, message: message.into(), fields: vec![] })
}

/// Whether a 404 is the API's own, and no gateway's: V3 answers an object whose `type` is the page of its status codes
/// (bigcommerce-api 3.4), V2 a list of one object, iPaaS.com a code of the family NFND (ipaas-platform 4.8).
fn says_not_there(api: Api, body: &Json) -> bool {
    let is_404 = |json: &Json| json.get("status").and_then(Json::id) == Some("404");
    match api {
        Api::BigcommerceV3 => {
            is_404(body) && has_text(body, "title") && text(body, "type").is_some_and(|t| t.contains("status-codes"))
        }
        Api::BigcommerceV2 => {
            matches!(body.items(), [one] if is_404(one) && has_text(one, "message") && one.entries().len() <= 3)
        }
        _ => text(body, "code").is_some_and(|code| code.starts_with("NFND-")) && has_text(body, "message"),
    }
}

/// Whether a refusal is the API's own. What is said of values (400, 409, 413, 422) comes from the application, so that any
/// readable reason will do; what gateways say too has to be in the API's own form.
fn says_refused(api: Api, status: u16, body: &Json) -> bool {
    let reason = |json: &Json| ["title", "message", "detail"].iter().any(|key| has_text(json, key));
    if matches!(status, 400 | 409 | 413 | 422) && (reason(body) || body.items().first().is_some_and(reason)) {
        return true;
    }
    // problem details of a gateway (RFC 9457) have a title and a status too, and a `type` of their own
    let own_type = |body: &Json| {
        text(body, "type").map_or(body.get("errors").is_some(), |t| t.is_empty() || t.contains("status-codes"))
    };
    let v3 = |body: &Json| {
        body.get("batch_errors").is_some_and(|errors| !errors.items().is_empty())
            || (has_text(body, "title") && body.get("status").is_some() && own_type(body))
            || body.get("errors").is_some_and(|e| e.items().first().is_some_and(|e| has_text(e, "title")) || has_text(e, "title"))
            // refunds put the refusal into `data`
            || body.get("data").is_some_and(|d| d.items().first().is_some_and(is_error))
    };
    match api {
        Api::BigcommerceV3 => v3(body),
        Api::BigcommerceV2 => {
            body.items().first().is_some_and(|one| one.get("status").is_some() && has_text(one, "message")) || v3(body)
        }
        // `CATEGORY-NNNN` (ipaas-platform 4.8)
        _ => {
            let code = text(body, "code").and_then(|code| code.split_once('-'));
            code.is_some_and(|(family, number)| {
                family.len() == 4 && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
            })
        }
    }
}

/// Whether a record that was answered is an error in truth.
fn is_error(json: &Json) -> bool {
    let failed = json.get("status").and_then(Json::id).and_then(|s| s.parse::<u16>().ok()).is_some_and(|s| s >= 400);
    failed && ["title", "message", "error", "detail"].iter().any(|key| has_text(json, key))
}

fn text<'j>(json: &'j Json, key: &str) -> Option<&'j str> {
    json.get(key).and_then(Json::text)
}

fn has_text(json: &Json, key: &str) -> bool {
    text(json, key).is_some_and(|text| !text.is_empty())
}

/// Whether a body that comes with a success status is an error.
fn error_under_success(body: &Json) -> bool {
    is_error(body)
        || body.get("error").is_some_and(|e| !matches!(e, Json::Null | Json::Bool(false)))
        || (body.get("data").is_none()
            && body.get("errors").is_some_and(|e| !e.entries().is_empty() || !e.items().is_empty()))
}

fn success(call: &Call, record: &RecordType, answer: &Answer) -> Result<Believed, String> {
    let path = &call.path;
    if answer.body.trim_ascii().is_empty() {
        return match &call.answer {
            Form::Empty if answer.status == 204 => Ok(Believed { whole: true, ..Believed::default() }),
            _ if answer.status == 204 && call.may_answer(NoneForm::NoContent) => {
                Ok(Believed { whole: true, ..Believed::default() })
            }
            _ => Err(format!("the answer to {path} is empty")),
        };
    }
    let body = read(&answer.body).map_err(|e| {
        if answer.body.trim_ascii_start().starts_with(b"<") {
            format!("the answer to {path} is an HTML page, no JSON: maintenance, or a wrong address")
        } else {
            format!("the answer to {path} is not readable: {e}")
        }
    })?;
    if error_under_success(&body) && answer.status != 207 {
        return Err(format!(
            "the answer to {path} is an error, though its status is a success: {}",
            refusal(answer).message
        ));
    }
    let partial = if answer.status == 207 { not_done(&body) } else { None };
    let outside = Json::Null;
    let written = |rows: Vec<Json>| rows.into_iter().map(|row| in_write_form(record, row, &outside)).collect();
    let one = |row: Json| {
        if is_record(record, &row) {
            Ok(Believed { rows: written(vec![row]), elements: 1, partial: partial.clone(), ..Believed::default() })
        } else {
            Err(format!("the answer to {path} has no record in it"))
        }
    };
    match &call.answer {
        Form::Empty => Err(format!("the answer to {path} has a body, where none belongs")),
        Form::Bare => one(body),
        Form::Data => match data(path, &body)? {
            // a product that was written in part comes as a list of one (the 207 of `POST /catalog/products`)
            Json::List(mut rows) if answer.status == 207 && rows.len() == 1 => one(rows.pop().unwrap_or_default()),
            row => one(row),
        },
        Form::BareList => {
            let Json::List(rows) = body else { return Err(format!("the answer to {path} is no list")) };
            let elements = checked(path, record, &rows)?;
            Ok(Believed { rows: written(rows), elements, announced: None, whole: true, partial })
        }
        Form::DataList | Form::Pages | Form::Rows(_) => {
            let Json::List(elements) = data(path, &body)? else {
                return Err(format!("the answer to {path} is no list"));
            };
            let count = elements.len() as u64;
            let meta = body.get("meta");
            let announced = meta.and_then(|meta| meta.get("pagination")).and_then(announced);
            let whole = match (&call.answer, announced) {
                (Form::DataList, _) => matches!(meta, Some(Json::Object(_))),
                (_, Some(said)) => said.total >= count && (said.pages.unwrap_or(1) > 1 || said.total == count),
                (_, None) => false,
            };
            let rows = if let Form::Rows(key) = &call.answer {
                if elements.iter().any(|element| !matches!(element.get(key), Some(Json::List(_)))) {
                    return Err(format!("the answer to {path} has something without `{key}`"));
                }
                let parts = elements.iter().flat_map(|element| {
                    element.get(key).map(Json::items).unwrap_or_default().iter().map(move |row| (element, row))
                });
                parts.map(|(element, row)| in_write_form(record, row.clone(), element)).collect()
            } else {
                checked(path, record, &elements)?;
                written(elements)
            };
            Ok(Believed { rows, elements: count, announced, whole, partial })
        }
        Form::Receipt(key) => match body.get(key).and_then(Json::id) {
            Some(receipt) if !receipt.is_empty() => Ok(Believed { whole: true, partial, ..Believed::default() }),
            _ => Err(format!("the answer to {path} has no `{key}`")),
        },
        Form::Tally => {
            let told = |key: &str| body.get("meta").and_then(|meta| number(meta, key));
            match (told("success"), told("failed")) {
                (Some(elements), Some(failed)) if failed == 0 || partial.is_some() => {
                    Ok(Believed { elements, whole: failed == 0, partial, ..Believed::default() })
                }
                _ => Err(format!("the answer to {path} does not say how many records were done")),
            }
        }
    }
}

/// What a 207 says was not done: its `errors` (bigcommerce-api 3.5), or its count of what failed.
fn not_done(body: &Json) -> Option<Refusal> {
    let errors = body.get("errors").filter(|e| !e.entries().is_empty() || !e.items().is_empty());
    if let Some(errors) = errors {
        return Some(refusal(&Answer { status: 207, body: write(errors).into_bytes(), ..Answer::default() }));
    }
    let failed = body.get("meta").and_then(|meta| number(meta, "failed")).filter(|failed| *failed > 0)?;
    Some(Refusal { status: 207, message: format!("{failed} were not done, and no reason was given"), fields: vec![] })
}

fn data(path: &str, body: &Json) -> Result<Json, String> {
    body.get("data").cloned().ok_or_else(|| format!("the answer to {path} has no `data`"))
}

fn announced(pagination: &Json) -> Option<Announced> {
    Some(Announced { total: number(pagination, "total")?, pages: number(pagination, "total_pages") })
}

fn number(json: &Json, key: &str) -> Option<u64> {
    json.get(key)?.id()?.parse().ok()
}

/// Whether something is a record of this type at all: it has its id, or a field that such records have.
fn is_record(record: &RecordType, json: &Json) -> bool {
    match &record.id {
        Some(_) => id_of(record, json).is_some_and(|found| !found.is_empty()),
        None => json.entries().iter().any(|(key, _)| record.fields.get(key).is_some()),
    }
}

/// The id of a row.
#[must_use]
pub fn id_of<'j>(record: &RecordType, row: &'j Json) -> Option<&'j str> {
    record.id.as_deref().and_then(|id| row.get(id)?.id())
}

/// How many rows a list has; none of them is an error.
fn checked(path: &str, record: &RecordType, rows: &[Json]) -> Result<u64, String> {
    match rows.iter().find(|row| is_error(row) && id_of(record, row).is_none()) {
        Some(_) => Err(format!("the answer to {path} is a list of errors, though its status is a success")),
        None => Ok(rows.len() as u64),
    }
}
