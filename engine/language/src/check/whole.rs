//! Questions about a record as a whole: whether it holds anything, whether it equals another. They ask for the fields that the answer
//! depends on, so that no answer depends on what other rules happen to read.

use crate::plan::{ShapeId, SlotId, Step, StepId};
use crate::source::Span;

use super::checker::Checker;
use super::scope::Checked;
use super::types::Kind;

/// How deep records are compared: what holds records of its own type without end is refused.
const MOST_DEPTH: usize = 6;

/// Why records cannot be compared as a whole.
enum Refused {
    /// This field is read by calls of its own.
    Call(String),
    /// Records within records, without end.
    Endless,
}

impl Checker<'_> {
    /// Whether a value holds something (`is not empty`), or nothing.
    pub fn emptiness(&mut self, subject: &Checked, negated: bool, span: Span) -> StepId {
        let Kind::Record(shape) = subject.ty.kind else {
            return self.step(Step::IsEmpty { subject: subject.step, negated }, span);
        };
        if self.is_existing(subject.step) {
            // a record that exists is not empty, whatever it holds
            let null = self.constant(crate::value::Value::Null, span);
            return self.step(Step::Equal { left: subject.step, right: null, negated }, span);
        }
        let slots = self.slots_of(shape);
        self.step(Step::HoldsNothing { subject: subject.step, slots, negated }, span)
    }

    /// `existing` itself, by its own name or by that of a `let`.
    fn is_existing(&self, step: StepId) -> bool {
        let mut step = step;
        loop {
            match self.builder.plan.steps.get(step.0 as usize) {
                Some(Step::Existing(_)) => return true,
                Some(Step::Let(id)) => {
                    let Some(planned) = self.levels.last().and_then(|l| l.planned_lets.get(id.0 as usize)) else {
                        return false;
                    };
                    step = planned.value;
                }
                _ => return false,
            }
        }
    }

    /// The fields that say whether a record holds anything: all that its own answer carries.
    fn slots_of(&mut self, shape: ShapeId) -> Vec<SlotId> {
        let mut slots = Vec::new();
        for name in self.builder.field_names(shape) {
            if self.builder.field(shape, &name).is_some_and(|f| f.read_by.is_some() || f.write_only) {
                continue;
            }
            let Some((slot, _, field)) = self.builder.slot(shape, &name) else { continue };
            self.lineage.personal |= field.is_some_and(|f| f.personal || f.secret);
            slots.push(slot);
        }
        slots
    }

    /// Asks for everything of the records in a value, since it is compared as a whole.
    pub fn compared_whole(&mut self, kind: &Kind, span: Span) -> Option<()> {
        match self.demand_whole(kind, 0) {
            Ok(()) => Some(()),
            Err(Refused::Call(field)) => self.error(
                "E0316",
                span,
                format!("records are compared by all their fields, and `{field}` of these takes a call of its own"),
                "compare the fields that matter, such as `id`",
            ),
            Err(Refused::Endless) => self.error(
                "E0316",
                span,
                format!("records are compared by all their fields, and these hold records more than {MOST_DEPTH} deep"),
                "compare the fields that matter, such as `id`",
            ),
        }
    }

    fn demand_whole(&mut self, kind: &Kind, depth: usize) -> Result<(), Refused> {
        let shape = match kind {
            Kind::List(of) | Kind::Dictionary(of) => return self.demand_whole(&of.kind, depth),
            Kind::Record(shape) => *shape,
            _ => return Ok(()),
        };
        if depth > MOST_DEPTH {
            return Err(Refused::Endless);
        }
        for name in self.builder.field_names(shape) {
            let schema = self.builder.field(shape, &name);
            if schema.as_ref().is_some_and(|f| f.read_by.is_some()) {
                return Err(Refused::Call(name));
            }
            if schema.is_some_and(|f| f.write_only) {
                continue;
            }
            let Some((_, ty, field)) = self.builder.slot(shape, &name) else { continue };
            self.lineage.personal |= field.is_some_and(|f| f.personal || f.secret);
            self.demand_whole(&ty.kind, depth + 1)?;
        }
        Ok(())
    }
}
