//! The repository's sets of collections: the default ones, and the hard ones beside them.

#![allow(dead_code)] // each test program uses a part of it

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

/// A set of collections, compiled, and the folder of its cases.
pub struct Root {
    /// Where its cases are.
    pub cases: PathBuf,
    /// Its collections.
    pub library: Library,
    /// Their files.
    pub files: Files,
    /// The names of its own collections that have rules: those that it borrows are not among them.
    pub own: Vec<String>,
}

/// The folder `snapshots/`.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The default collections.
pub fn defaults() -> Root {
    root(default_files(), vec![], folder().join("cases"))
}

/// The hard collections, which extend and use default ones.
pub fn hard() -> Root {
    root(hard_files(), default_files(), folder().join("hard/cases"))
}

/// Both.
pub fn all() -> [Root; 2] {
    [defaults(), hard()]
}

/// Names and texts of files.
pub type Texts = Vec<(String, String)>;

/// The default collections.
pub fn default_files() -> Texts {
    mapwright_defaults::originals().iter().map(|o| (format!("mappings/{}", o.path), o.text.to_owned())).collect()
}

/// The files of the hard collections, by name.
pub fn hard_files() -> Texts {
    let mut texts = vec![];
    let mut open = vec![folder().join("hard")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                let name = path.strip_prefix(self::folder()).unwrap().display().to_string();
                texts.push((format!("snapshots/{name}"), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    texts.sort();
    texts
}

/// Compiles as a project whose default collections were installed would: a layer stands in the place of what it extends.
fn root(own: Texts, borrowed: Texts, cases: PathBuf) -> Root {
    let (library, files, diagnostics, names) = compiled(own, borrowed);
    assert!(diagnostics.is_empty(), "no collection has a diagnostic\n{}", render::plain(&files, &diagnostics));
    let own = library
        .collections
        .iter()
        .filter(|c| names.contains(&c.name) && c.combined.file.rules.is_some())
        .map(|c| c.name.clone())
        .collect();
    Root { cases, library, files, own }
}

fn compiled(own: Texts, borrowed: Texts) -> (Library, Files, Diagnostics, Vec<String>) {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let mut read = |texts: Texts| -> Vec<Arc<MappingFile>> {
        let ids: Vec<_> = texts.into_iter().map(|(name, text)| files.add(name, text)).collect();
        ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect()
    };
    let (own, borrowed) = (read(own), read(borrowed));
    let names: Vec<String> = own.iter().filter(|f| !f.is_base).map(|f| f.name.value.clone()).collect();
    let beside = borrowed.iter().filter(|f| !names.contains(&f.name.value));
    let active: Vec<Arc<MappingFile>> = own.iter().chain(beside).cloned().collect();
    let library = compile(&active, &borrowed, Catalog::builtin(), &mut diagnostics);
    (library, files, diagnostics, names)
}

/// What is wrong with files that stand beside the hard and the default collections; nothing is "".
pub fn diagnostics_beside_all(texts: Texts) -> String {
    let own = texts.into_iter().chain(hard_files()).collect();
    let (_, files, diagnostics, _) = compiled(own, default_files());
    if diagnostics.is_empty() { String::new() } else { render::plain(&files, &diagnostics) }
}

/// What is wrong with the syntax of a file; nothing is "".
pub fn syntax(text: String) -> String {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let id = files.add("file", text);
    mapping_file::read(&files, id, &mut diagnostics);
    if diagnostics.is_empty() { String::new() } else { render::plain(&files, &diagnostics) }
}
