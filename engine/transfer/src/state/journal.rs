//! The journal of intended writes: an entry is opened before a call that may create is sent, for every row that it may create. It
//! is closed when the row's link is saved, or when it is sure that nothing was made. What is open after a crash is looked up
//! before anything is sent again. Entries are found by record and row through an index: their number costs nothing.

use std::time::Duration;

use rusqlite::{Row, params};

use crate::identity::SourceKey;

use super::links::{self, Link, json};
use super::steps::Step;
use super::store::{StateError, Store, age, now};

/// A row that is about to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intention {
    /// The root record.
    pub record: SourceKey,
    /// iPaaS.com's name of the root record's type.
    pub record_type: String,
    /// `to` or `from`, seen from iPaaS.com.
    pub direction: String,
    /// The row within the record; empty: the record itself.
    pub row: String,
    /// Method and path of the request.
    pub request: String,
    /// Ids of the rows that its slot held before, where that is known: a row that is none of them was made since.
    pub there: Option<Vec<String>>,
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

impl Entry {
    /// How long ago it was opened, by the wall clock.
    #[must_use]
    pub fn age(&self) -> Duration {
        // a clock that was set back makes it new
        age(&self.opened_at).unwrap_or_default()
    }
}

const COLUMNS: &str =
    "entry, collection, record_id, after_collection, after_id, record_type, direction, row, request, there, opened_at";

/// Entries of a record, through the index. Entries of the first version do not know what their record ran after.
const OF_RECORD: &str = "FROM journal WHERE collection = ?1 AND record_id = ?2 AND after_id IN (?3, '') ORDER BY entry";

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let there: Option<String> = row.get(9)?;
    Ok(Entry {
        entry: row.get(0)?,
        intention: Intention {
            record: key(row, 1)?,
            record_type: row.get(5)?,
            direction: row.get(6)?,
            row: row.get(7)?,
            request: row.get(8)?,
            there: there.and_then(|text| serde_json::from_str(&text).ok()),
        },
        opened_at: row.get(10)?,
    })
}

/// The key of a record in four columns from `at` on.
pub(super) fn key(row: &Row<'_>, at: usize) -> rusqlite::Result<SourceKey> {
    let text = |column: usize| row.get::<_, String>(at + column);
    let (after_collection, after_id) = (text(2)?, text(3)?);
    let after = Some(SourceKey::new(after_collection, after_id)).filter(|after| !after.collection.is_empty());
    Ok(SourceKey::new(text(0)?, text(1)?).after(after))
}

/// The four columns of a key.
pub(super) fn columns(key: &SourceKey) -> [&str; 4] {
    let (collection, id) = key.after.as_deref().map_or(("", ""), |after| (&*after.collection, &*after.id));
    [&key.collection, &key.id, collection, id]
}

impl Store {
    /// Opens entries, all or none, and gives their numbers in the same order. When this returns they survive power loss.
    ///
    /// # Errors
    /// See [`StateError`]; then nothing must be sent.
    pub fn open_entries(&self, intentions: &[Intention]) -> Result<Vec<i64>, StateError> {
        let there: Vec<Option<String>> =
            intentions.iter().map(|it| it.there.as_ref().map(json).transpose()).collect::<Result<_, _>>()?;
        self.step(Step::JournalOpening);
        let numbers = self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO journal (collection, record_id, after_collection, after_id, record_type, direction, row, request, there, opened_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?;
            let at = now();
            intentions
                .iter()
                .zip(&there)
                .map(|(it, there)| {
                    let [collection, id, after_collection, after_id] = columns(&it.record);
                    insert.insert(params![
                        collection,
                        id,
                        after_collection,
                        after_id,
                        it.record_type,
                        it.direction,
                        it.row,
                        it.request,
                        there,
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

    /// What is open of one record, oldest first.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn open_entries_of(&self, record: &SourceKey) -> Result<Vec<Entry>, StateError> {
        let connection = self.connection();
        let [collection, id, _, after_id] = columns(record);
        let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} {OF_RECORD}"))?;
        Ok(query.query_map([collection, id, after_id], entry)?.collect::<rusqlite::Result<_>>()?)
    }

    /// What is open, oldest first.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn open_journal(&self) -> Result<Vec<Entry>, StateError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM journal ORDER BY entry"))?;
        Ok(query.query_map([], entry)?.collect::<rusqlite::Result<_>>()?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test ends where it goes wrong
    use rusqlite::StatementStatus;

    use super::*;

    fn intentions(collection: &str, ids: std::ops::Range<u32>) -> Vec<Intention> {
        let one = |id: u32| Intention {
            record: SourceKey::new(collection, id.to_string()),
            record_type: "Product".to_owned(),
            direction: "from".to_owned(),
            row: String::new(),
            request: "POST /catalog/products".to_owned(),
            there: None,
        };
        ids.map(one).collect()
    }

    /// Steps of SQLite's machine, and rows that it went through one by one, for a look at 60 records.
    fn cost(store: &Store, of: &str) -> (i32, i32) {
        let connection = store.connection();
        let mut query = connection.prepare(&format!("SELECT {COLUMNS} {of}")).unwrap();
        for id in 0..60 {
            assert_eq!(query.query_map(["BC Products", &id.to_string(), ""], entry).unwrap().count(), 1);
        }
        (query.get_status(StatementStatus::VmStep), query.get_status(StatementStatus::FullscanStep))
    }

    #[test]
    fn faults_d13_a_long_journal_costs_a_record_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "test").unwrap();
        store.open_entries(&intentions("BC Products", 0..60)).unwrap();
        let before = cost(&store, OF_RECORD);
        store.open_entries(&intentions("BC Products", 60..10_060)).unwrap();
        store.open_entries(&intentions("Orders", 0..10_000)).unwrap();
        let after = cost(&store, OF_RECORD);
        // a look may end one step later where another record follows
        assert!(before.0 > 0 && after.0 - before.0 <= 60, "{before:?} {after:?}");
        assert_eq!((before.1, after.1), (0, 0), "no row is gone through that is not wanted");
        // without the index each look goes through all: this counts what it is to count
        let all = OF_RECORD.replace("FROM journal", "FROM journal NOT INDEXED");
        assert!(cost(&store, &all).1 > 1_000_000);
    }
}
