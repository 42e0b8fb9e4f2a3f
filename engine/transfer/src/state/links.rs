//! The cache of links. The links themselves belong to iPaaS.com; what it cannot keep stands beside them: fingerprints of
//! what was written, and values that can be written but not read back.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::steps::Step;
use super::store::{StateError, Store, now};

/// The pair of ids of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// iPaaS.com's name of the type.
    pub record_type: String,
    /// Its id there.
    pub ipaas_id: String,
    /// Its id in BigCommerce, of a child with `|` and its parent's.
    pub external_id: String,
    /// iPaaS.com's id of the parent, for child rows.
    pub parent: Option<String>,
    /// What was last sent for it.
    pub sent: Sent,
}

/// What was last sent for a record, by direction and in all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// Fingerprint of what was last written to BigCommerce.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_bigcommerce: Option<String>,
    /// Fingerprint of what was last written to iPaaS.com.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_ipaas: Option<String>,
    /// Values that can be written but not read: field → JSON text, or a fingerprint of it where the field is secret.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub write_only: std::collections::BTreeMap<String, String>,
}

const COLUMNS: &str = "record_type, ipaas_id, external_id, parent, sent";

fn link(row: &Row<'_>) -> rusqlite::Result<Link> {
    let sent: String = row.get(4)?;
    let sent = serde_json::from_str(&sent)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(4, rusqlite::types::Type::Text, Box::new(error)))?;
    Ok(Link { record_type: row.get(0)?, ipaas_id: row.get(1)?, external_id: row.get(2)?, parent: row.get(3)?, sent })
}

/// JSON text of a value of ours.
pub(super) fn json(value: &impl Serialize) -> Result<String, StateError> {
    serde_json::to_string(value).map_err(|error| StateError::Unfit(format!("cannot be kept as JSON: {error}")))
}

/// Within a transaction of whoever saves more than the link.
pub(super) fn put(connection: &Connection, link: &Link, sent: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO links (record_type, ipaas_id, external_id, parent, sent, saved_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET external_id = ?3, parent = ?4, sent = ?5, saved_at = ?6",
        )?
        .execute(params![link.record_type, link.ipaas_id, link.external_id, link.parent, sent, now()])?;
    Ok(())
}

impl Store {
    /// Keeps links, all or none; one of the same type and iPaaS.com id is replaced.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn save_links(&self, links: &[Link]) -> Result<(), StateError> {
        let sent = links.iter().map(|link| json(&link.sent)).collect::<Result<Vec<_>, _>>()?;
        self.step(Step::LinkSaving);
        self.write(|transaction| links.iter().zip(&sent).try_for_each(|(link, sent)| put(transaction, link, sent)))?;
        self.step(Step::LinkSaved);
        Ok(())
    }

    /// The link of an iPaaS.com record.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn link_of_ipaas(&self, record_type: &str, ipaas_id: &str) -> Result<Option<Link>, StateError> {
        let connection = self.connection();
        let mut query = connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM links WHERE record_type = ?1 AND ipaas_id = ?2"))?;
        Ok(query.query_row([record_type, ipaas_id], link).optional()?)
    }

    /// The link of a BigCommerce record; of several the one saved last.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn link_of_external(&self, record_type: &str, external_id: &str) -> Result<Option<Link>, StateError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM links WHERE record_type = ?1 AND external_id = ?2 ORDER BY saved_at DESC, ipaas_id LIMIT 1"
        ))?;
        Ok(query.query_row([record_type, external_id], link).optional()?)
    }

    /// Forgets a link; whether there was one.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn remove_link(&self, record_type: &str, ipaas_id: &str) -> Result<bool, StateError> {
        self.step(Step::LinkRemoving);
        let removed = self.write(|transaction| {
            transaction.execute("DELETE FROM links WHERE record_type = ?1 AND ipaas_id = ?2", [record_type, ipaas_id])
        })?;
        self.step(Step::LinkRemoved);
        Ok(removed > 0)
    }
}
