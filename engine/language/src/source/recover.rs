//! A line that is indented less than its block's first line, or a first line that is indented more than all others, breaks YAML
//! far from where the mistake is. It is found before YAML reads the file, reported as what it is, and made harmless, so that the
//! rest is still checked.

use crate::diagnostic::{Diagnostic, Diagnostics};

use super::file::{FileId, Span};

/// A file as YAML may read it, and as it is read then: byte for byte as long as it was.
pub(super) struct Recovered {
    /// Every line of a block is indented as the block's first line, at least.
    pub yaml: String,
}

/// The text with misplaced lines of `|` blocks made harmless; `None`: there are none.
pub(super) fn recover(text: &str, file: FileId, diagnostics: &mut Diagnostics) -> Option<Recovered> {
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        lines.push((at, line.trim_end_matches(['\n', '\r'])));
        at += line.len();
    }
    let mut yaml: Option<String> = None;
    let mut i = 0;
    while let Some((_, content)) = lines.get(i) {
        i += 1;
        let Some(key) = header(content).filter(|_| !content.trim().is_empty()) else { continue };
        let end =
            (i..lines.len()).find(|n| lines.get(*n).is_some_and(|(_, l)| ends_block(l, key))).unwrap_or(lines.len());
        let block = lines.get(i..end).unwrap_or_default();
        let written = || block.iter().filter(|(_, l)| !l.trim().is_empty());
        let Some((_, first)) = written().next() else { continue };
        let first = indentation(first);
        let margin = margin(written().map(|(_, l)| *l));
        for (n, (start, line)) in written().enumerate() {
            let indent = indentation(line);
            let too_far = n == 0 && first > margin;
            if !(too_far || indent < margin) {
                continue;
            }
            diagnostics.push(misplaced(Place { file, start: *start, line, indent }, margin, too_far));
            let blank = " ".repeat(line.len());
            let moved = if too_far {
                let bare = line.trim_start_matches(' ');
                format!("{}{bare}{}", " ".repeat(margin), " ".repeat(indent - margin))
            } else if line.len() > margin {
                // its text is read from the file; for YAML something stands there
                format!("{}#{}", " ".repeat(margin), " ".repeat(line.len() - margin - 1))
            } else {
                blank
            };
            yaml.get_or_insert_with(|| text.to_owned()).replace_range(*start..start + line.len(), &moved);
        }
        i = end;
    }
    yaml.map(|yaml| Recovered { yaml })
}

/// A misplaced line.
struct Place<'a> {
    file: FileId,
    start: usize,
    line: &'a str,
    indent: usize,
}

fn misplaced(place: Place<'_>, margin: usize, too_far: bool) -> Diagnostic {
    let span = |from: usize, to: usize| Span {
        file: place.file,
        start: u32::try_from(from).unwrap_or(0),
        end: u32::try_from(to).unwrap_or(0),
    };
    let (line, start) = (span(place.start + place.indent, place.start + place.line.len()), place.start);
    let indented = span(start, start + place.indent);
    let blanks = if margin == 1 { String::from("1 blank") } else { format!("{margin} blanks") };
    if too_far {
        Diagnostic::error("E0215", line, "this first line is indented more than the other lines of its block")
            .help(format!("indent it by {blanks}, like the other lines"))
            .fix(indented, " ".repeat(margin))
    } else {
        Diagnostic::error("E0105", line, "this line is indented less than the first line of its block")
            .help(format!(
                "indent it by {blanks}, like the first line of the block; the rest of the file was still checked"
            ))
            .fix(indented, " ".repeat(margin))
    }
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether a block ends before this line: it is no deeper than the block's key, and no rule that slipped to the margin.
fn ends_block(line: &str, key: usize) -> bool {
    let bare = line.trim();
    !bare.is_empty() && indentation(line) <= key && !is_rule(bare)
}

/// Where the lines of a block begin: where its first line does, unless most of the others begin left of it.
pub(super) fn margin<'a>(lines: impl Iterator<Item = &'a str> + Clone) -> usize {
    let mut written = lines.filter(|l| !l.trim().is_empty());
    let Some(first) = written.next().map(indentation) else { return 0 };
    let others: Vec<usize> = written.map(indentation).collect();
    let left = others.iter().filter(|i| **i < first).count();
    if left >= 2 && left * 2 > others.len() { others.into_iter().min().unwrap_or(first) } else { first }
}

/// The indentation of `key: |`, if the line is one.
fn header(line: &str) -> Option<usize> {
    let without_comment = line.split(" #").next().unwrap_or(line).trim_end();
    let (before, _) = without_comment.rsplit_once([' ', ':']).filter(|(_, mark)| matches!(*mark, "|" | "|-" | "|+"))?;
    let before = before.trim_end();
    (before.ends_with(':')).then(|| line.len() - line.trim_start_matches([' ', '-']).len())
}

/// A rule at the margin is a rule, whatever YAML thinks of it.
fn is_rule(line: &str) -> bool {
    !line.starts_with('#') && line.split_once(" <- ").is_some_and(|(target, _)| !target.contains(": "))
}
