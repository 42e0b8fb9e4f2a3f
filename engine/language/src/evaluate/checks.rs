//! Checks of the finished target record: what the rules and children give, laid over what is there already.

use std::sync::Arc;

use crate::plan::{Level, OutShape, PlannedRule, ShapeId, ShapeSlot};
use crate::schema::Decoder;
use crate::value::Value;

use super::levels::{Gathered, Part};
use super::outcome::MappedRecord;
use super::row::Row;
use super::run::{Frame, Run};

/// A rule that gave a value, what is left of its target's path, and the value.
type Written<'r> = (&'r PlannedRule, &'r [Arc<str>], &'r Value);

impl<'p> Run<'p, '_> {
    /// Asks the checks of a level. One that refuses is noted; the others become warnings of the record.
    pub fn checks(&mut self, level: &'p Level, record: &mut MappedRecord, gathered: &mut Gathered, row: &Row<'_>) {
        let Some(finished) = level.finished.filter(|_| gathered.is_sound() && self.needs.is_empty()) else { return };
        let there = self.frames.last().and_then(|f| f.there.as_ref()).and_then(|json| {
            let decoder = Decoder { shapes: &self.plan.shapes, zone: &self.context.time_zone };
            decoder.record(finished, crate::json::write(json).as_bytes()).ok()
        });
        let source = self.finished(level, record, finished, there.as_ref());
        self.frames.push(Frame {
            level,
            source,
            existing: None,
            there: None,
            lets: vec![],
            position: 1,
            document: None,
        });
        for check in &level.checks {
            match self.truth(check.that) {
                Ok(true) => {}
                Ok(false) => {
                    let reason = self.reason(check.message, check.span, level);
                    if check.warns {
                        record.warnings.push(reason);
                    } else {
                        gathered.refused.get_or_insert(reason);
                    }
                }
                Err(stop) => self.stopped(stop, Part::condition(&check.lineage), gathered, row),
            }
        }
        self.frames.pop();
    }

    fn finished(&self, level: &Level, record: &MappedRecord, shape: ShapeId, there: Option<&Value>) -> Value {
        let written: Vec<Written<'_>> = record
            .fields
            .iter()
            .filter_map(|f| level.rules.get(f.rule as usize).map(|rule| (rule, rule.target.as_slice(), &f.value)))
            .collect();
        let Some(shape) = self.plan.shapes.get(shape.0 as usize) else { return Value::Null };
        let slots = shape.slots.iter().enumerate().map(|(at, slot)| {
            let before = there.and_then(|t| slot_of(t, at));
            let mut children = record.children.iter().filter_map(|c| {
                let planned = level.children.get(c.child as usize).filter(|p| *p.slot == *slot.name)?;
                Some(self.finished(&planned.level, &c.record, slot.shape?, None))
            });
            match level.children.iter().find(|p| *p.slot == *slot.name) {
                Some(planned) if planned.single => children.next().unwrap_or_else(|| before.unwrap_or(Value::Null)),
                Some(_) => Value::List(children.collect()),
                None => self.field_of(&written, slot, before),
            }
        });
        Value::Record(slots.collect())
    }

    /// What a field holds in the end: what a rule writes into it or into parts of it, else what is there.
    fn field_of(&self, written: &[Written<'_>], slot: &ShapeSlot, before: Option<Value>) -> Value {
        let own: Vec<Written<'_>> = written
            .iter()
            .filter_map(|(rule, path, value)| match path {
                [head, rest @ ..] if *head == slot.name => Some((*rule, rest, *value)),
                _ => None,
            })
            .collect();
        match own.as_slice() {
            [] => before.unwrap_or(Value::Null),
            [(rule, [], Value::Dictionary(written))] if rule.field.rows.is_some() => {
                // rows that the rule does not name stay
                let mut entries: Vec<(Arc<str>, Value)> = match before {
                    Some(Value::Dictionary(entries)) => entries.to_vec(),
                    _ => vec![],
                };
                entries.retain(|(name, _)| !written.iter().any(|(n, v)| n == name && !matches!(v, Value::Null)));
                entries.extend(written.iter().filter(|(_, v)| !matches!(v, Value::Null | Value::Clear)).cloned());
                Value::Dictionary(entries.into())
            }
            [(rule, [], value)] => self.named(value, &rule.shape, slot.shape),
            parts if parts.iter().any(|(rule, ..)| rule.custom) => {
                let mut entries: Vec<(Arc<str>, Value)> = match before {
                    Some(Value::Dictionary(entries)) => entries.to_vec(),
                    _ => vec![],
                };
                for (_, path, value) in parts {
                    let Some(name) = path.first() else { continue };
                    entries.retain(|(n, _)| n != name);
                    if !matches!(value, Value::Null | Value::Clear) {
                        entries.push((name.clone(), (*value).clone()));
                    }
                }
                Value::Dictionary(entries.into())
            }
            parts => {
                let shape = slot.shape.and_then(|s| self.plan.shapes.get(s.0 as usize));
                let inner = shape.into_iter().flat_map(|s| s.slots.iter().enumerate());
                Value::Record(
                    inner
                        .map(|(at, slot)| self.field_of(parts, slot, before.as_ref().and_then(|b| slot_of(b, at))))
                        .collect(),
                )
            }
        }
    }

    /// A value with its records' slots in the order of a shape.
    fn named(&self, value: &Value, written: &OutShape, shape: Option<ShapeId>) -> Value {
        match (value, written) {
            (Value::Clear, _) => Value::Null,
            (Value::List(items), OutShape::List(of)) => {
                Value::List(items.iter().map(|item| self.named(item, of, shape)).collect())
            }
            (Value::Record(slots), OutShape::Record(names)) => {
                let Some(shape) = shape.and_then(|s| self.plan.shapes.get(s.0 as usize)) else { return Value::Null };
                let slot = |slot: &ShapeSlot| {
                    let at = names.iter().position(|(name, ..)| *name == slot.name);
                    let found = at.and_then(|at| Some((slots.get(at)?, &names.get(at)?.2)));
                    found.map_or(Value::Null, |(value, written)| self.named(value, written, slot.shape))
                };
                Value::Record(shape.slots.iter().map(slot).collect())
            }
            (value, _) => value.clone(),
        }
    }
}

fn slot_of(record: &Value, at: usize) -> Option<Value> {
    match record {
        Value::Record(slots) => slots.get(at).filter(|v| !matches!(v, Value::Unreadable(_))).cloned(),
        _ => None,
    }
}
