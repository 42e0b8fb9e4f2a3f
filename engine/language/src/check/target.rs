//! The left side of a rule: the field that it fills, filled once and by nobody else.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::combine::target_label;
use crate::diagnostic::Diagnostic;
use crate::mapping_file::{ChildSlot, Spanned};
use crate::schema::Field;
use crate::source::Span;
use crate::syntax::tree::{Name, On, Rule};

use super::checker::Checker;

/// A target that was found in the schema.
pub(super) struct TargetField {
    pub path: Vec<Arc<str>>,
    pub custom: bool,
    pub field: Arc<Field>,
}

/// Targets that have a rule, by label: which half, and where.
pub(super) type Filled = BTreeMap<String, Vec<(Option<On>, Span)>>;

impl Checker<'_> {
    /// A target filled twice, or a record and a field inside it.
    pub fn twice(&mut self, rule: &Rule, filled: &mut Filled) {
        let label = target_label(&rule.target);
        let above = label.match_indices('.').filter_map(|(at, _)| filled.get(label.get(..at)?));
        let inside = format!("{label}.");
        let below = filled.range(inside.clone()..).take_while(|(other, _)| other.starts_with(&inside)).map(|(_, f)| f);
        let halves = |on: &Option<On>| matches!((on, rule.on), (Some(a), Some(b)) if *a != b);
        let other = filled.get(&label).into_iter().chain(above).chain(below).flatten().find(|(on, _)| !halves(on));
        if let Some((_, span)) = other {
            self.diagnostics.push(
                Diagnostic::error("E0502", rule.target.span, format!("`{label}` is filled twice"))
                    .label(*span, "filled here already")
                    .help("keep one; two rules for one target say `on create` and `on update`"),
            );
        }
        let known = filled.entry(label).or_default();
        // the first of each half is enough to compare with
        if !known.iter().any(|(on, _)| *on == rule.on) {
            known.push((rule.on, rule.target.span));
        }
    }

    /// A target that a child collection fills.
    pub fn slot_twice(&mut self, rule: &Rule, children: &Option<Spanned<Vec<ChildSlot>>>) {
        let Some(first) = rule.target.path.first() else { return };
        let slot = children.iter().flat_map(|c| &c.value).find(|s| s.slot.value == first.text && !s.uses.is_empty());
        if let Some(slot) = slot {
            self.diagnostics.push(
                Diagnostic::error("E0502", rule.target.span, format!("`{}` is filled twice", first.text))
                    .label(slot.slot.span, "filled by child collections already")
                    .help("keep one: the rule, or the children"),
            );
        }
    }

    /// A field that is written on create only, by a rule that runs on update too: a difference that comes later cannot be written,
    /// and such a record fails. `on create` says that it may differ.
    pub fn create_only(&mut self, rule: &Rule, field: &Field, creates: bool) {
        if !field.create_only {
            return;
        }
        let label = target_label(&rule.target);
        if rule.on == Some(On::Update) {
            let _: Option<()> = self.error(
                "E0507",
                rule.target.span,
                format!("`{label}` is written when the record is created, and never again"),
                "write `on create`, or take the rule away",
            );
        } else if rule.on.is_none() && self.updates && creates {
            let end = Span { start: rule.span.end, ..rule.span };
            self.diagnostics.push(
                Diagnostic::warning(
                    "W0507",
                    rule.target.span,
                    format!("`{label}` is written when the record is created, and never again: where it differs later, the record fails"),
                )
                .help("write `on create` at the end of the rule if it may differ later")
                .edit(end, "  on create"),
            );
        }
    }

    /// A target that the system sets, or that another field stands for in requests.
    pub fn only_read<T>(&mut self, name: &Name, title: &str, field: &Field) -> Option<T> {
        let message = format!("`{}` of {title} can only be read", name.text);
        let help = match &field.instead {
            Some(instead) => format!("write `{instead}`"),
            None => String::from("take the rule away: the system sets it"),
        };
        self.error("E0504", name.span, message, help)
    }

    pub fn target(&mut self, rule: &Rule) -> Option<TargetField> {
        let target = self.levels.last()?.target.clone();
        let mut fields = target.fields.clone();
        let mut title = target.title.clone();
        let mut found: Option<Field> = None;
        let mut path: Vec<Arc<str>> = Vec::new();
        let mut custom_name = target.custom.clone();
        for (i, name) in rule.target.path.iter().enumerate() {
            let Some(field) = fields.get(&name.text).cloned() else {
                if let (true, [key]) = (name.text == "custom", rule.target.path.get(i + 1..).unwrap_or_default()) {
                    let place = name.span.to(key.span);
                    let written = format!("custom[\"{}\"]", key.text);
                    let error = Diagnostic::error("E0501", place, "a custom field has its name in brackets and quotes");
                    return self.refuse(error.help(format!("write `{written}`")).fix(place, written));
                }
                let slot = target.route.slots.iter().any(|s| s.name == name.text);
                let mut diagnostic =
                    Diagnostic::error("E0501", name.span, format!("`{}` is not a field of {title}", name.text));
                let near = diagnostic.clone().did_you_mean(name.span, &name.text, fields.iter().map(|(n, _)| n));
                diagnostic = match near {
                    Some(near) => near,
                    None if slot => diagnostic
                        .help(format!("`{}` is a slot of child collections: name it under `children`", name.text)),
                    None => diagnostic.help(format!(
                        "`mapwright schema {}` lists its fields",
                        target.name.to_lowercase().replace(' ', "-")
                    )),
                };
                return self.refuse(diagnostic);
            };
            if field.read_only {
                return self.only_read(name, &title, &field);
            }
            path.push(name.text.as_str().into());
            let last = i + 1 == rule.target.path.len() && rule.target.custom.is_none();
            if !last {
                let Some((inner, record)) = self.builder.catalog.fields(&field).map(|(f, r)| (f.clone(), r.cloned()))
                else {
                    return self.error(
                        "E0501",
                        name.span,
                        format!("`{}` of {title} has no fields of its own", name.text),
                        "write the rule for the field itself",
                    );
                };
                custom_name = record.as_ref().and_then(|r| r.custom.clone());
                title = record.map_or_else(|| format!("`{}`", name.text), |r| r.title.clone());
                fields = inner;
            }
            found = Some(field);
        }
        if let Some(custom) = &rule.target.custom {
            let field = custom_name.as_ref().and_then(|n| Some((n.clone(), fields.get(n)?.clone())));
            let Some((name, field)) = field else {
                return self.error(
                    "E0304",
                    custom.span,
                    format!("{title} has no custom fields"),
                    "fill one of its fields",
                );
            };
            path.push(name.into());
            path.push(custom.text.as_str().into());
            return Some(TargetField { path, custom: true, field: Arc::new(field) });
        }
        Some(TargetField { path, custom: false, field: Arc::new(found?) })
    }
}
