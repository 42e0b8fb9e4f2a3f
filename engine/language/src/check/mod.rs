//! Names and types: a combined collection against the schemas of both systems. Out come a plan and everything that can be
//! known before it runs.

mod after;
mod around;
mod assume;
mod call;
mod checker;
mod children;
mod compat;
mod compat_condition;
mod compile;
mod conditions;
mod constants;
mod coverage;
mod digits;
mod events;
mod expression;
mod facts;
mod into_field;
mod json_filter;
mod json_path;
mod level;
mod library;
mod null_path;
mod operators;
mod order;
mod others;
mod outside;
mod paths;
mod scope;
mod shared;
mod signature;
mod target;
pub mod types;
mod usage;
mod whole;
mod whole_list;

use compile::collection_types;
pub use compile::compile;
pub use library::{Collection, Library};
pub use signature::{form, pattern_words};
