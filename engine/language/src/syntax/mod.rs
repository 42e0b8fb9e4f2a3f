//! Rules and expressions: split by layout, parsed one by one with pest, printed in one canonical layout.

mod build;
mod group;
mod layout;
mod message;
mod parse;
mod texts;
pub mod tree;

pub use parse::{MOST_NESTING, MOST_RULE_BYTES, expression, rules, template};
