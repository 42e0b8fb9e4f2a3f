//! `check`: every mistake of the mapping files.

use mapwright_language::diagnostic::{Severity, code, render};

use crate::arguments::{Check, Format};
use crate::project::{self, Mappings};
use crate::terminal::{Trouble, is_terminal, note, note_rendered, out, out_json, plural};

use super::{Result, exit};

pub fn run(arguments: &Check) -> Result {
    if let Some(code) = &arguments.explain {
        return explain(code, arguments.format);
    }
    let read = || {
        if arguments.paths.is_empty() {
            return project::mappings(arguments.project.project.as_deref());
        }
        project::only(&project::expand(&arguments.paths)?, arguments.project.project.as_deref())
    };
    let mappings = if arguments.fix { super::fix::fix(read)? } else { read()? };
    report(&mappings, arguments.format);
    let worst_allowed = if arguments.strict { Severity::Hint } else { Severity::Warning };
    Ok(exit(mappings.diagnostics.iter().all(|d| d.severity <= worst_allowed)))
}

/// Prints all diagnostics and a summary.
pub fn report(mappings: &Mappings, format: Format) {
    if format == Format::Json {
        out_json(&render::json(&mappings.files, &mappings.diagnostics));
        return;
    }
    let rendered = if is_terminal() { render::styled } else { render::plain };
    note_rendered(&rendered(&mappings.files, &mappings.diagnostics));
    let files = plural(mappings.count, "file");
    let summary = render::summary(&mappings.diagnostics);
    if mappings.diagnostics.has_errors() {
        // a broken file gives no collection to count
        note(&format!("{files} checked: {summary}"));
    } else {
        let collections = plural(mappings.library.collections.len(), "collection");
        note(&format!("{collections} in {files} checked: {summary}"));
    }
}

fn explain(typed: &str, format: Format) -> Result {
    let Some(entry) = code::explain(typed) else {
        return Err(Trouble::usage(format!("there is no code `{typed}`"))
            .help("a code stands in brackets behind `error`, `warning` or `hint`, such as E0301"));
    };
    match format {
        Format::Text => out(&format!("{}: {}\n\n{}\n", entry.code, entry.title, entry.explanation)),
        Format::Json => {
            let json =
                serde_json::json!({ "code": entry.code, "title": entry.title, "explanation": entry.explanation });
            out_json(&json);
        }
    }
    Ok(exit(true))
}
