//! The envelope's keys, and the reader of one mapping of keys: what is unknown or missing is said.

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::source::{Node, NodeKind, Span};

/// The keys of a mapping file.
pub const FILE_KEYS: &[&str] = &[
    "collection",
    "base",
    "active",
    "extends",
    "record",
    "direction",
    "sync",
    "bigcommerce",
    "external_id",
    "starts_on",
    "find_by",
    "collision",
    "before",
    "after",
    "filter",
    "errors",
    "checks",
    "nulls",
    "settings",
    "lookups",
    "children",
    "without",
    "rules",
];

/// One mapping of keys while it is read.
pub(super) struct Keys<'a> {
    /// Its entries: key text, key's place, value.
    entries: Vec<(&'a str, Span, &'a Node)>,
    taken: Vec<&'static str>,
}

impl<'a> Keys<'a> {
    /// The keys of a node that should be a mapping; `what` names it in the message.
    pub fn of(node: &'a Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let NodeKind::Map { entries, .. } = &node.kind else {
            let message = format!("{what} is a mapping of keys, this is {}", node.kind_name());
            diagnostics.push(Diagnostic::error("E0121", node.span, message).help("write `key: value` lines below it"));
            return None;
        };
        let entries = entries.iter().filter_map(|(k, v)| Some((k.scalar()?.text.as_str(), k.span, v))).collect();
        Some(Keys { entries, taken: vec![] })
    }

    /// The value of a key.
    pub fn get(&mut self, key: &'static str) -> Option<&'a Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The key's own place and its value.
    pub fn entry(&mut self, key: &'static str) -> Option<(Span, &'a Node)> {
        if !self.taken.contains(&key) {
            self.taken.push(key);
        }
        self.entries.iter().find(|(k, ..)| *k == key).map(|(_, span, node)| (*span, *node))
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self, what: &str, diagnostics: &mut Diagnostics) {
        for (key, span, _) in &self.entries {
            if self.taken.contains(key) {
                continue;
            }
            let known = self.taken.iter().copied();
            let mut diagnostic = Diagnostic::error("E0120", *span, format!("`{key}` is not a key of {what}"));
            match did_you_mean(key, known.clone()) {
                Some(near) => diagnostic = diagnostic.note(format!("did you mean `{near}`?")).edit(*span, near),
                None => {
                    diagnostic = diagnostic.help(format!(
                        "its keys are {}",
                        known.map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
                    ))
                }
            }
            diagnostics.push(diagnostic);
        }
    }
}
