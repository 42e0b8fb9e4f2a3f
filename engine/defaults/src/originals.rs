//! The files of `mappings/` as they were when this program was built.

/// One built-in mapping file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original {
    /// Path below `mappings/`, with `/`: `catalog/product-from.yaml`.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// All built-in mapping files, sorted by path.
#[must_use]
pub fn originals() -> &'static [Original] {
    include!(concat!(env!("OUT_DIR"), "/originals.rs"))
}
