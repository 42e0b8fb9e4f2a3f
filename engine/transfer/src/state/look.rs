//! A look at the state without a lock, while another process may be working with it.

use std::path::Path;

use super::database::{self, Seen};
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
    /// It cannot be read, is not ours, or of a newer version; it is of an older one and in use.
    pub fn at(directory: &Path) -> Result<Look, StateError> {
        let holder = DirectoryLock::holder(directory);
        let connection = match database::look(directory)? {
            Seen::Nothing => return Ok(Look { store: None, holder }),
            Seen::Readable(connection) => connection,
            Seen::Older => {
                drop(Store::open(directory, "a change of the state to this version")?);
                return Look::at(directory);
            }
        };
        // a transaction that only reads sees one moment, and keeps nobody from writing
        connection.execute_batch("BEGIN DEFERRED")?;
        Ok(Look { store: Some(Store::looking(directory, connection)), holder })
    }
}
