//! Pages: numbered and by cursor in V3, bare arrays in V2.

use serde_json::{Value, json};

use super::error;
use crate::exchange::{Answer, Call, Reply};

/// How many records a page holds without `limit`.
const DEFAULT: usize = 50;

fn number(call: &Call, name: &str, default: usize) -> Result<usize, Answer> {
    match call.query(name) {
        None => Ok(default),
        Some(text) => match text.parse::<usize>() {
            Ok(number) if number >= 1 => Ok(number),
            _ if is_v2(call) => Err(error::v2(400, &format!("The field '{name}' is invalid."))),
            _ => Err(error::unprocessable(
                "The query parameters are not valid",
                &[(name, "must be a whole number from 1")],
            )),
        },
    }
}

fn is_v2(call: &Call) -> bool {
    call.path.first().is_some_and(|version| version == "v2")
}

fn limit(call: &Call, most: usize) -> Result<usize, Answer> {
    let limit = number(call, "limit", DEFAULT.min(most))?;
    if limit <= most {
        return Ok(limit);
    }
    if is_v2(call) {
        let message = "The specified limit exceeds the maximum allowed.";
        let body = json!([{"status": 413, "message": message, "details": {"max_limit": most}}]);
        return Err(Answer::json(413, body));
    }
    Err(error::unprocessable("The query parameters are not valid", &[("limit", &format!("must be at most {most}"))]))
}

fn numbered(page: usize, limit: usize, total: usize, count: usize) -> Value {
    let pages = total.div_ceil(limit);
    let link = |page: usize| Value::String(format!("?page={page}&limit={limit}"));
    let mut links = json!({"current": link(page)});
    if page > 1 {
        links["previous"] = link(page - 1);
    }
    if page < pages {
        links["next"] = link(page + 1);
    }
    json!({"total": total, "count": count, "per_page": limit, "current_page": page, "total_pages": pages, "links": links})
}

/// A numbered page of V3.
pub fn v3(call: &Call, records: Vec<Value>, most: usize) -> Reply {
    let (page, limit) = (number(call, "page", 1)?, limit(call, most)?);
    let total = records.len();
    let data: Vec<Value> = records.into_iter().skip((page - 1).saturating_mul(limit)).take(limit).collect();
    let meta = json!({"pagination": numbered(page, limit, total, data.len())});
    Ok(Answer::json(200, json!({"data": data, "meta": meta})))
}

/// A page of V3 by number or by cursor; without either, the first page carries both blocks. A cursor is the id of a record.
pub fn v3_cursor(call: &Call, records: Vec<(u64, Value)>, most: usize) -> Reply {
    let (after, before) = (call.query("after"), call.query("before"));
    if call.query("page").is_some() {
        return v3(call, records.into_iter().map(|(_, value)| value).collect(), most);
    }
    let limit = limit(call, most)?;
    let total = records.len();
    let position = |cursor: &str| {
        let id = cursor.strip_prefix("cursor-").and_then(|id| id.parse::<u64>().ok());
        id.and_then(|id| records.iter().position(|(other, _)| *other == id))
            .ok_or_else(|| error::unprocessable("The query parameters are not valid", &[("cursor", "is not valid")]))
    };
    let from = match (after, before) {
        (Some(after), _) => position(after)? + 1,
        (None, Some(before)) => position(before)?.saturating_sub(limit),
        (None, None) => 0,
    };
    let to = match before {
        Some(before) if after.is_none() => position(before)?,
        _ => from.saturating_add(limit).min(total),
    };
    let page: Vec<(u64, Value)> = records.into_iter().skip(from).take(to.saturating_sub(from)).collect();
    let name = |row: Option<&(u64, Value)>| row.map_or(Value::Null, |(id, _)| format!("cursor-{id}").into());
    let mut links = json!({});
    if from > 0 && !page.is_empty() {
        links["previous"] = format!("?before=cursor-{}&limit={limit}", page[0].0).into();
    }
    if let Some((id, _)) = page.last().filter(|_| to < total) {
        links["next"] = format!("?after=cursor-{id}&limit={limit}").into();
    }
    let cursor = json!({"count": page.len(), "per_page": limit, "start_cursor": name(page.first()),
        "end_cursor": name(page.last()), "links": links});
    let mut meta = json!({"cursor_pagination": cursor});
    if after.is_none() && before.is_none() {
        meta["pagination"] = numbered(1, limit, total, page.len());
    }
    let data: Vec<Value> = page.into_iter().map(|(_, value)| value).collect();
    Ok(Answer::json(200, json!({"data": data, "meta": meta})))
}

/// A page of V2: an array, or 204 without a body when it would be empty.
pub fn v2(call: &Call, records: Vec<Value>) -> Reply {
    let (page, limit) = (number(call, "page", 1)?, limit(call, 250)?);
    let data: Vec<Value> = records.into_iter().skip((page - 1).saturating_mul(limit)).take(limit).collect();
    Ok(if data.is_empty() { Answer::empty(204) } else { Answer::json(200, Value::Array(data)) })
}
