//! JSON whose numbers keep their digits: the form in which records cross the border.
mod json;
pub use json::Json;
