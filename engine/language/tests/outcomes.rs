//! What becomes of records: whole collections, a record and a context in, the outcome out.
//!
//! Cases stand in `outcomes/*.txt`: `=== name`, then parts `--- file.yaml`, `--- record` and `--- context` (JSON). The first file's collection is run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::evaluate::{ContextFile, Evaluation, evaluate, full_json};
use mapwright_language::json::{self, Json};
use mapwright_language::mapping_file;
use mapwright_language::schema::{Catalog, RecordType};
use mapwright_language::source::Files;

fn catalog() -> Catalog {
    let records: Vec<RecordType> = serde_json::from_str(include_str!("check/catalog.json")).unwrap();
    let texts: Vec<String> = records.iter().map(|r| serde_json::to_string(r).unwrap()).collect();
    Catalog::read(texts.iter().map(|t| ("catalog.json", t.as_str()))).unwrap()
}

/// Runs a case; the lineage is left out, it has tests of its own.
fn outcome(case: &str) -> String {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let (mut read, mut record, mut context) = (Vec::new(), "{}", ContextFile::default());
    for part in case.split("--- ").skip(1) {
        let (name, text) = part.split_once('\n').unwrap();
        match name {
            "record" => record = text,
            "context" => context = ContextFile::read(&json::read(text.as_bytes()).unwrap()).unwrap(),
            _ => {
                let file = files.add(name, text);
                read.extend(mapping_file::read(&files, file, &mut diagnostics).map(Arc::new));
            }
        }
    }
    let library = compile(&read, &[], &catalog(), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", render::plain(&files, &diagnostics));
    let plan = library.collections[0].plan.clone().unwrap();
    match evaluate(&plan, record.as_bytes(), &context.context()) {
        Evaluation::Done(outcome) => match full_json(&plan.root, &outcome, &files, context.time_zone()) {
            Json::Object(entries) => {
                json::pretty(&Json::Object(entries.into_iter().filter(|(key, _)| &**key != "lineage").collect()))
            }
            other => json::pretty(&other),
        },
        other @ Evaluation::Needs { .. } => format!("{other:?}\n"),
    }
}

#[test]
fn records_end_as_they_should() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outcomes");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut report = String::new();
        for case in text.split("=== ").skip(1) {
            let (name, case) = case.split_once('\n').unwrap();
            report.push_str(&format!("=== {name}\n{}", outcome(case)));
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, report);
    }
}

#[test]
fn all_that_is_wrong_in_a_context_is_said_at_once() {
    let text = r#"{ "collection": 7, "parents": {}, "existing_parents": 1, "position": "x", "subscription": 1, "links": ["a"], "find": { "Customer": 1 },
        "records": { "Customer": [] }, "settings": { "a": {} }, "now": "today", "time_zone": "Mars", "parnet": {} }"#;
    let wrong = ContextFile::read(&json::read(text.as_bytes()).unwrap()).unwrap_err();
    insta::assert_snapshot!("context", wrong.0.replace("; ", "\n"));
}
