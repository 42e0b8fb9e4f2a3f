//! One mistake per file, and what is said about it. The name begins with the code that is expected; a folder is a
//! mistake that takes several files. The built-in collections are there to be extended.

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

/// What is said about a case.
fn check(case: &Path) -> (Files, Diagnostics) {
    let paths = if case.is_dir() { listed(case) } else { vec![case.to_owned()] };
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let mut own = Vec::new();
    for path in paths {
        let shown = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let id = files.add(shown, text);
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
    for case in listed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnostics")) {
        let (files, diagnostics) = check(&case);
        let expected = name(&case).get(..5).unwrap_or_default().to_uppercase();
        assert!(
            diagnostics.iter().any(|d| d.code == expected),
            "{}: no {expected}\n{}",
            name(&case),
            render::plain(&files, &diagnostics)
        );
        report.push_str(&format!("=== {}\n{}\n", name(&case), render::plain(&files, &diagnostics).trim_end()));
    }
    insta::assert_snapshot!("diagnostics", report);
}

#[test]
fn every_code_has_a_case() {
    let cases: Vec<String> = listed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnostics"))
        .iter()
        .map(|p| name(p).to_uppercase())
        .collect();
    // a file of more than 1 MiB, and a tree of thousands of children, are made by the language's own tests; what is said of
    // `mapwright.yaml` and of files that cannot be read, by the tests of the command line
    let elsewhere = ["E0102", "E0112", "E0130", "E0131", "E0613", "W0101"];
    let missing: Vec<&str> = code::CODES
        .iter()
        .map(|c| c.code)
        .filter(|c| !elsewhere.contains(c) && !cases.iter().any(|n| n.starts_with(c)))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
