//! `check`: every mistake of the mapping files.

use mapwright_language::diagnostic::{Severity, code, render};

use crate::arguments::{Check, Format};
use crate::project::{self, Mappings};
use crate::terminal::{Trouble, is_terminal, note, note_raw, out, plural};

use super::{Result, exit};

pub fn run(arguments: &Check) -> Result {
    if let Some(code) = &arguments.explain {
        return explain(code);
    }
    let mappings = if arguments.paths.is_empty() {
        project::mappings(arguments.project.project.as_deref())?
    } else {
        project::only(&project::expand(&arguments.paths)?, arguments.project.project.as_deref())?
    };
    report(&mappings, arguments.format);
    let worst_allowed = if arguments.strict { Severity::Hint } else { Severity::Warning };
    Ok(exit(mappings.diagnostics.iter().all(|d| d.severity <= worst_allowed)))
}

/// Prints all diagnostics and a summary.
pub fn report(mappings: &Mappings, format: Format) {
    if format == Format::Json {
        out(&format!("{:#}\n", render::json(&mappings.files, &mappings.diagnostics)));
        return;
    }
    let rendered = if is_terminal() { render::styled } else { render::plain };
    note_raw(&rendered(&mappings.files, &mappings.diagnostics));
    let collections = mappings.library.collections.len();
    note(&format!(
        "{} in {} checked: {}",
        plural(collections, "collection"),
        plural(mappings.count, "file"),
        render::summary(&mappings.diagnostics)
    ));
}

fn explain(typed: &str) -> Result {
    let Some(entry) = code::explain(typed) else {
        return Err(Trouble::usage(format!("there is no code `{typed}`"))
            .help("a code stands in brackets behind `error`, `warning` or `hint`, such as E0301"));
    };
    out(&format!("{}: {}\n\n{}\n", entry.code, entry.title, entry.explanation));
    Ok(exit(true))
}
