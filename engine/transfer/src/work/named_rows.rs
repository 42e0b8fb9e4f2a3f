//! A dictionary whose entries are rows with ids (a product's custom fields): which rows of it have to be made or changed, and
//! which have to go, so that every name that rules write has its value, in one row.

use std::sync::Arc;

use jiff::tz::TimeZone;
use mapwright_language::json::Json;
use mapwright_language::plan::OutShape;
use mapwright_language::schema::{Field, NamedRows, Wire, encode_json};
use mapwright_language::value::Value;

/// What has to happen to the rows. Rows of names that no rule writes are in neither list.
#[derive(Debug, Default, PartialEq)]
pub struct RowChanges {
    /// Rows to send: with an id those that change, without one those that are new.
    pub send: Vec<Json>,
    /// Rows to remove.
    pub remove: Vec<Json>,
}

/// Compares the entries that rules write with the rows that are there. `Null` leaves a name alone, `Clear` removes its rows; a
/// name that is there several times keeps one row.
///
/// # Errors
/// A value that the field cannot hold (the checker excludes it).
pub fn row_changes(
    field: &Field,
    rows: &NamedRows,
    wanted: &Value,
    there: Option<&Json>,
    zone: &TimeZone,
) -> Result<RowChanges, String> {
    let (Some(Wire::Pairs(name_key, value_key)), Some(of)) = (field.write.as_ref().or(field.read.as_ref()), &field.of)
    else {
        return Err(String::from("its rows have no names"));
    };
    let there = there.map_or(&[][..], Json::items);
    let mut changes = RowChanges::default();
    let entries = match wanted {
        Value::Dictionary(entries) => entries,
        Value::Clear => {
            changes.remove = there.to_vec();
            return Ok(changes);
        }
        _ => return Ok(changes),
    };
    for (name, value) in entries.iter() {
        let mut same_name =
            there.iter().filter(|row| matches!(row.get(name_key), Some(Json::Text(n)) if **n == **name));
        let value = match value {
            Value::Null => continue,
            Value::Clear => {
                changes.remove.extend(same_name.cloned());
                continue;
            }
            value => encode_json(value, of, &OutShape::Plain, zone).map_err(|e| e.to_string())?,
        };
        // the row that has the value already, else the first: the store takes a pair of name and value only once
        let kept =
            same_name.clone().find(|row| row.get(value_key) == Some(&value)).or_else(|| same_name.clone().next());
        if kept.is_none_or(|row| row.get(value_key) != Some(&value)) {
            let id = kept.and_then(|row| row.get(&rows.id)).map(|id| (Box::from(rows.id.as_str()), id.clone()));
            let pair =
                [(Box::from(name_key.as_str()), Json::Text((&**name).into())), (Box::from(value_key.as_str()), value)];
            changes.send.push(Json::Object(id.into_iter().chain(pair).collect()));
        }
        changes
            .remove
            .extend(same_name.by_ref().filter(|row| !kept.is_some_and(|kept| std::ptr::eq(kept, *row))).cloned());
    }
    Ok(changes)
}

/// The entries of one rule: one name of the dictionary, or the whole of it.
pub fn entries_of(name: Option<&Arc<str>>, value: &Value) -> Value {
    match name {
        Some(name) => Value::Dictionary([(name.clone(), value.clone())].into()),
        None => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // tests
    use super::*;
    use mapwright_language::json::{read, write};
    use mapwright_language::schema::Catalog;

    /// What is sent and what is removed, as texts.
    fn changes(wanted: &[(&str, Value)], there: &str) -> (String, String) {
        let product = Catalog::builtin().record("catalog.product").unwrap();
        let field = product.fields.get("custom_fields").unwrap();
        let wanted = Value::Dictionary(wanted.iter().map(|(n, v)| ((*n).into(), v.clone())).collect());
        let there = read(there.as_bytes()).unwrap();
        let found = row_changes(field, field.rows.as_ref().unwrap(), &wanted, Some(&there), &TimeZone::UTC).unwrap();
        (write(&Json::List(found.send)), write(&Json::List(found.remove)))
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    const THERE: &str = r#"[{"id":1,"name":"Material","value":"Wool"},{"id":2,"name":"Award","value":"2022"},{"id":3,"name":"Award","value":"2023"}]"#;

    #[test]
    fn field_a_a_row_that_changes_goes_with_its_id_and_a_new_one_without() {
        let sent = r#"[{"id":1,"name":"Material","value":"Silk"},{"name":"Care","value":"30 °C"}]"#;
        let wanted = [("Material", text("Silk")), ("Care", text("30 °C"))];
        assert_eq!(changes(&wanted, THERE), (sent.to_owned(), "[]".to_owned()));
        assert_eq!(changes(&[("Material", text("Wool"))], THERE), ("[]".to_owned(), "[]".to_owned()));
        assert_eq!(changes(&[("Material", Value::Null)], THERE), ("[]".to_owned(), "[]".to_owned()));
    }

    #[test]
    fn field_a_clear_removes_the_row_and_a_name_that_is_there_twice_keeps_one() {
        let second = r#"[{"id":3,"name":"Award","value":"2023"}]"#;
        assert_eq!(changes(&[("Material", Value::Clear)], THERE).1, r#"[{"id":1,"name":"Material","value":"Wool"}]"#);
        assert_eq!(changes(&[("Award", text("2022"))], THERE), ("[]".to_owned(), second.to_owned()));
        let first = r#"[{"id":2,"name":"Award","value":"2022"}]"#;
        assert_eq!(changes(&[("Award", text("2023"))], THERE), ("[]".to_owned(), first.to_owned()));
        let changed = r#"[{"id":2,"name":"Award","value":"2024"}]"#;
        assert_eq!(changes(&[("Award", text("2024"))], THERE), (changed.to_owned(), second.to_owned()));
    }
}
