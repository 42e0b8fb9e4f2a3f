//! Situations from public reports of connectors for BigCommerce: what the schema knows of the store's fields, honoured by check and
//! evaluation.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::evaluate::{ContextFile, Evaluation, MappedRecord, Outcome, evaluate, target_json, warnings};
use mapwright_language::json;
use mapwright_language::mapping_file;
use mapwright_language::plan::Plan;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

const PRODUCT: &str =
    "collection: Example\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n";
const LINE: &str = "collection: Example\nrecord: Transaction Line\ndirection: from\nsync: add\nbigcommerce: orders.product\nexternal_id: none\nrules: |\n  quantity <- 1\n  name <- \"x\"\n";
const ADDRESS: &str = "collection: Example\nrecord: Transaction Address\ndirection: from\nsync: update\nbigcommerce: orders.shipping_address\nexternal_id: none\nrules: |\n";

/// What `check` says, and the plan.
fn checked(mapping: &str) -> (String, Option<Arc<Plan>>) {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let id = files.add("file.yaml", mapping.to_owned());
    let read: Vec<_> = mapping_file::read(&files, id, &mut diagnostics).map(Arc::new).into_iter().collect();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    let plan = library.collection("Example").and_then(|c| c.plan.clone());
    (render::plain(&files, &diagnostics), plan)
}

fn outcome(mapping: &str, record: &str) -> Outcome {
    let (said, plan) = checked(mapping);
    let plan = plan.unwrap_or_else(|| panic!("{said}"));
    let context = ContextFile::default();
    match evaluate(&plan, record.as_bytes(), &context.context()) {
        Evaluation::Done(outcome) => outcome,
        Evaluation::Needs { needs, .. } => panic!("{needs:?}"),
    }
}

fn mapped(mapping: &str, record: &str) -> (String, Vec<String>) {
    let Outcome::Mapped(found) = outcome(mapping, record) else { panic!("{mapping}") };
    let (_, plan) = checked(mapping);
    let target = target_json(&plan.unwrap().root, &found, &jiff::tz::TimeZone::UTC).unwrap();
    (json::write(&target), told(&found))
}

fn told(record: &MappedRecord) -> Vec<String> {
    let mut all = Vec::new();
    warnings(record, &mut all);
    all.into_iter().map(|reason| reason.text.clone()).collect()
}

fn failures(mapping: &str, record: &str) -> Vec<String> {
    match outcome(mapping, record) {
        Outcome::Failed(failures) => failures.into_iter().map(|f| f.message).collect(),
        other => panic!("{other:?}"),
    }
}

fn rules(head: &str, lines: &str) -> String {
    format!("{head}  {}\n", lines.replace('\n', "\n  "))
}

#[test]
fn field_a_an_empty_custom_field_is_no_row() {
    let mapping = rules(PRODUCT, "custom[\"Material\"] <- description\ncustom[\"Care\"] <- unit");
    let record = r#"{"id":"1","description":"","unit":"30 °C"}"#;
    assert_eq!(mapped(&mapping, record).0, r#"{"custom_fields":[{"name":"Care","value":"30 °C"}]}"#);
    // all of them at once: a dictionary of which an entry is empty
    let whole = rules(PRODUCT, "custom_fields <- { \"Material\": description, \"Care\": unit }");
    assert_eq!(mapped(&whole, record).0, r#"{"custom_fields":[{"name":"Care","value":"30 °C"}]}"#);
}

#[test]
fn field_c_check_tells_of_a_rule_whose_difference_could_not_be_written() {
    let product = "collection: Example\nrecord: Product\ndirection: from\nsync: add-update\nbigcommerce: catalog.product\nfind_by: sku\nrules: |\n  sku <- sku\n  name <- name\n  price <- 1\n  weight <- 1\n";
    let (said, _) = checked(&rules(product, "type <- \"physical\""));
    assert!(said.contains("warning[W0507]: `type` is written when the record is created, and never again"), "{said}");
    let (said, _) = checked(&rules(product, "type <- \"physical\"  on create"));
    assert!(!said.contains("W0507"), "{said}");
}

#[test]
fn field_f_half_of_a_price_pair_is_refused() {
    let (said, plan) = checked(&rules(LINE, "price_ex_tax <- unit_price"));
    assert!(
        said.contains("error[E0510]: BigCommerce order line takes `price_ex_tax` only together with `price_inc_tax`"),
        "{said}"
    );
    assert!(plan.is_none());
    let both = rules(LINE, "price_ex_tax <- unit_price\nprice_inc_tax <- unit_price + estimated_tax_amount");
    let record = r#"{"id":"1","sku":"A","unit_price":30,"estimated_tax_amount":3}"#;
    assert_eq!(mapped(&both, record).0, r#"{"quantity":1,"name":"x","price_ex_tax":30,"price_inc_tax":33}"#);
    let without = failures(&both, r#"{"id":"1","sku":"A","unit_price":30}"#);
    assert_eq!(without, ["is empty, and the target takes `price_ex_tax` only together with it"]);
}

#[test]
fn field_f_what_is_missing_against_the_schema_is_told() {
    let mapping = rules(LINE, "upc <- description ?? sku");
    assert_eq!(mapped(&mapping, r#"{"id":"1","sku":"A"}"#).1, Vec::<String>::new());
    let tax = rules(LINE, "upc <- \"{qty}\"");
    let told = mapped(&tax, r#"{"id":"1","sku":"A"}"#).1;
    assert_eq!(told, ["missing in the record, although the schema says that it is never null: `qty`"]);
}

#[test]
fn field_g_a_country_goes_as_two_letters() {
    let plain = rules(ADDRESS, "country_iso2 <- country");
    assert_eq!(mapped(&plain, r#"{"id":"1","country":"US"}"#).0, r#"{"country_iso2":"US"}"#);
    let wrong = failures(&plain, r#"{"id":"1","country":"USA"}"#);
    assert_eq!(
        wrong,
        ["`USA` is no two-letter code of a country, and the target field takes one: convert it: `| country_code`"]
    );
    let converted = rules(ADDRESS, "country_iso2 <- country | country_code");
    assert_eq!(mapped(&converted, r#"{"id":"1","country":"USA"}"#).0, r#"{"country_iso2":"US"}"#);
    let (said, _) = checked(&rules(ADDRESS, "country_iso2 <- \"USA\""));
    assert!(said.contains("error[E0417]: `USA` is no two-letter code of a country"), "{said}");
}

#[test]
fn field_j_nothing_is_nothing_as_a_number_and_as_a_text() {
    let mapping = "collection: Example\nrecord: Gift Card\ndirection: to\nsync: update\nbigcommerce: marketing.gift_certificate\nexternal_id: none\nrules: |\n  description <- if order_id is empty then \"by hand\" else \"sold\"\n";
    for (order, expected) in
        [("\"0\"", "by hand"), ("0", "by hand"), ("\"0.0\"", "by hand"), ("\"10\"", "sold"), ("7", "sold")]
    {
        let record = format!("{{\"id\":9,\"order_id\":{order}}}");
        assert_eq!(mapped(mapping, &record).0, format!("{{\"description\":\"{expected}\"}}"), "{order}");
    }
}

#[test]
fn field_k_language_16_elements_without_a_value_are_left_out_and_counted() {
    let mapping = rules(PRODUCT, "meta_keywords <- categories[*].category_name");
    let record = r#"{"id":"1","categories":[{"id":"1","category_name":null},{"id":"2","category_name":"Case"}]}"#;
    let (target, told) = mapped(&mapping, record);
    assert_eq!(target, r#"{"meta_keywords":["Case"]}"#);
    assert!(told.iter().any(|t| t == "`meta_keywords`: 1 element without a value left out of the list"), "{told:?}");
    // a literal, and a list that is made
    let literal = rules(PRODUCT, "meta_keywords <- [barcode, \"x\"]");
    assert_eq!(mapped(&literal, r#"{"id":"1","barcode":null}"#).0, r#"{"meta_keywords":["x"]}"#);
    let made = rules(PRODUCT, "meta_keywords <- for c in categories { c.category_name }");
    assert_eq!(mapped(&made, record).0, r#"{"meta_keywords":["Case"]}"#);
}

#[test]
fn field_n_the_status_of_an_order_is_written_by_its_number() {
    let order = "collection: Example\nrecord: Transaction\ndirection: from\nsync: update\nbigcommerce: orders.order\nrules: |\n";
    let (said, _) = checked(&rules(order, "status <- status"));
    assert!(
        said.contains("`status` of BigCommerce order can only be read") && said.contains("help: write `status_id`"),
        "{said}"
    );
    let (said, _) = checked(&rules(order, "status_id <- status"));
    assert!(said.contains("these are words: a lookup gives their numbers") && said.contains("10 Completed"), "{said}");
}

#[test]
fn field_n_two_variants_with_one_sku_are_found_before_anything_is_sent() {
    let parent = "collection: Example\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nchildren:\n  variants:\n    - use: Example Variants\n      each: variants\nrules: |\n  name <- name\n";
    let child = "collection: Example Variants\nrecord: Product Variant\ndirection: from\nsync: update\nbigcommerce: catalog.variant\nexternal_id: \"{id}|{parent_external_id}\"\nrules: |\n  sku <- sku\n";
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let texts = [parent, child];
    let ids: Vec<_> = texts.iter().map(|t| files.add("file.yaml", (*t).to_owned())).collect();
    let read: Vec<_> =
        ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    let plan = library.collection("Example").and_then(|c| c.plan.clone());
    let plan = plan.unwrap_or_else(|| panic!("{}", render::plain(&files, &diagnostics)));
    let context = ContextFile::default();
    let evaluated = |second: &str| {
        let record = format!(
            r#"{{"id":"1","name":"Cap","variants":[{{"id":"5","sku":"CAP-S"}},{{"id":"6","sku":"{second}"}}]}}"#
        );
        evaluate(&plan, record.as_bytes(), &context.context())
    };
    let Evaluation::Done(Outcome::Failed(failures)) = evaluated("CAP-S") else { panic!("sent") };
    let [failure] = failures.as_slice() else { panic!("{failures:?}") };
    let expected = "is `CAP-S` twice, in `variants[0]` too, and no two rows may have the same";
    assert_eq!((&*failure.message, &*failure.row), (expected, "variants[1]"));
    assert!(matches!(evaluated("CAP-M"), Evaluation::Done(Outcome::Mapped(_))));
}
