//! Names, ids and texts from outside cannot move the cursor, recolour the terminal, or pretend to be lines of ours.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

mod support;

use support::{Ran, run};

/// Window title, colour, bell, a null, a direction mark, a character without width.
const ODD: &str = "x\u{1b}]0;y\u{7}\u{1b}[31m\u{9b}1m\u{202e}z\u{200b}";

fn harmless(ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        let unseen = text.chars().find(|c| *c != '\n' && mapwright_language::value::is_unseen(*c));
        assert_eq!(unseen, None, "{text:?}");
    }
}

fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("mapwright.yaml"), "name: a\nstore_hash: b\nsystem_id: 1\n").unwrap();
    std::fs::create_dir(directory.path().join("mappings")).unwrap();
    directory
}

#[test]
fn faults_d8_names_of_files_and_what_they_hold_are_shown_harmless() {
    let directory = project();
    let name = format!("mappings/{ODD}.yaml");
    std::fs::write(directory.path().join(&name), format!("collection: Mine\nrecord: \"Pro{ODD}\"\n{ODD}: 1\n"))
        .unwrap();
    for format in ["text", "json"] {
        let ran = run(directory.path(), &["check", "--format", format]);
        assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
        harmless(&ran);
    }
    let ran = run(directory.path(), &["fmt"]);
    harmless(&ran);
    harmless(&run(directory.path(), &["explain", ODD]));
}

#[test]
fn faults_d8_ids_and_values_of_records_are_shown_harmless() {
    let directory = project();
    let text = "collection: Mine\nrecord: Product\ndirection: from\nsync: add-update\nbigcommerce: catalog.brand\nfind_by: name\nrules: |\n  name <- name\n";
    std::fs::write(directory.path().join("mappings/mine.yaml"), text.replace("catalog.brand", "catalog.product"))
        .unwrap();
    for record in [
        serde_json::json!({ "id": ODD, "name": 5, "sku": ODD, "kit": ODD }),
        serde_json::json!({ "id": ODD, ODD: 1, "name": ODD }),
    ] {
        std::fs::write(directory.path().join("r.json"), record.to_string()).unwrap();
        for format in ["text", "json"] {
            let ran = run(directory.path(), &["map", "Mine", "r.json", "--format", format]);
            harmless(&ran);
            let ran = run(directory.path(), &["explain", "Mine", "--record", "r.json", "--format", format]);
            harmless(&ran);
        }
    }
}
