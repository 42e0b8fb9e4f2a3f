//! What a word in a mapping file is, in words.

use std::ops::Range;

use mapwright_language::source::FileId;

use crate::describe;
use crate::project::Project;
use crate::scope::Scope;
use crate::symbol::{Symbol, What, symbol};

/// How much of a let's definition is shown, in characters.
const MOST_SHOWN: usize = 200;

/// Markdown about what stands at a byte, and its place.
#[must_use]
pub fn hover(project: &Project, file: FileId, at: usize) -> Option<(String, Range<usize>)> {
    let (found, scope) = symbol(project, file, at)?;
    let text = about(&found, &scope)?;
    Some((text, found.range))
}

fn about(symbol: &Symbol, scope: &Scope<'_>) -> Option<String> {
    let name = &symbol.name;
    Some(match &symbol.what {
        What::Thing(thing) => describe::thing(name, *thing),
        What::Function(function) => describe::function(function),
        What::Outside(form, about) => format!("`{form}`\n\n{about}"),
        What::Sentence(about) => format!("`{name}`: {about}"),
        What::RecordType(record) => describe::record_type(record),
        What::Let => {
            let one = scope.lets().iter().find(|l| l.name.text == *name)?;
            let kind = scope.named(name).map_or_else(String::new, |t| format!(": {}", describe::thing_type(t)));
            let written: String = scope.project.slice(one.value.span).chars().take(MOST_SHOWN).collect();
            format!("`let {name}`{kind}\n\n    {}", written.replace('\n', "\n    "))
        }
        What::Lookup => {
            let lookup = scope.lookups().iter().find(|l| l.name.value == *name)?;
            let mut text = match &lookup.from {
                Some(from) => format!("lookup `{name}` of `{}`", from.value),
                None => format!("lookup `{name}`: {}", count(lookup.entries.len(), "entry", "entries")),
            };
            if lookup.review {
                text.push_str(", to be reviewed");
            }
            for (key, value) in lookup.entries.iter().take(10) {
                text.push_str(&format!("\n- {} → {}", key.value, value.value));
            }
            if lookup.entries.len() > 10 {
                text.push_str("\n- …");
            }
            text
        }
        What::Collection => {
            let file = scope.project.named(name)?;
            let place = scope.project.files.get(file.name.span.file).map_or("", |f| &f.name);
            match scope.project.library.collection(name) {
                Some(c) => format!("**{name}**: {} → {}\n\n{place}", c.source_type(), c.target_type()),
                None => format!("**{name}**\n\n{place}"),
            }
        }
    })
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
