//! A store that only answers and an iPaaS.com that keeps what it is sent, in memory and in tokio's time: reads may lag behind
//! writes, answers may be lost. Rows inside a record that come without an id are added, as both systems do.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mapwright_language::schema::{Method, Repeat};
use mapwright_transfer::connect::wire::{Answer, CallError, Request, Sending, Wire};
use mapwright_transfer::http::request::method_name;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::nothing::not_there;

/// What happens to the next request that has this method and path.
pub struct Trouble {
    pub method: Method,
    pub path: &'static str,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// It is done, and its answer is lost.
    LostAfter,
    /// It is lost on the way.
    LostBefore,
    /// It is done, and the process ends before the answer comes.
    KilledAfter,
    /// The process ends before it is sent.
    KilledBefore,
    /// It is refused.
    Refused(u16, &'static str),
    /// A proxy sends it twice: the second answer comes.
    Twice,
}

#[derive(Default)]
struct Inner {
    next: u64,
    /// By kind and id: what was written when.
    records: BTreeMap<(String, u64), Vec<(Instant, Value)>>,
    /// Record type's table, external id, internal id.
    links: Vec<(String, String, String)>,
    asked: Vec<String>,
    troubles: Vec<Trouble>,
    fixed: BTreeMap<String, String>,
}

/// See the head of the file.
pub struct World {
    inner: Mutex<Inner>,
    pub system_id: String,
    /// How long a write cannot be read.
    pub lag: Duration,
    /// Whether names of records are unique: a second create is refused.
    pub unique: bool,
    /// The texts of rows are changed a little when they are written.
    pub tidies: bool,
}

const KINDS: [(&str, &str, &str, &str); 2] = [
    ("Transaction", "Transactions", "TransactionNumber", "transaction_number"),
    ("Customer", "Customers", "EmailAddress", "email_address"),
];

impl World {
    pub fn new(system_id: &str) -> World {
        let inner = Inner { next: 900, ..Inner::default() };
        World {
            inner: Mutex::new(inner),
            system_id: system_id.to_owned(),
            lag: Duration::ZERO,
            unique: false,
            tidies: false,
        }
    }

    /// What the store answers to a `GET`.
    pub fn answers(&self, path: &str, body: &str) {
        self.inner.lock().unwrap().fixed.insert(path.to_owned(), body.to_owned());
    }

    pub fn trouble(&self, method: Method, path: &'static str, kind: Kind) {
        self.inner.lock().unwrap().troubles.push(Trouble { method, path, kind });
    }

    /// All records of a kind as they are, whatever lags.
    pub fn all(&self, kind: &str) -> Vec<Value> {
        let inner = self.inner.lock().unwrap();
        let of = inner.records.iter().filter(|((k, _), _)| k == kind);
        of.filter_map(|(_, versions)| versions.last()).map(|(_, record)| record.clone()).collect()
    }

    /// External and internal ids of a table, in order.
    pub fn links(&self, table: &str) -> Vec<(String, String)> {
        let inner = self.inner.lock().unwrap();
        let of = inner.links.iter().filter(|(t, ..)| t.eq_ignore_ascii_case(table));
        let mut links: Vec<_> = of.map(|(_, external, internal)| (external.clone(), internal.clone())).collect();
        links.sort();
        links
    }

    /// Method and path of what was written, without links; since the last call.
    pub fn writes(&self) -> Vec<String> {
        let asked = std::mem::take(&mut self.inner.lock().unwrap().asked);
        asked.into_iter().filter(|a| !a.starts_with("GET") && !a.contains("External")).collect()
    }

    pub fn put(&self, kind: &str, record: Value) -> String {
        let mut inner = self.inner.lock().unwrap();
        inner.next += 1;
        let id = inner.next;
        let record = self.written(&mut inner, record, None, id);
        let long_ago = Instant::now() - self.lag;
        inner.records.insert((kind.to_owned(), id), vec![(long_ago, record)]);
        id.to_string()
    }

    /// A record as it is kept: rows without ids get some.
    fn written(&self, inner: &mut Inner, mut record: Value, before: Option<Value>, id: u64) -> Value {
        record["id"] = json!(id.to_string());
        let mut whole = before.unwrap_or_else(|| json!({}));
        for (key, value) in record.as_object().unwrap().clone() {
            let Value::Array(rows) = value else {
                whole[&key] = value;
                continue;
            };
            let mut kept = whole.get(&key).and_then(Value::as_array).cloned().unwrap_or_default();
            for mut row in rows {
                let known = row.get("id").and_then(|id| kept.iter().position(|k| k["id"] == *id));
                if self.tidies
                    && let Some(text) = row.get("address_1").and_then(Value::as_str)
                {
                    row["address_1"] = json!(text.replace("Street", "St."));
                }
                match known.and_then(|at| kept.get_mut(at)) {
                    Some(there) => {
                        for (key, value) in row.as_object().unwrap() {
                            there[key] = value.clone();
                        }
                    }
                    None => {
                        inner.next += 1;
                        row["id"] = json!(inner.next.to_string());
                        kept.push(row);
                    }
                }
            }
            whole[&key] = Value::Array(kept);
        }
        whole
    }

    /// A record as it is read: with its links and those of its rows.
    fn shown(&self, inner: &Inner, kind: &str, mut record: Value) -> Value {
        let system: Value = serde_json::from_str(&self.system_id).unwrap_or_else(|_| json!(self.system_id));
        let links = |id: &Value, own: bool| -> Value {
            let of = inner.links.iter().filter(|(table, _, internal)| {
                table.eq_ignore_ascii_case(kind) == own && id.as_str() == Some(internal)
            });
            of.map(|(_, external, _)| json!({"system_id": system, "external_id": external})).collect()
        };
        record["external_ids"] = links(&record["id"], true);
        for value in record.as_object_mut().unwrap().values_mut() {
            for row in value.as_array_mut().into_iter().flatten().filter(|row| row.get("id").is_some()) {
                row["external_ids"] = links(&row["id"], false);
            }
        }
        record
    }

    fn seen(&self, inner: &Inner, kind: &str, id: u64) -> Option<Value> {
        let versions = inner.records.get(&(kind.to_owned(), id))?;
        let (_, record) = versions.iter().rev().find(|(at, _)| at.elapsed() >= self.lag)?;
        Some(self.shown(inner, kind, record.clone()))
    }

    fn answer(&self, request: &Request) -> (u16, Value) {
        let mut inner = self.inner.lock().unwrap();
        let inner = &mut *inner;
        if let Some(fixed) = inner.fixed.get(&request.path).filter(|_| request.method == Method::Get) {
            return (200, serde_json::from_str(fixed).unwrap());
        }
        let body: Value = request
            .body
            .as_ref()
            .map_or(Value::Null, |body| serde_json::from_str(&mapwright_language::json::write(body)).unwrap());
        let path = request.path.replace("%7C", "|").replace("%20", " ").replace("%40", "@");
        let parts: Vec<&str> = path.split('?').next().unwrap().trim_start_matches('/').split('/').collect();
        let found = |text: Option<&String>| text.map_or((404, Value::Null), |text| (200, json!(text)));
        match (request.method, parts.as_slice()) {
            (Method::Get, ["External", "LookupSpaceport", _, table, external]) => {
                let link = inner.links.iter().find(|(t, e, _)| t.eq_ignore_ascii_case(table) && e == external);
                return found(link.map(|(.., internal)| internal));
            }
            (Method::Get, ["External", "LookupExternal", internal, _, table]) => {
                let link = inner.links.iter().find(|(t, _, i)| t.eq_ignore_ascii_case(table) && i == internal);
                return found(link.map(|(_, external, _)| external));
            }
            (Method::Post, ["External", "UpdateExternalId"]) => {
                let text = |key: &str| body[key].as_str().unwrap().to_owned();
                let (table, external, internal) = (text("table_name"), text("external_id"), text("internal_id"));
                inner.links.retain(|(t, e, i)| *t != table || *e != external && *i != internal);
                inner.links.push((table, external, internal));
                return (200, body);
            }
            _ => {}
        }
        for (one, many, parameter, field) in KINDS {
            match (request.method, parts.as_slice()) {
                (Method::Get, [kind]) if *kind == many => {
                    let wanted = path.split('?').nth(1).and_then(|query| {
                        query.split('&').find_map(|pair| pair.strip_prefix(parameter)?.strip_prefix('='))
                    });
                    let ids: Vec<u64> = inner.records.keys().filter(|(k, _)| k == one).map(|(_, id)| *id).collect();
                    let rows = ids.into_iter().filter_map(|id| self.seen(inner, one, id));
                    return (200, rows.filter(|row| row[field].as_str() == wanted).collect());
                }
                (Method::Get, [kind, id]) if *kind == one => {
                    let seen = id.parse().ok().and_then(|id| self.seen(inner, one, id));
                    return seen.map_or((404, Value::Null), |record| (200, record));
                }
                (Method::Post, [kind]) if *kind == one => {
                    let mut there = inner.records.iter().filter(|((k, _), _)| k == one);
                    if self.unique && there.any(|(_, v)| v.last().unwrap().1[field] == body[field]) {
                        return (422, refusal(&format!("{field} is already in use")));
                    }
                    inner.next += 1;
                    let id = inner.next;
                    let record = self.written(inner, body, None, id);
                    inner.records.insert((one.to_owned(), id), vec![(Instant::now(), record.clone())]);
                    return (200, self.shown(inner, one, record));
                }
                (Method::Put, [kind, id]) if *kind == one => {
                    let id: u64 = id.parse().unwrap();
                    let Some(last) = inner.records.get(&(one.to_owned(), id)).and_then(|v| v.last().cloned()) else {
                        return (404, Value::Null);
                    };
                    let record = self.written(inner, body, Some(last.1), id);
                    inner.records.get_mut(&(one.to_owned(), id)).unwrap().push((Instant::now(), record.clone()));
                    return (200, self.shown(inner, one, record));
                }
                _ => {}
            }
        }
        (404, Value::Null)
    }

    async fn ends(&self) -> Result<Answer, CallError> {
        // the run is dropped while it waits here
        std::future::pending().await
    }

    async fn exchange(&self, request: &Request) -> Result<Answer, CallError> {
        // what is lost may be sent again by the executor where the request says so
        for _ in 0..4 {
            self.inner.lock().unwrap().asked.push(format!("{} {}", method_name(request.method), request.path));
            let kind = {
                let mut inner = self.inner.lock().unwrap();
                let at =
                    inner.troubles.iter().position(|t| t.method == request.method && request.path.starts_with(t.path));
                at.map(|at| inner.troubles.remove(at).kind)
            };
            let told = |(status, body): (u16, Value)| {
                if status == 404 {
                    return Ok(not_there(request.api));
                }
                let body = if body.is_null() { vec![] } else { body.to_string().into_bytes() };
                Ok(Answer { status, body, ..Answer::default() })
            };
            match kind {
                None => return told(self.answer(request)),
                Some(Kind::Twice) => {
                    let _ = self.answer(request);
                    return told(self.answer(request));
                }
                Some(Kind::Refused(status, title)) => return told((status, refusal(title))),
                Some(Kind::KilledBefore) => return self.ends().await,
                Some(Kind::KilledAfter) => {
                    let _ = self.answer(request);
                    return self.ends().await;
                }
                Some(Kind::LostAfter) => drop(self.answer(request)),
                Some(Kind::LostBefore) => {}
            }
            if request.repeat != Repeat::Safe {
                return Err(CallError::Unknown(String::from("got no answer: the connection was cut")));
            }
        }
        Err(CallError::NotSent(String::from("got no answer: the connection was cut")))
    }
}

/// A refusal as iPaaS.com words it.
fn refusal(message: &str) -> Value {
    json!({"code": "VALD-1010", "message": message})
}

/// The wire to a world.
pub struct To(pub Arc<World>);

impl Wire for To {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(self.0.exchange(request))
    }
}
