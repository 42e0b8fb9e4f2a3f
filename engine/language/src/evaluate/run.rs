//! One run over one record: frames, budgets, and why a step has no value.

use std::sync::Arc;

use crate::json::Json;
use crate::json_path::Document;
use crate::plan::{BinderId, LetId, Level, Plan, StepId};
use crate::source::Span;
use crate::value::{Promise, Value, shown};

use super::context::Context;
use super::outcome::{Failure, FailureKind, Need};
use super::row::Row;

/// Deepest nesting of steps, lets included.
const MOST_DEPTH: u32 = 600;

/// How many elements compared or bytes copied cost as much as a step.
pub(super) const THINGS_PER_STEP: usize = 32;

/// Why a step has no value.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// It failed.
    Fail(Box<Problem>),
    /// It waits for these links. Never empty.
    Wait(Vec<Promise>),
    /// Something must be looked up first; it has been noted.
    Need,
}

/// A failure before it is worded: the value is shown or hidden by the rule's lineage.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub kind: FailureKind,
    /// Holds `{}` where the value goes.
    pub text: String,
    pub value: Value,
    pub span: Span,
}

/// A record on its way through a plan.
pub(super) struct Frame<'p> {
    pub level: &'p Level,
    pub source: Value,
    pub existing: Option<Value>,
    /// The existing target record as it was read, where checks ask for it.
    pub there: Option<Json>,
    pub lets: Vec<Option<Result<Value, Stop>>>,
    pub position: u64,
    /// The index over the source's text, once a JSONPath has asked for it.
    pub document: Option<Arc<Document>>,
}

pub(super) struct Run<'p, 'c> {
    pub plan: &'p Plan,
    pub context: &'p Context<'c>,
    pub frames: Vec<Frame<'p>>,
    pub binders: Vec<Value>,
    /// Positions inside `for`, innermost last.
    pub positions: Vec<u64>,
    pub needs: Vec<Need>,
    pub steps_left: u64,
    pub depth: u32,
    /// Elements without a value that the rule at work left out of its list.
    pub left_out: usize,
}

impl<'p> Run<'p, '_> {
    /// The value of a step.
    pub fn eval(&mut self, id: StepId) -> Result<Value, Stop> {
        if self.steps_left == 0 {
            return self.exhausted(id);
        }
        self.steps_left -= 1;
        if self.depth >= MOST_DEPTH {
            return self.fail(
                FailureKind::Limit,
                id,
                format!("rules and lets are nested more than {MOST_DEPTH} deep"),
                Value::Null,
            );
        }
        self.depth += 1;
        let result = self.step(id);
        self.depth -= 1;
        result
    }

    /// Work that one step does beyond itself: so many small things (elements compared, bytes copied).
    pub fn charge(&mut self, things: usize, id: StepId) -> Result<(), Stop> {
        match self.steps_left.checked_sub((things / THINGS_PER_STEP) as u64) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => {
                self.steps_left = 0;
                self.exhausted(id)
            }
        }
    }

    fn exhausted<T>(&self, id: StepId) -> Result<T, Stop> {
        let text = format!("the record needs more than {} steps of work", self.context.most_steps);
        self.fail(FailureKind::Limit, id, text, Value::Null)
    }

    /// A failure at a step.
    pub fn fail<T>(&self, kind: FailureKind, id: StepId, text: impl Into<String>, value: Value) -> Result<T, Stop> {
        Err(Stop::Fail(Box::new(Problem { kind, text: text.into(), value, span: self.span(id) })))
    }

    pub fn span(&self, id: StepId) -> Span {
        self.plan.spans.get(id.0 as usize).copied().unwrap_or(Span { file: crate::source::FileId(0), start: 0, end: 0 })
    }

    pub fn frame(&self, up: u8) -> Option<&Frame<'p>> {
        self.frames.len().checked_sub(1 + usize::from(up)).and_then(|i| self.frames.get(i))
    }

    pub fn need(&mut self, need: Need) {
        if !self.needs.contains(&need) {
            self.needs.push(need);
        }
    }

    pub fn binder(&self, id: BinderId) -> Value {
        self.binders.get(id.0 as usize).cloned().unwrap_or(Value::Null)
    }

    pub fn bind(&mut self, id: BinderId, value: Value) {
        if let Some(cell) = self.binders.get_mut(id.0 as usize) {
            *cell = value;
        }
    }

    /// A let of the current level, evaluated at most once.
    pub fn let_value(&mut self, id: LetId) -> Result<Value, Stop> {
        let Some(frame) = self.frames.last() else { return Ok(Value::Null) };
        if let Some(Some(known)) = frame.lets.get(id.0 as usize) {
            return known.clone();
        }
        let Some(planned) = frame.level.lets.get(id.0 as usize) else { return Ok(Value::Null) };
        // a let stands outside every `for`
        let positions = std::mem::take(&mut self.positions);
        let result = self.eval(planned.value);
        self.positions = positions;
        // what waits for a look-up is not known yet, everything else is
        if !matches!(result, Err(Stop::Need))
            && let Some(cell) = self.frames.last_mut().and_then(|f| f.lets.get_mut(id.0 as usize))
        {
            *cell = Some(result.clone());
        }
        result
    }

    /// A worded failure.
    pub fn failure(
        &self,
        problem: Problem,
        field: Option<Arc<str>>,
        sources: Vec<String>,
        hidden: bool,
        row: &Row<'_>,
    ) -> Failure {
        let value = shown(&problem.value, hidden);
        Failure {
            kind: problem.kind,
            collection: self.frames.last().map_or_else(|| Arc::from(""), |f| f.level.collection.clone()),
            field,
            message: problem.text.replace("{}", &value),
            sources,
            span: problem.span,
            row: row.to_string(),
        }
    }
}
