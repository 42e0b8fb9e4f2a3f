//! What a step takes from other steps.

use super::{BinderId, SortStep, Step, StepId};

impl Step {
    /// The same step over other inputs and with another binder.
    #[must_use]
    pub fn map(&self, of: &mut dyn FnMut(StepId) -> StepId, bind: &mut dyn FnMut(BinderId) -> BinderId) -> Step {
        let mut copy = self.clone();
        if let Some(binder) = copy.binder_mut() {
            *binder = bind(*binder);
        }
        copy.each_input(&mut |input| *input = of(*input));
        copy
    }

    /// The binder that the step fills.
    fn binder_mut(&mut self) -> Option<&mut BinderId> {
        match self {
            Step::Project { binder, .. }
            | Step::Keep { binder, .. }
            | Step::Sort { binder, .. }
            | Step::Unique { binder, .. }
            | Step::Group { binder, .. }
            | Step::FirstWhere { binder, .. }
            | Step::Quantified { binder, .. }
            | Step::For { binder, .. }
            | Step::ForEntries { binder, .. }
            | Step::Binder(binder) => Some(binder),
            _ => None,
        }
    }

    fn each_input(&mut self, visit: &mut dyn FnMut(&mut StepId)) {
        match self {
            Step::Constant(_)
            | Step::Source(_)
            | Step::Existing(_)
            | Step::Let(_)
            | Step::Binder(_)
            | Step::Position
            | Step::Setting(_)
            | Step::SubscriptionId
            | Step::Now
            | Step::JsonPath(_) => {}
            Step::Field(a, _)
            | Step::Key(a, _)
            | Step::Element(a, _)
            | Step::Negate(a)
            | Step::Not(a)
            | Step::IsEmpty { subject: a, .. }
            | Step::HoldsNothing { subject: a, .. }
            | Step::Convert(_, a)
            | Step::Limit(_, a)
            | Step::Lookup { key: a, .. }
            | Step::Find { value: a, .. }
            | Step::OtherRecord { id: a, .. } => visit(a),
            Step::KeyOf(a, b)
            | Step::Arithmetic(_, a, b)
            | Step::Equal { left: a, right: b, .. }
            | Step::Compare(_, a, b)
            | Step::TextTest(_, a, b)
            | Step::Member { element: a, list: b, .. }
            | Step::And(a, b)
            | Step::Or(a, b)
            | Step::OrIfNull(a, b)
            | Step::OrIfEmpty(a, b)
            | Step::Otherwise(a, b)
            | Step::Project { list: a, body: b, .. }
            | Step::Keep { list: a, condition: b, .. }
            | Step::Unique { list: a, by: b, .. }
            | Step::Group { list: a, by: b, .. }
            | Step::FirstWhere { list: a, condition: b, .. }
            | Step::Quantified { list: a, condition: b, .. } => {
                visit(a);
                visit(b);
            }
            Step::If { condition, then, otherwise } => {
                visit(condition);
                visit(then);
                visit(otherwise);
            }
            Step::Sort { list, keys, .. } => {
                visit(list);
                keys.iter_mut().for_each(|SortStep { by, .. }| visit(by));
            }
            Step::For { list, condition, body, .. } => {
                visit(list);
                condition.iter_mut().for_each(&mut *visit);
                visit(body);
            }
            Step::ForEntries { list, condition, key, value, .. } => {
                visit(list);
                condition.iter_mut().for_each(&mut *visit);
                visit(key);
                visit(value);
            }
            Step::List(items) | Step::Record(items) | Step::Template { parts: items, .. } => {
                items.iter_mut().for_each(visit);
            }
            Step::Call { arguments: items, .. } | Step::CallWithPattern { arguments: items, .. } => {
                items.iter_mut().for_each(visit);
            }
            Step::Link { id: items, .. } | Step::Linked { id: items, .. } => items.iter_mut().for_each(visit),
            Step::Dictionary(entries) => entries.iter_mut().for_each(|(key, value)| {
                visit(key);
                visit(value);
            }),
            Step::Match { subject, arms, otherwise } => {
                visit(subject);
                arms.iter_mut().for_each(|(_, result)| visit(result));
                otherwise.iter_mut().for_each(visit);
            }
        }
    }
}
