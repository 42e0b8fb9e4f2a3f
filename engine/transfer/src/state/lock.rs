//! One process at a time in a project's state. The lock is the system's: it goes with the process, however that ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::private_file;
use super::store::StateError;

/// The lock, held until dropped.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Takes the lock of a state directory; `command` is what a second process is told of the first.
    ///
    /// # Errors
    /// Another process holds it (named), or the file cannot be written.
    pub fn take(directory: &Path, command: &str) -> Result<Self, StateError> {
        let path = directory.join("lock");
        let trouble = |error: std::io::Error| StateError::file(&path, &error);
        let mut file = private_file::open(&path).map_err(trouble)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let read = (&mut file).take(500).read_to_string(&mut holder);
                let holder = holder.trim();
                return Err(StateError::Locked {
                    holder: if read.is_ok() && !holder.is_empty() {
                        holder.to_owned()
                    } else {
                        "another process".to_owned()
                    },
                });
            }
            Err(TryLockError::Error(error)) => return Err(trouble(error)),
        }
        file.set_len(0).map_err(trouble)?;
        file.seek(SeekFrom::Start(0)).map_err(trouble)?;
        let command: String = command.chars().filter(|c| !c.is_control()).take(200).collect();
        write!(file, "process {} ({command})", std::process::id()).map_err(trouble)?;
        file.flush().map_err(trouble)?;
        Ok(DirectoryLock { _file: file })
    }
}
