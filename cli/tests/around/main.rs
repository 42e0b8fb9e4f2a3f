//! What stands around a record, as the commands show it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // tests

#[path = "../moves/stage.rs"]
#[allow(dead_code, unreachable_pub)] // each test program uses a part of it
mod stage;

use stage::{Stage, Told};

const RECORD: &str = include_str!("../../../snapshots/cases/catalog/product-from/typical/record.json");

/// A stage with these mapping files in place of those of the same collections.
fn stage(files: &[(&str, &str)]) -> Stage {
    let stage = Stage::new();
    for (name, text) in files {
        std::fs::write(stage.path().join("mappings/catalog").join(name), text).unwrap();
    }
    let told = stage.run(&["check"]);
    assert_eq!(told.code, Some(0), "{told:#?}");
    stage
}

fn collections(told: &Told) -> Vec<(String, u64, u64)> {
    let json = told.json();
    let line = |c: &serde_json::Value| {
        let count = |word: &str| c["records"][word].as_u64().unwrap();
        (c["collection"].as_str().unwrap().to_owned(), count("read"), count("written"))
    };
    json["collections"].as_array().unwrap().iter().map(line).collect()
}

const CATEGORY: &str = "BC Product Category From iPaaS";

#[test]
fn a_product_alone_brings_its_category_with_a_line_of_its_own() {
    let products = "collection: BC Products\nextends: BC Products\nbefore:\n  - record: Product Category\n    id: categories[first].category_id\n";
    let categories = format!(
        "collection: {CATEGORY}\nextends: {CATEGORY}\nbefore:\n  - record: Product Category\n    id: parent_id\n"
    );
    let stage = stage(&[("product-from.yaml", products), ("category-from.yaml", &categories)]);
    let ids = stage.products();
    let id = ids
        .iter()
        .find(|id| collections(&stage.run(&["sync", "product", id, "--dry-run", "--format", "json"])).len() == 2)
        .expect("a product in a category");
    let told = stage.run(&["sync", "product", id]);
    assert_eq!(told.code, Some(0), "{told:#?}");
    let (category, product) = (told.row(CATEGORY), told.row("BC Products"));
    assert!(category[0] > 0 && category[0] == category[1], "{told:#?}");
    assert_eq!(product[..2], [1, 1], "{told:#?}");
    assert!(told.out.find(CATEGORY) < told.out.find("BC Products"), "in the order of the transfers");
    assert_eq!(collections(&stage.run(&["sync", "product", id, "--format", "json"])), [("BC Products".into(), 1, 0)]);
    // with everything of both, each collection has one line
    let all = stage.run(&["initialize", "product", "--format", "json"]);
    let names: Vec<String> = collections(&all).into_iter().map(|(name, ..)| name).collect();
    assert!(names.iter().filter(|n| *n == CATEGORY).count() <= 1, "{names:?}");
}

const WARNS: &str = "collection: BC Products
extends: BC Products
checks:
  - that: sku is empty
    message: the SKU is {sku}
    otherwise: warn
  - that: weight == -1
    message: its weight is odd
    otherwise: warn
";

#[test]
fn warnings_stand_in_the_report() {
    let stage = stage(&[("product-from.yaml", WARNS)]);
    let ids = stage.products();
    let two = ["sync", "product", &ids[0], &ids[1]];
    let told = stage.run(&two);
    assert_eq!(told.code, Some(0), "a warning is no failure: {told:#?}");
    let said = format!("\nBC Products warned: 2 (id {}, {})\n  its weight is odd\n", ids[0], ids[1]);
    assert!(told.out.contains(&said), "{told:#?}");
    assert_eq!(told.row("BC Products")[..2], [2, 2], "{told:#?}");
    let json = stage.run(&[&two[..], &["--format", "json"]].concat()).json();
    let report = &json["collections"][0];
    assert_eq!((&report["warned"], &report["records"]["read"]), (&2.into(), &2.into()), "{report:#}");
    let warned: Vec<_> = report["reasons"].as_array().unwrap().iter().filter(|r| r["outcome"] == "warned").collect();
    assert_eq!(warned.len(), 3, "{report:#}");
}

#[test]
fn map_says_what_a_record_is_warned_of_and_maps_it() {
    let stage = stage(&[("product-from.yaml", WARNS)]);
    std::fs::write(stage.path().join("one.json"), RECORD).unwrap();
    std::fs::write(stage.path().join("two.json"), format!("[{RECORD},{RECORD}]")).unwrap();
    let told = stage.run(&["map", "BC Products", "--input", "two.json"]);
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert_eq!(told.json().as_array().unwrap().len(), 2);
    let place = "(mappings/catalog/product-from.yaml:7:11)";
    for record in ["record 1", "record 2"] {
        let line = format!("{record} warned: its weight is odd {place}");
        assert!(told.err.lines().any(|l| l == line), "{line}: {told:#?}");
    }
    let told = stage.run(&["map", "BC Products", "--input", "one.json"]);
    assert!(told.err.contains(&format!("record warned: its weight is odd {place}\n")), "{told:#?}");
    // machines find them in the result
    let told = stage.run(&["map", "BC Products", "--input", "one.json", "--format", "json"]);
    assert_eq!((told.json()["warnings"].as_array().map(Vec::len), told.err.as_str()), (Some(2), ""), "{told:#?}");
}

#[test]
fn deleted_runs_what_deletes_and_what_updates_on_delete_and_nothing_else_does() {
    let gone = "collection: Products Gone
record: Product
direction: to
sync: update-on-delete
bigcommerce: catalog.product
rules: |
  status  <- \"Inactive\"
";
    let stage = stage(&[("product-gone.yaml", gone)]);
    let told = stage.run(&["sync", "product", "--direction", "to", "--deleted", "999999", "--format", "json"]);
    assert_eq!(told.code, Some(0), "{told:#?}");
    let mut lines = collections(&told);
    lines.sort();
    assert_eq!(lines, [("BC Product Delete To iPaaS".into(), 1, 0), ("Products Gone".into(), 1, 0)]);
    for reports in told.json()["collections"].as_array().unwrap() {
        assert_eq!(reports["reasons"][0]["reason"], "it is not linked to anything", "{reports:#}");
    }
    for arguments in
        [&["initialize", "product", "--direction", "to"][..], &["sync", "product", "5", "--direction", "to"]]
    {
        let told = stage.run(arguments);
        assert_eq!(told.code, Some(1), "{told:#?}");
        assert!(
            told.err.starts_with("error: no collection of this project transfers Product to iPaaS.com\n"),
            "{told:#?}"
        );
        assert!(told.err.contains("`Products Gone`: Product to iPaaS.com, updates on delete\n"), "{told:#?}");
    }
    // the only direction of what there is
    std::fs::remove_file(stage.path().join("mappings/catalog/product-delete-to.yaml")).unwrap();
    assert_eq!(stage.run(&["sync", "product", "--deleted", "999999"]).row("Products Gone")[0], 1);
}

#[test]
fn what_failed_after_a_record_is_tried_again_with_that_record() {
    let products = "collection: BC Products\nextends: BC Products\nafter:\n  - use: Second Pass\n";
    let second = |mpn: &str| {
        format!(
            "collection: Second Pass
record: Product
direction: from
sync: update
bigcommerce: catalog.product
find_by: sku
errors:
  - when: sku is empty
    message: none
rules: |
  sku  <- sku
  mpn  <- {mpn}
"
        )
    };
    let lookup = "lookups:\n  Numbers:\n    unmatched: error\n    entries:\n      never: never\nrules: |";
    let failing = second("sku | lookup(\"Numbers\")").replace("rules: |", lookup);
    let stage = stage(&[("product-from.yaml", products), ("second.yaml", &failing)]);
    let id = stage.products().remove(0);
    let told = stage.run(&["sync", "product", &id]);
    assert_eq!((told.code, told.row("BC Products")[1], told.row("Second Pass")[6]), (Some(1), 1, 1), "{told:#?}");
    let status = stage.run(&["status"]);
    assert!(status.out.contains(&format!("Product {id} (from iPaaS.com) failed: `mpn`: ")), "{status:#?}");
    assert!(status.out.contains(&format!("\n  by `Second Pass`, after {id} of `BC Products`\n")), "{status:#?}");
    assert!(stage.run(&["status", "product", &id]).out.contains(": written at "));

    std::fs::write(stage.path().join("mappings/catalog/second.yaml"), second("sku")).unwrap();
    let told = stage.run(&["retry", &id]);
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert_eq!((told.row("BC Products")[..3].to_vec(), told.row("Second Pass")[1]), (vec![1, 0, 1], 1), "{told:#?}");
    let told = stage.run(&["retry", "--failed"]);
    assert_eq!(told.out, "nothing to try again: nothing failed and nothing was refused\n", "{told:#?}");
}
