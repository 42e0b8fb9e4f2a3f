//! JSONPath on a record that has been decoded already. The library finds *where*; the values themselves are then taken from the
//! record, so that no digit passes a binary float. The one exception is a comparison inside a JSONPath filter.

use jsonpath_rust::query::js_path_process;
use serde_json::Value as Plain;

use crate::plan::{Shape, ShapeId, StepId};
use crate::value::{Value, number_text, text_of};

use super::run::{Run, Stop};

impl Run<'_, '_> {
    #[inline(never)]
    pub fn json_path(&mut self, at: u32, id: StepId) -> Result<Value, Stop> {
        let plan = self.plan;
        let (Some(used), Some(frame)) = (plan.json_paths.get(at as usize), self.frames.last()) else {
            return Ok(Value::Null);
        };
        let source = frame.source.clone();
        let shape = frame.level.source;
        let mut size = 0;
        let plain = plain(&source, Some(shape), &plan.shapes, 0, &mut size);
        self.charge(size, id)?;
        let Ok(found) = js_path_process(&used.query, &plain) else { return Ok(Value::List([].into())) };
        self.charge(found.len().saturating_mul(8), id)?;
        let values = found.into_iter().map(|f| walk(&source, Some(shape), &plan.shapes, &f.path)).collect();
        Ok(Value::List(values))
    }
}

/// The record as the library wants it; `size` counts its values.
fn plain(value: &Value, shape: Option<ShapeId>, shapes: &[Shape], depth: usize, size: &mut usize) -> Plain {
    *size += 1;
    if depth > 64 {
        return Plain::Null;
    }
    match value {
        Value::Bool(b) => Plain::Bool(*b),
        Value::Number(number) => number_text(*number).parse::<serde_json::Number>().map_or(Plain::Null, Plain::Number),
        Value::List(items) => Plain::Array(items.iter().map(|i| plain(i, shape, shapes, depth + 1, size)).collect()),
        Value::Dictionary(entries) => Plain::Object(
            entries.iter().map(|(k, v)| (k.to_string(), plain(v, None, shapes, depth + 1, size))).collect(),
        ),
        Value::Record(slots) => {
            let names = shape.and_then(|s| shapes.get(s.0 as usize)).map_or(&[][..], |s| &s.slots);
            Plain::Object(
                names
                    .iter()
                    .zip(slots.iter())
                    .map(|(slot, v)| (slot.name.to_string(), plain(v, slot.shape, shapes, depth + 1, size)))
                    .collect(),
            )
        }
        other => text_of(other).map_or(Plain::Null, |t| Plain::String(t.to_string())),
    }
}

/// Follows a normalised path such as `$['lines'][0]['sku']`.
fn walk(source: &Value, shape: Option<ShapeId>, shapes: &[Shape], path: &str) -> Value {
    let (mut value, mut shape) = (source.clone(), shape);
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    while let Some(inside) = rest.strip_prefix('[') {
        let (key, after) = match inside.strip_prefix('\'') {
            Some(quoted) => match quoted.find("']") {
                Some(end) => (quoted.get(..end).unwrap_or_default(), quoted.get(end + 2..).unwrap_or_default()),
                None => return Value::Null,
            },
            None => inside.split_once(']').unwrap_or((inside, "")),
        };
        rest = after;
        let next = match &value {
            Value::List(items) => key.parse::<usize>().ok().and_then(|i| items.get(i)).cloned(),
            Value::Dictionary(entries) => entries.iter().find(|(k, _)| &**k == key).map(|(_, v)| v.clone()),
            Value::Record(slots) => {
                let names = shape.and_then(|s| shapes.get(s.0 as usize)).map_or(&[][..], |s| &s.slots);
                let at = names.iter().position(|s| &*s.name == key);
                shape = at.and_then(|i| names.get(i)).and_then(|s| s.shape);
                at.and_then(|i| slots.get(i)).cloned()
            }
            _ => None,
        };
        match next {
            Some(next) => value = next,
            None => return Value::Null,
        }
    }
    value
}
