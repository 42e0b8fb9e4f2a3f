//! `defaults`: the built-in mapping collections, and copies of them.

use mapwright_language::mapping_file::Direction;

use crate::arguments::{Defaults, Format};
use crate::file_trouble::told;
use crate::project;
use crate::terminal::{note, out, out_json, plural, table};

use super::{Result, exit};

pub fn run(arguments: &Defaults) -> Result {
    match arguments {
        Defaults::List(list) => {
            let mappings = project::builtin();
            let rows: Vec<Vec<String>> = mappings
                .library
                .collections
                .iter()
                .map(|c| {
                    let file = mappings
                        .files
                        .get(c.file)
                        .map(|f| f.name.trim_start_matches("built-in:").to_owned())
                        .unwrap_or_default();
                    let arrow = if c.direction == Direction::From { "from iPaaS.com" } else { "to iPaaS.com" };
                    vec![c.name.clone(), c.record.clone(), arrow.to_owned(), file]
                })
                .collect();
            match list.format {
                Format::Text => out(&table(&rows)),
                Format::Json => out_json(&serde_json::json!(rows.iter().map(|r| serde_json::json!({ "collection": r.first(), "record": r.get(1), "direction": r.get(2), "file": r.get(3) })).collect::<Vec<_>>())),
            }
        }
        Defaults::Install(install) => {
            let installed = mapwright_defaults::install(&install.directory).map_err(|e| told(&e))?;
            for file in &installed.written {
                note(&format!("wrote mappings/{file}"));
            }
            for file in &installed.kept {
                note(&format!("left mappings/{file} as it is: it differs from the built-in one"));
            }
            note(&format!(
                "{} written, {} as they were, {} left alone",
                plural(installed.written.len(), "file"),
                installed.same.len(),
                installed.kept.len()
            ));
        }
    }
    Ok(exit(true))
}
