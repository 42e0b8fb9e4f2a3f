//! BigCommerce's own example answers through the hard collections: each is mapped, or is listed below with the reason why it is not.
//! Reads the folder named by `MAPWRIGHT_SPECS`; says so when it is absent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

mod roots;

use std::collections::BTreeMap;
use std::path::Path;

use mapwright_language::evaluate::{self, ContextFile, Evaluation, full_json};
use mapwright_language::json::{self, Json};
use serde_json::{Value, json};

use roots::Root;

/// Where an example is from, and the collections whose source it is.
const SOURCES: &[(&str, &[&str])] = &[
    ("/orders", ORDER),
    ("/orders/{order_id}", ORDER),
    ("/orders/{order_id}/products", &["BC Transaction Lines"]),
    ("/orders/{order_id}/products/{product_id}", &["BC Transaction Lines"]),
    ("/orders/{order_id}/shipping_addresses", &["BC Order Shipping Address To iPaaS"]),
    ("/orders/{order_id}/shipping_addresses/{id}", &["BC Order Shipping Address To iPaaS"]),
    ("/orders/{order_id}/coupons", &["BC Order Discount To iPaaS"]),
    ("/orders/{order_id}/transactions", &["BC Gift Card Payment To iPaaS"]),
    ("/orders/payment_actions/refunds/{refund_id}", &["BC Order Refund To iPaaS"]),
    ("/gift_certificates", CERTIFICATE),
    ("/gift_certificates/{id}", CERTIFICATE),
];

const ORDER: &[&str] = &[
    "BC Order Header To iPaaS",
    "BC Deposit Ticket To iPaaS",
    "BC CreditCard/ApplePay To iPaaS",
    "BC PayPal To iPaaS",
    "BC Store Credit Payment To iPaaS",
    "BC Order Manual Discount To iPaaS",
    "BC Order Note To iPaaS",
    "BC Order Staff Note To iPaaS",
];

const CERTIFICATE: &[&str] = &["BC Gift Card To IPaaS", "BC Gift Card Activity To IPaaS"];

/// What an order answers with a link for is read by a call of its own: the example of that call stands in its place.
const READ_BY_CALL: &[(&str, &str)] = &[
    ("products", "/orders/{order_id}/products"),
    ("shipping_addresses", "/orders/{order_id}/shipping_addresses"),
    ("coupons", "/orders/{order_id}/coupons"),
    ("taxes", "/orders/{order_id}/taxes"),
];

/// Examples that are not mapped: the collection, the outcome, what it says, and why that is right.
const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[
    ("BC PayPal To iPaaS", "skipped", "not paid by PayPal", "the examples are paid by cash or by hand"),
    ("BC Store Credit Payment To iPaaS", "skipped", "no store credit was used", "no example has store credit"),
    ("BC Order Manual Discount To iPaaS", "skipped", "nothing was taken off", "the discount of four examples is 0"),
    ("BC Order Note To iPaaS", "skipped", "the customer left no message", "the message of four examples is \"\""),
    ("BC Order Staff Note To iPaaS", "skipped", "the staff left no note", "the note of four examples is \"\""),
    ("BC Transaction Lines", "skipped", "the parts of a bundle", "one example is a part of another line"),
];

struct Example {
    file: String,
    path: String,
    rows: Vec<Value>,
}

/// The example answers that the index calls valid: requests and errors are no records of the store.
fn examples(folder: &Path) -> Vec<Example> {
    let read = |file: &str| -> Value { serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap() };
    let index = read("index.json");
    let clean = index.as_array().unwrap().iter().filter(|e| {
        let flag = |key: &str| e.get(key).is_some_and(|v| *v == Value::Bool(true));
        let success =
            e["status"].as_str().is_some_and(|s| s.starts_with('2')) || e["status"].as_u64().is_some_and(|s| s < 300);
        e["kind"] == "response"
            && success
            && e["schema_check"] == "valid"
            && !flag("has_placeholders")
            && !flag("missing_data_envelope")
    });
    clean
        .map(|e| {
            let file = e["file"].as_str().unwrap().to_owned();
            let payload = read(&file);
            let rows = match payload.get("data").unwrap_or(&payload) {
                Value::Array(rows) => rows.clone(),
                row => vec![row.clone()],
            };
            Example { file, path: e["path"].as_str().unwrap_or_default().to_owned(), rows }
        })
        .collect()
}

/// The order with the examples of what is read by a call in the place of the links.
fn whole_order(order: &Value, examples: &[Example]) -> Value {
    let mut order = order.clone();
    for (field, path) in READ_BY_CALL {
        let rows: Vec<Value> = examples.iter().filter(|e| e.path == *path).flat_map(|e| e.rows.clone()).collect();
        order[*field] = Value::Array(rows);
    }
    order
}

fn id(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The outcome in a word, and what it says.
fn outcome(root: &Root, collection: &str, record: &Value, context: &Value) -> (String, String) {
    let found = root.library.collection(collection).unwrap_or_else(|| panic!("no collection `{collection}`"));
    let plan = found.plan.as_ref().unwrap();
    let context = ContextFile::read(&json::read(context.to_string().as_bytes()).unwrap()).unwrap();
    let Evaluation::Done(done) = evaluate::evaluate(plan, record.to_string().as_bytes(), &context.context()) else {
        return (String::from("open"), String::from("something stays open"));
    };
    let full = full_json(&plan.root, &done, &root.files, context.time_zone());
    let word = full.get("outcome").and_then(Json::text).unwrap_or_default().to_owned();
    let said = full.get("reason").and_then(|r| r.get("text")).and_then(Json::text).map(str::to_owned);
    (word, said.unwrap_or_else(|| json::write(&full)))
}

#[test]
fn example_answers_are_mapped() {
    let Some(specs) = std::env::var_os("MAPWRIGHT_SPECS") else {
        println!("skipped: MAPWRIGHT_SPECS does not name the folder of BigCommerce's OpenAPI files");
        return;
    };
    let examples = examples(&Path::new(&specs).join("examples"));
    let root = roots::hard();
    let order = examples.iter().find(|e| e.path == "/orders/{order_id}").unwrap();
    let order = whole_order(&order.rows[0], &examples);
    let (mut payloads, mut records) = (0, 0);
    let mut count: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut unexpected = vec![];
    let mut met = vec![false; EXCEPTIONS.len()];
    for example in &examples {
        let Some((path, collections)) = SOURCES.iter().find(|(path, _)| *path == example.path) else { continue };
        payloads += 1;
        for row in &example.rows {
            records += 1;
            let whole = match *path {
                "/orders" | "/orders/{order_id}" => whole_order(row, &examples),
                "/orders/payment_actions/refunds/{refund_id}" => {
                    let mut refund = row.clone();
                    refund["order"] = order.clone();
                    refund
                }
                _ => row.clone(),
            };
            let orders = [&row["id"], &row["order_id"], &order["id"]].map(|v| (id(v), json!("7001")));
            let customers = [&row["customer_id"], &order["customer_id"]].map(|v| (id(v), json!("900")));
            let links = json!({ "Transaction": serde_json::Map::from_iter(orders), "Customer": serde_json::Map::from_iter(customers) });
            let context = json!({ "parent": order, "links": links });
            for collection in *collections {
                let (word, said) = outcome(&root, collection, &whole, &context);
                *count.entry((collection, word.clone())).or_default() += 1;
                if word == "mapped" {
                    continue;
                }
                match EXCEPTIONS.iter().position(|(c, w, s, _)| c == collection && *w == word && said.contains(s)) {
                    Some(at) => met[at] = true,
                    None => unexpected.push(format!("{} {collection}: {word}: {said}", example.file)),
                }
            }
        }
    }
    println!("{payloads} example answers, {records} records: {count:#?}");
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    let unused: Vec<_> = EXCEPTIONS.iter().zip(met).filter(|(_, met)| !met).collect();
    assert!(unused.is_empty(), "exceptions that nothing met: {unused:?}");
    assert!(payloads >= 18 && records >= 25, "only {payloads} examples with {records} records");
}
