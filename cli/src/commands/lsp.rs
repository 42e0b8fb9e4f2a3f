//! `lsp`: the language server.

use super::Result;

#[allow(clippy::unnecessary_wraps)] // the shape of a command
pub fn run() -> Result {
    Ok(crate::lsp::serve())
}
