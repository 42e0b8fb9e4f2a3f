//! What a project keeps beside its files, in `.mapwright/`: tokens, links, journal, outcomes.

use std::path::{Path, PathBuf};

use mapwright_transfer::state::Credentials;
use mapwright_transfer::subscription::Secrets;

/// The directory of a project's state.
pub fn state_directory(project: &Path) -> PathBuf {
    project.join(".mapwright")
}

/// The secrets that are known here, so that they are written nowhere else.
pub fn secrets(project: &Path) -> Secrets {
    let kept = Credentials::read(&state_directory(project)).unwrap_or_default();
    Secrets::gather(&kept, &|name| std::env::var(name).ok())
}
