//! What ends a command is JSON where that was asked for, whichever command it is.

#![allow(clippy::unwrap_used, clippy::panic)] // tests

mod support;

use support::{Place, run};

fn error(told: &support::Ran, arguments: &[&str]) -> serde_json::Value {
    let json: serde_json::Value = serde_json::from_str(&told.stdout)
        .unwrap_or_else(|e| panic!("{arguments:?}: {e}\n{}{}", told.stdout, told.stderr));
    json["error"].clone()
}

#[test]
fn every_command_with_a_format_says_its_error_in_it() {
    let place = Place::empty();
    let no_project = "this is no project: there is no mapwright.yaml here or above";
    let cases: &[(&[&str], i32, &str)] = &[
        (&["check", "--explain", "E9999"], 2, "there is no code `E9999`"),
        (&["check", "nowhere.yaml"], 2, "nowhere.yaml"),
        (&["map", "No Such Collection"], 2, "there is no collection `No Such Collection`"),
        (&["map", "BC Products", "--input", "nowhere.json"], 2, "nowhere.json"),
        (&["explain", "No Such Collection"], 2, "there is no collection `No Such Collection`"),
        (&["functions", "trimm"], 2, "there is no function `trimm`"),
        (&["schema", "prodct"], 2, "there is no record type `prodct`"),
        (&["subscription", "show"], 2, no_project),
        (&["initialize", "product"], 2, no_project),
        (&["sync", "product", "1"], 2, no_project),
        (&["retry", "--parked"], 2, no_project),
        (&["status"], 2, no_project),
    ];
    for (arguments, code, message) in cases {
        let text = run(place.path(), arguments);
        assert_eq!((text.code, text.stdout.as_str()), (*code, ""), "{arguments:?}\n{}", text.stderr);
        let arguments = [arguments, &["--format", "json"][..]].concat();
        let told = run(place.path(), &arguments);
        assert_eq!(told.code, *code, "{arguments:?}\n{}{}", told.stdout, told.stderr);
        let error = error(&told, &arguments);
        assert!(error["message"].as_str().unwrap().contains(message), "{arguments:?} {error:#}");
        assert!(text.stderr.contains(error["message"].as_str().unwrap()), "the same in both: {}", text.stderr);
        assert_eq!(error["exit_code"], *code);
        assert!(!told.stderr.contains("error"), "said once: {}", told.stderr);
    }
}

#[test]
fn the_demo_says_its_error_too() {
    let place = Place::empty();
    std::fs::write(place.path().join(".mapwright"), "no directory").unwrap();
    let told = run(place.path(), &["demo", "--format", "json"]);
    assert_eq!(told.code, 1);
    assert!(error(&told, &["demo"])["message"].as_str().unwrap().contains(".mapwright"), "{}", told.stdout);
}

#[test]
fn one_record_per_line_ends_with_one_line() {
    let place = Place::empty();
    let long = format!("{{\"id\": \"1\", \"sku\": \"A\", \"name\": \"{}\"}}\n", "x".repeat(17 << 20));
    std::fs::write(place.path().join("records.ndjson"), format!("{{\"id\":\"1\"}}\n{long}")).unwrap();
    let told = run(place.path(), &["map", "BC Products", "--ndjson", "--input", "records.ndjson", "--format", "json"]);
    assert_eq!(told.code, 1);
    let lines: Vec<serde_json::Value> = told.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{}", told.stdout);
    assert!(lines[0]["outcome"].is_string(), "{}", lines[0]);
    assert_eq!(lines[1]["error"]["message"], format!("line 2 is longer than {} bytes", 16 << 20));
}

#[test]
fn the_demo_is_well_with_the_records_that_are_meant_to_be_refused() {
    let directory = tempfile::tempdir().unwrap();
    let told = run(directory.path(), &["demo", "--records", "12", "--format", "json"]).well();
    let json: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    let count = |word: &str| -> u64 {
        let collections = json["collections"].as_array().unwrap();
        collections.iter().map(|c| c["records"][word].as_u64().unwrap()).sum()
    };
    assert!(count("refused") > 0 && count("failed") == 0, "{}", told.stdout);
}
