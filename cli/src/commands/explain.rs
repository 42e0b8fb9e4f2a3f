//! `explain`: a collection's plan in words.

use mapwright_language::check::Collection;
use mapwright_language::diagnostic::did_you_mean;
use mapwright_language::plan::explain;

use crate::arguments::{Explain, Format};
use crate::project::{self, Mappings};
use crate::terminal::{Trouble, out};

use super::{Result, exit};

pub fn run(arguments: &Explain) -> Result {
    let mappings = project::mappings(arguments.project.project.as_deref())?;
    let collection = collection(&mappings, &arguments.collection)?;
    let Some(plan) = &collection.plan else {
        super::check::report(&mappings, Format::Text);
        return Err(
            Trouble::input(format!("`{}` has errors", collection.name)).help("mend what `mapwright check` reports")
        );
    };
    let wanted = explain::Wanted { field: arguments.field.clone(), source: arguments.source.clone() };
    let explained = explain::explain(plan, &mappings.files, &wanted);
    if explained.is_empty() {
        let what = arguments.field.as_ref().or(arguments.source.as_ref()).cloned().unwrap_or_default();
        return Err(Trouble::input(format!("no rule of `{}` has to do with `{what}`", collection.name))
            .help("`mapwright explain COLLECTION` shows all rules"));
    }
    match arguments.format {
        Format::Text => out(&explained.text()),
        Format::Json => out(&format!("{:#}\n", explained.json())),
    }
    Ok(exit(true))
}

/// A collection by name.
pub fn collection<'a>(mappings: &'a Mappings, name: &str) -> std::result::Result<&'a Collection, Trouble> {
    mappings.library.collection(name).ok_or_else(|| {
        let near = did_you_mean(name, mappings.library.collections.iter().map(|c| c.name.as_str()));
        let help = near.map_or_else(
            || String::from("`mapwright check` reads all files; `mapwright defaults list` lists the built-in ones"),
            |n| format!("did you mean `{n}`?"),
        );
        Trouble::usage(format!("there is no collection `{name}`")).help(help)
    })
}
