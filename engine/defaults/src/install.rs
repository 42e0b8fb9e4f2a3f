//! Writes editable copies of the built-in collections into a project, and keeps the originals for later upgrades.

use std::io::{self, Write as _};
use std::path::Path;

use crate::originals::originals;

/// What an installation did, paths below `mappings/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installed {
    /// Files that were not there and were written.
    pub written: Vec<&'static str>,
    /// Files that were there already, with the same text.
    pub same: Vec<&'static str>,
    /// Files that were there with another text: the subscriber's, left alone.
    pub kept: Vec<&'static str>,
}

/// Writes the built-in collections to `project/mappings/` and their originals to `project/.mapwright/originals/`. A
/// file that is there is never overwritten.
///
/// # Errors
/// What the file system says, with the path.
pub fn install(project: &Path) -> io::Result<Installed> {
    let mut installed = Installed::default();
    for original in originals() {
        let path = project.join("mappings").join(original.path);
        match std::fs::read_to_string(&path) {
            Ok(text) if text == original.text => installed.same.push(original.path),
            Ok(_) => installed.kept.push(original.path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                write(&path, original.text)?;
                installed.written.push(original.path);
            }
            Err(error) => return Err(named(&path, &error)),
        }
        write(&project.join(".mapwright/originals").join(original.path), original.text)?;
    }
    Ok(installed)
}

/// Writes beside the file first and renames, so that a file is never half-written.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|e| named(folder, &e))?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the process's mask
    // under a name that is not taken, so that no link is followed
    let mut file = builder.prefix(".mapwright-").tempfile_in(folder).map_err(|e| named(path, &e))?;
    file.write_all(text.as_bytes()).map_err(|e| named(path, &e))?;
    file.persist(path).map_err(|e| named(path, &e.error)).map(drop)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_installation_keeps_what_the_subscriber_changed() {
        let project = tempfile::tempdir().unwrap();
        let first = install(project.path()).unwrap();
        assert_eq!(first.written.len(), originals().len());

        let changed = project.path().join("mappings/catalog/product-from.yaml");
        std::fs::write(&changed, "collection: mine\n").unwrap();
        std::fs::remove_file(project.path().join("mappings/customers/customer-to.yaml")).unwrap();

        let second = install(project.path()).unwrap();
        assert_eq!(second.kept, ["catalog/product-from.yaml"]);
        assert_eq!(second.written, ["customers/customer-to.yaml"]);
        assert_eq!(std::fs::read_to_string(&changed).unwrap(), "collection: mine\n");
        let original = project.path().join(".mapwright/originals/catalog/product-from.yaml");
        assert!(std::fs::read_to_string(original).unwrap().contains("collection: BC Products"));
    }

    #[test]
    fn a_path_that_cannot_be_written_is_named() {
        let project = tempfile::tempdir().unwrap();
        std::fs::write(project.path().join("mappings"), "a file").unwrap();
        let error = install(project.path()).unwrap_err();
        assert!(error.to_string().contains("mappings"), "{error}");
    }
}
