//! The snapshot cases of a project name their collection: a new name of a collection is theirs, too.

use std::path::Path;

use gen_lsp_types::{TextEdit, Uri};

use super::positions::Lines;
use super::uri;

/// The changes of all `context.json` that name a collection.
pub fn renamed(root: &Path, old: &str, new: &str) -> Vec<(Uri, TextEdit)> {
    let mut edits = Vec::new();
    let mut open = vec![root.join("snapshots")];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|e| Some(e.ok()?.path())) {
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|n| n == "context.json")
                && let Ok(text) = std::fs::read_to_string(&path)
                && let Some(place) = named(&text, old)
            {
                let new_text = serde_json::Value::from(new).to_string();
                let range = Lines::new(&text).range(place);
                edits.push((Uri(uri::from_path(&path)), TextEdit { range, new_text }));
            }
        }
    }
    edits
}

/// Where a context names this collection, with its quotes.
fn named(text: &str, old: &str) -> Option<std::ops::Range<usize>> {
    let context: serde_json::Value = serde_json::from_str(text).ok()?;
    if context.get("collection")?.as_str()? != old {
        return None;
    }
    // of all places with the key and this name the first: what a case puts there deeper down is a record's
    let written = serde_json::Value::from(old).to_string();
    text.match_indices("\"collection\"").find_map(|(at, key)| {
        let after = at + key.len();
        let rest = text.get(after..)?;
        let value = rest.trim_start().strip_prefix(':')?.trim_start();
        let start = text.len() - value.len();
        value.starts_with(&written).then(|| start..start + written.len())
    })
}
