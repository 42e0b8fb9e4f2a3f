//! The layout of a mapping file's rules (`fmt`): blanks, indentation, columns. The author's line breaks and every comment
//! stay, what the rules say does not change, and the envelope is not touched.

mod columns;
mod lines;
pub mod tokens;

use crate::diagnostic::Diagnostics;
use crate::source::{FileId, Files, Node, NodeKind, ScalarStyle, read_tree};

use super::{parse, print};

/// Why a file was not formatted: it has syntax errors. Their places are in the file with number 0.
#[derive(Debug, Clone)]
pub struct FormatError(pub Diagnostics);

impl std::fmt::Display for FormatError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a file with syntax errors is not formatted")
    }
}

impl std::error::Error for FormatError {}

/// Lays out the rules of a mapping file.
///
/// # Errors
/// A file that is no YAML, or whose rules have syntax errors, with its diagnostics.
pub fn format_file(text: &str) -> Result<String, FormatError> {
    let (block, said) = read(text)?;
    let Some(block) = block else { return Ok(text.to_owned()) };
    // columns are counted in lines that end with `\n`; the file's own ending comes back afterwards
    let windows = text.contains("\r\n");
    let old = text.get(block.start..block.end).unwrap_or_default();
    let mut new = lines::format(&old.replace("\r\n", "\n"), block.indent + 2);
    if windows {
        new = new.replace('\n', "\r\n");
    }
    let formatted =
        [text.get(..block.start).unwrap_or_default(), &new, text.get(block.end..).unwrap_or_default()].concat();
    // wider columns can bring a rule that was just within the limit of its length over it: such a block stays as it is
    match read(&formatted) {
        Ok((_, again)) if again == said => Ok(formatted),
        _ => Ok(text.to_owned()),
    }
}

/// Where the lines of the rules block stand.
struct Block {
    /// First byte of its first line.
    start: usize,
    /// One past the line break of its last line that is not blank.
    end: usize,
    /// Column of the key `rules`.
    indent: usize,
}

/// The rules block of a file, if it has one in the usual form, and what its rules say.
fn read(text: &str) -> Result<(Option<Block>, String), FormatError> {
    let mut files = Files::default();
    let file = files.add("", text);
    let mut diagnostics = Diagnostics::default();
    let tree = read_tree(&files, file, &mut diagnostics);
    let rules = tree.as_ref().and_then(rules_node);
    let mut said = String::new();
    if let Some(scalar) = rules.and_then(|(_, value)| value.scalar()) {
        said = print::rules(&parse::rules(scalar, FileId(0), &mut diagnostics));
    }
    if diagnostics.has_errors() || tree.is_none() {
        diagnostics.sort();
        return Err(FormatError(diagnostics));
    }
    let block = rules
        .filter(|(_, value)| value.scalar().is_some_and(|s| s.style == ScalarStyle::Literal))
        .and_then(|(key, _)| block(text, key.span.start as usize));
    Ok((block, said))
}

fn rules_node(tree: &Node) -> Option<&(Node, Node)> {
    let NodeKind::Map { entries, .. } = &tree.kind else { return None };
    entries.iter().find(|(key, _)| key.scalar().is_some_and(|s| s.text == "rules"))
}

/// The lines below `rules: |`. With an indentation indicator (`|2`) the block is left as it is.
fn block(text: &str, key: usize) -> Option<Block> {
    let line_start = text.get(..key)?.rfind('\n').map_or(0, |i| i + 1);
    let indent = text.get(line_start..key)?.trim_start_matches('\u{feff}').len();
    let line = text.get(key..)?.split_inclusive('\n').next()?;
    let header = line.split_once(':')?.1.trim_start().strip_prefix('|')?;
    if header.starts_with(|c: char| c.is_ascii_digit()) || header.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let start = key + line.len();
    let (mut end, mut at) = (start, start);
    for line in text.get(start..)?.split_inclusive('\n') {
        let bare = line.trim_end();
        at += line.len();
        if bare.is_empty() {
            continue;
        }
        if bare.len() - bare.trim_start_matches(' ').len() <= indent {
            break;
        }
        end = at;
    }
    (end > start).then_some(Block { start, end, indent })
}
