//! JSONPath in rules: over the record as it was received, with the types that the schema tells.

use mapwright_language::evaluate::{ContextFile, Outcome};

use super::{codes, compiled, outcome, product, target};

const RECORD: &str = r#"{"id":1,"sku":"S","name":"N","barcode":"B2","default_price":5,"status":"Active","weight":2.50,"kit":{"id":3,"sku":"K","type":"Kit","components":[{"id":1,"sku":"X","quantity":1}]},"variants":[{"id":1,"sku":"B1","msrp":5},{"id":2,"sku":"B2"},{"id":3,"sku":"B3","msrp":null}],"custom_fields":[{"custom_field_name":"Women's size","value":"M"},{"custom_field_name":"a \"b\" \\ [c]","value":"Q"},{"custom_field_name":"Plain","value":"1"}]}"#;

fn title(path: &str) -> String {
    target(&product(&format!("page_title <- ({path})[first]")), RECORD)
}

fn list(path: &str) -> String {
    target(&product(&format!("search_keywords <- ({path}) | join(\",\")")), RECORD)
}

#[test]
fn language_3_a_path_from_the_root_in_a_filter_is_read() {
    assert_eq!(title("$.variants[?@.sku == $.barcode].sku"), r#"{"page_title":"B2"}"#);
    assert_eq!(title("$.variants[?count($.variants[?@.msrp > 4]) == 1].sku"), r#"{"page_title":"B1"}"#);
    assert_eq!(title("$.variants[?value($.kit.components[*].sku) == \"X\"].sku"), r#"{"page_title":"B1"}"#);
}

#[test]
fn language_4_keys_hold_any_character() {
    assert_eq!(title(r#"$.custom_fields["Women's size"]"#), r#"{"page_title":"M"}"#);
    assert_eq!(title(r"$.custom_fields['Women\'s size']"), r#"{"page_title":"M"}"#);
    assert_eq!(title(r"$['custom_fields']['Women\u0027s size']"), r#"{"page_title":"M"}"#);
    assert_eq!(title(r#"$.custom_fields["a \"b\" \\ [c]"]"#), r#"{"page_title":"Q"}"#);
    assert_eq!(title(r#"$.custom_fields['none']"#), "{}");
}

#[test]
fn language_4_a_filter_looks_through_names_and_values() {
    assert_eq!(title(r#"$.custom_fields[?@ == "1"]"#), r#"{"page_title":"1"}"#);
    assert_eq!(list("$.custom_fields.*"), r#"{"search_keywords":"M,Q,1"}"#);
    assert_eq!(list("$.kit[?@ == \"K\" || @ == \"Kit\"]"), r#"{"search_keywords":"K,Kit"}"#);
    let broken = r#"{"id":1,"custom_fields":[{"value":"M"}],"name":"N"}"#;
    let rules = "page_title <- ($.custom_fields['Plain'])[first]";
    assert!(matches!(outcome(&product(rules), broken, &ContextFile::default()), Outcome::Failed(_)));
    assert_eq!(target(&product("page_title <- ($.name)[first]"), broken), r#"{"page_title":"N"}"#);
}

#[test]
fn language_5_absent_and_null_differ() {
    assert_eq!(list("$.variants[?@.msrp].sku"), r#"{"search_keywords":"B1,B3"}"#);
    assert_eq!(list("$.variants[?!@.msrp].sku"), r#"{"search_keywords":"B2"}"#);
    assert_eq!(list("$.variants[?@.msrp == null].sku"), r#"{"search_keywords":"B3"}"#);
    assert_eq!(list("$.variants[?@.msrp != null].sku"), r#"{"search_keywords":"B1,B2"}"#);
}

#[test]
fn language_6_a_type_comes_of_all_names() {
    let price = |path: &str| codes(&product(&format!("price <- ({path})[last]")));
    assert_eq!(price(r#"$["default_price","name"]"#), ["E0414"]);
    assert!(price(r#"$["default_price","default_price"]"#).is_empty());
    assert_eq!(list(r#"$["sku","name"]"#), r#"{"search_keywords":"S,N"}"#);
    assert_eq!(list(r#"$["default_price","name"]"#), r#"{"search_keywords":"5,N"}"#);
    let number = "price <- ($['default_price'])[last] * 2";
    assert_eq!(target(&product(number), RECORD), r#"{"price":10}"#);
}

#[test]
fn language_6_numbers_found_anywhere_are_texts() {
    let each =
        |path: &str| target(&product(&format!("search_keywords <- ({path}) | each upper | join(\",\")")), RECORD);
    let variants = r#"{"id":1,"variants":[{"id":1,"sku":"b1","msrp":5.10},{"id":2,"sku":"b2","taxable":true}]}"#;
    let rules = "search_keywords <- ($.variants[*].*) | each upper | join(\",\")";
    assert_eq!(target(&product(rules), variants), r#"{"search_keywords":"1,B1,5.10,2,B2,TRUE"}"#);
    assert_eq!(each("$..weight"), r#"{"search_keywords":"2.50"}"#);
    assert_eq!(each("$..sku"), r#"{"search_keywords":"S,K,X,B1,B2,B3"}"#);
    assert_eq!(title("$..components"), r#"{"page_title":"[{\"id\":1,\"sku\":\"X\",\"quantity\":1}]"}"#);
}

#[test]
fn message_08_a_question_mark_in_a_text_is_no_filter() {
    let record = r#"{"id":1,"variants":[{"id":1,"sku":"why?"}]}"#;
    let rules = "name <- ($.variants[?@.sku == \"why?\"].sku)[first]";
    assert_eq!(target(&product(rules), record), r#"{"name":"why?"}"#);
    assert_eq!(list("$.variants[?@.sku == '@.x ? 1 : 2' || @.id == 2].sku"), r#"{"search_keywords":"B2"}"#);
}

#[test]
fn language_6_calls_of_a_wrong_type_are_refused() {
    for path in [
        "$.variants[?length(@.sku)]",
        "$.variants[?length(@.*) == 1]",
        "$.variants[?length(@.sku, 1) == 1]",
        "$.variants[?count(1) == 1]",
        "$.variants[?count(@.sku)]",
        "$.variants[?count('x') == 1]",
        "$.variants[?match(@.sku)]",
        "$.variants[?match(@.sku, 'a') == true]",
        "$.variants[?match(@.sku, 1)]",
        "$.variants[?match(@.*, 'a')]",
        "$.variants[?search(@.sku, @..x)]",
        "$.variants[?search(@.sku, '(')]",
        "$.variants[?match(@.sku, '\\\\d+')]",
        "$.variants[?value(1) == 1]",
        "$.variants[?value(@.sku)]",
        "$.variants[?nothing(@.sku)]",
        "$.variants[?@.* == 1]",
        "$.variants[?@.sku == @.*]",
        "$.variants[?1]",
        "$.variants[?!@.id == 1]",
        "$.variants[01]",
        "$.variants[?@.sku == \"\\ud800\"]",
        "$.variants[?in(@.sku, ['a'])]",
    ] {
        assert_eq!(codes(&product(&format!("is_visible <- ({path}) is empty"))), ["E0311"], "{path}");
    }
}

#[test]
fn language_2_a_filter_compares_what_can_be_equal() {
    for path in [
        "$.variants[?@.sku == 1]",
        "$.variants[?@.msrp > '4']",
        "$.variants[?@.msrp == $.name]",
        "$.variants[?match(@.msrp, 'a')]",
        "$.variants[?length(@.sku) == 'a']",
        "$.variants[?@.options == 'x']",
    ] {
        assert!(codes(&product(&format!("is_visible <- ({path}) is empty"))).contains(&"E0406"), "{path}");
    }
    for path in [
        "$.variants[?@.id == 1]",
        "$.variants[?@.id == '1']",
        "$.variants[?@.msrp == null]",
        "$.variants[?@.msrp > 4.5]",
    ] {
        assert!(codes(&product(&format!("is_visible <- ({path}) is empty"))).is_empty(), "{path}");
    }
}

#[test]
fn language_3_rows_that_the_mapping_makes_have_no_received_text() {
    let parent = "collection: P\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nchildren:\n  variants:\n    - use: V\n      each: variants[group v by v.sku]\nrules: |\n  name <- name\n";
    let child = "collection: V\nrecord: Product Variant\ndirection: from\nsync: update\nbigcommerce: catalog.variant\nexternal_id: \"{id}|{parent_external_id}\"\nrules: |\n  sku <- ($.items[*].sku)[first]\n";
    let (_, said) = compiled(&[parent, child]);
    assert!(said.iter().any(|(code, _)| *code == "E0312"), "{said:?}");
    let checks = product("name <- name")
        .replace("rules: |", "checks:\n  - that: ($.name) is not empty\n    message: no\nrules: |");
    assert!(codes(&checks).contains(&"E0312"), "{:?}", codes(&checks));
}

#[test]
fn language_3_rows_of_a_child_look_through_their_own_text() {
    let parent = "collection: R\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nchildren:\n  variants:\n    - use: V\n      each: variants\nrules: |\n  name <- ($.variants[-1:].sku)[first]\n";
    let child = "collection: V\nrecord: Product Variant\ndirection: from\nsync: update\nbigcommerce: catalog.variant\nexternal_id: \"{id}|{parent_external_id}\"\nrules: |\n  sku <- ($[?@ == 'B2' || @ == 'B1'])[first]\n";
    let (library, said) = compiled(&[parent, child]);
    assert!(said.iter().all(|(code, _)| code.starts_with('W')), "{said:?}");
    let plan = library.collection("R").unwrap().plan.clone().unwrap();
    let context = ContextFile::default();
    let found = mapwright_language::evaluate::evaluate(&plan, RECORD.as_bytes(), &context.context());
    let mapwright_language::evaluate::Evaluation::Done(Outcome::Mapped(mapped)) = found else { panic!("{found:?}") };
    let json = mapwright_language::evaluate::target_json(&plan.root, &mapped, context.time_zone()).unwrap();
    let text = mapwright_language::json::write(&json);
    assert_eq!(text, r#"{"name":"B3","variants":[{"sku":"B1"},{"sku":"B2"},{}]}"#);
}
