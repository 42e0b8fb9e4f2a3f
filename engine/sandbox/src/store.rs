//! The records of both systems: in memory for reading, every answered change in SQLite.
//!
//! One table of JSON records by (kind, id). A request's changes are written in one transaction before its answer leaves,
//! so a killed process loses nothing that it answered. Ids are counted per sequence and never given twice.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, params};
use serde_json::Value;
use tokio::time::Instant;

use crate::{error::Error, exchange::text_of};

/// Kinds of records, `system.kind`.
pub type Kind = &'static str;

/// Kinds with the fields that are looked up by value.
const INDEXES: &[(Kind, &[&str])] = &[
    ("bc.product", &["name", "sku"]),
    ("bc.variant", &["sku", "product_id"]),
    ("bc.option", &["product_id"]),
    ("bc.custom_field", &["product_id"]),
    ("bc.brand", &["name"]),
    ("bc.category", &["name", "parent_id"]),
    ("bc.stock", &["variant_id"]),
    ("bc.location", &["code"]),
    ("bc.customer", &["email"]),
    ("bc.address", &["customer_id"]),
    ("bc.group", &["name"]),
    ("bc.method", &["code"]),
    ("bc.pending", &[]),
    ("ipaas.product", &["sku", "name"]),
    ("ipaas.category", &["name"]),
    ("ipaas.location", &["name"]),
    ("ipaas.category_set", &["name"]),
    ("ipaas.customer", &["email_address"]),
    ("ipaas.customer_category", &["name"]),
    ("ipaas.payment_method", &["name"]),
    ("ipaas.link", &["outside", "inside"]),
];

type Rows = BTreeMap<u64, Value>;

/// A record, and what it was before it was changed.
type Change = (Kind, u64, Option<Value>);

/// How long a change is remembered for reads that lag: no lag can be longer.
const LONGEST_LAG: Duration = Duration::from_secs(600);

/// Records, their indexes, and what the running request changed.
pub struct Store {
    database: Connection,
    rows: BTreeMap<Kind, Rows>,
    index: BTreeMap<(Kind, &'static str, String), BTreeSet<u64>>,
    sequences: BTreeMap<String, u64>,
    // What was there before the running request touched it, oldest first.
    undo: Vec<Change>,
    // The same for the requests of the last minutes.
    recent: VecDeque<(Instant, Change)>,
}

impl Store {
    /// Opens the state of a folder, or a state in memory. Errors: the folder cannot be written, the file is no state.
    pub fn open(folder: Option<&Path>) -> Result<Store, Error> {
        let database = match folder {
            Some(folder) => {
                std::fs::create_dir_all(folder).map_err(|e| Error::State(e.to_string()))?;
                Connection::open(folder.join("sandbox.sqlite"))?
            }
            None => Connection::open_in_memory()?,
        };
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.pragma_update(None, "synchronous", "NORMAL")?;
        database.execute_batch(
            "create table if not exists record (kind text not null, id integer not null, body text not null, primary key (kind, id)) without rowid;
             create table if not exists sequence (name text primary key, last integer not null) without rowid;",
        )?;
        let mut store = Store {
            database,
            rows: INDEXES.iter().map(|(kind, _)| (*kind, Rows::new())).collect(),
            index: BTreeMap::new(),
            sequences: BTreeMap::new(),
            undo: Vec::new(),
            recent: VecDeque::new(),
        };
        store.load()?;
        Ok(store)
    }

    fn load(&mut self) -> Result<(), Error> {
        let mut records = Vec::new();
        {
            let mut query = self.database.prepare("select kind, id, body from record")?;
            let mut found = query.query([])?;
            while let Some(row) = found.next()? {
                records.push((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?));
            }
            let mut query = self.database.prepare("select name, last from sequence")?;
            let mut found = query.query([])?;
            while let Some(row) = found.next()? {
                self.sequences.insert(row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0));
            }
        }
        for (kind, id, body) in records {
            let Some((kind, _)) = INDEXES.iter().find(|(known, _)| *known == kind) else {
                return Err(Error::State(format!("the state holds records of an unknown kind `{kind}`")));
            };
            let body = serde_json::from_str(&body).map_err(|e| Error::State(format!("record {id} of {kind}: {e}")))?;
            let id = u64::try_from(id).map_err(|_| Error::State(format!("record {id} of {kind}")))?;
            self.replace(kind, id, Some(body));
        }
        Ok(())
    }

    /// Whether nothing was ever written.
    pub fn is_empty(&self) -> bool {
        self.rows.values().all(Rows::is_empty)
    }

    /// Next id of a sequence, beginning with `first`.
    pub fn next_id(&mut self, sequence: &str, first: u64) -> u64 {
        let last = self.sequences.get(sequence).map_or(first, |last| last + 1);
        self.sequences.insert(sequence.to_owned(), last);
        last
    }

    /// Last id of a sequence that was begun.
    pub fn sequence(&self, name: &str) -> Option<u64> {
        self.sequences.get(name).copied()
    }

    /// A record.
    pub fn get(&self, kind: Kind, id: u64) -> Option<&Value> {
        self.rows.get(kind).and_then(|rows| rows.get(&id))
    }

    /// All records of a kind by id.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = (u64, &Value)> {
        self.rows.get(kind).into_iter().flatten().map(|(id, value)| (*id, value))
    }

    /// Number of records of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.rows.get(kind).map_or(0, Rows::len)
    }

    /// Ids whose indexed field has this value, compared without case.
    pub fn find(&self, kind: Kind, field: &'static str, value: &str) -> Vec<u64> {
        self.index
            .get(&(kind, field, value.to_lowercase()))
            .map(|ids| ids.iter().copied().collect())
            .unwrap_or_default()
    }

    /// Writes a record.
    pub fn put(&mut self, kind: Kind, id: u64, value: Value) {
        let before = self.replace(kind, id, Some(value));
        self.undo.push((kind, id, before));
    }

    /// Removes a record; false when there was none.
    pub fn remove(&mut self, kind: Kind, id: u64) -> bool {
        let before = self.replace(kind, id, None);
        let was = before.is_some();
        if was {
            self.undo.push((kind, id, before));
        }
        was
    }

    fn replace(&mut self, kind: Kind, id: u64, value: Option<Value>) -> Option<Value> {
        let fields = INDEXES.iter().find(|(known, _)| *known == kind).map_or(&[] as &[&str], |(_, fields)| fields);
        let rows = self.rows.entry(kind).or_default();
        let before = match &value {
            Some(value) => rows.insert(id, value.clone()),
            None => rows.remove(&id),
        };
        for field in fields {
            if let Some(before) = &before {
                let key = (kind, *field, text_of(before.get(field)).to_lowercase());
                if let Some(ids) = self.index.get_mut(&key) {
                    ids.remove(&id);
                    if ids.is_empty() {
                        self.index.remove(&key);
                    }
                }
            }
            if let Some(value) = &value {
                let key = (kind, *field, text_of(value.get(field)).to_lowercase());
                self.index.entry(key).or_default().insert(id);
            }
        }
        before
    }

    /// Keeps what was changed since the last call. Errors: the disk refuses; then nothing was kept.
    pub fn commit(&mut self, now: Instant) -> Result<(), Error> {
        if self.undo.is_empty() {
            return Ok(());
        }
        let touched: BTreeSet<(Kind, u64)> = self.undo.iter().map(|(kind, id, _)| (*kind, *id)).collect();
        let written = (|| {
            let transaction = self.database.unchecked_transaction()?;
            {
                let mut write =
                    transaction.prepare_cached("insert or replace into record (kind, id, body) values (?1, ?2, ?3)")?;
                let mut delete = transaction.prepare_cached("delete from record where kind = ?1 and id = ?2")?;
                for (kind, id) in touched {
                    let key = i64::try_from(id).unwrap_or(i64::MAX);
                    match self.rows.get(kind).and_then(|rows| rows.get(&id)) {
                        Some(value) => write.execute(params![kind, key, value.to_string()])?,
                        None => delete.execute(params![kind, key])?,
                    };
                }
                let mut count =
                    transaction.prepare_cached("insert or replace into sequence (name, last) values (?1, ?2)")?;
                for (name, last) in &self.sequences {
                    count.execute(params![name, i64::try_from(*last).unwrap_or(i64::MAX)])?;
                }
            }
            transaction.commit()
        })();
        match written {
            Ok(()) => {
                self.recent.extend(self.undo.drain(..).map(|change| (now, change)));
                while self.recent.front().is_some_and(|(then, _)| now.duration_since(*then) > LONGEST_LAG) {
                    self.recent.pop_front();
                }
                Ok(())
            }
            Err(error) => {
                self.rollback();
                Err(error.into())
            }
        }
    }

    /// Lets reads that lag see everything that was written so far.
    pub fn settle(&mut self) {
        self.recent.clear();
    }

    /// Makes the records as they were so long ago; answers what [`Store::look_ahead`] needs to make them as they are.
    pub fn look_back(&mut self, now: Instant, lag: Duration) -> Vec<Change> {
        let recent = std::mem::take(&mut self.recent);
        let newer = recent.iter().rev().take_while(|(then, _)| now.duration_since(*then) < lag);
        let seen = newer.map(|(_, (kind, id, before))| (*kind, *id, self.replace(kind, *id, before.clone()))).collect();
        self.recent = recent;
        seen
    }

    /// Makes the records as they are.
    pub fn look_ahead(&mut self, mut newer: Vec<Change>) {
        while let Some((kind, id, value)) = newer.pop() {
            self.replace(kind, id, value);
        }
    }

    /// Takes back what was changed since the last commit.
    pub fn rollback(&mut self) {
        while let Some((kind, id, before)) = self.undo.pop() {
            self.replace(kind, id, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rollback_restores_records_and_indexes() {
        let mut store = Store::open(None).unwrap();
        store.put("bc.brand", 1, json!({"name": "Ash"}));
        store.commit(Instant::now()).unwrap();
        store.put("bc.brand", 1, json!({"name": "Birch"}));
        store.put("bc.brand", 2, json!({"name": "Cedar"}));
        store.rollback();
        assert_eq!(store.find("bc.brand", "name", "ASH"), [1]);
        assert!(store.find("bc.brand", "name", "birch").is_empty());
        assert_eq!(store.count("bc.brand"), 1);
    }

    #[test]
    fn a_look_back_sees_what_was_there_and_leaves_no_trace() {
        let mut store = Store::open(None).unwrap();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        for (seconds, name) in [(0, "Ash"), (10, "Birch"), (12, "Cedar")] {
            store.put("bc.brand", 1, json!({"name": name}));
            store.commit(at(seconds)).unwrap();
        }
        store.remove("bc.brand", 1);
        store.commit(at(14)).unwrap();
        let name = |store: &Store| store.get("bc.brand", 1).map(|brand| brand["name"].as_str().unwrap().to_owned());
        for (lag, seen) in [(1, None), (2, Some("Cedar")), (3, Some("Cedar")), (5, Some("Birch")), (9, Some("Ash"))] {
            let newer = store.look_back(at(15), Duration::from_secs(lag));
            assert_eq!(name(&store).as_deref(), seen, "{lag}");
            store.look_ahead(newer);
            assert_eq!(name(&store), None);
        }
        assert!(store.find("bc.brand", "name", "ash").is_empty());
    }

    #[test]
    fn a_folder_holds_records_and_sequences() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(Some(folder.path())).unwrap();
        assert_eq!(store.next_id("bc.brand", 30), 30);
        store.put("bc.brand", 30, json!({"name": "Ash"}));
        store.commit(Instant::now()).unwrap();
        drop(store);
        let mut store = Store::open(Some(folder.path())).unwrap();
        assert_eq!(store.find("bc.brand", "name", "Ash"), [30]);
        assert_eq!(store.next_id("bc.brand", 30), 31);
    }
}
