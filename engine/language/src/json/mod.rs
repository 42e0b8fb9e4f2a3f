//! JSON whose numbers keep their digits: the form in which records cross the border.
#[allow(clippy::module_inception)] // the room and its one thing have one name
mod json;
mod places;
mod read;
mod write;

pub use json::Json;
pub(crate) use places::Places;
pub use read::{JsonError, MOST_JSON_DEPTH, read, well_formed};
pub(crate) use read::{read_value, trouble};
pub(crate) use write::write_text;
pub use write::{pretty, write};
