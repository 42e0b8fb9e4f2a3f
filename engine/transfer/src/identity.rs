//! Who a record is. Two collections may work on records with one number: an order and its deposit ticket, an order and a refund.
//! What is worked on and accounted for has a [`SourceKey`]; what is linked has a [`LinkKey`].

use std::sync::Arc;

use mapwright_language::value::{Promise, Text};

/// A record of the source system as one mapping collection works on it: outcomes, retry, resuming and the journal go by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceKey {
    /// The mapping collection, which has one record type and one direction.
    pub collection: Arc<str>,
    /// The record's id in the source system.
    pub id: Arc<str>,
    /// The record that it runs after: rows of two records may have equal ids.
    pub after: Option<Box<SourceKey>>,
}

impl SourceKey {
    /// The key of a record that runs by itself.
    #[must_use]
    pub fn new(collection: impl Into<Arc<str>>, id: impl Into<Arc<str>>) -> Self {
        SourceKey { collection: collection.into(), id: id.into(), after: None }
    }

    /// The key of a row that runs after another record.
    #[must_use]
    pub fn after(self, record: Option<SourceKey>) -> Self {
        SourceKey { after: record.map(Box::new), ..self }
    }

    /// The record that a retry goes through: the one that this runs after, or itself.
    #[must_use]
    pub fn runs_with(&self) -> &SourceKey {
        self.after.as_deref().map_or(self, SourceKey::runs_with)
    }
}

/// One side of a link, by which the link is known to a run: iPaaS.com's record type and the id that the source system's record
/// has in the link. On the way to iPaaS.com that is the external id, which collections make each in its own way (`17`, `17-D`,
/// `5|17`); on the way from it, iPaaS.com's own id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkKey {
    /// iPaaS.com's name of the type.
    pub record_type: Arc<str>,
    /// The external id, or iPaaS.com's id.
    pub id: Text,
}

impl LinkKey {
    /// A key of these parts.
    #[must_use]
    pub fn new(record_type: impl Into<Arc<str>>, id: impl Into<Text>) -> Self {
        LinkKey { record_type: record_type.into(), id: id.into() }
    }

    /// As a rule names it.
    #[must_use]
    pub fn as_promise(&self) -> Promise {
        Promise { record_type: self.record_type.clone(), id: self.id.clone() }
    }
}

/// A rule names a record by the id that its link has.
impl From<&Promise> for LinkKey {
    fn from(promise: &Promise) -> Self {
        LinkKey { record_type: promise.record_type.clone(), id: promise.id.clone() }
    }
}
