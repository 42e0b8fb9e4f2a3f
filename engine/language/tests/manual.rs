//! The manual's examples are read, and its whole files are checked, so that it cannot promise what does not hold.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::sync::Arc;

use mapwright_language::check;
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_language::syntax::format::format_file;

const MANUAL: &str = include_str!("../../../grammar/README.md");

/// The code blocks with this word behind their fence.
fn blocks(word: &str) -> Vec<String> {
    let (mut blocks, mut open): (Vec<String>, Option<String>) = (vec![], None);
    for line in MANUAL.lines() {
        match &mut open {
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
            None if line == format!("```{word}") => open = Some(String::new()),
            None => {}
        }
    }
    blocks
}

fn read_clean(text: &str) -> Arc<MappingFile> {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let file = files.add("README.md", text);
    let read = mapping_file::read(&files, file, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", render::plain(&files, &diagnostics));
    Arc::new(read.unwrap())
}

#[test]
fn every_rules_block_is_read_and_laid_out_as_fmt_does() {
    let blocks = blocks("rules");
    assert!(blocks.len() >= 6, "only {}", blocks.len());
    for block in blocks {
        let indented: String =
            block.lines().map(|l| if l.is_empty() { String::from("\n") } else { format!("  {l}\n") }).collect();
        let text = format!("collection: Manual\nrules: |\n{indented}");
        let file = read_clean(&text);
        assert!(!file.rules.as_ref().unwrap().value.rules.is_empty(), "{block}");
        assert_eq!(format_file(&text).unwrap(), text);
    }
}

/// The default collections.
fn defaults(files: &mut Files) -> Vec<Arc<MappingFile>> {
    let mut defaults = vec![];
    for folder in ["catalog", "customers", "payments"] {
        let folder = format!("{}/../../mappings/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let file = files.add(path.to_string_lossy(), std::fs::read_to_string(&path).unwrap());
            defaults.push(Arc::new(mapping_file::read(files, file, &mut Diagnostics::default()).unwrap()));
        }
    }
    defaults
}

#[test]
fn every_whole_file_stands_among_the_defaults_without_a_diagnostic() {
    let blocks = blocks("yaml");
    assert!(blocks.len() >= 4, "only {}", blocks.len());
    for block in blocks {
        let shown = read_clean(&block);
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        files.add("README.md", block);
        let builtin = defaults(&mut files);
        let mut active = vec![shown.clone()];
        active.extend(builtin.iter().filter(|d| d.name.value != shown.name.value).cloned());
        let library = check::compile(&active, &builtin, Catalog::builtin(), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{}", render::plain(&files, &diagnostics));
        assert!(library.collections.iter().all(|c| c.plan.is_some()));
    }
}

#[test]
fn what_is_shown_as_wrong_is_refused_and_what_is_shown_as_right_is_not() {
    let table = MANUAL.split("| not | but |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|l| l.starts_with('|'));
    let mut count = 0;
    for row in rows {
        let cells: Vec<String> =
            row.split(" | ").map(|c| c.trim_matches(['|', ' ', '`']).replace("\\|", "|")).collect();
        let diagnostics_of = |expression: &str| {
            let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
            let file = files.add("a.yaml", format!("collection: Manual\nrules: |\n  a <- {expression}\n"));
            mapping_file::read(&files, file, &mut diagnostics);
            diagnostics.len()
        };
        assert_eq!(diagnostics_of(&cells[0]), 1, "{row}");
        assert_eq!(diagnostics_of(&cells[1]), 0, "{row}");
        count += 1;
    }
    assert_eq!(count, 7);
}
