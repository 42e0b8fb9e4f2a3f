//! One collection: its lets, filters, errors, rules and children, and whether every required target is filled.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::combine::{Combined, target_label};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping_file::{Direction, Nulls, SyncType};
use crate::plan::{Level, Lineage, PlannedError, PlannedFilter, PlannedRule, ShapeId, Step};
use crate::schema::{Field, FieldKind, RecordType};
use crate::syntax::tree::{Expr, ExprKind, On, Template};
use crate::value::Value;

use super::checker::Checker;
use super::conditions::Passed;
use super::facts::Facts;
use super::scope::{LetState, LevelScope};
use super::target::Filled;

impl Checker<'_> {
    /// Checks a collection whose record types are known, over a source of this shape.
    pub fn level(&mut self, combined: &Arc<Combined>, types: &LevelTypes, source: ShapeId) -> Option<Level> {
        let file = &combined.file;
        let read = file.rules.iter().flat_map(|r| &r.value.lets).map(|l| (l.name.text.clone(), LetState::Unchecked));
        let unread = file.rules.iter().flat_map(|r| &r.value.unread.lets).map(|l| (l.clone(), LetState::Failed));
        let lets: Vec<(String, LetState)> = read.chain(unread).collect();
        let mut let_places = HashMap::new();
        for (at, (name, _)) in lets.iter().enumerate() {
            let_places.entry(name.clone()).or_insert(at);
        }
        let scope = LevelScope::new(combined.clone(), source, types.source.clone(), types.target.clone());
        let mut facts = Facts::default();
        facts.extend(std::mem::take(&mut self.inherited));
        let ways = Arc::new(Passed::of(&scope.definitions, &types.source.fields));
        let passes_nothing = ways.nothing();
        self.levels.push(LevelScope { lets, let_places, facts, ways, ..scope });
        let binders = std::mem::take(&mut self.binders);
        let errors_before = self.errors_so_far();
        self.let_names();
        self.lookup_rules();
        let id_slot =
            types.source.id.as_ref().and_then(|id| self.builder.slot(source, id)).map(|(slot, ..)| slot.0 as usize);
        let filters = self.filters();
        let errors = self.errors();
        if passes_nothing {
            let span = file.filter.as_ref().map_or(file.name.span, |f| f.span);
            let help = "two of the conditions exclude each other: look at them together";
            self.warn("W0406", span, "no record can pass these filters and errors", help);
        }
        let before = self.before(types);
        let find_by = self.find_by();
        let rules = self.rules();
        let together = self.together(&rules, &types.target);
        let children = self.children();
        let after = self.after(types);
        let (checks, finished) = self.checks(types);
        self.coverage(types, &rules);
        let external_id = self.external_id(types);
        self.unused();
        self.unreachable_rules(types.sync);
        self.binders = binders;
        let scope = self.levels.pop()?;
        if self.errors_so_far() > errors_before {
            return None;
        }
        Some(Level {
            collection: file.name.value.as_str().into(),
            span: file.name.span,
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
            together,
            find_by,
            collision: file.collision.as_ref().map(|c| c.value).unwrap_or_default(),
            before,
            after,
            checks,
            finished,
            external_id: external_id?,
            children,
        })
    }

    fn let_names(&mut self) {
        let Some(level) = self.levels.last() else { return };
        let names: Vec<_> =
            level.combined.file.rules.iter().flat_map(|r| &r.value.lets).map(|l| l.name.clone()).collect();
        let mut seen: HashSet<String> = HashSet::new();
        for name in names {
            if !seen.insert(name.text.clone()) {
                let _: Option<()> = self.error(
                    "E0306",
                    name.span,
                    format!("a let `{}` stands here twice", name.text),
                    "take another name",
                );
            }
            let _ = self.name_is_free(&name, "a let");
        }
    }

    /// A lookup says what becomes of a value without entry.
    fn lookup_rules(&mut self) {
        let Some(level) = self.levels.last() else { return };
        let lookups = level.combined.file.lookups.clone().map(|l| l.value).unwrap_or_default();
        for lookup in &lookups {
            self.shared_lookup(lookup);
            let inherits = lookup.from.is_some() && !lookup.reversed;
            if !inherits && lookup.unmatched.is_none() {
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
            let errors_before = self.errors_so_far();
            self.in_filter = true;
            let that = self.condition(&filter.that);
            self.in_filter = false;
            let uses_existing = self.lineage.existing;
            let lineage = std::mem::take(&mut self.lineage);
            let because = match &filter.because {
                Some(template) => self.message(template),
                None => Some(self.constant(Value::Text(format!("not true: {}", filter.text).into()), filter.span)),
            };
            if that.is_none() || because.is_none() {
                self.never_silent(errors_before, filter.span);
            }
            if let (Some(that), Some(because)) = (that, because) {
                planned.push(PlannedFilter { that, because, uses_existing, span: filter.that.span, lineage });
            }
            let facts = self.facts_of(&filter.that, true);
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
            let errors_before = self.errors_so_far();
            let when = self.condition(&error.when);
            if self.lineage.existing {
                let _: Option<()> = self.error(
                    "E0506",
                    error.when.span,
                    "an error filter runs before anybody looks whether the record exists",
                    "ask for `existing` in `filter`",
                );
            }
            let lineage = std::mem::take(&mut self.lineage);
            let message = self.message(&error.message);
            if when.is_none() || message.is_none() {
                self.never_silent(errors_before, error.span);
            }
            if let (Some(when), Some(message)) = (when, message) {
                planned.push(PlannedError { when, message, span: error.when.span, lineage });
            }
            let facts = self.facts_of(&error.when, false);
            if let Some(level) = self.levels.last_mut() {
                level.facts.extend(facts);
            }
        }
        planned
    }

    pub fn message(&mut self, template: &Template) -> Option<crate::plan::StepId> {
        self.template(&template.parts, template.span, true).map(|c| c.step)
    }

    fn find_by(&mut self) -> Vec<Arc<str>> {
        let Some(level) = self.levels.last() else { return vec![] };
        let (file, target) = (level.combined.file.clone(), level.target.clone());
        self.can_be_found(&file, &target);
        let mut fields = Vec::new();
        for name in file.find_by.iter().flat_map(|f| &f.value) {
            let rule = file.rules.iter().flat_map(|r| &r.value.rules).find(|r| target_label(&r.target) == name.value);
            if target.fields.get(&name.value).is_none() {
                let mut diagnostic = Diagnostic::error(
                    "E0501",
                    name.span,
                    format!("`{}` is not a field of {}", name.value, target.title),
                );
                if let Some(near) = did_you_mean(&name.value, target.fields.iter().map(|(n, _)| n)) {
                    diagnostic = diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near);
                }
                self.diagnostics
                    .push(diagnostic.help("`find_by` names target fields by which an existing record is recognised"));
                continue;
            }
            let unread = file.rules.iter().any(|r| r.value.unread.targets.contains(&name.value));
            match rule {
                None if unread => {}
                None => {
                    let _: Option<()> = self.error(
                        "E0505",
                        name.span,
                        format!("no rule fills `{}`, so nothing can be found by it", name.value),
                        "add a rule for it, or find by another field",
                    );
                }
                Some(rule) if rule.on.is_some() => {
                    let _: Option<()> = self.error(
                        "E0506",
                        rule.span,
                        format!(
                            "`{}` finds the record, so its rule runs before anybody knows whether there is one",
                            name.value
                        ),
                        "take the `on` away",
                    );
                }
                Some(_) => fields.push(name.value.as_str().into()),
            }
        }
        fields
    }

    /// A record is asked for by one of the fields that the system has a search for; further fields only confirm it.
    fn can_be_found(&mut self, file: &crate::mapping_file::MappingFile, target: &RecordType) {
        let Some(find_by) = file.find_by.as_ref().filter(|_| self.levels.len() == 1) else { return };
        let searches: Vec<&String> = target.route.find.keys().collect();
        let known = find_by.value.iter().all(|n| target.fields.get(&n.value).is_some());
        if searches.is_empty() || !known || find_by.value.iter().any(|n| searches.contains(&&n.value)) {
            return;
        }
        let list = searches.iter().map(|s| format!("`{s}`")).collect::<Vec<_>>().join(", ");
        let by: Vec<String> = find_by.value.iter().map(|n| format!("`{}`", n.value)).collect();
        let _: Option<()> = self.error(
            "E0508",
            find_by.span,
            format!("{} cannot be searched by {}", target.title, by.join(", ")),
            format!("it can by {list}: name one of them, too"),
        );
    }

    /// Groups of the target's fields that go together, as far as rules fill them; half a group is an error.
    fn together(&mut self, rules: &[PlannedRule], target: &RecordType) -> Vec<Vec<Arc<str>>> {
        let mut groups = Vec::new();
        for group in &target.together {
            let of = |name: &String, half: On| {
                rules.iter().find(|r| *r.label == **name && r.on.is_none_or(|on| on == half)).map(|r| r.span)
            };
            for half in [On::Create, On::Update] {
                let there = group.iter().find_map(|name| Some((name, of(name, half)?)));
                let absent = group.iter().find(|name| of(name, half).is_none());
                let (Some((name, span)), Some(absent)) = (there, absent) else { continue };
                let message = format!("{} takes `{name}` only together with `{absent}`", target.title);
                let _: Option<()> = self.error("E0510", span, message, format!("add a rule for `{absent}`"));
                break;
            }
            groups.push(group.iter().map(|name| name.as_str().into()).collect());
        }
        groups
    }

    fn rules(&mut self) -> Vec<PlannedRule> {
        let Some(level) = self.levels.last() else { return vec![] };
        let file = level.combined.file.clone();
        let clear_nulls = file.nulls.as_ref().is_some_and(|n| n.value == Nulls::Clear);
        let find_by: Vec<String> = file.find_by.iter().flat_map(|f| &f.value).map(|n| n.value.clone()).collect();
        let rules = file.rules.map(|r| r.value.rules).unwrap_or_default();
        if let (Some(SyncType::Delete), Some(first)) = (file.sync.as_ref().map(|s| s.value), rules.first()) {
            self.warn("W0504", first.span, "rules of a collection that deletes never run", "take them away");
        }
        let updates = match file.sync.as_ref().map(|s| s.value) {
            // what is found is updated
            Some(SyncType::Add) => file.find_by.is_some(),
            Some(SyncType::Delete) => false,
            _ => true,
        };
        let creates = file.sync.as_ref().is_none_or(|s| matches!(s.value, SyncType::Add | SyncType::AddUpdate));
        let mut planned: Vec<PlannedRule> = Vec::new();
        let mut filled = Filled::new();
        for rule in &rules {
            self.twice(rule, &mut filled);
            self.slot_twice(rule, &file.children);
            self.lineage = Lineage::default();
            self.updates = updates && rule.on != Some(On::Create);
            let target = self.target(rule);
            let Some(target) = target else {
                // the value is checked all the same, so that one run says everything
                let _ = self.expression(&rule.value);
                continue;
            };
            let value_field = if target.custom {
                target.field.of.as_deref().cloned().map(Arc::new)
            } else {
                Some(target.field.clone())
            };
            let errors_before = self.errors_so_far();
            let checked = value_field.as_ref().and_then(|field| self.fill(&rule.value, field));
            let (Some(value_field), Some(checked)) = (value_field, checked) else {
                self.never_silent(errors_before, rule.span);
                continue;
            };
            self.create_only(rule, &target.field, creates);
            self.whole_list(&target_label(&rule.target), &rule.value, &value_field);
            if self.lineage.existing && find_by.contains(&target_label(&rule.target)) {
                let _: Option<()> = self.error(
                    "E0506",
                    rule.value.span,
                    "this rule finds the record, so it cannot look at `existing`",
                    "use source fields only",
                );
            }
            let mut step = checked.step;
            let mut clears = checked.clears;
            if clear_nulls
                && rule.on != Some(On::Create)
                && is_plain_copy(&rule.value)
                && checked.ty.nullable
                && value_field_clears(&value_field)
            {
                let clear = self.constant(Value::Clear, rule.value.span);
                step = self.step(Step::OrIfNull(step, clear), rule.value.span);
                clears = true;
            }
            if creates && target.field.required && rule.on != Some(On::Update) && checked.ty.nullable && !clears {
                self.needed_may_be_null(&target_label(&rule.target), &rule.value, &target.field);
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

/// A path, a looked-up or a linked path: what `nulls` is about.
fn is_plain_copy(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Name { .. } | ExprKind::Member(..) | ExprKind::Select(..) => true,
        ExprKind::Call { function, arguments, .. } if matches!(function.text.as_str(), "lookup" | "link") => {
            arguments.first().is_some_and(is_plain_copy)
        }
        _ => false,
    }
}

fn value_field_clears(field: &Field) -> bool {
    field.clear.is_some()
        || !field.none.is_empty()
        || field.nullable
        || matches!(field.kind, FieldKind::List | FieldKind::Text)
}
