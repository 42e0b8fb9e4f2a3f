//! Links whose ids are not known yet: `map` without a context copies them as placeholders, and says what it needs where a rule looks at one.

use mapwright_language::evaluate::{ContextFile, Evaluation, Need, Outcome, evaluate};

use super::{compiled, context, product, target, target_in};

fn evaluated(rules: &str, context: &ContextFile) -> Evaluation {
    let (library, said) = compiled(&[&product(rules)]);
    assert!(said.iter().all(|(code, _)| code.starts_with('W')), "{rules}: {said:?}");
    let plan = library.collection("R").unwrap().plan.clone().unwrap();
    evaluate(&plan, br#"{"id":1,"categories":[{"category_id":7}],"name":"n"}"#, &context.context())
}

#[test]
fn language_10_what_needs_the_id_of_a_link_says_so() {
    let link = "let l = categories[first].category_id | link(\"Product Category\")\n";
    let links = "let ls = categories[*].category_id | each link(\"Product Category\")\n";
    for rule in [
        "page_title <- \"c-{l}\"",
        "page_title <- l | sha256",
        "page_title <- (l | upper) otherwise \"none\"",
        "page_title <- [l] | join(\",\")",
        "page_title <- ls | join(\",\")",
        "page_title <- ls | each upper | join(\",\")",
        "page_title <- json_text(ls)",
        "page_title <- if l == \"70\" then \"a\" else \"b\"",
        "page_title <- if l in [\"70\"] then \"a\" else \"b\"",
        "page_title <- if \"70\" in ls then \"a\" else \"b\"",
        "page_title <- if l starts with \"7\" then \"a\" else \"b\"",
        "page_title <- if any x in ls where x == \"70\" then \"a\" else \"b\"",
        "page_title <- match l { \"70\": \"a\", else: \"b\" }",
        "page_title <- custom[\"a\"] ?? \"{l}\"",
        "page_title <- \"{n}\"\nlet n = ls[unique x by x] | count",
    ] {
        let found = evaluated(&format!("{link}{links}{rule}"), &ContextFile::default());
        let Evaluation::Needs { needs, .. } = found else { panic!("{rule}: {found:?}") };
        assert!(
            matches!(needs.as_slice(), [Need::Link(p)] if *p.record_type == *"Product Category" && p.id == "7"),
            "{rule}: {needs:?}"
        );
        // and with the link it is done
        let known = context(r#"{"links":{"Product Category":{"7":"70"}}}"#);
        let found = evaluated(&format!("{link}{links}{rule}"), &known);
        assert!(matches!(found, Evaluation::Done(Outcome::Mapped(_))), "{rule}: {found:?}");
    }
}

#[test]
fn language_10_a_link_that_is_copied_shows_as_a_placeholder() {
    let record = r#"{"id":1,"categories":[{"category_id":7}]}"#;
    let rules = "categories <- categories[*].category_id | each link(\"Product Category\")\nis_visible <- l is not empty\nis_featured <- l != null\nlet l = categories[first].category_id | link(\"Product Category\")";
    let placeholder = r#"{"categories":[{"promise":"Product Category 7"}],"is_visible":true,"is_featured":true}"#;
    assert_eq!(target(&product(rules), record), placeholder);
    let known = context(r#"{"links":{"Product Category":{"7":"70"}}}"#);
    assert_eq!(
        target_in(&product(rules), record, &known),
        r#"{"categories":[70],"is_visible":true,"is_featured":true}"#
    );
}
