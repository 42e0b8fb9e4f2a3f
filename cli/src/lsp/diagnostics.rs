//! Diagnostics as the protocol has them, and which files had some before.

use std::collections::BTreeSet;

use gen_lsp_types::{
    Code, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    PublishDiagnosticsParams, Uri,
};
use mapwright_language::diagnostic::{Diagnostic as Said, Severity};
use mapwright_language::source::{FileId, Span};

use super::documents::{Documents, Group};
use super::positions::Lines;

/// What the client was told.
#[derive(Default)]
pub struct Published(BTreeSet<String>);

impl Published {
    /// What is to be told now: every file that is open or has diagnostics, and those that had some.
    pub fn update(&mut self, documents: &mut Documents) -> Vec<PublishDiagnosticsParams> {
        let mut all = Vec::new();
        for group in documents.groups() {
            for (uri, id) in group.uris.iter().zip(0..) {
                let diagnostics = of(group, FileId(id));
                if !diagnostics.is_empty() || self.0.contains(uri) {
                    all.push(PublishDiagnosticsParams { uri: Uri(uri.clone()), version: None, diagnostics });
                }
            }
        }
        let now: BTreeSet<String> = all.iter().filter(|p| !p.diagnostics.is_empty()).map(|p| p.uri.0.clone()).collect();
        for gone in self.0.difference(&now).filter(|u| !all.iter().any(|p| p.uri.0 == **u)).collect::<Vec<_>>() {
            all.push(PublishDiagnosticsParams { uri: Uri(gone.clone()), version: None, diagnostics: vec![] });
        }
        for params in &mut all {
            params.version = documents.document(&params.uri.0).map(|d| d.version);
        }
        self.0 = now;
        all
    }
}

/// A file's diagnostics.
fn of(group: &Group, id: FileId) -> Vec<Diagnostic> {
    let lines = Lines::new(group.project.text(id));
    group.project.diagnostics.iter().filter(|d| d.span.file == id).map(|d| one(group, d, &lines)).collect()
}

/// One diagnostic of a file.
pub fn one(group: &Group, said: &Said, lines: &Lines<'_>) -> Diagnostic {
    let mut message = said.message.clone();
    for more in [&said.note, &said.help].into_iter().flatten() {
        message.push('\n');
        message.push_str(more);
    }
    let related: Vec<DiagnosticRelatedInformation> = said
        .labels
        .iter()
        .filter_map(|l| {
            Some(DiagnosticRelatedInformation { location: location(group, l.span)?, message: l.text.clone() })
        })
        .collect();
    let unused = matches!(said.code, "W0501" | "W0502" | "W0503");
    Diagnostic {
        range: lines.range(bytes(group, said.span)),
        severity: Some(match said.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Hint => DiagnosticSeverity::Hint,
        }),
        code: Some(Code::String(said.code.to_owned())),
        source: Some(String::from("mapwright")),
        message: message.into(),
        tags: unused.then(|| vec![DiagnosticTag::Unnecessary]),
        related_information: (!related.is_empty()).then_some(related),
        ..Diagnostic::default()
    }
}

/// A place in one of the project's files.
pub fn location(group: &Group, span: Span) -> Option<Location> {
    let uri = group.uri(span.file)?;
    Some(Location { uri, range: Lines::new(group.project.text(span.file)).range(bytes(group, span)) })
}

/// A span's bytes; one over several lines stays on its first.
fn bytes(group: &Group, span: Span) -> std::ops::Range<usize> {
    let text = group.project.text(span.file);
    let (start, end) = (span.start as usize, span.end as usize);
    let line = text.get(start..end).and_then(|t| t.find(['\n', '\r'])).filter(|i| *i > 0);
    start..line.map_or(end, |i| start + i)
}
