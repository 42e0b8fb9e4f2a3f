//! The built-in mapping collections (`mappings/`), embedded, and the copies of them that a project gets.

mod install;
mod originals;

pub use install::{Installed, install};
pub use originals::{Original, originals};
