//! A look at the state without a lock, while another process may be working with it.

use std::path::Path;

use super::database;
use super::lock::DirectoryLock;
use super::store::{StateError, Store};

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
        let Some(connection) = database::look(directory)? else { return Ok(Look { store: None, holder }) };
        // a transaction that only reads sees one moment, and keeps nobody from writing
        connection.execute_batch("BEGIN DEFERRED")?;
        Ok(Look { store: Some(Store::looking(directory, connection)), holder })
    }
}
