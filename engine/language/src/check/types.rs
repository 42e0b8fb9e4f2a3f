//! Static types.

use std::sync::Arc;

/// A type, with or without null.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// What it is when it is not null.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// text
    Text,
    /// whole number
    Integer,
    /// exact decimal
    Decimal,
    /// true or false
    Boolean,
    /// a point in time
    Instant,
    /// a day
    Date,
    /// one of these texts
    Enum(Arc<[String]>),
    /// an id of that record type of that system (`None`: of no known type)
    Id(Option<Arc<str>>),
    /// a list
    List(Box<Type>),
    /// a record of that shape
    Record(crate::plan::ShapeId),
    /// text → value
    Dictionary(Box<Type>),
    /// only ever null (the literal `null`, an empty list's element)
    Nothing,
    /// text or list, by name
    Any,
}
