//! A mistake in a file, for its author: code, place, message, help. Collected, never thrown.
mod diagnostic;
pub use diagnostic::{Diagnostic, Diagnostics, Edit, Label, Severity};
