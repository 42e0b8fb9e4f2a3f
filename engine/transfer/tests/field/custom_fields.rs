//! A product's custom fields: rows with ids, which rules see as names and values.

use mapwright_language::json::Json;
use mapwright_language::schema::{Api, Method};

use super::support::House;
use super::{ask, change, get, house, product, sync, text, there};

const CLEARED: &str = "collection: BC Products
extends: BC Products
rules: |
  custom[\"Material\"]  <- description or if empty clear
";

const LEFT_OUT: &str = "collection: BC Products
extends: BC Products
rules: |
  custom[\"Material\"]  <- description
";

/// Names and values of a product's custom fields in the store.
async fn rows(house: &House, id: &str) -> Vec<(String, String)> {
    let all = get(house, Api::BigcommerceV3, &format!("/catalog/products/{id}/custom-fields")).await;
    let pair = |row: &Json| (text(row, "name").to_owned(), text(row, "value").to_owned());
    all.get("data").unwrap().items().iter().map(pair).collect()
}

fn material(value: &str) -> Vec<(String, String)> {
    vec![(String::from("Material"), value.to_owned())]
}

#[tokio::test]
async fn field_a_a_custom_field_that_changes_stays_one_row_and_an_empty_one_is_removed() {
    let house = house(&[CLEARED]).await;
    let cap = product(&house, |p| text(p, "tracking_method") == "Product").await;
    for (value, removed) in [("Wool", 0), ("Silk", 0), ("Wool", 0), ("", 1)] {
        change(&house, &cap, &format!("{{\"description\": \"{value}\"}}")).await;
        let report = sync(&house, &cap).await;
        assert_eq!((report.records.written, report.removed), (1, removed), "{value}: {report:#?}");
        let expected = if value.is_empty() { vec![] } else { material(value) };
        assert_eq!(rows(&house, &there(&house, &cap).await).await, expected);
        let again = sync(&house, &cap).await;
        assert_eq!(again.records.unchanged, 1, "{value}: {again:#?}");
    }
    house.assert_clean();
}

#[tokio::test]
async fn field_a_newcomer_5_an_empty_custom_field_is_left_out() {
    let house = house(&[LEFT_OUT]).await;
    let cap = product(&house, |p| text(p, "tracking_method") == "Product").await;
    change(&house, &cap, r#"{"description": ""}"#).await;
    let report = sync(&house, &cap).await;
    assert_eq!(report.records.written, 1, "{report:#?}");
    let id = there(&house, &cap).await;
    assert_eq!(rows(&house, &id).await, []);
    change(&house, &cap, r#"{"description": "Wool"}"#).await;
    let _ = sync(&house, &cap).await;
    change(&house, &cap, r#"{"description": ""}"#).await;
    let _ = sync(&house, &cap).await;
    assert_eq!(rows(&house, &id).await, material("Wool"), "nothing was said about it");
    house.assert_clean();
}

#[tokio::test]
async fn field_a_a_name_that_is_there_twice_keeps_one_row_and_other_names_stay() {
    let house = house(&[CLEARED]).await;
    let cap = product(&house, |p| text(p, "tracking_method") == "Product").await;
    change(&house, &cap, r#"{"description": ""}"#).await;
    let _ = sync(&house, &cap).await;
    let id = there(&house, &cap).await;
    for (name, value) in [("Award", "2022"), ("Award", "2023"), ("Material", "Felt"), ("Material", "Silk")] {
        let body = format!("{{\"name\": \"{name}\", \"value\": \"{value}\"}}");
        let path = format!("/catalog/products/{id}/custom-fields");
        ask(&house, Api::BigcommerceV3, Method::Post, &path, Some(&body)).await;
    }
    let own = [("Award", "2022"), ("Award", "2023")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    // the second row has the value already: the first one could not take it
    change(&house, &cap, r#"{"description": "Silk"}"#).await;
    let report = sync(&house, &cap).await;
    assert_eq!((report.records.written, report.removed), (1, 1), "{report:#?}");
    assert_eq!(rows(&house, &id).await, [&own[..], &material("Silk")].concat());
    change(&house, &cap, r#"{"description": ""}"#).await;
    let report = sync(&house, &cap).await;
    assert_eq!((report.records.written, report.removed), (1, 1), "{report:#?}");
    assert_eq!(rows(&house, &id).await, own);
    assert_eq!(sync(&house, &cap).await.records.unchanged, 1);
    house.assert_clean();
}
