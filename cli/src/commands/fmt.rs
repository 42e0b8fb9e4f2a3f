//! `fmt`: the one canonical layout.

use std::path::PathBuf;

use mapwright_language::diagnostic::render;
use mapwright_language::syntax::format;

use crate::arguments::Fmt;
use crate::project;
use crate::terminal::{Trouble, note, note_rendered, out, plural};
use crate::whole_file;

use super::{Result, exit};

pub fn run(arguments: &Fmt) -> Result {
    let directory = if arguments.paths.is_empty() {
        project::required(arguments.project.project.as_deref())?
    } else {
        PathBuf::new()
    };
    let paths = if arguments.paths.is_empty() {
        project::expand(&[directory.join("mappings")])?
    } else {
        project::expand(&arguments.paths)?
    };
    let (mut changed, mut broken) = (0, 0);
    for path in &paths {
        let text = project::mapping_text(path).ok();
        match text.as_ref().and_then(|text| format::format_file(text).ok()) {
            Some(formatted) if text.as_ref() == Some(&formatted) => {}
            Some(formatted) => {
                changed += 1;
                out(&format!("{}\n", path.strip_prefix(&directory).unwrap_or(path).display()));
                if !arguments.check {
                    whole_file::replace(path, &formatted)
                        .map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
                }
            }
            None => {
                broken += 1;
                let mappings = project::only(std::slice::from_ref(path), None)?;
                note_rendered(&render::plain(&mappings.files, &mappings.diagnostics));
                note(&format!("{}: not formatted, since it has errors", path.display()));
            }
        }
    }
    let verb = if arguments.check { "would change" } else { "changed" };
    note(&format!("{}: {changed} {verb}, {broken} with errors", plural(paths.len(), "file")));
    Ok(exit(broken == 0 && (changed == 0 || !arguments.check)))
}
