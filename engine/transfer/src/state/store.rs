//! The store: opening it, its errors, and the one way to write.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::database;
use super::lock::DirectoryLock;
use super::private_file;
use super::steps::{Step, Steps};

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
        let connection = database::open(directory)?;
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

/// Now, as it is kept.
pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// How long ago that was; none: it was not.
pub(super) fn age(at: &str) -> Option<Duration> {
    let at: jiff::Timestamp = at.parse().ok()?;
    jiff::Timestamp::now().duration_since(at).try_into().ok()
}
