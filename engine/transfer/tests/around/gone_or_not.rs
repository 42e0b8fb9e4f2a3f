//! Nothing is deleted, and no link forgotten, for an answer that does not say that something is gone.

use std::time::Duration;

use mapwright_language::json::{Json, write};
use mapwright_language::mapping_file::Direction::{From, To};
use mapwright_language::schema::{Api, Catalog, Method};
use mapwright_transfer::connect::reading::{Reading, read_twice};
use mapwright_transfer::connect::wire::Wire;
use mapwright_transfer::work::{Report, Selection, run};

use super::lies::{About, LIES, lying};
use super::support::House;
use super::support::nothing::not_there;
use super::{ask, get, house, products, request, text};

const ALWAYS: u32 = u32::MAX;

fn about(method: Method, path: &str) -> About<'_> {
    About { method, path, times: ALWAYS, done: false }
}

/// A house with a product that is linked: iPaaS.com's id, and the store's.
async fn linked() -> (House, String, String) {
    let house = house(6, &[]).await;
    let all = products(&house).await;
    let plain = all.iter().find(|p| p.get("variants").is_none_or(|v| v.items().is_empty())).unwrap();
    let id = text(plain, "id").to_owned();
    let _ = house.run(&house.engine(), "Product", From, Selection::Ids(vec![id.clone()])).await;
    let link = house.engine().links.external_of("Product", &id).await.unwrap().unwrap();
    (house, id, link.external.to_string())
}

async fn deleted(house: &House, engine: &mapwright_transfer::work::Engine, there: &str) -> Report {
    let deletes = house.library.roots("Product", Some(To)).next().unwrap().plan.clone().unwrap();
    run(engine, &deletes, Selection::Deleted(vec![there.to_owned()])).await
}

/// Status of a read of a product in iPaaS.com.
async fn status(house: &House, id: &str) -> u16 {
    let read = request(Api::IpaasProducts, Method::Get, &format!("/Catalog/Product/{id}"), None);
    house.engine().wire.send(&read).await.unwrap().status
}

#[tokio::test]
async fn faults_d1_an_odd_answer_about_a_record_that_is_there_deletes_nothing() {
    let (house, id, there) = linked().await;
    let path = format!("/catalog/products/{there}");
    for lie in LIES {
        let (engine, asked) = lying(&house, about(Method::Get, &path), *lie);
        let report = deleted(&house, &engine, &there).await;
        assert_eq!((report.records.read, report.records.failed), (1, 1), "{lie:?} {report:#?}");
        assert!(report.reasons[0].reason.starts_with("whether it is gone could not be found out: "), "{report:#?}");
        assert!(!asked.lock().unwrap().is_empty());
        assert_eq!(status(&house, &id).await, 200, "{lie:?}");
    }
    // the documented answer once, and it is there after all
    let gone = String::from_utf8(not_there(Api::BigcommerceV3).body).unwrap();
    let once = About { times: 1, ..about(Method::Get, &path) };
    let (engine, asked) = lying(&house, once, (404, &gone));
    let report = deleted(&house, &engine, &there).await;
    assert_eq!((report.records.skipped, status(&house, &id).await), (1, 200), "{report:#?}");
    assert_eq!(asked.lock().unwrap().len(), 2, "it is asked for again");
    // the negative control: what all this protects is deleted when the store says twice that it is gone
    let (engine, asked) = lying(&house, about(Method::Get, &path), (404, &gone));
    let report = deleted(&house, &engine, &there).await;
    assert_eq!((report.records.written, status(&house, &id).await), (1, 404), "{report:#?}");
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn faults_d1_an_odd_answer_about_a_link_deletes_nothing() {
    let (house, id, there) = linked().await;
    let other = products(&house).await.iter().map(|p| text(p, "id").to_owned()).find(|other| *other != id).unwrap();
    ask(&house, Api::BigcommerceV3, Method::Delete, &format!("/catalog/products/{there}"), None).await;
    // the last one names another record
    let another = format!("\"{other}\"");
    let lies = LIES.iter().copied().chain([(200, &*another), (200, "\"An error has occurred.\""), (204, "5")]);
    for lie in lies {
        for path in ["/External/LookupSpaceport", "/External/LookupExternal"] {
            let (engine, _) = lying(&house, about(Method::Get, path), lie);
            let report = deleted(&house, &engine, &there).await;
            assert_eq!((report.records.read, report.records.failed), (1, 1), "{lie:?} {report:#?}");
            assert_eq!((status(&house, &id).await, status(&house, &other).await), (200, 200), "{lie:?} {path}");
        }
    }
    let report = deleted(&house, &house.engine(), &there).await;
    assert_eq!((report.records.written, status(&house, &id).await), (1, 404), "{report:#?}");
}

#[tokio::test]
async fn faults_d1_a_deletion_is_done_when_the_other_side_says_so() {
    for done in [false, true] {
        let (house, id, there) = linked().await;
        ask(&house, Api::BigcommerceV3, Method::Delete, &format!("/catalog/products/{there}"), None).await;
        let path = format!("/Catalog/Product/{id}");
        for lie in LIES.iter().filter(|lie| **lie != (204, "")) {
            let (engine, _) = lying(&house, About { done, ..about(Method::Delete, &path) }, *lie);
            let report = deleted(&house, &engine, &there).await;
            if done {
                // it is read, and is not there
                assert_eq!((report.records.written, status(&house, &id).await), (1, 404), "{lie:?} {report:#?}");
                break;
            }
            assert_eq!((report.records.failed, status(&house, &id).await), (1, 200), "{lie:?} {report:#?}");
            assert!(report.reasons[0].reason.starts_with("whether it was deleted is not known: "), "{report:#?}");
        }
    }
}

#[tokio::test]
async fn faults_d1_an_odd_answer_about_what_a_record_is_linked_to_forgets_no_link_and_creates_nothing() {
    let (house, id, there) = linked().await;
    let path = format!("/catalog/products/{there}?");
    let count = || async {
        get(&house, Api::BigcommerceV3, "/catalog/products?limit=250").await.get("data").unwrap().items().len()
    };
    let before = count().await;
    let only = || Selection::Ids(vec![id.clone()]);
    for lie in LIES {
        let (engine, _) = lying(&house, about(Method::Get, &path), *lie);
        let report = house.run(&engine, "Product", From, only()).await;
        assert_eq!((report.records.failed, report.records.written), (1, 0), "{lie:?} {report:#?}");
        assert!(report.reasons[0].reason.starts_with("what is there could not be read: "), "{report:#?}");
        assert_eq!(count().await, before, "{lie:?}");
        assert!(house.store.link_of_ipaas("Product", &id).unwrap().is_some(), "{lie:?}");
    }
    // the documented answer once
    let gone = String::from_utf8(not_there(Api::BigcommerceV3).body).unwrap();
    let (engine, _) = lying(&house, About { times: 1, ..about(Method::Get, &path) }, (404, &gone));
    let report = house.run(&engine, "Product", From, only()).await;
    assert_eq!((report.records.unchanged, count().await), (1, before), "{report:#?}");
    // what is gone is created again
    ask(&house, Api::BigcommerceV3, Method::Delete, &format!("/catalog/products/{there}"), None).await;
    let report = house.run(&house.engine(), "Product", From, only()).await;
    assert_eq!((report.created, count().await), (1, before), "{report:#?}");
}

#[tokio::test]
async fn faults_d1_a_look_up_that_names_another_record_once_writes_nothing_to_it() {
    let house = house(12, &[]).await;
    for (record, direction) in [("Customer Category", From), ("Customer", From), ("Customer", To)] {
        let _ = house.all(record, direction).await;
    }
    let all = get(&house, Api::IpaasCustomers, "/Customers?pageNumber=1&pageSize=100").await;
    let linked: Vec<&Json> =
        all.items().iter().filter(|c| !c.get("external_ids").unwrap().items().is_empty()).collect();
    let (one, other) = (linked[0], linked[1]);
    let link = house.engine().links.external_of("Customer", text(one, "id")).await.unwrap().unwrap();
    let another = format!("\"{}\"", text(other, "id"));
    for lie in [&*another, "\"An error has occurred.\"", "\"999999\""] {
        // what is remembered is not looked up
        assert!(house.store.remove_link("Customer", text(one, "id")).unwrap());
        let (engine, asked) = lying(&house, About { times: 1, ..about(Method::Get, "LookupSpaceport") }, (200, lie));
        let report = house.run(&engine, "Customer", To, Selection::Ids(vec![link.external.to_string()])).await;
        assert!(!asked.lock().unwrap().is_empty());
        assert_eq!((report.records.failed, report.records.written), (1, 0), "{lie} {report:#?}");
        let path = format!("/Customer/{}", text(other, "id"));
        assert_eq!(text(&get(&house, Api::IpaasCustomers, &path).await, "email_address"), text(other, "email_address"));
        // the next run knows better
        let report = house.run(&house.engine(), "Customer", To, Selection::Ids(vec![link.external.to_string()])).await;
        assert_eq!((report.records.unchanged, report.created), (1, 0), "{lie} {report:#?}");
    }
}

#[tokio::test]
async fn faults_d1_a_row_that_an_answer_lacks_once_is_not_removed() {
    for (times, removed) in [(1, 0), (2, 1)] {
        let house = House::of(12).await;
        for record in ["Product Category", "Product"] {
            let _ = house.all(record, From).await;
        }
        let all = get(&house, Api::IpaasProducts, "/Catalog/Products?pageNumber=1&pageSize=100").await;
        let several = |p: &&Json| {
            p.get("variants").is_some_and(|v| v.items().len() > 1) && !p.get("external_ids").unwrap().items().is_empty()
        };
        let product = all.items().iter().find(several).unwrap();
        let mut shorter = product.clone();
        let mut variants = product.get("variants").unwrap().items().to_vec();
        let _ = variants.pop();
        shorter.set("variants", Json::List(variants));
        let id = text(product, "id").to_owned();
        let path = format!("/Catalog/Product/{id}");
        let about = About { times, ..about(Method::Get, &path) };
        let (engine, _) = lying(&house, about, (200, &write(&shorter)));
        let mut plan = (*super::support::collections::plan(&house.library, "Product", From)).clone();
        for child in plan.root.children.iter_mut().filter(|c| &*c.slot == "variants") {
            child.remove_gone = true;
        }
        let report = run(&engine, &plan, Selection::Ids(vec![id])).await;
        assert_eq!((report.removed, report.left_in_place), (removed, 1 - removed), "{report:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn faults_d1_what_is_not_there_is_asked_for_again_after_a_pause_and_only_that() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use mapwright_transfer::connect::wire::{Answer, Request, Sending};

    struct Groups(AtomicUsize);
    impl Wire for Groups {
        fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
            self.0.fetch_add(1, Ordering::SeqCst);
            let answer = match &*request.path {
                "/customer_groups/1" => {
                    Answer { status: 200, body: br#"{"id":1,"name":"a"}"#.to_vec(), ..Answer::default() }
                }
                _ => not_there(request.api),
            };
            Box::pin(async move { Ok(answer) })
        }
    }
    let wire = Groups(AtomicUsize::new(0));
    let group = Catalog::builtin().record("customers.group").unwrap();
    let ids = ["1", "2"].map(String::from);
    let began = tokio::time::Instant::now();
    let found = read_twice(&wire, group, &ids, &[], Duration::from_secs(30)).await.unwrap();
    assert!(matches!(found["1"], Reading::There(_)) && found["2"] == Reading::NotThere, "{found:?}");
    assert_eq!((began.elapsed(), wire.0.load(Ordering::SeqCst)), (Duration::from_secs(30), 3));
}
