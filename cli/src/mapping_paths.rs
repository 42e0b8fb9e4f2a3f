//! The files that are read: which ones lie below a directory, and the text of one, or why there is none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mapwright_language::diagnostic::{Diagnostic, Diagnostics};
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::source::{FileId, Files, Span};

use crate::file_trouble::trouble;
use crate::terminal::Trouble;

/// One mapping file. That it cannot be read is a mistake of this file, so that those of the others are said too.
pub fn read_mapping(
    files: &mut Files,
    path: &Path,
    name: String,
    diagnostics: &mut Diagnostics,
) -> (FileId, Option<Arc<MappingFile>>) {
    match mapping_text(path) {
        Ok(text) => {
            let id = files.add(name, text);
            (id, mapping_file::read(files, id, diagnostics).map(Arc::new))
        }
        Err(unreadable) => (unreadable.report(name, files, diagnostics), None),
    }
}

/// Why a mapping file has no text.
pub struct Unreadable {
    /// What can be shown of it.
    pub shown: String,
    /// The byte where it goes wrong.
    at: usize,
    code: &'static str,
    message: String,
    help: &'static str,
}

impl Unreadable {
    /// With another text in place of what can be shown; places stay what they are if it is as long.
    pub fn showing(self, shown: String) -> Self {
        Self { shown, ..self }
    }

    /// Adds what can be shown to the files, and the diagnostic.
    pub fn report(self, name: String, files: &mut Files, diagnostics: &mut Diagnostics) -> FileId {
        let file = files.add(name, self.shown);
        let at = u32::try_from(self.at).unwrap_or(0);
        let span = Span { file, start: at, end: at };
        diagnostics.push(Diagnostic::error(self.code, span, self.message).help(self.help));
        file
    }
}

/// A mapping file's text. A pipe or device is not opened: it might never end.
pub fn mapping_text(path: &Path) -> Result<String, Unreadable> {
    let unreadable = |message: String, help| Unreadable { shown: String::new(), at: 0, code: "E0112", message, help };
    let error = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => unreadable(
            String::from("this file cannot be read: it is a link to something that is not there"),
            "take the link away, or mend it",
        ),
        std::io::ErrorKind::PermissionDenied => unreadable(
            String::from("this file cannot be read: permission denied"),
            "give yourself the right to read it: `chmod u+r`",
        ),
        _ => unreadable(format!("this file cannot be read: {e}"), "mend it, or take it out of the mapping files"),
    };
    if !std::fs::metadata(path).map_err(error)?.is_file() {
        let message = String::from("this is no regular file: a pipe or a device has no text to check");
        return Err(unreadable(message, "take it out of the mapping files"));
    }
    String::from_utf8(std::fs::read(path).map_err(error)?).map_err(|e| Unreadable {
        at: e.utf8_error().valid_up_to(),
        shown: String::from_utf8_lossy(e.as_bytes()).into_owned(),
        code: "E0103",
        message: String::from("the file is not UTF-8 text: here stands a byte that is no character"),
        help: "save it as UTF-8",
    })
}

/// A file's text; what is no UTF-8 is said with its place.
pub fn read_text(path: &Path) -> Result<String, Trouble> {
    let bytes = std::fs::read(path).map_err(|e| trouble(path, &e))?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() + 1;
        Trouble::input(format!("{}:{line}: the file is not UTF-8 text", path.display())).help("save it as UTF-8")
    })
}

/// Files as they are, directories with all `.yaml` files below them.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(yaml_files(path)?);
        } else if path.is_file() {
            found.push(path.clone());
        } else if path.exists() {
            return Err(Trouble::usage(format!("{}: this is no regular file", path.display()))
                .help("name files or directories; a pipe or a device has no text to check"));
        } else {
            return Err(Trouble::usage(format!("{}: there is no such file or directory", path.display())));
        }
    }
    Ok(found)
}

/// All `.yaml` files below a directory, sorted; none where there is no directory. What begins with a dot is an editor's. A
/// directory is looked at once, however many links lead to it.
pub fn yaml_files(directory: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(folder) = open.pop() {
        if folder.canonicalize().is_ok_and(|real| !seen.insert(real)) {
            continue;
        }
        let entries = match std::fs::read_dir(&folder) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && folder == directory => return Ok(found),
            entries => entries.map_err(|e| trouble(&folder, &e))?,
        };
        for entry in entries {
            let path = entry.map_err(|e| trouble(&folder, &e))?.path();
            if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
