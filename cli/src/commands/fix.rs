//! `check --fix`: edits that can only be meant so are made in the files; a guess such as "did you mean" is left to the author.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mapwright_language::diagnostic::Edit;

use crate::project::Mappings;
use crate::terminal::{Trouble, note, plural};
use crate::whole_file;

/// Most rounds of mending and reading again: a mended mistake may have hidden another.
const MOST_ROUNDS: usize = 200;

/// Mends files until nothing is left that is certain; what is left then.
pub fn fix(read: impl Fn() -> Result<Mappings, Trouble>) -> Result<Mappings, Trouble> {
    let mut mended: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut mappings = read()?;
    for _ in 0..MOST_ROUNDS {
        let mut changed = false;
        for (id, path) in &mappings.paths {
            let Some(file) = mappings.files.get(*id) else { continue };
            let edits: Vec<&Edit> = mappings
                .diagnostics
                .iter()
                .filter_map(|d| d.edit.as_ref())
                .filter(|e| e.certain && e.span.file == *id)
                .collect();
            let (text, count) = edited(&file.text, edits);
            if count > 0 && text != *file.text {
                whole_file::replace(path, &text).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
                *mended.entry(path.clone()).or_default() += count;
                changed = true;
            }
        }
        if !changed {
            break;
        }
        mappings = read()?;
    }
    for (path, count) in &mended {
        note(&format!("{}: {} mended", path.display(), plural(*count, "mistake")));
    }
    Ok(mappings)
}

/// A text with its edits made, those that overlap an earlier one left for the next round; how many were made.
fn edited(text: &str, mut edits: Vec<&Edit>) -> (String, usize) {
    edits.sort_by_key(|e| (e.span.start, e.span.end));
    edits.dedup();
    let (mut out, mut at, mut count) = (String::new(), 0usize, 0);
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        let Some(before) = text.get(at..start).filter(|_| text.is_char_boundary(end) && end >= start) else { continue };
        out.push_str(before);
        out.push_str(&edit.replacement);
        at = end;
        count += 1;
        // a line of which nothing is left goes with its end
        let line_start = out.rfind('\n').map_or(0, |i| i + 1);
        let rest = text.get(at..).unwrap_or_default();
        let line_end = rest.find('\n').map_or(rest.len(), |i| i + 1);
        let blank = |s: &str| s.trim().is_empty();
        if edit.replacement.is_empty()
            && blank(out.get(line_start..).unwrap_or_default())
            && blank(rest.get(..line_end).unwrap_or_default())
        {
            out.truncate(line_start);
            at += line_end;
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, count)
}
