//! What differs between a mapped value and what is there. Values are compared, not texts: `12.50` is `12.5`, ids are a set,
//! what a rule leaves out of a record is left alone.

use jiff::tz::TimeZone;
use mapwright_language::json::Json;
use mapwright_language::plan::{OutShape, PlannedRule};
use mapwright_language::schema::{Catalog, Field, FieldKind, decode_json, encode_json};
use mapwright_language::value::{Value, equal, is_empty};

use super::named_rows::{RowChanges, entries_of, row_changes};

/// Whether a rule's value is already there.
#[must_use]
pub fn is_there(rule: &PlannedRule, value: &Value, existing: &Json, catalog: &Catalog, zone: &TimeZone) -> bool {
    let Some((head, rest)) = rule.target.split_first() else { return true };
    if let Some(rows) = &rule.field.rows {
        let wanted = entries_of(rest.first(), value);
        return row_changes(&rule.field, rows, &wanted, existing.get(head), zone)
            .is_ok_and(|c| c == RowChanges::default());
    }
    if rule.custom {
        let there = existing.get(head).map_or(Value::Null, |json| decode_json(json, &rule.field, catalog, zone));
        let entry = match (&there, rest.first()) {
            (Value::Dictionary(entries), Some(name)) => entries.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()),
            _ => None,
        };
        return same(value, &entry.unwrap_or(Value::Null), &OutShape::Plain, &rule.field);
    }
    let json = rule.target.iter().try_fold(existing, |json, key| json.get(key)).unwrap_or(&Json::Null);
    let there = decode_json(json, &rule.field, catalog, zone);
    if matches!(value, Value::Clear) {
        let cleared = encode_json(value, &rule.field, &rule.shape, zone).unwrap_or(Json::Null);
        return is_empty(&there) || equal(&there, &decode_json(&cleared, &rule.field, catalog, zone));
    }
    same(value, &there, &rule.shape, &rule.field)
}

fn same(mapped: &Value, there: &Value, shape: &OutShape, field: &Field) -> bool {
    match (mapped, there) {
        (Value::Null, _) => true,
        (Value::Clear, there) => is_empty(there),
        (Value::List(items), Value::Null) => items.is_empty(),
        (Value::Text(text), Value::Null) => text.is_empty(),
        (Value::List(mapped), Value::List(there)) => {
            let of = field.of.as_deref();
            let inner = if let OutShape::List(inner) = shape { inner } else { &OutShape::Plain };
            if mapped.len() != there.len() {
                return false;
            }
            // a list of ids (a product's categories) is a set: the store answers it in an order of its own
            if of.is_some_and(|of| of.kind == FieldKind::Id) {
                return mapped.iter().all(|a| there.iter().any(|b| equal(a, b)))
                    && there.iter().all(|b| mapped.iter().any(|a| equal(a, b)));
            }
            mapped.iter().zip(there.iter()).all(|(a, b)| same(a, b, inner, of.unwrap_or(field)))
        }
        (Value::Record(mapped), Value::Record(there)) => match shape {
            OutShape::Record(names) => {
                mapped.len() == there.len()
                    && mapped
                        .iter()
                        .zip(there.iter())
                        .zip(names)
                        .all(|((a, b), (_, field, shape))| same(a, b, shape, field))
            }
            _ => equal(&Value::Record(mapped.clone()), &Value::Record(there.clone())),
        },
        (a, b) => equal(a, b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn rule(field: serde_json::Value, shape: OutShape) -> PlannedRule {
        PlannedRule {
            target: vec!["f".into()],
            custom: false,
            label: "f".into(),
            field: Arc::new(serde_json::from_value(field).unwrap()),
            shape,
            value: mapwright_language::plan::StepId(0),
            on: None,
            span: mapwright_language::source::Span { file: mapwright_language::source::FileId(0), start: 0, end: 0 },
            lineage: mapwright_language::plan::Lineage::default(),
        }
    }

    fn there(field: serde_json::Value, value: Value, existing: &str) -> bool {
        let existing = mapwright_language::json::read(existing.as_bytes()).unwrap();
        is_there(&rule(field, OutShape::Plain), &value, &existing, &Catalog::default(), &TimeZone::UTC)
    }

    #[test]
    fn values_are_compared_not_texts() {
        let number = |text: &str| Value::Number(mapwright_language::value::number_from_text(text).unwrap());
        let decimal = serde_json::json!({"type": "decimal"});
        assert!(there(decimal.clone(), number("12.5"), r#"{"f":12.50}"#));
        assert!(!there(decimal.clone(), number("12.5"), r#"{"f":12.51}"#));
        assert!(!there(decimal, number("12.5"), "{}"));
        let none = serde_json::json!({"type": "decimal", "none": [0]});
        assert!(there(none.clone(), Value::Clear, r#"{"f":0}"#));
        assert!(!there(none, Value::Clear, r#"{"f":3}"#));
        let text = serde_json::json!({"type": "text"});
        assert!(there(text.clone(), Value::Clear, r#"{"f":""}"#));
        assert!(there(text.clone(), Value::Text("".into()), r#"{"f":null}"#));
        assert!(!there(text, Value::Text("A".into()), r#"{"f":"a"}"#));
    }

    #[test]
    fn ids_are_a_set_and_other_lists_are_not() {
        let list = |items: &[&str]| Value::List(items.iter().map(|i| Value::Text((*i).into())).collect());
        let ids = serde_json::json!({"type": "list", "of": {"type": "id"}});
        assert!(there(ids.clone(), list(&["1", "2"]), r#"{"f":[2,1]}"#));
        assert!(!there(ids.clone(), list(&["1"]), r#"{"f":[2,1]}"#));
        assert!(there(ids, list(&[]), "{}"));
        let texts = serde_json::json!({"type": "list", "of": {"type": "text"}});
        assert!(!there(texts, list(&["1", "2"]), r#"{"f":["2","1"]}"#));
    }
}
