//! The repository's own cases: every default and every hard collection with at least three. `ACCEPT=1` takes the results as right.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

mod roots;

use std::collections::BTreeMap;

use mapwright_language::evaluate::ContextFile;
use mapwright_language::syntax::format;
use mapwright_snapshots::{Outcome, accept, find, run};

#[test]
fn every_case_gives_what_was_accepted() {
    let mut report = String::new();
    for root in roots::all() {
        for case in &find(&root.cases, None).unwrap() {
            if std::env::var_os("ACCEPT").is_some() {
                accept(case, &root.library, &root.files, &ContextFile::default())
                    .unwrap_or_else(|error| panic!("{error}"));
            }
            match run(case, &root.library, &root.files, &ContextFile::default()) {
                Ok(Outcome::Same) => {}
                Ok(Outcome::New) => report.push_str(&format!("{}: nothing accepted yet\n", case.name)),
                Ok(Outcome::Changed(changes)) => {
                    for change in changes {
                        report.push_str(&format!("{} {}\n{}\n", case.name, change.file, change.diff));
                    }
                }
                Err(error) => report.push_str(&format!("{error}\n")),
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn the_hard_collections_are_in_the_layout_of_fmt() {
    for (name, text) in roots::hard_files() {
        let formatted = format::format_file(&text).unwrap_or_else(|_| panic!("{name} has errors"));
        assert!(formatted == text, "{name}: `mapwright fmt` would change it");
    }
}

#[test]
fn every_collection_with_rules_has_three_cases() {
    for root in roots::all() {
        let mut count: BTreeMap<&str, usize> = root.own.iter().map(|name| (name.as_str(), 0)).collect();
        for case in find(&root.cases, None).unwrap() {
            let context = case.context(&ContextFile::default()).unwrap();
            let name = context.collection().unwrap();
            *count.get_mut(name).unwrap_or_else(|| panic!("{}: no collection `{name}`", case.name)) += 1;
        }
        let few: Vec<_> = count.into_iter().filter(|(_, n)| *n < 3).collect();
        assert!(few.is_empty(), "fewer than three cases: {few:?}");
    }
}
