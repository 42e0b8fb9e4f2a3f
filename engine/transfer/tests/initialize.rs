//! Whole runs against the sandbox: what is written, and that a second run writes nothing.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

mod support;

use mapwright_language::mapping_file::Direction::{From, To};
use std::time::Duration;

use mapwright_sandbox::Options;
use support::House;

#[tokio::test]
async fn products_and_what_they_refer_to_go_into_the_store_once() {
    let house = House::of(12).await;
    for (record, direction) in [("Product Category", From), ("Product", From)] {
        let first = house.all(record, direction).await;
        assert!(first.interrupted.is_none(), "{first:#?}");
        assert_eq!(first.records.failed, 0, "{first:#?}");
        assert!(first.records.written > 0, "{first:#?}");
        house.assert_clean();
    }
    for (record, direction) in [("Product Category", From), ("Product", From)] {
        house.assert_nothing_to_do(record, direction).await;
    }
}

#[tokio::test]
async fn customers_go_both_ways_and_come_to_rest() {
    let house = House::of(12).await;
    let all = [("Customer Category", From), ("Customer", From), ("Customer", To), ("Payment Method", To)];
    // what came from the store (addresses) fills fields of the store in turn (a phone number): the second round writes it
    for round in 0..2 {
        for (record, direction) in all {
            let report = house.all(record, direction).await;
            assert!(report.interrupted.is_none(), "{report:#?}");
            assert_eq!(report.records.failed, 0, "{report:#?}");
            assert!(round == 0 || report.created == 0, "{report:#?}");
            house.assert_clean();
        }
    }
    for (record, direction) in all {
        house.assert_nothing_to_do(record, direction).await;
    }
}

#[tokio::test]
async fn a_small_quota_is_never_overrun() {
    let options = Options { records: 20, quota: 60, window: Duration::from_millis(700), ..Options::default() };
    let house = House::with(options).await;
    for record in ["Product Category", "Product"] {
        let report = house.all(record, From).await;
        assert_eq!((report.records.failed, &report.interrupted), (0, &None), "{report:#?}");
    }
    house.assert_clean();
    assert!(house.sandbox.statistics().windows.len() > 2, "the quota was felt");
}
