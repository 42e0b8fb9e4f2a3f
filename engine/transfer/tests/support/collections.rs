//! The built-in collections, compiled.
#![allow(dead_code, unreachable_pub)] // each test program uses a part of it

use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::mapping_file::{Direction, SyncType, read};
use mapwright_language::plan::Plan;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

/// The built-in collections, compiled; mistakes in them fail the test.
pub fn library() -> Library {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let read: Vec<_> = mapwright_defaults::originals()
        .iter()
        .filter_map(|original| {
            let id = files.add(original.path, original.text);
            read(&files, id, &mut diagnostics).map(Arc::new)
        })
        .collect();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    library
}

/// The plan of a root collection.
pub fn plan(library: &Library, record: &str, direction: Direction) -> Arc<Plan> {
    let mut roots = library
        .roots(record, Some(direction))
        .filter(|c| !matches!(c.sync, SyncType::Delete | SyncType::UpdateOnDelete));
    roots.next().and_then(|c| c.plan.clone()).unwrap()
}
