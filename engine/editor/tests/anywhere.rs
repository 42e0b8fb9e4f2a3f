//! Any question about any place of any text has an answer, or none, and ends soon.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use mapwright_editor::complete::complete;
use mapwright_editor::define::definition;
use mapwright_editor::hover::hover;
use mapwright_editor::rename::{prepare, rename};
use mapwright_editor::{Input, Project};
use mapwright_language::source::FileId;

const FILE: FileId = FileId(0);

fn project(text: &str) -> Project {
    Project::new(&[Input { name: "a.yaml".into(), text: text.into() }], &[], true)
}

/// Asks everything about a place.
fn ask(project: &Project, at: usize) {
    let text = project.text(FILE);
    let (start, items) = complete(project, FILE, at);
    assert!(start <= at && text.is_char_boundary(start), "completion at {at} from {start}: {text}");
    assert!(items.iter().all(|i| !i.label.is_empty()));
    if let Some((words, range)) = hover(project, FILE, at) {
        assert!(!words.is_empty() && range.start <= at && at <= range.end, "{range:?} at {at}: {text}");
        assert!(text.get(range).is_some());
    }
    let _ = definition(project, FILE, at);
    if let Some((range, name)) = prepare(project, FILE, at) {
        assert!(text.get(range).is_some_and(|t| t.contains(&name) || t.contains('\\')), "{name}: {text}");
    }
}

fn boundaries(text: &str) -> impl Iterator<Item = usize> + '_ {
    (0..=text.len()).filter(|i| text.is_char_boundary(*i))
}

#[test]
fn every_place_of_every_default_collection() {
    for original in mapwright_defaults::originals() {
        let project = project(original.text);
        boundaries(original.text).for_each(|at| ask(&project, at));
    }
}

#[test]
fn every_beginning_of_a_file() {
    let text = "\u{feff}collection: Ä 😀\r\nrecord: Product\r\ndirection: from\r\nsync: add\r\nbigcommerce: catalog.product\r\nlookups:\r\n  \"a: b\":\r\n    unmatched: { value: x }\r\n    entries: { a: b }\r\nfilter:\r\n  - that: 'kit.components is empty'\r\n    because: \"no {sku}\"\r\nrules: |\r\n  let x = inventory[first i where i.cost > 0]\r\n  a <- for é in \"😀 {x.cost}\" {\r\n    b <- match x { \"y\": 1, else: custom[\"Z\"] }\r\n  } | lookup(\"a: b\")  otherwise clear  on create\r\n  `q r` <- $..a[?(@.b)] ?? (a[*].b | each trim)  # ü\r\n";
    for at in boundaries(text) {
        let beginning = text.get(..at).unwrap();
        let project = project(beginning);
        ask(&project, at);
        ask(&project, boundaries(beginning).nth(at / 2).unwrap_or(0));
    }
}

#[test]
fn odd_texts() {
    let heads = ["", "collection: A\nrules: |\n  ", "rules: |\n", "a:\n- - b:\n   c: ", "filter: ", "x: [{"];
    let odd = [
        "\"",
        "'",
        "`",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "<-",
        "a <- \"{\"{\"{",
        "a.b.c.",
        "..",
        ".",
        "|",
        "| each",
        "a[each x where x[each x where x.",
        "for x in x { x <- x.",
        "let let = let",
        "let x = x.x",
        "parent.parent.parent.",
        "\\",
        "\u{0}",
        "\t",
        "\r",
        "\u{2028}",
        "😀",
        "#",
        " #",
        "- ",
        ": ",
        "a: : b",
        "? ",
        "&a *a",
        "!!x",
        "|-",
        ">",
        "---",
        "custom[",
        "custom[\"",
        "link(\"",
        "match {",
        "match x { \"",
        "in [\"",
        "a ? b : c",
    ];
    for head in heads {
        for (one, two) in odd.iter().flat_map(|a| odd.iter().map(move |b| (a, b))) {
            let text = format!("{head}{one}{two}");
            let project = project(&text);
            ask(&project, text.len());
            ask(&project, head.len());
        }
    }
}

#[test]
fn lets_in_a_circle_end() {
    let text = "collection: A\nrecord: Product\ndirection: from\nsync: add\nbigcommerce: catalog.product\nrules: |\n  let a = b.x\n  let b = a.y\n  name <- a.\n";
    let project = project(text);
    boundaries(text).for_each(|at| ask(&project, at));
}

#[test]
fn a_new_name_is_undone_by_the_old_one() {
    let mut renamed = 0;
    for original in mapwright_defaults::originals() {
        let project = project(original.text);
        for at in boundaries(original.text).step_by(5) {
            let Ok(edits) = rename(&project, FILE, at, "another", true) else { continue };
            let mut text = original.text.to_owned();
            for (span, new) in edits.iter().rev() {
                text.replace_range(span.start as usize..span.end as usize, new);
            }
            let first = edits.first().map_or(0, |(span, _)| span.start as usize);
            let (_, old) = prepare(&project, FILE, at).unwrap();
            let back = rename(&self::project(&text), FILE, first + 1, &old, true).unwrap();
            for (span, new) in back.iter().rev() {
                text.replace_range(span.start as usize..span.end as usize, new);
            }
            assert_eq!(text, original.text);
            renamed += 1;
        }
    }
    assert!(renamed > 20, "only {renamed}");
}
