//! From a YAML tree to a [`MappingFile`]: every unknown, missing or wrong key is reported.
mod keys;
mod parts;
mod read;
mod setting;
mod shape;
mod values;

pub use keys::FILE_KEYS;
pub use read::read;
pub use setting::{Setting, SettingError, SettingKind};
pub use shape::*;
