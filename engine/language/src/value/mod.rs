//! Values: what evaluation works on. No binary floats anywhere.
mod arithmetic;
mod compare;
mod harmless;
mod pattern;
mod text;
mod time;
#[allow(clippy::module_inception)] // the room and its one thing have one name
mod value;

pub use arithmetic::{ArithmeticError, arithmetic, negate, number_from_text, rounded};
pub use compare::{compare, equal, identity, is_empty};
pub use harmless::{harmless_json, harmless_line, harmless_lines, is_unseen};
pub use pattern::fits;
pub use text::{number_text, shown, text_of, write_number};
pub use time::{date_from_text, instant_from_text};
pub use value::{Promise, Text, Unreadable, Value};
