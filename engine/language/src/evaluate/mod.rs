//! A plan and a record in, a mapped record out. Pure: the same input gives the same output; no I/O, no clock.

mod absent;
mod checks;
mod constant;
mod context;
mod context_file;
mod entries;
mod json_path;
mod levels;
mod limits;
mod lists;
mod order;
mod others;
mod outcome;
mod output;
mod row;
mod run;
mod steps;

pub(crate) use constant::constant;
pub use context::{
    ChildKey, Context, FindAnswer, LinkAnswer, Outside, ParentContext, RecordAnswer, Search, Target, TargetState,
};
pub use context_file::{ContextFile, ContextFileError};
pub use levels::evaluate;
pub use outcome::{Evaluation, Failure, FailureKind, MappedChild, MappedField, MappedRecord, Need, Outcome, Reason};
pub use output::{failure_json, full_json, target_json, warnings, write_target};
