//! Everything outside the record that evaluation may look at, gathered before and handed in.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::Json;
use crate::value::{Promise, Text, Value};

/// What is handed in with a record.
pub struct Context<'a> {
    /// `subscription.id`
    pub subscription_id: Arc<str>,
    /// Settings by name, as their text; typed by the plan.
    pub settings: &'a BTreeMap<String, String>,
    /// `now`
    pub now: jiff::Timestamp,
    /// For times without offset.
    pub time_zone: jiff::tz::TimeZone,
    /// Links and other records, as far as they are known.
    pub outside: &'a dyn Outside,
    /// What is there at the target: decides `on create` / `on update` and fills `existing`.
    pub target: &'a dyn Target,
    /// Parents' source records, nearest first, when a child collection is run by itself (`map` of a child).
    pub parents: &'a [ParentContext],
    /// `position` when a child collection is run by itself.
    pub position: u64,
    /// Most steps per record (default 10^6).
    pub most_steps: u64,
}

/// A parent for a child collection that is run by itself.
#[derive(Debug, Clone, Default)]
pub struct ParentContext {
    /// Its source record.
    pub record: Option<Json>,
    /// Its existing target record.
    pub existing: Option<Json>,
}

/// What is known of a link.
#[derive(Debug, Clone, PartialEq)]
pub enum LinkAnswer {
    /// The other system's id.
    Linked(Text),
    /// There is no link.
    Missing,
    /// It is written in this transfer: its id is promised.
    Promised,
    /// Nobody has looked yet: evaluation asks for it and is run again.
    Unknown,
}

/// Records of the target system that have a value in a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Search {
    /// Record type of the target system (schema name).
    pub record_type: Arc<str>,
    /// Its field.
    pub field: Arc<str>,
    /// The value, as its text.
    pub value: Text,
}

/// What is known of a search.
#[derive(Debug, Clone, PartialEq)]
pub enum FindAnswer {
    /// Ids of all records found.
    Found(Vec<Text>),
    /// Nobody has looked yet: evaluation asks for it and is run again.
    Unknown,
}

/// What is known of another record of the source system.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordAnswer {
    /// The record.
    Read(Json),
    /// There is none.
    Missing,
    /// Nobody has looked yet: evaluation asks for it and is run again.
    Unknown,
}

/// What is known of other records, gathered before.
pub trait Outside {
    /// The link of source record `id` of `record_type` (iPaaS.com's name), in this plan's direction.
    fn link(&self, record_type: &str, id: &str) -> LinkAnswer;
    /// Whether a record that must go before this one has been transferred, or cannot be.
    fn tried(&self, record: &Promise) -> bool;
    /// The records of the target system that a `find` looks for.
    fn find(&self, search: &Search) -> FindAnswer;
    /// Another record of the source system (schema name of its type).
    fn record(&self, record_type: &str, id: &str) -> RecordAnswer;
}

/// What is known of a record at the target.
#[derive(Debug, Clone, PartialEq)]
pub enum TargetState {
    /// Nobody has looked yet: evaluation asks for it (`Need::Existing`) and is run again.
    Unknown,
    /// There is none: it is being created.
    Creating,
    /// It is there; what the target system answered for it (absent where it cannot be read).
    Existing(Option<Json>),
}

/// What is there at the target, gathered before.
pub trait Target {
    /// The root record, once found by link or by `find_by` (whose values are handed over).
    fn root(&self, find_by: &[(Arc<str>, Value)]) -> TargetState;
    /// A child row. Only asked once the root is known; a child of a root that is being created is being created.
    fn child(&self, key: &ChildKey<'_>) -> TargetState;
}

/// Which child row is meant.
#[derive(Debug, Clone)]
pub struct ChildKey<'a> {
    /// The slots and indices above it, from the root: empty for a child of the root.
    pub above: &'a [(Arc<str>, u32)],
    /// Its slot.
    pub slot: &'a str,
    /// Its collection.
    pub collection: &'a str,
    /// iPaaS.com's record type of the child.
    pub record_type: &'a str,
    /// The source row's own id, if it has one.
    pub source_id: Option<&'a str>,
    /// The key of the group that it is, if it is one.
    pub group: Option<&'a str>,
    /// Its place among the rows of `each`, from 0.
    pub index: u32,
    /// Target values of its `find_by` fields.
    pub find_by: &'a [(Arc<str>, Value)],
}
