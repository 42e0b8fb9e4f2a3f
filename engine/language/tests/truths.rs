//! What expressions mean, said in the language itself: conditions that are true of a record.
//!
//! `truths/*.txt` and the manual's blocks ```` ```true ````: sections begin with `record {…}` (JSON of the test catalog's Thing; none: `{}`),
//! then stand conditions, one a line, and `expression !! words`: evaluating fails with a message that has these words.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, Severity, render};
use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate};
use mapwright_language::json;
use mapwright_language::mapping_file;
use mapwright_language::schema::{Catalog, RecordType};
use mapwright_language::source::Files;

fn catalog() -> Catalog {
    let records: Vec<RecordType> = serde_json::from_str(include_str!("check/catalog.json")).unwrap();
    let texts: Vec<String> = records.iter().map(|r| serde_json::to_string(r).unwrap()).collect();
    Catalog::read(texts.iter().map(|t| ("catalog.json", t.as_str()))).unwrap()
}

fn context() -> ContextFile {
    let json = r#"{ "now": "2026-03-08T12:00:00Z", "subscription": { "id": "4711" }, "settings": { "margin": "0.25" },
        "links": { "Thing Group": { "7": "70" } },
        "find": { "shop.thing": { "code": { "A1": "900", "B2": ["1", "2"] } } },
        "records": { "Thing Group": { "7": { "id": 7, "name": "Tables" } } } }"#;
    ContextFile::read(&json::read(json.as_bytes()).unwrap()).unwrap()
}

/// Evaluates a condition as a filter: `Ok` says whether it let the record through, `Err` how it failed.
fn holds(condition: &str, record: &str) -> Result<bool, String> {
    let text = format!(
        "collection: Truth\nrecord: Thing\ndirection: from\nsync: update\nbigcommerce: shop.thing\nsettings:\n  margin: {{ type: decimal, required: true }}\nfilter: |\n  {condition}\nrules: |\n  visible <- active\n"
    );
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let file = files.add("truth.yaml", text);
    let read: Vec<_> = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new).into_iter().collect();
    let library = compile(&read, &[], &catalog(), &mut diagnostics);
    assert!(diagnostics.iter().all(|d| d.severity != Severity::Error), "{}", render::plain(&files, &diagnostics));
    let plan = library.collection("Truth").unwrap().plan.clone().unwrap();
    match evaluate(&plan, record.as_bytes(), &context().context()) {
        Evaluation::Done(Outcome::Mapped(_)) => Ok(true),
        Evaluation::Done(Outcome::Skipped(_)) => Ok(false),
        Evaluation::Done(Outcome::Failed(failures)) => {
            Err(failures.iter().map(|f| f.message.clone()).collect::<Vec<_>>().join("; "))
        }
        other => panic!("{condition}: {other:?}"),
    }
}

/// Every line of a section is as it says; how many there were.
fn lines_hold(text: &str) -> usize {
    let (mut record, mut count) = (String::from("{}"), 0);
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if let Some(json) = line.strip_prefix("record ") {
            record = json.to_owned();
            continue;
        }
        count += 1;
        if let Some((expression, words)) = line.split_once(" !! ") {
            let found = holds(&format!("({expression}) is not empty"), &record);
            assert!(found.as_ref().is_err_and(|e| e.contains(words.trim())), "{expression}: {found:?}");
        } else {
            assert_eq!(holds(line, &record), Ok(true), "{line}");
            // what is true of everything says nothing
            assert_eq!(holds(&format!("not ({line})"), &record), Ok(false), "not ({line})");
        }
    }
    count
}

#[test]
fn every_line_is_true() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/truths");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        count += lines_hold(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    assert!(count > 20, "only {count}");
}

#[test]
fn what_the_manual_calls_true_is_true() {
    let manual = include_str!("../../../grammar/README.md");
    let blocks: Vec<&str> = manual.split("```true\n").skip(1).filter_map(|b| b.split("\n```").next()).collect();
    let count: usize = blocks.iter().map(|b| lines_hold(b)).sum();
    assert!(count > 5, "only {count} in {} blocks", blocks.len());
}
