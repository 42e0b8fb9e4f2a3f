//! Lists whose pages do not fit together.

use serde_json::Value;

use super::{Played, kind::FaultKind};
use crate::exchange::{Answer, Body, Call};

/// Rows of a list: a bare array, or `data`.
fn rows(answer: &mut Answer) -> Option<&mut Vec<Value>> {
    let Body::Json(body) = &mut answer.body else { return None };
    match body {
        Value::Array(rows) => Some(rows),
        body => body.get_mut("data")?.as_array_mut(),
    }
}

fn page_of(call: &Call) -> Option<(usize, u64)> {
    let at = call.query.iter().position(|(name, _)| name == "page" || name == "pageNumber")?;
    Some((at, call.query.get(at)?.1.parse().ok()?))
}

fn at_page(call: &Call, at: usize, page: u64) -> Call {
    let mut call = call.clone();
    if let Some((_, value)) = call.query.get_mut(at) {
        *value = page.to_string();
    }
    call
}

/// The answer to a page that is not the one that was asked for; none: the call asks for no page that this could be.
pub fn other_page(played: &Played, call: &Call, mut run: impl FnMut(&Call) -> Answer) -> Option<Answer> {
    let (at, page) = page_of(call).filter(|_| call.method == "GET")?;
    match played.kind {
        FaultKind::EmptyPage if page > 1 => {
            let mut answer = run(call);
            rows(&mut answer)?.clear();
            Some(answer)
        }
        FaultKind::ShiftedPage if page > 1 => {
            let mut answer = run(call);
            let mut next = run(&at_page(call, at, page + 1));
            let here = rows(&mut answer)?;
            let shift = usize::try_from(played.dice % 3).unwrap_or(0) + 1;
            here.drain(..shift.min(here.len()));
            here.extend(rows(&mut next).into_iter().flat_map(|rows| rows.drain(..shift.min(rows.len()))));
            Some(answer)
        }
        FaultKind::AlternatingPages if page > 2 => Some(run(&at_page(call, at, (page - 1) % 2 + 1))),
        _ => None,
    }
}

/// The list with a count of pages that is not true; none: it is no list with pages.
pub(super) fn fewer_pages(truth: &Answer, pages: u64) -> Option<Answer> {
    let mut answer = truth.clone();
    let header = answer.headers.iter_mut().find(|(name, _)| *name == "X-Pagination");
    if let Some((_, text)) = header {
        let mut value: Value = serde_json::from_str(text).ok()?;
        value["total_Pages"] = pages.into();
        *text = value.to_string();
        return Some(answer);
    }
    let Body::Json(body) = &mut answer.body else { return None };
    let count = body.pointer_mut("/meta/pagination/total_pages")?;
    *count = pages.into();
    Some(answer)
}

/// The list with signs in its ids that move a terminal's cursor.
pub(super) fn other_ids_in_list(call: &Call, truth: &Answer) -> Option<Answer> {
    let mut answer = truth.clone();
    page_of(call)?;
    for row in rows(&mut answer)? {
        let text = format!("\u{1b}[2J\u{202e}{}\u{0}", row.get("id")?.as_str()?);
        row["id"] = text.into();
    }
    Some(answer)
}
