//! What the parser makes of hard rules and of odd ones.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::source::Files;

fn read(rules: &str) -> (Option<MappingFile>, Files, Diagnostics) {
    let indented: String =
        rules.lines().map(|l| if l.is_empty() { String::from("\n") } else { format!("  {l}\n") }).collect();
    let mut files = Files::default();
    let file = files.add("case.yaml", format!("collection: Case\nrules: |\n{indented}"));
    let mut diagnostics = Diagnostics::default();
    let read = mapping_file::read(&files, file, &mut diagnostics);
    (read, files, diagnostics)
}

fn cases(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("\n---\n").filter_map(|case| case.trim_start_matches('\n').split_once('\n'))
}

#[test]
fn every_hard_rule_parses() {
    let mut count = 0;
    for (name, rules) in cases(include_str!("rules/hard-rules.txt")) {
        let (file, files, diagnostics) = read(rules);
        assert!(diagnostics.is_empty(), "{name}\n{}", render::plain(&files, &diagnostics));
        let rules_read = file.unwrap().rules.unwrap().value;
        assert!(rules_read.rules.len() + rules_read.lets.len() > 0, "{name}");
        count += 1;
    }
    assert_eq!(count, 33);
}

#[test]
fn every_odd_rule_has_its_meaning_or_a_message() {
    let mut report = String::new();
    for (name, rules) in cases(include_str!("rules/odd-rules.txt")) {
        let (file, files, mut diagnostics) = read(rules);
        diagnostics.sort();
        let kept = file.and_then(|f| f.rules).map_or(0, |r| r.value.rules.len() + r.value.lets.len());
        report.push_str(&format!("=== {name}: {kept} read\n{}", render::plain(&files, &diagnostics)));
    }
    insta::assert_snapshot!("odd_rules", report);
}

#[test]
fn deep_and_long_rules_end_in_bounded_time() {
    for rule in [
        format!("a <- {}b{}", "(".repeat(60), ")".repeat(60)),
        format!("a <- {}b{}", "f(".repeat(20), ")".repeat(20)),
        format!("a <- {}b{}", "for x in l { ".repeat(20), " }".repeat(20)),
        format!("a <- {}b{}", "[".repeat(60), "]".repeat(60)),
        format!("a <- b{}", " | trim".repeat(60)),
        format!("a <- b{}", " + c".repeat(200)),
    ] {
        let (_, files, diagnostics) = read(&rule);
        assert!(diagnostics.is_empty(), "{}", render::plain(&files, &diagnostics));
    }
    for rule in [
        format!("a <- {}b{}", "(".repeat(100), ")".repeat(100)),
        format!("a <- b{}", " + c".repeat(900)),
        format!("a <- b{}", ".c".repeat(900)),
        format!("a <- {}b", "not ".repeat(100)),
        format!("a <- {}b", "-".repeat(2000)),
        format!("a <- {}", "x".repeat(1_000_000)),
        format!("a <- {}", "[".repeat(3000)),
        format!("a <- ${}", "[".repeat(60)),
        format!("a <- {}", "([$".repeat(20)),
        String::from("a <- 'NUL \u{0} here'"),
    ] {
        let (_, _, diagnostics) = read(&rule);
        assert!(!diagnostics.is_empty(), "{}", &rule[..40]);
    }
}
