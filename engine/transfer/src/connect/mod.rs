//! Calls as the routes describe them: no endpoint of a record type stands in code.

pub mod announced;
pub mod answer;
pub mod body;
pub mod duplicate;
pub mod executing;
pub mod expected;
pub mod fill;
pub mod ids;
pub mod links;
pub mod list;
pub mod place;
pub mod reading;
pub mod records;
pub mod removal;
pub mod told_apart;
pub mod wire;
pub mod written;
