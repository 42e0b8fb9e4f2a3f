//! Ids that a link gives, beside ids of the system that they are of.

use mapwright_language::evaluate::Outcome;

use crate::project::Project;

const OURS: &str = "let ours = categories[*].category_id | each link(\"Product Category\")
";

#[test]
fn language_21_linked_ids_and_the_targets_own_go_together() {
    for rule in [
        "categories <- concat(existing.categories ?? [], ours)",
        "categories <- concat(ours, existing.categories ?? [])",
        "categories <- existing.categories ?? ours",
        "categories <- if existing.categories is not empty then existing.categories else ours",
        "categories <- if \"12\" in existing.categories then ours else existing.categories ?? []",
        "categories <- concat(existing.categories ?? [], ours)[unique x by x]",
        "let theirs = existing.categories ?? []\ncategories <- concat(for x in theirs { x }, for x in ours { x })",
        "categories <- [ours, existing.categories ?? []] | flatten",
        "categories <- match status { \"Active\": ours, else: existing.categories ?? [] }",
    ] {
        Project::product("", &format!("{OURS}{rule}")).clean();
    }
}

#[test]
fn language_21_the_merchants_own_categories_are_kept() {
    let project =
        Project::product("", &format!("{OURS}categories <- concat(existing.categories ?? [], ours)[unique x by x]"))
            .clean();
    let record = r#"{ "id": 1, "categories": [{ "category_id": 7 }, { "category_id": 8 }] }"#;
    let context = r#"{ "links": { "Product Category": { "7": "70", "8": "80" } }, "existing": { "id": 5, "categories": [12, 70] } }"#;
    let Outcome::Mapped(mapped) = project.map(record, context) else { panic!("this record maps") };
    let target = format!("{:?}", mapped);
    let at = |id: &str| target.find(&format!("{id:?}")).unwrap_or_else(|| panic!("no {id} in {target}"));
    assert!(at("12") < at("70") && at("70") < at("80"), "{target}");
}

#[test]
fn language_21_ids_of_other_records_stay_apart() {
    for (rule, code) in [
        ("categories <- concat(existing.categories ?? [], [existing.brand_id])", "E0403"),
        ("categories <- concat(existing.categories ?? [], categories[*].category_id)", "E0403"),
        ("categories <- concat(ours, [existing.brand_id])", "E0403"),
    ] {
        let project = Project::product("", &format!("{OURS}{rule}"));
        assert!(project.codes().contains(&code), "{rule}: {}", project.report());
    }
}
