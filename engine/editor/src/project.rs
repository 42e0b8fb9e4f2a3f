//! All mapping files that belong together, as texts: read, compiled, and asked about.

use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::combine::{Combined, combine};
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::schema::Catalog;
use mapwright_language::source::{FileId, Files, Span};

/// One mapping file.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name, as diagnostics print it.
    pub name: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
}

/// Mapping files, read and compiled. A file's id is its place in the inputs, the project's own files first.
#[derive(Debug, Clone)]
pub struct Project {
    /// All texts.
    pub files: Files,
    /// What is wrong.
    pub diagnostics: Diagnostics,
    /// The collections.
    pub library: Library,
    /// What could be read of each file.
    read: Vec<Option<Arc<MappingFile>>>,
    /// How many files are the project's own.
    own: usize,
}

impl Project {
    /// Compiles files. With `alone` there is no project: the built-in collections stand in for its other files.
    #[must_use]
    pub fn new(own: &[Input], builtin: &[Input], alone: bool) -> Project {
        let mut files = Files::default();
        let (mut diagnostics, mut silent) = (Diagnostics::default(), Diagnostics::default());
        let mut read = Vec::new();
        for input in own.iter().chain(builtin) {
            let id = files.add(input.name.clone(), input.text.clone());
            let said = if read.len() < own.len() { &mut diagnostics } else { &mut silent };
            read.push(mapping_file::read(&files, id, said).map(Arc::new));
        }
        let (mine, originals) = read.split_at(own.len());
        let mut active: Vec<Arc<MappingFile>> = mine.iter().flatten().cloned().collect();
        let originals: Vec<Arc<MappingFile>> = originals.iter().flatten().cloned().collect();
        if alone {
            let names: Vec<String> = active.iter().map(|f| f.name.value.clone()).collect();
            active.extend(originals.iter().filter(|o| !names.contains(&o.name.value)).cloned());
        }
        let library = compile(&active, &originals, Catalog::builtin(), &mut diagnostics);
        Project { files, diagnostics, library, read, own: own.len() }
    }

    /// The same files, one of them with another text.
    #[must_use]
    pub fn with(&self, changed: &[(FileId, String)], alone: bool) -> Project {
        let inputs: Vec<Input> = self
            .files
            .iter()
            .map(|(id, file)| {
                let text = changed.iter().find(|(c, _)| *c == id).map(|(_, t)| Arc::from(t.as_str()));
                Input { name: file.name.clone(), text: text.unwrap_or_else(|| file.text.clone()) }
            })
            .collect();
        let (own, builtin) = inputs.split_at(self.own.min(inputs.len()));
        Project::new(own, builtin, alone)
    }

    /// Whether a file is one of the project's own.
    #[must_use]
    pub fn is_own(&self, file: FileId) -> bool {
        (file.0 as usize) < self.own
    }

    /// A file's text.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file).map_or("", |f| &f.text)
    }

    /// The text of a place.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// What a file says, as far as it can be read.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<&Arc<MappingFile>> {
        self.read.get(id.0 as usize)?.as_ref()
    }

    /// All files that could be read, the project's own first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<MappingFile>> {
        self.read.iter().flatten()
    }

    /// The file of a collection or base; the project's own before a built-in one.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<MappingFile>> {
        self.all().find(|f| f.name.value == name)
    }

    /// A file read for a question about one place in it: where it is no YAML as it stands, the line with the place is left out,
    /// since that is the one being typed.
    #[must_use]
    pub fn read_around(&self, id: FileId, at: usize) -> Option<Arc<MappingFile>> {
        if let Some(file) = self.file(id) {
            return Some(file.clone());
        }
        let text = self.text(id);
        let start = text.get(..at)?.rfind('\n').map_or(0, |i| i + 1);
        let end = text.get(at..)?.find('\n').map_or(text.len(), |i| at + i);
        let without = [text.get(..start)?, &" ".repeat(end - start), text.get(end..)?].concat();
        let mut files = Files::default();
        for (other, file) in self.files.iter() {
            let text = if other == id { Arc::from(without.as_str()) } else { file.text.clone() };
            files.add(file.name.clone(), text);
        }
        mapping_file::read(&files, id, &mut Diagnostics::default()).map(Arc::new)
    }

    /// A file with its layers.
    #[must_use]
    pub fn combined(&self, file: &MappingFile) -> Combined {
        let all: Vec<Arc<MappingFile>> = self.all().cloned().collect();
        combine(file, &all, &mut Diagnostics::default())
    }
}

/// The name that a mapping file gives itself, if it can be read that far.
#[must_use]
pub fn name_of(text: &str) -> Option<String> {
    let mut files = Files::default();
    let id = files.add("", text);
    mapping_file::read(&files, id, &mut Diagnostics::default()).map(|f| f.name.value)
}
