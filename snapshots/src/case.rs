//! Finding cases.

use std::path::{Path, PathBuf};

use mapwright_language::evaluate::ContextFile;
use mapwright_language::json::{self, Json};

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its folder below the folder of all cases: `catalog/product-from/typical`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

/// A case that cannot be read: the file and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseError(pub String);

impl std::fmt::Display for CaseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CaseError {}

/// All cases below a folder, by name; with a filter only those whose name holds it.
///
/// # Errors
/// A folder cannot be read.
pub fn find(root: &Path, filter: Option<&str>) -> Result<Vec<Case>, CaseError> {
    let mut cases = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| CaseError(format!("{}: {e}", folder.display())))?;
        let (mut has_record, mut has_folders) = (false, false);
        for entry in entries {
            let path = entry.map_err(|e| CaseError(format!("{}: {e}", folder.display())))?.path();
            has_record |= path.file_name().is_some_and(|n| n == "record.json");
            if path.is_dir() {
                has_folders = true;
                open.push(path);
            }
        }
        // a folder without a record and without folders is a case that somebody has begun: running it says what is missing
        if has_record || (!has_folders && folder != root) {
            let name = folder.strip_prefix(root).unwrap_or(&folder).display().to_string();
            cases.push(Case { name, folder });
        }
    }
    cases.retain(|c| filter.is_none_or(|f| c.name.contains(f)));
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

impl Case {
    /// The record's bytes.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn record(&self) -> Result<Vec<u8>, CaseError> {
        let path = self.folder.join("record.json");
        std::fs::read(&path).map_err(|e| CaseError(format!("{}: {e}", path.display())))
    }

    /// The context: what the file says, over what the project knows.
    ///
    /// # Errors
    /// The file is missing or is no context.
    pub fn context(&self, project: &ContextFile) -> Result<ContextFile, CaseError> {
        let path = self.folder.join("context.json");
        let named = |e: String| CaseError(format!("{}: {e}", path.display()));
        let bytes = std::fs::read(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => named(String::from(
                "there is no such file; it says which collection is meant: `{\"collection\": \"…\"}`",
            )),
            _ => named(e.to_string()),
        })?;
        let json = json::read(&bytes).map_err(|e| named(e.to_string()))?;
        project.clone().with(&json).map_err(|e| named(e.to_string()))
    }

    /// What was accepted, as it stands in the file.
    pub(crate) fn accepted(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(self.folder.join(file)).ok()
    }

    /// Writes what is accepted now.
    pub(crate) fn write(&self, file: &str, json: Option<&Json>) -> Result<(), CaseError> {
        let path = self.folder.join(file);
        let written = match json {
            Some(json) => std::fs::write(&path, json::pretty(json)),
            None if path.exists() => std::fs::remove_file(&path),
            None => Ok(()),
        };
        written.map_err(|e| CaseError(format!("{}: {e}", path.display())))
    }
}
