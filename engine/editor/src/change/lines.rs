//! Lines of a text, and what a change keeps of them.

use mapwright_language::syntax::blank_comments;

/// The file's own line ending.
pub(super) fn ending(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// First byte of the line that a byte lies in.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1)
}

/// One past the line break of the line that a byte lies in.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|t| t.find('\n')).map_or(text.len(), |i| at + i + 1)
}

/// The blanks before a byte on its line; a `- ` counts as blanks.
pub(super) fn indentation(text: &str, at: usize) -> String {
    let before = text.get(line_start(text, at)..at).unwrap_or_default().trim_start_matches('\u{feff}');
    " ".repeat(before.chars().count())
}

/// The comments of some lines of code.
pub(super) fn comments(code: &str) -> Vec<String> {
    let clean = blank_comments(code);
    let found = code.split('\n').zip(clean.split('\n')).map(|(line, clean)| {
        let kept = clean.trim_end().len();
        line.get(kept..).unwrap_or_default().trim().to_owned()
    });
    found.filter(|c| c.starts_with('#')).collect()
}

/// Takes away the lines from one byte to another; their comments stay as lines of their own.
pub(super) fn take_away(text: &str, start: usize, end: usize) -> String {
    let (from, to) = (line_start(text, start), line_end(text, end));
    let indent = indentation(text, start);
    let kept: String = comments(text.get(from..to).unwrap_or_default())
        .iter()
        .map(|c| format!("{indent}{c}{}", ending(text)))
        .collect();
    [text.get(..from).unwrap_or_default(), &kept, text.get(to..).unwrap_or_default()].concat()
}

/// Puts whole lines behind the line of a byte.
pub(super) fn insert_below(text: &str, at: usize, lines: &str) -> String {
    let end = line_end(text, at);
    let before = text.get(..end).unwrap_or_default();
    let open = if before.is_empty() || before.ends_with('\n') { "" } else { ending(text) };
    [before, open, lines, ending(text), text.get(end..).unwrap_or_default()].concat()
}

/// Replaces bytes.
pub(super) fn replace(text: &str, start: usize, end: usize, by: &str) -> String {
    [text.get(..start).unwrap_or_default(), by, text.get(end..).unwrap_or_default()].concat()
}
