//! Files, places in them, and the YAML tree. The only room that knows YAML.
mod file;
mod offsets;
mod recover;
mod typed;
mod yaml;

pub use file::{FileId, Files, SourceFile, Span};
pub use offsets::{Offsets, ScalarStyle};
pub use typed::{TypedError, typed};
pub use yaml::{MOST_BYTES, MOST_DEPTH, Node, NodeKind, Scalar, read_tree};
