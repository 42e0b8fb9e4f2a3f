//! A mistake in a file, for its author: code, place, message, help. Collected, never thrown.
pub mod code;
#[allow(clippy::module_inception)] // the room and its one thing have one name
mod diagnostic;
mod did_you_mean;
pub mod render;

pub use diagnostic::{Diagnostic, Diagnostics, Edit, Label, Severity};
pub use did_you_mean::did_you_mean;
