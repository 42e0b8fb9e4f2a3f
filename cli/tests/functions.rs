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
    let (ok, text) = functions(&["trunca"]);
    assert!(!ok && text.contains("did you mean `truncate`?"), "{text}");
    let (ok, text) = functions(&["trnc"]);
    assert!(!ok && text.contains("did you mean `truncate`?"), "{text}");
}

#[test]
fn they_are_listed_family_by_family() {
    let (ok, all) = functions(&[]);
    let place = |text: &str| all.find(text).unwrap_or(usize::MAX);
    assert!(
        ok && place("\nMoney\n") < place("\nallocate(") && place("\nallocate(") < place("\nDates and times\n"),
        "{all}"
    );
    assert!(all.contains("\nmax(number, other, …)") && all.contains("\nmax(numbers)"), "{all}");
    assert!(all.contains("TypesafeDivision(numerator, denominator)") && all.contains("here: a / b"), "{all}");
}

#[test]
fn a_function_of_ipaas_says_how_it_is_written_here_and_the_other_way_round() {
    let (ok, text) = functions(&["Truncate"]);
    assert!(ok && text.contains("here: input | truncate(40)") && text.contains("UTF-16"), "{text}");
    let (ok, text) = functions(&["truncate"]);
    assert!(ok && text.contains("iPaaS.com's: Truncate\n"), "{text}");
    let (ok, text) = functions(&["GetExternalIdAsync"]);
    assert!(ok && text.contains("here: id | link(\"Record Type\")"), "{text}");
    let (ok, text) = functions(&["FindShippingMethodFromName"]);
    assert!(ok && text.contains("not to be had here: "), "{text}");
    let (ok, text) = functions(&["--format", "json", "RemovePrefix"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(
        ok && json[0]["native"] == "value | remove_prefix(prefix)" && json[0]["examples"][0]["result"] == "\"17\"",
        "{text}"
    );
    let (ok, text) = functions(&["truncat"]);
    assert!(!ok && text.contains("did you mean `truncate`?"), "{text}");
}

#[test]
fn the_signs_of_a_date_are_listed() {
    let (ok, text) = functions(&["parse_instant"]);
    assert!(ok && text.contains("%-d") && text.contains("%H"), "{text}");
    let (ok, text) = functions(&["format_date"]);
    assert!(ok && text.contains("%B") && !text.contains("%H"), "{text}");
}
