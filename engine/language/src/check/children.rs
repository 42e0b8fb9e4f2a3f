//! Child collections and external ids.

use std::sync::Arc;

use crate::combine::Combined;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping_file::{ChildSlot, ChildUse, Direction, ExternalId};
use crate::plan::{ExternalPart, Lineage, PlannedChild, PlannedExternalId, ShapeId, StepId};
use crate::schema::{FieldKind, RecordType, Slot};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, TextPart};

use super::checker::Checker;
use super::conditions::{Together, together};
use super::facts::{Definitions, Fact};
use super::level::LevelTypes;
use super::order::GROUP_KEY;
use super::types::Kind;
use super::usage::runs_alone;

/// Deepest nesting of child collections, the root included.
const MOST_LEVELS: usize = 10;
/// Most steps of a plan before another child is refused: children used twice on each level double it with every one.
const MOST_STEPS: usize = 20_000;

impl Checker<'_> {
    pub fn children(&mut self) -> Vec<PlannedChild> {
        let Some(level) = self.levels.last() else { return vec![] };
        let target = level.target.clone();
        let slots: Vec<ChildSlot> = level.combined.file.children.clone().map(|c| c.value).unwrap_or_default();
        let mut planned: Vec<(usize, PlannedChild)> = Vec::new();
        for slot in &slots {
            let Some((order, route_slot)) =
                target.route.slots.iter().enumerate().find(|(_, s)| s.name == slot.slot.value)
            else {
                self.unknown_slot(slot, &target);
                continue;
            };
            for (i, child) in slot.uses.iter().enumerate() {
                self.used_twice(child, slot.uses.get(..i).unwrap_or_default());
                let errors_before = self.errors_so_far();
                let span = child.collection.span;
                match self.child(child, route_slot, &target) {
                    Some(child) => {
                        self.same_external_ids(&child, span, &planned);
                        planned.push((order, child));
                    }
                    None if self.too_big => {}
                    None => self.silent_child(errors_before, span),
                }
            }
        }
        planned.sort_by_key(|(order, _)| *order);
        planned.into_iter().map(|(_, child)| child).collect()
    }

    fn used_twice(&mut self, child: &ChildUse, before: &[ChildUse]) {
        let same = |c: &&ChildUse| c.collection.value == child.collection.value && c.each_text == child.each_text;
        if let Some(first) = before.iter().find(same) {
            self.diagnostics.push(
                Diagnostic::error(
                    "E0616",
                    child.collection.span,
                    format!("`{}` fills this slot from the same rows twice", child.collection.value),
                )
                .label(first.collection.span, "the first time")
                .help("keep one"),
            );
        }
    }

    /// Rows whose external ids are equal for certain: a link could not tell them apart.
    fn same_external_ids(&mut self, child: &PlannedChild, span: Span, before: &[(usize, PlannedChild)]) {
        let PlannedExternalId::Template(parts) = &child.level.external_id else { return };
        let own = parts.iter().any(|p| matches!(p, ExternalPart::Field(_)));
        let many = child.each.is_some_and(|each| !self.single_row(each));
        if many && !own {
            let message = format!("all rows of `{}` would have the same external id", child.level.collection);
            let _: Option<()> = self.error(
                "E0617",
                span,
                message,
                "name a field of the row in `external_id`: `{id}|{parent_external_id}`",
            );
            return;
        }
        let from_parent = |c: &PlannedChild| c.each.is_none() || !own;
        let twins: Vec<&PlannedChild> = before
            .iter()
            .map(|(_, c)| c)
            .filter(|c| {
                let same_rows =
                    (from_parent(c) && from_parent(child)) || (c.sources == child.sources && !c.sources.is_empty());
                same_rows
                    && c.level.record == child.level.record
                    && matches!(&c.level.external_id, PlannedExternalId::Template(p) if p == parts)
            })
            .collect();
        for twin in twins {
            self.overlap(twin, child, span);
        }
    }

    /// Two children with the same external ids over the same rows: fine as long as their filters are never both true.
    fn overlap(&mut self, one: &PlannedChild, other: &PlannedChild, span: Span) {
        let collections = self.others.collections;
        let file = |c: &PlannedChild| collections.iter().find(|o| *o.file.name.value == *c.level.collection);
        let (Some(a), Some(b)) = (file(one), file(other)) else { return };
        let Some(source) = self.builder.catalog.record(&other.level.source_type) else { return };
        let (first, second) = (&one.level.collection, &other.level.collection);
        if first == second {
            return; // one collection twice, which has been said
        }
        match together(&Definitions::of(a), &Definitions::of(b), &source.fields) {
            Together::Never => {}
            Together::Both(record) => {
                let message = format!("`{first}` and `{second}` would give their rows the same external id");
                let mut diagnostic = Diagnostic::error("E0617", span, message);
                if !record.is_empty() {
                    diagnostic = diagnostic.note(format!("both take a row with {}", record.join(", ")));
                }
                self.diagnostics.push(diagnostic.help(
                    "tell them apart by a text in `external_id`: `billing|{parent_external_id}`, or by filters that are never both true",
                ));
            }
            Together::Unknown => {
                let message = format!(
                    "`{first}` and `{second}` give their rows the same external id, and whether both can take the same row cannot be told"
                );
                self.diagnostics.push(Diagnostic::hint("H0601", span, message).help(
                    "compare fields with literals in their filters, or tell the rows apart by a text in `external_id`",
                ));
            }
        }
    }

    fn single_row(&self, each: StepId) -> bool {
        self.single_rows.contains(&each)
    }

    /// A child whose record types are wrong has been reported where its own file was checked.
    fn silent_child(&mut self, errors_before: usize, span: Span) {
        if self.errors_so_far() == errors_before {
            let _: Option<()> = self.error(
                "E0614",
                span,
                "this child collection has errors, so this one cannot run",
                "mend the child's own file first",
            );
        }
    }

    fn unknown_slot(&mut self, slot: &ChildSlot, target: &RecordType) {
        let names = target.route.slots.iter().map(|s| s.name.as_str());
        let mut diagnostic = Diagnostic::error(
            "E0604",
            slot.slot.span,
            format!("{} has no slot `{}` for children", target.title, slot.slot.value),
        );
        diagnostic = match did_you_mean(&slot.slot.value, names.clone()) {
            Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(slot.slot.span, near),
            None if target.route.slots.is_empty() => diagnostic.help("it takes no children"),
            None => diagnostic
                .help(format!("its slots are {}", names.map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))),
        };
        self.diagnostics.push(diagnostic);
    }

    fn child(&mut self, child: &ChildUse, slot: &Slot, target: &RecordType) -> Option<PlannedChild> {
        let name = &child.collection;
        let Some(combined) = self.others.collections.iter().find(|c| c.file.name.value == name.value).cloned() else {
            let names: Vec<&str> = self.others.collections.iter().map(|c| c.file.name.value.as_str()).collect();
            let mut diagnostic =
                Diagnostic::error("E0605", name.span, format!("there is no collection `{}`", name.value));
            let builtin = self.others.builtin.iter().any(|c| c.file.name.value == name.value);
            diagnostic = match did_you_mean(&name.value, names) {
                _ if builtin => diagnostic.help(
                    "it is a built-in one: `mapwright defaults install` writes those that are missing into the project; or take the entry away",
                ),
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near),
                None => diagnostic.help("write a file with `collection:` of that name, or take the entry away"),
            };
            return self.refuse(diagnostic);
        };
        if self.path.contains(&name.value) {
            let circle = format!("{} → {}", self.path.join(" → "), name.value);
            return self.error(
                "E0608",
                name.span,
                format!("child collections go in a circle: {circle}"),
                "a collection cannot be below itself",
            );
        }
        if self.path.len() >= MOST_LEVELS {
            return self.error(
                "E0613",
                name.span,
                format!("child collections are nested more than {MOST_LEVELS} deep"),
                "put some of them together",
            );
        }
        if self.builder.plan.steps.len() > MOST_STEPS {
            if std::mem::replace(&mut self.too_big, true) {
                return None;
            }
            return self.error(
                "E0613",
                name.span,
                format!(
                    "with this child the plan of `{}` has more than {MOST_STEPS} steps",
                    self.path.first().map_or("", String::as_str)
                ),
                "use fewer children, or smaller ones",
            );
        }
        let types = self.types_of(&combined)?;
        if types.target.name != slot.record {
            let message = format!(
                "`{}` writes {}, and the slot `{}` takes {}",
                name.value, types.target.name, slot.name, slot.record
            );
            return self.error("E0609", name.span, message, "take a collection for that record type, or another slot");
        }
        self.lineage = Lineage::default();
        let (each, source, known) = self.rows(child, &types)?;
        let sources = std::mem::take(&mut self.lineage.sources);
        self.path.push(name.value.clone());
        self.inherited = match &each {
            None => self.levels.last().map(|l| l.facts.iter().cloned().collect()).unwrap_or_default(),
            Some(_) => known,
        };
        let level = self.level(&combined, &types, source);
        self.path.pop();
        let single = target.fields.get(&slot.name).is_some_and(|f| f.kind == FieldKind::Record);
        Some(PlannedChild {
            slot: slot.name.as_str().into(),
            each,
            sources,
            remove_gone: child.remove_gone,
            single,
            level: level?,
        })
    }

    /// What a child runs over: the step that gives its rows, their shape, and what is not null in them.
    fn rows(&mut self, child: &ChildUse, types: &LevelTypes) -> Option<(Option<StepId>, ShapeId, Vec<Fact>)> {
        let parent = self.levels.last()?;
        let (parent_source, parent_type) = (parent.source, parent.source_type.clone());
        let Some(each) = &child.each else {
            if parent_type.name != types.source.name {
                let message = format!(
                    "`{}` reads {}, and the record above is {}",
                    child.collection.value, types.source.name, parent_type.name
                );
                return self.error("E0609", child.collection.span, message, "say with `each` what it runs over");
            }
            return Some((None, parent_source, vec![]));
        };
        let rows = self.expression(each)?;
        self.touch(&rows);
        let shape = match &rows.ty.kind {
            Kind::Record(shape) => Some(*shape),
            Kind::List(of) => match of.kind {
                Kind::Record(shape) => Some(shape),
                _ => None,
            },
            _ => None,
        };
        let Some(shape) = shape else {
            let words = rows.ty.words();
            return self.error(
                "E0610",
                each.span,
                format!("a child runs over records, this is {words}"),
                "name a list of records, or a record",
            );
        };
        let found = self.builder.plan.shapes.get(shape.0 as usize).and_then(|s| s.record_type.clone());
        // a row may also be a group of such records
        let found = found.or_else(|| self.grouped_type(shape));
        if found.as_deref() != Some(types.source.name.as_str()) {
            let found = found.map_or_else(|| String::from("a record of its own"), |f| f.to_string());
            let message = format!("`{}` reads {}, and `each` gives {found}", child.collection.value, types.source.name);
            return self.error("E0609", each.span, message, "run over what the collection reads");
        }
        if matches!(rows.ty.kind, Kind::Record(_)) {
            self.single_rows.push(rows.step);
        }
        Some((Some(rows.step), shape, rows.known))
    }

    /// The record types that a combined collection names; what is missing or unknown has been said when it was read by itself.
    pub fn types_of(&mut self, combined: &Arc<Combined>) -> Option<LevelTypes> {
        super::collection_types(combined, self.builder.catalog, None)
    }

    /// The external id: a template over BigCommerce's record.
    pub fn external_id(&mut self, types: &LevelTypes) -> Option<PlannedExternalId> {
        let level = self.levels.last()?;
        let file = level.combined.file.clone();
        let template = match &file.external_id {
            Some(id) => match &id.value {
                ExternalId::None => return Some(PlannedExternalId::None),
                ExternalId::Template(template) => template.clone(),
            },
            None => {
                return match &types.bigcommerce.id {
                    Some(id) => Some(PlannedExternalId::Template(vec![ExternalPart::Field(vec![id.clone()])])),
                    None => self.error(
                        "E0611",
                        file.name.span,
                        format!("{} has no id of its own, so `external_id` must say how to name it", types.bigcommerce.title),
                        "write a template such as `\"{location_id}|{product_id}\"`, or `none` for a row that is known by its content",
                    ),
                };
            }
        };
        let mut parts = Vec::new();
        for part in &template.parts {
            match part {
                TextPart::Text(text) => parts.push(ExternalPart::Text(text.clone())),
                TextPart::Hole(hole) => parts.push(self.external_part(hole, types)?),
            }
        }
        // of a child's rows this is asked where its parent is known
        if self.levels.len() == 1 && !parts.iter().any(|p| matches!(p, ExternalPart::Field(_) | ExternalPart::Parent)) {
            return self.error(
                "E0622",
                template.span,
                format!(
                    "every {} would have this same external id, so a link would find another record",
                    types.bigcommerce.title
                ),
                "name a field of BigCommerce's record in it, such as its id: `\"{id}\"`",
            );
        }
        Some(PlannedExternalId::Template(parts))
    }

    /// A path of fields, each within the one before; one that is read from BigCommerce is demanded.
    fn external_field(&mut self, path: Vec<String>, hole: &Expr, types: &LevelTypes) -> Option<ExternalPart> {
        let mut fields = types.bigcommerce.fields.clone();
        for (i, name) in path.iter().enumerate() {
            let Some(field) = fields.get(name).cloned() else {
                return self.error(
                    "E0301",
                    hole.span,
                    format!("`{name}` is not a field of `{}`", path.get(..i).unwrap_or_default().join(".")),
                    "name a field of BigCommerce's record",
                );
            };
            if i + 1 < path.len() {
                let Some((inner, _)) = self.builder.catalog.fields(&field) else {
                    return self.error(
                        "E0402",
                        hole.span,
                        format!("`{name}` has no fields of its own"),
                        "name the field itself",
                    );
                };
                fields = inner.clone();
            } else if matches!(field.kind, FieldKind::List | FieldKind::Record | FieldKind::Dictionary) {
                return self.error(
                    "E0402",
                    hole.span,
                    format!("`{}` is no single value", path.join(".")),
                    "name a field that holds one",
                );
            }
        }
        self.external_field_is_there(&path, hole, types)?;
        if let (Direction::To, Some(level), Some(first)) = (types.direction, self.levels.last(), path.first()) {
            let source = level.source;
            let _ = self.builder.slot(source, first);
        }
        Some(ExternalPart::Field(path))
    }

    /// A part of an external id is read back and is not null: a record without it would have no link.
    fn external_field_is_there(&mut self, path: &[String], hole: &Expr, types: &LevelTypes) -> Option<()> {
        let mut fields = Some(&types.bigcommerce.fields);
        let catalog = self.builder.catalog;
        let mut nullable = false;
        for name in path {
            let field = fields.and_then(|f| f.get(name))?;
            if field.write_only {
                return self.error(
                    "E0303",
                    hole.span,
                    format!("`{name}` of {} can only be written: answers do not carry it", types.bigcommerce.title),
                    "name a field that is read back",
                );
            }
            nullable |= field.nullable || !field.none.is_empty();
            fields = catalog.fields(field).map(|(fields, _)| fields);
        }
        let label = path.join(".");
        let sure = match types.direction {
            Direction::To => self.is_known(&label),
            // what a rule fills is what comes back
            Direction::From => self.levels.last().is_some_and(|level| {
                let mut rules = level.combined.file.rules.iter().flat_map(|r| &r.value.rules);
                rules.any(|rule| crate::combine::target_label(&rule.target) == label)
            }),
        };
        if !nullable || sure {
            return Some(());
        }
        self.error(
            "E0623",
            hole.span,
            format!("`{label}` may be null, and a record without it would have no external id and no link"),
            format!(
                "name a field that is always there, or refuse such records: `errors` with `when: {label} is empty`"
            ),
        )
    }

    fn external_part(&mut self, hole: &Expr, types: &LevelTypes) -> Option<ExternalPart> {
        let path = field_path(hole);
        match path.as_deref() {
            Some([only]) if only == "parent_external_id" => {
                // what only a parent could start is reported as such
                if self.levels.len() == 1 && runs_alone(&types.source) {
                    return self.error(
                        "E0302",
                        hole.span,
                        "there is no record above this one, so there is no `{parent_external_id}`",
                        "it is for child collections, and no collection of the project has this one under `children`",
                    );
                }
                Some(ExternalPart::Parent)
            }
            Some([only]) if self.levels.last().is_some_and(|l| self.grouped_type(l.source).is_some()) => {
                if only == GROUP_KEY {
                    return Some(ExternalPart::Field(path?));
                }
                self.error(
                    "E0301",
                    hole.span,
                    format!("the rows are groups, and `{only}` is not a field of a group"),
                    "an external id of a group is made of `{key}` and `{parent_external_id}`",
                )
            }
            Some([first, ..]) => {
                let fields = &types.bigcommerce.fields;
                if fields.get(first).is_some() {
                    return self.external_field(path?, hole, types);
                }
                let mut diagnostic = Diagnostic::error(
                    "E0301",
                    hole.span,
                    format!("`{first}` is not a field of {}", types.bigcommerce.title),
                );
                let known: Vec<&str> = fields.iter().map(|(n, _)| n).chain(["parent_external_id"]).collect();
                if let Some(near) = did_you_mean(first, known) {
                    diagnostic = diagnostic.note(format!("did you mean `{near}`?")).edit(hole.span, near);
                }
                self.refuse(
                    diagnostic
                        .help("an external id is made of fields of BigCommerce's record and `{parent_external_id}`"),
                )
            }
            _ => self.error(
                "E0301",
                hole.span,
                "an external id is made of plain fields",
                "name a field of BigCommerce's record, or `{parent_external_id}`",
            ),
        }
    }
}

fn field_path(expr: &Expr) -> Option<Vec<String>> {
    match &expr.kind {
        ExprKind::Name { name, .. } => Some(vec![name.text.clone()]),
        ExprKind::Member(inner, name) => {
            let mut path = field_path(inner)?;
            path.push(name.text.clone());
            Some(path)
        }
        _ => None,
    }
}
