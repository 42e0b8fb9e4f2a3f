//! Layers: a file that `extends` another states only what differs. Out comes one combined collection; every part keeps the
//! place of the file it came from.

mod flatten;
mod merge;

pub use flatten::{flatten, yaml_text};
pub use merge::target_label;

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
    /// The file of what it extends; with `extends` but without `base` the base is missing, and the file stands alone.
    pub base: Option<FileId>,
    /// Whether nothing was wrong with its layers.
    pub sound: bool,
}

/// Lays a file over the one it extends. `others` are all files it may extend; the built-in ones last, so that a file may
/// extend the built-in collection of its own name.
pub fn combine(file: &MappingFile, others: &[Arc<MappingFile>], diagnostics: &mut Diagnostics) -> Combined {
    let top = file.name.span.file;
    let Some(extends) = &file.extends else {
        if let Some(without) = &file.without {
            diagnostics.push(
                Diagnostic::error(
                    "E0602",
                    without.span,
                    "`without` takes away from what this file extends, and it extends nothing",
                )
                .help("delete `without`, or name with `extends` what to change"),
            );
        }
        return Combined { file: file.clone(), top, extends: None, base: None, sound: file.without.is_none() };
    };
    let alone = || Combined { file: file.clone(), top, extends: Some(extends.value.clone()), base: None, sound: false };
    let found = others.iter().find(|f| f.name.value == extends.value && f.name.span.file != top);
    let Some(base) = found else {
        let names = others.iter().map(|f| f.name.value.as_str()).filter(|n| *n != file.name.value);
        let mut diagnostic =
            Diagnostic::error("E0601", extends.span, format!("there is no base or collection `{}`", extends.value));
        diagnostic = match did_you_mean(&extends.value, names) {
            Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(extends.span, near),
            None if extends.value == file.name.value => diagnostic
                .help("a collection may extend the built-in one of its own name, and there is none of this name"),
            None => diagnostic.help("`extends` names a base or collection of the project, or a built-in one"),
        };
        diagnostics.push(diagnostic);
        return alone();
    };
    if let Some(deeper) = &base.extends {
        if deeper.value == file.name.value {
            diagnostics.push(
                Diagnostic::error(
                    "E0615",
                    extends.span,
                    format!("`{}` and `{}` extend each other", file.name.value, base.name.value),
                )
                .label(deeper.span, "the other way round")
                .help("one of the two states everything, the other what differs"),
            );
            return alone();
        }
        diagnostics.push(
            Diagnostic::error(
                "E0123",
                extends.span,
                format!(
                    "`{}` itself extends `{}`: several levels are not in this version of the language",
                    base.name.value, deeper.value
                ),
            )
            .label(deeper.span, "the second level")
            .help(format!("extend `{}` and state here what `{}` changes", deeper.value, base.name.value)),
        );
        return alone();
    }
    let before = diagnostics.len();
    let merged = merge::merge(base, file, diagnostics);
    Combined {
        file: merged,
        top,
        extends: Some(extends.value.clone()),
        base: Some(base.name.span.file),
        sound: diagnostics.len() == before,
    }
}
