//! What would be sent for one record of each root collection, when nothing is there yet and when all is there: a dry run
//! over canned answers.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

#[path = "support/collections.rs"]
mod collections;
#[path = "support/nothing.rs"]
mod nothing;

use std::collections::BTreeMap;
use std::sync::Arc;

use collections::{library, plan};
use mapwright_language::json::pretty;
use mapwright_language::mapping_file::Direction::{self, From, To};
use mapwright_transfer::connect::wire::{Answer, Request, Sending, Wire};
use mapwright_transfer::http::{Network, Transport};
use mapwright_transfer::state::Store;
use mapwright_transfer::subscription::{Connection, Subscription, Tokens};
use mapwright_transfer::work::{Ended, Engine, Event, Observer, Selection, run};
use secrecy::SecretString;

/// Answers by the beginning of the path; everything else is not there.
struct Canned(Vec<(&'static str, String)>);

impl Wire for Canned {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        let found = self.0.iter().find(|(path, _)| request.path.starts_with(path));
        let answer = match found {
            Some((_, body)) => Answer { status: 200, body: body.as_bytes().to_vec(), ..Answer::default() },
            None => nothing::nothing(request),
        };
        Box::pin(async move { Ok(answer) })
    }
}

#[derive(Default)]
struct Ends(std::sync::Mutex<Vec<Ended>>);

impl Observer for Ends {
    fn see(&self, event: Event<'_>) {
        if let Event::Done { ended, .. } = event {
            self.0.lock().unwrap().push(ended.clone());
        }
    }
}

fn engine(answers: Vec<(&'static str, String)>, directory: &std::path::Path, ends: Arc<Ends>) -> Engine {
    let subscription = Subscription {
        name: String::from("test"),
        store_hash: String::from("abc"),
        api_url: String::from("http://127.0.0.1:1"),
        client_id: None,
        ipaas_url: String::from("http://127.0.0.1:1/ipaas"),
        system_id: String::from("4711"),
        time_zone: String::from("UTC"),
        throttle: None,
        settings: BTreeMap::new(),
    };
    let tokens = Tokens { bigcommerce: SecretString::from("a"), ipaas: SecretString::from("b") };
    let network: Arc<dyn Transport> = Arc::new(Network::new("mapwright-test").unwrap());
    let connection = Connection::new(&subscription, &tokens, network, None, 1).unwrap();
    let store = Arc::new(Store::open(directory, "test").unwrap());
    let mut engine =
        connection.engine_over(Arc::new(Canned(answers)), store, ends, "2026-01-31T12:00:00Z".parse().unwrap());
    engine.dry_run = true;
    engine
}

/// The end of the record and all requests as text.
async fn sent(record: &str, direction: Direction, id: &str, answers: Vec<(&'static str, String)>) -> String {
    let directory = tempfile::tempdir().unwrap();
    let ends = Arc::new(Ends::default());
    let engine = engine(answers, directory.path(), ends.clone());
    let report = run(&engine, &plan(&library(), record, direction), Selection::Ids(vec![id.to_owned()])).await;
    assert!(report.records.balance() && report.interrupted.is_none(), "{report:#?}");
    let mut out = String::new();
    for ended in ends.0.lock().unwrap().iter() {
        out += &format!("{} {}\n", ended.word(), ended.reason().unwrap_or_default());
    }
    for request in engine.requests.lock().unwrap().iter() {
        out += &format!(
            "{:?} {}\n{}",
            request.method,
            request.path,
            request.body.as_ref().map(pretty).unwrap_or_default()
        );
    }
    out
}

const SHIRT: &str = r#"{
  "id": "7", "sku": "TEE", "name": "Tee", "type": "Physical", "tracking_method": "Variant", "status": "Active",
  "default_price": 20, "external_ids": [],
  "categories": [{"id": "1", "category_id": 5, "category_name": "Shirts"}],
  "custom_fields": [{"id": "1", "custom_field_name": "Brand", "value": "Acme"}],
  "options": [{"id": "31", "option_name": "Size", "type": "Radio", "order": 1, "external_ids": [],
    "values": [{"id": "41", "value": "S", "order": 1, "external_ids": []}, {"id": "42", "value": "L", "order": 2, "external_ids": []}]}],
  "variants": [
    {"id": "51", "sku": "TEE-S", "default_price": 20, "status": "Active", "external_ids": [],
     "options": [{"id": "41", "option_id": "31", "option_name": "Size", "value": "S"}],
     "inventory": [{"id": "61", "location_id": "1", "qty_available": 3, "external_ids": []}]},
    {"id": "52", "sku": "TEE-L", "default_price": 22.50, "status": "Active", "external_ids": [],
     "options": [{"id": "42", "option_id": "31", "option_name": "Size", "value": "L"}], "inventory": []}],
  "inventory": []
}"#;

#[tokio::test]
async fn a_new_product_goes_with_options_variants_and_stock_in_that_order() {
    let answers = vec![
        ("/Catalog/Product/7", SHIRT.to_owned()),
        ("/External/LookupExternal/5/4711/Product%20Category", String::from("\"23\"")),
        ("/External/LookupExternal/1/4711/location", String::from("\"1\"")),
    ];
    insta::assert_snapshot!(sent("Product", From, "7", answers).await);
}

#[tokio::test]
async fn of_a_product_that_is_there_only_what_differs_goes() {
    let linked = SHIRT.replacen(
        r#""default_price": 20, "external_ids": []"#,
        r#""default_price": 20, "external_ids": [{"id": 1, "system_id": 4711, "external_id": "70"}]"#,
        1,
    );
    let there = r#"{"data": {"id": 70, "name": "Tee", "sku": "tee-old", "type": "physical", "price": 20.00, "sale_price": 0, "retail_price": 0,
      "is_visible": true, "availability": "available", "inventory_tracking": "variant", "categories": [23], "description": "by hand",
      "options": [{"id": 131, "product_id": 70, "display_name": "Size", "type": "radio_buttons", "sort_order": 1,
        "option_values": [{"id": 141, "label": "S", "sort_order": 1, "is_default": false}]}]}}"#;
    let variants = r#"{"data": [{"id": 151, "product_id": 70, "sku": "TEE-S", "price": 21, "sale_price": null, "retail_price": null, "purchasing_disabled": false,
      "option_values": [{"id": 141, "option_id": 131, "label": "S", "option_display_name": "Size"}]}],
      "meta": {"pagination": {"total": 1, "total_pages": 1}}}"#;
    let stock = r#"{"data": [{"identity": {"product_id": 70, "variant_id": 151, "sku": "TEE-S"}, "locations": [{"location_id": 1, "total_inventory_onhand": 3}]}],
      "meta": {"pagination": {"total": 1, "total_pages": 1}}}"#;
    let answers = vec![
        ("/Catalog/Product/7", linked),
        ("/External/LookupExternal/5/4711/Product%20Category", String::from("\"23\"")),
        ("/External/LookupExternal/1/4711/location", String::from("\"1\"")),
        ("/catalog/products/70/variants", variants.to_owned()),
        ("/catalog/products/70", there.to_owned()),
        ("/inventory/items", stock.to_owned()),
    ];
    insta::assert_snapshot!(sent("Product", From, "7", answers).await);
}

#[tokio::test]
async fn a_customer_goes_in_with_addresses() {
    let customer = r#"{"data": [{"id": 9, "email": "ana@example.com", "first_name": "Ana", "last_name": "Diaz", "company": "", "notes": "",
      "customer_group_id": 0, "date_created": "2024-01-31T10:00:00Z",
      "addresses": [{"id": 3, "customer_id": 9, "first_name": "Ana", "last_name": "Diaz", "address1": "1 Main St", "city": "Austin",
        "state_or_province": "Texas", "postal_code": "78701", "country_code": "US", "phone": "", "address_type": "residential"}]}]}"#;
    let answers = vec![("/customers?id:in=9", customer.to_owned()), ("/Customers", String::from("[]"))];
    insta::assert_snapshot!(sent("Customer", To, "9", answers).await);
}

#[tokio::test]
async fn a_category_waits_for_its_parent() {
    let child = r#"{"id": "8", "name": "Socks", "parent_id": 6, "external_ids": []}"#;
    insta::assert_snapshot!(sent("Product Category", From, "8", vec![("/Catalog/Category/8", child.to_owned())]).await, @"parked waits for the link of Product Category 6");
    let top = child.replace("\"parent_id\": 6", "\"parent_id\": null");
    insta::assert_snapshot!(sent("Product Category", From, "8", vec![("/Catalog/Category/8", top)]).await);
}

#[tokio::test]
async fn a_customer_and_its_category_go_out() {
    let customer = r#"{"id": "4", "email_address": "li@example.com", "first_name": "Li", "last_name": "李", "category_id": 2, "external_ids": [],
      "addresses": [{"id": "1", "is_primary_billing": true, "phone_number": "1"}]}"#;
    let answers = vec![("/Customer/4", customer.to_owned()), ("/External/LookupExternal/2", String::from("\"6\""))];
    insta::assert_snapshot!(sent("Customer", From, "4", answers).await);
    let category = r#"{"id": "2", "name": "Trade", "external_ids": []}"#;
    let answers = vec![("/Customer/Category/2", category.to_owned()), ("/customer_groups", String::from("[]"))];
    insta::assert_snapshot!(sent("Customer Category", From, "2", answers).await);
}

#[tokio::test]
async fn a_payment_method_goes_in() {
    let answers = vec![
        ("/payments/methods", String::from(r#"[{"code": "cod", "name": "Cash on delivery", "test_mode": false}]"#)),
        ("/PaymentMethods", String::from("[]")),
    ];
    insta::assert_snapshot!(sent("Payment Method", To, "cod", answers).await);
}

#[tokio::test]
async fn a_record_that_is_no_json_the_plan_knows_fails_and_is_counted() {
    let broken = r#"{"id": "7", "sku": {"not": "a text"}, "name": 5}"#;
    let text = sent("Product", From, "7", vec![("/Catalog/Product/7", broken.to_owned())]).await;
    assert!(text.starts_with("failed "), "{text}");
}
