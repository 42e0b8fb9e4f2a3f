//! The store: opening it, its schema, its errors, and the one way to write.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::lock::DirectoryLock;
use super::private_file;
use super::steps::{Step, Steps};

/// `MAPW`, so that no other program's file is taken for ours.
const APPLICATION: i64 = 0x4d41_5057;
const VERSION: i64 = 1;

/// Times are text, RFC 3339 in UTC. Keys of a record are its type, direction (`to`, `from`) and id in the source system.
const SCHEMA: &str = "
CREATE TABLE links (
    record_type TEXT NOT NULL, ipaas_id TEXT NOT NULL, external_id TEXT NOT NULL, parent TEXT,
    sent TEXT NOT NULL, saved_at TEXT NOT NULL,
    PRIMARY KEY (record_type, ipaas_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_external ON links (record_type, external_id);
CREATE TABLE journal (
    entry INTEGER PRIMARY KEY AUTOINCREMENT, record_type TEXT NOT NULL, direction TEXT NOT NULL, record_id TEXT NOT NULL,
    collection TEXT NOT NULL, natural_key TEXT NOT NULL, request TEXT NOT NULL, opened_at TEXT NOT NULL
) STRICT;
CREATE TABLE outcomes (
    record_type TEXT NOT NULL, direction TEXT NOT NULL, record_id TEXT NOT NULL,
    outcome TEXT NOT NULL, reason TEXT, details TEXT NOT NULL, requests INTEGER NOT NULL, run INTEGER, at TEXT NOT NULL,
    PRIMARY KEY (record_type, direction, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcomes_by_outcome ON outcomes (outcome);
CREATE TABLE parked (
    record_type TEXT NOT NULL, direction TEXT NOT NULL, record_id TEXT NOT NULL,
    waits_for_type TEXT NOT NULL, waits_for_id TEXT NOT NULL,
    PRIMARY KEY (record_type, direction, record_id, waits_for_type, waits_for_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX parked_waits ON parked (waits_for_type, waits_for_id);
CREATE TABLE checkpoints (name TEXT PRIMARY KEY, value TEXT NOT NULL, saved_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    run INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL, began_at TEXT NOT NULL, ended_at TEXT, summary TEXT
) STRICT;
CREATE TABLE ledgers (account TEXT PRIMARY KEY, ledger TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// Why the state cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateError {
    /// Another process works with it.
    Locked {
        /// Its number and command.
        holder: String,
    },
    /// A file cannot be read or written.
    File(String),
    /// A file is not what it should be.
    Unfit(String),
    /// SQLite refused.
    Database(String),
}

impl StateError {
    pub(super) fn file(path: &Path, error: &std::io::Error) -> Self {
        StateError::File(format!("`{}`: {error}", path.display()))
    }
}

impl std::fmt::Display for StateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StateError::Locked { holder } => write!(f, "the project is in use by {holder}"),
            StateError::File(why) | StateError::Unfit(why) => f.write_str(why),
            StateError::Database(why) => write!(f, "the state cannot be read or written: {why}"),
        }
    }
}

impl std::error::Error for StateError {}

impl From<rusqlite::Error> for StateError {
    fn from(error: rusqlite::Error) -> Self {
        StateError::Database(error.to_string())
    }
}

/// The state of one project, open in this process. Calls block for the time of a write to disk.
pub struct Store {
    directory: PathBuf,
    connection: Mutex<Connection>,
    steps: Option<Arc<dyn Steps>>,
    /// None: it only looks.
    _lock: Option<DirectoryLock>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.directory.display())
    }
}

impl Store {
    /// Opens or creates the state in a directory and keeps other processes out until dropped. `command` is what they are
    /// told.
    ///
    /// # Errors
    /// Another process has it open; it is of another version or another program; it is damaged; the system's errors.
    pub fn open(directory: &Path, command: &str) -> Result<Self, StateError> {
        private_file::directory(directory).map_err(|error| StateError::file(directory, &error))?;
        let lock = DirectoryLock::take(directory, command)?;
        let path = directory.join("state.db");
        // SQLite gives its side files the permissions of the first.
        drop(private_file::open(&path).map_err(|error| StateError::file(&path, &error))?);
        let mut connection = Connection::open(&path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        prepare(&mut connection)?;
        Ok(Store {
            directory: directory.to_owned(),
            connection: Mutex::new(connection),
            steps: None,
            _lock: Some(lock),
        })
    }

    /// Over a connection that only reads.
    pub(super) fn looking(directory: &Path, connection: Connection) -> Self {
        Store { directory: directory.to_owned(), connection: Mutex::new(connection), steps: None, _lock: None }
    }

    /// Tells `steps` of every step.
    #[must_use]
    pub fn with_steps(mut self, steps: Arc<dyn Steps>) -> Self {
        self.steps = Some(steps);
        self
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn step(&self, step: Step) {
        if let Some(steps) = &self.steps {
            steps.step(step);
        }
    }

    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One transaction, immediate: a deferred one that turns into a write can fail at once in spite of the time-out.
    pub(super) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, StateError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }
}

fn unfit(why: &str) -> StateError {
    StateError::Unfit(format!("`state.db` {why}"))
}

/// Whether it is empty.
///
/// # Errors
/// It is not ours, or of another version.
pub(super) fn is_fresh(connection: &Connection) -> Result<bool, StateError> {
    let number = |connection: &Connection, name: &str| -> rusqlite::Result<i64> {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
    };
    let application = number(connection, "application_id").map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            unfit("is damaged or not a database")
        }
        _ => error.into(),
    })?;
    let version = number(connection, "user_version")?;
    let first: Option<String> =
        connection.query_row("SELECT name FROM sqlite_schema LIMIT 1", [], |row| row.get(0)).optional()?;
    let fresh = first.is_none() && version == 0;
    if !fresh && application != APPLICATION {
        return Err(unfit("belongs to another program"));
    }
    if !fresh && version != VERSION {
        let whose = if version > VERSION { "a newer" } else { "an older" };
        return Err(unfit(&format!(
            "was written by {whose} version of this program (schema {version}, this one has {VERSION})"
        )));
    }
    Ok(fresh)
}

fn prepare(connection: &mut Connection) -> Result<(), StateError> {
    let fresh = is_fresh(connection)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(unfit("cannot be used on this file system (no write-ahead log)"));
    }
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;")?;
    if fresh {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(SCHEMA)?;
        transaction
            .execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"))?;
        transaction.commit()?;
    }
    Ok(())
}

/// Now, as it is kept.
pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}
