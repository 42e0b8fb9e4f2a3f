//! Single values of the envelope: names, words, expressions, templates. What YAML cut or misread is recognised here.

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::source::{FileId, Node, NodeKind, Scalar, ScalarStyle, Span};
use crate::syntax;
use crate::syntax::tree::{Expr, Template};

use super::shape::Spanned;

/// What is read with, handed down everywhere.
pub(super) struct Reader<'a> {
    pub file: FileId,
    /// The file's whole text, to look at what YAML cut away.
    pub source: &'a str,
    pub diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    /// Reports an error and gives nothing.
    pub fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// A non-empty text.
    pub fn text(&mut self, node: &Node, what: &str) -> Option<Spanned<String>> {
        match node.scalar() {
            Some(scalar) if !scalar.text.trim().is_empty() => {
                Some(Spanned { value: scalar.text.trim().to_owned(), span: node.span })
            }
            _ => {
                let message = format!("{what} is a text, this is {}", node.kind_name());
                self.refuse(Diagnostic::error("E0121", node.span, message).help("write a text behind the `:`"))
            }
        }
    }

    /// One of these words.
    pub fn word<T: Copy>(&mut self, node: &Node, what: &str, words: &[(&str, T)]) -> Option<Spanned<T>> {
        let text = self.text(node, what)?;
        if let Some((_, value)) = words.iter().find(|(w, _)| *w == text.value) {
            return Some(Spanned { value: *value, span: node.span });
        }
        let list = words.iter().map(|(w, _)| format!("`{w}`")).collect::<Vec<_>>().join(", ");
        let mut diagnostic =
            Diagnostic::error("E0122", node.span, format!("`{}` is not a value of {what}", text.value))
                .help(format!("it is one of {list}"));
        if let Some(near) = did_you_mean(&text.value, words.iter().map(|(w, _)| *w)) {
            diagnostic = diagnostic.note(format!("did you mean `{near}`?")).edit(node.span, near);
        }
        self.refuse(diagnostic)
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, node: &Node, what: &str) -> Option<Spanned<bool>> {
        self.word(node, what, &[("true", true), ("false", false)])
    }

    /// A list of texts, or one text in place of a list of one.
    pub fn texts(&mut self, node: &Node, what: &str) -> Option<Vec<Spanned<String>>> {
        match &node.kind {
            NodeKind::List { items, .. } => Some(items.iter().filter_map(|item| self.text(item, what)).collect()),
            NodeKind::Scalar(_) => Some(vec![self.text(node, what)?]),
            NodeKind::Map { .. } => {
                let message = format!("{what} is a text or a list of texts, this is a mapping of keys");
                self.refuse(Diagnostic::error("E0121", node.span, message).help("write `[a, b]` or `- a` lines"))
            }
        }
    }

    /// The items of a list.
    pub fn items<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.kind {
            NodeKind::List { items, .. } => Some(items),
            _ => {
                let message = format!("{what} is a list, this is {}", node.kind_name());
                self.refuse(Diagnostic::error("E0121", node.span, message).help("start each entry with `- `"))
            }
        }
    }

    /// An expression, and its own text as a merge key.
    pub fn expression(&mut self, node: &Node, what: &str) -> Option<(Expr, String)> {
        let scalar = self.expression_scalar(node, what)?;
        let expression = syntax::expression(scalar, self.file, self.diagnostics)?;
        let text = scalar.text.split_whitespace().collect::<Vec<_>>().join(" ");
        Some((expression, text))
    }

    /// A template: text with `{path}` in it.
    pub fn template(&mut self, node: &Node, what: &str) -> Option<Template> {
        match node.scalar() {
            Some(scalar) if !scalar.text.is_empty() => syntax::template(scalar, node.span, self.diagnostics),
            Some(_) => self.refuse(
                Diagnostic::error("E0121", node.span, format!("{what} is a text, and nothing stands here"))
                    .help("write a sentence"),
            ),
            None => self.refuse(
                Diagnostic::error(
                    "E0124",
                    node.span,
                    format!("{what} is a text, but YAML reads {} here", node.kind_name()),
                )
                .help("put the text in `\"…\"`: YAML takes a `{` at the start for a mapping"),
            ),
        }
    }

    /// The scalar of an expression or of a rules block, if YAML left it whole.
    pub fn expression_scalar<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Scalar> {
        let span = node.span;
        let Some(scalar) = node.scalar() else {
            let message = format!("{what} is an expression, but YAML reads {} here", node.kind_name());
            return self
                .refuse(Diagnostic::error("E0124", span, message).help("put the expression in '…' or in a `|` block"));
        };
        if scalar.in_flow && scalar.style == ScalarStyle::Plain {
            let message = format!(
                "{what} stands in a flow mapping `{{ }}` or list `[ ]`, where YAML cuts it at a comma without a word"
            );
            return self.refuse(
                Diagnostic::error("E0125", span, message)
                    .help("write the entry over several lines, or put the expression in '…'"),
            );
        }
        match scalar.style {
            ScalarStyle::Folded => self.refuse(
                Diagnostic::error(
                    "E0126",
                    span,
                    format!("{what} stands in a folded block (`>`), where a `#` would swallow the lines after it"),
                )
                .help("write `|` in place of `>`"),
            ),
            ScalarStyle::DoubleQuoted => self.refuse(
                Diagnostic::error(
                    "E0124",
                    span,
                    format!("{what} stands in `\"…\"`, where YAML takes the quotes and escapes for its own"),
                )
                .help("put the expression in '…' or in a `|` block"),
            ),
            _ if scalar.folded => self.refuse(
                Diagnostic::error("E0126", span, format!("{what} goes over several lines, which YAML folds into one"))
                    .help("put it in a `|` block"),
            ),
            ScalarStyle::Plain => {
                if let Some(cut) = self.cut_away(span) {
                    return self.refuse(
                        Diagnostic::error(
                            "E0127",
                            cut,
                            format!("YAML takes the rest of the line for a comment, since ` #` stands in {what}"),
                        )
                        .label(span, "only this is left")
                        .help("put the expression in '…' or in a `|` block; a comment goes on a line of its own"),
                    );
                }
                Some(scalar)
            }
            _ => Some(scalar),
        }
    }

    /// A comment behind a plain expression that looks like a part of it: an open quote or bracket before it says so.
    fn cut_away(&self, span: Span) -> Option<Span> {
        let end = span.end as usize;
        let rest = self.source.get(end..)?.lines().next()?;
        let hash = rest.find('#')?;
        let before = self.source.get(span.start as usize..end)?;
        let open = before.matches('"').count() % 2 == 1
            || before.matches('\'').count() % 2 == 1
            || before.matches('`').count() % 2 == 1
            || before.matches(['(', '[', '{']).count() != before.matches([')', ']', '}']).count();
        let start = span.end + u32::try_from(hash).ok()?;
        open.then(|| Span { file: span.file, start, end: span.end + u32::try_from(rest.trim_end().len()).unwrap_or(0) })
    }
}
