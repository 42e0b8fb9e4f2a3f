//! Files, places in them, and the YAML tree. The only room that knows YAML.
mod file;
pub use file::{FileId, Files, SourceFile, Span};
