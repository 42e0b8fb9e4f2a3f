//! Replays the fuzz targets' corpus: whatever the bytes, reading ends without a panic, and every message has a place in the file.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::path::{Path, PathBuf};

use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file;
use mapwright_language::source::Files;

fn corpus(target: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.clone(), String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned())).collect()
}

/// Reads, and reads every beginning of the text too: files are cut off in the middle more often than they are odd.
fn read(path: &Path, text: &str) {
    for end in (0..=text.len()).rev().filter(|end| text.is_char_boundary(*end)) {
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let file = files.add("corpus", &text[..end]);
        let read = mapping_file::read(&files, file, &mut diagnostics);
        assert!(read.is_some() || !diagnostics.is_empty(), "{}: nothing read and nothing said", path.display());
        for diagnostic in diagnostics.iter() {
            let span = diagnostic.span;
            assert!(span.start <= span.end && span.end as usize <= end, "{}: {diagnostic:?}", path.display());
        }
        let _ = render::plain(&files, &diagnostics);
        let _ = render::json(&files, &diagnostics);
    }
}

#[test]
fn rules() {
    let corpus = corpus("rules");
    assert!(corpus.len() > 20);
    for (path, text) in corpus {
        let block: String = text.lines().map(|line| format!("  {line}\n")).collect();
        read(&path, &format!("collection: Corpus\nrules: |\n{block}"));
    }
}

#[test]
fn mapping_files() {
    let corpus = corpus("mapping_file");
    assert!(corpus.len() > 10);
    for (path, text) in corpus {
        read(&path, &text);
    }
}
