//! What editors and scripts ask of mapping files, half-typed ones included: what may stand here, what is this, where does it
//! come from, give it another name; and changes of single rules and lookup entries that keep every comment.
//!
//! Pure, like the language: files come in as texts, places go out as bytes of them. The protocol is in `cli/src/lsp`.

mod chain;
pub mod change;
pub mod complete;
mod cursor;
pub mod define;
mod describe;
pub mod envelope;
pub mod hover;
mod place;
mod project;
pub mod rename;
pub mod schema;
mod scope;
pub mod stand_in;
mod symbol;
mod thing;

pub use describe::{field_marks, field_type};
pub use project::{Input, Project, name_of};
