//! What stands around a record's own transfer: what goes before it, what runs after it, collisions, warnings, updates that deletes set off.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

mod support;

use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::json::Json;
use mapwright_language::mapping_file::read;
use mapwright_language::plan::Plan;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_transfer::connect::list::Pages;
use mapwright_transfer::work::{Engine, Report, Selection, run};
use support::House;

/// The built-in collections with these laid over them or beside them.
fn library(own: &[&str]) -> Library {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let builtin: Vec<_> = mapwright_defaults::originals()
        .iter()
        .filter_map(|o| {
            let id = files.add(o.path, o.text);
            read(&files, id, &mut diagnostics).map(Arc::new)
        })
        .collect();
    let own: Vec<_> = own
        .iter()
        .filter_map(|text| {
            let id = files.add("own.yaml", *text);
            read(&files, id, &mut diagnostics).map(Arc::new)
        })
        .collect();
    let names: Vec<&str> = own.iter().map(|f| f.name.value.as_str()).collect();
    let active: Vec<_> =
        own.iter().chain(builtin.iter().filter(|b| !names.contains(&b.name.value.as_str()))).cloned().collect();
    let library = compile(&active, &builtin, Catalog::builtin(), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    library
}

fn named(library: &Library, name: &str) -> Arc<Plan> {
    library.collection(name).and_then(|c| c.plan.clone()).unwrap()
}

fn engine(house: &House, library: &Library) -> Engine {
    let plans = library.collections.iter().filter_map(|c| c.plan.clone()).collect();
    Engine { plans, ..house.engine() }
}

/// All records of an iPaaS.com type.
async fn listed(engine: &Engine, record: &str) -> Vec<Json> {
    let record = Catalog::builtin().record(record).unwrap();
    let mut pages = Pages::new(record.route.list.as_ref().unwrap(), record, None, 1);
    let mut all = Vec::new();
    while let Some(rows) = pages.next(&*engine.wire).await.unwrap() {
        all.extend(rows);
    }
    all
}

fn id(row: &Json) -> String {
    row.get("id").and_then(Json::id).unwrap().to_owned()
}

fn clean(report: &Report) {
    assert!(report.records.balance() && report.interrupted.is_none(), "{report:#?}");
}

#[tokio::test]
async fn what_must_be_linked_first_goes_first() {
    let house = House::of(12).await;
    let library = library(&[
        "collection: BC Product Category From iPaaS\nextends: BC Product Category From iPaaS\nbefore:\n  - record: Product Category\n    id: parent_id\n",
    ]);
    let engine = engine(&house, &library);
    let plan = named(&library, "BC Product Category From iPaaS");
    let rows = listed(&engine, "Product Category").await;
    let above = |row: &Json| {
        let parent = row.get("parent_id").and_then(Json::id).map(str::to_owned)?;
        rows.iter().find(|r| id(r) == parent).cloned()
    };
    let depth = |row: &Json| std::iter::successors(above(row), &above).count();
    let deepest = rows.iter().max_by_key(|row| depth(row)).unwrap();
    assert!(depth(deepest) >= 3, "the sandbox has deep categories");

    let report = run(&engine, &plan, Selection::Ids(vec![id(deepest)])).await;
    clean(&report);
    assert_eq!((report.records.written, report.records.parked), (1, 0), "{report:#?}");
    let first = engine.around.take();
    assert_eq!(first.len(), 1, "{first:#?}");
    assert_eq!(first.first().unwrap().records.written, depth(deepest) as u64, "{first:#?}");
    house.assert_clean();

    // once is enough: the next one finds them linked
    let again = run(&engine, &plan, Selection::Ids(vec![id(deepest)])).await;
    assert_eq!(again.records.unchanged, 1, "{again:#?}");
    assert!(engine.around.take().is_empty());
}

#[tokio::test]
async fn what_runs_afterwards_has_the_record_as_its_parent() {
    let house = House::of(8).await;
    let library = library(&[
        "collection: BC Products\nextends: BC Products\nafter:\n  - use: Keywords\n",
        "collection: Keywords\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n  bin_picking_number <- parent.sku\n",
    ]);
    assert!(!library.collection("Keywords").unwrap().is_root, "it never runs by itself");
    let engine = engine(&house, &library);
    run(&engine, &named(&library, "BC Product Category From iPaaS"), Selection::All).await;
    let report = run(&engine, &named(&library, "BC Products"), Selection::All).await;
    clean(&report);
    let after = engine.around.take();
    let keywords = after.iter().find(|r| r.collection == "Keywords").unwrap();
    assert_eq!(keywords.records.read, report.records.written + report.records.unchanged, "{keywords:#?}");
    assert_eq!(keywords.records.written, keywords.records.read, "{keywords:#?}");
    house.assert_clean();
    // a second time there is nothing to write, before or after
    let again = run(&engine, &named(&library, "BC Products"), Selection::All).await;
    assert_eq!(again.records.written, 0, "{again:#?}");
    assert!(engine.around.take().iter().all(|r| r.records.written == 0));
}

#[tokio::test]
async fn a_record_that_is_there_already_is_met_as_the_collection_says() {
    let layer = |word: &str| format!("collection: BC Products\nextends: BC Products\ncollision: {word}\n");
    let house = House::of(30).await;
    let libraries = ["error", "update-without-link", "update-and-link"].map(|word| library(&[&layer(word)]));
    let categories = named(&libraries[0], "BC Product Category From iPaaS");
    run(&engine(&house, &libraries[0]), &categories, Selection::All).await;
    let reports = [0, 0, 1, 0, 2, 0].map(|i| &libraries[i]);
    let mut failed = Vec::new();
    for library in reports {
        let report = run(&engine(&house, library), &named(library, "BC Products"), Selection::All).await;
        clean(&report);
        let there = |r: &&mapwright_transfer::work::ReasonGroup| r.reason.contains("is there already");
        failed.push(report.reasons.iter().filter(there).map(|r| r.count).sum::<u64>());
    }
    assert!(failed[0] > 0, "the sandbox has SKUs that are in the store already: {failed:?}");
    assert_eq!(failed[1], failed[0], "a failure changes nothing: {failed:?}");
    assert_eq!(failed[2], 0, "{failed:?}");
    assert_eq!(failed[3], failed[0], "updated without a link, it is found again: {failed:?}");
    assert_eq!(failed[4..], [0, 0], "once linked it is known: {failed:?}");
    house.assert_clean();
}

#[tokio::test]
async fn what_checks_warn_of_is_counted() {
    let house = House::of(8).await;
    let library = library(&[
        "collection: BC Products\nextends: BC Products\nchecks:\n  - that: price > 100000\n    message: \"{sku} is cheap\"\n    otherwise: warn\n",
    ]);
    let engine = engine(&house, &library);
    run(&engine, &named(&library, "BC Product Category From iPaaS"), Selection::All).await;
    for _ in 0..2 {
        let report = run(&engine, &named(&library, "BC Products"), Selection::All).await;
        clean(&report);
        assert_eq!(report.warned, report.records.written + report.records.unchanged, "{report:#?}");
        let warned: u64 = report.reasons.iter().filter(|r| r.outcome == "warned").map(|r| r.count).sum();
        assert_eq!(warned, report.warned, "{report:#?}");
    }
}

#[tokio::test]
async fn a_delete_may_set_off_an_update() {
    let house = House::of(8).await;
    let library = library(&[
        "collection: Hidden\nrecord: Product\ndirection: from\nsync: update-on-delete\nbigcommerce: catalog.product\nrules: |\n  is_visible <- false\n",
    ]);
    let engine = engine(&house, &library);
    run(&engine, &named(&library, "BC Product Category From iPaaS"), Selection::All).await;
    run(&engine, &named(&library, "BC Products"), Selection::All).await;
    let hidden = named(&library, "Hidden");
    let never = run(&engine, &hidden, Selection::All).await;
    assert!(never.interrupted.is_some() && never.records.read == 0, "it runs for deletes only: {never:#?}");
    let products = listed(&engine, "Product").await;
    let linked = |p: &&Json| house.store.link_of_ipaas("Product", &id(p)).is_ok_and(|link| link.is_some());
    let product = id(products.iter().find(linked).unwrap());
    let there = run(&engine, &hidden, Selection::Deleted(vec![product.clone()])).await;
    assert_eq!(there.records.skipped, 1, "{there:#?}");
    let address = format!(
        "{}/_sandbox/ipaas/products/v2/Catalog/Product/{product}",
        house.sandbox.credentials().ipaas_url.trim_end_matches("/ipaas")
    );
    let deleted = reqwest::Client::new().delete(&address).send().await.unwrap();
    assert!(deleted.status().is_success(), "{address}: {}", deleted.status());
    let report = run(&engine, &hidden, Selection::Deleted(vec![product.clone()])).await;
    clean(&report);
    assert_eq!(report.records.written, 1, "{report:#?}");
    let again = run(&engine, &hidden, Selection::Deleted(vec![product, String::from("999999")])).await;
    assert_eq!((again.records.unchanged, again.records.skipped), (1, 1), "{again:#?}");
    house.assert_clean();
}
