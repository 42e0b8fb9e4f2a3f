//! The plan: a compiled collection as plain data, an arena of steps over slots. It can be printed, compared and shown.
mod plan;
pub use plan::*;
