//! Fields that a record does not have although its schema says that they are always there: rules that read them get null, and
//! their author could not know.

use std::collections::BTreeSet;

use crate::plan::{Shape, ShapeId};
use crate::schema::{Field, FieldKind};
use crate::value::Value;

/// Most names in one sentence.
const MOST_NAMES: usize = 5;

/// Says which of the fields that a plan reads are missing against the schema; none where all is well.
pub(super) fn promised(shapes: &[Shape], shape: ShapeId, record: &Value) -> Option<String> {
    let mut missing = BTreeSet::new();
    walk(shapes, shape, record, "", &mut missing);
    if missing.is_empty() {
        return None;
    }
    let more = missing.len().saturating_sub(MOST_NAMES);
    let names: Vec<String> = missing.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("missing in the record, although the schema says that it is never null: {}{more}", names.join(", ")))
}

fn walk(shapes: &[Shape], shape: ShapeId, value: &Value, place: &str, missing: &mut BTreeSet<String>) {
    match value {
        Value::Record(values) => {
            let Some(shape) = shapes.get(shape.0 as usize) else { return };
            for (slot, value) in shape.slots.iter().zip(values.iter()) {
                match (value, slot.shape) {
                    (Value::Null, _) if is_promised(&slot.field) => {
                        missing.insert(below(place, &slot.name));
                    }
                    (Value::Record(_), Some(inner)) => walk(shapes, inner, value, &below(place, &slot.name), missing),
                    (Value::List(_), Some(inner)) => {
                        walk(shapes, inner, value, &format!("{}[*]", below(place, &slot.name)), missing);
                    }
                    _ => {}
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| walk(shapes, shape, item, place, missing)),
        _ => {}
    }
}

fn below(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

/// A single value that answers always have. What is read by a call of its own is another answer's, and ids are read for links,
/// whether a rule asks for them or not.
fn is_promised(field: &Field) -> bool {
    let single = !matches!(
        field.kind,
        FieldKind::Id | FieldKind::List | FieldKind::Record | FieldKind::Dictionary | FieldKind::Any
    );
    single && !field.may_be_null() && !field.write_only && field.read_by.is_none()
}
