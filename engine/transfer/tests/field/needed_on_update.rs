//! A change of an option value needs its label and its place, whichever of them differs.

use mapwright_language::json::Json;
use mapwright_language::schema::Api;

use super::support::House;
use super::{change, get, house, product, sync, text, there};

/// Label and place of the values of the first option in the store.
async fn values(house: &House, id: &str) -> Vec<(String, String)> {
    let options = get(house, Api::BigcommerceV3, &format!("/catalog/products/{id}/options")).await;
    let values = options.get("data").unwrap().items()[0].get("option_values").unwrap();
    values.items().iter().map(|v| (text(v, "label").to_owned(), text(v, "sort_order").to_owned())).collect()
}

/// The product with one value of its first option changed.
fn with_value(product: &Json, key: &str, value: Json) -> String {
    let mut options = product.get("options").unwrap().items().to_vec();
    let mut values = options[0].get("values").unwrap().items().to_vec();
    values[0].set(key, value);
    options[0].set("values", Json::List(values));
    mapwright_language::json::write(&Json::Object(vec![("options".into(), Json::List(options))]))
}

#[tokio::test]
async fn field_b_a_renamed_and_a_moved_option_value_are_changed() {
    let house = house(&[]).await;
    let shirt = product(&house, |p| {
        text(p, "tracking_method") == "Variant" && p.get("options").is_some_and(|o| !o.items().is_empty())
    })
    .await;
    let report = sync(&house, &shirt).await;
    assert_eq!(report.records.written, 1, "{report:#?}");
    let id = there(&house, &shirt).await;
    let before = values(&house, &id).await;

    change(&house, &shirt, &with_value(&shirt, "value", Json::Text("Yellow".into()))).await;
    let report = sync(&house, &shirt).await;
    assert_eq!((report.records.written, report.records.failed), (1, 0), "{report:#?}");
    let after = values(&house, &id).await;
    assert_eq!(after[0], (String::from("Yellow"), before[0].1.clone()));
    assert_eq!(after[1..], before[1..]);

    let shirt = product(&house, |p| text(p, "id") == text(&shirt, "id")).await;
    change(&house, &shirt, &with_value(&shirt, "order", Json::Number("77".into()))).await;
    let report = sync(&house, &shirt).await;
    assert_eq!((report.records.written, report.records.failed), (1, 0), "{report:#?}");
    assert_eq!(values(&house, &id).await[0], (String::from("Yellow"), String::from("77")));
    assert_eq!(sync(&house, &shirt).await.records.unchanged, 1);
    house.assert_clean();
}
