//! One process at a time in a project's state. The lock is the system's: it goes with the process, however that ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use super::private_file;
use super::store::StateError;

/// How often, and how far apart, a lock that is held is tried for.
const LOOKS: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

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
        let mut looks = 0;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                // somebody who only asks who works here holds it for a moment
                Err(TryLockError::WouldBlock) if looks < LOOKS => {
                    looks += 1;
                    std::thread::sleep(BETWEEN_LOOKS);
                }
                Err(TryLockError::WouldBlock) => return Err(StateError::Locked { holder: named(&mut file) }),
                Err(TryLockError::Error(error)) => return Err(trouble(error)),
            }
        }
        file.set_len(0).map_err(trouble)?;
        file.seek(SeekFrom::Start(0)).map_err(trouble)?;
        let command: String = command.chars().filter(|c| !c.is_control()).take(200).collect();
        write!(file, "process {} ({command})", std::process::id()).map_err(trouble)?;
        file.flush().map_err(trouble)?;
        Ok(DirectoryLock { _file: file })
    }

    /// Who holds the lock of a state directory, as `process 17 (sync)`; none: nobody.
    pub(super) fn holder(directory: &Path) -> Option<String> {
        let mut file = private_file::read(&directory.join("lock")).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(named(&mut file)),
            _ => None,
        }
    }
}

/// What the holder wrote of itself.
fn named(file: &mut File) -> String {
    let mut holder = String::new();
    let read = file.take(500).read_to_string(&mut holder);
    let holder = holder.trim();
    if read.is_ok() && !holder.is_empty() { holder.to_owned() } else { "another process".to_owned() }
}
