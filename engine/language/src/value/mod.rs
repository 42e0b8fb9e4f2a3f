//! Values: what evaluation works on. No binary floats anywhere.
mod value;
pub use value::{Promise, Value};
