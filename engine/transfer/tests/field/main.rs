//! Situations from public reports of connectors for BigCommerce, end to end: what the store's API asks of a change, and what a run
//! says where it cannot be made.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

#[path = "../support/mod.rs"]
mod support;

mod create_only;
mod custom_fields;
mod needed_on_update;

use mapwright_language::json::{Json, read};
use mapwright_language::mapping_file::Direction::From;
use mapwright_language::schema::{Api, Method, Repeat};
use mapwright_transfer::connect::wire::{Request, Wire};
use mapwright_transfer::work::{Report, Selection};
use support::House;

/// A house whose project has these collections in place of built-in ones.
pub async fn house(own: &[&str]) -> House {
    let mut house = House::of(8).await;
    house.library = support::collections::library_with(own);
    house
}

/// What one of the two systems answers.
pub async fn ask(house: &House, api: Api, method: Method, path: &str, body: Option<&str>) -> Json {
    let request = Request {
        api,
        method,
        path: path.to_owned(),
        template: path.to_owned(),
        body: body.map(|b| read(b.as_bytes()).unwrap()),
        repeat: Repeat::Safe,
        concurrency: None,
        scope: None,
    };
    let answer = house.engine().wire.send(&request).await.unwrap();
    assert!((200..300).contains(&answer.status), "{path}: {}", String::from_utf8_lossy(&answer.body));
    if answer.body.is_empty() { Json::Null } else { read(&answer.body).unwrap() }
}

/// The same without a body.
pub async fn get(house: &House, api: Api, path: &str) -> Json {
    ask(house, api, Method::Get, path, None).await
}

/// A text or id under a key; empty where there is none.
pub fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json.get(key).and_then(Json::id).unwrap_or_default()
}

/// A product of iPaaS.com that goes into the store and satisfies the test.
pub async fn product(house: &House, fits: impl Fn(&Json) -> bool) -> Json {
    let all = get(house, Api::IpaasProducts, "/Catalog/Products?pageNumber=1&pageSize=100").await;
    let goes = |p: &&Json| !text(p, "sku").is_empty() && p.get("kit").is_none_or(|kit| *kit == Json::Null);
    all.items().iter().filter(goes).find(|p| fits(p)).cloned().unwrap()
}

/// Changes fields of a product of iPaaS.com.
pub async fn change(house: &House, product: &Json, fields: &str) {
    let path = format!("/Catalog/Product/{}", text(product, "id"));
    ask(house, Api::IpaasProducts, Method::Put, &path, Some(fields)).await;
}

/// Transfers one product into the store.
pub async fn sync(house: &House, product: &Json) -> Report {
    let ids = Selection::Ids(vec![text(product, "id").to_owned()]);
    house.run(&house.engine(), "Product", From, ids).await
}

/// The id of a product in the store.
pub async fn there(house: &House, product: &Json) -> String {
    let link = house.engine().links.external_of("Product", text(product, "id")).await.unwrap();
    link.unwrap().external.to_string()
}
