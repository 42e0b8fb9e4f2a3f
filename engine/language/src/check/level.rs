//! One collection: its lets, filters, errors, rules and children, and whether every required target is filled.

use std::sync::Arc;

use crate::combine::{Combined, target_label};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping_file::{Direction, Nulls, SyncType};
use crate::plan::{Level, Lineage, PlannedError, PlannedFilter, PlannedRule, ShapeId, Step};
use crate::schema::{Field, FieldKind, RecordType};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, On, Rule, Template};
use crate::value::Value;

use super::checker::Checker;
use super::facts::{not_null_when, path_key};
use super::scope::{LetState, LevelScope};

impl Checker<'_> {
    /// Checks a collection whose record types are known, over a source of this shape.
    pub fn level(&mut self, combined: &Arc<Combined>, types: &LevelTypes, source: ShapeId) -> Option<Level> {
        let file = &combined.file;
        let lets = file.rules.iter().flat_map(|r| &r.value.lets).map(|l| (l.name.text.clone(), LetState::Unchecked)).collect();
        self.levels.push(LevelScope {
            combined: combined.clone(),
            source,
            source_type: types.source.clone(),
            target: types.target.clone(),
            existing: None,
            lets,
            planned_lets: vec![],
            used_lets: vec![],
            used_lookups: vec![],
            used_settings: vec![],
            facts: vec![],
        });
        let binders = std::mem::take(&mut self.binders);
        let errors_before = self.diagnostics.iter().filter(|d| d.severity == crate::diagnostic::Severity::Error).count();
        self.let_names();
        self.lookup_rules();
        let id_slot = types.source.id.as_ref().and_then(|id| self.builder.slot(source, id)).map(|(slot, ..)| slot.0 as usize);
        let filters = self.filters();
        let errors = self.errors();
        let find_by = self.find_by();
        let rules = self.rules();
        let children = self.children();
        self.coverage(types, &rules);
        let external_id = self.external_id(types);
        self.unused();
        self.binders = binders;
        let scope = self.levels.pop()?;
        let errors_after = self.diagnostics.iter().filter(|d| d.severity == crate::diagnostic::Severity::Error).count();
        if errors_after > errors_before {
            return None;
        }
        Some(Level {
            collection: file.name.value.as_str().into(),
            record: file.record.as_ref().map_or("", |r| r.value.as_str()).into(),
            direction: types.direction,
            sync: types.sync,
            active: file.active.as_ref().is_none_or(|a| a.value),
            source_type: types.source.name.as_str().into(),
            target_type: types.target.name.as_str().into(),
            source,
            id_slot,
            existing: scope.existing,
            lets: scope.planned_lets,
            filters,
            errors,
            rules,
            find_by,
            external_id: external_id?,
            children,
        })
    }

    fn let_names(&mut self) {
        let Some(level) = self.levels.last() else { return };
        let names: Vec<_> = level.combined.file.rules.iter().flat_map(|r| &r.value.lets).map(|l| l.name.clone()).collect();
        let mut seen: Vec<String> = Vec::new();
        for name in names {
            if seen.contains(&name.text) {
                let _: Option<()> = self.error("E0306", name.span, format!("a let `{}` stands here twice", name.text), "take another name");
            }
            seen.push(name.text.clone());
            let _ = self.name_is_free(&name, "a let");
        }
    }

    /// A lookup says what becomes of a value without entry.
    fn lookup_rules(&mut self) {
        let Some(level) = self.levels.last() else { return };
        let lookups = level.combined.file.lookups.clone().map(|l| l.value).unwrap_or_default();
        for lookup in &lookups {
            if lookup.from.is_some() || lookup.reversed {
                let _: Option<()> = self.error("E0123", lookup.span, "a shared lookup (`from`, `reversed`) is not in this version of the language", "write its entries here");
            }
            if lookup.unmatched.is_none() {
                let _: Option<()> = self.error(
                    "E0607",
                    lookup.span,
                    format!("the lookup `{}` does not say what becomes of a value without entry", lookup.name.value),
                    "add `unmatched: error`, `nothing`, `pass` or `{ value: … }`; there is no default",
                );
            }
        }
    }

    fn filters(&mut self) -> Vec<PlannedFilter> {
        let Some(level) = self.levels.last() else { return vec![] };
        let filters = level.combined.file.filter.clone().map(|f| f.value).unwrap_or_default();
        let mut planned = Vec::new();
        for filter in &filters {
            self.lineage = Lineage::default();
            let that = self.condition(&filter.that);
            let uses_existing = self.lineage.existing;
            let lineage = std::mem::take(&mut self.lineage);
            let because = match &filter.because {
                Some(template) => self.message(template),
                None => Some(self.constant(Value::Text(format!("not true: {}", filter.text).into()), filter.span)),
            };
            if let (Some(that), Some(because)) = (that, because) {
                planned.push(PlannedFilter { that, because, uses_existing, span: filter.that.span, lineage });
            }
            let facts = not_null_when(&filter.that, true);
            if let Some(level) = self.levels.last_mut().filter(|_| !uses_existing) {
                level.facts.extend(facts);
            }
        }
        planned
    }

    fn errors(&mut self) -> Vec<PlannedError> {
        let Some(level) = self.levels.last() else { return vec![] };
        let errors = level.combined.file.errors.clone().map(|e| e.value).unwrap_or_default();
        let mut planned = Vec::new();
        for error in &errors {
            self.lineage = Lineage::default();
            let when = self.condition(&error.when);
            if self.lineage.existing {
                let _: Option<()> = self.error("E0506", error.when.span, "an error filter runs before anybody looks whether the record exists", "ask for `existing` in `filter`");
            }
            let lineage = std::mem::take(&mut self.lineage);
            let message = self.message(&error.message);
            if let (Some(when), Some(message)) = (when, message) {
                planned.push(PlannedError { when, message, span: error.when.span, lineage });
            }
            let facts = not_null_when(&error.when, false);
            if let Some(level) = self.levels.last_mut() {
                level.facts.extend(facts);
            }
        }
        planned
    }

    fn message(&mut self, template: &Template) -> Option<crate::plan::StepId> {
        self.template(&template.parts, template.span, true).map(|c| c.step)
    }

    fn find_by(&mut self) -> Vec<Arc<str>> {
        let Some(level) = self.levels.last() else { return vec![] };
        let (file, target) = (level.combined.file.clone(), level.target.clone());
        let mut fields = Vec::new();
        for name in file.find_by.iter().flat_map(|f| &f.value) {
            let rule = file.rules.iter().flat_map(|r| &r.value.rules).find(|r| target_label(&r.target) == name.value);
            if target.fields.get(&name.value).is_none() {
                let mut diagnostic = Diagnostic::error("E0501", name.span, format!("`{}` is not a field of {}", name.value, target.title));
                if let Some(near) = did_you_mean(&name.value, target.fields.iter().map(|(n, _)| n)) {
                    diagnostic = diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near);
                }
                self.diagnostics.push(diagnostic.help("`find_by` names target fields by which an existing record is recognised"));
                continue;
            }
            match rule {
                None => {
                    let _: Option<()> = self.error("E0505", name.span, format!("no rule fills `{}`, so nothing can be found by it", name.value), "add a rule for it, or find by another field");
                }
                Some(rule) if rule.on.is_some() => {
                    let _: Option<()> = self.error("E0506", rule.span, format!("`{}` finds the record, so its rule runs before anybody knows whether there is one", name.value), "take the `on` away");
                }
                Some(_) => fields.push(name.value.as_str().into()),
            }
        }
        fields
    }

    fn rules(&mut self) -> Vec<PlannedRule> {
        let Some(level) = self.levels.last() else { return vec![] };
        let file = level.combined.file.clone();
        let clear_nulls = file.nulls.as_ref().is_some_and(|n| n.value == Nulls::Clear);
        let find_by: Vec<String> = file.find_by.iter().flat_map(|f| &f.value).map(|n| n.value.clone()).collect();
        let rules = file.rules.map(|r| r.value.rules).unwrap_or_default();
        let mut planned: Vec<PlannedRule> = Vec::new();
        let mut filled: Vec<(String, Option<On>, Span)> = Vec::new();
        for rule in &rules {
            self.twice(rule, &filled);
            filled.push((target_label(&rule.target), rule.on, rule.target.span));
            self.lineage = Lineage::default();
            let target = self.target(rule);
            let Some(target) = target else {
                // the value is checked all the same, so that one run says everything
                let _ = self.expression(&rule.value);
                continue;
            };
            let value_field = if target.custom { target.field.of.as_deref().cloned().map(Arc::new) } else { Some(target.field.clone()) };
            let Some(value_field) = value_field else { continue };
            let Some(checked) = self.into_field(&rule.value, &value_field) else { continue };
            if self.lineage.existing && find_by.contains(&target_label(&rule.target)) {
                let _: Option<()> = self.error("E0506", rule.value.span, "this rule finds the record, so it cannot look at `existing`", "use source fields only");
            }
            let mut step = checked.step;
            let mut clears = checked.clears;
            if clear_nulls && rule.on != Some(On::Create) && is_plain_copy(&rule.value) && checked.ty.nullable && value_field_clears(&value_field) {
                let clear = self.constant(Value::Clear, rule.value.span);
                step = self.step(Step::OrIfNull(step, clear), rule.value.span);
                clears = true;
            }
            if target.field.required && rule.on != Some(On::Update) && checked.ty.nullable && !clears {
                self.may_be_null(rule, &target.field);
            }
            planned.push(PlannedRule {
                shape: self.out_shape(&value_field, 0),
                target: target.path,
                custom: target.custom,
                label: target_label(&rule.target).into(),
                field: target.field,
                value: step,
                on: rule.on,
                span: rule.span,
                lineage: std::mem::take(&mut self.lineage),
            });
        }
        planned
    }

    /// A target filled twice, or a record and a field inside it.
    fn twice(&mut self, rule: &Rule, filled: &[(String, Option<On>, Span)]) {
        let label = target_label(&rule.target);
        for (other, on, span) in filled {
            let halves = matches!((on, rule.on), (Some(a), Some(b)) if *a != b);
            let overlap = *other == label || other.strip_prefix(&label).is_some_and(|r| r.starts_with('.')) || label.strip_prefix(other.as_str()).is_some_and(|r| r.starts_with('.'));
            if overlap && !halves {
                self.diagnostics.push(
                    Diagnostic::error("E0502", rule.target.span, format!("`{label}` is filled twice"))
                        .label(*span, "filled here already")
                        .help("keep one; two rules for one target say `on create` and `on update`"),
                );
                return;
            }
        }
    }

    fn may_be_null(&mut self, rule: &Rule, field: &Field) {
        let path = null_path(&rule.value);
        let target = target_label(&rule.target);
        let mut diagnostic = Diagnostic::error("E0503", rule.value.span, format!("`{target}` is needed when a record is created, and this may be null"));
        if let Some((path, span)) = path {
            diagnostic = diagnostic.label(span, format!("`{path}` may be null"));
        }
        let help = match field.kind {
            FieldKind::Integer | FieldKind::Decimal => "say what stands in: `?? 0`, or refuse such records with `errors`",
            FieldKind::Id => "say what stands in: `?? clear`, or refuse such records with `errors`",
            _ => "say what stands in: `?? \"…\"`, or refuse such records with `errors`",
        };
        self.diagnostics.push(diagnostic.help(help));
    }

    fn target(&mut self, rule: &Rule) -> Option<TargetField> {
        let target = self.levels.last()?.target.clone();
        let mut fields = target.fields.clone();
        let mut title = target.title.clone();
        let mut found: Option<Field> = None;
        let mut path: Vec<Arc<str>> = Vec::new();
        let mut custom_name = target.custom.clone();
        for (i, name) in rule.target.path.iter().enumerate() {
            let Some(field) = fields.get(&name.text).cloned() else {
                let slot = target.route.slots.iter().any(|s| s.name == name.text);
                let mut diagnostic = Diagnostic::error("E0501", name.span, format!("`{}` is not a field of {title}", name.text));
                diagnostic = match did_you_mean(&name.text, fields.iter().map(|(n, _)| n)) {
                    Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near),
                    None if slot => diagnostic.help(format!("`{}` is a slot of child collections: name it under `children`", name.text)),
                    None => diagnostic.help(format!("`mapwright schema {}` lists its fields", target.name.to_lowercase().replace(' ', "-"))),
                };
                return self.refuse(diagnostic);
            };
            if field.read_only {
                return self.error("E0504", name.span, format!("`{}` of {title} can only be read", name.text), "take the rule away: the system sets it");
            }
            path.push(name.text.as_str().into());
            let last = i + 1 == rule.target.path.len() && rule.target.custom.is_none();
            if !last {
                let Some((inner, record)) = self.builder.catalog.fields(&field).map(|(f, r)| (f.clone(), r.cloned())) else {
                    return self.error("E0501", name.span, format!("`{}` of {title} has no fields of its own", name.text), "write the rule for the field itself");
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
                return self.error("E0304", custom.span, format!("{title} has no custom fields"), "fill one of its fields");
            };
            path.push(name.into());
            path.push(custom.text.as_str().into());
            return Some(TargetField { path, custom: true, field: Arc::new(field) });
        }
        Some(TargetField { path, custom: false, field: Arc::new(found?) })
    }

    /// Every field that a new record needs is filled: by a rule, a child slot, or the route itself.
    fn coverage(&mut self, types: &LevelTypes, planned: &[PlannedRule]) {
        if !matches!(types.sync, SyncType::Add | SyncType::AddUpdate) {
            return;
        }
        let Some(level) = self.levels.last() else { return };
        let file = level.combined.file.clone();
        let added: Vec<&String> = types.target.route.create.iter().flat_map(|c| c.adds.keys()).collect();
        let slots: Vec<&str> = file.children.iter().flat_map(|c| &c.value).map(|s| s.slot.value.as_str()).collect();
        for (name, field) in types.target.fields.iter() {
            if !field.required || field.read_only || added.iter().any(|a| *a == name) || slots.contains(&name) {
                continue;
            }
            let rules: Vec<&Rule> = file.rules.iter().flat_map(|r| &r.value.rules).filter(|r| r.target.path.first().is_some_and(|n| n.text == name)).collect();
            if rules.iter().any(|r| r.on != Some(On::Update)) {
                continue;
            }
            let broken = rules.iter().any(|r| !planned.iter().any(|p| p.span == r.span));
            if broken {
                continue;
            }
            let span = file.rules.as_ref().map_or(file.name.span, |_| file.name.span);
            let mut diagnostic = Diagnostic::error("E0503", span, format!("{} needs `{name}` when it is created, and nothing fills it", types.target.title));
            if let Some(rule) = rules.first() {
                diagnostic = diagnostic.label(rule.span, "filled on update only");
            }
            self.diagnostics.push(diagnostic.help(format!("add `{name} <- …`")));
        }
    }

    /// Lets, lookups and settings that nothing uses.
    fn unused(&mut self) {
        let Some(level) = self.levels.last() else { return };
        let file = level.combined.file.clone();
        let top = level.combined.top;
        let (lets, lookups, settings) = (level.used_lets.clone(), level.used_lookups.clone(), level.used_settings.clone());
        for l in file.rules.iter().flat_map(|r| &r.value.lets).filter(|l| !lets.contains(&l.name.text)) {
            // its value is checked all the same
            let _ = self.let_value(&l.name);
            if l.span.file == top {
                self.warn("W0501", l.name.span, format!("nothing uses the let `{}`", l.name.text), "take it away");
            }
        }
        for l in file.lookups.iter().flat_map(|l| &l.value).filter(|l| !lookups.contains(&l.name.value) && l.span.file == top) {
            self.warn("W0502", l.span, format!("nothing uses the lookup `{}`", l.name.value), "take it away, or write `| lookup(…)` in a rule");
        }
        for s in file.settings.iter().flat_map(|s| &s.value).filter(|s| !settings.contains(&s.name.value) && s.name.span.file == top) {
            self.warn("W0503", s.name.span, format!("nothing uses the setting `{}`", s.name.value), "take it away");
        }
    }
}

/// The record types of a collection.
#[derive(Debug, Clone)]
pub(super) struct LevelTypes {
    pub direction: Direction,
    pub sync: SyncType,
    pub source: Arc<RecordType>,
    pub target: Arc<RecordType>,
    /// The BigCommerce record of the two.
    pub bigcommerce: Arc<RecordType>,
}

struct TargetField {
    path: Vec<Arc<str>>,
    custom: bool,
    field: Arc<Field>,
}

/// A path, a looked-up or a linked path: what `nulls` is about.
fn is_plain_copy(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Name { .. } | ExprKind::Member(..) | ExprKind::Select(..) => true,
        ExprKind::Call { function, arguments, .. } if matches!(function.text.as_str(), "lookup" | "link") => arguments.first().is_some_and(is_plain_copy),
        _ => false,
    }
}

fn value_field_clears(field: &Field) -> bool {
    field.clear.is_some() || !field.none.is_empty() || field.nullable || matches!(field.kind, FieldKind::List | FieldKind::Text)
}

/// The path by which a null gets into a value: the first plain path in it.
fn null_path(value: &Expr) -> Option<(String, Span)> {
    if let Some(path) = path_key(value) {
        return Some((path, value.span));
    }
    match &value.kind {
        ExprKind::Call { arguments, .. } => arguments.first().and_then(null_path),
        ExprKind::Binary(_, a, b) => null_path(a).or_else(|| null_path(b)),
        ExprKind::If { then, otherwise, .. } => null_path(then).or_else(|| otherwise.as_deref().and_then(null_path)),
        ExprKind::Select(inner, _) | ExprKind::Member(inner, _) | ExprKind::Negate(inner) => null_path(inner),
        _ => None,
    }
}
