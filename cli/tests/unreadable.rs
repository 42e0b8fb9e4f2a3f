//! `mapwright map`: records that cannot be read are placed in their own collection, and in their own line.

#![allow(clippy::unwrap_used)] // tests

use std::io::Write as _;
use std::process::{Command, Stdio};

#[test]
fn a_line_that_is_no_record_is_told_by_its_number() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mapwright"))
        .args(["map", "BC Products", "--ndjson"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let record =
        r#"{"id":"1","sku":"TEE","name":"Tee","type":"Physical","tracking_method":"Product","status":"Active"}"#;
    writeln!(child.stdin.take().unwrap(), "{record}\n{{\"id\":\"2\",\n{record}").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2, "{said}");
    assert!(said.contains("line 2 failed: the record cannot be read") && !said.contains("line 1"), "{said}");
    assert!(said.contains("product-from.yaml:") && !said.contains("category-from"), "{said}");
}
