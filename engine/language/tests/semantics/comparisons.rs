//! A comparison is decided by its types or refused; texts become numbers only where they are numbers.

use mapwright_language::evaluate::{ContextFile, Outcome};

use super::{codes, compiled, customer, outcome, product, target};

#[test]
fn language_2_a_text_beside_a_time_or_number_is_refused_on_either_side() {
    let literal = ["\"2024-01-01\"", "'10'"];
    let other = ["date_modified", "address_count", "now", "date_created", "(address_count * 2)"];
    for sign in ["<", "<=", ">", ">=", "==", "!="] {
        for literal in literal {
            for other in other {
                for condition in [format!("{other} {sign} {literal}"), format!("{literal} {sign} {other}")] {
                    let text = customer(&format!("comment <- if {condition} then \"a\" else \"b\""));
                    assert_eq!(codes(&text), ["E0406"], "{condition}");
                }
            }
        }
    }
    let right = "comment <- if date_modified >= instant(\"2024-01-01T00:00:00Z\") then \"a\" else \"b\"";
    assert!(codes(&customer(right)).is_empty());
    // texts have an order, whether they are one of a few or any
    assert!(codes(&product("page_title <- if status > \"B\" then \"a\" else \"b\"")).is_empty());
    assert!(codes(&product("page_title <- if \"B\" <= sku then \"a\" else \"b\"")).is_empty());
}

#[test]
fn language_2_null_has_no_order() {
    for condition in ["default_price > null", "null <= sku", "now < null"] {
        let text = product(&format!("page_title <- if {condition} then \"a\" else \"b\""));
        assert_eq!(codes(&text), ["E0406"], "{condition}");
    }
}

#[test]
fn language_7_a_promise_is_not_compared_by_way_of_a_list() {
    let parent = "collection: P\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nchildren:\n  variants:\n    - use: V\n      each: variants\nrules: |\n  name <- name\n";
    for condition in [
        "any x in l where x == \"5\"",
        "every x in l where x != \"5\"",
        "l[first x where x == \"5\"] is empty",
        "l[first x where x is not empty] == \"5\"",
        "l[first] == \"5\"",
        "l[0] in [\"5\"]",
        "l[each x where x == \"5\"] is empty",
        "\"5\" in l[sort x by x]",
        "l[unique x by x][first] is empty",
    ] {
        let child = format!(
            "collection: V\nrecord: Product Variant\ndirection: from\nsync: update\nbigcommerce: catalog.variant\nexternal_id: \"{{id}}|{{parent_external_id}}\"\nrules: |\n  let l = [parent.id | link(\"Product\")]\n  sku <- if {condition} then \"a\" else \"b\"\n"
        );
        let (_, said) = compiled(&[parent, &child]);
        assert!(said.iter().any(|(code, _)| *code == "E0407"), "{condition}: {said:?}");
    }
}

#[test]
fn language_8_thousands_are_groups_of_three() {
    let read = |text: &str, sign: &str| {
        let rules = format!("comment <- \"{{n}}\"\nlet n = (notes | parse_number(\"{sign}\")) otherwise -1");
        target(&customer(&rules), &format!("{{\"id\":1,\"notes\":\"{text}\"}}"))
    };
    let is = |text: &str, sign: &str, number: &str| {
        assert_eq!(read(text, sign), format!("{{\"comment\":\"{number}\"}}"), "{text} with `{sign}`");
    };
    for text in [
        "12,50",
        "1,5",
        "1,2,3",
        "1,2345",
        "1234,567",
        "1,,234",
        ",123",
        "1,234,",
        "1.234,5",
        "1 234,567",
        "1,",
        "1.",
        ".5",
        "12E4",
        "1,234.5e2",
        "--1",
        "1-2",
        "1,23,456",
        "1'234 567",
        "1.2.3",
        "+1",
    ] {
        is(text, ".", "-1");
    }
    for (text, number) in [
        ("1,234.50", "1234.5"),
        ("12,345,678", "12345678"),
        ("1 234.5", "1234.5"),
        ("1'234", "1234"),
        ("-1,234", "-1234"),
        ("1234", "1234"),
        ("0.5", "0.5"),
        (" 7 ", "7"),
    ] {
        is(text, ".", number);
    }
    for (text, number) in
        [("1.234,50", "1234.5"), ("12,50", "12.5"), ("1.5", "-1"), ("1.234", "1234"), ("1\u{a0}234,5", "1234.5")]
    {
        is(text, ",", number);
    }
}

#[test]
fn language_8_a_text_with_an_exponent_is_no_number() {
    for (text, number) in [("12E4", "-1"), ("1e2", "-1"), ("12.50", "12.5"), ("-3", "-3")] {
        for function in ["number", "integer"] {
            let number = if function == "integer" && number == "12.5" { "-1" } else { number };
            let rules = format!("comment <- \"{{n}}\"\nlet n = (notes | {function}) otherwise -1");
            let found = target(&customer(&rules), &format!("{{\"id\":1,\"notes\":\"{text}\"}}"));
            assert_eq!(found, format!("{{\"comment\":\"{number}\"}}"), "{text} | {function}");
        }
    }
    // as a number of JSON it is one
    assert_eq!(target(&product("price <- default_price"), r#"{"id":1,"default_price":12E1}"#), r#"{"price":120}"#);
}

#[test]
fn language_9_not_in_is_the_opposite_of_in() {
    let rules = "is_visible <- \"a\" not in meta\nis_featured <- not (\"a\" in meta)\nis_free_shipping <- \"a\" in meta\nlet meta = custom[\"none\"] | split(\",\")";
    let found = target(&product(rules), r#"{"id":1,"custom_fields":[]}"#);
    assert_eq!(found, r#"{"is_visible":true,"is_featured":true,"is_free_shipping":false}"#);
    let rules = "is_visible <- name not in meta\nis_featured <- not (name in meta)\nlet meta = [\"x\"]";
    let found = target(&product(rules), r#"{"id":1,"name":null}"#);
    assert_eq!(found, r#"{"is_visible":true,"is_featured":true}"#);
}

#[test]
fn language_11_a_path_with_backslashes_is_noticed() {
    for text in [
        r#""C:\temp\{id}""#,
        r#""C:\new\{sku}.txt""#,
        r#""files\{id}""#,
        r#""D:\\{id}\test""#,
        r#""\\host\name""#,
        r#""a\\\{id}""#,
        r#""x.\{custom['Brand']}""#,
    ] {
        let said = codes(&product(&format!("page_title <- {text}")));
        assert_eq!(said, ["W0303"], "{text}");
    }
    for text in [
        r#""C:\\temp\\{id}""#,
        r#""one\ntwo""#,
        r#""name:\t{name}""#,
        r#""\{id}""#,
        r#""a \{b} c""#,
        r#""\{\"sku\": \"{sku}\"}""#,
        r#""a\{2}""#,
        r#""L:\t5""#,
        r#"'C:\temp\x'"#,
        r#""{name}\n{sku}""#,
        r#""Note:\tfoo""#,
    ] {
        let said = codes(&product(&format!("page_title <- {text}")));
        assert!(said.is_empty(), "{text}: {said:?}");
    }
}

#[test]
fn language_2_a_time_that_is_compared_rightly_decides() {
    let text = "collection: R\nrecord: Customer\ndirection: to\nsync: update\nbigcommerce: customers.customer\nfilter:\n  - that: date_modified >= instant(\"2024-01-01T00:00:00Z\")\n    because: old\nrules: |\n  first_name <- first_name\n";
    let record = r#"{"id":1,"first_name":"a","date_modified":"2023-06-01T00:00:00Z"}"#;
    assert!(matches!(outcome(text, record, &ContextFile::default()), Outcome::Skipped(_)));
}
