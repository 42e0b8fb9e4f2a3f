//! From a YAML tree to a [`MappingFile`]: every unknown, missing or wrong key is reported.
mod shape;
pub use shape::*;
