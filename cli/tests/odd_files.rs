//! What may lie in `mappings/` besides good files: one bad file hides nothing of the others, and nothing waits for ever.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const PAYMENT: &str = include_str!("../../mappings/payments/payment-method-to.yaml");

/// A project with one good file, and one with a mistake.
fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    std::fs::write(path.join("mapwright.yaml"), "name: a\nstore_hash: b\nsystem_id: 1\n").unwrap();
    std::fs::create_dir(path.join("mappings")).unwrap();
    std::fs::write(path.join("mappings/good.yaml"), PAYMENT).unwrap();
    std::fs::write(path.join("mappings/mistaken.yaml"), "collection: Mine\nrecord: Produkt\n").unwrap();
    directory
}

/// Runs the program, which has to come to an end.
fn run(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    command.current_dir(directory).args(arguments).env("NO_COLOR", "1").stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{arguments:?} does not come to an end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

/// What `check` reports: code, file and line.
fn reported(directory: &Path, arguments: &[&str]) -> Vec<(String, String, u64)> {
    let output = run(directory, &[&["check", "--format", "json"], arguments].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {stderr}"));
    let list = json.as_array().unwrap();
    let text = |d: &serde_json::Value, key: &str| d[key].as_str().unwrap_or_default().to_owned();
    list.iter().map(|d| (text(d, "code"), text(&d["place"], "file"), d["place"]["line"].as_u64().unwrap())).collect()
}

fn holds(reported: &[(String, String, u64)], code: &str, file: &str, line: u64) {
    assert!(
        reported.contains(&(code.to_owned(), file.to_owned(), line)),
        "{code} {file}:{line} is not in {reported:#?}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_one_diagnostic_among_the_others() {
    let directory = project();
    let mappings = directory.path().join("mappings");
    assert!(Command::new("mkfifo").arg(mappings.join("pipe.yaml")).status().unwrap().success());
    symlink("/dev/zero", mappings.join("device.yaml")).unwrap();
    symlink("nowhere.yaml", mappings.join("dangling.yaml")).unwrap();
    symlink("circle.yaml", mappings.join("circle.yaml")).unwrap();
    std::fs::write(mappings.join("latin1.yaml"), b"collection: Other\n# caf\xe9\n").unwrap();
    // an editor's
    symlink("user@host.17", mappings.join(".#good.yaml")).unwrap();
    let all = reported(directory.path(), &[]);
    for (code, file, line) in [
        ("E0112", "mappings/pipe.yaml", 1),
        ("E0112", "mappings/device.yaml", 1),
        ("E0112", "mappings/dangling.yaml", 1),
        ("E0112", "mappings/circle.yaml", 1),
        ("E0103", "mappings/latin1.yaml", 2),
        ("E0313", "mappings/mistaken.yaml", 2),
    ] {
        holds(&all, code, file, line);
    }
    assert!(!all.iter().any(|(_, file, _)| file.contains("good")), "{all:#?}");
    let named = reported(directory.path(), &["mappings/latin1.yaml", "mappings/mistaken.yaml"]);
    holds(&named, "E0103", "mappings/latin1.yaml", 2);
    holds(&named, "E0313", "mappings/mistaken.yaml", 2);

    let text = run(directory.path(), &["check"]);
    let stderr = String::from_utf8_lossy(&text.stderr).into_owned();
    assert_eq!(text.status.code(), Some(1));
    for said in [
        "this is no regular file: a pipe or a device has no text to check",
        "it is a link to something that is not there",
        "latin1.yaml:2:6",
        "help: save it as UTF-8",
    ] {
        assert!(stderr.contains(said), "`{said}` is not in\n{stderr}");
    }
    // the others are still formatted
    std::fs::write(mappings.join("good.yaml"), PAYMENT.replace(" <- ", "   <-   ")).unwrap();
    let formatted = run(directory.path(), &["fmt"]);
    assert!(String::from_utf8_lossy(&formatted.stdout).contains("mappings/good.yaml"), "{formatted:?}");
    assert_eq!(std::fs::read(mappings.join("latin1.yaml")).unwrap(), b"collection: Other\n# caf\xe9\n");
    // a pipe that is named
    let named = run(directory.path(), &["check", "mappings/pipe.yaml"]);
    assert_eq!(named.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&named.stderr).contains("this is no regular file"));
}

#[test]
fn links_that_lead_back_come_to_an_end() {
    let directory = project();
    let mappings = directory.path().join("mappings");
    std::fs::create_dir(mappings.join("below")).unwrap();
    for name in ["a", "b", "c"] {
        symlink("..", mappings.join("below").join(name)).unwrap();
    }
    symlink(".", mappings.join("again")).unwrap();
    let all = reported(directory.path(), &[]);
    holds(&all, "E0313", "mappings/mistaken.yaml", 2);
    assert!(!all.iter().any(|(code, ..)| code == "E0612"), "a file is read once: {all:#?}");
    // a directory of shared files is followed
    let shared = tempfile::tempdir().unwrap();
    std::fs::rename(mappings.join("mistaken.yaml"), shared.path().join("mistaken.yaml")).unwrap();
    symlink(shared.path(), mappings.join("shared")).unwrap();
    holds(&reported(directory.path(), &[]), "E0313", "mappings/shared/mistaken.yaml", 2);
}

#[test]
fn settings_that_cannot_be_read_hide_no_other_mistake_and_show_no_secret() {
    let directory = project();
    std::fs::write(directory.path().join("mapwright.yaml"), b"name: a\napi_key: canary \xe9\n").unwrap();
    let all = reported(directory.path(), &[]);
    holds(&all, "E0103", "mapwright.yaml", 2);
    holds(&all, "E0313", "mappings/mistaken.yaml", 2);
    for arguments in [&["check"][..], &["subscription", "show"], &["subscription", "set", "name=b"]] {
        let output = run(directory.path(), arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr.contains("mapwright.yaml:2:17") && !stderr.contains("canary"), "{stderr}");
    }
}

#[test]
fn a_byte_order_mark_is_no_column() {
    let directory = project();
    let text = "\u{feff}collection: Mine\nrecord: Payment Method\ndirection: to\nsync: add-update\nbigcommerce: payments.method\n";
    let check = |text: &str| {
        std::fs::write(directory.path().join("mappings/mistaken.yaml"), text).unwrap();
        let output = run(directory.path(), &["check", "mappings/mistaken.yaml"]);
        String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap()
    };
    let (marked, plain) = (check(text), check(text.trim_start_matches('\u{feff}')));
    assert!(marked.contains("mappings/mistaken.yaml:1:13\n"), "{marked}");
    assert_eq!(marked, plain);
}
