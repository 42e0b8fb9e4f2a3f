//! Seeded mistakes in the default collections, of every kind that people make: `check` must report nearly all of them, and what it
//! cannot know (another field of the same type) must change a snapshot.
//!
//! `MAPWRIGHT_MUTATIONS=5000 cargo test --release -p mapwright-snapshots --test mutations -- --nocapture` makes more of them and
//! prints the table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // tests

mod kinds;
mod sites;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kinds::{KINDS, Kind, mutate};
use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::evaluate::ContextFile;
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::schema::Catalog;
use mapwright_language::source::{FileId, Files};
use mapwright_snapshots::{Case, Outcome, find, run};
use sites::Chance;

/// How many of each kind are made in the test suite.
const OF_EACH: usize = 40;
/// Of every hundred mistakes so many are reported at least.
const REPORTED: usize = 95;

/// The default collections with their texts.
struct World {
    files: Files,
    read: Vec<(FileId, Arc<MappingFile>, String)>,
    cases: Vec<Case>,
}

impl World {
    fn new() -> World {
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let mut read = Vec::new();
        for original in mapwright_defaults::originals() {
            let id = files.add(original.path, original.text);
            let file = mapping_file::read(&files, id, &mut diagnostics).unwrap();
            read.push((id, Arc::new(file), original.text.to_owned()));
        }
        let cases = find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"), None).unwrap();
        World { files, read, cases }
    }

    /// The defaults with one text replaced.
    fn with(&self, at: usize, text: &str) -> (Library, Files, Diagnostics) {
        let (mut files, mut diagnostics) = (self.files.clone(), Diagnostics::default());
        let mut read: Vec<Arc<MappingFile>> = Vec::new();
        for (i, (_, file, _)) in self.read.iter().enumerate() {
            if i == at {
                let id = files.add("mutated.yaml", text);
                read.extend(mapping_file::read(&files, id, &mut diagnostics).map(Arc::new));
            } else {
                read.push(file.clone());
            }
        }
        let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
        (library, files, diagnostics)
    }

    fn changes_a_snapshot(&self, library: &Library, files: &Files) -> bool {
        self.cases.iter().any(|case| !matches!(run(case, library, files, &ContextFile::default()), Ok(Outcome::Same)))
    }
}

#[derive(Default)]
struct Row {
    made: usize,
    reported: usize,
    snapshot: Vec<String>,
    neither: Vec<String>,
}

#[test]
fn mistakes_are_reported() {
    let world = World::new();
    assert!(world.with(usize::MAX, "").2.is_empty(), "the defaults have no diagnostic");
    let wanted = std::env::var("MAPWRIGHT_MUTATIONS").ok().and_then(|n| n.parse::<usize>().ok());
    let of_each = wanted.map_or(OF_EACH, |all| all.div_ceil(KINDS.len()));
    let mut table: BTreeMap<&str, Row> = BTreeMap::new();
    for (kind, name) in KINDS {
        let row = table.entry(name).or_default();
        let mut chance = Chance::new(*kind as u64 + 1);
        let mut tries = 0;
        while row.made < of_each && tries < of_each * 60 {
            tries += 1;
            let at = chance.below(world.read.len());
            let (_, file, text) = &world.read[at];
            let Some(mutation) = mutate(*kind, file, text, &mut chance) else { continue };
            if mutation.text == *text {
                continue;
            }
            row.made += 1;
            let (library, files, diagnostics) = world.with(at, &mutation.text);
            if !diagnostics.is_empty() {
                row.reported += 1;
            } else if world.changes_a_snapshot(&library, &files) {
                row.snapshot.push(format!("{}: {}", file.name.value, mutation.what));
            } else {
                row.neither.push(format!("{}: {}", file.name.value, mutation.what));
            }
        }
    }
    let mut report = String::from("kind                              made  reported  snapshot  neither\n");
    let (mut made, mut reported, mut neither) = (0, 0, 0);
    for (name, row) in &table {
        report.push_str(&format!(
            "{name:<32}{:>6}{:>10}{:>10}{:>9}\n",
            row.made,
            row.reported,
            row.snapshot.len(),
            row.neither.len()
        ));
        neither += row.neither.len();
        // a field of the same type cannot be known to be wrong: those are counted apart
        if *name != kinds::name(Kind::SameType) {
            made += row.made;
            reported += row.reported;
        }
    }
    for (name, row) in table.iter().filter(|(name, _)| **name != kinds::name(Kind::SameType)) {
        row.snapshot.iter().for_each(|what| report.push_str(&format!("  caught by a snapshot only, {name}: {what}\n")));
    }
    for row in table.values() {
        row.neither.iter().for_each(|what| report.push_str(&format!("  caught by neither: {what}\n")));
    }
    println!("{report}");
    assert!(table.values().all(|row| row.made >= of_each.min(25)), "too few of a kind\n{report}");
    let total: usize = table.values().map(|row| row.made).sum();
    assert!(total >= 500, "{total} mutations\n{report}");
    assert!(reported * 100 >= made * REPORTED, "{reported} of {made} are reported\n{report}");
    assert_eq!(neither, 0, "{report}");
}
