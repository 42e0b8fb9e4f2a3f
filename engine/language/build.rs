//! Writes a table of the data files of `engine/records`, so that a new one is picked up by the next build.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let records = Path::new("../records").canonicalize()?;
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
            let _ = writeln!(
                table,
                "    ({:?}, include_str!({:?})),",
                format!("{system}/{name}"),
                file.display().to_string()
            );
        }
    }
    table.push(']');
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join("records.rs"), table)
}
