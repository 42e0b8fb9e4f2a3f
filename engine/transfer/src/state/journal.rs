//! The journal of intended writes: an entry is opened before a create is sent and closed when its link is saved, or when it
//! is sure that nothing was made. What is open after a crash is looked up before anything is sent again.

use rusqlite::params;

use super::links::{self, Link, json};
use super::steps::Step;
use super::store::{StateError, Store, now};

/// A create that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intention {
    /// iPaaS.com's name of the type.
    pub record_type: String,
    /// `to` or `from`, seen from iPaaS.com.
    pub direction: String,
    /// The record's id in the source system.
    pub record_id: String,
    /// The mapping collection.
    pub collection: String,
    /// What recognises it in the target: JSON text, by target field.
    pub natural_key: String,
    /// Method and route of the request, and a fingerprint of its body.
    pub request: String,
}

/// An entry that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub entry: i64,
    /// What was intended.
    pub intention: Intention,
    /// When, RFC 3339.
    pub opened_at: String,
}

impl Store {
    /// Opens entries, all or none, and gives their numbers in the same order. When this returns they survive power loss.
    ///
    /// # Errors
    /// See [`StateError`]; then nothing must be sent.
    pub fn open_entries(&self, intentions: &[Intention]) -> Result<Vec<i64>, StateError> {
        self.step(Step::JournalOpening);
        let numbers = self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO journal (record_type, direction, record_id, collection, natural_key, request, opened_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            let at = now();
            intentions
                .iter()
                .map(|it| {
                    insert.insert(params![
                        it.record_type,
                        it.direction,
                        it.record_id,
                        it.collection,
                        it.natural_key,
                        it.request,
                        at
                    ])
                })
                .collect::<rusqlite::Result<Vec<i64>>>()
        })?;
        self.step(Step::JournalOpened);
        Ok(numbers)
    }

    /// Closes entries and keeps the links of what was made, in one transaction. No links: nothing was made.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn close_entries(&self, entries: &[i64], made: &[Link]) -> Result<(), StateError> {
        let sent = made.iter().map(|link| json(&link.sent)).collect::<Result<Vec<_>, _>>()?;
        self.step(Step::JournalClosing);
        self.write(|transaction| {
            made.iter().zip(&sent).try_for_each(|(link, sent)| links::put(transaction, link, sent))?;
            let mut delete = transaction.prepare_cached("DELETE FROM journal WHERE entry = ?1")?;
            entries.iter().try_for_each(|entry| delete.execute([entry]).map(drop))
        })?;
        self.step(Step::JournalClosed);
        Ok(())
    }

    /// What is open, oldest first.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn open_journal(&self) -> Result<Vec<Entry>, StateError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(
            "SELECT entry, record_type, direction, record_id, collection, natural_key, request, opened_at FROM journal ORDER BY entry",
        )?;
        let entries = query.query_map([], |row| {
            Ok(Entry {
                entry: row.get(0)?,
                intention: Intention {
                    record_type: row.get(1)?,
                    direction: row.get(2)?,
                    record_id: row.get(3)?,
                    collection: row.get(4)?,
                    natural_key: row.get(5)?,
                    request: row.get(6)?,
                },
                opened_at: row.get(7)?,
            })
        })?;
        Ok(entries.collect::<rusqlite::Result<_>>()?)
    }
}
