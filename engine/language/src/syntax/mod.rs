//! Rules and expressions: split by layout, parsed one by one with pest, printed in one canonical layout.

mod build;
pub mod foreign;
pub mod format;
mod grammar;
mod group;
mod layout;
mod message;
mod parse;
pub mod print;
mod texts;
pub mod tree;
mod words;

pub use grammar::{MOST_NESTING, MOST_RULE_BYTES};
pub use layout::{Piece, blank_comments, split};
pub(crate) use parse::likely_names;
pub use parse::{expression, rules, template};
pub use words::{RESERVED, is_reserved, is_word};
