//! `mapwright functions`: what the checker suggests is found there.

#![allow(clippy::unwrap_used)] // tests

use std::process::Command;

fn functions(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mapwright")).arg("functions").args(arguments).output().unwrap();
    let text = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[test]
fn forms_that_look_outside_the_record_are_described_too() {
    for name in ["lookup", "link", "linked"] {
        let (ok, text) = functions(&[name]);
        assert!(ok && text.contains(&format!("{name}(")) && text.contains("\n  gives: "), "{text}");
        let (ok, text) = functions(&["--format", "json", name]);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(ok && json.as_array().unwrap().len() == 1 && json[0]["name"] == name, "{text}");
    }
    let (_, all) = functions(&[]);
    assert!(all.contains("linked(") && all.contains("truncate("), "{all}");
}

#[test]
fn the_beginning_of_a_name_is_near_enough() {
    let (ok, text) = functions(&["trunc"]);
    assert!(!ok && text.contains("did you mean `truncate`?"), "{text}");
}
