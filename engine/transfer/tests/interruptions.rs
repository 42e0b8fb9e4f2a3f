//! What goes wrong on the way: one field changed, answers lost, a process that ends at any call, servers that answer rubbish.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction::{self, From};
use mapwright_language::schema::{Api, Method, Repeat};
use mapwright_sandbox::{Fault, FaultKind, Options};
use mapwright_transfer::connect::wire::{CallError, Request, Sending, Wire};
use mapwright_transfer::work::{Engine, Report, Selection, run};
use support::{House, collections::plan};

fn fault(kind: FaultKind, method: &str, path: &str, skip: u32, times: u32, status: u16) -> Fault {
    Fault { kind, method: method.to_owned(), path: path.to_owned(), skip, times, status, millis: 0 }
}

fn request(api: Api, method: Method, path: &str, body: Option<&str>) -> Request {
    let body = body.map(|b| mapwright_language::json::read(b.as_bytes()).unwrap());
    Request {
        api,
        method,
        path: path.to_owned(),
        template: path.to_owned(),
        body,
        repeat: Repeat::Safe,
        concurrency: None,
        scope: None,
    }
}

async fn ask(house: &House, api: Api, path: &str) -> Json {
    let answer = house.engine().wire.send(&request(api, Method::Get, path, None)).await.unwrap();
    mapwright_language::json::read(&answer.body).unwrap()
}

/// SKUs of all products of the store, sorted.
async fn skus(house: &House) -> Vec<String> {
    let products = ask(house, Api::BigcommerceV3, "/catalog/products?limit=250").await;
    let mut skus: Vec<String> = products
        .get("data")
        .unwrap()
        .items()
        .iter()
        .map(|p| p.get("sku").unwrap().text().unwrap().to_owned())
        .collect();
    skus.sort();
    skus
}

async fn catalog(house: &House) {
    for record in ["Product Category", "Product"] {
        let report = house.all(record, From).await;
        assert_eq!((report.records.failed, &report.interrupted), (0, &None), "{report:#?}");
    }
}

#[tokio::test]
async fn a_field_changed_in_the_store_is_the_only_thing_that_goes() {
    let house = House::of(8).await;
    catalog(&house).await;
    let products = ask(&house, Api::BigcommerceV3, "/catalog/products?limit=250").await;
    let products = products.get("data").unwrap();
    let written = products.items().iter().find(|p| p.get("price").and_then(Json::id) != Some("0")).unwrap();
    let id = written.get("id").unwrap().id().unwrap();
    let change = request(
        Api::BigcommerceV3,
        Method::Put,
        &format!("/catalog/products/{id}"),
        Some(r#"{"name": "changed by hand"}"#),
    );
    assert_eq!(house.engine().wire.send(&change).await.unwrap().status, 200);

    let dry = Engine { dry_run: true, ..house.engine() };
    let _ = house.run(&dry, "Product", From, Selection::All).await;
    let requests = dry.requests.lock().unwrap().clone();
    assert_eq!(requests.len(), 1, "{requests:#?}");
    assert_eq!(requests[0].path, format!("/catalog/products/{id}"));
    let keys: Vec<&str> = requests[0].body.as_ref().unwrap().entries().iter().map(|(k, _)| &**k).collect();
    assert_eq!(keys, ["name"]);

    let report = house.all("Product", From).await;
    assert_eq!((report.records.written, report.created), (1, 0), "{report:#?}");
    house.assert_nothing_to_do("Product", From).await;
}

#[tokio::test]
async fn answers_that_are_lost_make_no_second_record() {
    let (products, categories, links) =
        ("/v3/catalog/products", "/v3/catalog/trees/categories", "External/UpdateExternalId");
    let untroubled = House::of(4).await;
    let (of_categories, of_products) =
        (untroubled.all("Product Category", From).await, untroubled.all("Product", From).await);
    for (kind, path) in [
        (FaultKind::StatusAfter, products),
        (FaultKind::DropAfter, products),
        (FaultKind::Truncate, categories),
        (FaultKind::DropBefore, categories),
        (FaultKind::DropAfter, links),
    ] {
        let house = House::of(4).await;
        house.sandbox.order(fault(kind, "POST", path, 0, 2, 504));
        // what is looked at again is counted once, as what this run made of it
        for (record, without) in [("Product Category", &of_categories), ("Product", &of_products)] {
            let report = house.all(record, From).await;
            assert_eq!(report.interrupted, None, "{kind:?} {path} {report:#?}");
            assert_eq!(report.records, without.records, "{kind:?} {path} {report:#?}");
            for (name, counts) in &without.children {
                let now = &report.children[name];
                assert_eq!((now.read, now.failed), (counts.read, 0), "{kind:?} {path} {name} {report:#?}");
            }
        }
        for record in ["Product Category", "Product"] {
            house.assert_nothing_to_do(record, From).await;
        }
        let skus = skus(&house).await;
        let mut unique = skus.clone();
        unique.dedup();
        assert_eq!(skus, unique, "{kind:?} {path}");
        // the sandbox counts those of the store only
        assert!(path == links || house.sandbox.statistics().faults > 0, "{kind:?} {path} was never played");
    }
}

/// How many rows of each kind the store has.
async fn counts(house: &House) -> Vec<(String, usize)> {
    let mut counts = Vec::new();
    for path in [
        "/catalog/products?limit=10&include=options,custom_fields",
        "/catalog/variants?limit=250",
        "/customers?limit=50&include=addresses",
    ] {
        let found = ask(house, Api::BigcommerceV3, path).await;
        let rows = found.get("data").unwrap_or_else(|| panic!("{path}: {found:?}")).items();
        counts.push((path.to_owned(), rows.len()));
        for inner in ["options", "custom_fields", "addresses"] {
            let inside = |row: &Json| row.get(inner).map_or(0, |rows| rows.items().len());
            counts.push((format!("{inner} of {path}"), rows.iter().map(inside).sum()));
        }
    }
    counts
}

#[tokio::test]
async fn faults_d2_no_call_that_may_create_makes_anything_twice_when_its_answer_is_lost() {
    let types = ["Customer Category", "Product Category", "Customer", "Product"];
    let clean = House::of(4).await;
    for record in types {
        let _ = clean.all(record, From).await;
    }
    let expected = counts(&clean).await;
    let kinds = [FaultKind::StatusAfter, FaultKind::DropAfter].into_iter().cycle();
    let calls = [
        ("POST", "/options"),
        ("POST", "/variants"),
        ("PUT", "/v3/catalog/variants"),
        ("PUT", "/v3/catalog/products/"),
        ("PUT", "/inventory/adjustments/absolute"),
        ("POST", "/v3/customers"),
        ("PUT", "/v3/customers"),
        ("POST", "/v2/customer_groups"),
    ];
    for ((method, path), kind) in calls.into_iter().zip(kinds) {
        let house = House::of(4).await;
        house.sandbox.order(fault(kind, method, path, 0, 2, 504));
        for record in types {
            let report = house.all(record, From).await;
            assert_eq!((report.records.failed, &report.interrupted), (0, &None), "{method} {path} {report:#?}");
        }
        assert_eq!(counts(&house).await, expected, "{kind:?} {method} {path}");
        for record in types {
            house.assert_nothing_to_do(record, From).await;
        }
        assert_eq!(house.store.open_journal().unwrap(), [], "{kind:?} {method} {path}");
    }
}

#[tokio::test]
async fn a_product_deleted_in_the_store_is_deleted_in_the_hub_once_the_store_confirms_it() {
    let house = House::of(6).await;
    catalog(&house).await;
    let products = ask(&house, Api::BigcommerceV3, "/catalog/products?limit=250").await;
    let ids: Vec<String> =
        products.get("data").unwrap().items().iter().map(|p| p.get("id").unwrap().id().unwrap().to_owned()).collect();
    let mut linked = None;
    for id in &ids {
        if house.engine().links.internal_of("Product", id).await.unwrap().is_some() {
            linked = Some(id.clone());
        }
    }
    let gone = linked.unwrap();
    let deletes = house.library.roots("Product", Some(Direction::To)).next().unwrap().plan.clone().unwrap();
    let before = run(&house.engine(), &deletes, Selection::Deleted(vec![gone.clone(), String::from("999999")])).await;
    assert_eq!((before.records.read, before.records.skipped), (2, 2), "{before:#?}");

    let delete = request(Api::BigcommerceV3, Method::Delete, &format!("/catalog/products/{gone}"), None);
    assert_eq!(house.engine().wire.send(&delete).await.unwrap().status, 204);
    let link = house.engine().links.internal_of("Product", &gone).await.unwrap().unwrap();
    let report = run(&house.engine(), &deletes, Selection::Deleted(vec![gone.clone()])).await;
    assert_eq!((report.records.read, report.records.written), (1, 1), "{report:#?}");
    let answer = house
        .engine()
        .wire
        .send(&request(Api::IpaasProducts, Method::Get, &format!("/Catalog/Product/{}", link.internal), None))
        .await
        .unwrap();
    assert_eq!(answer.status, 404);
    let again = run(&house.engine(), &deletes, Selection::Deleted(vec![gone])).await;
    assert_eq!((again.records.read, again.records.written, again.records.failed), (1, 0, 0), "{again:#?}");
}

/// A wire that ends the process (drops the run) at a call: before it is sent, or after it was done.
struct Ending {
    inner: Arc<dyn Wire>,
    calls: AtomicU64,
    at: u64,
    after: bool,
}

impl Wire for Ending {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let writes = request.method != Method::Get;
            let number = if writes { self.calls.fetch_add(1, Ordering::SeqCst) } else { u64::MAX };
            if number < self.at || number == u64::MAX {
                return self.inner.send(request).await;
            }
            if number == self.at && self.after {
                let _ = self.inner.send(request).await;
            }
            // the run is dropped while it waits here: nothing after this call happens
            std::future::pending().await
        })
    }
}

async fn until_it_ends(house: &House, record: &str, direction: Direction, at: u64, after: bool) -> Option<Report> {
    let engine = house.engine_over(|inner| Arc::new(Ending { inner, calls: AtomicU64::new(0), at, after }));
    let plan = plan(&house.library, record, direction);
    tokio::time::timeout(Duration::from_millis(400), run(&engine, &plan, Selection::All)).await.ok()
}

#[tokio::test]
async fn a_run_that_ends_at_any_write_creates_nothing_twice_and_loses_nothing() {
    let clean = House::of(5).await;
    catalog(&clean).await;
    let expected = skus(&clean).await;
    for (at, after) in
        [(0, false), (0, true), (1, true), (2, true), (3, false), (5, true), (8, true), (13, true), (21, true)]
    {
        let house = House::of(5).await;
        let first = house.all("Product Category", From).await;
        assert_eq!(first.records.failed, 0);
        assert_eq!(until_it_ends(&house, "Product", From, at, after).await, None, "the run ends at {at}");
        let report = house.all("Product", From).await;
        assert_eq!((report.records.failed, &report.interrupted), (0, &None), "{at} {after} {report:#?}");
        assert_eq!(skus(&house).await, expected, "{at} {after}");
        house.assert_nothing_to_do("Product", From).await;
        assert_eq!(house.store.open_journal().unwrap(), [], "{at} {after}");
    }
}

#[tokio::test]
async fn what_waits_is_named_and_tried_again() {
    let house = House::of(12).await;
    let groups_later = house.all("Customer", From).await;
    assert!(groups_later.records.parked > 0, "{groups_later:#?}");
    assert!(groups_later.reasons.iter().any(|r| r.reason.contains("waits for the link of Customer Category")));
    let again = house.run(&house.engine(), "Customer", From, Selection::Again { parked: true, failed: false }).await;
    assert_eq!(
        (again.records.read, again.records.parked),
        (groups_later.records.parked, groups_later.records.parked),
        "nothing has come"
    );
    let _ = house.all("Customer Category", From).await;
    let again = house.run(&house.engine(), "Customer", From, Selection::Again { parked: true, failed: false }).await;
    assert!(again.records.written > 0, "{again:#?}");
    let left = house.run(&house.engine(), "Customer", From, Selection::Again { parked: true, failed: false }).await;
    assert_eq!(left.records.read, again.records.parked);
}

#[tokio::test]
async fn what_cannot_be_an_id_fails_alone_with_nothing_sent_for_it() {
    let house = House::of(6).await;
    let products = ask(&house, Api::IpaasProducts, "/Catalog/Products?pageNumber=1&pageSize=100").await;
    let good = products.items().iter().find(|p| p.get("type").and_then(Json::text) == Some("Physical")).unwrap();
    let good = good.get("id").unwrap().id().unwrap().to_owned();
    let bad = "../../customers/v2/Customers?x=1#y";
    let ids = vec![bad.to_owned(), String::new(), good.clone(), good];
    let report = house.run(&house.engine(), "Product", From, Selection::Ids(ids)).await;
    assert_eq!((report.records.read, report.records.failed, report.not_tried), (3, 2, 0), "{report:#?}");
    let routes = house.sandbox.statistics().routes;
    assert!(!routes["ipaas"].keys().any(|route| route.contains("Customers")), "{routes:#?}");
    let deletes = house.library.roots("Product", Some(Direction::To)).next().unwrap().plan.clone().unwrap();
    let report = run(&house.engine(), &deletes, Selection::Deleted(vec![String::from("1/2")])).await;
    assert_eq!((report.records.read, report.records.failed), (1, 1), "{report:#?}");
    assert!(report.reasons[0].reason.contains("`1/2` is no id of BigCommerce product"), "{report:#?}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_named_by_the_path_that_was_asked() {
    let house = House::of(6).await;
    let engine = house.engine_over(|inner| {
        Arc::new(Handing { inner, path: String::from("/Catalog/Product/4711"), body: String::from("{\"id\":") })
    });
    let report = house.run(&engine, "Product", From, Selection::Ids(vec![String::from("4711")])).await;
    let reason = &report.reasons[0].reason;
    assert!(reason.contains("the answer to /Catalog/Product/4711 is not readable"), "{report:#?}");
}

#[tokio::test]
async fn a_stop_leaves_a_run_that_goes_on_later() {
    let house = House::of(12).await;
    let engine = house.engine();
    engine.stop.ask();
    let report = house.run(&engine, "Product Category", From, Selection::All).await;
    assert_eq!((report.records.read, report.interrupted.as_deref()), (0, Some("interrupted")));
    let report = house.all("Product Category", From).await;
    assert!(report.records.written > 0);
}

/// A server that answers everything in one way.
struct Always(u16, &'static str);

impl Wire for Always {
    fn send<'a>(&'a self, _: &'a Request) -> Sending<'a> {
        let answer = mapwright_transfer::connect::wire::Answer {
            status: self.0,
            pagination: None,
            needs: None,
            body: self.1.as_bytes().to_vec(),
        };
        Box::pin(async move { Ok(answer) })
    }
}

#[tokio::test]
async fn a_server_that_answers_rubbish_ends_a_run_with_a_reason() {
    let house = House::of(0).await;
    for (status, body, expected) in [
        (200, "<html>", "an HTML page"),
        (200, "{\"data\":[", "not readable"),
        (500, "<html>oh</html>", "500"),
        (403, r#"{"title":"You don't have a required scope"}"#, "scope"),
        (200, "[{\"id\":\"1\"}]", "is no id"),
        (200, "[5, null, []]", "a row of page 1 of the list has no `id`"),
        (200, "\"text\"", "is no list"),
        (200, "null", "is no list"),
        (200, "{\"data\": {\"a\": 1}}", "is no list"),
    ] {
        let engine = house.engine_over(|_| Arc::new(Always(status, body)));
        let report = house.run(&engine, "Product Category", From, Selection::All).await;
        let said = format!("{:?} {:?}", report.interrupted, report.reasons);
        assert!(said.contains(expected), "{body}: {said}");
        assert_eq!(report.records.written, 0);
    }
    let engine = house.engine_over(|_| Arc::new(Refusing));
    let report = house.run(&engine, "Product", From, Selection::Ids(vec![String::from("1")])).await;
    assert_eq!(report.interrupted.as_deref(), Some("the token is refused"));
}

struct Refusing;

impl Wire for Refusing {
    fn send<'a>(&'a self, _: &'a Request) -> Sending<'a> {
        Box::pin(async { Err(CallError::Stop(String::from("the token is refused"))) })
    }
}

#[tokio::test]
async fn one_bad_record_does_not_hold_up_its_batch() {
    let house =
        House::with(Options { records: 12, quota: 10_000, window: Duration::from_secs(2), ..Options::default() }).await;
    // the first batch of categories is refused as a whole: halves are sent
    house.sandbox.order(fault(FaultKind::StatusBefore, "POST", "/v3/catalog/trees/categories", 0, 1, 422));
    let report = house.all("Product Category", From).await;
    assert_eq!(report.records.failed, 0, "{report:#?}");
    assert!(report.records.written > 1, "{report:#?}");
    house.assert_nothing_to_do("Product Category", From).await;
}

#[tokio::test]
async fn a_variant_gone_at_the_source_is_removed_only_where_its_collection_says_so() {
    for removes in [false, true] {
        let house = House::of(12).await;
        catalog(&house).await;
        let products = ask(&house, Api::IpaasProducts, "/Catalog/Products?pageNumber=1&pageSize=100").await;
        let linked = |p: &&Json| {
            !p.get("external_ids").unwrap().items().is_empty() && p.get("variants").is_some_and(|v| v.items().len() > 1)
        };
        let product = products.items().iter().find(linked).unwrap();
        let (id, mut shorter) = (product.get("id").unwrap().id().unwrap().to_owned(), product.clone());
        let mut variants = product.get("variants").unwrap().items().to_vec();
        let _ = variants.pop();
        shorter.set("variants", Json::List(variants));

        // the hub keeps rows that are not mentioned: the record without it is handed out instead
        let handed = mapwright_language::json::write(&shorter);
        let path = format!("/Catalog/Product/{id}");
        let engine = house.engine_over(|inner| Arc::new(Handing { inner, path, body: handed }));
        let mut plan = (*plan(&house.library, "Product", From)).clone();
        for child in plan.root.children.iter_mut().filter(|c| &*c.slot == "variants") {
            child.remove_gone = removes;
        }
        let before = ask(&house, Api::BigcommerceV3, "/catalog/variants?limit=250").await;
        let report = run(&engine, &plan, Selection::Ids(vec![id])).await;
        assert_eq!(report.left_in_place, u64::from(!removes), "{report:#?}");
        assert_eq!(report.removed, u64::from(removes), "{report:#?}");
        assert_eq!((report.records.unchanged, report.records.written), (u64::from(!removes), u64::from(removes)));
        let after = ask(&house, Api::BigcommerceV3, "/catalog/variants?limit=250").await;
        let count = |json: &Json| json.get("data").unwrap().items().len();
        assert_eq!(count(&before) - count(&after), usize::from(removes));
        house.assert_clean();
    }
}

/// A product's options as the store has them, with how many values each has.
async fn options(house: &House, sku: &str) -> Vec<(String, usize)> {
    let found = ask(house, Api::BigcommerceV3, &format!("/catalog/products?sku={sku}")).await;
    let id = found.get("data").unwrap().items()[0].get("id").unwrap().id().unwrap().to_owned();
    let options = ask(house, Api::BigcommerceV3, &format!("/catalog/products/{id}/options")).await;
    let one = |o: &Json| {
        (o.get("display_name").unwrap().text().unwrap().to_owned(), o.get("option_values").unwrap().items().len())
    };
    options.get("data").unwrap().items().iter().map(one).collect()
}

#[tokio::test]
async fn options_and_their_values_that_are_gone_at_the_source_are_removed_after_their_variants() {
    // a value of the first option, then all options
    for whole in [false, true] {
        let house = House::of(12).await;
        catalog(&house).await;
        let products = ask(&house, Api::IpaasProducts, "/Catalog/Products?pageNumber=1&pageSize=100").await;
        let items = |json: &Json, name: &str| json.get(name).map(|v| v.items().to_vec()).unwrap_or_default();
        let linked = |p: &&Json| !items(p, "external_ids").is_empty() && items(p, "options").len() > 1;
        let product = products.items().iter().find(linked).unwrap();
        let id = product.get("id").unwrap().id().unwrap().to_owned();
        let sku = product.get("sku").unwrap().text().unwrap().to_owned();
        let (mut kept, mut variants) = (items(product, "options"), items(product, "variants"));
        let (all_options, all_variants) = (kept.len(), variants.len());
        let stood = options(&house, &sku).await;
        if whole {
            kept.clear();
            variants.clear();
        } else {
            let mut values = items(&kept[0], "values");
            let value = values.pop().unwrap().get("id").unwrap().clone();
            kept[0].set("values", Json::List(values));
            variants.retain(|v| !items(v, "options").iter().any(|o| o.get("id") == Some(&value)));
        }
        let gone_variants = all_variants - variants.len();
        assert!(gone_variants > 0);
        let mut shorter = product.clone();
        shorter.set("options", Json::List(kept));
        shorter.set("variants", Json::List(variants));

        let handed = mapwright_language::json::write(&shorter);
        let path = format!("/Catalog/Product/{id}");
        let engine = house.engine_over(|inner| Arc::new(Handing { inner, path, body: handed }));
        let mut plan = (*plan(&house.library, "Product", From)).clone();
        for child in &mut plan.root.children {
            child.remove_gone = true;
            child.level.children.iter_mut().for_each(|inner| inner.remove_gone = &*inner.slot == "option_values");
        }
        let report = run(&engine, &plan, Selection::Ids(vec![id])).await;
        assert_eq!((report.records.written, report.records.failed), (1, 0), "{report:#?}");
        let expected = gone_variants + if whole { all_options } else { 1 };
        assert_eq!(report.removed, expected as u64, "{report:#?}");
        let left = options(&house, &sku).await;
        if whole {
            assert_eq!(left, []);
        } else {
            let mut less = stood;
            less[0].1 -= 1;
            assert_eq!(left, less);
        }
        house.assert_clean();
    }
}

/// Hands out a body of its own for one path.
struct Handing {
    inner: Arc<dyn Wire>,
    path: String,
    body: String,
}

impl Wire for Handing {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        if request.method == Method::Get && request.path == self.path {
            let answer = mapwright_transfer::connect::wire::Answer {
                status: 200,
                pagination: None,
                needs: None,
                body: self.body.as_bytes().to_vec(),
            };
            return Box::pin(async move { Ok(answer) });
        }
        self.inner.send(request)
    }
}
