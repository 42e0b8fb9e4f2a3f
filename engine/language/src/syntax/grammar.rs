//! The grammar, its limits, and a text that is parsed, with its place in the file.

use pest_derive::Parser;

use crate::source::{FileId, Scalar, Span};

/// Longest rule in bytes.
pub const MOST_RULE_BYTES: usize = 4096;
/// Deepest nesting of brackets, branches and operators in one rule.
pub const MOST_NESTING: usize = 64;

#[derive(Parser)]
#[grammar = "../../grammar/mapping.pest"]
pub(super) struct Grammar;

/// A text and where it stands in the file.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    /// Comments blanked out.
    pub text: &'a str,
    /// The scalar it is a part of.
    pub scalar: &'a Scalar,
    /// Byte of the scalar's text where `text` starts.
    pub base: usize,
    /// The file.
    pub file: FileId,
}

impl Text<'_> {
    /// The place of a range of `text`.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let byte = |at: usize| self.scalar.offsets.file_byte(self.base + at);
        let first = byte(start);
        let last = if end > start { byte(end - 1) + 1 } else { first };
        Span { file: self.file, start: first, end: last.max(first) }
    }

    /// Whether a stretch holds no comment: what is put in its place would take it away.
    pub fn is_free_of_comments(&self, start: usize, end: usize) -> bool {
        self.text.get(start..end) == self.scalar.text.get(self.base + start..self.base + end)
    }

    /// The bytes of `text` at a place of the file.
    pub fn bytes(&self, span: Span) -> (usize, usize) {
        let byte = |at: u32| (0..self.text.len()).find(|i| self.scalar.offsets.file_byte(self.base + i) == at);
        (byte(span.start).unwrap_or(0), byte(span.end).unwrap_or(self.text.len()))
    }
}
