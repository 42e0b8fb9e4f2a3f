//! One mistake per file, and what is said about it. The name begins with the code that is expected; a folder is a
//! mistake that takes several files. The built-in collections are there to be extended. A folder with a `mapwright.yaml` is a
//! whole project: what is said of it is tested with the command line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, code, render};
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnostics")
}

/// A case that takes a whole project: the command line's tests run it.
fn is_project(case: &Path) -> bool {
    case.join("mapwright.yaml").exists()
}

/// The files of a case: name and text.
type Texts = Vec<(String, String)>;

/// All cases by name: those of the folder, and those too great to be kept there.
fn cases() -> Vec<(String, Texts)> {
    let read = |path: &PathBuf| {
        let shown = path.file_name().unwrap().to_string_lossy().into_owned();
        (shown, String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned())
    };
    let kept = listed(&folder()).into_iter().filter(|case| !is_project(case)).map(|case| {
        let paths = if case.is_dir() { listed(&case) } else { vec![case.clone()] };
        (case.file_name().unwrap().to_string_lossy().into_owned(), paths.iter().map(read).collect())
    });
    let mut cases: Vec<(String, Texts)> = kept.chain(made()).collect();
    cases.sort();
    cases.into_iter().map(|(file, texts)| (name(Path::new(&file)), texts)).collect()
}

/// A file of more than 1 MiB, and a plan of tens of thousands of steps.
fn made() -> Vec<(String, Texts)> {
    let mut big = String::from("collection: Big\n");
    while big.len() <= 1 << 20 {
        big.push_str("# a long history of this file\n");
    }
    let mut product = String::from(
        "collection: Many\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nchildren:\n  options:\n",
    );
    for use_of in 0..40 {
        product.push_str(&format!("    - use: Many Options\n      each: options[each o where o.order == {use_of}]\n"));
    }
    let lets: String = (0..10)
        .map(|at| {
            let terms: String = (0..60).map(|n| format!(" + order * {n}")).collect();
            format!("  let sum{at} = 0{terms}\n")
        })
        .collect();
    let sums = (0..10).map(|at| format!("sum{at}")).collect::<Vec<_>>().join(" + ");
    let option = format!(
        "collection: Many Options\nrecord: Product Option\ndirection: from\nsync: update\nbigcommerce: catalog.option\nrules: |\n{lets}  sort_order <- {sums}\n"
    );
    vec![
        (String::from("e0102-file-too-big"), vec![(String::from("big.yaml"), big)]),
        (
            String::from("e0613-plan-too-big"),
            vec![(String::from("many.yaml"), product), (String::from("many-options.yaml"), option)],
        ),
    ]
}

/// What is said about a case.
fn check(case: &Texts) -> (Files, Diagnostics) {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let mut own = Vec::new();
    for (shown, text) in case {
        let id = files.add(shown.as_str(), text.as_str());
        own.extend(mapping_file::read(&files, id, &mut diagnostics).map(Arc::new));
    }
    let mut builtin = Vec::new();
    let mut silent = Diagnostics::default();
    for original in mapwright_defaults::originals() {
        let id = files.add(format!("built-in:{}", original.path), original.text);
        builtin.extend(mapping_file::read(&files, id, &mut silent).map(Arc::new));
    }
    let _ = compile(&own, &builtin, Catalog::builtin(), &mut diagnostics);
    (files, diagnostics)
}

#[test]
fn every_mistake_gets_its_message() {
    let mut report = String::new();
    for (name, case) in cases() {
        let (files, diagnostics) = check(&case);
        let expected = name.get(..5).unwrap_or_default().to_uppercase();
        assert!(
            diagnostics.iter().any(|d| d.code == expected),
            "{name}: no {expected}\n{}",
            render::plain(&files, &diagnostics)
        );
        report.push_str(&format!("=== {name}\n{}\n", render::plain(&files, &diagnostics).trim_end()));
    }
    insta::assert_snapshot!("diagnostics", report);
}

#[test]
fn every_code_has_a_case() {
    let projects = listed(&folder()).into_iter().filter(|case| is_project(case)).map(|case| name(&case));
    let cases: Vec<String> =
        cases().into_iter().map(|(name, _)| name).chain(projects).map(|n| n.to_uppercase()).collect();
    let missing: Vec<&str> =
        code::CODES.iter().map(|c| c.code).filter(|c| !cases.iter().any(|n| n.starts_with(c))).collect();
    assert_eq!(missing, Vec::<&str>::new());
    let unknown: Vec<&String> =
        cases.iter().filter(|n| code::explain(n.get(..5).unwrap_or_default()).is_none()).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

#[test]
fn no_message_waits_to_be_improved() {
    let waiting = folder().join("to-improve");
    assert!(!waiting.exists() || listed(&waiting).is_empty(), "messages that are not good yet stand in {waiting:?}");
}
