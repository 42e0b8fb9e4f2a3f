//! `mapwright schema` says what a record type's fields are, and what its route can do.

#![allow(clippy::unwrap_used)] // tests

use std::process::Command;

fn schema(record: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mapwright")).args(["schema", record]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn line<'a>(text: &'a str, start: &str) -> &'a str {
    text.lines().find(|l| l.split_whitespace().next() == Some(start)).unwrap_or("")
}

#[test]
fn fields_say_how_they_are_read() {
    let order = schema("orders.order");
    assert!(line(&order, "transactions").ends_with("read only, read by a call of its own"), "{order}");
    assert!(line(&schema("orders.refund"), "order").contains("read by its id in order_id"));
    assert!(line(&schema("marketing.gift_certificate"), "code").contains("secret, at most 20 characters"));
}

#[test]
fn a_route_says_what_it_can_do() {
    for (record, expected) in [
        ("orders.order", "read, list, find by external_order_id, create, update, delete"),
        ("orders.refund", "read, list"),
        ("orders.tax", "none, it comes and goes with the record that it belongs to"),
        ("marketing.gift_certificate", "read, list, find by code, create, update (replaces the whole record), delete"),
        ("Transaction Line", "none, it comes and goes with the record that it belongs to"),
    ] {
        assert_eq!(line(&schema(record), "calls:"), format!("calls: {expected}"), "{record}");
    }
}
