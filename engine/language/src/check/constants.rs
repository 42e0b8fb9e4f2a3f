//! Constants: what the checker can evaluate itself, by the evaluator that runs the plan. What fails for every record is said, and
//! limits of fields, members of enums and numbers of elements are judged by what comes out.

use std::collections::HashMap;

use crate::evaluate::constant;
use crate::functions::Function;
use crate::mapping_file::{Direction, SyncType};
use crate::plan::{BinderId, Plan, Step, StepId};
use crate::source::Span;
use crate::value::Value;

use super::checker::{Checker, literal_type};
use super::scope::Checked;
use super::types::{Kind, Type};

/// Greatest constant that is remembered: bytes of a text, elements of a list.
const MOST_KEPT: usize = 1 << 12;
/// Most values of a field for which a function's results are worked out.
const MOST_VALUES: usize = 64;

/// Values of conditions that are constant without being literals.
pub(super) type Constants = HashMap<StepId, Value>;

impl Checker<'_> {
    /// The constant that a checked expression is, by its own name or by that of a `let`.
    pub fn constant_of(&self, checked: &Checked) -> Option<Value> {
        self.constant_at(checked.step)
    }

    /// The constant that a step is, by its own name or by that of a `let`.
    pub fn constant_at(&self, step: StepId) -> Option<Value> {
        let mut step = step;
        loop {
            match self.builder.plan.steps.get(step.0 as usize)? {
                Step::Constant(value) => return Some(value.clone()),
                // a let is planned after those that it is made of
                Step::Let(id) => step = self.levels.last()?.planned_lets.get(id.0 as usize)?.value,
                _ => return self.constants.get(&step).cloned(),
            }
        }
    }

    /// The literal that a step is.
    pub fn literal_at(&self, step: StepId) -> Option<Value> {
        match self.builder.plan.steps.get(step.0 as usize) {
            Some(Step::Constant(value)) => Some(value.clone()),
            _ => None,
        }
    }

    /// Evaluates an expression whose parts are all constant. One that fails does so for every record, and is an error.
    pub fn folded(&mut self, checked: Checked) -> Option<Checked> {
        let Some(copy) = Copy::of(self, checked.step) else { return Some(checked) };
        let Some(result) = constant(&copy.plan, StepId(u32::try_from(copy.plan.steps.len()).ok()?.checked_sub(1)?))
        else {
            return Some(checked);
        };
        let value = match result {
            Ok(value) => value,
            Err(failed) => {
                let message = format!("this fails for every record: {}", failed.message);
                return self.error("E0418", failed.span, message, "write another constant");
            }
        };
        let small = match &value {
            Value::Text(text) => text.len() <= MOST_KEPT,
            Value::Clear => false,
            other => other.len() <= MOST_KEPT,
        };
        if !small {
            return Some(checked);
        }
        let ty = match (&checked.ty.kind, &value) {
            (Kind::Text, Value::Text(text)) => literal_type(text),
            _ => checked.ty.clone(),
        };
        if ty.kind == Kind::Boolean {
            // a condition that is always true is reported where it stands, not where it comes from
            self.constants.insert(checked.step, value);
            return Some(Checked { ty, ..checked });
        }
        let span = self.builder.plan.spans.get(checked.step.0 as usize).copied()?;
        let step = self.constant(value, span);
        Some(Checked { step, ty, ..checked })
    }

    /// What a function makes of a field that has a few values, where all else that it takes is constant: a few values again.
    pub fn of_few_values(&self, function: &Function, checked: &[(Checked, Span)], steps: &[StepId]) -> Option<Kind> {
        let open: Vec<usize> =
            (0..steps.len()).filter(|i| steps.get(*i).is_some_and(|s| self.constant_at(*s).is_none())).collect();
        let [at] = open.as_slice() else { return None };
        let Kind::Enum(values) = &checked.get(*at)?.0.ty.kind else { return None };
        if values.len() > MOST_VALUES || function.pattern.is_some() {
            return None;
        }
        let mut arguments: Vec<Value> = steps.iter().map(|s| self.constant_at(*s).unwrap_or(Value::Null)).collect();
        let mut results: Vec<String> = Vec::new();
        for value in values.iter() {
            *arguments.get_mut(*at)? = Value::Text(value.as_str().into());
            match (function.apply)(&arguments) {
                Ok(Value::Text(text)) if !results.iter().any(|r| **r == *text) => results.push(text.to_string()),
                Ok(Value::Text(_) | Value::Null) | Err(_) => {}
                Ok(_) => return None,
            }
        }
        (!results.is_empty()).then(|| Kind::Enum(results.into()))
    }
}

/// A step and what it is made of, as a plan of its own.
struct Copy {
    plan: Plan,
    binders: HashMap<BinderId, BinderId>,
}

impl Copy {
    /// None if the step is a literal, or looks at anything that is not constant.
    fn of(checker: &Checker<'_>, step: StepId) -> Option<Copy> {
        let span = *checker.builder.plan.spans.get(step.0 as usize)?;
        let mut copy = Copy { plan: Plan::empty(Direction::From, SyncType::Update, span), binders: HashMap::new() };
        match checker.builder.plan.steps.get(step.0 as usize)? {
            Step::Constant(_) | Step::Let(_) | Step::Binder(_) => None,
            _ => copy.step(checker, step, false).map(|_| copy),
        }
    }

    /// `inside`: the step may depend on a binder of the copy, so that it is no constant by itself.
    fn step(&mut self, checker: &Checker<'_>, step: StepId, inside: bool) -> Option<StepId> {
        let plan = &checker.builder.plan;
        let original = plan.steps.get(step.0 as usize)?;
        if !pure(original) {
            return None;
        }
        if let Step::Binder(binder) = original {
            let binder = *self.binders.get(binder)?;
            return Some(self.push(Step::Binder(binder), step, plan));
        }
        let mut complete = true;
        let mut bound = inside;
        let binders = &mut self.binders;
        let count = &mut self.plan.binders;
        let own = original.map(&mut |input| input, &mut |binder| {
            bound = true;
            let new = BinderId(*count);
            *count += 1;
            binders.insert(binder, new);
            new
        });
        let copied = own.map(
            &mut |input| {
                let found = if complete { self.input(checker, input, bound) } else { None };
                complete &= found.is_some();
                found.unwrap_or(StepId(0))
            },
            &mut |binder| binder,
        );
        complete.then(|| self.push(copied, step, plan))
    }

    fn input(&mut self, checker: &Checker<'_>, input: StepId, bound: bool) -> Option<StepId> {
        if let Some(value) = checker.constant_at(input) {
            return (value != Value::Clear).then(|| self.push(Step::Constant(value), input, &checker.builder.plan));
        }
        // what the checker puts between an expression and its use is no expression of its own
        let between =
            matches!(checker.builder.plan.steps.get(input.0 as usize), Some(Step::Convert(..) | Step::Limit(..)));
        if bound || between { self.step(checker, input, bound) } else { None }
    }

    fn push(&mut self, step: Step, original: StepId, plan: &Plan) -> StepId {
        let id = StepId(u32::try_from(self.plan.steps.len()).unwrap_or(u32::MAX));
        self.plan.steps.push(step);
        self.plan.spans.extend(plan.spans.get(original.0 as usize));
        id
    }
}

/// Whether a step looks at nothing but its inputs. An element of a list stands for a value of a record in the manual's examples
/// (`["twelve"][first] | number otherwise 0`), so it is not looked through.
fn pure(step: &Step) -> bool {
    !matches!(
        step,
        Step::Source(_)
            | Step::Existing(_)
            | Step::Let(_)
            | Step::Position
            | Step::Setting(_)
            | Step::SubscriptionId
            | Step::Now
            | Step::Element(..)
            | Step::JsonPath(_)
            | Step::Lookup { .. }
            | Step::Link { .. }
            | Step::Linked { .. }
            | Step::Find { .. }
            | Step::OtherRecord { .. }
    )
}

/// The type of a call's result, narrowed to the few texts that it can be.
pub(super) fn narrowed(ty: Type, few: Option<Kind>) -> Type {
    match few {
        Some(kind) if ty.kind == Kind::Text => Type { kind, ..ty },
        _ => ty,
    }
}
