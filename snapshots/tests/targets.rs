//! Every mapped record of the repository's cases validates against BigCommerce's own request schemas, by a validator that is not ours.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::path::Path;

use mapwright_language::evaluate::ContextFile;
use mapwright_language::schema::{Catalog, SlotWrite};
use mapwright_snapshots::find;

/// Record type, request schema file, operation, and whether the body is an array.
const REQUESTS: &[(&str, &str, &str, &str, bool)] = &[
    ("BC Products", "catalog.product", "products", "POST /v3/catalog/products", false),
    ("BC Product Category From iPaaS", "catalog.category", "categories", "POST /v3/catalog/trees/categories", true),
    ("BC Customer From iPaaS", "customers.customer", "customers", "POST /v3/customers", true),
    ("BC Customer Category From iPaaS", "customers.group", "groups", "POST /v2/customer_groups", false),
    (
        "BC Product Options From iPaaS",
        "catalog.option",
        "options",
        "POST /v3/catalog/products/{product_id}/options",
        false,
    ),
    (
        "BC Product Variants From iPaaS",
        "catalog.variant",
        "variants",
        "POST /v3/catalog/products/{product_id}/variants",
        false,
    ),
    ("BC Order From iPaaS", "orders.order", "orders", "POST /v2/orders", false),
    ("BC Order Status Update From iPaaS", "orders.order", "orders", "PUT /v2/orders/{order_id}", false),
    (
        "BC Transaction Tracking Number From iPaaS",
        "orders.shipment",
        "orders",
        "POST /v2/orders/{order_id}/shipments",
        false,
    ),
    ("BC Gift Card From IPaaS", "marketing.gift_certificate", "gift_certificates", "POST /v2/gift_certificates", false),
    (
        "BC Gift Card Updates From IPaaS",
        "marketing.gift_certificate",
        "gift_certificates",
        "PUT /v2/gift_certificates/{id}",
        false,
    ),
];

#[test]
fn mapped_records_are_requests_that_bigcommerce_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut validated = 0;
    let cases = ["cases", "hard/cases"].map(|cases| find(&root.join(cases), None).unwrap());
    for case in cases.into_iter().flatten() {
        let context = case.context(&ContextFile::default()).unwrap();
        let Some((_, record, file, operation, array)) = REQUESTS.iter().find(|c| Some(c.0) == context.collection())
        else {
            continue;
        };
        let target: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(case.folder.join("target.json")).unwrap()).unwrap();
        // the update of what is also created has another form than the request that is named
        let update = !operation.starts_with("PUT")
            && std::fs::read_to_string(case.folder.join("context.json")).unwrap().contains("\"existing\"");
        if target.get("outcome").is_some() || update {
            continue;
        }
        // children with calls of their own are no part of this request
        let mut body = target.clone();
        let slots = &Catalog::builtin().record(record).unwrap().route.slots;
        for slot in slots.iter().filter(|s| s.write == SlotWrite::Own) {
            body.as_object_mut().unwrap().remove(&slot.name);
        }
        let body = if *array { serde_json::Value::Array(vec![body]) } else { body };
        let text = std::fs::read_to_string(root.join(format!("../engine/records/requests/{file}.json"))).unwrap();
        let operations: serde_json::Value = serde_json::from_str(&text).unwrap();
        let found = operations["operations"]
            .as_array()
            .unwrap()
            .iter()
            .find(|o| format!("{} {}", o["method"].as_str().unwrap(), o["path"].as_str().unwrap()) == *operation);
        let validator = jsonschema::validator_for(&found.unwrap()["body"]).unwrap();
        let errors: Vec<String> = validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:?}\n{body:#}", case.name);
        validated += 1;
    }
    assert!(validated >= 32, "only {validated} mapped records were validated");
}
