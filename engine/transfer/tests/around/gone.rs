use mapwright_language::mapping_file::Direction::{From, To};
use mapwright_language::schema::{Api, Method};
use mapwright_transfer::work::{Engine, Selection, run};

use super::{ask, get, house, noted, products, text};

const GONE: &str = "collection: Products Gone
record: Product
direction: to
sync: update-on-delete
bigcommerce: catalog.product
rules: |
  status       <- \"Inactive\"
  description  <- \"it was product {id} of the store\"
";

#[tokio::test]
async fn a_record_that_is_gone_updates_what_it_was_linked_to() {
    let house = house(6, &[GONE]).await;
    let id = text(&products(&house).await[0], "id").to_owned();
    let _ = house.run(&house.engine(), "Product", From, Selection::Ids(vec![id.clone()])).await;
    let link = house.engine().links.external_of("Product", &id).await.unwrap().unwrap();
    let there = link.external.to_string();
    let plan = house.library.collection("Products Gone").unwrap().plan.clone().unwrap();

    // still there, and not linked
    let told = run(&house.engine(), &plan, Selection::Deleted(vec![there.clone(), String::from("999999")])).await;
    let mut reasons: Vec<&str> = told.reasons.iter().map(|g| &*g.reason).collect();
    reasons.sort_unstable();
    assert_eq!(told.records.skipped, 2, "{told:#?}");
    assert_eq!(reasons, [&*format!("BigCommerce product {there} is still there"), "it is not linked to anything"]);
    // it never runs over records that are there
    for selection in [Selection::All, Selection::Ids(vec![there.clone()])] {
        let told = run(&house.engine(), &plan, selection).await;
        let why = "`Products Gone` is for records that are gone: it runs with `--deleted` only";
        assert_eq!((told.records.read, told.interrupted.as_deref()), (0, Some(why)));
    }

    ask(&house, Api::BigcommerceV3, Method::Delete, &format!("/catalog/products/{there}"), None).await;
    let dry = Engine { dry_run: true, ..house.engine() };
    let told = run(&dry, &plan, Selection::Deleted(vec![there.clone()])).await;
    assert_eq!((told.records.written, dry.requests.lock().unwrap().len()), (1, 1), "{told:#?}");
    let (engine, sent) = noted(&house);
    let told = run(&engine, &plan, Selection::Deleted(vec![there.clone()])).await;
    assert_eq!((told.records.read, told.records.written), (1, 1), "{told:#?}");
    assert_eq!(sent.writes(), [format!("Put /Catalog/Product/{id}")]);
    let product = get(&house, Api::IpaasProducts, &format!("/Catalog/Product/{id}")).await;
    let said = (text(&product, "status"), text(&product, "description"));
    assert_eq!(said, ("Inactive", &*format!("it was product {there} of the store")));
    // by what differs
    let told = run(&house.engine(), &plan, Selection::Deleted(vec![there])).await;
    assert_eq!((told.records.read, told.records.unchanged), (1, 1), "{told:#?}");
    assert!(house.library.roots("Product", Some(To)).any(|c| c.name == "Products Gone"));
}
