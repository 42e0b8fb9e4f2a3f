//! What transfers remember between runs, beside the links that iPaaS.com keeps: see `state` for where.

use std::sync::Arc;

use mapwright_language::value::Promise;

use crate::connect::links::Link;

use super::outcome::Ended;

/// A create that was about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The root collection.
    pub collection: Arc<str>,
    /// The root record, in the source system.
    pub id: Arc<str>,
    /// The row within it; empty for the root itself.
    pub row: String,
    /// For people: method and path.
    pub request: String,
}

/// A record that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The record, in the source system.
    pub id: Arc<str>,
    /// What it waits for, for people.
    pub reason: String,
    /// Links that it waits for.
    pub waits: Vec<Promise>,
}

/// What is remembered. Every call is on disk when it returns; an error is one of the disk, and stops the run.
pub trait Memory: Send + Sync {
    /// A link seen before: of iPaaS.com's record type, by either id.
    ///
    /// # Errors
    /// Of the disk.
    fn link(&self, record_type: &str, id: &str, by_internal: bool) -> Result<Option<Link>, String>;
    /// Remembers a link; a former one of either id is forgotten.
    ///
    /// # Errors
    /// Of the disk.
    fn remember_link(&self, record_type: &str, link: &Link) -> Result<(), String>;
    /// Notes a create before it is sent.
    ///
    /// # Errors
    /// Of the disk.
    fn intend(&self, intent: &Intent) -> Result<(), String>;
    /// Creates of a record whose end is not known.
    ///
    /// # Errors
    /// Of the disk.
    fn intended(&self, collection: &str, id: &str) -> Result<Vec<Intent>, String>;
    /// Closes the entry of one row, once it cannot have been left half-done: its link is saved, or it was refused.
    ///
    /// # Errors
    /// Of the disk.
    fn close(&self, collection: &str, id: &str, row: &str) -> Result<(), String>;
    /// What was last sent for fields that cannot be read back: field → text.
    ///
    /// # Errors
    /// Of the disk.
    fn last_sent(&self, collection: &str, id: &str, row: &str) -> Result<Vec<(String, String)>, String>;
    /// Remembers it.
    ///
    /// # Errors
    /// Of the disk.
    fn remember_sent(&self, collection: &str, id: &str, row: &str, sent: &[(String, String)]) -> Result<(), String>;
    /// The end of a record's transfer: parked and failed ones can be tried again.
    ///
    /// # Errors
    /// Of the disk.
    fn ended(&self, collection: &str, id: &str, ended: &Ended) -> Result<(), String>;
    /// The page that an unfinished initialization goes on with.
    ///
    /// # Errors
    /// Of the disk.
    fn checkpoint(&self, collection: &str) -> Result<Option<u32>, String>;
    /// Remembers it; none: finished.
    ///
    /// # Errors
    /// Of the disk.
    fn set_checkpoint(&self, collection: &str, page: Option<u32>) -> Result<(), String>;
    /// Records whose last transfer ended parked (or failed, or refused).
    ///
    /// # Errors
    /// Of the disk.
    fn to_retry(&self, collection: &str, parked: bool, failed: bool) -> Result<Vec<Waiting>, String>;
}
