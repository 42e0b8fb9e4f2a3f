//! Snapshot cases: a folder with `record.json` and `context.json` (which names the collection and holds what stands outside the record);
//! beside them `target.json` and `lineage.json`, the result that was accepted, and `warnings.json` where checks warned. A project's own cases
//! and the repository's have the same form and this same runner.

mod case;
mod compare;

pub use case::{Case, CaseError, find};
pub use compare::{Change, Outcome, accept, run};
