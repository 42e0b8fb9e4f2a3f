//! `subscription remove`: says what it would delete, then what it deleted.

use std::path::{Path, PathBuf};

use crate::arguments::SubscriptionRemove;
use crate::commands::{Result, exit};
use crate::file_trouble::trouble;
use crate::project::{self, PROJECT_FILE};
use crate::terminal::{Trouble, note};
use crate::{kept, subscription};

pub fn remove(remove: &SubscriptionRemove) -> Result {
    let directory = project::subscribed(remove.project.project.as_deref())?;
    let state = kept::state_directory(&directory);
    if !remove.yes {
        let list: String = contents(&state)?
            .into_iter()
            .chain([directory.join(PROJECT_FILE)])
            .map(|p| format!("\n  {}", described(&p)))
            .collect();
        return Err(Trouble::usage(format!("this deletes, and nothing brings it back:{list}"))
            .help("say `--yes` if that is meant; mapping files and snapshots stay"));
    }
    let _lock = subscription::lock(&directory, "subscription remove")?;
    // the settings last: until then the directory is a project, and the command can be given again
    for path in contents(&state)? {
        delete(&path)?;
        note(&format!("deleted {}", described(&path)));
    }
    delete(&state)?;
    delete(&directory.join(PROJECT_FILE))?;
    note(&format!("deleted {}", described(&directory.join(PROJECT_FILE))));
    note("the subscription is forgotten; its mapping files are still there");
    Ok(exit(true))
}

/// What lies in the state's directory, sorted, but the lock.
fn contents(state: &Path) -> std::result::Result<Vec<PathBuf>, Trouble> {
    let entries = match std::fs::read_dir(state) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        entries => entries.map_err(|e| trouble(state, &e))?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|e| trouble(state, &e))?.path());
    }
    paths.retain(|p| p.file_name().is_some_and(|n| n != "lock"));
    paths.sort();
    Ok(paths)
}

/// A path and what it is to the user.
fn described(path: &Path) -> String {
    let what = match path.file_name().and_then(|n| n.to_str()) {
        Some(PROJECT_FILE) => ": the settings",
        Some("credentials.json") => ": the tokens",
        Some("state.db") => ": links, outcomes, the journal of intended writes, the quota used",
        Some("state.db-wal" | "state.db-shm") => ": what belongs to state.db",
        Some("originals") => ": the built-in mapping files as they were installed",
        Some("demo") => ": the project of `mapwright demo`",
        _ => "",
    };
    format!("{}{what}", path.display())
}

fn delete(path: &Path) -> std::result::Result<(), Trouble> {
    let directory = std::fs::symlink_metadata(path).is_ok_and(|m| m.is_dir());
    let deleted = if directory { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match deleted {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(trouble(path, &e)),
        _ => Ok(()),
    }
}
