//! What is constant is evaluated when the file is checked.

use mapwright_language::evaluate::Outcome;

use crate::project::{Project, product};

/// Rules that fail for every record, or that no record makes right, and the code that says so.
const NEVER: &[(&str, &str)] = &[
    ("search_keywords <- name | truncate(-1)", "E0418"),
    ("search_keywords <- name | truncate(2 - 3)", "E0418"),
    ("let n = -1\nsearch_keywords <- name | truncate(n)", "E0418"),
    ("meta_keywords <- name | split(\",\") | take(-1)", "E0418"),
    ("meta_keywords <- name | split(\",\") | skip(-2)", "E0418"),
    ("page_title <- name | substring(-1, 2)", "E0418"),
    ("page_title <- name | substring(0, -2)", "E0418"),
    ("let c = name | split(\",\") | chunks(0)\nmeta_keywords <- c[first]", "E0418"),
    ("let c = default_price | split_evenly(0, 2)\nprice <- c[first]", "E0418"),
    ("let c = default_price | split_evenly(3, 2 - 3)\nprice <- c[first]", "E0418"),
    ("price <- default_price / (1 - 1)", "E0409"),
    ("let none = 2 - 2\nprice <- default_price / none", "E0409"),
    ("price <- 1 / (length(\"abc\") - 3)", "E0409"),
    ("width <- \"abc\" | number", "E0418"),
    ("width <- [1, 2, 0][each x where 1 / x > 0] | count", "E0418"),
    ("type <- \"Physical\" | upper", "E0415"),
    ("let kind = \"physi\"\ntype <- \"{kind}kal\"", "E0415"),
    ("availability <- tracking_method | lower", "E0415"),
    ("sort_order <- 2147483647 + 1", "E0417"),
    ("page_title <- \"x\" | pad_left(300, \"x\")", "E0417"),
    ("search_keywords <- if (tracking_method | upper) == \"PRODUKT\" then name else null", "E0405"),
];

#[test]
fn language_14_what_fails_for_every_record_is_an_error_of_the_file() {
    for (rule, code) in NEVER {
        let project = Project::product("", rule);
        assert!(project.codes().contains(code), "{rule}\n{}", project.report());
        assert!(project.library.collection("R").unwrap().plan.is_none(), "{rule}");
    }
}

#[test]
fn language_14_counts_say_what_they_need() {
    let project = Project::product("", "meta_keywords <- name | split(\",\") | take(-1)");
    assert!(
        project.report().contains("this fails for every record: `count` is 0 or more, and this is -1"),
        "{}",
        project.report()
    );
    // what only a record decides fails with a sentence
    let project = Project::product("", "meta_keywords <- name | split(\",\") | take(count(variants) - 3)");
    let record = r#"{ "id": 1, "name": "a,b", "variants": [{ "id": 1 }] }"#;
    let Outcome::Failed(failures) = project.map(record, "{}") else { panic!("-2 elements were taken") };
    assert_eq!(failures[0].message, "`take`: a list of 2 needs a number that is 0 or more, and is given -2");
}

#[test]
fn language_14_constants_that_are_right_are_left_alone() {
    for rule in [
        "search_keywords <- name | truncate(0)",
        "page_title <- name | substring(1, 2 + 3)",
        "let half = 1 / 2\nprice <- (default_price * half) | round(2)",
        "type <- \"PHYSICAL\" | lower",
        "type <- if status == \"Active\" then \"physical\" else \"digital\"",
        "let sizes = [1, 2, 3][each x where x > 1]\nwidth <- (default_price * count(sizes)) | round(2)",
        "sort_order <- 2147483647 - 1",
        "search_keywords <- if (tracking_method | lower) == \"product\" then name else null",
        "let day = date(\"2024-01-31\")\npage_title <- \"since {day}\"",
    ] {
        Project::product("", rule).clean();
    }
}

#[test]
fn language_14_a_constant_is_what_the_evaluator_makes_of_it() {
    let project = Project::of(&[&product(
        "",
        "let list = [3, 1, 2][sort x by x]\nlet shown = list | each with_decimals(1) | join(\"-\")\npage_title <- shown\nwidth <- (7 | round(0)) + 1",
    )]);
    let report = project.report();
    let Outcome::Mapped(mapped) = project.clean().map(r#"{ "id": 1 }"#, "{}") else { panic!("{report}") };
    let text = format!("{mapped:?}");
    assert!(text.contains("1.0-2.0-3.0") && text.contains("Number(8)"), "{text}");
}
