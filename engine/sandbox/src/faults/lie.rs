//! What is answered in place of the truth.

use std::collections::BTreeMap;

use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom};
use serde_json::{Value, json};

use super::{
    Played, echo,
    kind::FaultKind,
    page::{fewer_pages, other_ids_in_list},
};
use crate::exchange::{Answer, Body, Call, id_of};

/// Answers to earlier calls, by route, for the fault that gives them again.
#[derive(Debug, Default)]
pub struct Heard(BTreeMap<String, Answer>);

impl Heard {
    /// Remembers a true answer.
    pub fn keep(&mut self, call: &Call, answer: &Answer) {
        if answer.status < 300 && is_about_one_thing(call) {
            self.0.insert(call.route(), answer.clone());
        }
    }
}

/// Whether the answer to a call tells what it is about: a record by its id, or rows that were written. The answer to a
/// search tells nothing of what was searched for, and nobody could know that it is another one's.
fn is_about_one_thing(call: &Call) -> bool {
    call.body.is_some() || call.path.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
}

/// The answer that a lie makes of the true one; none: this kind says nothing about this call. `tokens` are those of the call.
pub fn told_instead(played: &Played, call: &Call, truth: &Answer, heard: &Heard, token: &str) -> Option<Answer> {
    let ok = |body: Value| Some(Answer::json(200, body));
    match played.kind {
        FaultKind::ErrorBody => {
            let Body::Json(body) = outage(503).body else { return None };
            ok(body)
        }
        FaultKind::EmptyBody => Some(Answer::empty(200)),
        FaultKind::EmptyObject => ok(json!({})),
        FaultKind::NullBody => ok(Value::Null),
        FaultKind::NullData => ok(json!({"data": null, "meta": {}})),
        FaultKind::EmptyData => ok(json!({"data": {}, "meta": {}})),
        FaultKind::NoContent => Some(Answer::empty(204)),
        FaultKind::OtherRecord => other_record(call, truth),
        FaultKind::EarlierAnswer => heard.0.get(&call.route()).filter(|earlier| earlier.body != truth.body).cloned(),
        FaultKind::HtmlNotFound => Some(page(404, "404 Not Found")),
        FaultKind::JsonNotFound => Some(Answer::json(404, json!({"message": "no Route matched with those values"}))),
        FaultKind::GatewayPage => Some(page(502, "502 Bad Gateway")),
        FaultKind::ShuffledRows => shuffled(truth, played.dice),
        FaultKind::WrongPageCount => fewer_pages(truth, played.dice % 2),
        FaultKind::TokenInError => Some(echo::token(call, token, played.dice)),
        FaultKind::ControlCharacters => Some(echo::control_characters(call, played.dice)),
        FaultKind::ControlInIds => other_ids_in_list(call, truth),
        _ => None,
    }
}

fn page(status: u16, title: &str) -> Answer {
    let text = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>");
    Answer { status, headers: Vec::new(), body: Body::Html(text) }
}

/// The answer of a gateway or of a side that is down.
pub fn outage(status: u16) -> Answer {
    match status {
        502 => page(502, "502 Bad Gateway"),
        _ => Answer::json(
            status,
            json!({"status": status, "title": "The service cannot answer at the moment.", "errors": {}}),
        ),
    }
}

/// The record or the row of the answer with another id, where the call has named the id that it asks for. After a create
/// nobody could know.
fn other_record(call: &Call, truth: &Answer) -> Option<Answer> {
    let by_path = call.path.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if truth.status >= 300 || !(by_path || call.method == "PUT") {
        return None;
    }
    let mut answer = truth.clone();
    let Body::Json(body) = &mut answer.body else { return None };
    let inner = if body.get("data").is_some() { &mut body["data"] } else { body };
    let row = match inner {
        Value::Array(rows) => rows.first_mut()?,
        row => row,
    };
    let name = ["id", "category_id"].into_iter().find(|name| row.get(*name).is_some())?;
    let other = id_of(row.get(name))? + 1;
    row[name] = if row[name].is_string() { other.to_string().into() } else { other.into() };
    Some(answer)
}

/// The rows in another order, where there are several.
fn shuffled(truth: &Answer, dice: u64) -> Option<Answer> {
    let mut answer = truth.clone();
    let Body::Json(body) = &mut answer.body else { return None };
    let rows = match body {
        Value::Array(rows) => rows,
        body => body.get_mut("data")?.as_array_mut()?,
    };
    let before = rows.clone();
    rows.shuffle(&mut SmallRng::seed_from_u64(dice));
    if *rows == before {
        rows.reverse();
    }
    (*rows != before).then_some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(kind: FaultKind) -> Played {
        Played { kind, done: true, status: 500, millis: 0, dice: 7 }
    }

    fn get(path: &[&str]) -> Call {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Call { method: "GET".to_owned(), path, query: Vec::new(), body: None }
    }

    #[test]
    fn another_record_is_told_only_where_the_call_has_named_one() {
        let truth = Answer::json(200, json!({"data": {"id": 7}}));
        let told = |call: &Call| {
            told_instead(&played(FaultKind::OtherRecord), call, &truth, &Heard::default(), "").map(|answer| answer.body)
        };
        assert_eq!(told(&get(&["v3", "x", "7"])), Some(Body::Json(json!({"data": {"id": 8}}))));
        assert_eq!(told(&get(&["v3", "x"])), None);
    }

    #[test]
    fn rows_always_change_their_order() {
        let truth = Answer::json(200, json!({"data": [1, 2]}));
        for dice in 0..20 {
            let answer = shuffled(&truth, dice).map(|answer| answer.body);
            assert_eq!(answer, Some(Body::Json(json!({"data": [2, 1]}))));
        }
        assert_eq!(shuffled(&Answer::json(200, json!([1])), 1), None);
    }
}
