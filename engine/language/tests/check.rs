//! What the checker says about mistakes, that it says nothing about what is right, and what the plans look like.
//!
//! Cases stand in `check/*.txt`: `=== name`, then one or more files (`--- file.yaml` between them). A case without
//! envelope is a rules block of a collection that updates things. Snapshots hold what the user sees.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, code, render};
use mapwright_language::mapping_file;
use mapwright_language::plan::explain::{Wanted, explain};
use mapwright_language::schema::{Catalog, RecordType};
use mapwright_language::source::Files;

const ENVELOPE: &str =
    "collection: Things\nrecord: Thing\ndirection: from\nsync: update\nbigcommerce: shop.thing\nrules: |\n";

fn catalog() -> Catalog {
    let records: Vec<RecordType> = serde_json::from_str(include_str!("check/catalog.json")).unwrap();
    let texts: Vec<String> = records.iter().map(|r| serde_json::to_string(r).unwrap()).collect();
    Catalog::read(texts.iter().map(|t| ("catalog.json", t.as_str()))).unwrap()
}

/// The files of a case: name and text.
fn files_of(case: &str) -> Vec<(String, String)> {
    let whole = format!("--- case.yaml\n{case}");
    let parts = whole.split("\n--- ").map(|p| p.trim_start_matches("--- "));
    let mut files = Vec::new();
    for part in parts {
        let (name, text) = part.split_once('\n').unwrap_or((part, ""));
        if text.trim().is_empty() {
            continue;
        }
        let bare = !text.lines().any(|l| l.starts_with("collection:") || l.starts_with("base:"));
        let text = if bare {
            let rules: String = text.lines().map(|l| format!("  {l}\n")).collect();
            format!("{ENVELOPE}{rules}")
        } else {
            format!("{}\n", text.trim_end())
        };
        files.push((name.to_owned(), text));
    }
    files
}

fn check(case: &str) -> (Library, Files, Diagnostics) {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let (mut own, mut builtin) = (Vec::new(), Vec::new());
    for (name, text) in files_of(case) {
        let id = files.add(name.as_str(), text);
        let into = if name.starts_with("built-in") { &mut builtin } else { &mut own };
        into.extend(mapping_file::read(&files, id, &mut diagnostics).map(Arc::new));
    }
    let library = compile(&own, &builtin, &catalog(), &mut diagnostics);
    (library, files, diagnostics)
}

fn cases(text: &str) -> Vec<(&str, &str)> {
    text.split("=== ").skip(1).map(|case| case.split_once('\n').unwrap()).collect()
}

fn report(text: &str) -> String {
    let mut report = String::new();
    for (name, case) in cases(text) {
        let (_, files, diagnostics) = check(case);
        assert!(!diagnostics.is_empty(), "{name}: no diagnostic");
        report.push_str(&format!("=== {name}\n{}\n", render::plain(&files, &diagnostics).trim_end()));
    }
    report
}

const NAMES: &str = include_str!("check/names.txt");
const TYPES: &str = include_str!("check/types.txt");
const TARGETS: &str = include_str!("check/targets.txt");
const LAYERS: &str = include_str!("check/layers.txt");
const FUNCTIONS: &str = include_str!("check/functions.txt");

#[test]
fn names() {
    insta::assert_snapshot!("names", report(NAMES));
}

#[test]
fn types() {
    insta::assert_snapshot!("types", report(TYPES));
}

#[test]
fn targets() {
    insta::assert_snapshot!("targets", report(TARGETS));
}

#[test]
fn functions() {
    insta::assert_snapshot!("functions", report(FUNCTIONS));
}

#[test]
fn layers_children_and_lookups() {
    insta::assert_snapshot!("layers", report(LAYERS));
}

#[test]
fn every_code_of_these_stages_has_a_case() {
    let all = [NAMES, TYPES, TARGETS, LAYERS, FUNCTIONS];
    let seen: Vec<&str> = all
        .iter()
        .flat_map(|t| cases(t))
        .flat_map(|(_, case)| check(case).2.iter().map(|d| d.code).collect::<Vec<_>>())
        .collect();
    let seen: Vec<&str> = seen.into_iter().chain(check(&doubling()).2.iter().map(|d| d.code)).collect();
    let missing: Vec<&str> = code::CODES
        .iter()
        .map(|c| c.code)
        .filter(|c| c.get(1..3).is_some_and(|n| n >= "03") && !seen.contains(c))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
    for code in seen {
        assert!(code::explain(code).is_some(), "{code} is not registered");
    }
}

#[test]
fn a_collection_has_a_plan_unless_it_has_errors() {
    for text in [NAMES, TYPES, TARGETS, LAYERS, FUNCTIONS] {
        for (name, case) in cases(text) {
            let (library, _, diagnostics) = check(case);
            let whole = library.collections.iter().all(|c| c.plan.is_some());
            assert!(diagnostics.has_errors() || whole, "{name}: no error, but a collection without plan");
            if let [only] = library.collections.as_slice() {
                assert!(!diagnostics.has_errors() || only.plan.is_none(), "{name}: errors, and a plan all the same");
            }
        }
    }
}

#[test]
fn what_is_right_is_left_in_peace() {
    for (name, case) in cases(include_str!("check/right.txt")) {
        let (library, files, diagnostics) = check(case);
        assert!(diagnostics.is_empty(), "{name}\n{}", render::plain(&files, &diagnostics));
        assert!(!library.collections.is_empty() && library.collections.iter().all(|c| c.plan.is_some()), "{name}");
    }
}

#[test]
fn a_plan_in_words() {
    let mut report = String::new();
    for (name, case) in cases(include_str!("check/explained.txt")) {
        let (library, files, diagnostics) = check(case);
        assert!(diagnostics.is_empty(), "{name}\n{}", render::plain(&files, &diagnostics));
        let plan = library.collections[0].plan.clone().unwrap();
        let show = |title: &str, wanted: &Wanted| format!("--- {title}\n{}", explain(&plan, &files, wanted).text());
        report.push_str(&format!("=== {name}\n{}", show("whole", &Wanted::default())));
        report.push_str(&show("field `name`", &Wanted { field: Some("name".into()), source: None }));
        report.push_str(&show("source `parts`", &Wanted { field: None, source: Some("parts".into()) }));
    }
    insta::assert_snapshot!("explained", report);
}

#[test]
fn long_chains_of_lets_and_children_end_in_a_message() {
    let lets: String = (0..5000).map(|i| format!("let a{i} = a{}\n", i + 1)).collect();
    let (library, _, diagnostics) = check(&format!("name <- a0\n{lets}let a5000 = name"));
    assert!(diagnostics.has_errors() && library.collections[0].plan.is_none());

    let (_, _, diagnostics) = check(&doubling());
    assert!(diagnostics.iter().any(|d| d.code == "E0613"), "{}", diagnostics.len());
}

/// A family in which each of twelve levels uses the next one twice: four thousand leaves.
fn doubling() -> String {
    let mut case = String::new();
    for i in 0..12 {
        let next = i + 1;
        let (record, target) = if i == 0 { ("Thing", "shop.thing") } else { ("Thing Part", "shop.part") };
        case.push_str(&format!(
            "--- {i}.yaml\ncollection: C{i}\nrecord: {record}\ndirection: from\nsync: update\nbigcommerce: {target}\nexternal_id: none\nchildren:\n  parts:\n    - use: C{next}\n      each: parts\n    - use: C{next}\n      each: parts[each p where p.size is not empty]\n"
        ));
    }
    case.push_str("--- 12.yaml\ncollection: C12\nrecord: Thing Part\ndirection: from\nsync: update\nbigcommerce: shop.part\nexternal_id: none\nrules: |\n  size <- size\n");
    case
}

/// Every mapping file below a folder, in the order of their paths.
fn mapping_files(folder: &std::path::Path, into: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            mapping_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            into.push(path);
        }
    }
}

#[test]
fn the_default_collections_have_no_diagnostic() {
    let mut paths = Vec::new();
    mapping_files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings"), &mut paths);
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let mut read = Vec::new();
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let id = files.add(name, std::fs::read_to_string(path).unwrap());
        read.extend(mapping_file::read(&files, id, &mut diagnostics).map(Arc::new));
    }
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", render::plain(&files, &diagnostics));
    assert_eq!(library.collections.len(), paths.len());
    assert!(library.collections.iter().all(|c| c.plan.is_some()));
}

#[test]
fn nothing_that_parses_brings_the_checker_down() {
    let rules = concat!(include_str!("rules/hard-rules.txt"), "\n---\n", include_str!("rules/odd-rules.txt"));
    let mut count = 0;
    for case in rules.split("\n---\n").filter_map(|c| c.trim_start_matches('\n').split_once('\n')) {
        let (_, files, diagnostics) = check(case.1);
        let _ = render::plain(&files, &diagnostics);
        count += 1;
    }
    assert!(count > 33, "{count}");
    let deep = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    let nested = [
        deep("if active then (", "name", ")", 60),
        deep("(match status { \"Active\": ", "name", ", else: null })", 50),
        deep("[", "name", "]", 60),
        deep("(for x in tags { ", "name", " })", 20),
        format!("name{}", " | trim".repeat(300)),
        format!("qty{}", " + qty".repeat(600)),
        deep("not (", "active", ")", 60),
    ];
    for one in &nested {
        // lets that hold the deep expression again and again
        let case = format!("let a1 = {one}\nlet a2 = [a1, {one}]\nlet a3 = [a2, a2]\nname <- {one}\ncode <- a3");
        let (library, _, diagnostics) = check(&case);
        assert!(diagnostics.has_errors() && library.collections.iter().all(|c| c.plan.is_none()), "{one}");
    }
}
