//! The parts of the envelope that have keys of their own: filters, errors, lookups, children, settings, `without`.

use crate::diagnostic::Diagnostic;
use crate::source::{Node, NodeKind};

use super::keys::Keys;
use super::setting::{Setting, SettingKind};
use super::shape::{
    After, Before, Check, ChildSlot, ChildUse, ErrorFilter, Filter, Lookup, Spanned, Unmatched, Without,
};
use super::values::Reader;

impl Reader<'_> {
    pub fn filters(&mut self, node: &Node) -> Option<Vec<Filter>> {
        if let NodeKind::List { items, .. } = &node.kind {
            return Some(items.iter().filter_map(|item| self.filter(item)).collect());
        }
        let (that, text) = self.expression(node, "a filter")?;
        Some(vec![Filter { that, text, because: None, span: node.span }])
    }

    fn filter(&mut self, node: &Node) -> Option<Filter> {
        if matches!(node.kind, NodeKind::Scalar(_)) {
            let (that, text) = self.expression(node, "a filter")?;
            return Some(Filter { that, text, because: None, span: node.span });
        }
        let mut keys = Keys::of(node, "a filter", self.diagnostics)?;
        let that = keys.get("that");
        let because = keys.get("because").and_then(|n| self.template(n, "`because`"));
        keys.finish("a filter", self.diagnostics);
        let Some(that) = that else {
            return self.missing(node, "that", "a filter", "a record for which it is not true is skipped");
        };
        let (that, text) = self.expression(that, "`that`")?;
        Some(Filter { that, text, because, span: node.span })
    }

    fn missing<T>(&mut self, node: &Node, key: &str, what: &str, why: &str) -> Option<T> {
        self.refuse(
            Diagnostic::error("E0128", node.span, format!("{what} needs the key `{key}`"))
                .help(format!("add `{key}: …`: {why}")),
        )
    }

    pub fn error_filters(&mut self, node: &Node) -> Option<Vec<ErrorFilter>> {
        let items = self.items(node, "`errors`")?;
        Some(items.iter().filter_map(|item| self.error_filter(item)).collect())
    }

    fn error_filter(&mut self, node: &Node) -> Option<ErrorFilter> {
        let mut keys = Keys::of(node, "an entry of `errors`", self.diagnostics)?;
        let (when, message) = (keys.get("when"), keys.get("message"));
        keys.finish("an entry of `errors`", self.diagnostics);
        let when = match when {
            Some(node) => self.expression(node, "`when`"),
            None => self.missing(node, "when", "an entry of `errors`", "a record for which it is true is refused"),
        };
        let message = match message {
            Some(node) => self.template(node, "`message`"),
            None => self.missing(node, "message", "an entry of `errors`", "what the operator reads"),
        };
        let (when, text) = when?;
        Some(ErrorFilter { when, text, message: message?, span: node.span })
    }

    pub fn checks(&mut self, node: &Node) -> Option<Vec<Check>> {
        let items = self.items(node, "`checks`")?;
        Some(items.iter().filter_map(|item| self.check(item)).collect())
    }

    fn check(&mut self, node: &Node) -> Option<Check> {
        const WHAT: &str = "an entry of `checks`";
        let mut keys = Keys::of(node, WHAT, self.diagnostics)?;
        let (that, message) = (keys.get("that"), keys.get("message"));
        let otherwise =
            keys.get("otherwise").and_then(|n| self.word(n, "`otherwise`", &[("refuse", false), ("warn", true)]));
        keys.finish(WHAT, self.diagnostics);
        let that = match that {
            Some(node) => self.expression(node, "`that`"),
            None => self.missing(node, "that", WHAT, "what must be true of the finished target record"),
        };
        let message = match message {
            Some(node) => self.template(node, "`message`"),
            None => self.missing(node, "message", WHAT, "what the operator reads"),
        };
        let (that, text) = that?;
        Some(Check { that, text, message: message?, warns: otherwise.is_some_and(|o| o.value), span: node.span })
    }

    pub fn before(&mut self, node: &Node) -> Option<Vec<Before>> {
        let items = self.items(node, "`before`")?;
        Some(items.iter().filter_map(|item| self.before_entry(item)).collect())
    }

    fn before_entry(&mut self, node: &Node) -> Option<Before> {
        const WHAT: &str = "an entry of `before`";
        let mut keys = Keys::of(node, WHAT, self.diagnostics)?;
        let (record, id) = (keys.get("record"), keys.get("id"));
        keys.finish(WHAT, self.diagnostics);
        let record = match record {
            Some(node) => self.text(node, "`record`"),
            None => self.missing(node, "record", WHAT, "iPaaS.com's record type"),
        };
        let id = match id {
            Some(node) => self.expression(node, "`id`"),
            None => self.missing(node, "id", WHAT, "the record's id in the source system"),
        };
        let (id, text) = id?;
        Some(Before { record: record?, id, text, span: node.span })
    }

    pub fn after(&mut self, node: &Node) -> Option<Vec<After>> {
        let items = self.items(node, "`after`")?;
        Some(items.iter().filter_map(|item| self.after_entry(item)).collect())
    }

    fn after_entry(&mut self, node: &Node) -> Option<After> {
        const WHAT: &str = "an entry of `after`";
        let mut keys = Keys::of(node, WHAT, self.diagnostics)?;
        let (collection, each) = (keys.get("use"), keys.get("each"));
        keys.finish(WHAT, self.diagnostics);
        let Some(collection) = collection else {
            return self.missing(node, "use", WHAT, "the collection that runs afterwards");
        };
        let collection = self.text(collection, "`use`")?;
        let (each, each_text) = match each {
            Some(node) => self.expression(node, "`each`").map(|(e, t)| (Some(e), Some(t)))?,
            None => (None, None),
        };
        Some(After { collection, each, each_text, span: node.span })
    }

    pub fn settings(&mut self, node: &Node) -> Option<Vec<Setting>> {
        let NodeKind::Map { entries, .. } = &node.kind else {
            return self.refuse(
                Diagnostic::error(
                    "E0121",
                    node.span,
                    format!("`settings` is a mapping of names, this is {}", node.kind_name()),
                )
                .help("write `name: { type: text, required: true }`"),
            );
        };
        let mut settings = Vec::new();
        for (key, value) in entries {
            let Some(name) = self.text(key, "a setting's name") else { continue };
            let Some(mut keys) = Keys::of(value, "a setting", self.diagnostics) else { continue };
            let kind = keys.get("type").and_then(|n| self.word(n, "`type`", SettingKind::WORDS));
            let required = keys.get("required").and_then(|n| self.boolean(n, "`required`")).is_some_and(|b| b.value);
            let about = keys.get("about").and_then(|n| self.text(n, "`about`")).map(|t| t.value);
            keys.finish("a setting", self.diagnostics);
            let kind = kind.unwrap_or(Spanned { value: SettingKind::Text, span: value.span });
            settings.push(Setting { name, kind, required, about });
        }
        Some(settings)
    }

    pub fn lookups(&mut self, node: &Node) -> Option<Vec<Lookup>> {
        let NodeKind::Map { entries, .. } = &node.kind else {
            return self.refuse(
                Diagnostic::error(
                    "E0121",
                    node.span,
                    format!("`lookups` is a mapping of names, this is {}", node.kind_name()),
                )
                .help("write the lookup's name, a `:`, and below it `unmatched` and `entries`"),
            );
        };
        Some(entries.iter().filter_map(|(key, value)| self.lookup(key, value)).collect())
    }

    fn lookup(&mut self, key: &Node, node: &Node) -> Option<Lookup> {
        let name = self.text(key, "a lookup's name")?;
        let mut keys = Keys::of(node, "a lookup", self.diagnostics)?;
        let review = keys.get("review").and_then(|n| self.boolean(n, "`review`")).is_some_and(|b| b.value);
        let ignore_case =
            keys.get("ignore_case").and_then(|n| self.boolean(n, "`ignore_case`")).is_some_and(|b| b.value);
        let unmatched = keys.get("unmatched").and_then(|n| self.unmatched(n));
        let entries = keys.get("entries").map(|n| self.lookup_entries(n, "entries")).unwrap_or_default();
        let patterns = keys.get("patterns").map(|n| self.lookup_entries(n, "patterns")).unwrap_or_default();
        let from = keys.get("from").and_then(|n| self.text(n, "`from`"));
        let reversed = keys.get("reversed").and_then(|n| self.boolean(n, "`reversed`")).is_some_and(|b| b.value);
        keys.finish("a lookup", self.diagnostics);
        Some(Lookup { name, review, unmatched, ignore_case, entries, patterns, from, reversed, span: key.span })
    }

    fn unmatched(&mut self, node: &Node) -> Option<Spanned<Unmatched>> {
        if matches!(node.kind, NodeKind::Map { .. }) {
            let mut keys = Keys::of(node, "`unmatched`", self.diagnostics)?;
            // the empty text is a value too
            let value = keys.get("value").and_then(|n| match n.scalar() {
                Some(scalar) => Some(Spanned { value: scalar.text.clone(), span: n.span }),
                None => self.text(n, "`value`"),
            });
            keys.finish("`unmatched`", self.diagnostics);
            return match value {
                Some(value) => Some(Spanned { value: Unmatched::Value(value), span: node.span }),
                None => self.missing(node, "value", "`unmatched`", "what every value without entry becomes"),
            };
        }
        let words: &[(&str, u8)] = &[("error", 0), ("nothing", 1), ("pass", 2)];
        let word = self.word(node, "`unmatched`", words)?;
        let value = match word.value {
            0 => Unmatched::Error,
            1 => Unmatched::Nothing,
            _ => Unmatched::Pass,
        };
        Some(Spanned { value, span: node.span })
    }

    fn lookup_entries(&mut self, node: &Node, key: &str) -> Vec<(Spanned<String>, Spanned<String>)> {
        let NodeKind::Map { entries, .. } = &node.kind else {
            if node.scalar().is_none_or(|s| !s.text.is_empty()) {
                let message =
                    format!("`{key}` is a mapping of source values to target values, this is {}", node.kind_name());
                self.diagnostics
                    .push(Diagnostic::error("E0121", node.span, message).help("write `Source: target` lines"));
            }
            return vec![];
        };
        let text = |n: &Node| n.scalar().map(|s| Spanned { value: s.text.clone(), span: n.span });
        let mut read = Vec::new();
        for (key, value) in entries {
            match (text(key), text(value)) {
                (Some(key), Some(value)) => read.push((key, value)),
                _ => {
                    let message = format!("an entry's target value is a text, this is {}", value.kind_name());
                    self.diagnostics
                        .push(Diagnostic::error("E0121", value.span, message).help("write `Source: target`"));
                }
            }
        }
        read
    }

    pub fn children(&mut self, node: &Node) -> Option<Vec<ChildSlot>> {
        let NodeKind::Map { entries, .. } = &node.kind else {
            return self.refuse(
                Diagnostic::error(
                    "E0121",
                    node.span,
                    format!("`children` is a mapping of slots, this is {}", node.kind_name()),
                )
                .help("write the slot, a `:`, and below it `- use: COLLECTION`"),
            );
        };
        let mut slots = Vec::new();
        for (key, value) in entries {
            let Some(slot) = self.text(key, "a slot") else { continue };
            let Some(items) = self.items(value, "a slot of `children`") else { continue };
            let uses = items.iter().filter_map(|item| self.child_use(item)).collect();
            slots.push(ChildSlot { slot, uses });
        }
        Some(slots)
    }

    fn child_use(&mut self, node: &Node) -> Option<ChildUse> {
        let mut keys = Keys::of(node, "a child", self.diagnostics)?;
        let collection = keys.get("use");
        let each = keys.get("each");
        let gone = keys.get("gone").and_then(|n| self.word(n, "`gone`", &[("keep", false), ("remove", true)]));
        let instead_of = keys.get("instead_of").and_then(|n| self.text(n, "`instead_of`"));
        keys.finish("a child", self.diagnostics);
        let Some(collection) = collection else {
            return self.missing(node, "use", "a child", "the child collection's name");
        };
        let collection = self.text(collection, "`use`")?;
        let (each, each_text) = match each {
            Some(node) => self.expression(node, "`each`").map(|(e, t)| (Some(e), Some(t)))?,
            None => (None, None),
        };
        let remove_gone = gone.is_some_and(|g| g.value);
        Some(ChildUse { collection, each, each_text, remove_gone, instead_of, span: node.span })
    }

    pub fn without(&mut self, node: &Node) -> Option<Without> {
        let mut keys = Keys::of(node, "`without`", self.diagnostics)?;
        let mut list = |key: &'static str, reader: &mut Self| {
            keys.get(key).and_then(|n| reader.texts(n, "an entry of `without`")).unwrap_or_default()
        };
        let without = Without {
            rules: list("rules", self),
            children: list("children", self),
            lookups: list("lookups", self),
            filter: list("filter", self),
            errors: list("errors", self),
            checks: list("checks", self),
        };
        keys.finish("`without`", self.diagnostics);
        Some(without)
    }
}
