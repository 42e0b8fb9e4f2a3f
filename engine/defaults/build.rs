//! Writes a table of all files below `mappings/`, so that a new one is picked up by the next build.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let mappings = Path::new("../../mappings");
    let mut files = Vec::new();
    collect(mappings, &mut files)?;
    files.sort();

    let mut table = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(mappings).unwrap_or(file).to_string_lossy().replace('\\', "/");
        // Relative to the package, so that a checkout that is moved still builds.
        let from_here = format!("/../../mappings/{name}");
        let _ = writeln!(
            table,
            "    Original {{ path: {name:?}, text: include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {from_here:?})) }},"
        );
    }
    table.push(']');
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join("originals.rs"), table)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
