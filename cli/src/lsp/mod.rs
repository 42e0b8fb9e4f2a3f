//! The language server: the Language Server Protocol 3.17 on standard input and output, one message after the other.

mod actions;
mod answers;
mod cases;
mod diagnostics;
mod documents;
mod messages;
mod positions;
mod server;
mod uri;

pub use server::serve;
