//! Rules and expressions: split by layout, parsed one by one with pest, printed in one canonical layout.
pub mod tree;
