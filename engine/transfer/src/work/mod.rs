//! Transfers: read, evaluate, find, compare, write, link, report. No record type is named here: all is data of plans and routes.

mod after;
mod around;
mod compare;
mod delete;
mod encode;
mod ends;
mod engine;
mod evaluation;
mod external_id;
mod fields;
mod first;
mod gone;
mod known;
mod looking;
mod memory;
mod named_rows;
mod observe;
mod others;
mod outcome;
mod plans;
mod present;
mod promise;
mod rows;
mod run;
mod settling;
mod slots;
mod transfer;
mod unwanted;
mod write;

pub use engine::{Counted, Engine, Halt, Stop};
pub use memory::direction_word;
pub use observe::{Event, Observer, Unobserved};
pub use outcome::{Calls, Counts, Ended, How, ReasonGroup, Report};
pub use plans::Plans;
pub use run::{Selection, run};
pub use settling::{READ_LAG, Settling};
