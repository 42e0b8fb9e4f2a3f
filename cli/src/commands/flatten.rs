//! `flatten`: a collection with all its layers as one file.

use crate::arguments::{Flatten, Format};
use crate::terminal::{Trouble, out_exactly};

use super::{Result, exit};

pub fn run(arguments: &Flatten) -> Result {
    let mappings = crate::project::mappings(arguments.project.project.as_deref())?;
    let collection = super::explain::collection(&mappings, &arguments.collection)?;
    if collection.plan.is_none() {
        // what does not parse would be missing from the flat file without a word
        super::check::report(&mappings, Format::Text);
        return Err(Trouble::input(format!("`{}` has errors, so it is not written out", collection.name))
            .help("mend what is reported above"));
    }
    out_exactly(&mapwright_language::combine::flatten(&collection.combined));
    Ok(exit(true))
}
