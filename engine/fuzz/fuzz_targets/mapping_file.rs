//! Any bytes as a mapping file: ends, never panics, every message has a place in the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file;
use mapwright_language::source::Files;

fuzz_target!(|bytes: &[u8]| {
    let mut files = Files::default();
    let file = files.add("file.yaml", String::from_utf8_lossy(bytes));
    let mut diagnostics = Diagnostics::default();
    mapping_file::read(&files, file, &mut diagnostics);
    let _ = render::plain(&files, &diagnostics);
    let _ = render::json(&files, &diagnostics);
});
