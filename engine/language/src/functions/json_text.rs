//! JSON that stands in texts. Numbers keep their digits.

use std::sync::Arc;

use ecow::EcoString;

use crate::json::{self, Json};
use crate::value::{Value, number_text, text_of};

use super::Function;
use super::TypePattern::{self, Boolean, Date, Decimal as Number, Dictionary, Instant, List, OneOf, Text};
use super::arguments::{grown, text};
use super::function::{Parameter, of};

const SUBJECT: Parameter = of("text", Text);

static PLAIN: TypePattern = OneOf(&[Text, Number, Boolean, Date, Instant]);
static WITHIN: TypePattern =
    OneOf(&[Text, Number, Boolean, Date, Instant, List(&PLAIN), Dictionary(&PLAIN), List(&List(&PLAIN))]);

fn read(text: &str) -> Result<Json, String> {
    json::read(text.as_bytes()).map_err(|error| format!("is no JSON: {error}"))
}

/// A text as it is, a number as its digits, `true` or `false`; nothing of null, an array or an object.
fn plain(json: &Json) -> Option<EcoString> {
    match json {
        Json::Text(text) | Json::Number(text) => Some(EcoString::from(&**text)),
        Json::Bool(b) => Some(if *b { "true" } else { "false" }.into()),
        _ => None,
    }
}

/// The entries of a flat object; those that are null are left out.
pub(super) fn dictionary(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let read = read(text)?;
    if !matches!(read, Json::Object(_)) {
        return Err(String::from("is no JSON object"));
    }
    let mut made = Vec::new();
    for (key, value) in read.entries() {
        match (value, plain(value)) {
            (Json::Null, _) => {}
            (_, Some(text)) => made.push((Arc::from(&**key), Value::Text(text))),
            _ => return Err(String::from("has a list or an object as value: take it out with `json_value`")),
        }
    }
    Ok(Value::Dictionary(made.into()))
}

/// What stands at an RFC 6901 pointer.
fn at<'j>(json: &'j Json, pointer: &str) -> Option<&'j Json> {
    let mut here = json;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        here = match here {
            Json::List(items) if part.bytes().all(|b| b.is_ascii_digit()) => items.get(part.parse::<usize>().ok()?)?,
            Json::Object(_) => here.get(&part)?,
            _ => return None,
        };
    }
    Some(here)
}

fn pointer_is_one(pointer: &str) -> Result<(), String> {
    if pointer.is_empty() || pointer.starts_with('/') {
        Ok(())
    } else {
        Err(format!("is asked for `{pointer}`: a pointer begins with `/`, such as `/name/first` or `/items/0`"))
    }
}

/// A value as JSON; numbers as numbers, times as texts.
fn written(value: &Value) -> Json {
    match value {
        Value::Bool(b) => Json::Bool(*b),
        Value::Number(number) => Json::Number(number_text(*number).into()),
        Value::List(items) => Json::List(items.iter().map(written).collect()),
        Value::Dictionary(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (Box::from(&**key), written(value))).collect())
        }
        other => text_of(other).map_or(Json::Null, |text| Json::Text(Box::from(&*text))),
    }
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "json_dictionary",
        "the entries of a flat JSON object as texts, null ones left out; an empty text is null",
        &[SUBJECT],
        Dictionary(&Text),
        &[(
            "'{\"size\": \"L\", \"count\": 2.50, \"gift\": true, \"note\": null}' | json_dictionary | json_text",
            "'{\"size\":\"L\",\"count\":\"2.50\",\"gift\":\"true\"}'",
        )],
        |v| dictionary(text(v, 0)),
    )
    .may_be_null()
    .fails("the text is no JSON object, or a value in it is a list or an object"),
    Function::new(
        "json_list",
        "the elements of a JSON array as texts; an empty text is null",
        &[SUBJECT],
        List(&Text),
        &[("'[\"a\", 1, true]' | json_list", "[\"a\", \"1\", \"true\"]")],
        |v| {
            if text(v, 0).trim().is_empty() {
                return Ok(Value::Null);
            }
            let Json::List(items) = read(text(v, 0))? else { return Err(String::from("is no JSON array")) };
            let texts: Option<Vec<Value>> = items.iter().map(|i| plain(i).map(Value::Text)).collect();
            texts
                .map(|t| Value::List(t.into()))
                .ok_or_else(|| String::from("has an element that is null, a list or an object"))
        },
    )
    .may_be_null()
    .fails("the text is no JSON array, or an element in it is null, a list or an object"),
    Function::new(
        "json_value",
        "what stands at a place of JSON, as text: `/items/0/sku` is an RFC 6901 pointer; null if nothing does. A list or an object comes as its JSON",
        &[SUBJECT, of("pointer", Text)],
        Text,
        &[
            ("'{\"items\": [{\"sku\": \"A-1\"}]}' | json_value(\"/items/0/sku\")", "\"A-1\""),
            ("'{\"a\": [1, 2]}' | json_value(\"/a\") | json_list", "[\"1\", \"2\"]"),
            ("'{\"a\": 1}' | json_value(\"/b\")", "null"),
        ],
        |v| {
            pointer_is_one(text(v, 1))?;
            if text(v, 0).trim().is_empty() {
                return Ok(Value::Null);
            }
            let read = read(text(v, 0))?;
            Ok(match at(&read, text(v, 1)) {
                None | Some(Json::Null) => Value::Null,
                Some(found) => Value::Text(plain(found).unwrap_or_else(|| json::write(found).into())),
            })
        },
    )
    .may_be_null()
    .fails("the text is no JSON, or the pointer does not begin with `/`")
    .constants(|c| match c.get(1) {
        Some(Some(Value::Text(pointer))) => pointer_is_one(pointer),
        _ => Ok(()),
    }),
    Function::new(
        "json_text",
        "a value, a list or a dictionary as JSON text",
        &[of("value", WITHIN)],
        Text,
        &[
            ("json_text({ \"size\": \"L\", \"colour\": \"red\" })", "'{\"size\":\"L\",\"colour\":\"red\"}'"),
            ("json_text([1, 2.5])", "'[1,2.5]'"),
        ],
        |v| match v.first() {
            Some(value) => grown(&json::write(&written(value))),
            None => Ok(Value::Null),
        },
    )
    .fails("the result is longer than 16 MiB"),
];
