//! What becomes of a record at the edges: links that are missing, rows that are none, fields of a wrong form, and work without
//! end. Mappings here are written for the one thing they show.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::fmt::Write as _;
use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate, full_json};
use mapwright_language::json::{self, Json};
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

const PRODUCT: &str =
    "collection: Example\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\n";
const OPTIONS: &str =
    "collection: Example Options\nrecord: Product Option\ndirection: from\nsync: update\nbigcommerce: catalog.option\n";

/// What `map --format json` prints for a record: the first of these files is evaluated.
fn mapped(texts: &[&str], record: &str, context: &str) -> String {
    let (outcome, files, zone, root) = outcome(texts, record, context);
    json::pretty(&full_json(&root.root, &outcome, &files, &zone))
}

type Ended = (Outcome, Files, jiff::tz::TimeZone, Arc<mapwright_language::plan::Plan>);

fn outcome(texts: &[&str], record: &str, context: &str) -> Ended {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let ids: Vec<_> =
        texts.iter().zip(1..).map(|(text, at)| files.add(format!("file-{at}.yaml"), (*text).to_owned())).collect();
    let read: Vec<_> =
        ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", render::plain(&files, &diagnostics));
    let plan = library.collection("Example").and_then(|c| c.plan.clone()).unwrap();
    let context = ContextFile::read(&json::read(context.as_bytes()).unwrap()).unwrap();
    let Evaluation::Done(outcome) = evaluate(&plan, record.as_bytes(), &context.context()) else {
        panic!("the context answers everything")
    };
    (outcome, files, context.time_zone().clone(), plan)
}

/// The messages of a record that fails.
fn failures(texts: &[&str], record: &str) -> Vec<String> {
    match outcome(texts, record, "{}").0 {
        Outcome::Failed(failures) => failures.into_iter().map(|f| f.message).collect(),
        other => panic!("{other:?}"),
    }
}

fn rules(lines: &str) -> String {
    format!("{PRODUCT}rules: |\n  {}\n", lines.replace('\n', "\n  "))
}

#[test]
fn a_list_of_links_waits_for_all_that_are_missing() {
    let mapping = rules(r#"categories <- categories[*].category_id | each link("Product Category")"#);
    let record =
        r#"{"id":"1","categories":[{"category_id":"7"},{"category_id":"8"},{"category_id":"9"},{"category_id":"7"}]}"#;
    let context = r#"{"links":{"Product Category":{"8":"80"}}}"#;
    insta::assert_snapshot!(mapped(&[&mapping], record, context));
}

/// A product with options, their collection active or not.
fn with_options(active: bool) -> [String; 2] {
    let product = format!(
        "{PRODUCT}children:\n  options:\n    - use: Example Options\n      each: options\nrules: |\n  name <- name\n"
    );
    let options =
        format!("{OPTIONS}active: {active}\nrules: |\n  display_name <- option_name\n  type <- \"dropdown\"\n");
    [product, options]
}

#[test]
fn children_that_are_not_active_are_counted() {
    let [product, options] = with_options(false);
    let record = r#"{"id":"1","name":"Tee","options":[{"id":"5","option_name":"Size"}]}"#;
    insta::assert_snapshot!(mapped(&[&product, &options], record, "{}"));
}

#[test]
fn rows_that_are_null_are_counted() {
    let [product, options] = with_options(true);
    let record = r#"{"id":"1","name":"Tee","options":[null,{"id":"5","option_name":"Size"},null]}"#;
    insta::assert_snapshot!(mapped(&[&product, &options], record, "{}"));
}

#[test]
fn rows_that_are_no_records_fail() {
    let [product, options] = with_options(true);
    let record = r#"{"id":"1","name":"Tee","options":[7,{"id":"5","option_name":"Size"},["Size"]]}"#;
    insta::assert_snapshot!(mapped(&[&product, &options], record, "{}"));
}

#[test]
fn a_field_of_a_wrong_form_is_named_and_shown() {
    let long = "9".repeat(70);
    let cases = [
        ("price <- default_price", r#"{"default_price":"twelve"}"#),
        ("price <- default_price", r#"{"default_price":[12,{"a":1}]}"#),
        ("price <- default_price", r#"{"default_price":12345678901234567890123456789}"#),
        ("price <- default_price", &format!(r#"{{"default_price":{long}}}"#)),
        ("name <- name", r#"{"name":true}"#),
        ("sort_order <- options[first].order", r#"{"options":[{"order":1.5}]}"#),
        ("name <- options[first].option_name", r#"{"options":["a\tb"]}"#),
        ("sku <- custom[\"Size\"]", r#"{"custom_fields":[{"custom_field_name":"Size","value":["L"]}]}"#),
    ];
    let mut said = String::new();
    for (rule, record) in cases {
        writeln!(said, "{}", failures(&[&rules(rule)], record).join("\n")).unwrap();
    }
    insta::assert_snapshot!(said);
}

#[test]
fn conditions_name_the_field_of_a_wrong_form_too() {
    let conditions = "filter:\n  - that: default_price > 0\nerrors:\n  - when: msrp < 0\n    message: no\n";
    let mapping = format!("{PRODUCT}{conditions}rules: |\n  name <- name\n");
    let mut said = mapped(&[&mapping], r#"{"default_price":"free"}"#, "{}");
    said.push_str(&mapped(&[&mapping], r#"{"default_price":1,"msrp":"free"}"#, "{}"));
    insta::assert_snapshot!(said);
}

#[test]
fn what_is_said_of_people_is_not_shown() {
    let mapping = "collection: Example\nrecord: Customer\ndirection: from\nsync: update\nbigcommerce: customers.customer\nerrors:\n  - when: comment starts with \"x\"\n    message: no\n  - when: last_name starts with \"x\"\n    message: no\nrules: |\n  first_name <- first_name\n";
    let mut said = failures(&[mapping], r#"{"first_name":417}"#);
    said.extend(failures(&[mapping], r#"{"last_name":417}"#));
    assert!(said.len() == 2 && said.iter().all(|m| m.contains("_name` is a number") && !m.contains("417")), "{said:?}");
}

#[test]
fn a_record_that_cannot_be_read_is_placed_in_its_own_collection() {
    let other = OPTIONS.replace("Example Options", "Another") + "rules: |\n  display_name <- option_name\n";
    let mapping = rules("name <- name");
    let (outcome, files, zone, plan) = outcome(&[&other, &mapping], "[]", "{}");
    insta::assert_snapshot!(json::pretty(&full_json(&plan.root, &outcome, &files, &zone)));
}

#[test]
fn texts_do_not_grow_without_end() {
    let mut lets = String::from("let t0 = \"{name}{name}\"\n");
    for i in 1..40 {
        writeln!(lets, "let t{i} = \"{{t{0}}}{{t{0}}}\"", i - 1).unwrap();
    }
    let doubled = rules(&format!("{lets}description <- t39"));
    let many = rules("description <- name | replace(\"a\", name)");
    let joined = rules("description <- name | split(\"a\") | join(name)");
    let record = format!(r#"{{"name":"{}"}}"#, "ab".repeat(5_000));
    let mut said = failures(&[&doubled], &record);
    said.extend(failures(&[&many], &record));
    said.extend(failures(&[&joined], &record));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn work_is_charged_by_size() {
    // each of 20,000 elements is looked for among 20,000: few steps, but 400 million comparisons
    let mapping = rules("let ids = options[*].id\nis_visible <- every o in options where o.id in ids");
    let options: Vec<String> = (0..20_000).map(|i| format!(r#"{{"id":"{i}"}}"#)).collect();
    let record = format!(r#"{{"options":[{}]}}"#, options.join(","));
    insta::assert_snapshot!(failures(&[&mapping], &record).join("\n"));
}

#[test]
fn objects_of_many_keys_are_read() {
    let many = |value: &str| (0..200_000).map(|i| format!("\"k{i}\":{value}")).collect::<Vec<_>>().join(",");
    let document = json::read(format!("{{{},{}}}", many("1"), many("2")).as_bytes()).unwrap();
    assert_eq!(document.entries().len(), 200_000);
    assert!(document.entries().iter().all(|(_, v)| *v == Json::Number("2".into())));
    let rows: Vec<String> = (0..200_000).map(|i| format!(r#"{{"custom_field_name":"k{i}","value":"{i}"}}"#)).collect();
    let record = format!(r#"{{"custom_fields":[{}]}}"#, rows.join(","));
    let (outcome, ..) = outcome(&[&rules(r#"name <- custom["k199999"]"#)], &record, "{}");
    assert!(matches!(outcome, Outcome::Mapped(_)), "{outcome:?}");
}

#[test]
fn one_wrong_element_spoils_a_list_of_values() {
    // a list of texts is used as a whole: leaving one of them out would be silent
    let mapping = PRODUCT.replace("direction: from", "direction: to")
        + "rules: |\n  custom[\"Keywords\"] <- meta_keywords | join(\",\")\n";
    let record = r#"{"meta_keywords":["a",{"b":1},7]}"#;
    assert_eq!(
        failures(&[&mapping], record),
        ["the source field `meta_keywords[1]` is an object, but a text was expected"]
    );
}

#[test]
fn limits_hold_inside_dictionaries_that_are_copied_whole() {
    let mapping = rules("custom_fields <- custom_fields");
    let record = |value: &str| {
        format!(
            r#"{{"custom_fields":[{{"custom_field_name":"a","value":null}},{{"custom_field_name":"b","value":"{value}"}}]}}"#
        )
    };
    let said = failures(&[&mapping], &record(&"x".repeat(251)));
    assert!(
        matches!(said.as_slice(), [one] if one.contains("has 251 characters, the target field takes 250")),
        "{said:?}"
    );
    let (outcome, ..) = outcome(&[&mapping], &record(&"x".repeat(250)), "{}");
    assert!(matches!(outcome, Outcome::Mapped(_)), "{outcome:?}");
}
