//! Lookups: what takes its entries from another, and keys that are never asked for. Lists that convert element by element.

use std::fmt::Write as _;

use mapwright_language::evaluate::Outcome;

use crate::project::Project;

/// A collection `Cn` whose lookup is that of the next one.
fn link(at: usize, last: usize) -> String {
    let lookup = if at == last {
        String::from("    unmatched: nothing\n    entries:\n      a: b\n")
    } else {
        format!("    from: C{}\n", at + 1)
    };
    format!(
        "collection: C{at}\nrecord: Customer\ndirection: to\nsync: add-update\nbigcommerce: customers.customer\nfind_by: email_address\nlookups:\n  L:\n{lookup}rules: |\n  email_address <- email\n  first_name <- first_name | lookup(\"L\")\n"
    )
}

#[test]
fn language_20_lookups_may_be_shared_by_way_of_many_others() {
    let files: Vec<String> = (0..=30).map(|at| link(at, 30)).collect();
    Project::of(&files.iter().map(String::as_str).collect::<Vec<_>>()).clean();
}

#[test]
fn language_20_a_circle_is_still_one() {
    let files: Vec<String> = (0..12).map(|at| link(at, 99).replace("from: C12", "from: C3")).collect();
    let project = Project::of(&files.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(project.report().contains("in a circle"), "{}", project.report());
}

#[test]
fn language_20_a_list_is_converted_as_its_elements_are() {
    let rules = "let nums = [1, 2.5]\nmeta_keywords <- nums";
    let Outcome::Mapped(mapped) = Project::product("", rules).clean().map(r#"{ "id": 1 }"#, "{}") else {
        panic!("maps")
    };
    assert!(format!("{mapped:?}").contains(r#"Text("2.5")"#), "{mapped:?}");
    Project::product("", "meta_keywords <- variants[*].default_price").clean();
    Project::product("", "meta_keywords <- for v in variants { v.default_price }").clean();
    let wrong = Project::product("", "meta_keywords <- [true, false]");
    assert!(wrong.codes().contains(&"E0414"), "{}", wrong.report());
}

#[test]
fn language_15_keys_that_no_number_reads_as_are_errors() {
    for (key, code) in [
        ("'4'", None),
        ("'-4'", None),
        ("'4.0'", Some("did you mean `4`?")),
        ("'04'", Some("did you mean `4`?")),
        ("'4.5'", Some("a whole number")),
        ("four", Some("a whole number")),
        ("'1,000'", Some("a whole number")),
    ] {
        let keys = format!("lookups:\n  Order:\n    unmatched: nothing\n    entries:\n      {key}: first\n");
        let project = Project::product(&keys, "search_keywords <- count(variants) | lookup(\"Order\")");
        match code {
            None => drop(project.clean()),
            Some(said) => assert!(
                project.report().contains("[E0606]") && project.report().contains(said),
                "{key}\n{}",
                project.report()
            ),
        }
    }
    let keys = "lookups:\n  Price:\n    unmatched: nothing\n    entries:\n      '4.5': first\n      '4.50': second\n    patterns:\n      '1*': one\n      'x*': never\n";
    let report = Project::product(keys, "search_keywords <- default_price | lookup(\"Price\")").report();
    assert!(report.contains("`4.50` is not a value") && report.contains("did you mean `4.5`?"), "{report}");
    assert!(report.contains("`x*` fits no value") && !report.contains("`1*`"), "{report}");
}

#[test]
fn language_15_checks_do_not_compare_with_what_stands_for_nothing() {
    let checks = |that: &str| format!("checks:\n  - that: {that}\n    message: \"no\"\n");
    for that in ["brand_id != 0", "brand_id == '0'", "brand_id not in [0]"] {
        let project = Project::product(&checks(that), "name <- name");
        assert!(!project.codes().is_empty(), "{that} is accepted");
    }
    Project::product(&checks("brand_id is not empty"), "name <- name").clean();
}

#[test]
fn language_24_a_dictionary_of_many_rows_is_made_in_few_steps() {
    let project = Project::product("", "search_keywords <- (for v in variants { v.sku: v.barcode } | keys)[0]").clean();
    let mut variants = String::new();
    for at in 0..10_000 {
        let comma = if at > 0 { "," } else { "" };
        let _ = write!(variants, "{comma}{{ \"id\": {at}, \"sku\": \"SKU{at}\", \"barcode\": \"B{at}\" }}");
    }
    let Outcome::Mapped(mapped) = project.map(&format!("{{ \"id\": 1, \"variants\": [{variants}] }}"), "{}") else {
        panic!("10,000 rows are too many")
    };
    assert!(format!("{mapped:?}").contains("SKU0"), "{mapped:?}");
    // a key that stands there twice is still found
    let twice = variants.replace("\"SKU9999\"", "\"SKU17\"");
    let Outcome::Failed(failures) = project.map(&format!("{{ \"id\": 1, \"variants\": [{twice}] }}"), "{}") else {
        panic!("a key twice")
    };
    assert_eq!(failures[0].message, "the key `SKU17` stands in this dictionary twice");
}
