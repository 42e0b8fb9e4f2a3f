//! What the commands that need no network print, and with which exit code they end: also where the input or the output is bad.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// The binary in a directory, with a text for its standard input.
fn mapwright(directory: &Path, arguments: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mapwright"))
        .args(arguments)
        .current_dir(directory)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

const METHOD: &str = "BC Payment Method To IPaaS";

#[test]
fn an_array_gives_an_array_and_one_record_gives_one() {
    let here = tempfile::tempdir().unwrap();
    let one = mapwright(here.path(), &["map", METHOD], r#"{"code":"check","name":"Check"}"#);
    assert_eq!(one.code, 0, "{}", one.err);
    assert!(one.out.starts_with('{'), "{}", one.out);
    for format in ["text", "json"] {
        let two = mapwright(
            here.path(),
            &["map", METHOD, "--format", format],
            r#"[{"code":"check","name":"Check"},{"code":"cod","name":"Cash"}]"#,
        );
        let json: serde_json::Value = serde_json::from_str(&two.out).unwrap();
        assert_eq!(json.as_array().map(Vec::len), Some(2), "{}", two.out);
        let none = mapwright(here.path(), &["map", METHOD, "--format", format], "[]");
        assert_eq!((none.code, none.out.trim()), (0, "[]"));
    }
}

#[test]
fn every_record_without_a_target_is_named_with_its_reason() {
    let here = tempfile::tempdir().unwrap();
    let lines = "{\"id\":1}\n\n{\"id\":\"x\"\n5\n{\"id\":2,\"sku\":\"S\",\"name\":\"N\",\"type\":\"Physical\"}\n";
    let ran = mapwright(here.path(), &["map", "BC Products", "--ndjson"], lines);
    assert_eq!(ran.code, 1);
    let starts: Vec<&str> = ran.err.lines().map(|l| l.split(':').next().unwrap()).collect();
    assert_eq!(&starts[..3], ["line 1 refused", "line 3 failed", "line 4 failed"], "{}", ran.err);
    assert!(ran.err.contains("product 1 has no SKU or no name (built-in:catalog/product-from.yaml:"), "{}", ran.err);
}

#[test]
fn what_is_no_json_is_not_taken_for_the_value_of_its_first_letter() {
    let here = tempfile::tempdir().unwrap();
    let lines = "not json\nhello\ntrue\n5\nnull\n-\n";
    let ran = mapwright(here.path(), &["map", METHOD, "--ndjson"], lines);
    let said: Vec<&str> = ran.err.lines().filter_map(|l| l.split(" (").next()).collect();
    let expected = ["no JSON", "no JSON", "true or false", "a number", "null", "no JSON"];
    for (at, (said, is)) in said.iter().zip(expected).enumerate() {
        let line = at + 1;
        let whole =
            format!("line {line} failed: the record cannot be read: column 1: a record is an object, this is {is}");
        assert_eq!(*said, whole);
    }
    assert_eq!((ran.code, said.len()), (1, expected.len()), "{}", ran.err);
}

#[test]
fn lines_for_machines_say_which_line_they_belong_to() {
    let here = tempfile::tempdir().unwrap();
    let lines = "{\"code\":\"check\",\"name\":\"Check\"}\n\n{\"code\":\"cod\",\"name\":\"Cash\"}\nhello\n";
    let ran = mapwright(here.path(), &["map", METHOD, "--ndjson", "--format", "json"], lines);
    let found: Vec<(u64, String)> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|json| (json["line"].as_u64().unwrap(), json["outcome"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [(1, "mapped"), (3, "mapped"), (4, "failed")].map(|(line, outcome)| (line, outcome.to_owned()));
    assert_eq!(found, expected, "{}", ran.err);
}

#[test]
fn a_lost_output_is_no_success() {
    let here = tempfile::tempdir().unwrap();
    let full = Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    std::fs::write(here.path().join("record.json"), r#"{"code":"check","name":"Check"}"#).unwrap();
    for arguments in [
        &["map", METHOD, "--input", "record.json"][..],
        &["map", METHOD, "--ndjson", "--input", "record.json"],
        &["check", "--format", "json"],
        &["flatten", METHOD],
        &["explain", METHOD],
        &["functions"],
        &["schema"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_mapwright"))
            .args(arguments)
            .current_dir(here.path())
            .stdout(std::fs::OpenOptions::new().write(true).open(full).unwrap())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?} {err}");
        assert!(err.contains("the output cannot be written"), "{arguments:?} {err}");
    }
}

/// A project with one collection, whose text may be broken.
fn project(text: &str) -> tempfile::TempDir {
    let here = tempfile::tempdir().unwrap();
    std::fs::create_dir(here.path().join("mappings")).unwrap();
    std::fs::write(
        here.path().join("mapwright.yaml"),
        "name: Shop\nstore_hash: abc123\napi_url: http://127.0.0.1:9\nipaas_url: http://127.0.0.1:9\nsystem_id: \"1\"\n",
    )
    .unwrap();
    std::fs::write(here.path().join("mappings/method.yaml"), text).unwrap();
    here
}

const HEAD: &str = "collection: Methods\nrecord: Payment Method\ndirection: to\nsync: add-update\nbigcommerce: payments.method\nexternal_id: \"{code}\"\n";

#[test]
fn what_does_not_parse_is_not_written_out_flat() {
    for broken in [
        "filter: code is not\nrules: |\n  name          <- name\n  payment_type  <- \"Check\"\n",
        "rules: |\n  name          <- name\n  payment_type  <- \"Check\n",
        "rules: |\n  name          <- nam\n  payment_type  <- \"Check\"\n",
    ] {
        let here = project(&format!("{HEAD}{broken}"));
        let ran = mapwright(here.path(), &["flatten", "Methods"], "");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{broken}{}", ran.err);
        assert!(ran.err.contains("mappings/method.yaml:"), "{}", ran.err);
    }
    let here = project(&format!("{HEAD}rules: |\n  name          <- name\n  payment_type  <- \"Check\"\n"));
    let ran = mapwright(here.path(), &["flatten", "Methods"], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("payment_type  <- \"Check\""), "{}", ran.out);
}

#[test]
fn a_case_that_is_not_there_is_no_success() {
    let here = project(&format!("{HEAD}rules: |\n  name          <- name\n  payment_type  <- \"Check\"\n"));
    let none = mapwright(here.path(), &["test"], "");
    assert_eq!(none.code, 2, "{}", none.err);
    assert!(none.err.contains("help: `mapwright test --add COLLECTION --record FILE` makes one"), "{}", none.err);
    std::fs::create_dir_all(here.path().join("snapshots/begun")).unwrap();
    let begun = mapwright(here.path(), &["test"], "");
    assert_eq!(begun.code, 1, "{}", begun.err);
    assert!(begun.out.contains("begun/context.json: there is no such file"), "{}", begun.out);
    let other = mapwright(here.path(), &["test", "nosuch"], "");
    assert_eq!(other.code, 2, "{}", other.err);
    assert!(other.err.contains("`nosuch`"), "{}", other.err);
}

#[test]
fn one_file_is_checked_among_the_others_of_its_project() {
    let rules = "rules: |\n  name          <- name\n  payment_type  <- \"Check\"\n";
    let here = project(&format!("{HEAD}{rules}"));
    // a layer needs its base, which stands in another file; what is wrong in other files is not said
    std::fs::write(
        here.path().join("mappings/layer.yaml"),
        "collection: Mine\nextends: Methods\nrules: |\n  name  <- code\n",
    )
    .unwrap();
    std::fs::write(here.path().join("mappings/broken.yaml"), "collection: [\n").unwrap();
    let ran = mapwright(here.path(), &["check", "mappings/layer.yaml"], "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(mapwright(here.path(), &["check"], "").code, 1);
}

#[test]
fn a_code_is_explained_for_machines_too() {
    let here = tempfile::tempdir().unwrap();
    let ran = mapwright(here.path(), &["check", "--explain", "E0301", "--format", "json"], "");
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["code"], "E0301");
}

#[test]
fn what_can_be_mended_in_one_way_only_is_mended() {
    let rules = "rules: |\n  # kept\n  let unused = name  # kept too\n  let gone =\n    code\n  name          <- name ?? code\n  description   <- if code = \"a\"&&name <> \"b\" then\t\"c\"\tend\n  payment_type  <- \"Chek\"\n";
    let here = project(&format!("{HEAD}{rules}"));
    let ran = mapwright(here.path(), &["check", "--fix"], "");
    assert_eq!(ran.code, 1, "{}", ran.err);
    let text = std::fs::read_to_string(here.path().join("mappings/method.yaml")).unwrap();
    // what is a guess stays: the author decides
    assert!(text.contains("payment_type  <- \"Chek\"") && ran.err.contains("E0415"), "{text}{}", ran.err);
    assert!(text.contains("# kept\n") && text.contains("# kept too"), "{text}");
    assert!(text.contains("code == \"a\" and name != \"b\" then  \"c\""), "{text}");
    let again = mapwright(here.path(), &["check", "--fix"], "");
    assert_eq!(text, std::fs::read_to_string(here.path().join("mappings/method.yaml")).unwrap(), "{}", again.err);

    let rules = "rules: |\n  let unused = name\n  let gone =\n    code\n  name          <- code ?? name\n  payment_type  <- \"Check\"\n";
    let here = project(&format!("{HEAD}{rules}"));
    let ran = mapwright(here.path(), &["check", "--fix"], "");
    let text = std::fs::read_to_string(here.path().join("mappings/method.yaml")).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        !text.contains("let") && text.ends_with("rules: |\n  name          <- code\n  payment_type  <- \"Check\"\n"),
        "{text}"
    );
    assert!(ran.err.contains("mappings/method.yaml: 3 mistakes mended"), "{}", ran.err);
}

#[test]
fn the_limit_of_work_is_said_once_for_a_record() {
    let rules = "rules: |\n  description   <- name | split(\",\") | each trim | join(\",\")\n  name          <- code\n  payment_type  <- \"Check\"\n";
    let here = project(&format!("{HEAD}{rules}"));
    let names = "a,".repeat(1 << 20);
    let records = format!("{{\"code\":\"check\",\"name\":\"{names}\"}}\n{{\"code\":\"cod\",\"name\":\"{names}\"}}\n");
    let ran = mapwright(here.path(), &["map", "Methods", "--ndjson"], &records);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let said: Vec<&str> = ran.err.lines().collect();
    assert_eq!(said.len(), 2, "{said:#?}");
    for (line, at) in said.iter().zip(["line 1 ", "line 2 "]) {
        assert!(
            line.starts_with(at) && line.contains("steps of work (") && line.ends_with(", and 2 more like it)"),
            "{line}"
        );
    }
}

#[test]
fn the_sandbox_lists_its_faults_and_names_a_wrong_one() {
    let here = tempfile::tempdir().unwrap();
    let list = mapwright(here.path(), &["sandbox", "faults"], "");
    assert_eq!(list.code, 0, "{}", list.err);
    let help = mapwright(here.path(), &["sandbox", "--help"], "");
    for line in list.out.lines() {
        let name = line.split_whitespace().next().unwrap();
        assert!(help.out.contains(name), "{name}: {}", help.out);
    }
    for (fault, told) in [
        ("dropped", "there is no fault `dropped`; `mapwright sandbox faults` lists them"),
        ("stall=5", "`5` is no share of calls; write it as in `5%` or `0.5%`"),
    ] {
        let ran = mapwright(here.path(), &["sandbox", "--fault", fault], "");
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(told), "{}", ran.err);
    }
    let ran = mapwright(here.path(), &["sandbox", "--lag", "601"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("0 to 600 seconds"), "{}", ran.err);
}
