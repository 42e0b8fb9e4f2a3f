//! What stands around a record's own mapping: records that must be linked before it, collections that run after it, and checks of
//! the finished target record.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping_file::{After, Before, Check};
use crate::plan::{Lineage, PlannedAfter, PlannedBefore, PlannedCheck, ShapeId};
use crate::schema::{Field, FieldKind, Fields, RecordType};
use crate::syntax::tree::{Expr, ExprKind};

use super::checker::Checker;
use super::level::LevelTypes;
use super::scope::LevelScope;

impl Checker<'_> {
    pub fn before(&mut self, types: &LevelTypes) -> Vec<PlannedBefore> {
        let Some(level) = self.levels.last() else { return vec![] };
        let entries = level.combined.file.before.clone().map(|b| b.value).unwrap_or_default();
        entries.iter().filter_map(|entry| self.before_entry(entry, types)).collect()
    }

    fn before_entry(&mut self, entry: &Before, types: &LevelTypes) -> Option<PlannedBefore> {
        let name = &entry.record.value;
        let collections = self.others.collections;
        let moves = |c: &&Arc<crate::combine::Combined>| {
            c.file.record.as_ref().is_some_and(|r| r.value == *name)
                && c.file.direction.as_ref().is_some_and(|d| d.value == types.direction)
        };
        if collections.iter().find(moves).is_none() {
            let known = collections.iter().filter_map(|c| c.file.record.as_ref()).map(|r| r.value.as_str());
            let message = format!("no collection of this project transfers {name} in this direction");
            let mut diagnostic = Diagnostic::error("E0620", entry.record.span, message);
            if let Some(near) = did_you_mean(name, known).filter(|near| near != name) {
                diagnostic = diagnostic.note(format!("did you mean `{near}`?")).edit(entry.record.span, near);
            }
            return self.refuse(diagnostic.help("write a collection for it, or take the entry away"));
        }
        if self.path.len() > 1 {
            return self.error(
                "E0620",
                entry.span,
                "a child is transferred with its parent, so nothing can go before it alone",
                "put `before` into the root collection",
            );
        }
        self.lineage = Lineage::default();
        let id = self.plain(&entry.id)?;
        self.check_link_subject(&id.ty, name, entry.id.span)?;
        let lineage = std::mem::take(&mut self.lineage);
        self.effect("before", name, entry.span);
        Some(PlannedBefore { record_type: name.as_str().into(), id: id.step, span: entry.span, lineage })
    }

    pub fn after(&mut self, types: &LevelTypes) -> Vec<PlannedAfter> {
        let Some(level) = self.levels.last() else { return vec![] };
        let entries = level.combined.file.after.clone().map(|a| a.value).unwrap_or_default();
        entries.iter().filter_map(|entry| self.after_entry(entry, types)).collect()
    }

    fn after_entry(&mut self, entry: &After, types: &LevelTypes) -> Option<PlannedAfter> {
        let name = &entry.collection;
        let collections = self.others.collections;
        let Some(combined) = collections.iter().find(|c| c.file.name.value == name.value).cloned() else {
            let diagnostic = Diagnostic::error("E0605", name.span, format!("there is no collection `{}`", name.value));
            let names = collections.iter().map(|c| c.file.name.value.as_str());
            return self.refuse(match did_you_mean(&name.value, names) {
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near),
                None => diagnostic.help("write a file with `collection:` of that name, or take the entry away"),
            });
        };
        if self.path.len() > 1 {
            let message = "a child is transferred with its parent, so nothing can run after it alone";
            return self.error("E0621", entry.span, message, "put `after` into the root collection");
        }
        if let Some(circle) = self.comes_back(&name.value) {
            let message = format!("collections run after one another in a circle: {circle}");
            return self.error("E0621", name.span, message, "one of them has to be the last");
        }
        let theirs = self.types_of(&combined)?;
        if theirs.direction != types.direction {
            let message = format!("`{}` goes the other way", name.value);
            return self.error("E0609", name.span, message, "what runs afterwards reads the same system");
        }
        let (path, found) = match &entry.each {
            None => (vec![], Some(types.source.name.clone())),
            Some(each) => {
                let path = plain_path(each);
                if path.is_empty() {
                    let message = "what a collection runs over afterwards is a plain path of the source record";
                    return self.error("E0621", each.span, message, "name a field: `each: shipments`");
                }
                let rows = self.expression(each)?;
                let mut kind = rows.ty.kind;
                if let super::types::Kind::List(of) = kind {
                    kind = of.kind;
                }
                let super::types::Kind::Record(shape) = kind else {
                    let message = "what a collection runs over is a record or a list of records";
                    return self.error("E0610", each.span, message, "name a field that holds records");
                };
                let found = self.builder.plan.shapes.get(shape.0 as usize)?.record_type.clone();
                (path, found.map(|f| f.to_string()))
            }
        };
        if found.as_deref() != Some(theirs.source.name.as_str()) {
            let found = found.unwrap_or_else(|| String::from("a record of its own"));
            let message = format!("`{}` reads {}, and this is {found}", name.value, theirs.source.name);
            return self.error("E0609", entry.span, message, "run over what the collection reads");
        }
        let collection = name.value.as_str().into();
        Some(PlannedAfter { collection, path: path.into_iter().map(Into::into).collect(), span: entry.span })
    }

    /// The names from this collection back to itself, by way of `after`. Only those in one circle with it are gone through.
    fn comes_back(&self, first: &str) -> Option<String> {
        let own = self.path.first()?;
        if !self.others.after.in_one_circle(own, first) {
            return None;
        }
        let mut before: HashMap<&str, &str> = HashMap::new();
        let mut open = VecDeque::from([first]);
        while let Some(last) = open.pop_front() {
            if last == own {
                break;
            }
            for next in self.others.after.of_collection(last) {
                if !before.contains_key(next) && next != first {
                    before.insert(next, last);
                    open.push_back(next);
                }
            }
        }
        let mut names = vec![own.as_str()];
        while let Some(name) = names.last().filter(|n| **n != first).and_then(|n| before.get(n)) {
            names.push(name);
        }
        names.reverse();
        Some(format!("{own} → {}", names.join(" → ")))
    }

    /// The checks, and the shape of the finished record that they look at.
    pub fn checks(&mut self, types: &LevelTypes) -> (Vec<PlannedCheck>, Option<ShapeId>) {
        let Some(level) = self.levels.last() else { return (vec![], None) };
        let combined = level.combined.clone();
        let entries: Vec<Check> = combined.file.checks.clone().map(|c| c.value).unwrap_or_default();
        if entries.is_empty() {
            return (vec![], None);
        }
        let finished = self.builder.shape_of_fields(finished_fields(&types.target), &types.target.title);
        self.builder.custom_of_shape(finished, types.target.custom.clone());
        // a scope of its own: the target's fields, and nothing of the source
        let outer = std::mem::take(&mut self.levels);
        let scope = LevelScope::new(combined, finished, types.target.clone(), types.target.clone());
        self.levels.push(LevelScope { received: false, ..scope });
        let planned = entries.iter().filter_map(|entry| self.check(entry)).collect();
        let own = self.levels.pop();
        self.levels = outer;
        if let (Some(level), Some(own)) = (self.levels.last_mut(), own) {
            level.used_lookups.extend(own.used_lookups);
            level.used_settings.extend(own.used_settings);
        }
        (planned, Some(finished))
    }

    fn check(&mut self, entry: &Check) -> Option<PlannedCheck> {
        self.lineage = Lineage::default();
        let errors_before = self.errors_so_far();
        let that = self.condition(&entry.that);
        let lineage = std::mem::take(&mut self.lineage);
        if lineage.existing {
            return self.error(
                "E0506",
                entry.that.span,
                "a check has no `existing`: it looks at the record as it will be, what is there already included",
                "name the target's field itself: `price > 0`",
            );
        }
        let message = self.message(&entry.message);
        if that.is_none() || message.is_none() {
            self.never_silent(errors_before, entry.span);
        }
        Some(PlannedCheck { that: that?, message: message?, warns: entry.warns, span: entry.that.span, lineage })
    }
}

/// The target's fields and its children's slots; any of them may be missing from a finished record.
fn finished_fields(target: &RecordType) -> Fields {
    let mut fields: Vec<(String, Field)> = target
        .fields
        .iter()
        .map(|(name, field)| {
            let field = Field { nullable: true, write_only: false, ..field.clone() };
            (name.to_owned(), field)
        })
        .collect();
    for slot in &target.route.slots {
        if target.fields.get(&slot.name).is_none() {
            let row = Field { kind: FieldKind::Record, record: Some(slot.record.clone()), ..Field::default() };
            let list = Field { kind: FieldKind::List, of: Some(Box::new(row)), ..Field::default() };
            fields.push((slot.name.clone(), list));
        }
    }
    Fields(fields)
}

/// `a.b` as its names; nothing if it is anything else.
fn plain_path(expr: &Expr) -> Vec<String> {
    match &expr.kind {
        ExprKind::Name { name, .. } => vec![name.text.clone()],
        ExprKind::Member(inner, name) => {
            let mut path = plain_path(inner);
            if !path.is_empty() {
                path.push(name.text.clone());
            }
            path
        }
        _ => vec![],
    }
}
