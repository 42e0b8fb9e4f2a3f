//! Mapping files as nobody would write them: every stage ends, with a message at a place, and nothing panics.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_language::syntax::format::format_file;

const HEAD: &str = "collection: Case\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\n";

/// All stages; the codes of what was said, each within the file.
fn all_stages(text: &str) -> (Library, Vec<&'static str>) {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let file = files.add("case.yaml", text);
    let read: Vec<_> = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new).into_iter().collect();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    for diagnostic in diagnostics.iter() {
        let (line, column) = files.line_column(diagnostic.span);
        assert!(line >= 1 && column >= 1 && diagnostic.span.end as usize <= text.len(), "{diagnostic:?}");
    }
    let _ = render::plain(&files, &diagnostics);
    let _ = render::json(&files, &diagnostics);
    let _ = format_file(text);
    (library, diagnostics.iter().map(|d| d.code).collect())
}

fn codes(text: &str) -> Vec<&'static str> {
    all_stages(text).1
}

fn rules(rules: &str) -> String {
    format!("{HEAD}rules: |\n{}", rules.lines().map(|l| format!("  {l}\n")).collect::<String>())
}

#[test]
fn long_files() {
    // 10,000 lets and a rule that is made of the last: small rules, many of them
    let many: String = (0..10_000).map(|i| format!("let x{i} = name\n")).collect();
    let (library, said) = all_stages(&rules(&format!("{many}name <- x9999\n")));
    assert!(library.collections[0].plan.is_some());
    assert_eq!(said.len(), 9_999, "every unused let is named");
    assert!(said.iter().all(|c| *c == "W0501"));
    // one rule that is longer than a rule may be, and a file that is longer than a file
    let (_, said) = all_stages(&rules(&format!("name <- \"{}\"\n", "x".repeat(1_000_000))));
    assert_eq!(said, ["E0205"]);
    assert_eq!(codes(&rules(&"# a comment that fills a line of the file\n".repeat(30_000)))[..1], ["E0102"]);
    let mistakes = codes(&rules(&(0..2_000).map(|i| format!("nam{i} <- nme{i}\n")).collect::<String>()));
    assert!(mistakes.len() >= 2_000, "{}", mistakes.len());
}

#[test]
fn deep_files() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("(not (", "))"), ("(if active then (", ") else null)"), ("(1 + ", ")")]
    {
        for depth in [10, 63, 64, 65, 100, 2_000] {
            let (library, said) =
                all_stages(&rules(&format!("name <- {}sku{}\n", open.repeat(depth), close.repeat(depth))));
            assert!(!said.is_empty() || library.collections[0].plan.is_some(), "{open} {depth}");
            if depth > 100 {
                assert_eq!(said, ["E0205"], "{open} {depth}");
            }
        }
    }
    let deep = (0..200).fold(String::from("collection: x\n"), |text, i| format!("{text}{}a:\n", " ".repeat(i)));
    assert!(codes(&deep).contains(&"E0109"));
    let pipes = " | trim".repeat(500);
    assert!(codes(&rules(&format!("name <- name{pipes}\n"))).iter().all(|c| *c == "E0205"));
    let members = ".a".repeat(1_500);
    assert!(!codes(&rules(&format!("name <- name{members}\n"))).is_empty());
    let operators = "1 + ".repeat(900);
    assert!(codes(&rules(&format!("price <- {operators}1\n"))).iter().all(|c| *c == "E0205"));
}

#[test]
fn odd_characters() {
    // one character of each kind: letters of several scripts, marks, digits, signs, blanks, controls, private use, beyond the first plane
    let odd = [
        'é',
        'ß',
        'Ж',
        '中',
        'א',
        'ا',
        '\u{301}',
        '٣',
        'Ⅷ',
        '²',
        '_',
        '—',
        '«',
        '»',
        '“',
        '(',
        '€',
        '±',
        '√',
        '^',
        '°',
        '\u{a0}',
        '\u{2028}',
        '\u{2029}',
        '\u{200b}',
        '\u{200f}',
        '\u{ad}',
        '\u{85}',
        '\u{7f}',
        '\u{1}',
        '\u{1b}',
        '\u{e000}',
        '\u{fffd}',
        '\u{feff}',
        '😀',
        '𝒜',
        '\u{10ffff}',
    ];
    for c in odd {
        // in a text it is a character, unless it ends lines or cannot be seen in an editor
        let (library, said) = all_stages(&rules(&format!("name <- \"a{c}b\"\n")));
        assert!(library.collections.first().is_some_and(|l| l.plan.is_some()) || !said.is_empty(), "{c:?}");
        // in a name it is a letter or a mistake
        assert!(!codes(&rules(&format!("name <- a{c}b\n"))).is_empty(), "{c:?}");
        let _ = codes(&rules(&format!("na{c}me <- name\n")));
        let _ = codes(&format!("collection: C{c}\nrecord: Pro{c}duct\nrules: |\n  name <- name\n"));
        let _ = codes(&rules(&format!("let x{c} = name\nname <- x{c}\n")));
        let _ = codes(&rules(&format!("name <- name {c} name  # {c}\n")));
    }
}

#[test]
fn odd_lines() {
    let good = rules("name <- name  # a comment\nsku <- sku\n");
    assert_eq!(codes(&good), Vec::<&str>::new());
    assert_eq!(codes(&good.replace('\n', "\r\n")), Vec::<&str>::new(), "CRLF is read as it is");
    assert_eq!(codes(&format!("\u{feff}{good}")), Vec::<&str>::new(), "a byte order mark is no character");
    assert!(codes(&good.replace("  name", "\tname")).iter().any(|c| ["E0106", "E0208"].contains(c)));
    assert!(
        !codes(&good.replace("  sku", "   sku")).is_empty(),
        "a line that stands deeper goes on with the rule above"
    );
    assert!(!codes(&good.replace("  sku", " sku")).is_empty());
    assert!(codes(&good.replace("sku <- sku", "sku <- s\0ku")).contains(&"E0103"));
    for end in (0..good.len()).filter(|i| good.is_char_boundary(*i)) {
        let _ = codes(&good[..end]);
    }
    assert!(!codes("").is_empty() && !codes("\n\n").is_empty() && !codes("---\n...\n").is_empty());
}

#[test]
fn odd_values() {
    for (rule, code) in [
        ("price <- 99999999999999999999999999999", "E0211"),
        ("price <- 0.00000000000000000000000000000000001", "E0211"),
        ("price <- 1e400", "E0214"),
        ("price <- 1.2.3", "E0214"),
        ("date_created <- instant(\"2026-02-30T00:00:00Z\")", "E0418"),
        ("is_visible <- date(\"2026-02-30\") == date(\"2026-13-01\")", "E0418"),
        ("is_visible <- (now | date(\"Moon/Crater\")) == date(\"2026-01-01\")", "E0418"),
        ("price <- 1 / 0", "E0409"),
    ] {
        let said = codes(&rules(rule));
        assert!(said.contains(&code), "{rule}: {said:?}");
    }
    // an open quote, bracket or brace of every kind ends with its rule
    for broken in
        ["\"", "'", "`", "(", "[", "{", "$.", "$[", "{ a <-", "match x {", "for x in", "if", "x |", "x[first y where"]
    {
        let said = codes(&rules(&format!("name <- {broken}\nnme <- name\n")));
        assert!(said.len() >= 2, "{broken}: {said:?}: the next rule is still read");
    }
}
