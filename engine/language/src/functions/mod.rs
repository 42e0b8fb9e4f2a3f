//! The language's functions: one definition each, with signature, documentation and examples that run as tests.
//! `functions`, the manual, completion and the checker read this table.

mod date;
#[allow(clippy::module_inception)] // the room's contract
mod function;
mod list;
mod number;
mod registry;
mod special;
mod text;

pub use function::{Function, FunctionId, NullRule, Parameter, Parameters, TypePattern};
pub use registry::{all, by_id, by_name};
pub use special::{SPECIAL, SpecialForm};

/// Parameters without optional ones.
const fn exactly(list: &'static [Parameter]) -> Parameters {
    Parameters { list, required: list.len(), variadic: false }
}
