//! From a YAML tree to a [`MappingFile`]: every unknown, missing or wrong key is reported.
mod keys;
mod parts;
mod read;
mod shape;
mod values;

pub use keys::FILE_KEYS;
pub use read::read;
pub use shape::*;
