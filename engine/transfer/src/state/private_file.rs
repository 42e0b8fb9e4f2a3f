//! Files and directories that only their owner may read. No link is followed: whoever may write here could otherwise lead
//! tokens to another place, or have another file overwritten.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::Path;

/// Creates the directory (0700) if it is not there; one that others may enter is closed to them.
///
/// # Errors
/// The system's; it is a link, or belongs to somebody else.
pub fn directory(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    let there = std::fs::symlink_metadata(path)?;
    if there.is_symlink() {
        return Err(link());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if there.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

/// Opens a file for reading and writing, creating it 0600; one that exists and that others may read is closed to them.
///
/// # Errors
/// The system's; it is a link.
pub fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
    }
    let file = options.open(path).map_err(|error| if path.is_symlink() { link() } else { error })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(file)
}

/// Opens a file to be read.
///
/// # Errors
/// The system's; it is a link.
pub fn read(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW);
    options.open(path).map_err(|error| if path.is_symlink() { link() } else { error })
}

/// Writes a file whole (0600): either the old or the new one is there. It is made under a name that is not taken.
///
/// # Errors
/// The system's; the old one is still there.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // made 0600, and only if nothing of that name is there
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}

fn link() -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        "it is a symbolic link, and files of the state are never reached by one; remove it",
    )
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)] // a test ends where it goes wrong

    use std::io::Read as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn faults_d12_links_are_not_followed() {
        let place = tempfile::tempdir().unwrap();
        let (victim, link) = (place.path().join("victim"), place.path().join("lock"));
        std::fs::write(&victim, "precious").unwrap();
        symlink(&victim, &link).unwrap();
        assert!(open(&link).unwrap_err().to_string().contains("symbolic link"));
        assert!(read(&link).unwrap_err().to_string().contains("symbolic link"));
        // what is replaced is the link, not what it leads to
        replace(&link, b"mine").unwrap();
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
        let mut text = String::new();
        read(&link).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), mode(&link)), ("mine", 0o600));
        // nor is a directory that is a link
        let (elsewhere, state) = (place.path().join("elsewhere"), place.path().join(".mapwright"));
        std::fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, &state).unwrap();
        assert!(directory(&state).unwrap_err().to_string().contains("symbolic link"));
    }

    #[test]
    fn faults_d12_open_directories_are_closed() {
        let place = tempfile::tempdir().unwrap();
        let state = place.path().join(".mapwright");
        std::fs::create_dir(&state).unwrap();
        std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o777)).unwrap();
        directory(&state).unwrap();
        assert_eq!(mode(&state), 0o700);
    }
}
