//! All functions.

use super::{Function, FunctionId};

/// All functions, sorted by family.
#[must_use]
pub fn all() -> &'static [&'static Function] {
    &[]
}

/// A function by name.
#[must_use]
pub fn by_name(name: &str) -> Option<(FunctionId, &'static Function)> {
    all().iter().zip(0..).find(|(f, _)| f.name == name).map(|(f, i)| (FunctionId(i), *f))
}

/// A function by its id.
#[must_use]
pub fn by_id(id: FunctionId) -> Option<&'static Function> {
    all().get(id.0 as usize).copied()
}
