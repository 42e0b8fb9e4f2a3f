//! The mapping language: text in, diagnostics or a plan out; a plan and a record in, a mapped record out.
//!
//! The rooms in the order of the stages:
//! `source` (files, places, YAML) → `mapping_file` (the envelope) → `syntax` (rules) → `combine` (layers) →
//! `check` (names and types against `schema`) → `plan` → `evaluate`. Beside them `diagnostic`, `functions`, `value`, `json`.
//!
//! Pure: no async, no I/O, no clock, no environment. No binary float either: `clippy.toml` of this crate refuses the types.

#![deny(clippy::float_arithmetic, clippy::disallowed_types, clippy::disallowed_methods)]

pub mod check;
pub mod combine;
pub mod diagnostic;
pub mod evaluate;
pub mod functions;
pub mod json;
mod json_path;
pub mod mapping_file;
pub mod plan;
pub mod schema;
pub mod source;
pub mod syntax;
pub mod value;
