//! A JSONPath once it is read (RFC 9535, section 2).

use super::regexp::Pattern;

/// `$…`, or `@…` inside a filter.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    /// From the root, not from the value that a filter looks at.
    pub absolute: bool,
    /// In order.
    pub segments: Vec<Segment>,
    /// Finds one value at most, and may stand in a comparison.
    pub singular: bool,
}

/// One step down.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    /// `..`: of everything below too.
    pub descendant: bool,
    /// What is taken, one after the other.
    pub selectors: Vec<Selector>,
}

/// What is taken of a value.
#[derive(Debug, Clone)]
pub(crate) enum Selector {
    /// `.name`, `["name"]`
    Name(Box<str>),
    /// `*`
    Wildcard,
    /// `[0]`, `[-1]`
    Index(i64),
    /// `[start:end:step]`
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    /// `[?…]`
    Filter(Condition),
}

/// What a filter asks.
#[derive(Debug, Clone)]
pub(crate) enum Condition {
    /// `a || b`
    Or(Vec<Condition>),
    /// `a && b`
    And(Vec<Condition>),
    /// `!a`
    Not(Box<Condition>),
    /// Whether a query finds anything.
    Exists(Query),
    /// `a == b`
    Compare(Comparison),
    /// `match(…)`, `search(…)`
    Call(Function),
}

/// `a == b` and its kin.
#[derive(Debug, Clone)]
pub(crate) struct Comparison {
    pub operator: Operator,
    pub left: Comparable,
    pub right: Comparable,
}

/// The comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// One value, or nothing.
#[derive(Debug, Clone)]
pub(crate) enum Comparable {
    /// As written.
    Literal(Literal),
    /// A query that finds one value at most.
    Query(Query),
    /// `length(…)`, `count(…)`, `value(…)`
    Call(Box<Function>),
}

/// A literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    /// Its digits.
    Number(Box<str>),
    Text(Box<str>),
}

/// The functions of RFC 9535, section 2.4.
#[derive(Debug, Clone)]
pub(crate) enum Function {
    /// Characters of a text, elements of a list, members of an object.
    Length(Comparable),
    /// How many values a query finds.
    Count(Query),
    /// The one value that a query finds.
    Value(Query),
    /// Whether the whole text fits a pattern, or a part of it.
    Fits { whole: bool, text: Comparable, pattern: Argument },
}

/// The pattern of `match` and `search`.
#[derive(Debug, Clone)]
pub(crate) enum Argument {
    /// A literal, compiled.
    Pattern(Pattern),
    /// It is found in the record.
    Found(Comparable),
}
