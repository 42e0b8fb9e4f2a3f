//! YAML text to a small tree with places. What mapping files do not need (anchors, aliases, tags, several documents, tabs)
//! is refused, so that nothing of YAML's can surprise: a scalar's own text counts, never its YAML type.

use granit_parser::{Event, Parser, StructureStyle};

use crate::diagnostic::{Diagnostic, Diagnostics};

use super::file::{FileId, Files, Span};
use super::offsets::{Offsets, ScalarStyle, along, decode};
use super::recover::recover;

/// Longest file in bytes.
pub const MOST_BYTES: usize = 1 << 20;
/// Deepest nesting of YAML.
pub const MOST_DEPTH: usize = 32;

/// A node and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it stands; of a list or map the place of its first entry.
    pub span: Span,
}

/// Kinds of node.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// A scalar.
    Scalar(Scalar),
    /// A sequence; `flow` = written in `[ ]`.
    List {
        /// in brackets
        flow: bool,
        /// the items
        items: Vec<Node>,
    },
    /// A mapping; `flow` = written in `{ }`.
    Map {
        /// in braces
        flow: bool,
        /// key and value, in order; keys are unique
        entries: Vec<(Node, Node)>,
    },
}

/// A scalar: its text as YAML decodes it, and where each byte stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// The text.
    pub text: String,
    /// Places of its bytes.
    pub offsets: Offsets,
    /// How it was written.
    pub style: ScalarStyle,
    /// Inside `[ ]` or `{ }`.
    pub in_flow: bool,
    /// Written over several lines (other than a literal block).
    pub folded: bool,
}

impl Node {
    /// The scalar, if it is one.
    #[must_use]
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// For messages: `a text`, `a list`, `a mapping`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            NodeKind::Scalar(s) if s.text.is_empty() && s.style == ScalarStyle::Plain => "nothing",
            NodeKind::Scalar(_) => "a text",
            NodeKind::List { .. } => "a list",
            NodeKind::Map { .. } => "a mapping of keys",
        }
    }
}

/// Reads a file's text into a tree. `None` when nothing can be made of it; what is wrong has been reported.
pub fn read_tree(files: &Files, file: FileId, diagnostics: &mut Diagnostics) -> Option<Node> {
    let source = files.get(file)?;
    let text: &str = &source.text;
    let place = |start: usize, end: usize| Span {
        file,
        start: u32::try_from(start).unwrap_or(0),
        end: u32::try_from(end).unwrap_or(0),
    };
    if text.len() > MOST_BYTES {
        diagnostics.push(
            Diagnostic::error(
                "E0102",
                place(0, 0),
                format!("this file has {} bytes, more than the limit of {MOST_BYTES}", text.len()),
            )
            .help("split it: one collection per file"),
        );
        return None;
    }
    if let Some(at) = text.find('\0') {
        diagnostics.push(
            Diagnostic::error("E0103", place(at, at + 1), "a NUL character stands here")
                .help("save the file as UTF-8 text"),
        );
        return None;
    }
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        diagnostics.push(
            Diagnostic::error("E0104", place(0, 0), "this file is empty")
                .help("a mapping file starts with `collection: NAME`"),
        );
        return None;
    }
    let mut tabs = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(tab) =
            line.find('\t').filter(|t| line.get(..*t).is_some_and(|b| b.trim_matches([' ', '\u{feff}']).is_empty()))
        {
            diagnostics.push(
                Diagnostic::error("E0106", place(at + tab, at + tab + 1), "a tab stands in the indentation")
                    .help("indent with blanks"),
            );
            tabs = true;
        }
        at += line.len();
    }
    if tabs {
        return None;
    }
    let recovered = recover(text, file, diagnostics);
    let mended = recovered.as_ref().map_or(text, |r| r.yaml.as_str());
    let body = mended.strip_prefix('\u{feff}').unwrap_or(mended);
    let skipped = mended.len() - body.len();
    let written = text.get(skipped..).unwrap_or_default();
    Reader { body, written, skipped, file, diagnostics, parser: Parser::new_from_str(body), depth: 0, flow: 0 }
        .document()
}

struct Reader<'a, 'd, T: granit_parser::BorrowedInput<'a>> {
    body: &'a str,
    /// The same bytes as the author wrote them: misplaced lines of a block are read from here.
    written: &'a str,
    /// Bytes before `body` in the file (a BOM).
    skipped: usize,
    file: FileId,
    diagnostics: &'d mut Diagnostics,
    parser: Parser<'a, T>,
    depth: usize,
    flow: usize,
}

/// Reading stopped; it has been reported.
struct Stop;

impl<'a, T: granit_parser::BorrowedInput<'a>> Reader<'a, '_, T> {
    fn document(mut self) -> Option<Node> {
        let mut root = None;
        loop {
            match self.next() {
                Err(Stop) => return None,
                Ok(None) => {
                    if root.is_none() {
                        let end = self.place(self.body.len(), self.body.len());
                        self.refuse(
                            "E0104",
                            end,
                            "nothing but comments stands here",
                            "a mapping file starts with `collection: NAME`",
                        );
                    }
                    return root;
                }
                Ok(Some((Event::DocumentStart(..), span))) if root.is_some() => {
                    self.refuse(
                        "E0107",
                        span,
                        "a second document starts here",
                        "one file, one collection: take the `---` away",
                    );
                    return None;
                }
                Ok(Some((
                    Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd,
                    _,
                ))) => {}
                Ok(Some((event, span))) => match self.node(event, span) {
                    Ok(node) => root = Some(node),
                    Err(Stop) => return None,
                },
            }
        }
    }

    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Stop> {
        loop {
            match self.parser.next_event() {
                None => return Ok(None),
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, span))) => {
                    let range = span.byte_range().unwrap_or(0..0);
                    return Ok(Some((event, self.place(range.start, range.end))));
                }
                Some(Err(error)) => {
                    let at = error.marker().byte_offset().unwrap_or(0).min(self.body.len());
                    if let Some((quote, sign, help)) = open_quote(self.body, at) {
                        let message = format!("the text that begins with this `{sign}` is not closed on its line");
                        self.refuse("E0124", self.place(quote, quote), &message, help);
                        return Err(Stop);
                    }
                    let (code, message, help) = misread(self.body, at, &error.info());
                    self.refuse(code, self.place(at, at), &message, help);
                    return Err(Stop);
                }
            }
        }
    }

    fn place(&self, start: usize, end: usize) -> Span {
        let at = |byte: usize| u32::try_from(byte + self.skipped).unwrap_or(0);
        Span { file: self.file, start: at(start), end: at(end) }
    }

    fn refuse(&mut self, code: &'static str, span: Span, message: &str, help: &str) {
        self.diagnostics.push(Diagnostic::error(code, span, message).help(help));
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node, Stop> {
        let (anchor, tag) = (event.anchor_id().is_some(), event.tag().is_some());
        if anchor || tag || event.is_alias() {
            let what = if tag {
                "a tag (`!`)"
            } else if anchor {
                "an anchor (`&`)"
            } else {
                "an alias (`*`)"
            };
            let sign = if tag { '!' } else { '&' };
            let before = self.body.get(..(span.start as usize).saturating_sub(self.skipped)).unwrap_or_default();
            let line = before.rfind('\n').map_or(0, |i| i + 1);
            let start = before.get(line..).and_then(|l| l.rfind(sign)).map_or(span, |i| self.place(line + i, line + i));
            let span = Span { start: start.start, ..span };
            self.refuse(
                "E0108",
                span,
                &format!("YAML reads {what} here"),
                "mapping files have none; if an expression was meant, put it in '…' or in a `|` block",
            );
            return Err(Stop);
        }
        match event {
            Event::Scalar(text, style, ..) => {
                Ok(Node { kind: NodeKind::Scalar(self.scalar(&text, style, span)), span })
            }
            Event::SequenceStart(style, ..) => self.nested(span, style, Self::list),
            Event::MappingStart(style, ..) => self.nested(span, style, Self::map),
            _ => {
                self.refuse(
                    "E0101",
                    span,
                    "this is not YAML that a mapping file may hold",
                    "see the manual's chapter on files",
                );
                Err(Stop)
            }
        }
    }

    fn nested(
        &mut self,
        span: Span,
        style: StructureStyle,
        read: fn(&mut Self, bool) -> Result<NodeKind, Stop>,
    ) -> Result<Node, Stop> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            self.refuse(
                "E0109",
                span,
                &format!("YAML is nested more than {MOST_DEPTH} deep here"),
                "no mapping file needs that",
            );
            return Err(Stop);
        }
        let flow = style == StructureStyle::Flow;
        self.flow += usize::from(flow);
        let kind = read(self, flow)?;
        self.flow -= usize::from(flow);
        self.depth -= 1;
        Ok(Node { kind, span })
    }

    fn list(&mut self, flow: bool) -> Result<NodeKind, Stop> {
        let mut items = Vec::new();
        while let Some((event, span)) = self.next()? {
            if event == Event::SequenceEnd {
                break;
            }
            items.push(self.node(event, span)?);
        }
        Ok(NodeKind::List { flow, items })
    }

    fn map(&mut self, flow: bool) -> Result<NodeKind, Stop> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        while let Some((event, span)) = self.next()? {
            if event == Event::MappingEnd {
                break;
            }
            let key = self.node(event, span)?;
            let Some((event, span)) = self.next()? else { break };
            let value = self.node(event, span)?;
            let Some(text) = key.scalar().map(|s| s.text.clone()) else {
                self.refuse(
                    "E0110",
                    key.span,
                    &format!("a key must be a text, this is {}", key.kind_name()),
                    "put it in '…'",
                );
                continue;
            };
            if let Some((first, _)) = entries.iter().find(|(k, _)| k.scalar().is_some_and(|s| s.text == text)) {
                let diagnostic = Diagnostic::error("E0111", key.span, format!("the key `{text}` stands here twice"))
                    .label(first.span, "first here")
                    .help("keep one of them");
                self.diagnostics.push(diagnostic);
                continue;
            }
            entries.push((key, value));
        }
        Ok(NodeKind::Map { flow, entries })
    }

    fn scalar(&self, text: &str, style: granit_parser::ScalarStyle, span: Span) -> Scalar {
        let style = match style {
            granit_parser::ScalarStyle::Plain => ScalarStyle::Plain,
            granit_parser::ScalarStyle::SingleQuoted => ScalarStyle::SingleQuoted,
            granit_parser::ScalarStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
            granit_parser::ScalarStyle::Literal => ScalarStyle::Literal,
            granit_parser::ScalarStyle::Folded => ScalarStyle::Folded,
        };
        let mut start = (span.start as usize).saturating_sub(self.skipped);
        let end = (span.end as usize).saturating_sub(self.skipped);
        if style == ScalarStyle::Literal && text.trim().is_empty() {
            // a block with nothing in it: its token may begin on the line of its `|`
            let offsets = Offsets::identity(self.place(end, end).start, 0);
            return Scalar { text: String::new(), offsets, style, in_flow: self.flow > 0, folded: false };
        }
        if style == ScalarStyle::Literal {
            // the token begins at its first content; its line's indentation belongs to the decoding
            start = self.body.get(..start).and_then(|b| b.rfind('\n')).map_or(0, |i| i + 1);
        }
        let source = if style == ScalarStyle::Literal { self.written } else { self.body };
        let raw = source.get(start..end).unwrap_or_default();
        let file_start = self.place(start, end).start;
        let folded = style != ScalarStyle::Literal && raw.contains('\n');
        let (text, offsets) =
            decode(raw, file_start, style).unwrap_or_else(|| (text.to_owned(), along(text, raw, file_start, style)));
        Scalar { text, offsets, style, in_flow: self.flow > 0, folded }
    }
}

/// A value in quotes that does not end on its line, at the place where YAML cannot read on or above it, where it goes on until
/// the next such sign: its byte, its sign and what to do.
fn open_quote(body: &str, at: usize) -> Option<(usize, char, &'static str)> {
    let mut end = at + body.get(at..)?.find('\n').unwrap_or(body.len() - at);
    loop {
        let start = body.get(..end)?.rfind('\n').map_or(0, |i| i + 1);
        let line = body.get(start..end)?;
        let value = line.find(": ").map_or(0, |i| i + 2);
        let value = value + line.get(value..)?.find(|c: char| c != ' ' && c != '-').unwrap_or(0);
        let text = line.get(value..)?;
        let found = match text.chars().next() {
            Some('"') => Some(('"', "close it with `\"`")),
            Some('\'') => Some(('\'', "close it with `'`")),
            _ => None,
        };
        let rest = body.get(start + value..)?;
        if let Some((sign, help)) = found.filter(|(sign, _)| !closed(text, *sign) && !closed_below(rest, *sign)) {
            return Some((start + value, sign, help));
        }
        end = start.checked_sub(1)?;
    }
}

/// Whether a text in quotes ends on its line.
fn closed(text: &str, sign: char) -> bool {
    closing(text, sign).is_some()
}

/// Whether it goes over several lines and ends at the end of one, as a text may.
fn closed_below(text: &str, sign: char) -> bool {
    let behind = closing(text, sign).and_then(|end| text.get(end + 1..)).and_then(|rest| rest.lines().next());
    behind.is_some_and(|rest| rest.trim().is_empty() || rest.trim_start().starts_with(['#', ',', ']', '}']))
}

/// Byte of the sign that ends a text in quotes.
fn closing(text: &str, sign: char) -> Option<usize> {
    let mut escaped = false;
    let mut ends = |c: char| {
        let ends = c == sign && !escaped;
        escaped = !escaped && c == '\\' && sign == '"';
        ends
    };
    text.char_indices().skip(1).find(|(_, c)| ends(*c)).map(|(at, _)| at)
}

/// Words for a line that is not YAML: its code, message and help. Mostly a value begins with a sign that YAML takes for its own.
fn misread(body: &str, at: usize, said: &str) -> (&'static str, String, &'static str) {
    if said.contains("recursion limit") {
        let message = format!("YAML is nested more than {MOST_DEPTH} deep before this place");
        return ("E0109", message, "no mapping file needs that");
    }
    let line_start = body.get(..at).and_then(|b| b.rfind('\n')).map_or(0, |i| i + 1);
    let line = body.get(line_start..).and_then(|l| l.lines().next()).unwrap_or_default();
    let entry = line.trim_start().trim_start_matches("- ").trim_start();
    let value = entry.split_once(": ").map_or(entry, |(_, v)| v).trim_start();
    let block = "put an expression in '…' or in a `|` block, a text in `\"…\"`";
    if said.contains("unknown anchor") {
        return ("E0108", String::from("YAML reads an alias (`*`) here"), block);
    }
    if entry.starts_with('{') {
        let help = "write the entry over several lines, each `key: value`; inside `{ }` YAML cuts a value at the next comma or bracket";
        return ("E0125", String::from("YAML cannot read this `{ }`"), help);
    }
    if let Some(sign) = value.chars().next().filter(|c| "\"'[{*%@|`&!>".contains(*c)) {
        return (
            "E0124",
            format!("YAML takes the `{sign}` at the start of this value for its own and cannot read on"),
            block,
        );
    }
    if value.contains(": ") || value.ends_with(':') {
        return ("E0124", String::from("YAML reads a second key in this value, since `: ` stands in it"), block);
    }
    let help = "look at the indentation here and one line above: keys of one mapping stand in one column";
    ("E0101", format!("this is not YAML: {said}"), help)
}
