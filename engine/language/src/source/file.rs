//! The files of one run, and places in them.

use std::sync::Arc;

/// Which file of a [`Files`] a place lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A place: a range of *bytes* in one file, already mapped out of any YAML scalar. Small and `Copy`, so that every
/// node of a tree carries one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From the start of `self` to the end of `other`, both of one file.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One mapping file: its name as the user knows it (relative path, or `built-in:catalog/product-from.yaml`) and its text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Name as printed in diagnostics.
    pub name: Arc<str>,
    /// The text, as on disk (BOM and CRLF included; the reader deals with them).
    pub text: Arc<str>,
    /// Where its lines begin.
    lines: Arc<[usize]>,
}

/// All files of one run; a [`FileId`] is an index.
#[derive(Debug, Clone, Default)]
pub struct Files(Vec<SourceFile>);

impl Files {
    /// Adds a file.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        let text: Arc<str> = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.0.push(SourceFile { name: name.into(), text, lines });
        id
    }

    /// The file of an id that this `Files` handed out.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.0.get(id.0 as usize)
    }

    /// All files in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.0.iter().zip(0..).map(|(file, i)| (FileId(i), file))
    }

    /// Line and column, both from 1, columns in characters.
    #[must_use]
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let Some(file) = self.get(span.file) else {
            return (1, 1);
        };
        let mut start = (span.start as usize).min(file.text.len());
        while !file.text.is_char_boundary(start) {
            start -= 1;
        }
        let line = file.lines.partition_point(|begin| *begin <= start);
        let line_start = line.checked_sub(1).and_then(|i| file.lines.get(i)).copied().unwrap_or(0);
        let before = file.text.get(line_start..start).unwrap_or_default();
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        (line, column)
    }
}
