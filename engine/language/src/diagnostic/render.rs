//! Diagnostics as people and machines read them.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::source::{FileId, Files, Span};
use crate::value::{harmless_line, harmless_lines};

use super::{Diagnostic, Diagnostics, Severity};

/// Plain text, for pipes and snapshots.
#[must_use]
pub fn plain(files: &Files, diagnostics: &Diagnostics) -> String {
    harmless_lines(&render(files, diagnostics, &Renderer::plain())).into_owned()
}

/// With colours.
#[must_use]
pub fn styled(files: &Files, diagnostics: &Diagnostics) -> String {
    // the renderer shows the escape characters of what it is given as signs, so those that are left are its own
    let rendered = render(files, diagnostics, &Renderer::styled());
    rendered.split('\u{1b}').map(harmless_lines).collect::<Vec<_>>().join("\u{1b}")
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
    let message = harmless_line(&diagnostic.message);
    let title = level.primary_title(&*message).id(diagnostic.code);
    let own = diagnostic.span.file;
    let spans = std::iter::once(diagnostic.span).chain(diagnostic.labels.iter().map(|l| l.span));
    let Some(cut) = Cut::around(files, own, spans.filter(|s| s.file == own)) else { return message.into_owned() };
    let mut primary = AnnotationKind::Primary.span(cut.range(diagnostic.span));
    if let Some(note) = &diagnostic.note {
        primary = primary.label(note.as_str());
    }
    let mut snippet = cut.snippet().annotation(primary);
    let labels = diagnostic.labels.iter().filter(|l| l.span.file != own);
    let cuts: Vec<(Cut<'_>, &super::Label)> =
        labels.filter_map(|l| Some((Cut::around(files, l.span.file, [l.span].into_iter())?, l))).collect();
    for label in diagnostic.labels.iter().filter(|l| l.span.file == own) {
        snippet = snippet.annotation(AnnotationKind::Context.span(cut.range(label.span)).label(label.text.as_str()));
    }
    let mut group: Group<'_> = title.element(snippet);
    for (other, label) in &cuts {
        let annotation = AnnotationKind::Context.span(other.range(label.span)).label(label.text.as_str());
        group = group.element(other.snippet().annotation(annotation));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group]).to_string()
}

/// The lines of a file that a message shows: the renderer looks through all that it is given, once for every message.
struct Cut<'a> {
    name: &'a str,
    text: &'a str,
    /// Where the text begins in the file.
    start: usize,
    /// The number of its first line.
    line: usize,
}

impl<'a> Cut<'a> {
    fn around(files: &'a Files, file: FileId, spans: impl Iterator<Item = Span>) -> Option<Self> {
        let found = files.get(file)?;
        let whole: &str = &found.text;
        let (first, last) = spans.fold((u32::MAX, 0), |(first, last), s| (first.min(s.start), last.max(s.end)));
        let (mut first, last) = (on_character(whole, first as usize), on_character(whole, last as usize));
        // the end of a file is shown behind its last line
        if first == whole.len() && whole.ends_with('\n') {
            first -= 1;
        }
        let start = whole.get(..first)?.rfind('\n').map_or(0, |i| i + 1);
        // a byte order mark is no column of the first line
        let mark = "\u{feff}";
        let start = if start == 0 && whole.starts_with(mark) { mark.len() } else { start };
        let end = whole.get(last.max(first)..)?.find('\n').map_or(whole.len(), |i| last.max(first) + i);
        let (line, _) =
            files.line_column(Span { file, start: u32::try_from(start).ok()?, end: u32::try_from(start).ok()? });
        Some(Cut { name: &found.name, text: whole.get(start..end)?, start, line })
    }

    fn snippet(&self) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        Snippet::source(self.text).line_start(self.line).path(self.name)
    }

    /// A place in the cut; one at a line's end stays on its line.
    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let inside = |at: u32| on_character(self.text, (at as usize).saturating_sub(self.start));
        let start = inside(span.start);
        let mut end = inside(span.end).max(start);
        if let Some(line_end) = self.text.get(start..end).and_then(|t| t.find('\n')).filter(|i| *i > 0) {
            end = start + line_end;
        }
        start..end
    }
}

/// The nearest place at or before this one that lies within the text and on a character.
fn on_character(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
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
