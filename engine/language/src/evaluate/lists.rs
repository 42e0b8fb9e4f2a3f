//! Steps that go over lists. Every element costs a step of the record's budget.

use std::sync::Arc;

use crate::plan::{BinderId, StepId};
use crate::value::{Text, Value};

use super::entries::Entries;
use super::run::{Run, Stop};

impl Run<'_, '_> {
    /// The elements of a list; of a dictionary records of key and value; `None` for null.
    pub fn elements(&mut self, list: StepId) -> Result<Option<Arc<[Value]>>, Stop> {
        let value = self.eval(list)?;
        self.charge(value.len(), list)?;
        Ok(match value {
            Value::List(items) => Some(items),
            Value::Dictionary(entries) => Some(
                entries.iter().map(|(k, v)| Value::Record([Value::Text(Text::from(&**k)), v.clone()].into())).collect(),
            ),
            _ => None,
        })
    }

    #[inline(never)]
    pub fn project(&mut self, list: StepId, binder: BinderId, body: StepId, flatten: bool) -> Result<Value, Stop> {
        let Some(items) = self.elements(list)? else { return Ok(Value::Null) };
        let mut made = Vec::with_capacity(items.len());
        for item in items.iter() {
            self.bind(binder, item.clone());
            match self.eval(body)? {
                Value::List(inner) if flatten => made.extend(inner.iter().cloned()),
                Value::Null if flatten => {}
                value => made.push(value),
            }
        }
        Ok(Value::List(made.into()))
    }

    #[inline(never)]
    pub fn keep(&mut self, list: StepId, binder: BinderId, condition: StepId) -> Result<Value, Stop> {
        let Some(items) = self.elements(list)? else { return Ok(Value::Null) };
        let mut kept = Vec::new();
        let mut need = false;
        for item in items.iter() {
            self.bind(binder, item.clone());
            match self.truth(condition) {
                Ok(true) => kept.push(item.clone()),
                Ok(false) => {}
                // look-ups for all elements are asked for at once
                Err(Stop::Need) => need = true,
                Err(other) => return Err(other),
            }
        }
        if need { Err(Stop::Need) } else { Ok(Value::List(kept.into())) }
    }

    #[inline(never)]
    pub fn first_where(&mut self, list: StepId, binder: BinderId, condition: StepId) -> Result<Value, Stop> {
        let Some(items) = self.elements(list)? else { return Ok(Value::Null) };
        for item in items.iter() {
            self.bind(binder, item.clone());
            if self.truth(condition)? {
                return Ok(item.clone());
            }
        }
        Ok(Value::Null)
    }

    #[inline(never)]
    pub fn quantified(
        &mut self,
        every: bool,
        list: StepId,
        binder: BinderId,
        condition: StepId,
    ) -> Result<Value, Stop> {
        let Some(items) = self.elements(list)? else { return Ok(Value::Bool(false)) };
        for item in items.iter() {
            self.bind(binder, item.clone());
            if self.truth(condition)? != every {
                return Ok(Value::Bool(!every));
            }
        }
        Ok(Value::Bool(every))
    }

    #[inline(never)]
    pub fn for_each(
        &mut self,
        list: StepId,
        binder: BinderId,
        condition: Option<StepId>,
        body: StepId,
    ) -> Result<Value, Stop> {
        let Some(items) = self.elements(list)? else { return Ok(Value::Null) };
        let mut made = Vec::with_capacity(items.len());
        self.positions.push(1);
        let result = self.for_items(&items, binder, condition, |run| {
            made.push(run.eval(body)?);
            Ok(())
        });
        self.positions.pop();
        result.map(|()| Value::List(made.into()))
    }

    #[inline(never)]
    pub fn for_entries(
        &mut self,
        list: StepId,
        binder: BinderId,
        condition: Option<StepId>,
        key: StepId,
        value: StepId,
        id: StepId,
    ) -> Result<Value, Stop> {
        let Some(items) = self.elements(list)? else { return Ok(Value::Null) };
        let mut made = Entries::default();
        self.positions.push(1);
        let result = self.for_items(&items, binder, condition, |run| {
            let (key, value) = (run.eval(key)?, run.eval(value)?);
            run.add_entry(&mut made, &key, value, id)
        });
        self.positions.pop();
        result.map(|()| made.finish())
    }

    fn for_items(
        &mut self,
        items: &[Value],
        binder: BinderId,
        condition: Option<StepId>,
        mut body: impl FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        for item in items.iter() {
            self.bind(binder, item.clone());
            if let Some(condition) = condition {
                if !self.truth(condition)? {
                    continue;
                }
                self.bind(binder, item.clone());
            }
            body(self)?;
            if let Some(position) = self.positions.last_mut() {
                *position += 1;
            }
        }
        Ok(())
    }
}
