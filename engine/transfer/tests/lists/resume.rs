//! Runs that go on where an earlier one stopped.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use mapwright_language::json;
use mapwright_language::mapping_file::Direction::To;
use mapwright_language::schema::{Api, Method, Repeat};
use mapwright_sandbox::Options;
use mapwright_transfer::connect::place::Place;
use mapwright_transfer::connect::wire::{CallError, Request, Sending, Wire};
use mapwright_transfer::work::Selection;

use super::server::{KINDS, Server, list_of, read, read_all, record};
use super::support::House;

#[test]
fn faults_d9_after_deletions_a_run_goes_on_and_skips_nothing() {
    for kind in KINDS {
        let record = record(kind);
        let size = u64::from(list_of(&record).limit);
        for gone in [3, 40, size, size + 60, 2 * size] {
            let all = size * 5;
            let first = read(&Server::new(&record, 1..=all), &record, Place::default(), 2);
            // more than one page was read; then records of the pages that were read are deleted, the latest among them
            let server = Server::new(&record, 1..=all);
            let stopped = *first.read.last().unwrap();
            let server =
                Server::new(&record, server.ids().into_iter().filter(|id| *id > stopped || *id + gone <= stopped));
            let rest = read(&server, &record, first.place, 1000);
            let missing: Vec<u64> = (stopped + 1..=all).filter(|id| !rest.read.contains(id)).collect();
            assert_eq!((missing, rest.says_so()), (vec![], false), "{kind}, {gone} gone: {:?}", server.requests());
        }
    }
}

#[test]
fn faults_d9_a_place_beyond_the_end_is_looked_for_again() {
    for kind in KINDS {
        let record = record(kind);
        let beyond = Place { offset: 5000, id: None, recent: ["9000".to_owned()].into(), ..Place::default() };
        let outcome = read(&Server::new(&record, 1..=30), &record, beyond, 1000);
        assert_eq!((outcome.read.len(), outcome.says_so()), (30, false), "{kind}");
    }
}

#[test]
fn faults_d9_a_place_is_not_a_page() {
    let record = record("customers.customer");
    let outcome = read(&Server::new(&record, 1..=900), &record, Place::default(), 2);
    assert_eq!(outcome.place.offset, outcome.read.len() as u64);
    assert_eq!(outcome.place.recent.back(), outcome.read.last().map(u64::to_string).as_ref());
    let products = super::server::record("catalog.product");
    let outcome = read(&Server::new(&products, 1..=900), &products, Place::default(), 2);
    assert_eq!(outcome.place.id, outcome.read.last().map(u64::to_string));
    assert_eq!(read_all(&Server::new(&products, []), &products).read, Vec::<u64>::new());
}

/// Stops the run at a request, and does something between requests.
struct Meanwhile {
    inner: Arc<dyn Wire>,
    stop_at: &'static str,
    seen: AtomicUsize,
    paths: Arc<Mutex<Vec<String>>>,
}

impl Wire for Meanwhile {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        self.paths.lock().unwrap().push(request.path.clone());
        if !self.stop_at.is_empty()
            && request.path.contains(self.stop_at)
            && self.seen.fetch_add(1, Ordering::Relaxed) == 0
        {
            return Box::pin(async { Err(CallError::Stop(String::from("somebody pulled the plug"))) });
        }
        // a store of some customers stands for one of many: its pages are small
        let request = Request { path: request.path.replace("limit=250", "limit=5"), ..request.clone() };
        Box::pin(async move { self.inner.send(&request).await })
    }
}

#[tokio::test]
async fn faults_d9_edits_on_pages_that_were_read_are_seen_by_the_run_that_goes_on() {
    let house = House::with(Options { records: 100, quota: 100_000, ..Options::default() }).await;
    let paths: Arc<Mutex<Vec<String>>> = Arc::default();
    let over = |stop_at: &'static str| {
        let paths = paths.clone();
        house.engine_over(move |inner| Arc::new(Meanwhile { inner, stop_at, seen: AtomicUsize::new(0), paths }))
    };
    // the first page is moved, the second is not had
    let first = house.run(&over("page=2"), "Customer", To, Selection::All).await;
    if first.interrupted.is_none() {
        panic!("too few customers to need a second page: {} calls", paths.lock().unwrap().len());
    }
    // one of the first page is edited
    let wire = house.engine_over(|inner| inner).wire;
    let call = |method, path: &str, body: Option<&str>| Request {
        api: Api::BigcommerceV3,
        method,
        path: path.to_owned(),
        template: path.to_owned(),
        body: body.map(|text| json::read(text.as_bytes()).unwrap()),
        repeat: Repeat::Safe,
        concurrency: None,
        scope: None,
    };
    let found = wire.send(&call(Method::Get, "/customers?page=1&limit=1", None)).await.unwrap();
    let found: serde_json::Value = serde_json::from_slice(&found.body).unwrap();
    let edit = format!(r#"[{{"id":{},"last_name":"Edited"}}]"#, found["data"][0]["id"]);
    assert_eq!(wire.send(&call(Method::Put, "/customers", Some(&edit))).await.unwrap().status, 200);
    paths.lock().unwrap().clear();
    let second = house.run(&over(""), "Customer", To, Selection::All).await;
    assert!(second.interrupted.is_none() && second.incomplete.is_none(), "{second:#?}");
    let lists: Vec<String> = paths.lock().unwrap().iter().filter(|p| p.starts_with("/customers?")).cloned().collect();
    let again = lists.iter().find(|path| path.contains("date_modified"));
    assert!(again.is_some_and(|path| path.contains("2026-01-31T11%3A55")), "{lists:?}");
    let all = house.all("Customer", To).await.records.read;
    assert_eq!(first.records.read + second.records.read - second.read_again, all, "{second:#?}");
    assert_eq!((first.records.read, second.read_again), (5, 1), "the one that was edited is moved again");
}
