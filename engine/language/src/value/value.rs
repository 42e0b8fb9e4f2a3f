//! The value and its parts.

use std::sync::Arc;

use rust_decimal::Decimal;

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
    Text(Arc<str>),
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
    Unreadable(Arc<str>),
    /// The id of a record that is written in the same transfer. May only be copied.
    Promise(Promise),
}

/// "The id that record `id` of type `record_type` will have in the other system."
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Promise {
    /// iPaaS.com's record type.
    pub record_type: Arc<str>,
    /// The source system's id.
    pub id: Arc<str>,
}
