//! JSONPath as RFC 9535 says it, over a record as it was received: its text stays as it is, and an index of eight bytes a value tells
//! where everything stands. Numbers are compared by their digits, so none passes a binary float.

mod compare;
mod document;
mod filter;
mod number;
mod parse;
mod parse_filter;
mod query;
mod regexp;
mod select;
mod text;
mod view;

pub(crate) use document::Document;
pub(crate) use parse::parse;
pub(crate) use query::{Argument, Comparable, Condition, Function, Literal, Query, Segment, Selector};
pub(crate) use select::{Search, Stopped};
pub(crate) use view::View;
