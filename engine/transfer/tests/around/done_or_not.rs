//! Nothing is "written", "found" or "empty" for an answer that is not what was asked for.

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction::{From, To};
use mapwright_language::schema::{Api, Method};
use mapwright_transfer::work::Selection;

use super::lies::{About, LIES, lying};
use super::support::House;
use super::support::nothing::not_there;
use super::{ask, get, house, products, text};

const ALWAYS: u32 = u32::MAX;

/// A house with a product that is linked and renamed in the store since: iPaaS.com's id, and the store's.
async fn renamed() -> (House, String, String) {
    let house = house(6, &[]).await;
    let all = products(&house).await;
    let plain = all.iter().find(|p| p.get("variants").is_none_or(|v| v.items().is_empty())).unwrap();
    let id = text(plain, "id").to_owned();
    let _ = house.run(&house.engine(), "Product", From, Selection::Ids(vec![id.clone()])).await;
    let link = house.engine().links.external_of("Product", &id).await.unwrap().unwrap();
    let there = link.external.to_string();
    rename(&house, &there).await;
    (house, id, there)
}

/// Products of iPaaS.com without variants that are not linked.
async fn plain(house: &House) -> Vec<Json> {
    let is_plain = |p: &Json| {
        p.get("variants").is_none_or(|v| v.items().is_empty())
            && p.get("external_ids").is_none_or(|l| l.items().is_empty())
    };
    products(house).await.into_iter().filter(is_plain).collect()
}

async fn rename(house: &House, there: &str) {
    let path = format!("/catalog/products/{there}");
    ask(house, Api::BigcommerceV3, Method::Put, &path, Some(r#"{"name": "by hand"}"#)).await;
}

async fn name(house: &House, there: &str) -> String {
    let product = get(house, Api::BigcommerceV3, &format!("/catalog/products/{there}")).await;
    text(product.get("data").unwrap(), "name").to_owned()
}

async fn count(house: &House) -> usize {
    get(house, Api::BigcommerceV3, "/catalog/products?limit=250").await.get("data").unwrap().items().len()
}

#[tokio::test]
async fn faults_d3_an_update_is_written_only_if_the_record_says_so() {
    let (house, id, there) = renamed().await;
    let path = format!("/catalog/products/{there}");
    let only = || Selection::Ids(vec![id.clone()]);
    for lie in LIES {
        // never done: never written
        let about = About { method: Method::Put, path: &path, times: ALWAYS, done: false };
        let (engine, asked) = lying(&house, about, *lie);
        let report = house.run(&engine, "Product", From, only()).await;
        assert_eq!((report.records.failed, report.records.written), (1, 0), "{lie:?} {report:#?}");
        assert!(report.reasons[0].reason.starts_with("what became of a request is not known: "), "{report:#?}");
        assert_eq!(name(&house, &there).await, "by hand", "{lie:?}");
        assert!(asked.lock().unwrap().len() < 6, "{lie:?}");
        // not done once: done the next time
        let (engine, _) = lying(&house, About { times: 1, ..about }, *lie);
        let report = house.run(&engine, "Product", From, only()).await;
        assert_eq!((report.records.written, report.created), (1, 0), "{lie:?} {report:#?}");
        assert_ne!(name(&house, &there).await, "by hand", "{lie:?}");
        // done, and nobody said so: it is read, and not sent again
        rename(&house, &there).await;
        let (engine, asked) = lying(&house, About { done: true, ..about }, *lie);
        let report = house.run(&engine, "Product", From, only()).await;
        assert_eq!((report.records.written, asked.lock().unwrap().len()), (1, 1), "{lie:?} {report:#?}");
        rename(&house, &there).await;
    }
}

#[tokio::test]
async fn faults_d3_a_create_is_written_only_if_its_answer_is_the_record() {
    // a product of its own for each
    let house = house(150, &[]).await;
    let mut all = plain(&house).await;
    for lie in LIES {
        for done in [false, true] {
            let plain = &all.pop().unwrap();
            let (before, id) = (count(&house).await, text(plain, "id").to_owned());
            let about = About { method: Method::Post, path: "/catalog/products", times: 1, done };
            let (engine, _) = lying(&house, about, *lie);
            let report = house.run(&engine, "Product", From, Selection::Ids(vec![id.clone()])).await;
            assert_eq!((report.records.written, count(&house).await), (1, before + 1), "{lie:?} {done} {report:#?}");
            let link = house.engine().links.external_of("Product", &id).await.unwrap().unwrap();
            assert_eq!(name(&house, &link.external).await, text(plain, "name"), "{lie:?} {done}");
        }
    }
}

#[tokio::test]
async fn faults_d3_a_search_that_is_answered_by_something_else_creates_nothing() {
    let house = house(6, &[]).await;
    let all = products(&house).await;
    let plain = all.iter().find(|p| p.get("variants").is_none_or(|v| v.items().is_empty())).unwrap();
    let (before, id) = (count(&house).await, text(plain, "id").to_owned());
    let gone = String::from_utf8(not_there(Api::BigcommerceV3).body).unwrap();
    let about = About { method: Method::Get, path: "/catalog/products?", times: ALWAYS, done: false };
    for lie in LIES.iter().copied().chain([(404, &*gone)]) {
        let (engine, asked) = lying(&house, about, lie);
        let report = house.run(&engine, "Product", From, Selection::Ids(vec![id.clone()])).await;
        assert_eq!((report.records.failed, count(&house).await), (1, before), "{lie:?} {report:#?}");
        assert!(!asked.lock().unwrap().is_empty());
    }
    // the negative control: the documented "nothing" creates
    let report = house.run(&house.engine(), "Product", From, Selection::Ids(vec![id])).await;
    assert_eq!((report.created, count(&house).await), (1, before + 1), "{report:#?}");
}

#[tokio::test]
async fn faults_d3_an_error_is_not_taken_for_the_record_that_was_read() {
    // read at the source, and at the target
    for (record, direction, path) in
        [("Customer", To, "/customers?id"), ("Product", From, "/Catalog/Product/"), ("Customer", From, "/Customer/")]
    {
        let house = house(12, &[]).await;
        let ids: Vec<String> = match (record, direction) {
            ("Product", _) => products(&house).await.iter().map(|p| text(p, "id").to_owned()).collect(),
            (_, To) => {
                let all = get(&house, Api::BigcommerceV3, "/customers?limit=250").await;
                all.get("data").unwrap().items().iter().map(|c| text(c, "id").to_owned()).collect()
            }
            _ => {
                let all = get(&house, Api::IpaasCustomers, "/Customers?pageNumber=1&pageSize=100").await;
                all.items().iter().map(|c| text(c, "id").to_owned()).collect()
            }
        };
        assert!(!ids.is_empty(), "{record}");
        for lie in LIES {
            let about = About { method: Method::Get, path, times: ALWAYS, done: false };
            let (engine, asked) = lying(&house, about, *lie);
            let report = house.run(&engine, record, direction, Selection::Ids(ids[..1].to_vec())).await;
            assert_eq!((report.records.failed, report.records.written), (1, 0), "{record} {lie:?} {report:#?}");
            assert!(report.reasons[0].reason.contains("could not be read"), "{report:#?}");
            assert!(!asked.lock().unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn faults_d3_rows_of_a_record_that_are_answered_by_something_else_are_not_created_again() {
    let house = House::of(12).await;
    for record in ["Product Category", "Product"] {
        let _ = house.all(record, From).await;
    }
    let all = get(&house, Api::IpaasProducts, "/Catalog/Products?pageNumber=1&pageSize=100").await;
    let linked = |p: &&Json| {
        p.get("variants").is_some_and(|v| v.items().len() > 1) && !p.get("external_ids").unwrap().items().is_empty()
    };
    let id = text(all.items().iter().find(linked).unwrap(), "id").to_owned();
    let gone = String::from_utf8(not_there(Api::BigcommerceV3).body).unwrap();
    for path in ["/variants?", "/inventory/items"] {
        let about = About { method: Method::Get, path, times: ALWAYS, done: false };
        for lie in LIES.iter().copied().chain([(404, &*gone)]) {
            let (engine, asked) = lying(&house, about, lie);
            let report = house.run(&engine, "Product", From, Selection::Ids(vec![id.clone()])).await;
            assert!(!asked.lock().unwrap().is_empty(), "{path} is read");
            assert_eq!((report.records.failed, report.records.written), (1, 0), "{path} {lie:?} {report:#?}");
            assert!(report.reasons[0].reason.starts_with("what is there could not be read: "), "{lie:?} {report:#?}");
        }
    }
    house.assert_nothing_to_do("Product", From).await;
}

#[tokio::test]
async fn faults_d3_a_list_that_is_answered_by_something_else_is_not_empty() {
    let house = house(6, &[]).await;
    for (record, direction, path) in [("Product", From, "/Catalog/Products"), ("Customer", To, "/customers?")] {
        // a list with one record that nobody knows is a list
        for lie in LIES.iter().filter(|lie| direction == From || !lie.1.contains("\"total\":1,")) {
            let about = About { method: Method::Get, path, times: ALWAYS, done: false };
            let (engine, _) = lying(&house, about, *lie);
            let report = house.run(&engine, record, direction, Selection::All).await;
            assert_eq!(report.records.written, 0, "{lie:?} {report:#?}");
            let says_so = report.interrupted.is_some() || report.incomplete.is_some();
            assert!(says_so, "{record} {lie:?} {report:#?}");
        }
    }
}

#[tokio::test]
async fn faults_d7_a_link_is_saved_only_when_it_is_answered_or_there() {
    let house = house(80, &[]).await;
    let mut all = plain(&house).await;
    for lie in LIES {
        let id = text(&all.pop().unwrap(), "id").to_owned();
        let only = || Selection::Ids(vec![id.clone()]);
        let about = About { method: Method::Post, path: "UpdateExternalId", times: ALWAYS, done: false };
        let before = count(&house).await;
        // never saved: the record is not written, and the state knows of no link
        let (engine, asked) = lying(&house, about, *lie);
        let report = house.run(&engine, "Product", From, only()).await;
        assert_eq!((report.records.written, report.records.unchanged), (0, 0), "{lie:?} {report:#?}");
        assert_eq!(house.store.link_of_ipaas("Product", &id).unwrap(), None, "{lie:?}");
        assert!(!asked.lock().unwrap().is_empty() && !house.store.open_journal().unwrap().is_empty(), "{lie:?}");
        // saved, and nobody said so
        let (engine, asked) = lying(&house, About { done: true, ..about }, *lie);
        let report = house.run(&engine, "Product", From, only()).await;
        assert_eq!(report.records.failed + report.records.parked, 0, "{lie:?} {report:#?}");
        let mut sent: Vec<_> = asked.lock().unwrap().iter().map(|r| format!("{:?}", r.body)).collect();
        let all = sent.len();
        sent.dedup();
        assert_eq!(sent.len(), all, "each link goes once: {lie:?} {sent:#?}");
        let link = house.engine().links.external_of("Product", &id).await.unwrap().unwrap();
        let kept = house.store.link_of_ipaas("Product", &id).unwrap().unwrap();
        assert_eq!((kept.external_id.as_str(), count(&house).await), (&*link.external, before + 1), "{lie:?}");
    }
}

#[tokio::test]
async fn faults_d7_a_link_is_removed_only_when_that_is_answered_or_it_is_not_there() {
    let (house, id, there) = renamed().await;
    let links = house.engine().links;
    let about = About { method: Method::Delete, path: "/External/", times: ALWAYS, done: false };
    for lie in LIES.iter().filter(|lie| **lie != (204, "")) {
        let (engine, _) = lying(&house, about, *lie);
        assert!(engine.links.remove("Product", &there).await.is_err(), "{lie:?}");
        let (engine, _) = lying(&house, About { done: true, ..about }, *lie);
        assert_eq!(engine.links.remove("Product", &there).await, Ok(()), "{lie:?}");
        let link = mapwright_transfer::connect::links::Link { external: (&*there).into(), internal: (&*id).into() };
        links.save("Product", &link).await.unwrap();
    }
    assert_eq!(links.remove("Product", &there).await, Ok(()));
    assert_eq!(links.remove("Product", &there).await, Ok(()), "one that is not there is none");
}
