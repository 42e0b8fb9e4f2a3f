//! The language's functions: one definition each, with signature, documentation and examples that run as tests.
//! `functions`, the manual, completion and the checker read this table.
mod function;
pub use function::{Function, FunctionId, NullRule, Parameter, Parameters, TypePattern};
