//! What the file system says, with what to do about it.

use std::io::{Error, ErrorKind};
use std::path::Path;

use crate::terminal::Trouble;

/// An error at a path.
pub fn trouble(path: &Path, error: &Error) -> Trouble {
    named(&path.display().to_string(), error)
}

/// An error of a library that has put the path before it already.
pub fn told(error: &Error) -> Trouble {
    let text = error.to_string();
    let message = match (text.rsplit_once(": "), why(error.kind())) {
        (Some((path, _)), Some(why)) => format!("{path}: {why}"),
        _ => text,
    };
    with_advice(Trouble::input(message), error.kind())
}

/// An error at something that is named in other words than its path.
pub fn named(what: &str, error: &Error) -> Trouble {
    let why = why(error.kind()).map_or_else(|| error.to_string(), str::to_owned);
    with_advice(Trouble::input(format!("{what}: {why}")), error.kind())
}

fn why(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "there is no such file or directory",
        ErrorKind::PermissionDenied => "permission denied",
        ErrorKind::IsADirectory => "it is a directory, and a file is expected",
        ErrorKind::NotADirectory => "a part of the path is a file, and a directory is expected",
        ErrorKind::AlreadyExists => "something of that name is there already",
        _ => return None,
    })
}

fn with_advice(trouble: Trouble, kind: ErrorKind) -> Trouble {
    let help = match kind {
        ErrorKind::NotFound => "look whether the path is spelt right",
        ErrorKind::PermissionDenied => "look at the rights with `ls -l`, or take another place",
        ErrorKind::IsADirectory => "move the directory away, or name a file",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "move what is there away, or take another name",
        ErrorKind::ReadOnlyFilesystem => "take a place that can be written",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk",
        _ => return trouble,
    };
    trouble.help(help)
}
