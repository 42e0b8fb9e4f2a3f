//! No record loses a relation because the other type came later: it is written again.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

mod support;

use mapwright_language::json::{Json, read};
use mapwright_language::mapping_file::Direction::From;
use mapwright_language::schema::{Api, Method, Repeat};
use mapwright_transfer::connect::wire::Request;
use support::House;

/// The categories of every product of the store, by SKU.
async fn categories(house: &House) -> Vec<(String, usize)> {
    let path = "/catalog/products?limit=250&page=1";
    let request = Request {
        api: Api::BigcommerceV3,
        method: Method::Get,
        path: path.to_owned(),
        template: path.to_owned(),
        body: None,
        repeat: Repeat::Safe,
        concurrency: None,
        scope: None,
    };
    let wire = house.engine_over(|inner| inner).wire;
    let answer = mapwright_transfer::connect::wire::Wire::send(&*wire, &request).await.unwrap();
    let body = read(&answer.body).unwrap();
    let text = |row: &Json, key: &str| row.get(key).and_then(Json::text).unwrap_or_default().to_owned();
    let mut all: Vec<_> = body
        .get("data")
        .unwrap()
        .items()
        .iter()
        .map(|row| (text(row, "sku"), row.get("categories").map_or(0, |c| c.items().len())))
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn newcomer_2_products_before_categories_get_their_categories_once_those_are_linked() {
    let (ordered, reversed) = (House::of(12).await, House::of(12).await);
    let mut never = std::collections::BTreeMap::new();
    for record in ["Product Category", "Product"] {
        let report = ordered.all(record, From).await;
        assert!(report.interrupted.is_none());
        never = report.lacking;
    }
    let first = reversed.all("Product", From).await;
    assert!(first.without_links > 0 && first.records.written >= first.without_links, "{first:#?}");
    assert!(!first.lacking["Product Category"].is_empty(), "{first:#?}");
    assert_ne!(categories(&reversed).await, categories(&ordered).await);

    let second = reversed.all("Product Category", From).await;
    let again = second.after.iter().find(|report| report.for_links > 0).unwrap();
    assert_eq!(again.records.written, first.without_links, "{second:#?}");
    assert_eq!(again.lacking, never, "only what has no counterpart in either order is still lacking");
    assert_eq!(categories(&reversed).await, categories(&ordered).await);
    reversed.assert_clean();
    for record in ["Product Category", "Product"] {
        reversed.assert_nothing_to_do(record, From).await;
    }
}

#[tokio::test]
async fn newcomer_2_the_right_order_writes_nothing_twice() {
    let house = House::of(12).await;
    for record in ["Product Category", "Product"] {
        let report = house.all(record, From).await;
        assert_eq!(report.for_links, 0, "{report:#?}");
        assert!(report.after.iter().all(|after| after.for_links == 0), "{report:#?}");
    }
}
