use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction::From;
use mapwright_language::schema::{Api, Method};
use mapwright_transfer::connect::wire::{Request, Sending, Wire};
use mapwright_transfer::work::{Engine, Selection};

use super::support::House;
use super::{get, house, lines, noted, products, text};

const PRODUCTS: &str = "collection: BC Products
extends: BC Products
before:
  - record: Product Category
    id: categories[first].category_id
";
const CATEGORIES: &str = "collection: BC Product Category From iPaaS
extends: BC Product Category From iPaaS
before:
  - record: Product Category
    id: parent_id
";
const CATEGORY: &str = "BC Product Category From iPaaS";

/// A product whose first category has others above it, with the categories from that one up.
async fn nested(house: &House, levels: usize) -> (Json, Vec<Json>) {
    let all = get(house, Api::IpaasProducts, "/Catalog/Categories?pageNumber=1&pageSize=100").await;
    let by_id = |id: &str| all.items().iter().find(|c| text(c, "id") == id).cloned();
    for product in products(house).await {
        let first = product.get("categories").and_then(|c| c.items().first());
        let mut above = Vec::new();
        let mut next = first.and_then(|c| by_id(text(c, "category_id")));
        while let Some(category) = next {
            next = by_id(text(&category, "parent_id"));
            above.push(category);
        }
        if above.len() >= levels && above.iter().all(|c| !text(c, "name").is_empty()) {
            return (product, above);
        }
    }
    panic!("the sandbox has no product in a category so deep")
}

#[tokio::test]
async fn a_product_alone_brings_its_category_and_that_its_parent_in_the_right_order() {
    let house = house(12, &[PRODUCTS, CATEGORIES]).await;
    let (product, categories) = nested(&house, 2).await;
    let above = categories.len() as u64;
    let (engine, sent) = noted(&house);
    let only = Selection::Ids(vec![text(&product, "id").to_owned()]);

    // a dry run shows all three
    let dry = Engine { dry_run: true, ..house.engine() };
    let report = house.run(&dry, "Product", From, only.clone()).await;
    assert_eq!(lines(report), [(CATEGORY.into(), above, above), ("BC Products".into(), 1, 1)]);
    let paths: Vec<String> = dry.requests.lock().unwrap().iter().map(|r| r.path.clone()).collect();
    assert!(paths[..categories.len()].iter().all(|p| p == "/catalog/trees/categories"), "{paths:?}");
    assert_eq!(paths[categories.len()], "/catalog/products");

    let report = house.run(&engine, "Product", From, only.clone()).await;
    assert!(report.calls.bigcommerce > 0);
    assert_eq!(lines(report), [(CATEGORY.into(), above, above), ("BC Products".into(), 1, 1)]);
    let writes: Vec<_> =
        sent.requests().into_iter().filter(|r| r.body.is_some() && !r.path.contains("External")).collect();
    let name = |request: &Request| {
        let body = request.body.clone().unwrap();
        text(body.items().first().unwrap_or(&body), "name").to_owned()
    };
    let names: Vec<String> = writes.iter().map(name).take(categories.len() + 1).collect();
    let expected: Vec<&str> = categories.iter().rev().chain([&product]).map(|r| text(r, "name")).collect();
    assert_eq!(names, expected);
    // the category stands in the product
    let link = house.engine().links.external_of("Product Category", text(&categories[0], "id")).await.unwrap().unwrap();
    let categories = writes[categories.len()].body.as_ref().unwrap().get("categories").unwrap().clone();
    assert!(categories.items().iter().any(|c| c.id() == Some(&*link.external)), "{categories:?}");
    house.assert_clean();

    // all is linked now: nothing goes first any more
    let report = house.run(&house.engine(), "Product", From, only).await;
    assert_eq!(lines(report), [("BC Products".into(), 1, 0)]);
}

#[tokio::test]
async fn records_that_need_the_same_one_wait_for_one_transfer_and_a_run_over_all_counts_each_once() {
    let house = house(30, &[PRODUCTS, CATEGORIES]).await;
    let report = house.run(&house.engine(), "Product", From, Selection::All).await;
    // stock at a location that is not linked waits
    assert_eq!((report.records.failed, report.records.parked, &report.interrupted), (0, 1, &None), "{report:#?}");
    let categories = report.before.iter().find(|r| r.collection == CATEGORY).unwrap();
    assert_eq!(categories.records.read, categories.created, "{categories:#?}");
    house.assert_clean();
    let there = get(&house, Api::BigcommerceV3, "/catalog/trees/categories?limit=250").await;
    let mut names: Vec<String> = there
        .get("data")
        .unwrap()
        .items()
        .iter()
        .map(|c| format!("{} in {}", text(c, "name"), text(c, "parent_id")))
        .collect();
    let made = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), made, "no category twice");
    // the rest of the categories, children before parents or not: each once
    let all = house.all("Product Category", From).await;
    assert_eq!((all.records.failed, all.records.parked), (0, 0), "{all:#?}");
    let source = get(&house, Api::IpaasProducts, "/Catalog/Categories?pageNumber=1&pageSize=100").await;
    assert_eq!(all.records.read, source.items().len() as u64, "{all:#?}");
    house.assert_nothing_to_do("Product Category", From).await;
}

#[tokio::test]
async fn categories_from_nothing_are_each_counted_once_whatever_their_order() {
    let house = house(30, &[CATEGORIES]).await;
    let source = get(&house, Api::IpaasProducts, "/Catalog/Categories?pageNumber=1&pageSize=100").await;
    let report = house.all("Product Category", From).await;
    let all = source.items().len() as u64;
    assert_eq!((report.records.read, report.records.parked, report.not_tried), (all, 0, 0), "{report:#?}");
    // one has no name
    assert_eq!((report.records.written, report.created, report.records.refused), (all - 1, all - 1, 1), "{report:#?}");
    assert!(report.before.is_empty(), "its own records are in its own line");
}

#[tokio::test]
async fn a_record_that_waits_when_it_should_go_first_goes_when_the_run_comes_to_it() {
    let house = house(30, &[CATEGORIES]).await;
    let (_, categories) = nested(&house, 3).await;
    let [top, middle, low] = [1, 2, 3].map(|up| text(&categories[categories.len() - up], "id").to_owned());
    // the lowest wants the middle one, which comes only after 50 others; that one wants the top, which is at work
    let mut ids = vec![top, low];
    ids.extend((0..48).map(|number| format!("{}", 900_000 + number)));
    ids.push(middle);
    let report = house.run(&house.engine(), "Product Category", From, Selection::Ids(ids)).await;
    let records = &report.records;
    assert_eq!((records.read, records.written, records.failed, records.parked), (51, 3, 48, 0), "{report:#?}");
    assert_eq!((report.not_tried, report.interrupted), (0, None));
}

#[tokio::test]
async fn what_cannot_go_first_is_waited_for() {
    let inactive = format!("{CATEGORIES}active: false\n");
    let house = house(12, &[PRODUCTS, &inactive]).await;
    let (product, categories) = nested(&house, 2).await;
    let report =
        house.run(&house.engine(), "Product", From, Selection::Ids(vec![text(&product, "id").to_owned()])).await;
    assert_eq!(report.records.parked, 1, "{report:#?}");
    let waits = format!("waits for the link of Product Category {}", text(&categories[0], "id"));
    assert_eq!(report.reasons[0].reason, waits);
    assert_eq!(report.before[0].records.skipped, 1);
}

#[tokio::test]
async fn records_that_want_one_another_first_wait_and_the_run_ends() {
    let house = house(12, &[CATEGORIES]).await;
    let (_, categories) = nested(&house, 2).await;
    let (parent, top) = (&categories[categories.len() - 2], &categories[categories.len() - 1]);
    let (id, above) = (text(parent, "id"), text(top, "id"));
    let body = format!(r#"{{"id": "{above}", "name": "{}", "parent_id": {id}}}"#, text(top, "name"));
    let script = super::script::Script::over(&house, vec![("GET", format!("/Catalog/Category/{above}"), body)]);
    for ids in [vec![id], vec![above], vec![id, above]] {
        let only = Selection::Ids(ids.iter().map(|id| (*id).to_owned()).collect());
        let report = house.run(&script, "Product Category", From, only).await;
        assert_eq!(report.records.parked, report.records.read, "{report:#?}");
        assert_eq!(report.records.read, 2, "both, whoever was asked for: {report:#?}");
        assert_eq!(report.interrupted, None);
    }
}

#[tokio::test]
async fn a_chain_without_end_is_followed_eight_records_deep() {
    let house = house(2, &[CATEGORIES]).await;
    let category = |id: u32| {
        let body = format!(r#"{{"id": "{id}", "name": "C{id}", "parent_id": {}, "external_ids": []}}"#, id + 1);
        ("GET", format!("/Catalog/Category/{id}"), body)
    };
    let (engine, asked) = super::script::Script::alone(&house, (1..100).map(category).collect());
    let report = house.run(&engine, "Product Category", From, Selection::Ids(vec![String::from("1")])).await;
    assert_eq!((report.records.read, report.records.parked, &report.interrupted), (9, 9, &None), "{report:#?}");
    let asked = asked.lock().unwrap();
    assert_eq!(asked.iter().filter(|a| a.starts_with("GET /Catalog/Category/")).count(), 9, "{asked:#?}");
    // each is known to wait, and can be tried again
    assert_eq!(house.store.settled_as(mapwright_transfer::state::Outcome::Parked).unwrap().len(), 9);
}

/// A wire that hangs at a write, before or after it was done: the run is dropped there.
struct Hangs {
    inner: Arc<dyn Wire>,
    writes: AtomicU64,
    at: u64,
    after: bool,
}

impl Wire for Hangs {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let number = if request.method == Method::Get { 0 } else { self.writes.fetch_add(1, Ordering::SeqCst) + 1 };
            if number < self.at {
                return self.inner.send(request).await;
            }
            if number == self.at && self.after {
                let _ = self.inner.send(request).await;
            }
            std::future::pending().await
        })
    }
}

#[tokio::test]
async fn a_run_that_is_dropped_while_something_goes_first_makes_nothing_twice() {
    for (at, after) in [(1, false), (1, true), (2, true), (3, true), (4, true), (5, true)] {
        let house = house(12, &[PRODUCTS, CATEGORIES]).await;
        let (product, categories) = nested(&house, 2).await;
        let only = || Selection::Ids(vec![text(&product, "id").to_owned()]);
        let engine = house.engine_over(|inner| Arc::new(Hangs { inner, writes: AtomicU64::new(0), at, after }));
        let dropped = house.run(&engine, "Product", From, only());
        assert!(tokio::time::timeout(Duration::from_millis(400), dropped).await.is_err(), "it hangs at {at}");
        let report = house.run(&house.engine(), "Product", From, only()).await;
        assert_eq!((report.records.failed, report.records.parked), (0, 0), "{at} {after} {report:#?}");
        let there = get(&house, Api::BigcommerceV3, "/catalog/trees/categories?limit=250").await;
        let rows = there.get("data").unwrap().items();
        for category in &categories {
            let same = rows.iter().filter(|row| text(row, "name") == text(category, "name")).count();
            assert_eq!(same, 1, "{at} {after} {}", text(category, "name"));
        }
        let report = house.run(&house.engine(), "Product", From, only()).await;
        assert_eq!(lines(report), [("BC Products".into(), 1, 0)], "{at} {after}");
        // an entry whose link was saved is closed when its record comes by
        let _ = house.all("Product Category", From).await;
        assert_eq!(house.store.open_journal().unwrap(), [], "{at} {after}");
        house.assert_clean();
    }
}
