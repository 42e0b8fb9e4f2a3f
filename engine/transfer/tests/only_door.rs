//! Nothing but the executor's network opens a connection: the sources are read for the names that could.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::path::{Path, PathBuf};

const NAMES: [&str; 9] =
    ["reqwest", "hyper", "ureq", "TcpStream", "UdpSocket", "UnixStream", "tokio::net", "std::net::", "curl"];
/// The door itself, and what reads addresses without opening anything.
const ALLOWED: [&str; 2] = ["engine/transfer/src/http/network.rs", "engine/transfer/src/http/account.rs"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | "tests" | "sandbox" | "fuzz") && !name.starts_with('.') {
                sources(&path, found);
            }
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

/// Whether a line has the name, and not the beginning of a longer word (`curly`).
fn names(code: &str, name: &str) -> bool {
    let goes_on =
        |at: usize| code[at + name.len()..].starts_with(|c: char| c.is_alphanumeric()) && !name.ends_with(':');
    code.match_indices(name).any(|(at, _)| !goes_on(at))
}

#[test]
fn only_the_network_opens_connections() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut files = Vec::new();
    for folder in ["engine", "cli", "snapshots"] {
        sources(&workspace.join(folder), &mut files);
    }
    let relative = |path: &Path| path.strip_prefix(workspace).unwrap().to_string_lossy().replace('\\', "/");
    assert!(files.iter().any(|path| relative(path) == ALLOWED[0]), "the door itself must be among the sources");
    let mut doors = Vec::new();
    for path in files.iter().filter(|path| !ALLOWED.contains(&relative(path).as_str())) {
        let text = std::fs::read_to_string(path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default().replace("reqwest::Url", "");
            if let Some(name) = NAMES.iter().find(|name| names(code.as_str(), name)) {
                doors.push(format!("{}:{}: {name}", relative(path), number + 1));
            }
        }
    }
    assert!(doors.is_empty(), "connections are opened by the executor's network alone:\n{}", doors.join("\n"));
}

#[test]
fn the_url_reader_opens_nothing() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/account.rs")).unwrap();
    for line in text.lines().filter(|line| line.contains("reqwest") || line.contains("std::net")) {
        assert!(line.contains("use reqwest::Url;") || line.contains("std::net::IpAddr"), "{line}");
    }
}
