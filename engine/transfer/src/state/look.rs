//! A look at the state without a lock, while another process may be working with it.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::lock::DirectoryLock;
use super::store::{StateError, Store, is_fresh};

/// What is there to be seen.
#[derive(Debug)]
pub struct Look {
    /// The state as it is at this moment, to be read only; none: nothing was ever kept.
    pub store: Option<Store>,
    /// Who works with it, as `process 17 (sync)`.
    pub holder: Option<String>,
}

impl Look {
    /// Looks at the state of a directory. All that is read through it is of one moment.
    ///
    /// # Errors
    /// It cannot be read, is not ours, or of another version.
    pub fn at(directory: &Path) -> Result<Look, StateError> {
        let holder = DirectoryLock::holder(directory);
        let path = directory.join("state.db");
        if std::fs::metadata(&path).map_or(true, |file| file.len() == 0) {
            return Ok(Look { store: None, holder });
        }
        let connection =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        if is_fresh(&connection)? {
            return Ok(Look { store: None, holder });
        }
        // a transaction that only reads sees one moment, and keeps nobody from writing
        connection.execute_batch("BEGIN DEFERRED")?;
        Ok(Look { store: Some(Store::looking(directory, connection)), holder })
    }
}
