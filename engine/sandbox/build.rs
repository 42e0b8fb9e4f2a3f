//! Embeds every request-schema document of `engine/records/requests`, whatever their names are, so that a new document
//! needs no change here.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let folder = Path::new("../records/requests");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| entry.ok().map(|e| e.path())).collect(),
        Err(_) => Vec::new(),
    };
    files.retain(|path| path.extension().is_some_and(|e| e == "json"));
    files.sort();
    let mut text = String::from("&[\n");
    for path in files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // Relative to the package, so that a checkout that is moved still builds.
        let from_here = format!("/../records/requests/{name}.json");
        text += &format!("    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {from_here:?}))),\n");
    }
    text += "]\n";
    let target = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?).join("requests.rs");
    fs::write(target, text)
}
