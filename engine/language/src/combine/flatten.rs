//! A combined collection written out as one mapping file: reading it gives the same collection, without its layers.

use std::fmt::Write as _;

use crate::diagnostic::Diagnostics;
use crate::mapping_file::{
    After, Before, Check, ChildSlot, Direction, ErrorFilter, ExternalId, Filter, Lookup, MappingFile, Nulls, Setting,
    Spanned, Unmatched,
};
use crate::source::{FileId, Offsets, Scalar, ScalarStyle};
use crate::syntax::tree::{Expr, Template};
use crate::syntax::{self, print};

use super::Combined;

/// The text of a mapping file that says by itself what the collection and its layers say together.
#[must_use]
pub fn flatten(combined: &Combined) -> String {
    let text = write(&combined.file);
    // aligned like any other file; the text is well formed, so the formatter has nothing to refuse
    syntax::format::format_file(&text).unwrap_or(text)
}

fn write(file: &MappingFile) -> String {
    let mut out = Lines(String::new());
    out.key(0, if file.is_base { "base" } else { "collection" }, &plain(&file.name.value));
    out.optional("active", file.active.as_ref().map(|a| a.value.to_string()));
    out.optional("extends", file.extends.as_ref().map(|e| plain(&e.value)));
    out.optional("record", file.record.as_ref().map(|r| plain(&r.value)));
    out.optional("direction", file.direction.as_ref().map(|d| direction(d.value).to_owned()));
    out.optional("sync", file.sync.as_ref().map(|s| s.value.word().to_owned()));
    out.optional("bigcommerce", file.bigcommerce.as_ref().map(|b| plain(&b.value)));
    out.optional(
        "external_id",
        file.external_id.as_ref().map(|id| match &id.value {
            ExternalId::None => String::from("none"),
            ExternalId::Template(template) => template_text(template),
        }),
    );
    out.optional("starts_on", file.starts_on.as_ref().map(|s| flow(&s.value)));
    out.optional(
        "find_by",
        file.find_by.as_ref().map(|f| match f.value.as_slice() {
            [one] => plain(&one.value),
            several => flow(several),
        }),
    );
    out.optional("collision", file.collision.as_ref().map(|c| c.value.word().to_owned()));
    out.before(file.before.as_ref());
    out.after(file.after.as_ref());
    out.optional(
        "nulls",
        file.nulls.as_ref().map(|n| String::from(if n.value == Nulls::Clear { "clear" } else { "leave" })),
    );
    out.filters(file.filter.as_ref());
    out.errors(file.errors.as_ref());
    out.checks(file.checks.as_ref());
    out.settings(file.settings.as_ref());
    out.lookups(file.lookups.as_ref());
    out.children(file.children.as_ref());
    if let Some(rules) = &file.rules {
        out.line(0, "rules: |");
        for line in print::rules(&rules.value).lines() {
            out.line(2, line);
        }
    }
    out.0
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::To => "to",
        Direction::From => "from",
    }
}

/// The file's lines so far.
struct Lines(String);

impl Lines {
    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.0, "{:indent$}{text}", "");
    }

    fn key(&mut self, indent: usize, key: &str, value: &str) {
        self.line(indent, &format!("{key}: {value}"));
    }

    fn optional(&mut self, key: &str, value: Option<String>) {
        if let Some(value) = value {
            self.key(0, key, &value);
        }
    }

    /// A key above indented entries; without entries it is an empty list or mapping.
    fn head(&mut self, key: &str, empty: Option<&str>) {
        match empty {
            Some(empty) => self.key(0, key, empty),
            None => self.line(0, &format!("{key}:")),
        }
    }

    fn filters(&mut self, filters: Option<&Spanned<Vec<Filter>>>) {
        let Some(filters) = filters else { return };
        self.head("filter", filters.value.is_empty().then_some("[]"));
        for filter in &filters.value {
            self.key(2, "- that", &expression(&filter.that, &filter.text));
            if let Some(because) = &filter.because {
                self.key(4, "because", &template_text(because));
            }
        }
    }

    fn errors(&mut self, errors: Option<&Spanned<Vec<ErrorFilter>>>) {
        let Some(errors) = errors else { return };
        self.head("errors", errors.value.is_empty().then_some("[]"));
        for error in &errors.value {
            self.key(2, "- when", &expression(&error.when, &error.text));
            self.key(4, "message", &template_text(&error.message));
        }
    }

    fn checks(&mut self, checks: Option<&Spanned<Vec<Check>>>) {
        let Some(checks) = checks else { return };
        self.head("checks", checks.value.is_empty().then_some("[]"));
        for check in &checks.value {
            self.key(2, "- that", &expression(&check.that, &check.text));
            self.key(4, "message", &template_text(&check.message));
            if check.warns {
                self.key(4, "otherwise", "warn");
            }
        }
    }

    fn before(&mut self, before: Option<&Spanned<Vec<Before>>>) {
        let Some(before) = before else { return };
        self.head("before", before.value.is_empty().then_some("[]"));
        for entry in &before.value {
            self.key(2, "- record", &plain(&entry.record.value));
            self.key(4, "id", &expression(&entry.id, &entry.text));
        }
    }

    fn after(&mut self, after: Option<&Spanned<Vec<After>>>) {
        let Some(after) = after else { return };
        self.head("after", after.value.is_empty().then_some("[]"));
        for entry in &after.value {
            self.key(2, "- use", &plain(&entry.collection.value));
            if let Some(each) = &entry.each {
                self.key(4, "each", &expression(each, entry.each_text.as_deref().unwrap_or_default()));
            }
        }
    }

    fn settings(&mut self, settings: Option<&Spanned<Vec<Setting>>>) {
        let Some(settings) = settings else { return };
        self.head("settings", settings.value.is_empty().then_some("{}"));
        for setting in &settings.value {
            self.line(2, &format!("{}:", plain(&setting.name.value)));
            self.key(4, "type", setting.kind.value.word());
            if setting.required {
                self.key(4, "required", "true");
            }
            if let Some(about) = &setting.about {
                self.key(4, "about", &plain(about));
            }
        }
    }

    fn lookups(&mut self, lookups: Option<&Spanned<Vec<Lookup>>>) {
        let Some(lookups) = lookups else { return };
        self.head("lookups", lookups.value.is_empty().then_some("{}"));
        for lookup in &lookups.value {
            let before = self.0.len();
            self.line(2, &format!("{}:", plain(&lookup.name.value)));
            let header = self.0.len();
            for (key, set) in
                [("review", lookup.review), ("ignore_case", lookup.ignore_case), ("reversed", lookup.reversed)]
            {
                if set {
                    self.key(4, key, "true");
                }
            }
            if let Some(from) = &lookup.from {
                self.key(4, "from", &plain(&from.value));
            }
            match lookup.unmatched.as_ref().map(|u| &u.value) {
                Some(Unmatched::Error) => self.key(4, "unmatched", "error"),
                Some(Unmatched::Nothing) => self.key(4, "unmatched", "nothing"),
                Some(Unmatched::Pass) => self.key(4, "unmatched", "pass"),
                Some(Unmatched::Value(value)) => {
                    self.key(4, "unmatched", &format!("{{ value: {} }}", plain(&value.value)));
                }
                None => {}
            }
            if !lookup.entries.is_empty() {
                self.line(4, "entries:");
            }
            for (key, value) in &lookup.entries {
                self.key(6, &plain(&key.value), &plain(&value.value));
            }
            if !lookup.patterns.is_empty() {
                self.line(4, "patterns:");
            }
            for (key, value) in &lookup.patterns {
                self.key(6, &plain(&key.value), &plain(&value.value));
            }
            if self.0.len() == header {
                self.0.truncate(before);
                self.key(2, &plain(&lookup.name.value), "{}");
            }
        }
    }

    fn children(&mut self, children: Option<&Spanned<Vec<ChildSlot>>>) {
        let Some(children) = children else { return };
        self.head("children", children.value.is_empty().then_some("{}"));
        for slot in &children.value {
            let name = plain(&slot.slot.value);
            if slot.uses.is_empty() {
                self.key(2, &name, "[]");
                continue;
            }
            self.line(2, &format!("{name}:"));
            for child in &slot.uses {
                self.key(4, "- use", &plain(&child.collection.value));
                if let Some(each) = &child.each {
                    self.key(6, "each", &expression(each, child.each_text.as_deref().unwrap_or_default()));
                }
                if child.remove_gone {
                    self.key(6, "gone", "remove");
                }
            }
        }
    }
}

/// An expression as its author wrote it, where that fits on one line; else printed anew.
fn expression(expression: &Expr, written: &str) -> String {
    let printed = print::expression(expression);
    let scalar = Scalar {
        text: written.to_owned(),
        offsets: Offsets::identity(0, written.len()),
        style: ScalarStyle::SingleQuoted,
        in_flow: false,
        folded: false,
    };
    let again = syntax::expression(&scalar, FileId(0), &mut Diagnostics::default());
    let text = if again.is_some_and(|again| print::expression(&again) == printed) { written } else { &printed };
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

fn template_text(template: &Template) -> String {
    let text = print::template(&template.parts);
    if is_plain(&text) && !text.contains('{') { text } else { quoted(&text) }
}

fn flow(items: &[Spanned<String>]) -> String {
    let items: Vec<String> = items.iter().map(|i| plain(&i.value)).collect();
    format!("[{}]", items.join(", "))
}

/// A text as a YAML scalar, quoted where it must be; it also fits in a flow list.
#[must_use]
pub fn yaml_text(text: &str) -> String {
    plain(text)
}

fn plain(text: &str) -> String {
    if is_plain(text) && !text.contains([',', '[', ']', '{', '}']) { text.to_owned() } else { quoted(text) }
}

/// Whether YAML reads the text as it is, without quotes (YAML 1.2, 7.3.3).
fn is_plain(text: &str) -> bool {
    let first = text.chars().next();
    let indicator = first.is_none_or(|c| "-?:,[]{}#&*!|>'\"%@`=".contains(c) || c.is_whitespace());
    !indicator
        && !text.ends_with([':', ' '])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(|c| c == ' ' || !(c.is_whitespace() || c.is_control()))
        && !matches!(text, "---" | "...")
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || (c.is_whitespace() && c != ' ') || c == '\u{feff}' => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
