//! What changes files: quick fixes, formatting, renaming.

use std::collections::HashMap;

use gen_lsp_types::{CodeAction, CodeActionKind, CodeActionResponse, Range, TextEdit, Uri, WorkspaceEdit};
use mapwright_editor::rename;
use mapwright_language::source::FileId;
use mapwright_language::syntax::format::format_file;

use super::cases;
use super::diagnostics::one;
use super::documents::Group;
use super::positions::Lines;

/// The quick fixes of the diagnostics that touch a range.
pub fn fixes(group: &Group, id: FileId, range: Range) -> Vec<CodeActionResponse> {
    let text = group.project.text(id);
    let lines = Lines::new(text);
    let (from, to) = (lines.byte(range.start), lines.byte(range.end));
    let touches = |start: u32, end: u32| start as usize <= to && from <= end as usize;
    let said = group.project.diagnostics.iter().filter(|d| d.span.file == id && touches(d.span.start, d.span.end));
    said.filter_map(|d| {
        let edit = d.edit.as_ref()?;
        let span = edit.span.start as usize..edit.span.end as usize;
        let old = group.project.slice(edit.span);
        let title = match (old, edit.replacement.as_str()) {
            ("", new) => format!("write `{new}`"),
            (old, "") => format!("take `{old}` away"),
            (old, new) => format!("write `{new}` in place of `{old}`"),
        };
        let uri = group.uri(edit.span.file)?;
        let other = Lines::new(group.project.text(edit.span.file));
        let change = TextEdit { range: other.range(span), new_text: edit.replacement.clone() };
        Some(CodeActionResponse::CodeAction(CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![one(group, d, &lines)]),
            is_preferred: Some(true),
            edit: Some(changes(vec![(uri, change)])),
            ..CodeAction::default()
        }))
    })
    .collect()
}

/// The formatted text as edits; none where it is laid out already or has syntax errors.
pub fn format(text: &str) -> Option<Vec<TextEdit>> {
    let formatted = format_file(text).ok()?;
    if formatted == text {
        return Some(vec![]);
    }
    // only what differs between the common beginning and the common end, in whole lines
    let same = |a: &str, b: &str| a == b;
    let (old, new): (Vec<&str>, Vec<&str>) =
        (text.split_inclusive('\n').collect(), formatted.split_inclusive('\n').collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| same(a, b)).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| same(a, b)).count();
    let bytes = |lines: &[&str]| lines.iter().map(|l| l.len()).sum::<usize>();
    let start = bytes(old.get(..head)?);
    let end = text.len() - bytes(old.get(old.len() - tail..)?);
    let replacement = new.get(head..new.len() - tail)?.concat();
    Some(vec![TextEdit { range: Lines::new(text).range(start..end), new_text: replacement }])
}

/// The changes of a new name.
///
/// # Errors
/// Why it cannot have that name.
pub fn renamed(group: &Group, id: FileId, at: usize, new: &str) -> Result<WorkspaceEdit, String> {
    let edits = rename::rename(&group.project, id, at, new, group.alone)?;
    let collection = rename::collection_at(&group.project, id, at).filter(|_| !edits.is_empty());
    let edits = edits.into_iter().filter_map(|(span, text)| {
        let lines = Lines::new(group.project.text(span.file));
        let range = lines.range(span.start as usize..span.end as usize);
        Some((group.uri(span.file)?, TextEdit { range, new_text: text }))
    });
    let cases = group.root.iter().zip(collection).flat_map(|(root, old)| cases::renamed(root, &old, new.trim()));
    Ok(changes(edits.chain(cases).collect()))
}

fn changes(edits: Vec<(Uri, TextEdit)>) -> WorkspaceEdit {
    let mut by_file: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (uri, edit) in edits {
        by_file.entry(uri).or_default().push(edit);
    }
    WorkspaceEdit { changes: Some(by_file), ..WorkspaceEdit::default() }
}
