//! Ids that people type or lists give, looked at before they go into a path: what cannot be an id of a record type is not sent.

use mapwright_language::schema::{RecordType, System, Wire};
use mapwright_language::value::is_unseen;

/// Longer than any id of either system.
const LONGEST: usize = 200;

/// Whether a text can be the id of a record of this type: whole numbers where BigCommerce's ids are integers; elsewhere
/// any text that stays one segment of a path, whatever a gateway on the way decodes.
///
/// # Errors
/// Why it cannot, for a person.
pub fn fits(record: &RecordType, id: &str) -> Result<(), String> {
    let no = |why: String| Err(format!("`{}` is no id of {}: {why}", id.escape_debug(), record.title));
    if id.is_empty() {
        return no(String::from("it is empty"));
    }
    if is_number(record) {
        // no id has more digits than its 64 bits hold
        if !id.bytes().all(|b| b.is_ascii_digit()) || id.len() > 19 || id.starts_with('0') {
            return no(String::from("ids there are whole numbers"));
        }
        return Ok(());
    }
    if id.len() > LONGEST {
        return no(format!("it is longer than {LONGEST} bytes"));
    }
    if id == "." || id == ".." {
        return no(String::from("it is part of a path"));
    }
    match id.chars().find(|c| is_unseen(*c) || c.is_whitespace() || matches!(c, '/' | '\\' | '?' | '#' | '%' | ',')) {
        None => Ok(()),
        Some(',') => no(String::from("it holds a comma; several ids are divided by blanks")),
        Some(c) if c.is_control() => no(String::from("it holds a control character")),
        Some(c) if is_unseen(c) => no(String::from("it holds a sign that cannot be seen")),
        Some(c) if c.is_whitespace() => no(String::from("it holds a blank")),
        Some(c) => no(format!("it holds `{c}`")),
    }
}

/// Whether ids of a record type are integers on the wire.
fn is_number(record: &RecordType) -> bool {
    let field = record.id.as_deref().and_then(|id| record.fields.get(id));
    let text = field.is_some_and(|f| [&f.read, &f.write].into_iter().flatten().any(|wire| *wire == Wire::Text));
    record.system == System::Bigcommerce && !text
}

#[cfg(test)]
mod tests {
    use mapwright_language::schema::Catalog;

    use super::*;

    #[test]
    fn what_cannot_be_an_id_is_told_apart() {
        let catalog = Catalog::builtin();
        let [number, text, code] =
            ["customers.customer", "Product", "payments.method"].map(|name| catalog.record(name).unwrap());
        for (id, as_number, as_text) in [
            ("17", true, true),
            ("a|b", false, true),
            ("6f1c-ä", false, true),
            ("0", false, true),
            ("017", false, true),
            ("-1", false, true),
            ("17.0", false, true),
            ("99999999999999999999", false, true),
            ("", false, false),
            (" ", false, false),
            ("1 ", false, false),
            ("1,2", false, false),
            ("..", false, false),
            ("../../1", false, false),
            ("1224?x=1#y", false, false),
            ("%2e%2e", false, false),
            ("1\\2", false, false),
            ("1\u{202e}2", false, false),
            ("1\n", false, false),
            ("\u{663}", false, true),
        ] {
            assert_eq!(fits(number, id).is_ok(), as_number, "{id:?}");
            assert_eq!(fits(text, id).is_ok(), as_text, "{id:?}");
        }
        assert_eq!(fits(code, "bigcommerce_payments"), Ok(()));
        assert!(fits(text, &"1".repeat(201)).is_err());
        assert_eq!(
            fits(number, "1\u{7}").unwrap_err(),
            "`1\\u{7}` is no id of BigCommerce customer: ids there are whole numbers"
        );
    }
}
