//! Links to records that are written in the same transfer: known only once those are there.

use std::collections::HashMap;
use std::sync::Arc;

use mapwright_language::value::{Promise, Value};

/// A value with its promises kept.
///
/// # Errors
/// The first promise that nothing is known of.
pub fn kept(value: &Value, ids: &HashMap<Promise, String>) -> Result<Value, Promise> {
    Ok(match value {
        Value::Promise(promise) => Value::Text(ids.get(promise).ok_or_else(|| promise.clone())?.as_str().into()),
        Value::List(items) => Value::List(items.iter().map(|v| kept(v, ids)).collect::<Result<Vec<_>, _>>()?.into()),
        Value::Record(slots) => {
            Value::Record(slots.iter().map(|v| kept(v, ids)).collect::<Result<Vec<_>, _>>()?.into())
        }
        Value::Dictionary(entries) => {
            let entries: Result<Vec<(Arc<str>, Value)>, Promise> =
                entries.iter().map(|(k, v)| Ok((k.clone(), kept(v, ids)?))).collect();
            Value::Dictionary(entries?.into())
        }
        other => other.clone(),
    })
}

/// All promises in a value.
pub fn promises(value: &Value, found: &mut Vec<Promise>) {
    match value {
        Value::Promise(promise) => found.push(promise.clone()),
        Value::List(items) | Value::Record(items) => items.iter().for_each(|v| promises(v, found)),
        Value::Dictionary(entries) => entries.iter().for_each(|(_, v)| promises(v, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_are_kept_wherever_they_stand() {
        let promise = |id: &str| Promise { record_type: "Product Option".into(), id: id.into() };
        let value = Value::List(
            vec![Value::Promise(promise("1")), Value::Record(vec![Value::Promise(promise("2"))].into())].into(),
        );
        let mut ids = HashMap::from([(promise("1"), "101".to_owned())]);
        assert_eq!(kept(&value, &ids), Err(promise("2")));
        ids.insert(promise("2"), "102".to_owned());
        let expected =
            Value::List(vec![Value::Text("101".into()), Value::Record(vec![Value::Text("102".into())].into())].into());
        assert_eq!(kept(&value, &ids), Ok(expected));
        let mut found = vec![];
        promises(&value, &mut found);
        assert_eq!(found.len(), 2);
    }
}
