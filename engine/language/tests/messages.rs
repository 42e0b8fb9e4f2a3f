//! What people bring from other languages: every form gets a message in its author's own words, and where it can mean only one
//! thing, an edit after which nothing is left to say.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostic, Diagnostics, Severity};
use mapwright_language::functions;
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_language::syntax::foreign::{Shape, forms, search};

fn file_of(rules: &str) -> String {
    let lines: String = rules.lines().map(|l| format!("  {l}\n")).collect();
    format!(
        "collection: R\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n{lines}"
    )
}

fn check(text: &str) -> Vec<Diagnostic> {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let id = files.add("case.yaml", text);
    let own: Vec<_> = mapping_file::read(&files, id, &mut diagnostics).map(Arc::new).into_iter().collect();
    let _ = compile(&own, &[], Catalog::builtin(), &mut diagnostics);
    diagnostics.sort();
    diagnostics.iter().filter(|d| d.severity != Severity::Hint).cloned().collect()
}

/// The rules after every edit that is certain, as `check --fix` makes them, and what is left to say then.
fn fixed(rules: &str) -> (String, Vec<Diagnostic>) {
    let mut text = file_of(rules);
    for _ in 0..20 {
        let found = check(&text);
        let mut edits: Vec<_> = found.iter().filter_map(|d| d.edit.clone()).filter(|e| e.certain).collect();
        edits.sort_by_key(|e| (e.span.start, e.span.end));
        let Some(edit) = edits.first() else { break };
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        text.replace_range(start..end, &edit.replacement);
    }
    let left = check(&text);
    let (_, rules) = text.split_once("rules: |\n").unwrap();
    (rules.lines().map(|l| l.strip_prefix("  ").unwrap_or(l)).collect::<Vec<_>>().join("\n"), left)
}

/// One line a case: the rule, what is said, what becomes of it.
fn report(cases: &str) -> String {
    let mut report = String::new();
    for rules in cases.lines().filter(|l| !l.trim().is_empty()) {
        let rules = rules.replace("⏎", "\n");
        report.push_str(&format!("{rules}\n"));
        for d in check(&file_of(&rules)) {
            let note = d.note.map(|n| format!(" [{n}]")).unwrap_or_default();
            let help = d.help.map(|h| format!("\n      = {h}")).unwrap_or_default();
            report.push_str(&format!("    {} {}{note}{help}\n", d.code, d.message));
        }
        let (now, left) = fixed(&rules);
        if now != rules {
            let left: Vec<_> = left.iter().map(|d| format!("{} {}", d.code, d.message)).collect();
            let left = if left.is_empty() { String::new() } else { format!("   (left: {})", left.join("; ")) };
            report.push_str(&format!("    → {}{left}\n", now.replace('\n', "\n      ")));
        }
    }
    report
}

#[test]
fn message_the_table_of_other_languages_is_whole() {
    let mut wrong = Vec::new();
    for form in forms() {
        let expression = format!("name <- {}", form.here);
        let left = check(&file_of(&expression));
        // the arguments are unknown names; everything else has to be right
        let said: Vec<_> = left.iter().filter(|d| d.code.starts_with("E02") || d.code == "E0308").collect();
        let is_expression =
            form.shape != Shape::Sign || !["#", "else if", "on create", "let"].iter().any(|w| form.here.starts_with(w));
        if is_expression && !said.is_empty() {
            wrong.push(format!("{}: {} {:?}", form.written, form.here, said));
        }
        if let Shape::Call { of: None, name, method: false, .. } = &form.shape
            && functions::by_name(name).is_some()
            && form.languages != "iPaaS.com"
        {
            wrong.push(format!("{}: `{name}` is a function of this language", form.written));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    for language in ["C#", "Excel", "JavaScript", "SQL", "Liquid"] {
        let count = forms().iter().filter(|f| f.languages.contains(language)).count();
        assert!(count >= 25, "{language}: {count}");
    }
    assert!(forms().len() >= 300);
}

#[test]
fn message_the_table_can_be_searched() {
    let here = |word: &str| search(word).first().map(|f| f.here);
    assert_eq!(here("uppercase"), Some("s | upper"));
    assert_eq!(here("ToUpper"), Some("s | upper"));
    assert_eq!(here("to_upper()"), Some("s | upper"));
    assert_eq!(here("LEFT"), Some("s | truncate(n)"));
    assert_eq!(here("Math.Round"), Some("x | round_half_even(n)"));
    assert_eq!(here("%"), Some("a | remainder(b)"));
    assert_eq!(here("CASE"), Some("if a then b else c"));
    assert_eq!(here("isnullorempty"), Some("s is empty"));
    assert!(search("nothing of the kind").is_empty());
    assert!(search("").is_empty());
}

#[test]
fn message_functions_of_other_languages() {
    insta::assert_snapshot!("functions_of_other_languages", report(include_str!("rules/foreign-functions.txt")));
}

#[test]
fn message_signs_words_and_methods_of_other_languages() {
    insta::assert_snapshot!("forms_of_other_languages", report(include_str!("rules/foreign-forms.txt")));
}

#[test]
fn message_odd_rules() {
    insta::assert_snapshot!("odd_rules_in_their_own_words", report(include_str!("rules/odd-words.txt")));
}

#[test]
fn newcomer_3_one_slip_of_a_first_line_gives_one_message_there() {
    let rules = "let shown = name or if empty sku\npage_title <- shown\nname <- name\nsku <- if sku == \"a\"\n  then \"b\"\n  else sku\nmpn <- {name}\n";
    let rules = rules.replace("{name}", "sku");
    let whole = file_of(&rules);
    for (first, code) in [(" ", "E0215"), ("   ", "E0215"), ("      ", "E0215"), ("          ", "E0215")] {
        let slipped = whole.replacen("  let", &format!("{first}let"), 1);
        let said = check(&slipped);
        let codes: Vec<_> = said.iter().map(|d| d.code).collect();
        assert_eq!(codes, [code], "{slipped}\n{said:?}");
        let edit = said[0].edit.clone().unwrap();
        let mut mended = slipped.clone();
        mended.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
        assert_eq!(mended, whole);
    }
    // a line in the middle, left of the others: one message there, and nobody misses what it fills
    let slipped = whole.replacen("  sku <-", " sku <-", 1);
    let codes: Vec<_> = check(&slipped).iter().map(|d| d.code).collect();
    assert_eq!(codes, ["E0105"], "{slipped}");
}
