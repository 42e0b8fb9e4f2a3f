//! What stands around a record: what goes before it and after it, collisions, checks that warn, deletions that update, other
//! records, and fields with calls of their own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

#[path = "../support/mod.rs"]
mod support;

mod after;
mod before;
mod collision;
mod done_or_not;
mod gone;
mod gone_or_not;
mod lies;
mod orders;
mod others;
mod script;
mod tables;
mod warnings;
mod which_is_which;

use std::sync::{Arc, Mutex};

use mapwright_language::json::{Json, read};
use mapwright_language::schema::{Api, Method, Repeat};
use mapwright_transfer::connect::wire::{Request, Sending, Wire};
use mapwright_transfer::work::{Engine, Report};
use support::House;

/// A request by hand.
pub fn request(api: Api, method: Method, path: &str, body: Option<&str>) -> Request {
    Request {
        api,
        method,
        path: path.to_owned(),
        template: path.to_owned(),
        body: body.map(|b| read(b.as_bytes()).unwrap()),
        repeat: Repeat::Safe,
        concurrency: None,
        scope: None,
    }
}

/// What one of the two systems answers.
pub async fn ask(house: &House, api: Api, method: Method, path: &str, body: Option<&str>) -> Json {
    let answer = house.engine().wire.send(&request(api, method, path, body)).await.unwrap();
    assert!((200..300).contains(&answer.status), "{path}: {}", String::from_utf8_lossy(&answer.body));
    if answer.body.is_empty() { Json::Null } else { read(&answer.body).unwrap() }
}

/// The same without a body.
pub async fn get(house: &House, api: Api, path: &str) -> Json {
    ask(house, api, Method::Get, path, None).await
}

/// A house whose project has these collections in place of built-in ones.
pub async fn house(records: usize, own: &[&str]) -> House {
    let mut house = House::of(records).await;
    house.library = support::collections::library_with(own);
    house
}

/// A text or id under a key; empty where there is none.
pub fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json.get(key).and_then(Json::id).unwrap_or_default()
}

/// Products of iPaaS.com that go into the store.
pub async fn products(house: &House) -> Vec<Json> {
    let all = get(house, Api::IpaasProducts, "/Catalog/Products?pageNumber=1&pageSize=100").await;
    let goes = |p: &&Json| !text(p, "sku").is_empty() && p.get("kit").is_none_or(|kit| *kit == Json::Null);
    all.items().iter().filter(goes).cloned().collect()
}

/// Notes every request, then sends it.
#[derive(Default)]
pub struct Noted(Mutex<Vec<Request>>);

impl Noted {
    /// All, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.0.lock().unwrap().clone()
    }

    /// Method and path of what was written, without links.
    pub fn writes(&self) -> Vec<String> {
        let writes = self.requests().into_iter().filter(|r| r.method != Method::Get && !r.path.contains("External"));
        writes.map(|r| format!("{:?} {}", r.method, r.path)).collect()
    }
}

struct Noting(Arc<Noted>, Arc<dyn Wire>);

impl Wire for Noting {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        self.0.0.lock().unwrap().push(request.clone());
        self.1.send(request)
    }
}

/// An engine whose requests are noted.
pub fn noted(house: &House) -> (Engine, Arc<Noted>) {
    let noted = Arc::new(Noted::default());
    let copy = noted.clone();
    (house.engine_over(|inner| Arc::new(Noting(copy, inner))), noted)
}

/// Collection, read, written, of each line of a report.
pub fn lines(report: Report) -> Vec<(String, u64, u64)> {
    let lines = report.lines();
    assert!(lines.iter().all(|r| r.records.balance()), "{lines:#?}");
    lines.into_iter().map(|r| (r.collection, r.records.read, r.records.written)).collect()
}
