//! Single changes of a mapping file's text that keep everything else, every comment included. The result is read again before it is
//! handed out, and laid out as `fmt` does.

mod lines;
mod lookups;
mod rules;

pub use lookups::{set_entry, unset_entry};
pub use rules::{remove_rule, set_rule};

use std::collections::HashMap;

use mapwright_language::diagnostic::{Diagnostic, Diagnostics, Severity};
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::source::{FileId, Files, Node, NodeKind, read_tree};
use mapwright_language::syntax::format::format_file;

use crate::Project;

/// Why a file was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl std::fmt::Display for ChangeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ChangeError {}

fn refuse(message: impl Into<String>, help: impl Into<String>) -> ChangeError {
    ChangeError { message: message.into(), help: Some(help.into()) }
}

/// A file that can be read, before it is changed.
struct Before {
    tree: Node,
    file: MappingFile,
}

/// Reads a file that is to be changed: what has mistakes in its YAML or its rules is left alone.
fn read(text: &str) -> Result<Before, ChangeError> {
    let (files, id, mut diagnostics) = open(text);
    let tree = read_tree(&files, id, &mut diagnostics);
    let file = mapping_file::read(&files, id, &mut Diagnostics::default());
    let formatted = format_file(text);
    match (tree, file, formatted) {
        (Some(tree), Some(file), Ok(_)) => Ok(Before { tree, file }),
        (_, _, formatted) => {
            if let Err(error) = &formatted {
                error.0.iter().for_each(|d| diagnostics.push(d.clone()));
            }
            let why = diagnostics.iter().find(|d| d.severity == Severity::Error);
            let why = why.map_or_else(|| String::from("it has no name"), |d| said(&files, d));
            Err(refuse(
                format!("the file has mistakes, and is left as it is: {why}"),
                "`mapwright check` shows them all; mend them first",
            ))
        }
    }
}

/// The changed text, laid out; refused where it cannot be read any more.
fn finish(text: &str) -> Result<String, ChangeError> {
    let formatted = format_file(text).map_err(|error| {
        let (files, ..) = open(text);
        let why = error.0.iter().next().map_or_else(String::new, |d| said(&files, d));
        refuse(format!("the file could not be read after this change: {why}"), "nothing was changed")
    })?;
    read(&formatted)?;
    Ok(formatted)
}

/// The errors that a change brings: those of the changed project that the old one does not have.
#[must_use]
pub fn new_errors(before: &Project, after: &Project) -> Diagnostics {
    let errors = |project: &Project| -> Vec<Diagnostic> {
        project.diagnostics.iter().filter(|d| d.severity == Severity::Error).cloned().collect()
    };
    let mut old: HashMap<(&str, String), usize> = HashMap::new();
    for error in errors(before) {
        *old.entry((error.code, error.message)).or_default() += 1;
    }
    let mut new = Diagnostics::default();
    for error in errors(after) {
        // a mistake that was there already may have moved to another line
        match old.get_mut(&(error.code, error.message.clone())).filter(|left| **left > 0) {
            Some(left) => *left -= 1,
            None => new.push(error),
        }
    }
    new
}

fn open(text: &str) -> (Files, FileId, Diagnostics) {
    let mut files = Files::default();
    let id = files.add("", text);
    (files, id, Diagnostics::default())
}

/// A diagnostic as one sentence with its line.
fn said(files: &Files, diagnostic: &Diagnostic) -> String {
    let (line, _) = files.line_column(diagnostic.span);
    format!("line {line}: {}", diagnostic.message)
}

/// The entries of a mapping.
fn entries(node: &Node) -> &[(Node, Node)] {
    match &node.kind {
        NodeKind::Map { entries, .. } => entries,
        _ => &[],
    }
}

/// The entry of a key.
fn entry<'n>(node: &'n Node, key: &str) -> Option<&'n (Node, Node)> {
    entries(node).iter().find(|(k, _)| k.scalar().is_some_and(|s| s.text == key))
}
