//! `state.db`: its schema, making it, and whether a file of that name is one. It is made under another name and renamed once it
//! is whole, so that an empty or foreign `state.db` is never the rest of a crash: it is refused, and nothing is written to it.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::store::StateError;
use super::{migration, private_file};

const NAME: &str = "state.db";
/// Under this name it is made.
const UNFINISHED: &str = "state.db.new";
/// How every file of SQLite begins.
const SQLITE: &[u8; 16] = b"SQLite format 3\0";

/// `MAPW`, so that no other program's file is taken for ours.
const APPLICATION: i64 = 0x4d41_5057;
const VERSION: i64 = 2;

/// Times are text, RFC 3339 in UTC. A record is known by its mapping collection, its id in the source system, and the record
/// that it runs after (empty: by itself); type and direction (`to`, `from`) are those of the collection.
const SCHEMA: &str = "
CREATE TABLE links (
    record_type TEXT NOT NULL, ipaas_id TEXT NOT NULL, external_id TEXT NOT NULL, parent TEXT,
    sent TEXT NOT NULL, saved_at TEXT NOT NULL,
    PRIMARY KEY (record_type, ipaas_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_external ON links (record_type, external_id);
CREATE TABLE checkpoints (name TEXT PRIMARY KEY, value TEXT NOT NULL, saved_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    run INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL, began_at TEXT NOT NULL, ended_at TEXT, summary TEXT
) STRICT;
CREATE TABLE ledgers (account TEXT PRIMARY KEY, ledger TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// Since version 2: what belongs to one record.
const BY_RECORD: &str = "
CREATE TABLE journal (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL, record_id TEXT NOT NULL, after_collection TEXT NOT NULL, after_id TEXT NOT NULL,
    record_type TEXT NOT NULL, direction TEXT NOT NULL, row TEXT NOT NULL, request TEXT NOT NULL, there TEXT,
    opened_at TEXT NOT NULL
) STRICT;
CREATE INDEX journal_records ON journal (collection, record_id, row);
CREATE TABLE outcomes (
    collection TEXT NOT NULL, record_id TEXT NOT NULL, after_collection TEXT NOT NULL, after_id TEXT NOT NULL,
    record_type TEXT NOT NULL, direction TEXT NOT NULL,
    outcome TEXT NOT NULL, reason TEXT, details TEXT NOT NULL, requests INTEGER NOT NULL, run INTEGER, at TEXT NOT NULL,
    PRIMARY KEY (collection, record_id, after_collection, after_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcomes_by_outcome ON outcomes (outcome);
CREATE INDEX outcomes_by_record ON outcomes (record_type, record_id);
CREATE TABLE parked (
    collection TEXT NOT NULL, record_id TEXT NOT NULL, after_collection TEXT NOT NULL, after_id TEXT NOT NULL,
    waits_for_type TEXT NOT NULL, waits_for_id TEXT NOT NULL,
    PRIMARY KEY (collection, record_id, after_collection, after_id, waits_for_type, waits_for_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX parked_waits ON parked (waits_for_type, waits_for_id);
";

fn unfit(why: &str) -> StateError {
    StateError::Unfit(format!("`{NAME}` {why}"))
}

/// A file that is not what this program left.
fn lost(why: &str) -> StateError {
    unfit(&format!(
        "{why}; put a copy of it back, or, if links and journal may be forgotten, move all `{NAME}*` away: records are then found by their natural keys"
    ))
}

/// Opens the database of a state directory; none there: makes it. The lock is held.
pub(super) fn open(directory: &Path) -> Result<Connection, StateError> {
    let path = directory.join(NAME);
    let trouble = |error: std::io::Error| StateError::file(&path, &error);
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => begins_well(&path)?,
        Ok(metadata) if metadata.is_dir() => drop(private_file::open(&path).map_err(trouble)?),
        Ok(_) => return Err(unfit("is no regular file")),
        Err(error) if error.kind() == ErrorKind::NotFound => make(directory)?,
        Err(error) => return Err(trouble(error)),
    }
    // SQLite gives its side files the permissions of the first.
    drop(private_file::open(&path).map_err(trouble)?);
    let mut connection = connect(&path)?;
    let version = is_ours(&connection)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(unfit("cannot be used on this file system (no write-ahead log)"));
    }
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;")?;
    if version < VERSION {
        migration::from_first(&mut connection, BY_RECORD, VERSION)?;
    }
    Ok(connection)
}

/// What is there to be read without a lock.
pub(super) enum Seen {
    /// Nothing was ever kept.
    Nothing,
    /// An earlier version of this program left it: it has to be opened once.
    Older,
    /// It can be read.
    Readable(Connection),
}

/// Opens the database of a state directory to read only.
pub(super) fn look(directory: &Path) -> Result<Seen, StateError> {
    let path = directory.join(NAME);
    if !path.exists() {
        return Ok(Seen::Nothing);
    }
    begins_well(&path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    Ok(if is_ours(&connection)? < VERSION { Seen::Older } else { Seen::Readable(connection) })
}

fn connect(path: &Path) -> Result<Connection, StateError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    Ok(connection)
}

/// Looked at before SQLite, which takes an empty file for a new database and may write to what it opens.
fn begins_well(path: &Path) -> Result<(), StateError> {
    let mut start = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut start))
        .map_err(|error| StateError::file(path, &error))?;
    if start.is_empty() {
        Err(lost("is empty, though it was not when it was made"))
    } else if start != SQLITE {
        Err(lost("is damaged or not a database"))
    } else {
        Ok(())
    }
}

/// The version of its schema: this program's or one that it can turn into its own.
fn is_ours(connection: &Connection) -> Result<i64, StateError> {
    let number = |query: &str| -> Result<i64, StateError> {
        connection.query_row(query, [], |row| row.get(0)).map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
                lost("is damaged or not a database")
            }
            _ => error.into(),
        })
    };
    let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    if application == 0 && version == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0 {
        return Err(lost("holds no table, though it did when it was made"));
    }
    if application != APPLICATION {
        return Err(unfit("belongs to another program"));
    }
    if !(1..=VERSION).contains(&version) {
        let whose = if version > VERSION { "a newer" } else { "an older" };
        return Err(unfit(&format!(
            "was written by {whose} version of this program (schema {version}, this one has {VERSION})"
        )));
    }
    Ok(version)
}

/// Makes it whole under another name: what a crash leaves is thrown away by the next try.
fn make(directory: &Path) -> Result<(), StateError> {
    let log = directory.join(format!("{NAME}-wal"));
    if std::fs::metadata(&log).is_ok_and(|m| m.len() > 0) {
        return Err(lost(&format!("is missing, though its log `{NAME}-wal` is there")));
    }
    let unfinished = directory.join(UNFINISHED);
    let trouble = |error: std::io::Error| StateError::file(&unfinished, &error);
    for rest in ["", "-journal", "-wal", "-shm"] {
        match std::fs::remove_file(directory.join(format!("{UNFINISHED}{rest}"))) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(trouble(error)),
            _ => {}
        }
    }
    drop(private_file::open(&unfinished).map_err(trouble)?);
    let mut connection = connect(&unfinished)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(SCHEMA)?;
    transaction.execute_batch(BY_RECORD)?;
    transaction.execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"))?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)?;
    std::fs::rename(&unfinished, directory.join(NAME)).map_err(trouble)?;
    #[cfg(unix)]
    std::fs::File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| StateError::file(directory, &error))?;
    Ok(())
}
