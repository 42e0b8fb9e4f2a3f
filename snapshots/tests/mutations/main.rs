//! Seeded mistakes in the default collections and in the hard ones, of every kind that people make: `check` must report nearly all of them, and what it
//! cannot know (another field of the same type) must change a snapshot.
//!
//! `MAPWRIGHT_MUTATIONS=5000 cargo test --release -p mapwright-snapshots --test mutations -- --nocapture` makes more of them and
//! prints the table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // tests

mod kinds;
#[path = "../roots/mod.rs"]
mod roots;
mod sites;

use std::collections::BTreeMap;
use std::sync::Arc;

use kinds::{KINDS, Kind, mutate};
use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::evaluate::ContextFile;
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_snapshots::{Case, Outcome, find, run};
use sites::Chance;

/// How many of each kind are made in the test suite, in the default collections and in the hard ones.
const OF_EACH: usize = 30;
/// Of every hundred mistakes so many are reported at least.
const REPORTED: usize = 95;

/// A set of collections with their texts.
struct World {
    files: Files,
    read: Vec<(Arc<MappingFile>, String)>,
    /// Collections that run beside them and are not changed.
    beside: Vec<Arc<MappingFile>>,
    builtin: Vec<Arc<MappingFile>>,
    /// The names of all collections.
    names: Vec<String>,
    cases: Vec<Case>,
}

impl World {
    /// `own` are changed; those of `borrowed` that have no namesake run beside them, and may be extended.
    fn new(own: roots::Texts, borrowed: roots::Texts, cases: &str) -> World {
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let mut read = |texts: roots::Texts| -> Vec<(Arc<MappingFile>, String)> {
            let one = |(name, text): (String, String)| {
                let id = files.add(name, text.as_str());
                (Arc::new(mapping_file::read(&files, id, &mut diagnostics).unwrap()), text)
            };
            texts.into_iter().map(one).collect()
        };
        let (read, builtin) = (read(own), read(borrowed));
        let builtin: Vec<Arc<MappingFile>> = builtin.into_iter().map(|(file, _)| file).collect();
        let namesake = |file: &&Arc<MappingFile>| read.iter().any(|(own, _)| own.name.value == file.name.value);
        let beside: Vec<Arc<MappingFile>> = builtin.iter().filter(|f| !namesake(f)).cloned().collect();
        let names = read.iter().map(|(f, _)| f).chain(&beside).map(|f| f.name.value.clone()).collect();
        let cases = find(&roots::folder().join(cases), None).unwrap();
        World { files, read, beside, builtin, names, cases }
    }

    /// The collections with one text replaced.
    fn with(&self, at: usize, text: &str) -> (Library, Files, Diagnostics) {
        let (mut files, mut diagnostics) = (self.files.clone(), Diagnostics::default());
        let mut active: Vec<Arc<MappingFile>> = Vec::new();
        for (i, (file, _)) in self.read.iter().enumerate() {
            if i == at {
                let id = files.add("mutated.yaml", text);
                active.extend(mapping_file::read(&files, id, &mut diagnostics).map(Arc::new));
            } else {
                active.push(file.clone());
            }
        }
        active.extend(self.beside.iter().cloned());
        let library = compile(&active, &self.builtin, Catalog::builtin(), &mut diagnostics);
        (library, files, diagnostics)
    }

    fn changes_a_snapshot(&self, library: &Library, files: &Files) -> bool {
        self.cases.iter().any(|case| !matches!(run(case, library, files, &ContextFile::default()), Ok(Outcome::Same)))
    }

    /// So many mistakes of a kind, as far as there are places for them.
    fn mistakes(&self, kind: Kind, of_each: usize, seed: u64, row: &mut Row) {
        let mut chance = Chance::new(seed);
        let (mut made, mut tries) = (0, 0);
        while made < of_each && tries < of_each * 60 {
            tries += 1;
            let at = chance.below(self.read.len());
            let (file, text) = &self.read[at];
            let Some(mutation) = mutate(kind, file, text, &self.names, &mut chance) else { continue };
            if mutation.text == *text {
                continue;
            }
            made += 1;
            row.made += 1;
            let (library, files, diagnostics) = self.with(at, &mutation.text);
            if !diagnostics.is_empty() {
                row.reported += 1;
            } else if self.changes_a_snapshot(&library, &files) {
                row.snapshot.push(format!("{}: {}", file.name.value, mutation.what));
            } else {
                row.neither.push(format!("{}: {}", file.name.value, mutation.what));
            }
        }
    }
}

#[derive(Default)]
struct Row {
    made: usize,
    reported: usize,
    snapshot: Vec<String>,
    neither: Vec<String>,
}

/// A share in words: `608 of 640 (95.0 %)`.
fn share(part: usize, whole: usize) -> String {
    let tenths = part * 1000 / whole.max(1);
    format!("{part} of {whole} ({}.{} %)", tenths / 10, tenths % 10)
}

#[test]
fn mistakes_are_reported() {
    let worlds = [
        World::new(roots::default_files(), vec![], "cases"),
        World::new(roots::hard_files(), roots::default_files(), "hard/cases"),
    ];
    for world in &worlds {
        let unchanged = world.with(usize::MAX, "");
        assert!(unchanged.2.is_empty(), "{}", render::plain(&unchanged.1, &unchanged.2));
    }
    let wanted = std::env::var("MAPWRIGHT_MUTATIONS").ok().and_then(|n| n.parse::<usize>().ok());
    let of_each = wanted.map_or(OF_EACH, |all| all.div_ceil(KINDS.len() * worlds.len()));
    let mut table: BTreeMap<&str, Row> = BTreeMap::new();
    for (kind, name) in KINDS {
        for (at, world) in worlds.iter().enumerate() {
            let seed = *kind as u64 + 1 + 1000 * at as u64;
            world.mistakes(*kind, of_each, seed, table.entry(name).or_default());
        }
    }
    let mut report = String::from("kind                              made  reported  snapshot  neither\n");
    for (name, row) in &table {
        report.push_str(&format!(
            "{name:<32}{:>6}{:>10}{:>10}{:>9}\n",
            row.made,
            row.reported,
            row.snapshot.len(),
            row.neither.len()
        ));
    }
    // a field of the same type cannot be known to be wrong: those are counted apart
    let (apart, counted): (Vec<_>, Vec<_>) = table.iter().partition(|(name, _)| **name == kinds::name(Kind::SameType));
    let sum = |rows: &[(&&str, &Row)], of: fn(&Row) -> usize| rows.iter().map(|(_, row)| of(row)).sum::<usize>();
    let (made, reported) = (sum(&counted, |r| r.made), sum(&counted, |r| r.reported));
    let snapshot = sum(&counted, |r| r.snapshot.len());
    let apart_made = sum(&apart, |r| r.made);
    let seen = apart_made - sum(&apart, |r| r.neither.len());
    report.push_str(&format!("\nreported by `check`: {}\n", share(reported, made)));
    report.push_str(&format!("changed a snapshot only: {}\n", share(snapshot, made)));
    report.push_str(&format!("fields of the same type, reported or seen in a snapshot: {}\n", share(seen, apart_made)));
    for (name, row) in &counted {
        row.snapshot.iter().for_each(|what| report.push_str(&format!("  caught by a snapshot only, {name}: {what}\n")));
    }
    for (name, row) in &table {
        row.neither.iter().for_each(|what| report.push_str(&format!("  caught by neither, {name}: {what}\n")));
    }
    println!("{report}");
    assert!(table.values().all(|row| row.made >= of_each.min(25)), "too few of a kind\n{report}");
    assert!(made + apart_made >= 500, "too few\n{report}");
    assert!(reported * 100 >= made * REPORTED, "too few are reported\n{report}");
    assert!(table.values().all(|row| row.neither.is_empty()), "{report}");
}
