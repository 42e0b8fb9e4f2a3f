//! Diagnostics as people and machines read them.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::source::{Files, Span};

use super::{Diagnostic, Diagnostics, Severity};

/// Plain text, for pipes and snapshots.
#[must_use]
pub fn plain(files: &Files, diagnostics: &Diagnostics) -> String {
    render(files, diagnostics, &Renderer::plain())
}

/// With colours.
#[must_use]
pub fn styled(files: &Files, diagnostics: &Diagnostics) -> String {
    render(files, diagnostics, &Renderer::styled())
}

fn render(files: &Files, diagnostics: &Diagnostics, renderer: &Renderer) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics.iter() {
        text.push_str(&one(files, diagnostic, renderer));
        text.push_str("\n\n");
    }
    text
}

fn one(files: &Files, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::INFO.with_name("hint"),
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let Some(file) = files.get(diagnostic.span.file) else { return diagnostic.message.clone() };
    let source: &str = &file.text;
    let mut snippet = Snippet::source(source).line_start(1).path(&*file.name);
    let mut primary = AnnotationKind::Primary.span(range(source, diagnostic.span));
    if let Some(note) = &diagnostic.note {
        primary = primary.label(note.as_str());
    }
    snippet = snippet.annotation(primary);
    let mut others = Vec::new();
    for label in &diagnostic.labels {
        if label.span.file == diagnostic.span.file {
            snippet =
                snippet.annotation(AnnotationKind::Context.span(range(source, label.span)).label(label.text.as_str()));
        } else if let Some(other) = files.get(label.span.file) {
            let annotation = AnnotationKind::Context.span(range(&other.text, label.span)).label(label.text.as_str());
            others.push(Snippet::source(&*other.text).line_start(1).path(&*other.name).annotation(annotation));
        }
    }
    let mut group: Group<'_> = title.element(snippet);
    for other in others {
        group = group.element(other);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group]).to_string()
}

/// A byte range that lies within the text and on characters; a range at a line's end stays on its line.
fn range(text: &str, span: Span) -> std::ops::Range<usize> {
    let on_character = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = on_character(span.start as usize);
    let mut end = on_character(span.end as usize).max(start);
    if let Some(line_end) = text.get(start..end).and_then(|t| t.find('\n')).filter(|i| *i > 0) {
        end = start + line_end;
    }
    start..end
}

/// `2 errors, 1 warning in 1 file`
#[must_use]
pub fn summary(diagnostics: &Diagnostics) -> String {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let mut files: Vec<_> = diagnostics.iter().map(|d| d.span.file).collect();
    files.sort();
    files.dedup();
    let parts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "hint")]
        .into_iter()
        .map(|(severity, word)| (count(severity), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| plural(n, word))
        .collect();
    if parts.is_empty() {
        String::from("no diagnostic")
    } else {
        format!("{} in {}", parts.join(", "), plural(files.len(), "file"))
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// One JSON object per diagnostic, in an array.
#[must_use]
pub fn json(files: &Files, diagnostics: &Diagnostics) -> serde_json::Value {
    let place = |span: Span| {
        let (line, column) = files.line_column(span);
        let (end_line, end_column) = files.line_column(Span { start: span.end, ..span });
        serde_json::json!({
            "file": files.get(span.file).map(|f| f.name.to_string()),
            "line": line, "column": column, "end_line": end_line, "end_column": end_column,
        })
    };
    let all = diagnostics.iter().map(|d| {
        serde_json::json!({
            "code": d.code,
            "severity": match d.severity { Severity::Error => "error", Severity::Warning => "warning", Severity::Hint => "hint" },
            "place": place(d.span),
            "message": d.message,
            "note": d.note,
            "help": d.help,
            "labels": d.labels.iter().map(|l| serde_json::json!({ "place": place(l.span), "text": l.text })).collect::<Vec<_>>(),
            "edit": d.edit.as_ref().map(|e| serde_json::json!({ "place": place(e.span), "replacement": e.replacement, "certain": e.certain })),
        })
    });
    serde_json::Value::Array(all.collect())
}
