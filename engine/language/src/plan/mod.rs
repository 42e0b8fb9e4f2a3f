//! The plan: a compiled collection as plain data, an arena of steps over slots. It can be printed, compared and shown.
pub mod cost;
mod empty;
pub mod explain;
mod explain_text;
mod inputs;
mod lookup_table;
#[allow(clippy::module_inception)] // the plan's data; beside it what reads it
mod plan;
mod record_values;
pub use lookup_table::{LookupTable, PlannedUnmatched};
pub use plan::*;
pub use record_values::source_value;
