//! A record with what is personal or secret in it replaced, so that it may be kept as a test case. A stand-in has the form of what it
//! replaces (kind, length, which characters are letters, digits and signs) and nothing else of it: it is made from that form and from
//! how many different values came before. Equal values have equal stand-ins.

use mapwright_language::json::Json;
use mapwright_language::schema::{Catalog, Field, FieldKind, Fields, RecordType, Wire};

/// A record fit to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// The record.
    pub record: Json,
    /// How many values were replaced.
    pub replaced: usize,
    /// Paths that the schema does not know: they may hold anything and are left out.
    pub left_out: Vec<String>,
}

/// Replaces what the schema marks as personal or secret, in records inside and in lists too.
#[must_use]
pub fn stand_in(record: &Json, of: &RecordType) -> StandIn {
    let mut walk = Walk { seen: vec![], replaced: 0, left_out: vec![] };
    let record = walk.record(record, &of.fields, "");
    StandIn { record, replaced: walk.replaced, left_out: walk.left_out }
}

struct Walk {
    /// Values that have been replaced, with their stand-ins.
    seen: Vec<(String, String)>,
    replaced: usize,
    left_out: Vec<String>,
}

impl Walk {
    fn record(&mut self, json: &Json, fields: &Fields, path: &str) -> Json {
        let Json::Object(entries) = json else {
            // what should be a record and is none may hold anything
            return if *json == Json::Null { Json::Null } else { self.drop(path) };
        };
        let mut kept = Vec::new();
        for (key, value) in entries {
            let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
            let elsewhere = || fields.iter().find(|(_, f)| f.read_at.as_deref() == Some(&**key)).map(|(_, f)| f);
            match fields.get(key).or_else(elsewhere) {
                Some(field) => kept.push((key.clone(), self.value(value, field, &path, false))),
                None => {
                    self.drop(&path);
                }
            }
        }
        Json::Object(kept)
    }

    fn drop(&mut self, path: &str) -> Json {
        if !self.left_out.iter().any(|p| p == path) {
            self.left_out.push(path.to_owned());
        }
        Json::Null
    }

    /// `hidden`: something around it is personal already.
    fn value(&mut self, json: &Json, field: &Field, path: &str, hidden: bool) -> Json {
        let hidden = hidden || field.personal || field.secret;
        match (field.kind, json) {
            (FieldKind::List, Json::List(items)) => match &field.of {
                Some(of) => Json::List(items.iter().map(|i| self.value(i, of, path, hidden)).collect()),
                None => self.hide(json, field, hidden),
            },
            (FieldKind::Record, Json::Object(_)) if !hidden => match Catalog::builtin().fields(field) {
                Some((fields, _)) => self.record(json, fields, path),
                None => self.drop(path),
            },
            (FieldKind::Dictionary, _) => self.dictionary(json, field, path, hidden),
            // a whole record where a value should stand, or the other way round
            (kind, Json::Object(_)) if kind != FieldKind::Record && !hidden => self.drop(path),
            _ => self.hide(json, field, hidden),
        }
    }

    /// Keys stay, values are those of the dictionary.
    fn dictionary(&mut self, json: &Json, field: &Field, path: &str, hidden: bool) -> Json {
        let Some(of) = &field.of else { return self.hide(json, field, hidden) };
        match (json, &field.read) {
            (Json::Object(entries), _) => {
                Json::Object(entries.iter().map(|(k, v)| (k.clone(), self.value(v, of, path, hidden))).collect())
            }
            (Json::List(rows), Some(Wire::Pairs(key, value))) => Json::List(
                rows.iter()
                    .map(|row| {
                        let kept = row.entries().iter().filter_map(|(k, v)| match &**k {
                            k if k == key => Some((k.into(), v.clone())),
                            k if k == value => Some((k.into(), self.value(v, of, path, hidden))),
                            k => {
                                self.drop(&format!("{path}.{k}"));
                                None
                            }
                        });
                        Json::Object(kept.collect())
                    })
                    .collect(),
            ),
            _ => self.hide(json, field, hidden),
        }
    }

    /// A value, or all values in it, replaced where it is to be hidden.
    fn hide(&mut self, json: &Json, field: &Field, hidden: bool) -> Json {
        if !hidden || field.none.iter().any(|n| Json::from(n) == *json) {
            return json.clone();
        }
        match json {
            Json::Null => Json::Null,
            Json::Bool(_) => self.counted(Json::Bool(false)),
            Json::Number(digits) => {
                let text = self.replacement(digits, field);
                self.counted(Json::Number(text.into()))
            }
            Json::Text(text) if text.trim().is_empty() => json.clone(),
            Json::Text(text) => {
                let text = self.replacement(text, field);
                self.counted(Json::Text(text.into()))
            }
            Json::List(items) => Json::List(items.iter().map(|i| self.hide(i, field, true)).collect()),
            Json::Object(entries) => {
                Json::Object(entries.iter().map(|(k, v)| (k.clone(), self.hide(v, field, true))).collect())
            }
        }
    }

    fn counted(&mut self, json: Json) -> Json {
        self.replaced += 1;
        json
    }

    fn replacement(&mut self, value: &str, field: &Field) -> String {
        if let Some((_, known)) = self.seen.iter().find(|(v, _)| v == value) {
            return known.clone();
        }
        let number = self.seen.len();
        let made = match field.kind {
            FieldKind::Enum => field.values.first().cloned().unwrap_or_default(),
            FieldKind::Instant | FieldKind::Date => day(value, number),
            _ => match value.rsplit_once('@').filter(|(_, domain)| domain.contains('.')) {
                Some((name, _)) => format!("{}@example.com", shape(name, number)),
                None => shape(value, number),
            },
        };
        self.seen.push((value.to_owned(), made.clone()));
        made
    }
}

/// A value of the same form: letters for letters, digits for digits, signs and blanks as they are.
fn shape(value: &str, number: usize) -> String {
    let mut at = number;
    let mut first_digit = true;
    value
        .chars()
        .map(|c| {
            at += 1;
            let letter = |base: u8| char::from(base + u8::try_from(at % 26).unwrap_or(0));
            match c {
                'a'..='z' => letter(b'a'),
                'A'..='Z' => letter(b'A'),
                '0'..='9' => {
                    // a number keeps its length: no zero in front; a zero in front stays one
                    let digit = if first_digit && c == '0' { 0 } else { 1 + at % 9 };
                    first_digit = false;
                    char::from_digit(u32::try_from(digit).unwrap_or(1), 10).unwrap_or('1')
                }
                c if c.is_uppercase() => 'Å',
                c if c.is_alphabetic() => 'å',
                c => c,
            }
        })
        .collect()
}

/// A day or a time of the same form, on some day of January 1980.
fn day(value: &str, number: usize) -> String {
    let date = value.get(..10).filter(|d| d.bytes().filter(|b| *b == b'-').count() == 2);
    let Some(rest) = date.and_then(|_| value.get(10..)) else { return shape(value, number) };
    let rest: String = rest.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    format!("1980-01-{:02}{rest}", 1 + number % 28)
}

#[cfg(test)]
mod tests {
    use mapwright_language::json::{read, write};

    use super::*;

    fn customer() -> &'static RecordType {
        Catalog::builtin().record("customers.customer").unwrap()
    }

    fn check(record: &str) -> (String, StandIn) {
        let json = read(record.as_bytes()).unwrap();
        let made = stand_in(&json, customer());
        assert_eq!(made, stand_in(&json, customer()), "the same again");
        (write(&made.record), made)
    }

    #[test]
    fn personal_values_are_replaced_and_the_rest_stays() {
        let (text, made) = check(
            r#"{"id": 11, "email": "ada.l@firm.org", "first_name": "Ada", "last_name": "Ada", "phone": "+44 0171 5", "company": "", "notes": null, "customer_group_id": 4, "addresses": [{"city": "Köln", "postal_code": "50667", "country_code": "DE"}], "secret_thing": "x"}"#,
        );
        for personal in ["ada", "Ada", "0171", "firm.org", "Köln", "50667"] {
            assert!(!text.contains(personal), "{personal} in {text}");
        }
        assert!(
            text.contains(r#""id":11"#) && text.contains(r#""company":"""#) && text.contains(r#""notes":null"#),
            "{text}"
        );
        assert!(text.contains(r#""customer_group_id":4"#), "{text}");
        let get = |key: &str| made.record.get(key).and_then(Json::text).unwrap_or_default().to_owned();
        assert_eq!(get("first_name"), get("last_name"), "equal values stay equal");
        assert_eq!(get("first_name").chars().count(), 3);
        assert!(get("email").ends_with("@example.com"));
        assert!(get("phone").starts_with('+') && get("phone").len() == "+44 0171 5".len(), "{}", get("phone"));
        assert_eq!(made.left_out, ["secret_thing"]);
        assert!(made.replaced >= 5, "{}", made.replaced);
    }

    #[test]
    fn stand_ins_say_nothing_but_the_form() {
        let (first, _) = check(r#"{"first_name": "Ada", "phone": "0171 555"}"#);
        let (second, _) = check(r#"{"first_name": "Bob", "phone": "0999 123"}"#);
        assert_eq!(first, second);
    }

    #[test]
    fn days_stay_days() {
        assert_eq!(day("1999-12-31", 0), "1980-01-01");
        assert_eq!(day("1999-12-31T23:59:58Z", 30), "1980-01-03T00:00:00Z");
    }

    #[test]
    fn what_is_no_record_is_left_out() {
        let (text, made) = check(r#"["Ada"]"#);
        assert_eq!((text.as_str(), made.left_out.len()), ("null", 1));
    }
}
