//! All functions, family by family.

use super::{Function, FunctionId, date, list, number, text};

/// The table. A function's id is its place in it.
static ALL: &[&Function] = &[
    &text::TRIM,
    &text::UPPER,
    &text::LOWER,
    &text::LENGTH,
    &text::TRUNCATE,
    &text::PAD_LEFT,
    &text::SPLIT,
    &text::JOIN,
    &text::REPLACE,
    &text::REMOVE_PREFIX,
    &text::REMOVE_SUFFIX,
    &text::AFTER_LAST,
    &text::BEFORE_LAST,
    &text::AFTER_FIRST,
    &text::BEFORE_FIRST,
    &number::NUMBER,
    &number::INTEGER,
    &number::ROUND,
    &number::ROUND_HALF_EVEN,
    &number::ROUND_DOWN,
    &number::ROUND_UP,
    &number::ABS,
    &number::AT_LEAST,
    &number::AT_MOST,
    &number::MIN,
    &number::MAX,
    &number::SUM,
    &list::COUNT,
    &list::CONCAT,
    &list::FLATTEN,
    &date::DATE,
    &date::INSTANT,
];

/// All functions.
#[must_use]
pub fn all() -> &'static [&'static Function] {
    ALL
}

/// A function by name.
#[must_use]
pub fn by_name(name: &str) -> Option<(FunctionId, &'static Function)> {
    ALL.iter().zip(0..).find(|(f, _)| f.name == name).map(|(f, i)| (FunctionId(i), *f))
}

/// A function by its id.
#[must_use]
pub fn by_id(id: FunctionId) -> Option<&'static Function> {
    ALL.get(id.0 as usize).copied()
}
