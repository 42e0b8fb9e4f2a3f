//! `flatten`: a collection with all its layers as one file.

use crate::arguments::Flatten;
use crate::terminal::out;

use super::{Result, exit};

pub fn run(arguments: &Flatten) -> Result {
    let mappings = crate::project::mappings(arguments.project.project.as_deref())?;
    let collection = super::explain::collection(&mappings, &arguments.collection)?;
    out(&mapwright_language::combine::flatten(&collection.combined));
    Ok(exit(true))
}
