//! The iPaaS.com side keeps its promises over HTTP.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{answer, options, stage};

#[tokio::test]
async fn records_are_listed_in_pages_and_since_a_moment() {
    let stage = stage(options(30)).await;
    let got = stage.ipaas(Method::GET, "/products/v2/Catalog/Products?pageNumber=2&pageSize=20", Value::Null).await;
    assert_eq!(got.body.as_array().unwrap().len(), 10);
    assert_eq!(got.header("x-pagination"), Some(r#"{"current_Page":2,"total_Pages":2}"#));
    let last = got.body[9].clone();
    let since = last["updated_datetime"].as_str().unwrap().replace('+', "%2B");
    let path = format!("/products/v2/Catalog/Products?updatedSince={since}");
    assert_eq!(stage.ipaas(Method::GET, &path, Value::Null).await.body, json!([last]));
    let path = "/products/v2/Catalog/Products?action=equals&Sku=mw-00001";
    assert_eq!(stage.ipaas(Method::GET, path, Value::Null).await.body[0]["sku"], "MW-00001");
    let got = stage.ipaas(Method::GET, "/products/v2/Catalog/Products?pageSize=101", Value::Null).await;
    assert_eq!((got.status, got.body["code"].as_str()), (400, Some("VALD-1010")));
}

#[tokio::test]
async fn a_customer_is_made_merged_and_deactivated() {
    let stage = stage(options(0)).await;
    let body = json!({"first_name": "Ada", "email_address": "ada@example.com",
        "addresses": [{"address_1": "1 Main Street"}, {"address_1": "2 Main Street"}]});
    let made = stage.ipaas(Method::POST, "/customers/v2/Customer", body.clone()).await.body;
    let id = made["id"].as_str().unwrap().to_owned();
    let row = made["addresses"][1]["id"].clone();
    assert!(row.is_string());
    assert_eq!(stage.ipaas(Method::POST, "/customers/v2/Customer", body).await.body["code"], "BIZL-1001");
    let change = json!({"last_name": "Baker", "addresses": [{"id": row, "city": "Austin"}, {"address_1": "3"}]});
    let changed = stage.ipaas(Method::PUT, &format!("/customers/v2/Customer/{id}"), change).await.body;
    assert_eq!((changed["first_name"].as_str(), changed["last_name"].as_str()), (Some("Ada"), Some("Baker")));
    assert_eq!(changed["addresses"].as_array().unwrap().len(), 3);
    assert_eq!(
        changed["addresses"][1],
        json!({"id": row, "address_1": "2 Main Street", "city": "Austin", "external_ids": []})
    );
    let again =
        stage.ipaas(Method::PUT, &format!("/customers/v2/Customer/{id}"), json!({"last_name": "Baker"})).await.body;
    assert_eq!(again["updated_datetime"], changed["updated_datetime"], "saving the same is no change");
    let path = format!("/customers/v2/Customer/{id}");
    assert_eq!(stage.ipaas(Method::DELETE, &path, Value::Null).await.status, 204);
    assert_eq!(stage.ipaas(Method::GET, &path, Value::Null).await.status, 404);
    assert_eq!(stage.ipaas(Method::GET, &format!("{path}?includeInactive=true"), Value::Null).await.status, 200);
}

#[tokio::test]
async fn links_are_found_from_both_sides_and_tell_of_deleted_records() {
    let stage = stage(options(20)).await;
    let system = stage.credentials.system_id.clone();
    let product =
        stage.ipaas(Method::GET, "/products/v2/Catalog/Products?action=equals&Sku=MW-00002", Value::Null).await.body[0]
            .clone();
    let (id, row) = (product["id"].as_str().unwrap(), product["variants"][0]["id"].as_str().unwrap());
    for (table, external, internal) in [("Product", "55", id), ("Product Variant", "101|55", row)] {
        let body = json!({"table_name": table, "system_id": system, "external_id": external, "internal_id": internal});
        assert_eq!(stage.ipaas(Method::POST, "/products/v2/External/UpdateExternalId", body).await.status, 200);
    }
    let path = format!("/products/v2/External/LookupSpaceport/{system}/product%20variant/101%7C55");
    assert_eq!(stage.ipaas(Method::GET, &path, Value::Null).await.body, json!(row));
    let path = format!("/products/v2/External/LookupExternal/{row}/{system}/Product%20Variant");
    assert_eq!(stage.ipaas(Method::GET, &path, Value::Null).await.body, json!("101|55"));
    let shown = stage.ipaas(Method::GET, &format!("/products/v2/Catalog/Product/{id}"), Value::Null).await.body;
    assert_eq!(shown["external_ids"][0]["external_id"], "55");
    assert_eq!(shown["variants"][0]["external_ids"][0]["external_id"], "101|55");
    assert_eq!(shown["updated_datetime"], product["updated_datetime"], "a link is no change of the record");
    stage.ipaas(Method::DELETE, &format!("/products/v2/Catalog/Product/{id}"), Value::Null).await;
    let path = format!("/products/v2/External/LookupSpaceport/{system}/Product/55");
    assert_eq!(stage.ipaas(Method::GET, &path, Value::Null).await.body, json!(format!("DELETED:{id}")));
    let path = format!("/products/v2/External/{system}/Product/55");
    assert_eq!(stage.ipaas(Method::DELETE, &path, Value::Null).await.status, 204);
    let path = format!("/products/v2/External/LookupSpaceport/{system}/Product/55");
    assert_eq!(stage.ipaas(Method::GET, &path, Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_token_is_wanted_and_bodies_are_checked() {
    let stage = stage(options(0)).await;
    let url = format!("{}/customers/v2/Customers", stage.credentials.ipaas_url);
    let got = answer(stage.client.get(&url)).await;
    assert_eq!((got.status, got.body["code"].as_str()), (401, Some("AUTH-1001")));
    let got = answer(stage.client.get(&url).bearer_auth("x")).await;
    assert_eq!(got.body["code"], "AUTH-1002");
    let got = stage.ipaas(Method::POST, "/products/v2/Catalog/Product", json!({"name": "Lamp"})).await;
    assert_eq!((got.status, got.body["code"].as_str()), (400, Some("VALD-1002")));
    assert_eq!(stage.ipaas(Method::GET, "/products/v2/Nothing", Value::Null).await.status, 404);
}
