//! Lists are read completely, or the run says that they were not: against servers whose records come and go while they are read,
//! and against servers that announce one thing and hand out another.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

#[path = "../support/mod.rs"]
mod support;

mod cut;
mod law;
mod lies;
mod resume;
mod server;
