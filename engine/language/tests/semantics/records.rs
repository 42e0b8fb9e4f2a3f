//! Questions about a whole record are answered by the whole record, whatever other rules read.

use mapwright_language::evaluate::{ContextFile, Outcome};

use super::{codes, context, outcome, product, target, target_in};

const KIT: &str = r#"{"id":1,"kit":{"id":3,"sku":"K","type":"Kit","components":[{"id":1,"sku":"X","quantity":1}]}}"#;

fn filtered(condition: &str, rules: &str) -> String {
    product(rules).replace("rules: |", &format!("filter:\n  - that: {condition}\n    because: no\nrules: |"))
}

#[test]
fn language_1_a_record_with_anything_in_it_is_not_empty() {
    for rules in ["name <- name", "name <- name\npage_title <- kit.sku", "page_title <- kit.description"] {
        let found = outcome(&filtered("kit is empty", rules), KIT, &ContextFile::default());
        assert!(matches!(found, Outcome::Skipped(_)), "{rules}: {found:?}");
        for record in
            [r#"{"id":1}"#, r#"{"id":1,"kit":null}"#, r#"{"id":1,"kit":{}}"#, r#"{"id":1,"kit":{"sku":null}}"#]
        {
            let found = outcome(&filtered("kit is empty", rules), record, &ContextFile::default());
            assert!(matches!(found, Outcome::Mapped(_)), "{record}: {found:?}");
        }
    }
}

#[test]
fn language_1_what_exists_is_not_empty() {
    let there = context(r#"{"existing":{"id":5}}"#);
    for existing in ["existing is empty", "e is empty"] {
        let rules = format!("let e = existing\nlet new = {existing}\npage_title <- if new then \"new\" else \"old\"");
        let rules = if existing.starts_with("existing") { rules.replace("let e = existing\n", "") } else { rules };
        assert_eq!(target_in(&product(&rules), r#"{"id":1}"#, &there), r#"{"page_title":"old"}"#);
        assert_eq!(target(&product(&rules), r#"{"id":1}"#), r#"{"page_title":"new"}"#);
    }
}

#[test]
fn language_1_records_are_equal_if_all_their_fields_are() {
    let record = r#"{"id":1,"options":[{"id":1,"option_name":"a","values":[]},{"id":2,"option_name":"a","values":[]},{"id":1,"values":[],"option_name":"a"}]}"#;
    let rules = "page_title <- \"{a} {b} {c} {d}\"
        let a = options[0] == options[1]
        let b = options[0] == options[2]
        let c = options[unique o by o] | count
        let d = options[1] in options[each o where o.option_name == \"b\"]";
    assert_eq!(target(&product(rules), record), r#"{"page_title":"false true 2 false"}"#);
    let groups = "page_title <- \"{n}\"\nlet n = options[group o by o] | count";
    assert_eq!(target(&product(groups), record), r#"{"page_title":"2"}"#);
}

#[test]
fn language_1_a_field_of_a_wrong_form_is_no_part_of_a_comparison() {
    let record = r#"{"id":1,"options":[{"id":1,"option_name":{"a":1}},{"id":1,"option_name":{"b":2}}]}"#;
    let rules = "is_visible <- options[0] == options[1]";
    assert!(matches!(outcome(&product(rules), record, &ContextFile::default()), Outcome::Failed(_)));
}

#[test]
fn language_1_records_with_calls_of_their_own_are_not_compared() {
    let order = "collection: R\nrecord: Transaction\ndirection: to\nsync: update\nbigcommerce: orders.order\nrules: |\n  comment <- if products[0] == products[1] then \"a\" else \"b\"\n";
    assert!(codes(order).contains(&"E0316"), "{:?}", codes(order));
}

#[test]
fn language_1_a_record_is_replaced_only_where_it_holds_nothing() {
    let rules = "page_title <- v.sku\nlet v = variants[0] or if empty variants[1]";
    let found =
        |first: &str| target(&product(rules), &format!("{{\"id\":1,\"variants\":[{first},{{\"sku\":\"B\"}}]}}"));
    assert_eq!(found("{}"), r#"{"page_title":"B"}"#);
    assert_eq!(found("null"), r#"{"page_title":"B"}"#);
    assert_eq!(found(r#"{"barcode":"x"}"#), "{}");
    assert_eq!(found(r#"{"sku":"A"}"#), r#"{"page_title":"A"}"#);
}
