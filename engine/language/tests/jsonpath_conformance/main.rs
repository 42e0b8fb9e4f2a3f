//! How far JSONPath in rules is RFC 9535: queries of our own over documents of our own, through the whole engine.
//!
//! `cargo test -p mapwright-language --test jsonpath_conformance -- --nocapture` prints the figures. `queries.txt` has queries by section of
//! the RFC: `document {…}`, then `query => [what it finds]`, `query !! words` for what the RFC forbids, and `query ~~ words` for what
//! it allows and is refused here. Beside them random queries are compared with a small evaluator that shares nothing with the
//! engine; `MAPWRIGHT_QUERIES` says how many.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test ends where it goes wrong, and says what it found
#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::float_cmp)] // the other evaluator is as plain as can be
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::indexing_slicing
)] // as above

mod reference;

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonpath_rust::JsonPath as _;
use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, Severity};
use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate};
use mapwright_language::mapping_file;
use mapwright_language::schema::{Catalog, RecordType};
use mapwright_language::source::Files;
use mapwright_language::value::Value;
use serde_json::Value as Plain;

/// Random queries in the test suite.
const QUERIES: u32 = 3_000;

fn catalog() -> Catalog {
    let texts = [
        r#"{"name":"Document","system":"ipaas","title":"a document","source":"made for tests","fields":{"d":{"type":"any"}},"route":{}}"#,
        r#"{"name":"shop.found","system":"bigcommerce","title":"what is found","source":"made for tests","id":"id","fields":{"id":{"type":"id","record":"shop.found","read_only":true},"found":{"type":"list","of":{"type":"text","nullable":true}}},"route":{}}"#,
    ];
    let texts: Vec<String> =
        texts.iter().map(|t| serde_json::to_string(&serde_json::from_str::<RecordType>(t).unwrap()).unwrap()).collect();
    Catalog::read(texts.iter().map(|t| ("catalog.json", t.as_str()))).unwrap()
}

/// What a query finds in a document, each value as text; or the code and message of why it is refused.
fn find(query: &str, document: &str, catalog: &Catalog) -> Result<Vec<Option<String>>, (String, String)> {
    let query = query.replace('⏎', "\n      ").replace('⇥', "\t");
    let text = format!(
        "collection: C\nrecord: Document\ndirection: from\nsync: update\nbigcommerce: shop.found\nrules: |\n  found <- {query}\n"
    );
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let file = files.add("query.yaml", text);
    let read = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new);
    let library = compile(read.as_slice(), &[], catalog, &mut diagnostics);
    if let Some(error) = diagnostics.iter().find(|d| d.severity == Severity::Error) {
        return Err((error.code.to_owned(), error.message.clone()));
    }
    let plan = library.collection("C").and_then(|c| c.plan.clone()).unwrap();
    let context = ContextFile::default();
    match evaluate(&plan, document.as_bytes(), &context.context()) {
        Evaluation::Done(Outcome::Mapped(record)) => {
            let Some(Value::List(found)) = record.fields.first().map(|f| &f.value) else {
                panic!("{query}: {record:?}")
            };
            let text = |value: &Value| match value {
                Value::Null => None,
                Value::Text(text) => Some(text.to_string()),
                other => panic!("{query}: {other:?}"),
            };
            Ok(found.iter().map(text).collect())
        }
        other => panic!("{query}: {other:?}"),
    }
}

/// Whether a value that came through the engine as text is this one.
fn same(found: Option<&str>, expected: &Plain) -> bool {
    match (found, expected) {
        (None, Plain::Null) => true,
        (Some(found), Plain::String(text)) => found == text,
        (Some(found), expected) => serde_json::from_str::<Plain>(found).is_ok_and(|found| found == *expected),
        _ => false,
    }
}

fn all_same(found: &[Option<String>], expected: &[Plain]) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| same(f.as_deref(), e))
}

#[derive(Default)]
struct Figures {
    found: usize,
    invalid: usize,
    refused: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

impl Figures {
    /// One line of the queries.
    fn line(&mut self, line: &str, document: &str, catalog: &Catalog) {
        let split = |sign: &str| line.split_once(sign).map(|(q, rest)| (q.trim_end(), rest.trim()));
        if let Some((query, expected)) = split(" => ") {
            let expected: Vec<Plain> = serde_json::from_str(expected).unwrap_or_else(|e| panic!("{line}: {e}"));
            match find(query, document, catalog) {
                Ok(found) if all_same(&found, &expected) => self.found += 1,
                other => self.wrong.push(format!("{query}: {other:?} in place of {expected:?}")),
            }
        } else if let Some((query, words)) = split(" !! ") {
            match find(query, document, catalog) {
                // `any`: the rules' own grammar refuses it, in words of its own
                Err((_, why)) if words == "any" || why.contains(words) => self.invalid += 1,
                other => self.wrong.push(format!("{query}: {other:?} in place of {words:?}")),
            }
        } else if let Some((query, words)) = split(" ~~ ") {
            match find(query, document, catalog) {
                Err((code, why)) if why.contains(words) => {
                    *self.refused.entry(format!("{code} … {words}")).or_default() += 1
                }
                other => self.wrong.push(format!("{query}: {other:?} in place of {words:?}")),
            }
        } else {
            panic!("no query: {line}");
        }
    }
}

#[test]
fn language_6_queries_find_what_rfc_9535_says() {
    let catalog = catalog();
    let (mut figures, mut document) = (Figures::default(), String::from("{}"));
    for line in include_str!("queries.txt").lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
        match line.strip_prefix("document ") {
            Some(json) => {
                assert!(serde_json::from_str::<Plain>(json).is_ok(), "{json}");
                document = json.to_owned();
            }
            None => figures.line(line, &document, &catalog),
        }
    }
    println!("JSONPath, RFC 9535: queries by section");
    println!("  passed: {} found what they should, {} invalid ones refused", figures.found, figures.invalid);
    println!("  refused, though valid: {}", figures.refused.values().sum::<usize>());
    for (reason, count) in &figures.refused {
        println!("    {count} × {reason}");
    }
    println!("  wrong: {}", figures.wrong.len());
    assert!(figures.wrong.is_empty(), "{}", figures.wrong.join("\n"));
    assert!(figures.found > 200 && figures.invalid > 80, "{} {}", figures.found, figures.invalid);
}

/// Where the library of others differs: filters in filters, lists compared with lists, the count of nothing, and the order of an
/// object's members, which the RFC leaves open (2.3.2.2, 2.5.2.2).
const LIBRARY_DIFFERS: &[&str] = &[
    "$.l[?@[?@ == 0]]",
    "$.l[?@[?@ == null]]",
    "$.l[?@ == $.list]",
    "$.l[?@ <= $.list]",
    "$.l[?count(@.none) == 0].b",
    "$.a..[0,1]",
    "$..['j','k']",
    "$.*",
    "$.b.*",
    "$.b[?@ > 0]",
];

#[test]
fn language_6_a_library_of_others_finds_the_same() {
    let (mut document, mut differs, mut agrees) = (Plain::Null, Vec::new(), 0);
    for line in include_str!("queries.txt").lines() {
        if let Some(json) = line.strip_prefix("document ") {
            document = serde_json::from_str(json).unwrap();
        } else if let Some((query, expected)) = line.split_once(" => ") {
            let written = query.trim_end().replace('⏎', "\n").replace('⇥', "\t");
            let expected: Vec<Plain> = serde_json::from_str(expected.trim()).unwrap();
            let found = document.query(&written).map(|found| found.into_iter().cloned().collect::<Vec<_>>());
            if found.as_ref().is_ok_and(|found| *found == expected) {
                agrees += 1;
            } else {
                differs.push(query.trim_end());
            }
        }
    }
    println!("a library of others: {agrees} found alike, {} not", differs.len());
    assert_eq!(differs, LIBRARY_DIFFERS);
}

#[test]
fn language_6_random_queries_find_what_another_evaluator_finds() {
    let queries = std::env::var("MAPWRIGHT_QUERIES").ok().and_then(|n| n.parse().ok()).unwrap_or(QUERIES);
    let catalog = catalog();
    let mut random = reference::Random::new(9535);
    let (mut hits, mut values, mut refused) = (0, 0, 0);
    for _ in 0..queries {
        let document = random.document();
        let query = random.query();
        let written = query.to_string();
        let expected: Vec<Plain> = query.find(&document, &document).into_iter().cloned().collect();
        let found = match find(&written, &document.to_string(), &catalog) {
            Ok(found) => found,
            // two sides that are never of one kind are refused, whatever the document
            Err((code, _)) if code == "E0406" => {
                refused += 1;
                continue;
            }
            Err(why) => panic!("{written} is refused: {why:?}"),
        };
        assert!(all_same(&found, &expected), "{written}\nin {document}\nfinds {found:?}\nand not {expected:?}");
        hits += usize::from(!expected.is_empty());
        values += expected.len();
    }
    let compared = queries - refused;
    println!("random queries: {compared} compared, {hits} of them found {values} values, wrong: 0");
    println!("  refused, since their comparisons never hold (E0406): {refused}");
    assert!(refused < queries / 5, "{refused} of {queries} are refused");
    assert!(hits > queries as usize / 5, "{hits} of {queries} found something");
}

#[test]
fn a_wrong_answer_would_be_seen() {
    let catalog = catalog();
    for line in [
        "$.d => [2]",
        "$.d => []",
        "$.d => [\"x\"]",
        "$.d !! whatever",
        "$.d ~~ whatever",
        "$.d[ => [1]",
        "$[?@ == 1] => [\"a\"]",
    ] {
        let mut figures = Figures::default();
        figures.line(line, r#"{"d":1}"#, &catalog);
        assert_eq!(figures.wrong.len(), 1, "{line}");
    }
}
#[test]
fn numbers_keep_their_digits_and_are_compared_by_them() {
    let catalog = catalog();
    let document = r#"{"d":[9007199254740993,9007199254740992,0.10,1e400,-0,12345678901234567890.123456789012345]}"#;
    let found = find("$.d[?@ == 9007199254740993]", document, &catalog).unwrap();
    assert_eq!(found, [Some(String::from("9007199254740993"))]);
    let found = find("$.d[?@ == 0.1 || @ > 1e399 || @ == 0]", document, &catalog).unwrap();
    assert_eq!(found, ["0.10", "1e400", "-0"].map(|t| Some(String::from(t))));
    let found = find("$.d[-1]", document, &catalog).unwrap();
    assert_eq!(found, [Some(String::from("12345678901234567890.123456789012345"))]);
}
