//! Lists in another order, without duplicates, in groups. The order of equals is kept; groups stand in the order of their first row.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::plan::{BinderId, SortStep, StepId};
use crate::value::{Value, compare, identity};

use super::run::{Run, Stop};

/// Rows by their key, in the order of each key's first row.
type Groups = Vec<(Value, Vec<Value>)>;

impl Run<'_, '_> {
    #[inline(never)]
    pub fn sort(&mut self, list: StepId, binder: BinderId, keys: &[SortStep]) -> Result<Value, Stop> {
        let Some(items) = self.elements(list)? else { return Ok(Value::Null) };
        let mut keyed = Vec::with_capacity(items.len());
        for item in items.iter() {
            self.bind(binder, item.clone());
            let by = keys.iter().map(|key| self.eval(key.by)).collect::<Result<Vec<_>, _>>()?;
            by.iter().zip(keys).try_for_each(|(value, key)| self.legible(value, key.by))?;
            keyed.push((by, item.clone()));
        }
        keyed.sort_by(|(a, _), (b, _)| {
            let one = |(key, (a, b)): (&SortStep, (&Value, &Value))| order(a, b, key.descending);
            keys.iter().zip(a.iter().zip(b)).map(one).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        });
        Ok(Value::List(keyed.into_iter().map(|(_, item)| item).collect()))
    }

    #[inline(never)]
    pub fn unique(&mut self, list: StepId, binder: BinderId, by: StepId) -> Result<Value, Stop> {
        let Some(groups) = self.groups(list, binder, by)? else { return Ok(Value::Null) };
        Ok(Value::List(groups.into_iter().filter_map(|(_, items)| items.into_iter().next()).collect()))
    }

    #[inline(never)]
    pub fn group(&mut self, list: StepId, binder: BinderId, by: StepId) -> Result<Value, Stop> {
        let Some(groups) = self.groups(list, binder, by)? else { return Ok(Value::Null) };
        let record = |(key, items): (Value, Vec<Value>)| Value::Record([key, Value::List(items.into())].into());
        Ok(Value::List(groups.into_iter().map(record).collect()))
    }

    /// The rows by their key, in the order of each key's first row.
    fn groups(&mut self, list: StepId, binder: BinderId, by: StepId) -> Result<Option<Groups>, Stop> {
        let Some(items) = self.elements(list)? else { return Ok(None) };
        let mut groups: Groups = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for item in items.iter() {
            self.bind(binder, item.clone());
            let key = self.eval(by)?;
            self.legible(&key, by)?;
            let at = *places.entry(identity(&key)).or_insert(groups.len());
            match groups.get_mut(at) {
                Some((_, items)) => items.push(item.clone()),
                None => groups.push((key, vec![item.clone()])),
            }
        }
        Ok(Some(groups))
    }
}

/// Null stands last, in either direction.
fn order(a: &Value, b: &Value, descending: bool) -> Ordering {
    match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Greater,
        (_, Value::Null) => Ordering::Less,
        _ => {
            let order = compare(a, b).unwrap_or(Ordering::Equal);
            if descending { order.reverse() } else { order }
        }
    }
}
