//! Makes the data files of this folder (`bigcommerce/`, `ipaas/`, `requests/`) from BigCommerce's OpenAPI files and the overlays.
//!
//! `cargo run -p mapwright-records -- --specs DIR` writes them; with `--check` they are compared with what is there.

mod derive;
mod openapi;
mod record;
mod requests;
mod shorthand;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What goes wrong here is told in a sentence that names the file.
pub(crate) type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let specs = arguments.iter().position(|a| a == "--specs").and_then(|i| arguments.get(i + 1)).map(PathBuf::from);
    let Some(specs) = specs else {
        complain("usage: mapwright-records --specs DIR [--check]");
        return ExitCode::from(2);
    };
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    match generate(here, &specs).and_then(|files| finish(here, &files, arguments.iter().any(|a| a == "--check"))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr)] // a maintainer's program
fn complain(text: &str) {
    eprintln!("{text}");
}

/// All data files: path below this folder and text.
pub(crate) fn generate(here: &Path, specs: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut spec_cache = openapi::Specs::new(specs);
    for system in ["bigcommerce", "ipaas"] {
        for path in yaml_files(&here.join("overlay").join(system))? {
            let overlay = openapi::read_yaml(&path)?;
            let record =
                record::make(&overlay, system, &mut spec_cache).map_err(|e| format!("{}: {e}", path.display()))?;
            let name = record.name.to_lowercase().replace(' ', "-");
            let text = serde_json::to_string_pretty(&record).map_err(|e| e.to_string())?;
            files.insert(format!("{system}/{name}.json"), text + "\n");
        }
    }
    for (name, text) in requests::make(&here.join("overlay/requests.yaml"), &mut spec_cache)? {
        files.insert(format!("requests/{name}.json"), text);
    }
    Ok(files)
}

fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    Ok(files)
}

fn finish(here: &Path, files: &BTreeMap<String, String>, check: bool) -> Result<()> {
    let mut different = Vec::new();
    for (name, text) in files {
        let path = here.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|t| t == *text) {
            continue;
        }
        different.push(name.clone());
        if !check {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
            }
            std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    match (check, different.is_empty()) {
        (true, false) => Err(format!("not what the specs and overlays give: {}", different.join(", "))),
        _ => {
            complain(&format!("{} files, {} changed", files.len(), different.len()));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_what_the_specs_and_overlays_give() {
        let Some(specs) = std::env::var_os("MAPWRIGHT_SPECS") else {
            println!("skipped: MAPWRIGHT_SPECS does not name the folder of BigCommerce's OpenAPI files");
            return;
        };
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = generate(here, Path::new(&specs)).unwrap();
        finish(here, &files, true).unwrap();
    }
}
