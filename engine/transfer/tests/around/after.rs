use std::sync::Arc;

use mapwright_language::json::{Json, write};
use mapwright_language::mapping_file::Direction::From;
use mapwright_language::schema::Api;
use mapwright_transfer::connect::wire::{CallError, Request, Sending, Wire};
use mapwright_transfer::work::{Engine, Selection};

use super::script::Script;
use super::{get, house, lines, products, text};

const PRODUCTS: &str = "collection: BC Products
extends: BC Products
after:
  - use: Second Pass
";
const SECOND: &str = "collection: Second Pass
record: Product
direction: from
sync: update
bigcommerce: catalog.product
find_by: sku
rules: |
  sku           <- sku
  mpn           <- \"{parent.sku} again\"
";

#[tokio::test]
async fn a_collection_runs_over_the_record_once_that_is_in_place() {
    let house = house(8, &[PRODUCTS, SECOND]).await;
    let all = products(&house).await;
    let second = house.library.collection("Second Pass").unwrap();
    assert!(!second.is_root, "it never runs by itself");
    let id = text(&all[0], "id").to_owned();
    let only = || Selection::Ids(vec![id.clone()]);

    let dry = Engine { dry_run: true, ..house.engine() };
    let report = house.run(&dry, "Product", From, only()).await;
    assert_eq!(lines(report), [("BC Products".into(), 1, 1), ("Second Pass".into(), 1, 1)]);
    let requests = dry.requests.lock().unwrap().clone();
    let again = requests.iter().rfind(|r| r.body.as_ref().is_some_and(|b| b.get("mpn").is_some())).unwrap();
    assert_eq!(text(again.body.as_ref().unwrap(), "mpn"), format!("{} again", text(&all[0], "sku")));

    let report = house.run(&house.engine(), "Product", From, only()).await;
    assert_eq!(lines(report), [("BC Products".into(), 1, 1), ("Second Pass".into(), 1, 1)]);
    let link = house.engine().links.external_of("Product", &id).await.unwrap().unwrap();
    let there = get(&house, Api::BigcommerceV3, &format!("/catalog/products/{}", link.external)).await;
    assert_eq!(text(there.get("data").unwrap(), "mpn"), format!("{} again", text(&all[0], "sku")));
    house.assert_clean();

    // unchanged is in place too
    let report = house.run(&house.engine(), "Product", From, only()).await;
    assert_eq!(lines(report), [("BC Products".into(), 1, 0), ("Second Pass".into(), 1, 0)]);
}

#[tokio::test]
async fn nothing_runs_after_a_record_that_is_not_in_place() {
    let skipping = format!("{PRODUCTS}filter:\n  - that: sku == \"none has it\"\n    because: not now\n");
    let house = house(8, &[&skipping, SECOND]).await;
    let report = house.run(&house.engine(), "Product", From, Selection::All).await;
    assert!(report.records.skipped > 0 && report.records.skipped == report.records.read, "{report:#?}");
    assert_eq!(report.after, []);
}

const CATEGORIES: &str = "collection: Categories of a Product
record: Category Assignment
direction: from
sync: add-update
bigcommerce: catalog.category
external_id: none
rules: |
  name         <- category_name ?? \"none\"
  parent_id    <- 0
  description  <- \"of {parent.sku}\"
  tree_id      <- 1
";

#[tokio::test]
async fn a_collection_runs_over_rows_of_the_record() {
    let rows = "collection: BC Products
extends: BC Products
after:
  - use: Categories of a Product
    each: categories
";
    let house = house(4, &[rows, CATEGORIES]).await;
    let product = r#"{"id": "7", "sku": "TEE", "name": "Tee", "type": "Physical", "status": "Active", "external_ids": [],
      "categories": [{"id": "1", "category_id": 5, "category_name": "Shirts"}, {"id": "2", "category_id": 6, "category_name": "Sale"}]}"#;
    let answers = vec![("GET", String::from("/Catalog/Product/7"), product.to_owned())];
    let (engine, _) = Script::alone(&house, answers);
    let dry = Engine { dry_run: true, ..engine };
    let report = house.run(&dry, "Product", From, Selection::Ids(vec![String::from("7")])).await;
    assert_eq!(lines(report), [("BC Products".into(), 1, 1), ("Categories of a Product".into(), 2, 2)]);
    let requests = dry.requests.lock().unwrap().clone();
    let categories: Vec<&Json> = requests
        .iter()
        .filter(|r| r.path.contains("categories"))
        .flat_map(|r| r.body.as_ref().unwrap().items())
        .collect();
    let said: Vec<(&str, &str)> = categories.iter().map(|c| (text(c, "name"), text(c, "description"))).collect();
    assert_eq!(said, [("Shirts", "of TEE"), ("Sale", "of TEE")]);
}

/// A wire that ends the run where a request holds a text.
struct Ends(&'static str, Arc<dyn Wire>);

impl Wire for Ends {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        let ends = request.body.as_ref().is_some_and(|body| write(body).contains(self.0));
        match ends {
            true => Box::pin(async { Err(CallError::Stop(String::from("the token is refused"))) }),
            false => self.1.send(request),
        }
    }
}

#[tokio::test]
async fn a_run_that_ends_before_what_comes_after_leaves_the_record_to_be_tried_again() {
    let house = house(8, &[PRODUCTS, SECOND]).await;
    let id = text(&products(&house).await[0], "id").to_owned();
    let engine = house.engine_over(|inner| Arc::new(Ends("again", inner)));
    let report = house.run(&engine, "Product", From, Selection::Ids(vec![id.clone()])).await;
    assert_eq!(
        (report.records.parked, report.interrupted.as_deref()),
        (1, Some("the token is refused")),
        "{report:#?}"
    );
    let why = "it is in place, but `Second Pass` did not run to its end after it: the token is refused";
    assert_eq!(report.reasons[0].reason, why);
    assert_eq!((report.after[0].records.read, report.after[0].not_tried), (0, 1));

    let report = house.run(&house.engine(), "Product", From, Selection::Again { parked: true, failed: false }).await;
    assert_eq!(lines(report), [("BC Products".into(), 1, 0), ("Second Pass".into(), 1, 1)]);
}
