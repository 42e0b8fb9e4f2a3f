//! From the wire to values, driven by what a plan demands: fields that no shape has a slot for are skipped unread.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiter::{Jiter, Peek};

use crate::json::{Json, JsonError, MOST_JSON_DEPTH, Places, read, read_value, trouble};
use crate::plan::{Shape, ShapeId};
use crate::value::{Unreadable, Value, date_from_text, instant_from_text, number_from_text, number_text};

use super::{Catalog, Field, FieldKind, Wire};

/// Reads records of some shapes.
pub struct Decoder<'a> {
    /// The plan's shapes.
    pub shapes: &'a [Shape],
    /// For times without offset.
    pub zone: &'a TimeZone,
}

impl Decoder<'_> {
    /// One record. A field of a wrong form becomes [`Value::Unreadable`], so that it fails only where it is used.
    ///
    /// # Errors
    /// The bytes are no JSON, or no object.
    pub fn record(&self, shape: ShapeId, bytes: &[u8]) -> Result<Value, JsonError> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut jiter = Jiter::new(bytes);
        let peek = jiter.peek().map_err(|e| trouble(&jiter, &e))?;
        if peek != Peek::Object {
            // a first letter promises a value: whether it is one shows the whole text only
            let is = if read(bytes).is_ok() { peek_name(peek) } else { "no JSON" };
            return Err(JsonError { message: format!("a record is an object, this is {is}"), line: 1, column: 1 });
        }
        let value = self.object(&mut jiter, shape, 0)?;
        jiter.finish().map_err(|e| trouble(&jiter, &e))?;
        Ok(value)
    }

    fn object(&self, jiter: &mut Jiter<'_>, shape: ShapeId, depth: usize) -> Result<Value, JsonError> {
        let Some(shape) = self.shapes.get(shape.0 as usize) else {
            return jiter.known_skip(Peek::Object).map(|()| Value::Null).map_err(|e| trouble(jiter, &e));
        };
        let slots = &shape.slots;
        let start = jiter.current_index();
        let mut values: Arc<[Value]> =
            std::iter::repeat_n(Value::Null, slots.len() + usize::from(shape.whole)).collect();
        // nobody else has it yet
        let cells = Arc::get_mut(&mut values).unwrap_or_default();
        // keys often come in the order of the slots: the search starts where the last one was found
        let mut expected = 0;
        let mut key = match jiter.known_object() {
            Ok(key) => find_slot(shape, key, &mut expected),
            Err(e) => return Err(trouble(jiter, &e)),
        };
        while let Some(found) = key {
            let peek = jiter.peek().map_err(|e| trouble(jiter, &e))?;
            match found.and_then(|i| Some((i, slots.get(i)?))) {
                Some((i, slot)) => {
                    let value =
                        self.value(jiter, peek, &slot.field, slot.shape, depth + 1)?.within(&|| slot.name.to_string());
                    if let Some(cell) = cells.get_mut(i) {
                        *cell = value;
                    }
                }
                None => jiter.known_skip(peek).map_err(|e| trouble(jiter, &e))?,
            }
            key = match jiter.next_key() {
                Ok(key) => find_slot(shape, key, &mut expected),
                Err(e) => return Err(trouble(jiter, &e)),
            };
        }
        if let (true, Some(cell)) = (shape.whole, cells.last_mut()) {
            let text = std::str::from_utf8(jiter.slice_to_current(start)).map_err(|_| not_text(jiter))?;
            *cell = Value::Received(text.into());
        }
        Ok(Value::Record(values))
    }

    /// Values of a text that is JSON, by the places where they begin (none: null), as one field: what a JSONPath finds. Where the field
    /// may be anything, numbers come as their digits, and lists and objects as their JSON.
    ///
    /// # Errors
    /// There is no value at a place.
    pub(crate) fn found(
        &self,
        text: &str,
        places: impl Iterator<Item = Option<usize>>,
        field: &Field,
        shape: Option<ShapeId>,
    ) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        for place in places {
            let Some(rest) = place.and_then(|at| text.as_bytes().get(at..)) else {
                items.push(Value::Null);
                continue;
            };
            let mut jiter = Jiter::new(rest);
            let peek = jiter.peek().map_err(|e| trouble(&jiter, &e))?;
            if field.kind == FieldKind::Any && matches!(peek, Peek::Array | Peek::Object) {
                let start = jiter.current_index();
                jiter.known_skip(peek).map_err(|e| trouble(&jiter, &e))?;
                let json = std::str::from_utf8(jiter.slice_to_current(start)).map_err(|_| not_text(&jiter))?;
                items.push(Value::Text(json.into()));
                continue;
            }
            items.push(self.value(&mut jiter, peek, field, shape, 0)?);
        }
        Ok(list(items, field))
    }

    fn value(
        &self,
        jiter: &mut Jiter<'_>,
        peek: Peek,
        field: &Field,
        shape: Option<ShapeId>,
        depth: usize,
    ) -> Result<Value, JsonError> {
        if depth > MOST_JSON_DEPTH {
            let place = jiter.current_position();
            return Err(JsonError {
                message: format!("nested more than {MOST_JSON_DEPTH} deep"),
                line: place.line,
                column: place.column,
            });
        }
        match (field.kind, peek) {
            (_, Peek::Null) => jiter.known_null().map(|()| Value::Null).map_err(|e| trouble(jiter, &e)),
            (FieldKind::Record, Peek::Object) => match shape {
                Some(shape) => self.object(jiter, shape, depth),
                None => jiter.known_skip(peek).map(|()| Value::Record(Arc::from([]))).map_err(|e| trouble(jiter, &e)),
            },
            (FieldKind::List, Peek::Array) => {
                let Some(of) = &field.of else { return skip(jiter, peek, field) };
                let mut items = Vec::new();
                let mut next = jiter.known_array().map_err(|e| trouble(jiter, &e))?;
                while let Some(peek) = next {
                    items.push(self.value(jiter, peek, of, shape, depth + 1)?);
                    next = jiter.array_step().map_err(|e| trouble(jiter, &e))?;
                }
                Ok(list(items, of))
            }
            (FieldKind::List | FieldKind::Record | FieldKind::Dictionary, Peek::Array | Peek::Object) => {
                let json = read_value(jiter, peek, depth)?;
                Ok(from_json(&json, field, self.zone))
            }
            (_, Peek::String) => match jiter.known_str() {
                Ok(text) => Ok(from_text(text, field, self.zone)),
                Err(e) => Err(trouble(jiter, &e)),
            },
            (_, Peek::True | Peek::False) => match jiter.known_bool(peek) {
                Ok(b) => Ok(from_bool(b, field)),
                Err(e) => Err(trouble(jiter, &e)),
            },
            (_, Peek::Array | Peek::Object) => skip(jiter, peek, field),
            _ => match jiter.known_number_bytes(peek) {
                Ok(bytes) => Ok(from_number(std::str::from_utf8(bytes).unwrap_or_default(), field)),
                Err(e) => Err(trouble(jiter, &e)),
            },
        }
    }
}

/// `Some(Some(slot))` = a demanded key, `Some(None)` = another key, `None` = the object ends.
#[allow(clippy::option_option)] // the three cases of a key
fn find_slot(shape: &Shape, key: Option<&str>, expected: &mut usize) -> Option<Option<usize>> {
    let key = key?;
    if !shape.may_have(key) {
        return Some(None);
    }
    let matches = |slot: &crate::plan::ShapeSlot| &*slot.name == key;
    let found = if shape.slots.get(*expected).is_some_and(matches) {
        Some(*expected)
    } else {
        shape.slots.iter().position(matches)
    };
    if let Some(i) = found {
        *expected = i + 1;
    }
    Some(found)
}

fn not_text(jiter: &Jiter<'_>) -> JsonError {
    let place = jiter.current_position();
    JsonError { message: String::from("this is not UTF-8"), line: place.line, column: place.column }
}

fn skip(jiter: &mut Jiter<'_>, peek: Peek, field: &Field) -> Result<Value, JsonError> {
    let unreadable = unreadable(field, peek_name(peek), Value::Null);
    jiter.known_skip(peek).map(|()| unreadable).map_err(|e| trouble(jiter, &e))
}

/// A list. Of records each is looked at by itself, row by row; of anything else one wrong element spoils the list.
fn list(mut items: Vec<Value>, of: &Field) -> Value {
    let unreadable = |item: &Value| matches!(item, Value::Unreadable(_) | Value::List(_) | Value::Dictionary(_));
    if items.iter().any(unreadable) {
        items = items.into_iter().enumerate().map(|(at, item)| item.within(&|| format!("[{at}]"))).collect();
    }
    let wrong = items.iter().find(|item| of.kind != FieldKind::Record && matches!(item, Value::Unreadable(_)));
    wrong.cloned().unwrap_or_else(|| Value::List(items.into()))
}

fn peek_name(peek: Peek) -> &'static str {
    match peek {
        Peek::Null => "null",
        Peek::True | Peek::False => "true or false",
        Peek::String => "a text",
        Peek::Array => "a list",
        Peek::Object => "an object",
        _ => "a number",
    }
}

fn expected(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Text | FieldKind::Any => "a text",
        FieldKind::Enum => "one of a few texts",
        FieldKind::Integer => "a whole number",
        FieldKind::Decimal => "a number",
        FieldKind::Boolean => "true or false",
        FieldKind::Instant => "a date and time",
        FieldKind::Date => "a date",
        FieldKind::Id => "an id",
        FieldKind::List => "a list",
        FieldKind::Record => "an object",
        FieldKind::Dictionary => "names and values",
    }
}

/// A value of a wrong form: what it is, in words, and the value itself, unless it is too great to be shown.
fn unreadable(field: &Field, is: &str, found: Value) -> Value {
    let shown = if matches!(found, Value::Null) { "" } else { ": {}" };
    let why = format!("is {is}, but {} was expected{shown}", expected(field));
    Value::Unreadable(Arc::new(Unreadable { field: String::new(), why, found }))
}

fn is_none(field: &Field, test: impl Fn(&serde_json::Value) -> bool) -> bool {
    !field.none.is_empty() && field.none.iter().any(test)
}

/// Whether a text or a number is that none-value, whatever its form in JSON: `0` and `"0"` are one id. Texts stay texts.
fn says_number(none: &serde_json::Value, text: &str, field: &Field) -> bool {
    if !matches!(field.kind, FieldKind::Id | FieldKind::Integer | FieldKind::Decimal) {
        return false;
    }
    let none = none.as_str().map_or_else(|| none.to_string(), str::to_owned);
    number_from_text(&none).is_some_and(|none| number_from_text(text.trim()) == Some(none))
}

fn from_text(text: &str, field: &Field, zone: &TimeZone) -> Value {
    if is_none(field, |none| none.as_str() == Some(text) || says_number(none, text, field)) {
        return Value::Null;
    }
    let found = || Value::Text(text.into());
    let in_text = matches!(field.read, Some(Wire::Text | Wire::TextDecimals(_) | Wire::NumberOrText));
    match field.kind {
        FieldKind::Text | FieldKind::Enum | FieldKind::Any | FieldKind::Id => Value::Text(text.into()),
        FieldKind::Integer | FieldKind::Decimal if in_text => match number_from_text(text.trim()) {
            Some(number) if field.kind == FieldKind::Decimal || number.is_integer() => from_decimal(number, field),
            _ => unreadable(field, "a text that is no such number", found()),
        },
        FieldKind::Boolean if in_text => match text {
            "true" | "1" => Value::Bool(true),
            "false" | "0" => Value::Bool(false),
            _ => unreadable(field, "a text", found()),
        },
        FieldKind::Instant => {
            let at = match field.read {
                Some(Wire::UnixSecondsText) => {
                    text.trim().parse().ok().and_then(|s| jiff::Timestamp::from_second(s).ok())
                }
                _ => instant_from_text(text, zone),
            };
            at.map_or_else(|| unreadable(field, "a text that is no date and time", found()), Value::Instant)
        }
        FieldKind::Date => {
            date_from_text(text).map_or_else(|| unreadable(field, "a text that is no date", found()), Value::Date)
        }
        _ => unreadable(field, "a text", found()),
    }
}

fn from_decimal(number: rust_decimal::Decimal, field: &Field) -> Value {
    let none =
        is_none(field, |none| none.as_number().is_some_and(|n| number_from_text(&n.to_string()) == Some(number)));
    if none { Value::Null } else { Value::Number(number) }
}

fn from_number(digits: &str, field: &Field) -> Value {
    if is_none(field, |none| {
        none.as_number().is_some_and(|n| n.to_string() == digits) || says_number(none, digits, field)
    }) {
        return Value::Null;
    }
    let found = || number_from_text(digits).map_or_else(|| Value::Text(digits.into()), Value::Number);
    match field.kind {
        FieldKind::Id => Value::Text(digits.into()),
        FieldKind::Decimal | FieldKind::Integer if !matches!(field.read, Some(Wire::UnixSecondsText)) => {
            match number_from_text(digits) {
                Some(number) if field.kind == FieldKind::Decimal || number.is_integer() => from_decimal(number, field),
                Some(_) => unreadable(field, "a number with decimals", found()),
                None => Value::Unreadable(Arc::new(Unreadable {
                    field: String::new(),
                    why: String::from("holds {}, which has more than 28 digits; numbers here have at most 28"),
                    found: Value::Text(digits.into()),
                })),
            }
        }
        FieldKind::Any => Value::Text(digits.into()),
        FieldKind::Text | FieldKind::Enum if field.read == Some(Wire::NumberOrText) => {
            Value::Text(number_from_text(digits).map_or_else(|| digits.to_owned(), number_text).into())
        }
        FieldKind::Boolean if field.read == Some(Wire::NumberOrText) && matches!(digits, "0" | "1") => {
            Value::Bool(digits == "1")
        }
        _ => unreadable(field, "a number", found()),
    }
}

fn from_bool(b: bool, field: &Field) -> Value {
    match field.kind {
        FieldKind::Boolean => Value::Bool(b),
        FieldKind::Any => Value::Text(if b { "true" } else { "false" }.into()),
        _ => unreadable(field, "true or false", Value::Bool(b)),
    }
}

/// A value that was read as a document first: dictionaries, and lists or records in the wrong place.
fn from_json(json: &Json, field: &Field, zone: &TimeZone) -> Value {
    let scalar = |json: &Json, of: &Field| match json {
        Json::Null => Value::Null,
        Json::Bool(b) => from_bool(*b, of),
        Json::Number(digits) if of.kind == FieldKind::Text => Value::Text(digits.to_string().into()),
        Json::Number(digits) => from_number(digits, of),
        Json::Text(text) => from_text(text, of, zone),
        Json::List(_) => unreadable(of, "a list", Value::Null),
        Json::Object(_) => unreadable(of, "an object", Value::Null),
    };
    let found = if matches!(json, Json::List(_)) { "a list" } else { "an object" };
    let (FieldKind::Dictionary, Some(of)) = (field.kind, &field.of) else {
        return unreadable(field, found, Value::Null);
    };
    let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
    let mut places = Places::default();
    let mut add = |key: &str, json: &Json| {
        let value = scalar(json, of).within(&|| format!("[\"{key}\"]"));
        places.put(&mut entries, key.into(), value);
    };
    match (&field.read, json) {
        (Some(Wire::Pairs(name, value)), Json::List(items)) => {
            for item in items {
                match item.get(name) {
                    Some(Json::Text(key)) => add(key, item.get(value).unwrap_or(&Json::Null)),
                    _ => return unreadable(field, "a list in which a name is missing", Value::Null),
                }
            }
        }
        (None | Some(Wire::Text), Json::Object(pairs)) => {
            for (key, value) in pairs {
                add(key, value);
            }
        }
        _ => return unreadable(field, found, Value::Null),
    }
    Value::Dictionary(entries.into())
}

/// A whole field from a document, records by the schema's own fields: what `transfer` compares with.
#[must_use]
pub fn decode_json(json: &Json, field: &Field, catalog: &Catalog, zone: &TimeZone) -> Value {
    match (field.kind, json) {
        (_, Json::Null) => Value::Null,
        (FieldKind::List, Json::List(items)) => match &field.of {
            Some(of) => list(items.iter().map(|i| decode_json(i, of, catalog, zone)).collect(), of),
            None => unreadable(field, "a list", Value::Null),
        },
        (FieldKind::Record, Json::Object(_)) => match catalog.fields(field) {
            Some((fields, _)) => Value::Record(
                fields
                    .iter()
                    .map(|(name, inner)| json.get(name).map_or(Value::Null, |v| decode_json(v, inner, catalog, zone)))
                    .collect(),
            ),
            None => unreadable(field, "an object", Value::Null),
        },
        (_, Json::List(_) | Json::Object(_)) => from_json(json, field, zone),
        (_, Json::Bool(b)) => from_bool(*b, field),
        (_, Json::Number(digits)) => from_number(digits, field),
        (_, Json::Text(text)) => from_text(text, field, zone),
    }
}
