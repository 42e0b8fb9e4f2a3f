//! The schema of the envelope and the TextMate grammar say what the language says.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use mapwright_editor::schema;
use mapwright_language::mapping_file::FILE_KEYS;
use mapwright_language::source::typed;
use mapwright_language::syntax::RESERVED;
use serde_json::Value;

fn mistakes(text: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema::envelope()).unwrap();
    let file: Value = typed(text).unwrap();
    validator.iter_errors(&file).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

#[test]
fn the_schema_allows_every_default_collection() {
    for original in mapwright_defaults::originals() {
        assert_eq!(mistakes(original.text), Vec::<String>::new(), "{}", original.path);
    }
}

#[test]
fn the_schema_allows_what_the_manual_does() {
    let text = "base: B\nactive: false\nextends: A\nnulls: clear\nexternal_id: none\nfind_by: [a, b]\nstarts_on: x/y\n\
        filter: a == 1\nsettings:\n  zone: { type: text, required: true, about: where }\nlookups:\n  A:\n    from: B\n    reversed: true\n  \
        C:\n    unmatched: { value: x }\n    entries:\n      1: NO\nchildren:\n  s: []\nwithout:\n  rules: [a]\n";
    assert_eq!(mistakes(text), Vec::<String>::new());
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    for (text, at) in [
        ("collection: A\ncolection: B\n", ""),
        ("collection: A\ndirection: both\n", "/direction"),
        ("collection: A\nrecord: Produkt\n", "/record"),
        ("collection: A\nlookups:\n  X:\n    unmatched: maybe\n", "/lookups/X/unmatched"),
        ("collection: A\nchildren:\n  s:\n    - used: B\n", "/children/s/0"),
        ("collection: A\nerrors:\n  - when: a\n    massage: b\n", "/errors/0"),
        ("collection: A\nbase: B\n", ""),
        ("record: Product\n", ""),
    ] {
        let found = mistakes(text);
        assert!(found.iter().any(|m| m.starts_with(&format!("{at}:"))), "{text}: {found:?}");
    }
}

#[test]
fn the_schema_has_exactly_the_keys_of_the_reader() {
    let schema = schema::envelope();
    let mut keys: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let mut known = FILE_KEYS.to_vec();
    keys.sort();
    known.sort_unstable();
    assert_eq!(keys, known);
}

#[test]
fn the_grammar_has_exactly_the_reserved_words() {
    let grammar: Value =
        serde_json::from_str(include_str!("../../../grammar/editors/mapwright.tmLanguage.json")).unwrap();
    let mut words: Vec<String> = Vec::new();
    for part in ["keyword", "constant"] {
        let pattern = grammar["repository"][part]["match"].as_str().unwrap();
        let list = pattern.split("(?:").nth(1).unwrap().split(')').next().unwrap();
        words.extend(list.split('|').map(str::to_owned));
    }
    words.sort();
    let mut reserved = RESERVED.to_vec();
    reserved.sort_unstable();
    assert_eq!(words, reserved);
    // functions are known by where they stand, so that a new one needs no change
    let functions = grammar["repository"]["function"].to_string();
    for function in mapwright_language::functions::all() {
        assert!(!functions.contains(function.name) || function.name == "each", "{}", function.name);
    }
}

#[test]
fn every_part_that_the_grammar_includes_is_there() {
    let text = include_str!("../../../grammar/editors/mapwright.tmLanguage.json");
    let grammar: Value = serde_json::from_str(text).unwrap();
    let included = text.split("\"include\": \"#").skip(1).map(|p| p.split('"').next().unwrap());
    let mut count = 0;
    for name in included {
        count += 1;
        assert!(grammar["repository"].get(name).is_some(), "{name}");
    }
    assert!(count > 10);
}

#[test]
fn the_extension_is_json() {
    let package: Value = serde_json::from_str(include_str!("../../../grammar/editors/vscode/package.json")).unwrap();
    assert_eq!(package["contributes"]["grammars"][0]["scopeName"], "source.mapwright.injection");
}
