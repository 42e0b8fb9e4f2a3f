//! State, faults, and the sandbox's own answers against BigCommerce's response schemas.

#![allow(clippy::unwrap_used)] // a test that meets an error has failed

mod support;

use std::time::Duration;

use mapwright_sandbox::{Call, Fault, Options, Requests};
use reqwest::Method;
use serde_json::{Value, json};
use support::{options, stage};

fn fault(kind: &str, method: &str) -> Fault {
    serde_json::from_value(json!({"kind": kind, "method": method, "path": "/v3/catalog/products", "status": 502}))
        .unwrap()
}

fn product(name: &str) -> Value {
    json!({"name": name, "type": "physical", "weight": 1, "price": 5})
}

#[tokio::test]
async fn a_restart_finds_everything_and_generates_nothing_anew() {
    let folder = tempfile::tempdir().unwrap();
    let with = || Options { state: Some(folder.path().to_owned()), ..options(20) };
    let first = stage(with()).await;
    first.write(Method::POST, "/v3/catalog/products", product("Kept")).await;
    let before = first.ipaas(Method::GET, "/products/v2/Catalog/Products", Value::Null).await.body;
    let token = first.credentials.access_token.clone();
    first.sandbox.stop().await;
    let second = stage(Options { seed: 99, ..with() }).await;
    assert_eq!(second.credentials.access_token, token);
    assert_eq!(second.get("/v3/catalog/products?name=Kept").await["data"].as_array().unwrap().len(), 1);
    assert_eq!(second.ipaas(Method::GET, "/products/v2/Catalog/Products", Value::Null).await.body, before);
}

#[tokio::test]
async fn what_was_answered_is_on_disk_before_the_process_ends() {
    let folder = tempfile::tempdir().unwrap();
    let with = || Options { state: Some(folder.path().to_owned()), ..options(0) };
    let running = stage(with()).await;
    for name in ["One", "Two", "Three"] {
        running.write(Method::POST, "/v3/catalog/products", product(name)).await;
        // The first one is neither stopped nor told: whoever opens the folder now stands for the start after a kill.
        let after = stage(with()).await;
        assert_eq!(after.get(&format!("/v3/catalog/products?name={name}")).await["data"][0]["name"], name);
    }
}

#[tokio::test]
async fn a_dropped_connection_may_have_written_or_not() {
    let stage = stage(options(0)).await;
    for (kind, name, written) in [("drop_before", "One", 0), ("drop_after", "Two", 1), ("truncate", "Three", 1)] {
        stage.sandbox.order(fault(kind, "POST"));
        let sent = stage.request(Method::POST, "/v3/catalog/products").json(&product(name)).send().await;
        let failed = match sent {
            Ok(response) => response.bytes().await.is_err(),
            Err(_) => true,
        };
        assert!(failed, "{kind}");
        let found = stage.get(&format!("/v3/catalog/products?name={name}")).await;
        assert_eq!(found["data"].as_array().unwrap().len(), written, "{kind}");
    }
}

#[tokio::test]
async fn gateways_lie_about_what_was_written() {
    let stage = stage(options(0)).await;
    stage
        .control(Method::POST, "/faults", json!([fault("status_after", "POST"), fault("status_before", "POST")]))
        .await;
    let got = stage.bc(Method::POST, "/v3/catalog/products", product("One")).await;
    assert_eq!(got.status, 502);
    assert!(got.body.as_str().unwrap().starts_with("<html>"));
    assert_eq!(stage.bc(Method::POST, "/v3/catalog/products", product("Two")).await.status, 502);
    let found = stage.get("/v3/catalog/products").await;
    assert_eq!(found["data"][0]["name"], "One");
    assert_eq!(found["meta"]["pagination"]["total"], 1);
    stage.sandbox.order(fault("bare_too_many", "GET"));
    let got = stage.bc(Method::GET, "/v3/catalog/products", Value::Null).await;
    assert_eq!((got.status, got.header("x-rate-limit-requests-left")), (429, None));
    stage.sandbox.order(fault("error_body", "GET"));
    let got = stage.bc(Method::GET, "/v3/catalog/products", Value::Null).await;
    assert_eq!((got.status, got.body["status"].as_u64()), (200, Some(503)));
}

#[tokio::test]
async fn too_many_at_the_same_time_is_429_although_some_are_left() {
    let stage = stage(Options { latency: Duration::from_millis(400), ..options(0) }).await;
    let call = || stage.bc(Method::PUT, "/v3/customers", json!([{"id": 1}]));
    let got = tokio::join!(call(), call(), call(), call());
    let mut statuses = [got.0.status, got.1.status, got.2.status, got.3.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [422, 422, 422, 429]);
}

#[tokio::test]
async fn own_answers_fit_the_response_schemas() {
    let stage = stage(options(25)).await;
    let requests = Requests::builtin().unwrap();
    let product = stage.write(Method::POST, "/v3/catalog/products", product("Shirt")).await;
    let path = format!("/v3/catalog/products/{}", product["id"]);
    let option = json!({"product_id": product["id"], "display_name": "Size", "type": "dropdown",
        "option_values": [{"label": "S", "sort_order": 1}]});
    let option = stage.write(Method::POST, &format!("{path}/options"), option).await;
    let value = json!({"id": option["option_values"][0]["id"], "option_id": option["id"]});
    let row = json!([{"product_id": product["id"], "sku": "S-1", "option_values": [value]}]);
    stage.write(Method::PUT, "/v3/catalog/variants", row).await;
    stage.write(Method::POST, &format!("{path}/custom-fields"), json!({"name": "a", "value": "b"})).await;
    stage
        .write(Method::POST, "/v3/catalog/trees/categories", json!([{"name": "Bath", "tree_id": 1, "parent_id": 0}]))
        .await;
    let mut checked = 0;
    for path in [
        "/v3/catalog/products?include=variants,options,custom_fields&limit=5",
        &path,
        &format!("{path}/options"),
        &format!("{path}/options/{}", option["id"]),
        &format!("{path}/variants"),
        "/v3/catalog/variants",
        &format!("{path}/custom-fields"),
        "/v3/catalog/trees/categories",
        "/v3/inventory/items",
        "/v3/customers?include=addresses",
        "/v3/customers/addresses",
        "/v2/customer_groups",
        "/v2/payments/methods",
    ] {
        let body = stage.get(path).await;
        let (plain, _) = path.split_once('?').unwrap_or((path, ""));
        let segments = plain.trim_matches('/').split('/').map(str::to_owned).collect();
        let call = Call { method: "GET".to_owned(), path: segments, query: Vec::new(), body: None };
        if let Some(mut wrong) = requests.check_answer(&call, &body) {
            // A product with options has no base variant: the real answer holds null, which the schema forgot.
            wrong.retain(|text| !text.contains("/base_variant_id: null"));
            assert_eq!(wrong, Vec::<String>::new(), "{path}: {body}");
            checked += 1;
        }
    }
    assert!(checked >= 8, "only {checked} answers have a schema");
    assert_eq!(stage.sandbox.statistics().violations, []);
}
