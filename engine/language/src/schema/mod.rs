//! What both systems' records look like and how they are reached: data, read from the files of `engine/records`.
mod catalog;
mod decode;
mod encode;
mod events;
mod record_type;
mod route;

pub use catalog::{Catalog, CatalogError};
pub use decode::{Decoder, decode_json};
pub use encode::{EncodeError, encode, encode_json};
pub use events::Events;
pub use record_type::{Field, FieldKind, Fields, NamedRows, RecordType, System, Wire};
pub use route::{
    Answer, Api, Body, Call, Cut, FromId, List, Method, NoneForm, Paging, Read, ReadBy, Repeat, Route, Slot, SlotWrite,
};
