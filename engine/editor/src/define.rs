//! Where a let, lookup or collection is written.

use mapwright_language::source::{FileId, Span};

use crate::project::Project;
use crate::symbol::{What, symbol};

/// The place where what stands at a byte is defined.
#[must_use]
pub fn definition(project: &Project, file: FileId, at: usize) -> Option<Span> {
    let (found, scope) = symbol(project, file, at)?;
    match found.what {
        What::Let => scope.lets().iter().find(|l| l.name.text == found.name).map(|l| l.name.span),
        What::Lookup => {
            let lookup = scope.lookups().iter().find(|l| l.name.value == found.name)?;
            let shared = lookup.from.as_ref().and_then(|from| {
                let other = project.named(&from.value)?;
                other.lookups.iter().flat_map(|l| &l.value).find(|l| l.name.value == found.name)
            });
            Some(shared.unwrap_or(lookup).name.span)
        }
        What::Collection => {
            // a layer of the built-in collection of its own name leads to that one
            let from = scope.own.as_ref().filter(|f| f.extends.as_ref().is_some_and(|e| is_at(e.span, at)));
            let other = |name: &str| project.all().find(|f| f.name.value == name && f.name.span.file != file);
            match from {
                Some(_) => other(&found.name).map(|f| f.name.span),
                None => project.named(&found.name).map(|f| f.name.span),
            }
        }
        _ => None,
    }
}

fn is_at(span: Span, at: usize) -> bool {
    (span.start as usize..=span.end as usize).contains(&at)
}
