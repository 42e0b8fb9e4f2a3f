//! A plan and a record in, a mapped record out. Pure: the same input gives the same output; no I/O, no clock.
mod context;
mod outcome;
pub use context::{ChildKey, Context, LinkAnswer, Links, ParentContext, Target, TargetState};
pub use outcome::{Evaluation, Failure, FailureKind, MappedChild, MappedField, MappedRecord, Need, Outcome, Reason};
