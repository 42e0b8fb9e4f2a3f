//! Names and types: a combined collection against the schemas of both systems. Out come a plan and everything that can be
//! known before it runs.
pub mod types;
