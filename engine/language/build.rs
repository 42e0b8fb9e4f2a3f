//! Writes a table of the data files of `engine/records`, so that a new one is picked up by the next build.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let records = Path::new("../records");
    let mut table = String::from("&[\n");
    for system in ["bigcommerce", "ipaas"] {
        let folder = records.join(system);
        println!("cargo::rerun-if-changed=../records/{system}");
        let mut files: Vec<PathBuf> = match std::fs::read_dir(&folder) {
            Ok(entries) => entries
                .filter_map(|e| e.ok().map(|e| e.path()))
                .filter(|p| p.extension().is_some_and(|e| e == "json"))
                .collect(),
            Err(_) => vec![],
        };
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            println!("cargo::rerun-if-changed=../records/{system}/{name}");
            // Relative to the package, so that a checkout that is moved still builds.
            let _ = writeln!(
                table,
                "    (\"{system}/{name}\", include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../records/{system}/{name}\"))),"
            );
        }
    }
    table.push(']');
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join("records.rs"), table)
}
