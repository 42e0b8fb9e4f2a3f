//! What people write to be safe counts as safe: what a condition proves, in whatever words, is known where it holds.

use crate::project::Project;

/// A product that is created: `name` needs a text, `price` and `weight` a number.
fn product(lets: &str, target: &str, value: &str) -> Project {
    let mut rules = String::from(lets);
    for (field, default) in [("name", "name"), ("price", "0"), ("weight", "1"), ("type", "\"physical\"")] {
        let value = if field == target { value } else { default };
        rules.push_str(&format!("{field} <- {value}\n"));
    }
    let rules: String = rules.lines().map(|line| format!("  {line}\n")).collect();
    Project::of(&[&format!(
        "collection: R\nrecord: Product\ndirection: from\nsync: add\nbigcommerce: catalog.product\nrules: |\n{rules}"
    )])
}

/// Lets, target, value: right as they stand.
const SAFE: &[(&str, &str, &str)] = &[
    ("", "name", "if variants is not empty then variants[first].sku else \"d\""),
    ("", "name", "if variants is not empty then variants[0].sku else \"d\""),
    ("", "name", "if variants is not empty then variants[last].sku else \"d\""),
    ("", "name", "if variants is empty then \"d\" else variants[first].sku"),
    ("", "name", "if count(variants) > 0 then variants[first].sku else \"d\""),
    ("", "name", "if count(variants ?? []) > 0 then variants[first].sku else \"d\""),
    ("", "name", "if any v in variants where v.sku != \"x\" then variants[first].sku else \"d\""),
    ("", "name", "if variants[first] is not empty then variants[0].sku else \"d\""),
    ("", "weight", "if (weight | abs) > 0 then weight else 0"),
    ("", "weight", "if weight * 2 > 0 then weight else 0"),
    ("", "weight", "if (weight ?? 0) > 0 then weight else 0"),
    ("", "weight", "if (weight ?? 0) != 0 then weight else 0"),
    ("", "weight", "if 0 < weight then weight else 0"),
    ("", "weight", "if weight > width then weight + width else 0"),
    ("", "weight", "if (weight ?? 0) <= 0 then 0 else weight"),
    ("", "name", "if length(barcode) > 0 then barcode else \"d\""),
    ("", "name", "if (barcode | length) >= 3 then barcode else \"d\""),
    ("", "name", "if (barcode ?? \"\") != \"\" then barcode else \"d\""),
    ("", "name", "if (barcode ?? \"\") is not empty then barcode else \"d\""),
    ("", "name", "if (barcode or if empty \"\") != \"\" then barcode else \"d\""),
    ("", "name", "if (barcode | trim | length) > 0 then barcode else \"d\""),
    ("", "name", "if (barcode | upper) == \"A\" then barcode else \"d\""),
    ("", "name", "if barcode == \"a\" or barcode == \"b\" then barcode else \"d\""),
    ("", "name", "if barcode in [\"a\", \"b\"] then barcode else \"d\""),
    ("", "name", "if barcode starts with \"a\" or barcode == \"b\" then barcode else \"d\""),
    ("", "name", "if not (barcode is empty) then barcode else \"d\""),
    ("", "name", "if not (barcode == null or unit == null) then \"{barcode}{unit}\" else \"d\""),
    ("", "name", "if barcode != null and unit != null then \"{barcode}{unit}\" else \"d\""),
    ("let has = barcode is not empty", "name", "if has then barcode else \"d\""),
    ("let has = length(barcode) > 2 and unit != null", "name", "if has then \"{barcode}{unit}\" else \"d\""),
    ("let none = barcode is empty", "name", "if none then \"d\" else barcode"),
    ("let b = barcode", "name", "if b is not empty then b else \"d\""),
    ("let b = barcode", "name", "if b is not empty then barcode else \"d\""),
    ("let b = barcode", "name", "if barcode is not empty then b else \"d\""),
    ("let twice = weight * 2", "weight", "if weight is not empty then twice else 0"),
    ("let twice = weight * 2", "weight", "if twice > 0 then weight else 0"),
    ("let area = width * height", "weight", "if width != null and height != null then area else 0"),
    ("let shown = \"{barcode}!\"", "name", "if barcode is not empty then shown else \"d\""),
    ("", "weight", "if barcode is not empty then (barcode | number) else 0"),
    ("", "weight", "if (barcode ?? \"\") is not empty then number(barcode) else 0"),
    ("", "name", "if barcode is not empty then (barcode | country_code) else \"d\""),
    ("", "name", "if (barcode | after_last(\"-\")) is not empty then (barcode | after_last(\"-\")) else \"d\""),
    (
        "",
        "name",
        "if variants[first v where v.sku == \"a\"] != null then variants[first v where v.sku == \"a\"].sku else \"d\"",
    ),
    (
        "let groups = variants[group v by v.sku]",
        "name",
        "(for g in groups { g.items[first].sku } | join(\", \")) ?? \"d\"",
    ),
    ("let found = variants[first v where v.sku == \"a\"]", "name", "if found is not empty then found.sku else \"d\""),
    (
        "let found = variants[first v where v.sku == \"a\"]",
        "name",
        "if found.sku is not empty then found.sku else \"d\"",
    ),
    ("", "name", "if kit.sku is not empty then kit.sku else \"d\""),
    ("", "name", "if custom[\"Brand\"] is not empty then custom[\"Brand\"] else \"d\""),
    ("", "name", "match barcode { null: \"d\", else: barcode }"),
];

#[test]
fn language_18_what_people_write_to_be_safe_counts_as_safe() {
    let mut report = String::new();
    for (lets, target, value) in SAFE {
        let lets = if lets.is_empty() { String::new() } else { format!("{lets}\n") };
        let project = product(&lets, target, value);
        if project.diagnostics.has_errors() {
            report.push_str(&format!("{lets}{target} <- {value}\n{}\n", project.report()));
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// Lets, target, value: may well be null.
const UNSAFE: &[(&str, &str, &str)] = &[
    // null is not equal to a text
    ("", "name", "if (barcode | trim) != \"\" then barcode else \"d\""),
    ("", "name", "if variants != null then variants[first].sku else \"d\""),
    ("", "name", "if variants is not empty then variants[1].sku else \"d\""),
    ("", "name", "if variants is not empty then variants[first].barcode else \"d\""),
    ("", "weight", "if (weight ?? 1) > 0 then weight else 0"),
    ("", "weight", "if (weight ?? 0) >= 0 then weight else 0"),
    ("", "name", "if (barcode ?? \"x\") != \"\" then barcode else \"d\""),
    ("", "name", "if barcode == \"a\" or unit == \"b\" then barcode else \"d\""),
    ("", "name", "if barcode != \"a\" then barcode else \"d\""),
    ("", "name", "if barcode not in [\"a\"] then barcode else \"d\""),
    ("", "name", "if not (barcode == \"a\") then barcode else \"d\""),
    ("let has = barcode is not empty", "name", "if has then unit else \"d\""),
    ("let has = barcode is not empty", "name", "if has then \"d\" else barcode"),
    ("let has = barcode is not empty or unit is not empty", "name", "if has then barcode else \"d\""),
    ("let area = width * height", "weight", "if width != null then area else 0"),
    ("", "weight", "if length(barcode) > 0 then (barcode | number) else 0"),
    ("", "weight", "if barcode != null then (barcode | number) else 0"),
    ("", "name", "if (barcode | after_last(\"-\")) is not empty then (barcode | after_last(\"+\")) else \"d\""),
    ("", "name", "if every v in variants where v.sku != \"x\" then variants[first].sku else \"d\""),
    ("", "name", "if count(variants) >= 0 then variants[first].sku else \"d\""),
    ("let b = barcode", "name", "if unit is not empty then b else \"d\""),
];

#[test]
fn language_18_what_proves_nothing_is_still_an_error() {
    for (lets, target, value) in UNSAFE {
        let lets = if lets.is_empty() { String::new() } else { format!("{lets}\n") };
        let project = product(&lets, target, value);
        assert!(project.codes().contains(&"E0503"), "{lets}{target} <- {value}\n{}", project.report());
    }
}
