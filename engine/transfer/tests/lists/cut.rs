//! Lists within a record that the API cuts.

use std::sync::{Arc, Mutex};

use mapwright_language::mapping_file::Direction::To;
use mapwright_language::schema::Catalog;
use mapwright_transfer::connect::wire::{Answer, Request, Sending, Wire};
use mapwright_transfer::work::{Engine, Selection};
use serde_json::{Value, json};

use super::support::House;

/// Gives every customer fourteen addresses and shows ten of them, as the API does.
struct Fourteen {
    inner: Arc<dyn Wire>,
    asked: Arc<Mutex<Vec<String>>>,
}

fn address(customer: u64, n: u64) -> Value {
    json!({ "id": 9000 + n, "customer_id": customer, "first_name": "A", "last_name": "B", "address1": format!("{n} Main St"),
        "address2": "", "city": "Austin", "state_or_province": "Texas", "postal_code": "78701", "country": "United States",
        "country_code": "US", "company": "", "phone": "", "address_type": "residential" })
}

impl Wire for Fourteen {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            if request.path.starts_with("/customers/addresses") {
                self.asked.lock().unwrap().push(request.path.clone());
                let rows: Vec<Value> = (1..=14).map(|n| address(1, n)).collect();
                let meta = json!({ "pagination": { "total": 14, "count": 14, "per_page": 250, "current_page": 1, "total_pages": 1 } });
                let body = json!({ "data": rows, "meta": meta }).to_string().into_bytes();
                return Ok(Answer { status: 200, body, ..Answer::default() });
            }
            let mut answer = self.inner.send(request).await?;
            if request.path.starts_with("/customers?") {
                let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
                let customer = &mut body["data"][0];
                let id = customer["id"].as_u64().unwrap();
                customer["addresses"] = (1..=10).map(|n| address(id, n)).collect();
                customer["address_count"] = json!(14);
                answer.body = body.to_string().into_bytes();
            }
            Ok(answer)
        })
    }
}

#[tokio::test]
async fn field_l_more_than_ten_addresses_are_read_by_their_own_call() {
    let house = House::of(4).await;
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let asks = asked.clone();
    let engine = Engine { dry_run: true, ..house.engine_over(move |inner| Arc::new(Fourteen { inner, asked: asks })) };
    let _ = house.run(&engine, "Customer", To, Selection::All).await;
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1, "once for the one customer that shows too few: {asked:?}");
    let sent: usize = engine
        .requests
        .lock()
        .unwrap()
        .iter()
        .filter_map(|request| Some(request.body.as_ref()?.get("addresses")?.items().len()))
        .max()
        .unwrap();
    assert_eq!(sent, 14);
}

#[test]
fn field_l_what_shows_all_its_rows_costs_no_call() {
    let record = Catalog::builtin().record("customers.customer").unwrap().clone();
    let cut = record.fields.get("addresses").unwrap().cut.clone().unwrap();
    let customer = |rows: usize, count: Option<usize>| {
        let rows: Vec<Value> = (0..rows).map(|n| json!({ "id": n })).collect();
        let json = match count {
            Some(count) => json!({ "id": 1, "addresses": rows, "address_count": count }),
            None => json!({ "id": 1, "addresses": rows }),
        };
        mapwright_language::json::read(json.to_string().as_bytes()).unwrap()
    };
    for (rows, count, expected) in [
        (10, Some(14), Some((10, Some(14)))),
        (10, Some(10), None),
        (3, Some(3), None),
        (3, None, None),
        (10, None, Some((10, None))),
        (2, Some(3), Some((2, Some(3)))),
    ] {
        assert_eq!(cut.found("addresses", &customer(rows, count)), expected, "{rows} rows of {count:?}");
    }
    let without = mapwright_language::json::read(br#"{"id":1,"address_count":14}"#).unwrap();
    assert_eq!(cut.found("addresses", &without), None, "it was not asked for them");
}
