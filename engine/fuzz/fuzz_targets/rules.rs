//! Any text as a rules block: ends, never panics, every message has a place in the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file;
use mapwright_language::source::Files;

fuzz_target!(|text: &str| {
    let block: String = text.lines().map(|line| format!("  {line}\n")).collect();
    let mut files = Files::default();
    let file = files.add("rules.yaml", format!("collection: Fuzz\nrules: |\n{block}"));
    let mut diagnostics = Diagnostics::default();
    mapping_file::read(&files, file, &mut diagnostics);
    let _ = render::plain(&files, &diagnostics);
});
