//! Layers: a file that `extends` another states only what differs. Out comes one combined collection; every part keeps the
//! place of the file it came from.

mod flatten;
mod merge;

pub use flatten::flatten;
pub(crate) use merge::target_label;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::mapping_file::MappingFile;
use crate::source::FileId;

/// A collection with its layers laid over each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Combined {
    /// The result; `extends` and `without` are gone.
    pub file: MappingFile,
    /// The file that was asked for.
    pub top: FileId,
    /// The name of what it extends.
    pub extends: Option<String>,
}

/// Lays a file over the one it extends. `others` are all files it may extend; the built-in ones last, so that a file may
/// extend the built-in collection of its own name.
pub fn combine(file: &MappingFile, others: &[Arc<MappingFile>], diagnostics: &mut Diagnostics) -> Combined {
    let top = file.name.span.file;
    let Some(extends) = &file.extends else {
        if let Some(without) = &file.without {
            diagnostics.push(
                Diagnostic::error("E0602", without.span, "`without` takes away from what this file extends, and it extends nothing")
                    .help("delete `without`, or name with `extends` what to change"),
            );
        }
        return Combined { file: file.clone(), top, extends: None };
    };
    let found = others.iter().find(|f| f.name.value == extends.value && f.name.span.file != top);
    let Some(base) = found else {
        let names = others.iter().map(|f| f.name.value.as_str()).filter(|n| *n != file.name.value);
        let mut diagnostic = Diagnostic::error("E0601", extends.span, format!("there is no base or collection `{}`", extends.value));
        diagnostic = match did_you_mean(&extends.value, names) {
            Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(extends.span, near),
            None => diagnostic.help("`extends` names a base or collection of the project, or a built-in one"),
        };
        diagnostics.push(diagnostic);
        return Combined { file: file.clone(), top, extends: None };
    };
    if let Some(deeper) = &base.extends {
        diagnostics.push(
            Diagnostic::error("E0123", extends.span, format!("`{}` itself extends `{}`: several levels are not in this version of the language", base.name.value, deeper.value))
                .label(deeper.span, "the second level")
                .help(format!("extend `{}` and state here what `{}` changes", deeper.value, base.name.value)),
        );
        return Combined { file: file.clone(), top, extends: None };
    }
    Combined { file: merge::merge(base, file, diagnostics), top, extends: Some(extends.value.clone()) }
}
