//! Every line of `grammar/formulas.md` is accepted for the record types that its heading names; what has no schema is read for its
//! syntax.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

mod roots;

use mapwright_language::schema::Catalog;

const TABLES: &str = include_str!("../../grammar/formulas.md");
const SYNTAX_ONLY: &str = "Syntax only";

/// Source and target of a collection, and from what the parent's rows come.
#[derive(Debug)]
struct Between<'t> {
    source: &'t str,
    target: &'t str,
    parent: Option<(&'t str, &'t str)>,
    each: Option<&'t str>,
}

/// What stands between backticks, in order.
fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A heading: `A` → `B`, a child of `C` → `D`, each `e`.
fn between(heading: &str) -> Option<Between<'_>> {
    match code(heading)[..] {
        [source, target] => Some(Between { source, target, parent: None, each: None }),
        [source, target, above, into] => Some(Between { source, target, parent: Some((above, into)), each: None }),
        [source, target, above, into, each] => {
            Some(Between { source, target, parent: Some((above, into)), each: Some(each) })
        }
        _ => None,
    }
}

/// The keys that say what a collection maps.
fn envelope(name: &str, source: &str, target: &str) -> String {
    let (direction, record, bigcommerce) =
        if source.contains('.') { ("to", target, source) } else { ("from", source, target) };
    format!("collection: {name}\nrecord: {record}\ndirection: {direction}\nsync: update\nbigcommerce: {bigcommerce}\n")
}

/// The lines of a row as a mapping file.
fn row_file(between: &Between<'_>, lines: &[String]) -> String {
    let mut text = envelope("Row", between.source, between.target);
    if between.parent.is_some() {
        text.push_str("external_id: none\n");
    }
    let mut rules = String::new();
    for line in lines {
        match line.split_once(": ") {
            Some(("filter", that)) => text.push_str(&format!("filter:\n  - that: |\n      {that}\n    because: no\n")),
            Some(("errors", when)) => text.push_str(&format!("errors:\n  - when: |\n      {when}\n    message: no\n")),
            _ => rules.push_str(&format!("  {line}\n")),
        }
    }
    // a rule for new records stands in a collection that makes some
    if rules.contains("on create") {
        assert_eq!(between.target, "catalog.product", "what does a new {} need?", between.target);
        text = text.replace("sync: update\n", "sync: add-update\n");
        rules.push_str("  name <- name\n  type <- \"physical\"  on create\n  price <- 0\n  weight <- 0\n");
    }
    if rules.is_empty() { text } else { text + "rules: |\n" + &rules }
}

/// The file that has the row's file among its children.
fn parent_file(between: &Between<'_>) -> Option<String> {
    let (source, target) = between.parent?;
    let route = &Catalog::builtin().record(target).unwrap_or_else(|| panic!("no record `{target}`")).route;
    let slot = route.slots.iter().find(|s| s.record == between.target);
    let slot = &slot.unwrap_or_else(|| panic!("{target} has no children {}", between.target)).name;
    let each = between.each.map(|each| format!("      each: {each}\n")).unwrap_or_default();
    Some(envelope("Parent", source, target) + &format!("children:\n  {slot}:\n    - use: Row\n{each}"))
}

#[test]
fn every_formula_is_accepted_for_its_record_types() {
    let known = |formula: String| {
        TABLES.contains(&format!("| {formula} "))
            || TABLES.contains(&format!(", {formula} "))
            || TABLES.contains(&format!("| {formula},"))
    };
    let missing: Vec<String> = (1..=33)
        .map(|n| format!("F{n}"))
        .chain((1..=13).map(|n| format!("A{n}")))
        .filter(|f| !known(f.clone()))
        .collect();
    assert!(missing.is_empty(), "formulas without a line: {missing:?}");
    let mut heading = "";
    let (mut checked, mut read_only) = (0, 0);
    let mut report = String::new();
    for line in TABLES.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            heading = title;
        }
        let Some(row) = line.strip_prefix("| ").filter(|row| !row.starts_with('|')) else { continue };
        let cell = row.splitn(3, " | ").nth(2).unwrap_or_else(|| panic!("three columns: {line}"));
        let lines: Vec<String> = code(cell).iter().map(|c| c.replace("\\|", "|")).collect();
        assert!(!lines.is_empty(), "a row without a line: {line}");
        let between = between(heading);
        assert_eq!(between.is_none(), heading == SYNTAX_ONLY, "a heading names record types: {heading}");
        let syntax_only = Between { source: "Product", target: "catalog.product", parent: None, each: None };
        let found = match &between {
            Some(between) => {
                checked += 1;
                let texts = Some(row_file(between, &lines)).into_iter().chain(parent_file(between));
                roots::diagnostics_beside_all(texts.map(|text| (String::from("formulas.md"), text)).collect())
            }
            None => {
                read_only += 1;
                roots::syntax(row_file(&syntax_only, &lines))
            }
        };
        if !found.is_empty() {
            report.push_str(&format!("{line}\n{found}\n"));
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(checked >= 40 && read_only >= 5, "{checked} rows checked, {read_only} read");
}
