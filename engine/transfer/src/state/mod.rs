//! What outlives a process: `.mapwright/` of a project. One SQLite file with a cache of the links, the journal of intended
//! writes, outcomes, what is parked, checkpoints, runs, and the ledger of the quota; beside it the credentials, and a lock
//! that lets one process in at a time.
//!
//! A write that is acknowledged here survives power loss (`synchronous=FULL`), and what belongs together is one transaction.

pub mod credentials;
mod database;
pub mod journal;
pub mod links;
pub mod lock;
pub mod look;
mod migration;
pub mod outcomes;
pub mod private_file;
pub mod progress;
pub mod steps;
pub mod store;

pub use credentials::Credentials;
pub use journal::{Entry, Intention};
pub use links::{Link, Sent};
pub use look::Look;
pub use outcomes::{Outcome, Parked, Settled};
pub use progress::Run;
pub use steps::{Step, Steps};
pub use store::{StateError, Store};
