//! What each step does. Lazy: a branch not taken is not looked at.

use std::sync::Arc;

use crate::functions::{self, NullRule, Pattern, TypePattern};
use crate::plan::{Arithmetic, Conversion, LookupTable, PlannedUnmatched, SlotId, Step, StepId, TextTest};
use crate::value::{Promise, Text, Value, arithmetic, compare, equal, is_empty, negate, shown, text_of};

use super::context::LinkAnswer;
use super::entries::Entries;
use super::outcome::{FailureKind, Need};
use super::run::{Run, Stop};

type Given = Result<Value, Stop>;

impl Run<'_, '_> {
    pub fn step(&mut self, id: StepId) -> Given {
        let plan = self.plan;
        let Some(step) = plan.steps.get(id.0 as usize) else { return Ok(Value::Null) };
        match step {
            Step::Constant(value) => Ok(value.clone()),
            Step::Source(up) => Ok(self.frame(*up).map_or(Value::Null, |f| f.source.clone())),
            Step::Existing(up) => Ok(self.frame(*up).and_then(|f| f.existing.clone()).unwrap_or(Value::Null)),
            Step::Let(id) => self.let_value(*id),
            Step::Binder(binder) => self.readable(self.binder(*binder), id),
            Step::Position => {
                let position =
                    self.positions.last().copied().unwrap_or_else(|| self.frames.last().map_or(1, |f| f.position));
                Ok(Value::Number(position.into()))
            }
            Step::Setting(at) => self.setting(*at, id),
            Step::SubscriptionId => Ok(Value::Text(Text::from(&*self.context.subscription_id))),
            Step::Now => Ok(Value::Instant(self.context.now)),
            Step::Field(record, slot) => self.field(*record, *slot, id),
            Step::Key(dictionary, key) => {
                let dictionary = self.eval(*dictionary)?;
                self.entry(&dictionary, key, id)
            }
            Step::KeyOf(dictionary, key) => {
                let dictionary = self.eval(*dictionary)?;
                let key = self.eval(*key)?;
                self.legible(&key, id)?;
                match text_of(&key) {
                    Some(key) => self.entry(&dictionary, &key, id),
                    None => Ok(Value::Null),
                }
            }
            Step::Element(list, index) => {
                let list = self.eval(*list)?;
                self.readable(element(&list, *index), id)
            }
            Step::Project { list, binder, body, flatten } => self.project(*list, *binder, *body, *flatten),
            Step::Keep { list, binder, condition } => self.keep(*list, *binder, *condition),
            Step::Sort { list, binder, keys } => self.sort(*list, *binder, keys),
            Step::Unique { list, binder, by } => self.unique(*list, *binder, *by),
            Step::Group { list, binder, by } => self.group(*list, *binder, *by),
            Step::FirstWhere { list, binder, condition } => self.first_where(*list, *binder, *condition),
            Step::Quantified { every, list, binder, condition } => self.quantified(*every, *list, *binder, *condition),
            Step::For { list, binder, condition, body } => self.for_each(*list, *binder, *condition, *body),
            Step::ForEntries { list, binder, condition, key, value } => {
                self.for_entries(*list, *binder, *condition, *key, *value, id)
            }
            Step::JsonPath(at) => self.json_path(*at, id),
            Step::List(items) => self.all(items).map(|v| Value::List(v.into())),
            Step::Record(items) => self.all(items).map(|v| Value::Record(v.into())),
            Step::Dictionary(entries) => self.dictionary(entries, id),
            Step::Template { parts, lenient } => self.template(parts, *lenient, id),
            Step::Negate(inner) => match self.eval(*inner)? {
                Value::Number(number) => Ok(Value::Number(negate(number))),
                _ => Ok(Value::Null),
            },
            Step::Not(inner) => Ok(Value::Bool(!self.truth(*inner)?)),
            Step::Arithmetic(operator, a, b) => self.arithmetic(*operator, *a, *b, id),
            Step::Equal { left, right, negated } => {
                let (a, b) = (self.eval(*left)?, self.eval(*right)?);
                // whether there is a link at all is known, even while its id is not
                if !matches!((&a, &b), (Value::Null, _) | (_, Value::Null)) {
                    self.legible(&a, id)?;
                    self.legible(&b, id)?;
                }
                Ok(Value::Bool(equal(&a, &b) != *negated))
            }
            Step::Compare(comparison, a, b) => {
                use crate::plan::Comparison as C;
                let (a, b) = (self.eval(*a)?, self.eval(*b)?);
                self.legible(&a, id)?;
                self.legible(&b, id)?;
                let order = compare(&a, &b);
                Ok(Value::Bool(match comparison {
                    C::Less => order.is_some_and(std::cmp::Ordering::is_lt),
                    C::LessOrEqual => order.is_some_and(std::cmp::Ordering::is_le),
                    C::Greater => order.is_some_and(std::cmp::Ordering::is_gt),
                    C::GreaterOrEqual => order.is_some_and(std::cmp::Ordering::is_ge),
                }))
            }
            Step::TextTest(test, a, b) => self.text_test(*test, *a, *b, id),
            Step::Member { element, list, negated } => {
                let (element, list) = (self.eval(*element)?, self.eval(*list)?);
                // null is in no list, and nothing is in a null one
                let (Value::List(items), false) = (&list, matches!(element, Value::Null)) else {
                    return Ok(Value::Bool(*negated));
                };
                self.charge(items.len(), id)?;
                self.legible(&element, id)?;
                self.legible(&list, id)?;
                Ok(Value::Bool(items.iter().any(|i| equal(i, &element)) != *negated))
            }
            Step::IsEmpty { subject, negated } => {
                let subject = self.eval(*subject)?;
                Ok(Value::Bool(is_empty(&subject) != *negated))
            }
            Step::HoldsNothing { subject, slots, negated } => {
                let subject = self.eval(*subject)?;
                let filled = |at: &SlotId| match &subject {
                    Value::Record(values) => !matches!(values.get(at.0 as usize), None | Some(Value::Null)),
                    _ => false,
                };
                Ok(Value::Bool(slots.iter().any(filled) == *negated))
            }
            Step::And(a, b) => Ok(Value::Bool(self.truth(*a)? && self.truth(*b)?)),
            Step::Or(a, b) => Ok(Value::Bool(self.truth(*a)? || self.truth(*b)?)),
            Step::OrIfNull(a, b) => match self.eval(*a)? {
                Value::Null => self.eval(*b),
                value => Ok(value),
            },
            Step::OrIfEmpty(a, b) => match self.eval(*a)? {
                value if is_empty(&value) => self.eval(*b),
                value => Ok(value),
            },
            Step::Otherwise(a, b) => match self.eval(*a) {
                Err(Stop::Need) => Err(Stop::Need),
                Ok(Value::Null) | Err(_) => self.eval(*b),
                value => value,
            },
            Step::If { condition, then, otherwise } => {
                if self.truth(*condition)? {
                    self.eval(*then)
                } else {
                    self.eval(*otherwise)
                }
            }
            Step::Match { subject, arms, otherwise } => {
                let subject = self.eval(*subject)?;
                if arms.iter().any(|(patterns, _)| patterns.iter().any(|p| !matches!(p, Value::Null))) {
                    self.legible(&subject, id)?;
                }
                match arms.iter().find(|(patterns, _)| patterns.iter().any(|p| equal(p, &subject))) {
                    Some((_, result)) => self.eval(*result),
                    None => otherwise.map_or(Ok(Value::Null), |o| self.eval(o)),
                }
            }
            Step::Call { function, arguments, each } => self.call(*function, None, arguments, *each, id),
            Step::CallWithPattern { function, pattern, arguments, each } => {
                self.call(*function, Some(pattern), arguments, *each, id)
            }
            Step::Convert(conversion, inner) => {
                let value = self.eval(*inner)?;
                Ok(convert(*conversion, value))
            }
            Step::Limit(field, inner) => {
                let value = self.eval(*inner)?;
                self.limit(field, value, id)
            }
            Step::Lookup { table, key, each } => self.lookup(*table, *key, *each, id),
            Step::Link { record_type, id: parts, each } => self.link(record_type, parts, *each),
            Step::Find { record_type, field, value } => self.find(record_type, field, *value, id),
            Step::OtherRecord { record_type, id: of, shape } => self.other_record(record_type, *of, *shape, id),
            Step::Linked { record_type, id: parts } => self.linked(record_type, parts),
        }
    }

    /// A condition; null counts as false.
    pub fn truth(&mut self, id: StepId) -> Result<bool, Stop> {
        Ok(matches!(self.eval(id)?, Value::Bool(true)))
    }

    fn all(&mut self, items: &[StepId]) -> Result<Vec<Value>, Stop> {
        items.iter().map(|i| self.eval(*i)).collect()
    }

    #[inline(never)]
    fn setting(&self, at: u32, id: StepId) -> Given {
        let Some(setting) = self.plan.settings.get(at as usize) else { return Ok(Value::Null) };
        let given = self.context.settings.get(&*setting.name).map(String::as_str);
        setting.kind.read(given, setting.required).or_else(|error| {
            let shown = given.map_or(Value::Null, |text| Value::Text(text.into()));
            let given = if shown == Value::Null { "" } else { ", this is {}" };
            self.fail(FailureKind::Setting, id, format!("the setting `{}` {error}{given}", setting.name), shown)
        })
    }

    #[inline(never)]
    fn field(&mut self, record: StepId, slot: SlotId, id: StepId) -> Given {
        let read = |record: &Value| match record {
            Value::Record(slots) => slots.get(slot.0 as usize).cloned().unwrap_or(Value::Null),
            _ => Value::Null,
        };
        // a record in reach is looked into where it lies
        let value = match self.plan.steps.get(record.0 as usize) {
            Some(Step::Source(up)) => self.frame(*up).map_or(Value::Null, |frame| read(&frame.source)),
            Some(Step::Binder(binder)) => match self.binders.get(binder.0 as usize) {
                Some(found @ Value::Record(_)) => read(found),
                _ => read(&self.eval(record)?),
            },
            _ => read(&self.eval(record)?),
        };
        self.readable(value, id)
    }

    #[inline]
    pub fn readable(&self, value: Value, id: StepId) -> Given {
        match value {
            Value::Unreadable(what) => self.fail(FailureKind::Source, id, what.sentence(), what.found.clone()),
            value => Ok(value),
        }
    }

    /// What is looked at, and not only copied: nothing in it may have another form than its schema promises, and no link may be one
    /// whose id is not known yet.
    #[inline]
    pub fn legible(&mut self, value: &Value, id: StepId) -> Result<(), Stop> {
        match value {
            Value::Unreadable(_) | Value::Promise(_) | Value::List(_) | Value::Record(_) | Value::Dictionary(_) => {
                self.all_legible(value, id)
            }
            _ => Ok(()),
        }
    }

    fn all_legible(&mut self, value: &Value, id: StepId) -> Result<(), Stop> {
        match value {
            Value::Unreadable(_) => self.readable(value.clone(), id).map(|_| ()),
            Value::Promise(promise) => {
                self.need(Need::Link(promise.clone()));
                Err(Stop::Need)
            }
            Value::List(values) | Value::Record(values) => values.iter().try_for_each(|value| self.legible(value, id)),
            Value::Dictionary(entries) => entries.iter().try_for_each(|(_, value)| self.legible(value, id)),
            _ => Ok(()),
        }
    }

    fn entry(&mut self, dictionary: &Value, key: &str, id: StepId) -> Given {
        let Value::Dictionary(entries) = dictionary else { return Ok(Value::Null) };
        self.charge(entries.len(), id)?;
        let value = entries.iter().find(|(k, _)| &**k == key).map_or(Value::Null, |(_, v)| v.clone());
        self.readable(value, id)
    }

    #[inline(never)]
    fn dictionary(&mut self, entries: &[(StepId, StepId)], id: StepId) -> Given {
        let mut made = Entries::default();
        for (key, value) in entries {
            let key = self.eval(*key)?;
            let value = self.eval(*value)?;
            self.add_entry(&mut made, &key, value, id)?;
        }
        Ok(made.finish())
    }

    /// A key may not be null and not stand twice.
    pub fn add_entry(&mut self, made: &mut Entries, key: &Value, value: Value, id: StepId) -> Result<(), Stop> {
        self.legible(key, id)?;
        let Some(text) = text_of(key) else {
            return self.fail(FailureKind::Function, id, "a key of this dictionary is null", Value::Null);
        };
        self.charge(text.len(), id)?;
        if !made.add(&text, value) {
            return self.fail(FailureKind::Function, id, "the key {} stands in this dictionary twice", key.clone());
        }
        Ok(())
    }

    #[inline(never)]
    fn template(&mut self, parts: &[StepId], lenient: bool, id: StepId) -> Given {
        let mut text = String::new();
        for part in parts {
            let value = self.eval(*part)?;
            match (&value, text_of(&value)) {
                (_, Some(piece)) => {
                    self.charge(piece.len(), id)?;
                    text.push_str(&piece);
                }
                (Value::List(items), None) if lenient && !items.is_empty() => {
                    self.charge(items.len(), id)?;
                    let items: Vec<String> = items
                        .iter()
                        .map(|i| text_of(i).map_or_else(|| String::from("(none)"), |t| t.to_string()))
                        .collect();
                    text.push_str(&items.join(", "));
                }
                (Value::Promise(_), None) if lenient => text.push_str(&shown(&value, false)),
                _ if lenient => text.push_str("(none)"),
                _ => {
                    self.legible(&value, id)?;
                    return Ok(Value::Null);
                }
            }
        }
        Ok(Value::Text(text.into()))
    }

    #[inline(never)]
    fn arithmetic(&mut self, operator: Arithmetic, a: StepId, b: StepId, id: StepId) -> Given {
        match (self.eval(a)?, self.eval(b)?) {
            (Value::Number(a), Value::Number(b)) => match arithmetic(operator, a, b) {
                Ok(number) => Ok(Value::Number(number)),
                Err(error) => self.fail(FailureKind::Arithmetic, id, error.to_string(), Value::Null),
            },
            _ => Ok(Value::Null),
        }
    }

    #[inline(never)]
    fn text_test(&mut self, test: TextTest, a: StepId, b: StepId, id: StepId) -> Given {
        let (a, b) = (self.eval(a)?, self.eval(b)?);
        let (Value::Text(a), Value::Text(b)) = (&a, &b) else {
            self.legible(&a, id)?;
            self.legible(&b, id)?;
            return Ok(Value::Bool(false));
        };
        self.charge(a.len(), id)?;
        Ok(Value::Bool(match test {
            TextTest::StartsWith => a.starts_with(&**b),
            TextTest::EndsWith => a.ends_with(&**b),
            TextTest::Contains => a.contains(&**b),
        }))
    }

    #[inline(never)]
    fn call(
        &mut self,
        function: functions::FunctionId,
        pattern: Option<&Pattern>,
        arguments: &[StepId],
        each: bool,
        id: StepId,
    ) -> Given {
        let Some(function) = functions::by_id(function) else { return Ok(Value::Null) };
        if !each {
            // most functions have one or two arguments: these need no list
            return match *arguments {
                [one] => {
                    let values = [self.eval(one)?];
                    self.apply(function, pattern, &values, id)
                }
                [one, two] => {
                    let values = [self.eval(one)?, self.eval(two)?];
                    self.apply(function, pattern, &values, id)
                }
                _ => {
                    let values = self.all(arguments)?;
                    self.apply(function, pattern, &values, id)
                }
            };
        }
        let mut values = self.all(arguments)?;
        let Some(Value::List(items)) = values.first().cloned() else { return Ok(Value::Null) };
        let mut made = Vec::with_capacity(items.len());
        for item in items.iter() {
            self.steps_left = self.steps_left.saturating_sub(1);
            if let Some(first) = values.first_mut() {
                *first = item.clone();
            }
            made.push(self.apply(function, pattern, &values, id)?);
        }
        Ok(Value::List(made.into()))
    }

    fn apply(
        &mut self,
        function: &functions::Function,
        pattern: Option<&Pattern>,
        values: &[Value],
        id: StepId,
    ) -> Given {
        if values.iter().any(holds_promise) {
            let parameters = function.parameters.list;
            for (at, value) in values.iter().enumerate() {
                if parameters.get(at).or(parameters.last()).is_none_or(|p| looks_at(&p.accepts)) {
                    self.legible(value, id)?;
                }
            }
        }
        if function.nulls == NullRule::Propagates && values.iter().any(|v| matches!(v, Value::Null)) {
            return Ok(Value::Null);
        }
        let result = match (pattern, function.pattern) {
            (Some(pattern), Some(body)) => (body.run)(pattern, values),
            _ => (function.apply)(values),
        };
        match result {
            Ok(value) => {
                self.charge(weight(values.first()) + weight(Some(&value)), id)?;
                Ok(value)
            }
            Err(why) => {
                let text = format!("`{}`: {{}} {why}", function.name);
                self.fail(FailureKind::Function, id, text, values.first().cloned().unwrap_or(Value::Null))
            }
        }
    }

    #[inline(never)]
    fn lookup(&mut self, table: u32, key: StepId, each: bool, id: StepId) -> Given {
        let plan = self.plan;
        let key = self.eval(key)?;
        self.legible(&key, id)?;
        let Some(table) = plan.lookups.get(table as usize) else { return Ok(Value::Null) };
        if !each {
            return self.look_up(table, &key, id);
        }
        let Value::List(items) = key else { return Ok(Value::Null) };
        let found: Result<Vec<Value>, Stop> = items.iter().map(|k| self.look_up(table, k, id)).collect();
        found.map(|v| Value::List(v.into()))
    }

    fn look_up(&self, table: &LookupTable, key: &Value, id: StepId) -> Given {
        let Some(text) = text_of(key) else { return Ok(Value::Null) };
        if let Some(value) = table.find(&text) {
            return Ok(value.clone());
        }
        match &table.unmatched {
            PlannedUnmatched::Nothing => Ok(Value::Null),
            PlannedUnmatched::Pass => Ok(Value::Text(text)),
            PlannedUnmatched::Value(value) => Ok(value.clone()),
            PlannedUnmatched::Error => self.fail(
                FailureKind::Lookup,
                id,
                format!("the lookup `{}` has no entry for {{}}", table.name),
                key.clone(),
            ),
        }
    }

    #[inline(never)]
    fn link(&mut self, record_type: &Arc<str>, parts: &[StepId], each: bool) -> Given {
        if let ([one], false) = (parts, each) {
            let value = self.eval(*one)?;
            return self.one_link(record_type, std::slice::from_ref(&value));
        }
        let values = self.all(parts)?;
        if each {
            let Some(Value::List(items)) = values.first() else { return Ok(Value::Null) };
            let mut made = Vec::with_capacity(items.len());
            // all look-ups and all waits of a list are gathered at once
            let (mut waits, mut stop) = (Vec::new(), None);
            for item in items.iter() {
                match self.one_link(record_type, std::slice::from_ref(item)) {
                    Ok(value) => made.push(value),
                    Err(Stop::Wait(promises)) => waits.extend(promises),
                    Err(other) => stop = Some(other),
                }
            }
            return match stop {
                Some(stop) => Err(stop),
                None if waits.is_empty() => Ok(Value::List(made.into())),
                None => Err(Stop::Wait(waits)),
            };
        }
        self.one_link(record_type, &values)
    }

    fn one_link(&mut self, record_type: &Arc<str>, parts: &[Value]) -> Given {
        let Some(id) = link_id(parts) else { return Ok(Value::Null) };
        let promise = |id| Promise { record_type: record_type.clone(), id };
        match self.context.outside.link(record_type, &id) {
            LinkAnswer::Linked(id) => Ok(Value::Text(id)),
            LinkAnswer::Promised => Ok(Value::Promise(promise(id))),
            LinkAnswer::Missing => Err(Stop::Wait(vec![promise(id)])),
            LinkAnswer::Unknown => {
                self.need(Need::Link(promise(id)));
                Err(Stop::Need)
            }
        }
    }

    #[inline(never)]
    fn linked(&mut self, record_type: &Arc<str>, parts: &[StepId]) -> Given {
        let found = match parts {
            [one] => {
                let value = self.eval(*one)?;
                self.one_link(record_type, std::slice::from_ref(&value))
            }
            _ => {
                let values = self.all(parts)?;
                self.one_link(record_type, &values)
            }
        };
        match found {
            Ok(Value::Null) | Err(Stop::Wait(_)) => Ok(Value::Bool(false)),
            Ok(_) => Ok(Value::Bool(true)),
            Err(other) => Err(other),
        }
    }
}

/// Whether the id of a link in a value is not known yet.
fn holds_promise(value: &Value) -> bool {
    match value {
        Value::Promise(_) => true,
        Value::List(items) => items.iter().any(holds_promise),
        Value::Dictionary(entries) => entries.iter().any(|(_, value)| holds_promise(value)),
        _ => false,
    }
}

/// Whether a function looks at what it takes there; of any type it only moves it.
fn looks_at(pattern: &TypePattern) -> bool {
    match pattern {
        TypePattern::Variable(variable) => *variable == 'N',
        TypePattern::List(of) | TypePattern::Dictionary(of) => looks_at(of),
        _ => true,
    }
}

/// An id of one or several parts; `|` inside a part is escaped. Null if a part is.
fn link_id(parts: &[Value]) -> Option<Text> {
    if let [one] = parts {
        return text_of(one).filter(|t| !t.is_empty());
    }
    let texts: Option<Vec<Text>> = parts.iter().map(text_of).collect();
    Some(texts?.iter().map(|t| t.as_str().replace('|', "\\|")).collect::<Vec<_>>().join("|").into())
}

fn element(list: &Value, index: i64) -> Value {
    let Value::List(items) = list else { return Value::Null };
    let at = if index < 0 { i64::try_from(items.len()).unwrap_or(i64::MAX).checked_add(index) } else { Some(index) };
    at.and_then(|i| usize::try_from(i).ok()).and_then(|i| items.get(i)).cloned().unwrap_or(Value::Null)
}

/// How much is copied with a value, in bytes of text; an element takes as much memory as a short text.
fn weight(value: Option<&Value>) -> usize {
    match value {
        Some(Value::Text(text)) => text.len(),
        Some(Value::List(items)) => items.len().saturating_mul(8),
        Some(Value::Dictionary(entries)) => entries.len().saturating_mul(8),
        _ => 0,
    }
}

fn convert(conversion: Conversion, value: Value) -> Value {
    match conversion {
        Conversion::NumberToText | Conversion::InstantToText | Conversion::DateToText | Conversion::BooleanToText => {
            match value {
                Value::Null | Value::Clear | Value::Promise(_) => value,
                other => text_of(&other).map_or(Value::Null, Value::Text),
            }
        }
    }
}
