use mapwright_language::mapping_file::Direction::From;
use mapwright_transfer::work::Selection;

use super::house;

const PRODUCTS: &str = "collection: BC Products
extends: BC Products
checks:
  - that: sku == \"never\"
    message: a product of {type} goes on
    otherwise: warn
";

#[tokio::test]
async fn a_check_that_warns_is_counted_beside_the_outcome() {
    let house = house(8, &[PRODUCTS]).await;
    for round in 0..2 {
        let report = house.run(&house.engine(), "Product", From, Selection::All).await;
        let in_place = report.records.written + report.records.unchanged;
        assert!(in_place > 0 && (round == 0) == (report.records.written > 0), "{report:#?}");
        assert_eq!(report.warned, in_place, "{report:#?}");
        let warned: u64 = report.reasons.iter().filter(|g| g.outcome == "warned").map(|g| g.count).sum();
        assert_eq!(warned, report.warned, "{report:#?}");
        assert!(report.reasons.iter().any(|g| g.reason == "a product of physical goes on"), "{report:#?}");
    }
}
