//! The repository's own cases: every default collection with at least three. `ACCEPT=1` takes the results as right.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_snapshots::{Outcome, accept, find, run};

fn defaults() -> (Library, Files) {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let ids: Vec<_> =
        mapwright_defaults::originals().iter().map(|o| files.add(format!("mappings/{}", o.path), o.text)).collect();
    let read: Vec<_> =
        ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    assert!(
        diagnostics.is_empty(),
        "the default collections have no diagnostic\n{}",
        render::plain(&files, &diagnostics)
    );
    (library, files)
}

#[test]
fn every_case_gives_what_was_accepted() {
    let (library, files) = defaults();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut report = String::new();
    let cases = find(&root, None).unwrap();
    for case in &cases {
        if std::env::var_os("ACCEPT").is_some() {
            accept(case, &library, &files).unwrap();
        }
        match run(case, &library, &files) {
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
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_collection_with_rules_has_three_cases() {
    let (library, _) = defaults();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut count: BTreeMap<String, usize> =
        library.collections.iter().filter(|c| c.combined.file.rules.is_some()).map(|c| (c.name.clone(), 0)).collect();
    for case in find(&root, None).unwrap() {
        let context = case.context().unwrap();
        let name = context.collection().unwrap().to_owned();
        *count.get_mut(&name).unwrap_or_else(|| panic!("{}: no collection `{name}`", case.name)) += 1;
    }
    let few: Vec<_> = count.into_iter().filter(|(_, n)| *n < 3).collect();
    assert!(few.is_empty(), "fewer than three cases: {few:?}");
}
