//! The built-in collections, compiled.
#![allow(dead_code, unreachable_pub)] // each test program uses a part of it

use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file::{Direction, MappingFile, SyncType, read};
use mapwright_language::plan::Plan;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

/// The built-in collections, compiled; mistakes in them fail the test.
pub fn library() -> Library {
    library_with(&[])
}

/// The same with collections of one's own, in place of built-in ones of the same name.
pub fn library_with(own: &[&str]) -> Library {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let mut active: Vec<Arc<MappingFile>> = Vec::new();
    for (number, text) in own.iter().enumerate() {
        let id = files.add(format!("own{number}.yaml"), *text);
        active.extend(read(&files, id, &mut diagnostics).map(Arc::new));
    }
    let originals: Vec<_> = mapwright_defaults::originals()
        .iter()
        .filter_map(|original| {
            let id = files.add(original.path, original.text);
            read(&files, id, &mut diagnostics).map(Arc::new)
        })
        .collect();
    let others = originals.iter().filter(|o| !active.iter().any(|a| a.name.value == o.name.value)).cloned();
    let all: Vec<_> = others.chain(active.iter().cloned()).collect();
    let library = compile(&all, &originals, Catalog::builtin(), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", render::plain(&files, &diagnostics));
    library
}

/// The plan of a root collection.
pub fn plan(library: &Library, record: &str, direction: Direction) -> Arc<Plan> {
    let mut roots = library
        .roots(record, Some(direction))
        .filter(|c| !matches!(c.sync, SyncType::Delete | SyncType::UpdateOnDelete));
    roots.next().and_then(|c| c.plan.clone()).unwrap()
}
