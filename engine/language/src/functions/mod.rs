//! The language's functions: one definition each, with signature, documentation and examples that run as tests.
//! `functions`, the manual, completion and the checker read this table.

mod arguments;
mod compat;
mod compiled_pattern;
mod date;
mod date_format;
mod encoding;
mod format;
#[allow(clippy::module_inception)] // the room's contract
mod function;
mod json_text;
mod letters;
mod list;
mod markup;
mod money;
mod number;
mod parts;
mod pattern;
mod places;
mod registry;
mod special;
mod text;
mod units;

pub use compat::{Compat, CompatForm};
pub use compiled_pattern::Pattern;
pub use date_format::{DATE_SIGNS, TIME_SIGNS};
pub use format::Format;
pub use function::{Function, FunctionId, NullRule, Parameter, Parameters, PatternBody, TypePattern};
pub use registry::{Family, all, by_id, by_name, compat, compat_by_name, families, forms_of};
pub use special::{SPECIAL, SpecialForm};
