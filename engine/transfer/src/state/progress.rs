//! Runs, checkpoints, and the ledger of the quota.

use rusqlite::{OptionalExtension, Row, params};

use super::links::json;
use super::steps::Step;
use super::store::{StateError, Store, now};
use crate::http::SavedLedger;

/// One run of a command that transfers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub run: i64,
    /// The command.
    pub command: String,
    /// When it began, RFC 3339.
    pub began_at: String,
    /// When it ended; none: it runs, or was cut off.
    pub ended_at: Option<String>,
    /// Its counts, JSON text.
    pub summary: Option<String>,
}

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        run: row.get(0)?,
        command: row.get(1)?,
        began_at: row.get(2)?,
        ended_at: row.get(3)?,
        summary: row.get(4)?,
    })
}

impl Store {
    /// Notes that a run begins, and gives its number.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn begin_run(&self, command: &str) -> Result<i64, StateError> {
        self.write(|transaction| {
            transaction.execute("INSERT INTO runs (command, began_at) VALUES (?1, ?2)", [command, &now()])?;
            Ok(transaction.last_insert_rowid())
        })
    }

    /// Notes that it ended, with its counts as JSON text.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn end_run(&self, run: i64, summary: &str) -> Result<(), StateError> {
        self.write(|transaction| {
            transaction
                .execute("UPDATE runs SET ended_at = ?2, summary = ?3 WHERE run = ?1", params![run, now(), summary])?;
            Ok(())
        })
    }

    /// The newest runs, newest first.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn runs(&self, most: u32) -> Result<Vec<Run>, StateError> {
        let connection = self.connection();
        let mut query = connection
            .prepare_cached("SELECT run, command, began_at, ended_at, summary FROM runs ORDER BY run DESC LIMIT ?1")?;
        Ok(query.query_map([most], run)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps how far something came, by its name.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn save_checkpoint(&self, name: &str, value: &str) -> Result<(), StateError> {
        self.step(Step::CheckpointSaving);
        self.write(|transaction| {
            transaction.execute("INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2, ?3)", [name, value, &now()])
        })?;
        self.step(Step::CheckpointSaved);
        Ok(())
    }

    /// How far it came.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn checkpoint(&self, name: &str) -> Result<Option<String>, StateError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached("SELECT value FROM checkpoints WHERE name = ?1")?;
        Ok(query.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Forgets how far it came.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn remove_checkpoint(&self, name: &str) -> Result<(), StateError> {
        self.write(|transaction| transaction.execute("DELETE FROM checkpoints WHERE name = ?1", [name]))?;
        Ok(())
    }

    /// Keeps what is known of an account's window.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn save_ledger(&self, account: &str, ledger: &SavedLedger) -> Result<(), StateError> {
        let text = json(ledger)?;
        self.write(|transaction| {
            transaction.execute("INSERT OR REPLACE INTO ledgers VALUES (?1, ?2)", [account, &text])
        })?;
        Ok(())
    }

    /// What is known of all accounts, by their names.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn ledgers(&self) -> Result<Vec<(String, SavedLedger)>, StateError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached("SELECT account, ledger FROM ledgers ORDER BY account")?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(rows.into_iter().filter_map(|(name, text)| Some((name, serde_json::from_str(&text).ok()?))).collect())
    }

    /// What an earlier process knew of it. What cannot be read is as good as nothing: the next answer tells anew.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn ledger(&self, account: &str) -> Result<Option<SavedLedger>, StateError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached("SELECT ledger FROM ledgers WHERE account = ?1")?;
        let text: Option<String> = query.query_row([account], |row| row.get(0)).optional()?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}
