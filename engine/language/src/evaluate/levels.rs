//! The life of a record: filters, errors, what is there, filters on that, rules, children.

use std::collections::HashMap;
use std::sync::Arc;

use crate::plan::{Level, Lineage, Plan, PlannedChild, PlannedRule, Step};
use crate::schema::Decoder;
use crate::source::Span;
use crate::syntax::tree::On;
use crate::value::{Promise, Text, Value, text_of};

use super::absent::promised;
use super::context::{ChildKey, Context, LinkAnswer, TargetState};
use super::outcome::{Evaluation, Failure, FailureKind, MappedChild, MappedField, MappedRecord, Need, Outcome, Reason};
use super::row::Row;
use super::run::{Frame, Problem, Run, Stop};

/// Evaluates a plan over one record, given as JSON.
#[must_use]
pub fn evaluate(plan: &Plan, record: &[u8], context: &Context<'_>) -> Evaluation {
    let decoder = Decoder { shapes: &plan.shapes, zone: &context.time_zone };
    let source = match decoder.record(plan.root.source, record) {
        Ok(source) => source,
        Err(error) => {
            // a record on one line may be any line of a file: only its column is known here
            let one_line = !record.trim_ascii_end().contains(&b'\n');
            let error =
                if one_line { format!("column {}: {}", error.column, error.message) } else { error.to_string() };
            return done(Outcome::Failed(vec![unreadable(plan, &error)]));
        }
    };
    let mut run = Run {
        plan,
        context,
        frames: Vec::new(),
        binders: vec![Value::Null; plan.binders as usize],
        positions: Vec::new(),
        needs: Vec::new(),
        steps_left: context.most_steps,
        depth: 0,
        left_out: 0,
    };
    for (i, planned) in plan.parents.iter().enumerate().rev() {
        let parent = context.parents.get(i);
        let read = |shape, json| decoder.record(shape, crate::json::write(json).as_bytes()).ok();
        let source = parent.and_then(|p| read(planned.source, p.record.as_ref()?)).unwrap_or(Value::Null);
        let existing = parent.and_then(|p| read(planned.existing?, p.existing.as_ref()?));
        run.frames.push(Frame {
            level: &plan.root,
            source,
            existing,
            there: None,
            lets: vec![],
            position: 1,
            document: None,
        });
    }
    let mut outcome = run.root(source.clone());
    if let Evaluation::Done(Outcome::Mapped(record)) = &mut outcome
        && let Some(text) = promised(&plan.shapes, plan.root.source, &source)
    {
        record.warnings.push(dropped(&plan.root, text));
    }
    outcome
}

fn done(outcome: Outcome) -> Evaluation {
    Evaluation::Done(outcome)
}

fn unreadable(plan: &Plan, message: &str) -> Failure {
    Failure {
        kind: FailureKind::Source,
        collection: plan.root.collection.clone(),
        field: None,
        message: format!("the record cannot be read: {message}"),
        sources: vec![],
        span: plan.root.span,
        row: String::new(),
    }
}

fn elements(count: usize) -> String {
    if count == 1 { String::from("1 element") } else { format!("{count} elements") }
}

/// Why a whole collection, or a row of it, is not mapped.
fn dropped(level: &Level, text: String) -> Reason {
    Reason { text, span: level.span, collection: level.collection.clone() }
}

/// The part of a collection that stopped: its target field if it is a rule, and what it reads.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    field: Option<&'a Arc<str>>,
    sources: &'a [String],
    personal: bool,
}

impl<'a> Part<'a> {
    fn rule(rule: &'a PlannedRule) -> Self {
        Part { field: Some(&rule.label), ..Part::condition(&rule.lineage) }
    }

    pub fn condition(lineage: &'a Lineage) -> Self {
        Part { field: None, sources: &lineage.sources, personal: lineage.personal }
    }
}

/// What is gathered over a record and its children.
#[derive(Default)]
pub(super) struct Gathered {
    failures: Vec<Failure>,
    waits: Vec<Promise>,
    pub refused: Option<Reason>,
}

impl Gathered {
    /// Whether nothing is missing so far.
    pub fn is_sound(&self) -> bool {
        self.failures.is_empty() && self.waits.is_empty() && self.refused.is_none()
    }
}

impl<'p> Run<'p, '_> {
    fn root(&mut self, source: Value) -> Evaluation {
        let plan = self.plan;
        let level = &plan.root;
        self.push(level, source, None, self.context.position);
        if !level.active {
            let text = format!("`{}` is not active", level.collection);
            return done(Outcome::Skipped(dropped(level, text)));
        }
        let mut gathered = Gathered::default();
        match self.filters(level, false, &mut gathered, &Row::ROOT) {
            Ok(Some(reason)) => return done(Outcome::Skipped(reason)),
            Ok(None) => {}
            Err(()) => return self.finish(gathered, None, vec![]),
        }
        match self.errors(level, &mut gathered, &Row::ROOT) {
            Ok(Some(reason)) => return done(Outcome::Refused(reason)),
            Ok(None) => {}
            Err(()) => return self.finish(gathered, None, vec![]),
        }
        self.before(level, &mut gathered);
        let find_by = self.find_by(level, &mut gathered, &Row::ROOT);
        if !gathered.failures.is_empty() || !gathered.waits.is_empty() || !self.needs.is_empty() {
            // the record cannot be found without these values; all else is still evaluated so that one report says everything
            if self.needs.is_empty() {
                let _ = self.rules(level, true, &mut gathered, &Row::ROOT);
                return self.finish(gathered, None, find_by);
            }
            return Evaluation::Needs { needs: std::mem::take(&mut self.needs), find_by };
        }
        let creating = match self.context.target.root(&find_by) {
            TargetState::Unknown => {
                self.need(Need::Existing);
                return Evaluation::Needs { needs: std::mem::take(&mut self.needs), find_by };
            }
            TargetState::Creating => true,
            TargetState::Existing(json) => {
                self.set_existing(level, json.as_ref());
                false
            }
        };
        match self.filters(level, true, &mut gathered, &Row::ROOT) {
            Ok(Some(reason)) => return done(Outcome::Skipped(reason)),
            Ok(None) => {}
            Err(()) => return self.finish(gathered, None, find_by),
        }
        let record = self.body(level, creating, &mut gathered, &mut Vec::new(), &Row::ROOT);
        self.finish(gathered, Some(record), find_by)
    }

    fn finish(
        &mut self,
        gathered: Gathered,
        record: Option<MappedRecord>,
        find_by: Vec<(Arc<str>, Value)>,
    ) -> Evaluation {
        if !self.needs.is_empty() {
            return Evaluation::Needs { needs: std::mem::take(&mut self.needs), find_by };
        }
        if let Some(reason) = gathered.refused {
            return done(Outcome::Refused(reason));
        }
        if !gathered.failures.is_empty() {
            return done(Outcome::Failed(gathered.failures));
        }
        if !gathered.waits.is_empty() {
            return done(Outcome::Parked(gathered.waits));
        }
        match record {
            Some(record) => done(Outcome::Mapped(record)),
            None => done(Outcome::Failed(vec![unreadable(self.plan, "nothing was evaluated")])),
        }
    }

    fn push(&mut self, level: &'p Level, source: Value, existing: Option<Value>, position: u64) {
        self.frames.push(Frame {
            level,
            source,
            existing,
            there: None,
            lets: vec![None; level.lets.len()],
            position,
            document: None,
        });
    }

    fn set_existing(&mut self, level: &Level, json: Option<&crate::json::Json>) {
        let existing = level.existing.zip(json).and_then(|(shape, json)| {
            let decoder = Decoder { shapes: &self.plan.shapes, zone: &self.context.time_zone };
            decoder.record(shape, crate::json::write(json).as_bytes()).ok()
        });
        if let Some(frame) = self.frames.last_mut() {
            frame.existing = existing;
            frame.there = json.filter(|_| level.finished.is_some()).cloned();
            frame.lets.iter_mut().for_each(|l| *l = None);
        }
    }

    /// Records that must be linked first: asked for once, waited for if that did not help.
    fn before(&mut self, level: &Level, gathered: &mut Gathered) {
        for before in &level.before {
            let id = match self.eval(before.id) {
                Ok(value) => text_of(&value).filter(|t| !t.is_empty()),
                Err(stop) => {
                    self.stopped(stop, Part::condition(&before.lineage), gathered, &Row::ROOT);
                    continue;
                }
            };
            let Some(id) = id else { continue };
            let promise = Promise { record_type: before.record_type.clone(), id };
            match self.context.outside.link(&promise.record_type, &promise.id) {
                LinkAnswer::Linked(_) | LinkAnswer::Promised => {}
                LinkAnswer::Unknown => self.need(Need::Link(promise)),
                LinkAnswer::Missing if self.context.outside.tried(&promise) => {
                    if !gathered.waits.contains(&promise) {
                        gathered.waits.push(promise);
                    }
                }
                LinkAnswer::Missing => self.need(Need::Before(promise)),
            }
        }
    }

    /// Filters in order; the first that is not true gives its reason.
    fn filters(
        &mut self,
        level: &Level,
        on_existing: bool,
        gathered: &mut Gathered,
        row: &Row<'_>,
    ) -> Result<Option<Reason>, ()> {
        for filter in level.filters.iter().filter(|f| f.uses_existing == on_existing) {
            match self.truth(filter.that) {
                Ok(true) => {}
                Ok(false) => return Ok(Some(self.reason(filter.because, filter.span, level))),
                Err(stop) => {
                    self.stopped(stop, Part::condition(&filter.lineage), gathered, row);
                    return Err(());
                }
            }
        }
        Ok(None)
    }

    fn errors(&mut self, level: &Level, gathered: &mut Gathered, row: &Row<'_>) -> Result<Option<Reason>, ()> {
        for error in &level.errors {
            match self.truth(error.when) {
                Ok(false) => {}
                Ok(true) => return Ok(Some(self.reason(error.message, error.span, level))),
                Err(stop) => {
                    self.stopped(stop, Part::condition(&error.lineage), gathered, row);
                    return Err(());
                }
            }
        }
        Ok(None)
    }

    pub fn reason(&mut self, text: crate::plan::StepId, span: Span, level: &Level) -> Reason {
        let text = match self.eval(text) {
            Ok(value) => text_of(&value).map_or_else(String::new, |t| t.to_string()),
            Err(_) => String::from("(the reason could not be put together)"),
        };
        Reason { text, span, collection: level.collection.clone() }
    }

    fn find_by(&mut self, level: &Level, gathered: &mut Gathered, row: &Row<'_>) -> Vec<(Arc<str>, Value)> {
        let mut values = Vec::new();
        for name in &level.find_by {
            let Some(rule) = level.rules.iter().find(|r| r.label == *name) else { continue };
            match self.eval(rule.value) {
                Ok(value) => values.push((name.clone(), value)),
                Err(stop) => self.stopped(stop, Part::rule(rule), gathered, row),
            }
        }
        values
    }

    pub fn stopped(&mut self, stop: Stop, part: Part<'_>, gathered: &mut Gathered, row: &Row<'_>) {
        match stop {
            Stop::Need => {}
            Stop::Wait(promises) => {
                for promise in promises {
                    if !gathered.waits.contains(&promise) {
                        gathered.waits.push(promise);
                    }
                }
            }
            Stop::Fail(problem) => {
                let failure = self.failure(*problem, part.field.cloned(), part.sources.to_vec(), part.personal, row);
                if !gathered.failures.contains(&failure) {
                    gathered.failures.push(failure);
                }
            }
        }
    }

    /// The fields of a record, with what is to be said of elements that were left out.
    fn rules(&mut self, level: &Level, creating: bool, gathered: &mut Gathered, row: &Row<'_>) -> MappedRecord {
        let mut fields = Vec::with_capacity(level.rules.len());
        let mut warnings = Vec::new();
        for (rule, at) in level.rules.iter().zip(0..) {
            let runs = match rule.on {
                None => true,
                Some(On::Create) => creating,
                Some(On::Update) => !creating,
            };
            if !runs {
                continue;
            }
            self.left_out = 0;
            let value = self.eval(rule.value);
            if self.left_out > 0 {
                let text =
                    format!("`{}`: {} without a value left out of the list", rule.label, elements(self.left_out));
                warnings.push(Reason { text, span: rule.span, collection: level.collection.clone() });
            }
            match value {
                Ok(Value::Null) => {}
                // on create there is nothing to empty; only a field that must be there gets its none-value
                Ok(Value::Clear) if creating && !rule.field.required => {}
                Ok(value) => fields.push(MappedField { rule: at, value }),
                Err(stop) => self.stopped(stop, Part::rule(rule), gathered, row),
            }
        }
        self.halves(level, &fields, gathered, row);
        MappedRecord { fields, warnings, ..MappedRecord::default() }
    }

    /// Fields that go together, of which one has a value and another none.
    fn halves(&mut self, level: &Level, fields: &[MappedField], gathered: &mut Gathered, row: &Row<'_>) {
        for group in &level.together {
            let has = |label: &Arc<str>| {
                fields.iter().any(|f| level.rules.get(f.rule as usize).is_some_and(|r| r.label == *label))
            };
            let (Some(there), Some(absent)) = (group.iter().find(|l| has(l)), group.iter().find(|l| !has(l))) else {
                continue;
            };
            let Some(rule) = level.rules.iter().find(|rule| rule.label == *absent) else { continue };
            // what failed has been told
            if gathered.failures.iter().any(|f| f.field.as_ref() == Some(absent)) || !self.needs.is_empty() {
                continue;
            }
            let text = format!("is empty, and the target takes `{there}` only together with it");
            let problem = Problem { kind: FailureKind::Target, text, value: Value::Null, span: rule.span };
            self.stopped(Stop::Fail(Box::new(problem)), Part::rule(rule), gathered, row);
        }
    }

    /// Rows of one parent with the same value in a field that no two of them may share.
    fn twice(&mut self, level: &'p Level, record: &MappedRecord, gathered: &mut Gathered, row: &Row<'_>) {
        let mut seen: HashMap<(&str, &str, Text), u32> = HashMap::new();
        let mut nth: HashMap<&str, u32> = HashMap::new();
        for child in &record.children {
            let Some(planned) = level.children.get(child.child as usize) else { continue };
            let place = nth.entry(&planned.slot).or_default();
            let this = *place;
            *place += 1;
            for field in &child.record.fields {
                let Some(rule) = planned.level.rules.get(field.rule as usize).filter(|r| r.field.unique) else {
                    continue;
                };
                let Some(text) = text_of(&field.value) else { continue };
                let Some(other) = seen.insert((&planned.slot, &rule.label, text), this) else { continue };
                let text =
                    format!("is {{}} twice, in `{}[{other}]` too, and no two rows may have the same", planned.slot);
                let problem = Problem { kind: FailureKind::Target, text, value: field.value.clone(), span: rule.span };
                let row = Row::below(row, &planned.slot, this);
                self.stopped(Stop::Fail(Box::new(problem)), Part::rule(rule), gathered, &row);
            }
        }
    }

    /// Rules and children of a record whose state is known.
    fn body(
        &mut self,
        level: &'p Level,
        creating: bool,
        gathered: &mut Gathered,
        above: &mut Vec<(Arc<str>, u32)>,
        row: &Row<'_>,
    ) -> MappedRecord {
        let mut record = self.rules(level, creating, gathered, row);
        for (child, at) in level.children.iter().zip(0..) {
            self.child(child, at, creating, gathered, above, row, &mut record);
        }
        self.twice(level, &record, gathered, row);
        self.checks(level, &mut record, gathered, row);
        record
    }

    #[allow(clippy::too_many_arguments)] // the state of one walk
    fn child(
        &mut self,
        child: &'p PlannedChild,
        at: u32,
        creating: bool,
        gathered: &mut Gathered,
        above: &mut Vec<(Arc<str>, u32)>,
        row: &Row<'_>,
        record: &mut MappedRecord,
    ) {
        if !child.level.active {
            let text = format!("`{}` is not active", child.level.collection);
            record.skipped_children.push((child.slot.clone(), dropped(&child.level, text)));
            return;
        }
        let rows = match child.each {
            None => self.frames.last().map_or_else(|| Arc::from([]), |f| Arc::from([f.source.clone()])),
            Some(each) => match self.eval(each) {
                Ok(Value::List(items)) => items,
                Ok(single @ Value::Record(_)) => Arc::from([single]),
                Ok(_) => return,
                Err(stop) => {
                    let part = Part { field: None, sources: &child.sources, personal: true };
                    self.stopped(stop, part, gathered, &Row::all_below(row, &child.slot));
                    return;
                }
            },
        };
        let positions = std::mem::take(&mut self.positions);
        let mut position = 1;
        for (source, index) in rows.iter().zip(0u32..) {
            let row = Row::below(row, &child.slot, index);
            if let Value::Unreadable(what) = source {
                let problem = Problem {
                    kind: FailureKind::Source,
                    text: format!("the row {}", what.why),
                    value: what.found.clone(),
                    span: child.level.span,
                };
                gathered.failures.push(self.failure(problem, None, child.sources.clone(), true, &row));
                continue;
            }
            if matches!(source, Value::Null) {
                let reason = dropped(&child.level, format!("row {index} is null"));
                record.skipped_children.push((child.slot.clone(), reason));
                continue;
            }
            self.push(&child.level, source.clone(), None, position);
            if let Some(mapped) = self.child_row(child, at, index, creating, gathered, above, &row, record) {
                record.children.push(mapped);
                position += 1;
            }
            self.frames.pop();
        }
        self.positions = positions;
    }

    #[allow(clippy::too_many_arguments)] // the state of one walk
    fn child_row(
        &mut self,
        child: &'p PlannedChild,
        at: u32,
        index: u32,
        parent_creating: bool,
        gathered: &mut Gathered,
        above: &mut Vec<(Arc<str>, u32)>,
        row: &Row<'_>,
        record: &mut MappedRecord,
    ) -> Option<MappedChild> {
        let level = &child.level;
        if let Some(reason) = self.filters(level, false, gathered, row).ok()? {
            record.skipped_children.push((child.slot.clone(), reason));
            return None;
        }
        if let Some(reason) = self.errors(level, gathered, row).ok()? {
            gathered.refused.get_or_insert(reason);
            return None;
        }
        let source_id = self.source_id(level);
        let group = self.group_key(child);
        let looks =
            level.existing.is_some() || level.rules.iter().any(|r| r.on.is_some()) || !level.children.is_empty();
        let mut creating = parent_creating;
        if looks && !parent_creating {
            let find_by = self.find_by(level, gathered, row);
            let key = ChildKey {
                above,
                slot: &child.slot,
                collection: &level.collection,
                record_type: &level.record,
                source_id: source_id.as_deref(),
                group: group.as_ref().and_then(|key| key.as_deref()),
                index,
                find_by: &find_by,
            };
            creating = match self.context.target.child(&key) {
                TargetState::Creating => true,
                TargetState::Existing(json) => {
                    self.set_existing(level, json.as_ref());
                    false
                }
                TargetState::Unknown => {
                    self.need(Need::Existing);
                    return None;
                }
            };
        }
        if let Some(reason) = self.filters(level, true, gathered, row).ok()? {
            record.skipped_children.push((child.slot.clone(), reason));
            return None;
        }
        above.push((child.slot.clone(), index));
        let mapped = self.body(level, creating, gathered, above, row);
        above.pop();
        Some(MappedChild { child: at, source_id, index, group, record: mapped })
    }

    /// The key of the group that the row is, where `each` makes groups; inner none: rows without key.
    #[allow(clippy::option_option)] // no group, a group without key, a key
    fn group_key(&self, child: &PlannedChild) -> Option<Option<Text>> {
        let Step::Group { .. } = self.plan.steps.get(child.each?.0 as usize)? else { return None };
        let Value::Record(slots) = &self.frames.last()?.source else { return None };
        Some(slots.first().and_then(text_of))
    }

    /// The row's own id, if its record type has one.
    fn source_id(&self, level: &Level) -> Option<Text> {
        let at = level.id_slot?;
        let Value::Record(slots) = &self.frames.last()?.source else { return None };
        slots.get(at).and_then(text_of)
    }
}
