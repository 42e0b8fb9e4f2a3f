//! The same rules, written by hand as one would over `serde_json::Value`.

pub mod orders;
pub mod products;
