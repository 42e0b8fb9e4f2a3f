//! What operations mean: comparisons decided by their types, records asked as a whole, texts that become numbers, JSONPath.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

mod comparisons;
mod json_paths;
mod links;
mod records;

use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, Severity};
use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate, target_json};
use mapwright_language::json;
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

/// A collection from iPaaS.com's Product, which updates things.
fn product(rules: &str) -> String {
    let rules: String = rules.lines().map(|l| format!("  {}\n", l.trim())).collect();
    format!(
        "collection: R\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n{rules}"
    )
}

/// A collection to iPaaS.com's Customer.
fn customer(rules: &str) -> String {
    let rules: String = rules.lines().map(|l| format!("  {}\n", l.trim())).collect();
    format!(
        "collection: R\nrecord: Customer\ndirection: to\nsync: update\nbigcommerce: customers.customer\nrules: |\n{rules}"
    )
}

/// Compiles files; what is said about them, hints left out.
fn compiled(texts: &[&str]) -> (Library, Vec<(&'static str, String)>) {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let ids: Vec<_> = texts.iter().enumerate().map(|(i, t)| files.add(format!("m{i}.yaml"), *t)).collect();
    let read: Vec<_> =
        ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    let said =
        diagnostics.iter().filter(|d| d.severity != Severity::Hint).map(|d| (d.code, d.message.clone())).collect();
    (library, said)
}

/// The codes of what is said about a file.
fn codes(text: &str) -> Vec<&'static str> {
    compiled(&[text]).1.into_iter().map(|(code, _)| code).collect()
}

/// What becomes of a record; nothing is said about the file.
fn outcome(text: &str, record: &str, context: &ContextFile) -> Outcome {
    let (library, said) = compiled(&[text]);
    assert!(said.is_empty(), "{text}\n{said:?}");
    let plan = library.collection("R").unwrap().plan.clone().unwrap();
    match evaluate(&plan, record.as_bytes(), &context.context()) {
        Evaluation::Done(outcome) => outcome,
        Evaluation::Needs { needs, .. } => panic!("{text}\nneeds {needs:?}"),
    }
}

/// The target of a record, as JSON.
fn target(text: &str, record: &str) -> String {
    target_in(text, record, &ContextFile::default())
}

fn target_in(text: &str, record: &str, context: &ContextFile) -> String {
    let (library, said) = compiled(&[text]);
    assert!(said.iter().all(|(code, _)| code.starts_with('W')), "{text}\n{said:?}");
    let plan = library.collection("R").unwrap().plan.clone().unwrap();
    match evaluate(&plan, record.as_bytes(), &context.context()) {
        Evaluation::Done(Outcome::Mapped(mapped)) => {
            json::write(&target_json(&plan.root, &mapped, context.time_zone()).unwrap())
        }
        other => panic!("{text}\n{other:?}"),
    }
}

fn context(text: &str) -> ContextFile {
    ContextFile::read(&json::read(text.as_bytes()).unwrap()).unwrap()
}
