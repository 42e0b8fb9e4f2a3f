//! Plans against a slow, obvious evaluator: random rules over random records have the same outcome both ways.
//!
//! `MAPWRIGHT_PAIRS=1000000 cargo test --release -p mapwright-language --test reference` is the long run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

mod independence;
mod obvious;
mod random;

use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, Severity, render};
use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate, target_json};
use mapwright_language::json::{self, Json};
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::plan::Plan;
use mapwright_language::schema::{Catalog, RecordType};
use mapwright_language::source::Files;
use obvious::{Obvious, same};
use random::Random;

/// Rule and record pairs in the test suite.
const PAIRS: u64 = 10_000;
/// Records that each collection meets.
const RECORDS: u64 = 10;

fn catalog() -> Catalog {
    let records: Vec<RecordType> = serde_json::from_str(include_str!("../check/catalog.json")).unwrap();
    let texts: Vec<String> = records.iter().map(|r| serde_json::to_string(r).unwrap()).collect();
    Catalog::read(texts.iter().map(|t| ("catalog.json", t.as_str()))).unwrap()
}

/// A collection of random rules and its plan; none if the checker refuses it.
fn collection(text: &str, catalog: &Catalog) -> Result<(Arc<MappingFile>, Arc<Plan>), String> {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let file = files.add("random.yaml", text);
    let read = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new);
    let library = compile(read.as_slice(), &[], catalog, &mut diagnostics);
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Err(render::plain(&files, &diagnostics));
    }
    let plan = library.collection("Random").and_then(|c| c.plan.clone());
    read.zip(plan).ok_or_else(|| String::from("no plan"))
}

#[test]
fn plans_do_what_the_obvious_evaluator_does() {
    let pairs = std::env::var("MAPWRIGHT_PAIRS").ok().and_then(|n| n.parse().ok()).unwrap_or(PAIRS);
    let catalog = catalog();
    let context = ContextFile::default();
    let mut random = Random::new(7);
    let (mut done, mut refused, mut mapped, mut failed, mut skipped) = (0u64, 0u64, 0u64, 0u64, 0u64);
    while done < pairs {
        let text = random.collection();
        let (file, plan) = match collection(&text, &catalog) {
            Ok(found) => found,
            Err(why) => {
                refused += 1;
                assert!(refused < 1_000 + done, "too many are refused; the last:\n{text}\n{why}");
                continue;
            }
        };
        for _ in 0..RECORDS {
            let record = random.record();
            let bytes = json::read(record.as_bytes()).unwrap();
            let expected = Obvious::new(&file, &catalog, &bytes).outcome();
            let Evaluation::Done(found) = evaluate(&plan, record.as_bytes(), &context.context()) else {
                panic!("nothing is to be looked up\n{text}\n{record}")
            };
            match (&found, expected) {
                (Outcome::Mapped(found), Ok(Some(expected))) => {
                    mapped += 1;
                    let found = target_json(&plan.root, found, context.time_zone()).unwrap();
                    assert!(same(&found, &expected), "{text}\n{record}\nplan: {found:?}\nobvious: {expected:?}");
                }
                (Outcome::Failed(_), Err(_)) => failed += 1,
                (Outcome::Skipped(_), Ok(None)) => skipped += 1,
                (found, expected) => panic!("{text}\n{record}\nplan: {found:?}\nobvious: {expected:?}"),
            }
            done += 1;
        }
    }
    println!("{done} pairs: {mapped} mapped, {failed} failed, {skipped} skipped; {refused} collections were refused");
    assert!(mapped > done / 4 && failed > done / 100 && skipped > done / 100, "{mapped} {failed} {skipped} of {done}");
}

#[test]
fn a_difference_would_be_seen() {
    let catalog = catalog();
    let text = "collection: Random\nrecord: Thing\ndirection: from\nsync: update\nbigcommerce: shop.thing\nrules: |\n  count <- qty + 1\n";
    let (file, _) = collection(text, &catalog).unwrap();
    let record = json::read(br#"{"id":1,"qty":2}"#).unwrap();
    let expected = Obvious::new(&file, &catalog, &record).outcome().unwrap().unwrap();
    assert!(same(&expected, &json::read(br#"{"count":3}"#).unwrap()));
    assert!(!same(&expected, &json::read(br#"{"count":4}"#).unwrap()));
    assert!(!same(&Json::Object(vec![]), &expected));
}
