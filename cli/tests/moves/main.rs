//! Commands that transfer, as an operator meets them: the real process against a sandbox.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // tests

mod all;
mod asked;
mod ends;
mod quota;
mod retry;
mod stage;
mod status;
