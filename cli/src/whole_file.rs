//! Writes a file whole: its old text or its new one is there, never half of either.

use std::io::{Error, Write as _};
use std::path::Path;

/// Writes a new file beside this one and puts it in its place. A link to a file stays one: what it leads to is replaced.
/// The new file has a name that nobody can guess and is never an existing one, so no prepared link is followed.
///
/// # Errors
/// The system's; the old text is still there.
pub fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let path = if path.is_symlink() { path.canonicalize()? } else { path.to_owned() };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mapwright-").suffix(".new");
    let permissions = std::fs::metadata(&path).map_or_else(|_| for_a_new_file(), |there| Some(there.permissions()));
    if let Some(permissions) = &permissions {
        builder.permissions(permissions.clone());
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|failed| failed.error).map(drop)
}

/// What others may do with it is for the process's mask to say.
#[cfg(unix)]
fn for_a_new_file() -> Option<std::fs::Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn for_a_new_file() -> Option<std::fs::Permissions> {
    None
}
