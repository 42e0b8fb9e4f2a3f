//! What the checker knows before a record is there: which values go together, what is safe, what a constant comes to, which
//! filters exclude each other. Each test is over the built-in record types and a mapping written for the one thing it shows.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

mod constants;
mod events;
mod external_ids;
mod growth;
mod growth_cases;
mod ids;
mod lookups;
mod project;
mod safe;
