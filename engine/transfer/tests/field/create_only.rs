//! What is written only when a record is made, and differs later: the run says so, and does not call the record unchanged.

use mapwright_language::json::Json;

use super::{change, house, product, sync, text};

#[tokio::test]
async fn field_c_a_variant_that_moves_to_another_option_value_is_told() {
    let house = house(&[]).await;
    let has_two = |p: &Json| {
        let values = p.get("options").map(Json::items).unwrap_or_default().first().and_then(|o| o.get("values"));
        text(p, "tracking_method") == "Variant" && values.is_some_and(|v| v.items().len() > 1)
    };
    let shirt = product(&house, has_two).await;
    assert_eq!(sync(&house, &shirt).await.records.written, 1);
    assert_eq!(sync(&house, &shirt).await.records.unchanged, 1);

    // its first variant is now that of the other value
    let mut variants = shirt.get("variants").unwrap().items().to_vec();
    let mut parts = variants[0].get("options").unwrap().items().to_vec();
    let values = shirt.get("options").unwrap().items()[0].get("values").unwrap().items().to_vec();
    let other = values.iter().find(|v| text(v, "id") != text(&parts[0], "id")).unwrap();
    parts[0].set("id", other.get("id").unwrap().clone());
    parts[0].set("value", other.get("value").unwrap().clone());
    variants[0].set("options", Json::List(parts));
    let body = Json::Object(vec![("variants".into(), Json::List(variants.clone()))]);
    change(&house, &shirt, &mapwright_language::json::write(&body)).await;
    for _ in 0..2 {
        let report = sync(&house, &shirt).await;
        assert_eq!((report.records.failed, report.records.unchanged), (1, 0), "{report:#?}");
        let why = format!(
            "variants/{}: `option_values` differs from what is there, and BigCommerce product variant takes that only when it is created",
            text(&variants[0], "id")
        );
        assert_eq!(report.reasons[0].reason, why);
    }
    house.assert_clean();
}
