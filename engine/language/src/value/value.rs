//! The value and its parts.

use std::sync::Arc;

use rust_decimal::Decimal;

/// A text at run time: cheap to clone, and short ones (ids, SKUs, words) lie in the value itself.
pub type Text = ecow::EcoString;

/// A value at run time. Static types (`check::types`) are richer: an id, an enum and a text are all `Text` here, an integer
/// and a decimal both `Number`.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing known: leave alone.
    Null,
    /// Empty it there. Only ever a rule's result.
    Clear,
    /// true, false
    Bool(bool),
    /// Exact, at most 28 digits; normalised (no trailing zeros).
    Number(Decimal),
    /// Text, enum, id.
    Text(Text),
    /// A point in time.
    Instant(jiff::Timestamp),
    /// A day.
    Date(jiff::civil::Date),
    /// A list.
    List(Arc<[Value]>),
    /// A record: one value per slot of its shape (`plan::Shape`).
    Record(Arc<[Value]>),
    /// Text → value, in order, keys unique.
    Dictionary(Arc<[(Arc<str>, Value)]>),
    /// A source field that did not have the form its schema promises: using it is a failure, not using it is none.
    Unreadable(Arc<Unreadable>),
    /// A record's text as it was received: behind the slots of a record that a JSONPath looks through, and of no account elsewhere.
    Received(Text),
    /// The id of a record that is written in the same transfer. May only be copied.
    Promise(Promise),
}

impl Value {
    /// How many elements or entries it has; 0 for what is no list and no dictionary.
    pub(crate) fn len(&self) -> usize {
        match self {
            Value::List(items) => items.len(),
            Value::Dictionary(entries) => entries.len(),
            _ => 0,
        }
    }

    /// The same value; what cannot be read in it is said to stand in this field.
    #[inline]
    pub(crate) fn within(self, field: &dyn Fn() -> String) -> Value {
        match self {
            Value::Unreadable(_) | Value::List(_) | Value::Dictionary(_) => self.said_within(field),
            value => value,
        }
    }

    fn said_within(self, field: &dyn Fn() -> String) -> Value {
        let unreadable = |value: &Value| matches!(value, Value::Unreadable(_));
        match self {
            Value::Unreadable(what) => {
                let field = format!("{}{}", field(), what.field);
                Value::Unreadable(Arc::new(Unreadable { field, ..(*what).clone() }))
            }
            Value::List(items) if items.iter().any(unreadable) => {
                Value::List(items.iter().map(|item| item.clone().within(field)).collect())
            }
            Value::Dictionary(entries) if entries.iter().any(|(_, value)| unreadable(value)) => Value::Dictionary(
                entries.iter().map(|(key, value)| (key.clone(), value.clone().within(field))).collect(),
            ),
            value => value,
        }
    }
}

/// What stands where a schema promises something else.
#[derive(Debug, Clone, PartialEq)]
pub struct Unreadable {
    /// The field within its record: `default_price`, `tags[2]`, `custom_fields["Size"]`, `options[0]`.
    pub field: String,
    /// What is wrong, as the rest of a sentence about the field; `{}` where what was found goes.
    pub why: String,
    /// What was found; null for lists and objects, which are not shown.
    pub found: Value,
}

impl Unreadable {
    /// The sentence; `{}` stands in it where what was found goes.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("the source field `{}` {}", self.field, self.why)
    }
}

/// "The id that record `id` of type `record_type` will have in the other system."
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Promise {
    /// iPaaS.com's record type.
    pub record_type: Arc<str>,
    /// The source system's id.
    pub id: Text,
}
