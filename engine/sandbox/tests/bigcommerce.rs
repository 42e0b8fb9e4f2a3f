//! The BigCommerce side keeps its promises over HTTP.

mod support;

use std::time::Duration;

use mapwright_sandbox::Options;
use reqwest::Method;
use serde_json::{Value, json};
use support::{answer, options, stage};

fn product(name: &str, sku: &str) -> Value {
    json!({"name": name, "type": "physical", "weight": 1, "price": 12.5, "sku": sku})
}

#[tokio::test]
async fn a_product_is_made_found_changed_and_deleted() {
    let stage = stage(options(0)).await;
    let mut body = product("Lamp", "L-1");
    body["brand_name"] = "Ashford".into();
    let made = stage.write(Method::POST, "/v3/catalog/products", body).await;
    let id = made["id"].as_u64().unwrap();
    assert!(made["brand_id"].as_u64().unwrap() > 0 && made.get("brand_name").is_none());
    let found = stage.get("/v3/catalog/products?sku:in=L-1,L-2&include=variants").await;
    assert_eq!(found["data"][0]["id"], id);
    assert_eq!(found["data"][0]["variants"][0]["option_values"], json!([]));
    assert_eq!(found["data"][0]["variants"][0]["id"], made["base_variant_id"]);
    assert_eq!(found["meta"]["pagination"]["total"], 1);
    let changed = stage.write(Method::PUT, &format!("/v3/catalog/products/{id}"), json!({"price": 9})).await;
    assert_eq!((changed["price"].as_u64(), changed["name"].as_str()), (Some(9), Some("Lamp")));
    assert_eq!(stage.bc(Method::DELETE, &format!("/v3/catalog/products/{id}"), Value::Null).await.status, 204);
    let gone = stage.bc(Method::GET, &format!("/v3/catalog/products/{id}"), Value::Null).await;
    assert_eq!((gone.status, gone.body["status"].as_u64()), (404, Some(404)));
}

#[tokio::test]
async fn what_must_be_unique_is_refused_with_409() {
    let stage = stage(options(0)).await;
    stage.write(Method::POST, "/v3/catalog/products", product("Lamp", "L-1")).await;
    for (name, sku, field) in [("LAMP", "L-2", "name"), ("Kettle", "l-1", "sku")] {
        let got = stage.bc(Method::POST, "/v3/catalog/products", product(name, sku)).await;
        assert_eq!(got.status, 409, "{}", got.body);
        assert!(got.body["errors"][field].is_string());
    }
    assert_eq!(stage.get("/v3/catalog/products").await["meta"]["pagination"]["total"], 1);
}

#[tokio::test]
async fn missing_fields_are_named_and_recorded() {
    let stage = stage(options(0)).await;
    let got = stage.bc(Method::POST, "/v3/catalog/products", json!({"name": "Lamp"})).await;
    assert_eq!((got.status, got.body["title"].as_str()), (422, Some("Missing Required Fields")), "{}", got.body);
    assert_eq!(got.body["errors"]["price"], "Please provide a price.");
    assert!(stage.sandbox.checked_operations() >= 20, "the request schemas are built in");
    let statistics = stage.sandbox.statistics();
    assert_eq!(statistics.violation_count, 1);
    assert_eq!(statistics.violations[0].operation, "POST /v3/catalog/products");
}

#[tokio::test]
async fn variants_need_options_and_replace_the_base_variant() {
    let stage = stage(options(0)).await;
    let made = stage.write(Method::POST, "/v3/catalog/products", product("Shirt", "S")).await;
    let path = format!("/v3/catalog/products/{}", made["id"]);
    let early = json!([{"product_id": made["id"], "sku": "S-1", "option_values": [{"id": 1, "option_id": 1}]}]);
    let got = stage.bc(Method::PUT, "/v3/catalog/variants", early).await;
    assert_eq!((got.status, got.body["batch_errors"].as_array().map(Vec::len)), (422, Some(1)), "{}", got.body);
    let body = json!({"product_id": made["id"], "display_name": "Size", "type": "dropdown",
        "option_values": [{"label": "S", "sort_order": 1}, {"label": "M", "sort_order": 2}]});
    let option = stage.write(Method::POST, &format!("{path}/options"), body.clone()).await;
    assert_eq!(stage.bc(Method::POST, &format!("{path}/options"), body).await.status, 409);
    let value = |at: usize| json!({"id": option["option_values"][at]["id"], "option_id": option["id"]});
    let rows = json!([
        {"product_id": made["id"], "sku": "S-1", "option_values": [value(0)]},
        {"product_id": made["id"], "sku": "S-2", "option_values": [value(1)], "price": 20}]);
    let made_rows = stage.write(Method::PUT, "/v3/catalog/variants", rows.clone()).await;
    assert_eq!(made_rows[1]["calculated_price"], 20);
    assert_eq!(made_rows[0]["option_values"][0]["label"], "S");
    let again = stage.bc(Method::PUT, "/v3/catalog/variants", rows).await;
    assert_eq!(again.status, 422);
    let shown = stage.get(&format!("{path}?include=variants,options")).await;
    assert_eq!(shown["data"]["base_variant_id"], Value::Null);
    assert_eq!(shown["data"]["variants"].as_array().unwrap().len(), 2);
    let many: Vec<Value> = (0..51).map(|n| json!({"id": made_rows[0]["id"], "sku": format!("x{n}")})).collect();
    let got = stage.bc(Method::PUT, "/v3/catalog/variants", many.into()).await;
    let title = "The request payload is too large. The maximum items allowed in the array is 50";
    assert_eq!((got.status, got.body["title"].as_str()), (413, Some(title)));
}

#[tokio::test]
async fn stock_follows_the_way_of_tracking() {
    let stage = stage(options(0)).await;
    let mut body = product("Lamp", "L-1");
    body["inventory_tracking"] = "product".into();
    let made = stage.write(Method::POST, "/v3/catalog/products", body).await;
    let items = |row: Value| json!({"reason": "count", "items": [row]});
    let relative = items(json!({"location_id": 1, "product_id": made["id"], "quantity": 2}));
    let got = stage.bc(Method::POST, "/v3/inventory/adjustments/relative", relative.clone()).await;
    assert!(got.body["title"].as_str().unwrap().ends_with("requires absolute adjustment before relative"));
    let wrong = items(json!({"location_id": 1, "variant_id": made["base_variant_id"], "quantity": 7}));
    let got = stage.bc(Method::PUT, "/v3/inventory/adjustments/absolute", wrong).await;
    assert!(got.body["title"].as_str().unwrap().contains("is tracked by product"), "{}", got.body);
    let right = items(json!({"location_id": 1, "product_id": made["id"], "quantity": 7}));
    let got = stage.bc(Method::PUT, "/v3/inventory/adjustments/absolute", right).await;
    assert!(got.body["transaction_id"].is_string(), "{}", got.body);
    assert_eq!(stage.bc(Method::POST, "/v3/inventory/adjustments/relative", relative).await.status, 200);
    let items = stage.get(&format!("/v3/inventory/items?product_id:in={}", made["id"])).await;
    assert_eq!(items["data"][0]["locations"][0]["total_inventory_onhand"], 9);
    assert_eq!(items["data"][0]["identity"]["sku"], "L-1");
    assert_eq!(stage.get(&format!("/v3/catalog/products/{}", made["id"])).await["data"]["inventory_level"], 9);
}

#[tokio::test]
async fn stock_can_be_read_after_its_delay() {
    let stage = stage(Options { inventory_delay: Duration::from_secs(3600), ..options(0) }).await;
    let made = stage.write(Method::POST, "/v3/catalog/products", product("Lamp", "L-1")).await;
    let body = json!({"reason": "count", "items": [{"location_id": 1, "product_id": made["id"], "quantity": 7}]});
    stage.write(Method::PUT, "/v3/inventory/adjustments/absolute", body).await;
    let items = stage.get("/v3/inventory/items").await;
    assert_eq!(items["data"][0]["locations"][0]["total_inventory_onhand"], 0);
}

#[tokio::test]
async fn categories_are_unique_below_their_parent_and_need_it() {
    let stage = stage(options(0)).await;
    let row = |name: &str, parent: u64| json!({"name": name, "tree_id": 1, "parent_id": parent});
    let path = "/v3/catalog/trees/categories";
    let got = stage.bc(Method::POST, path, json!([row("Bath", 0)])).await;
    assert_eq!((got.status, got.body["meta"]["success"].as_u64()), (201, Some(1)), "{}", got.body);
    let bath = got.body["data"][0]["category_id"].as_u64().unwrap();
    assert_eq!(stage.bc(Method::POST, path, json!([row("bath", 0)])).await.status, 409);
    assert_eq!(stage.bc(Method::POST, path, json!([row("Towels", 9999)])).await.status, 422);
    let part = stage.bc(Method::POST, path, json!([row("Towels", bath), row("Bath", 0)])).await;
    assert_eq!((part.status, part.body["meta"]["failed"].as_u64()), (207, Some(1)));
    let found = stage.get(&format!("{path}?name=Towels&parent_id:in={bath}")).await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn customers_come_in_tens_and_by_cursor() {
    let stage = stage(options(0)).await;
    let row = |n: usize| json!({"email": format!("a{n}@example.com"), "first_name": "A", "last_name": "B"});
    let rows = |from: usize, to: usize| Value::from((from..to).map(row).collect::<Vec<_>>());
    assert_eq!(stage.bc(Method::POST, "/v3/customers", rows(0, 11)).await.status, 413);
    stage.write(Method::POST, "/v3/customers", rows(0, 10)).await;
    let twice = stage.bc(Method::POST, "/v3/customers", json!([row(11), row(3)])).await;
    assert_eq!(twice.status, 422);
    let first = stage.get("/v3/customers?limit=7").await;
    assert_eq!(first["meta"]["pagination"]["total"], 10);
    let cursor = first["meta"]["cursor_pagination"]["end_cursor"].as_str().unwrap();
    let second = stage.get(&format!("/v3/customers?limit=7&after={cursor}")).await;
    assert_eq!(second["data"].as_array().unwrap().len(), 3);
    assert!(second["meta"]["cursor_pagination"]["links"].get("next").is_none());
    assert!(stage.get("/v3/customers?page=3&limit=7").await["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_address_that_is_there_is_silently_left_out() {
    let stage = stage(options(0)).await;
    let customer = json!([{"email": "a@example.com", "first_name": "A", "last_name": "B"}]);
    let made = stage.write(Method::POST, "/v3/customers", customer).await;
    let address = json!([{"customer_id": made[0]["id"], "first_name": "A", "last_name": "B", "address1": "1 Main Street",
        "city": "Austin", "country_code": "US", "state_or_province": "Texas", "postal_code": "78759"}]);
    let first = stage.write(Method::POST, "/v3/customers/addresses", address.clone()).await;
    assert_eq!(first[0]["country"], "United States");
    assert_eq!(stage.write(Method::POST, "/v3/customers/addresses", address).await, json!([]));
}

#[tokio::test]
async fn groups_speak_v2() {
    let stage = stage(options(0)).await;
    let empty = stage.bc(Method::GET, "/v2/customer_groups", Value::Null).await;
    assert_eq!((empty.status, empty.body), (204, Value::Null));
    let body = json!({"name": "Wholesale", "category_access": {"type": "all"}});
    let made = stage.write(Method::POST, "/v2/customer_groups", body.clone()).await;
    assert_eq!(stage.get("/v2/customer_groups?name=wholesale").await[0]["id"], made["id"]);
    assert_eq!(stage.bc(Method::POST, "/v2/customer_groups", body).await.body[0]["status"], 409);
    let got = stage.bc(Method::PUT, &format!("/v2/customer_groups/{}", made["id"]), made).await;
    assert_eq!((got.status, got.body[0]["status"].as_u64()), (400, Some(400)));
    let got = stage.bc(Method::GET, "/v2/customer_groups?limit=251", Value::Null).await;
    assert_eq!(got.status, 413);
    assert_eq!(stage.get("/v2/payments/methods").await.as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn doors_are_guarded() {
    let stage = stage(options(0)).await;
    assert_eq!(stage.get("/v3/hooks?limit=1").await["data"], json!([]));
    let wrong = stage.request(Method::GET, "/v3/catalog/products").header("X-Auth-Token", "x");
    // Two tokens: the first counts, so this one is still right.
    assert_eq!(answer(wrong).await.status, 200);
    let url = format!("{}/stores/{}/v3/hooks", stage.credentials.api_url, stage.credentials.store_hash);
    let got = answer(stage.client.get(url).header("X-Auth-Token", "x")).await;
    assert_eq!((got.status, got.header("x-rate-limit-requests-left")), (401, None));
    assert_eq!(stage.bc(Method::GET, "/v3/catalog/products/", Value::Null).await.status, 403);
    assert_eq!(stage.bc(Method::GET, "/v3/nowhere", Value::Null).await.status, 404);
    let got = stage.bc(Method::POST, "/v3/catalog/summary", json!({})).await;
    assert_eq!((got.status, got.header("x-rate-limit-requests-quota")), (405, Some("100000")));
    let plain = stage.request(Method::POST, "/v3/customers").header("Content-Type", "text/plain").body("[]");
    assert_eq!(answer(plain).await.status, 415);
    let broken = stage.request(Method::POST, "/v3/customers").header("Content-Type", "application/json").body("[");
    assert_eq!(answer(broken).await.status, 422);
    stage.control(Method::POST, "/scopes", json!(["store_v2_products_read_only"])).await;
    assert_eq!(stage.bc(Method::GET, "/v3/catalog/products", Value::Null).await.status, 200);
    let got = stage.bc(Method::POST, "/v3/catalog/products", product("Lamp", "L")).await;
    assert_eq!((got.status, got.body["title"].as_str().unwrap().starts_with("You don't have")), (403, true));
}

#[tokio::test]
async fn the_quota_ends_with_429_and_honest_headers() {
    let stage = stage(Options { quota: 3, window: Duration::from_secs(600), ..options(0) }).await;
    for left in ["2", "1", "0"] {
        let got = stage.bc(Method::GET, "/v3/hooks", Value::Null).await;
        assert_eq!((got.status, got.header("x-rate-limit-requests-left")), (200, Some(left)));
    }
    let got = stage.bc(Method::GET, "/v3/hooks", Value::Null).await;
    assert_eq!((got.status, got.header("x-rate-limit-time-window-ms")), (429, Some("600000")));
    assert!(got.header("x-rate-limit-time-reset-ms").unwrap().parse::<u64>().unwrap() <= 600_000);
    assert_eq!(got.body["title"], "Too many requests");
    let statistics = stage.sandbox.statistics();
    assert_eq!((statistics.too_many, statistics.windows[0].used, statistics.windows[0].refused), (1, 3, 1));
    assert_eq!(stage.control(Method::POST, "/quota", json!({"quota": 5})).await.status, 204);
    assert_eq!(stage.bc(Method::GET, "/v3/hooks", Value::Null).await.status, 200);
}
