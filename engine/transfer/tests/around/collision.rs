use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction::{From, To};
use mapwright_language::schema::{Api, Method};
use mapwright_transfer::connect::links::Link;
use mapwright_transfer::identity::SourceKey;
use mapwright_transfer::state::Intention;
use mapwright_transfer::work::{Report, Selection};

use super::support::House;
use super::{ask, get, house, noted, products, text};

fn layer(collision: &str) -> String {
    format!("collection: BC Products\nextends: BC Products\ncollision: {collision}\n")
}

/// A house where a product of the store has the SKU of one of iPaaS.com: that one's id, and the store's.
async fn met(collision: &str) -> (House, String, String) {
    let house = house(6, &[&layer(collision)]).await;
    let all = products(&house).await;
    let plain = all.iter().find(|p| p.get("variants").is_none_or(|v| v.items().is_empty())).unwrap();
    let body = format!(
        r#"{{"name": "by hand", "type": "physical", "weight": 1, "price": 1, "sku": "{}"}}"#,
        text(plain, "sku")
    );
    let made = ask(&house, Api::BigcommerceV3, Method::Post, "/catalog/products", Some(&body)).await;
    let there = text(made.get("data").unwrap(), "id").to_owned();
    (house, text(plain, "id").to_owned(), there)
}

async fn one(house: &House, id: &str) -> Report {
    house.run(&house.engine(), "Product", From, Selection::Ids(vec![id.to_owned()])).await
}

async fn external(house: &House, id: &str) -> Option<String> {
    house.engine().links.external_of("Product", id).await.unwrap().map(|l| l.external.to_string())
}

async fn store_products(house: &House) -> usize {
    get(house, Api::BigcommerceV3, "/catalog/products?limit=250").await.get("data").unwrap().items().len()
}

#[tokio::test]
async fn one_that_is_found_is_an_error_where_that_is_wanted() {
    let (house, id, there) = met("error").await;
    let before = store_products(&house).await;
    let report = one(&house, &id).await;
    assert_eq!((report.records.failed, external(&house, &id).await), (1, None), "{report:#?}");
    let why = format!(
        "BigCommerce product {there} has its `sku` already, and this collection takes none over (`collision: error`)"
    );
    assert_eq!(report.reasons[0].reason, why);
    assert_eq!(store_products(&house).await, before);

    // one that an interrupted run made is its own
    let intention = Intention {
        record: SourceKey::new("BC Products", id.as_str()),
        record_type: String::from("Product"),
        direction: String::from("from"),
        row: String::new(),
        request: String::from("POST /catalog/products"),
        there: None,
    };
    house.store.open_entries(&[intention]).unwrap();
    let report = one(&house, &id).await;
    assert_eq!((report.records.written, external(&house, &id).await), (1, Some(there)), "{report:#?}");
    assert_eq!(house.store.open_journal().unwrap(), []);
}

#[tokio::test]
async fn one_that_is_found_is_updated_without_a_link_every_time() {
    let (house, id, there) = met("update-without-link").await;
    let before = store_products(&house).await;
    let name = || async {
        let product = get(&house, Api::BigcommerceV3, &format!("/catalog/products/{there}")).await;
        text(product.get("data").unwrap(), "name").to_owned()
    };
    for round in 0..3 {
        if round == 2 {
            let body = Some(r#"{"name": "by hand again"}"#);
            ask(&house, Api::BigcommerceV3, Method::Put, &format!("/catalog/products/{there}"), body).await;
        }
        let report = one(&house, &id).await;
        assert_eq!((report.records.failed, report.created, report.records.read), (0, 0, 1), "{report:#?}");
        assert!(!name().await.contains("by hand"));
        assert_eq!(external(&house, &id).await, None);
        assert_eq!(house.store.link_of_ipaas("Product", &id).unwrap(), None);
        assert_eq!((store_products(&house).await, house.store.open_journal().unwrap()), (before, vec![]));
    }
    // what is not found is made, and linked
    let other = products(&house).await.into_iter().find(|p| text(p, "id") != id).unwrap();
    let report = one(&house, text(&other, "id")).await;
    assert_eq!(report.created, 1, "{report:#?}");
    assert!(external(&house, text(&other, "id")).await.is_some());
}

#[tokio::test]
async fn a_link_to_another_record_moves() {
    let (house, id, there) = met("remap-and-link").await;
    let all = products(&house).await;
    let other = all.iter().map(|p| text(p, "id")).find(|other| *other != id).unwrap();
    let link = Link { external: there.as_str().into(), internal: other.into() };
    house.engine().links.save("Product", &link).await.unwrap();
    assert_eq!(external(&house, other).await, Some(there.clone()));

    let report = one(&house, &id).await;
    assert_eq!((report.records.written, report.created), (1, 0), "{report:#?}");
    assert_eq!((external(&house, &id).await, external(&house, other).await), (Some(there.clone()), None));
    let internal = house.engine().links.internal_of("Product", &there).await.unwrap().unwrap();
    assert_eq!(&*internal.internal, id);
    let report = one(&house, &id).await;
    assert_eq!(report.records.unchanged, 1, "{report:#?}");
}

#[tokio::test]
async fn a_link_moves_on_the_way_into_ipaas_too() {
    let customers = "collection: BC Customer\nextends: BC Customer\ncollision: remap-and-link\n";
    let house = house(6, &[customers]).await;
    let there = get(&house, Api::BigcommerceV3, "/customers?limit=50").await;
    let customer = there.get("data").unwrap().items().iter().find(|c| !text(c, "email").is_empty()).cloned().unwrap();
    let (id, email) = (text(&customer, "id").to_owned(), text(&customer, "email").to_owned());
    let body = format!(r#"{{"email_address": "{email}", "first_name": "By", "last_name": "Hand"}}"#);
    let made = ask(&house, Api::IpaasCustomers, Method::Post, "/Customer", Some(&body)).await;
    let internal = text(&made, "id").to_owned();
    let link = Link { external: "99999".into(), internal: internal.as_str().into() };
    house.engine().links.save("Customer", &link).await.unwrap();

    let (engine, sent) = noted(&house);
    let report = house.run(&engine, "Customer", To, Selection::Ids(vec![id.clone()])).await;
    assert_eq!((report.records.written, report.created), (1, 0), "{report:#?}");
    let of = |external: &str| {
        let (links, external) = (house.engine().links, external.to_owned());
        async move { links.internal_of("Customer", &external).await.unwrap().map(|l| l.internal.to_string()) }
    };
    assert_eq!((of(&id).await, of("99999").await), (Some(internal), None));
    let moved: Vec<String> = sent
        .requests()
        .iter()
        .filter(|r| {
            r.path.contains("99999")
                || r.body.as_ref().is_some_and(|b| b.get("external_id").and_then(Json::id) == Some(&id))
        })
        .map(|r| format!("{:?} {}", r.method, r.path))
        .collect();
    assert_eq!(moved.len(), 2, "the old link goes before the new one comes: {moved:?}");
    assert!(moved[0].starts_with("Delete /External/") && moved[1] == "Post /External/UpdateExternalId", "{moved:?}");
}
