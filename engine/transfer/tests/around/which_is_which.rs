//! Batches are answered in an order of the API's own, with rows left out or twice there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mapwright_language::json::{Json, read, write};
use mapwright_language::mapping_file::Direction::{self, From};
use mapwright_language::schema::{Api, Method};
use mapwright_transfer::connect::wire::{Request, Sending, Wire};

use super::support::House;
use super::{get, text};

type Change = fn(&mut Vec<Json>);

/// Changes the rows of answered batches; says how many it changed.
struct Shuffling {
    inner: Arc<dyn Wire>,
    change: Change,
    changed: Arc<AtomicUsize>,
}

impl Wire for Shuffling {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let mut answer = self.inner.send(request).await?;
            if request.method == Method::Get || !matches!(request.body, Some(Json::List(_))) {
                return Ok(answer);
            }
            let mut body = read(&answer.body).unwrap();
            if let Some(mut rows) = body.get("data").map(|data| data.items().to_vec()).filter(|rows| rows.len() > 1) {
                (self.change)(&mut rows);
                self.changed.fetch_add(1, Ordering::SeqCst);
                body.set("data", Json::List(rows));
                answer.body = write(&body).into_bytes();
            }
            Ok(answer)
        })
    }
}

/// Of each linked record its name or address on both sides.
async fn pairs(house: &House, record: &str) -> Vec<(String, String)> {
    let (api, list, their_path, field, their_field) = match record {
        "Customer" => (Api::IpaasCustomers, "/Customers", "/customers?id:in=", "email_address", "email"),
        _ => (Api::IpaasProducts, "/Catalog/Categories", "/catalog/trees/categories?category_id:in=", "name", "name"),
    };
    let all = get(house, api, &format!("{list}?pageNumber=1&pageSize=100")).await;
    let mut pairs = Vec::new();
    for own in all.items() {
        let Some(link) = house.engine().links.external_of(record, text(own, "id")).await.unwrap() else { continue };
        let theirs = get(house, Api::BigcommerceV3, &format!("{their_path}{}", link.external)).await;
        let row = &theirs.get("data").unwrap().items()[0];
        pairs.push((text(own, field).to_lowercase(), text(row, their_field).to_lowercase()));
    }
    pairs
}

async fn rows(house: &House, path: &str) -> usize {
    get(house, Api::BigcommerceV3, &format!("{path}?limit=250")).await.get("data").unwrap().items().len()
}

#[tokio::test]
async fn faults_d4_batches_answered_in_another_order_cross_no_links() {
    let untroubled = House::of(12).await;
    for record in ["Product Category", "Customer Category", "Customer"] {
        let _ = untroubled.all(record, From).await;
    }
    let changes: [(&str, Change); 4] = [
        ("turned", |rows| rows.reverse()),
        ("rotated", |rows| rows.rotate_left(1)),
        ("one left out", |rows| drop(rows.remove(0))),
        ("one twice", |rows| rows[0] = rows[1].clone()),
    ];
    for (name, change) in changes {
        let house = House::of(12).await;
        let changed = Arc::new(AtomicUsize::new(0));
        let copy = changed.clone();
        let engine = house.engine_over(move |inner| Arc::new(Shuffling { inner, change, changed: copy }));
        for record in ["Product Category", "Customer Category", "Customer"] {
            let report = house.run(&engine, record, From, mapwright_transfer::work::Selection::All).await;
            assert_eq!((report.records.failed, &report.interrupted), (0, &None), "{name} {report:#?}");
        }
        assert!(changed.load(Ordering::SeqCst) > 1, "{name}: batches were answered");
        for (record, path) in [("Product Category", "/catalog/trees/categories"), ("Customer", "/customers")] {
            let pairs = pairs(&house, record).await;
            assert!(pairs.len() > 2, "{name} {record}");
            assert!(pairs.iter().all(|(own, theirs)| own == theirs), "{name} {record} {pairs:#?}");
            assert_eq!(rows(&house, path).await, rows(&untroubled, path).await, "{name} {record}");
            let direction: Direction = From;
            house.assert_nothing_to_do(record, direction).await;
        }
    }
}
