//! Answers about a place: completion, hover, definition.

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionList, Contents, Documentation, Hover,
    Location, MarkupContent, MarkupKind, TextEdit,
};
use mapwright_editor::complete::{Kind, complete};
use mapwright_editor::{define, hover};
use mapwright_language::source::FileId;

use super::diagnostics::location;
use super::documents::Group;
use super::positions::Lines;

/// What may stand there.
pub fn completion(group: &Group, id: FileId, at: usize) -> CompletionList {
    let lines = Lines::new(group.project.text(id));
    let (start, items) = complete(&group.project, id, at);
    let range = lines.range(start..at);
    let items = items
        .into_iter()
        .zip(0u32..)
        .map(|(item, order)| CompletionItem {
            kind: Some(match item.kind {
                Kind::Field => CompletionItemKind::Field,
                Kind::Function => CompletionItemKind::Function,
                Kind::Variable => CompletionItemKind::Variable,
                Kind::Keyword => CompletionItemKind::Keyword,
                Kind::Value => CompletionItemKind::EnumMember,
                Kind::Collection => CompletionItemKind::Module,
                Kind::Key => CompletionItemKind::Property,
            }),
            detail: (!item.detail.is_empty()).then_some(item.detail),
            documentation: (!item.about.is_empty()).then(|| Documentation::MarkupContent(markdown(item.about))),
            filter_text: Some(item.label.clone()),
            // the order of the list: what is nearest first
            sort_text: Some(format!("{order:05}")),
            text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text: item.insert })),
            label: item.label,
            ..CompletionItem::default()
        })
        .collect();
    CompletionList { is_incomplete: false, items, ..CompletionList::default() }
}

/// What it is.
pub fn hover(group: &Group, id: FileId, at: usize) -> Option<Hover> {
    let (text, bytes) = hover::hover(&group.project, id, at)?;
    let range = Lines::new(group.project.text(id)).range(bytes);
    Some(Hover { contents: Contents::MarkupContent(markdown(text)), range: Some(range) })
}

/// Where it is written.
pub fn definition(group: &Group, id: FileId, at: usize) -> Option<Location> {
    location(group, define::definition(&group.project, id, at)?)
}

fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value }
}
