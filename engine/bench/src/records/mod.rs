//! Records to map, always the same ones.

pub mod orders;
pub mod products;
