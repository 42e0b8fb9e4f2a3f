//! What the file system says, with what to do about it.

use std::io::{Error, ErrorKind};
use std::path::Path;

use crate::terminal::Trouble;

/// An error at a path.
pub fn trouble(path: &Path, error: &Error) -> Trouble {
    named(&path.display().to_string(), error)
}

/// An error of a library that has put the path into the message already.
pub fn told(error: &Error) -> Trouble {
    let text = error.to_string();
    let plain = text.split(" (os error").next().unwrap_or(&text).to_owned();
    with_advice(Trouble::input(plain), error.kind())
}

/// An error at something that is named in other words than its path.
pub fn named(what: &str, error: &Error) -> Trouble {
    let why = match error.kind() {
        ErrorKind::NotFound => String::from("there is no such file or directory"),
        ErrorKind::PermissionDenied => String::from("permission denied"),
        ErrorKind::IsADirectory => String::from("it is a directory, and a file is expected"),
        ErrorKind::NotADirectory => String::from("a part of the path is a file, and a directory is expected"),
        ErrorKind::AlreadyExists => String::from("something of that name is there already"),
        _ => error.to_string(),
    };
    with_advice(Trouble::input(format!("{what}: {why}")), error.kind())
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
