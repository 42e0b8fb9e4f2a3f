//! A line that stands left of its block's first line breaks YAML far from where the mistake is. It is found before YAML
//! reads the file, reported as what it is, and blanked out, so that the rest is still checked.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Diagnostics};

use super::file::{FileId, Span};

/// The text with such lines blanked out, byte for byte as long as before.
pub(super) fn blank_misplaced_lines<'a>(text: &'a str, file: FileId, diagnostics: &mut Diagnostics) -> Cow<'a, str> {
    let mut misplaced: Vec<(usize, usize)> = Vec::new();
    let mut block: Option<Block> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let indent = content.len() - content.trim_start_matches(' ').len();
        let bare = content.trim();
        if !bare.is_empty() {
            block = match block.take() {
                Some(Block { key, first: None }) if indent > key => Some(Block { key, first: Some(indent) }),
                Some(Block { key, first: Some(first) }) if indent >= first => Some(Block { key, first: Some(first) }),
                Some(Block { key, first: Some(first) }) if indent > key || is_rule(bare) => {
                    misplaced.push((at, at + content.len()));
                    let start = u32::try_from(at + indent).unwrap_or(0);
                    let end = u32::try_from(at + content.len()).unwrap_or(0);
                    diagnostics.push(
                        Diagnostic::error("E0105", Span { file, start, end }, "this line stands left of the first line of its block")
                            .help(format!("indent it by {first} blanks, like the first line of the block; the rest of the file was still checked")),
                    );
                    Some(Block { key, first: Some(first) })
                }
                _ => header(content).map(|key| Block { key, first: None }),
            };
        }
        at += line.len();
    }
    if misplaced.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut mended = String::with_capacity(text.len());
    let mut from = 0;
    for (start, end) in misplaced {
        mended.push_str(text.get(from..start).unwrap_or_default());
        mended.extend(std::iter::repeat_n(' ', end - start));
        from = end;
    }
    mended.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(mended)
}

struct Block {
    /// Indentation of the line with the `|`.
    key: usize,
    /// Indentation of the first line of the block, once it came.
    first: Option<usize>,
}

/// The indentation of `key: |`, if the line is one.
fn header(line: &str) -> Option<usize> {
    let without_comment = line.split(" #").next().unwrap_or(line).trim_end();
    let (before, _) = without_comment.rsplit_once([' ', ':']).filter(|(_, mark)| matches!(*mark, "|" | "|-" | "|+"))?;
    let before = before.trim_end();
    (before.ends_with(':')).then(|| line.len() - line.trim_start_matches([' ', '-']).len())
}

/// A rule at the margin is a rule, whatever YAML thinks of it.
fn is_rule(line: &str) -> bool {
    !line.starts_with('#') && line.split_once(" <- ").is_some_and(|(target, _)| !target.contains(": "))
}
