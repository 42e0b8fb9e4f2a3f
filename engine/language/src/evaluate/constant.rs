//! The value of steps that look at nothing outside themselves: what the checker evaluates before any record is there.

use crate::plan::{Plan, StepId};
use crate::source::Span;
use crate::value::{Value, shown};

use super::context_file::ContextFile;
use super::outcome::FailureKind;
use super::run::{Run, Stop};

/// Most steps that one constant may take.
const MOST_STEPS: u64 = 20_000;

/// A constant that fails, whatever the record.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    /// How, in words.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// Evaluates a step of a plan that reads no record. None: it takes too much work, or waits for something.
pub(crate) fn constant(plan: &Plan, step: StepId) -> Option<Result<Value, Failed>> {
    let nothing = ContextFile::default();
    let mut context = nothing.context();
    context.most_steps = MOST_STEPS;
    let mut run = Run {
        plan,
        context: &context,
        frames: Vec::new(),
        binders: vec![Value::Null; plan.binders as usize],
        positions: Vec::new(),
        needs: Vec::new(),
        steps_left: MOST_STEPS,
        depth: 0,
        left_out: 0,
    };
    match run.eval(step) {
        Ok(value) => Some(Ok(value)),
        Err(Stop::Fail(problem)) if problem.kind != FailureKind::Limit => {
            Some(Err(Failed { message: problem.text.replace("{}", &shown(&problem.value, false)), span: problem.span }))
        }
        Err(_) => None,
    }
}
