//! Mistakes of whole projects (`mapwright.yaml`, files that cannot be read): the folders of `snapshots/diagnostics` that hold a
//! `mapwright.yaml`, each begun with the code that it makes. And every code's explanation.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mapwright_language::diagnostic::code;

fn run(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    command.current_dir(directory).args(arguments).env("NO_COLOR", "1").output().unwrap()
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A copy of a folder in which links stay links.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for path in listed(from) {
        let target = to.join(path.file_name().unwrap());
        if path.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(&path).unwrap(), target).unwrap();
        } else if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn every_mistake_of_a_project_gets_its_message() {
    let mut report = String::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/diagnostics");
    let projects: Vec<PathBuf> = listed(&folder).into_iter().filter(|p| p.join("mapwright.yaml").is_file()).collect();
    assert!(!projects.is_empty());
    for project in projects {
        let name = project.file_name().unwrap().to_string_lossy().into_owned();
        let place = tempfile::tempdir().unwrap();
        copy(&project, place.path());
        let said = String::from_utf8(run(place.path(), &["check"]).stderr).unwrap();
        let expected = name.get(..5).unwrap_or_default().to_uppercase();
        assert!(said.contains(&format!("[{expected}]")), "{name}: no {expected}\n{said}");
        report.push_str(&format!("=== {name}\n{}\n", said.trim_end()));
    }
    insta::assert_snapshot!("diagnostics", report);
}

#[test]
fn every_code_is_explained() {
    let place = tempfile::tempdir().unwrap();
    for entry in code::CODES {
        let output = run(place.path(), &["check", "--explain", entry.code]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", entry.code);
        assert_eq!(said, format!("{}: {}\n\n{}\n", entry.code, entry.title, entry.explanation));
        assert!(entry.explanation.len() > 20 && entry.explanation.ends_with('.'), "{}", entry.code);
    }
    let lower = run(place.path(), &["check", "--explain", "e0301"]);
    assert!(lower.status.success());
    let unknown = run(place.path(), &["check", "--explain", "E9999"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no code `E9999`"));
}
