//! Layers: a file that `extends` another states only what differs. Out comes one combined collection; every part keeps the
//! place of the file it came from.

mod flatten;
mod merge;

pub use flatten::{flatten, yaml_text};
pub use merge::target_label;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::mapping_file::{MappingFile, Spanned};
use crate::source::FileId;

/// Most files that extend one another.
const MOST_LAYERS: usize = 8;

/// A collection with its layers laid over each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Combined {
    /// The result; `extends` and `without` are gone.
    pub file: MappingFile,
    /// The file that was asked for.
    pub top: FileId,
    /// The name of what it extends.
    pub extends: Option<String>,
    /// The files of what it extends, nearest first; with `extends` but without `bases` the base is missing, and the file stands
    /// alone.
    pub bases: Vec<FileId>,
    /// Whether nothing was wrong with its layers.
    pub sound: bool,
}

/// Lays a file over the one it extends, and that over the one it extends in turn. `others` are all files it may extend; the
/// built-in ones last, so that a file may extend the built-in collection of its own name.
pub fn combine(file: &MappingFile, others: &[Arc<MappingFile>], diagnostics: &mut Diagnostics) -> Combined {
    endless(file, others, diagnostics);
    layered(file, others, &mut vec![], diagnostics)
}

/// Layers that come back to this file, or do not come to an end.
fn endless(file: &MappingFile, others: &[Arc<MappingFile>], diagnostics: &mut Diagnostics) {
    let Some(extends) = &file.extends else { return };
    let mut chain: Vec<&MappingFile> = vec![file];
    while let Some(next) = chain.last().and_then(|last| base_of(last, others)) {
        if next.name.span.file == file.name.span.file {
            let names: Vec<&str> = chain.iter().map(|f| f.name.value.as_str()).collect();
            let message = format!("layers go in a circle: {} → {}", names.join(" → "), file.name.value);
            let mut diagnostic = Diagnostic::error("E0615", extends.span, message);
            if let Some(back) = chain.last().and_then(|last| last.extends.as_ref()).filter(|e| e.span != extends.span) {
                diagnostic = diagnostic.label(back.span, "the way back");
            }
            diagnostics.push(diagnostic.help("one of them states everything, the others what differs"));
            return;
        }
        if chain.iter().any(|f| f.name.span.file == next.name.span.file) {
            return;
        }
        if chain.len() >= MOST_LAYERS {
            let message = format!("more than {MOST_LAYERS} files extend one another");
            let diagnostic = Diagnostic::error("E0615", extends.span, message);
            diagnostics.push(diagnostic.help("write it out with `mapwright flatten` and go on from there"));
            return;
        }
        chain.push(next);
    }
}

/// What a file extends; itself never.
fn base_of<'a>(file: &MappingFile, others: &'a [Arc<MappingFile>]) -> Option<&'a MappingFile> {
    let extends = file.extends.as_ref()?;
    others.iter().find(|f| f.name.value == extends.value && f.name.span.file != file.name.span.file).map(|f| &**f)
}

fn layered<'a>(
    file: &'a MappingFile,
    others: &'a [Arc<MappingFile>],
    above: &mut Vec<&'a MappingFile>,
    diagnostics: &mut Diagnostics,
) -> Combined {
    let top = file.name.span.file;
    let Some(extends) = &file.extends else {
        let sound = extends_nothing(file, diagnostics);
        return Combined { file: file.clone(), top, extends: None, bases: vec![], sound };
    };
    let alone =
        || Combined { file: file.clone(), top, extends: Some(extends.value.clone()), bases: vec![], sound: false };
    let Some(base) = base_of(file, others) else {
        unknown_base(file, extends, others, diagnostics);
        return alone();
    };
    above.push(file);
    if above.iter().any(|f| f.name.span.file == base.name.span.file) || above.len() >= MOST_LAYERS {
        return alone();
    }
    // what is wrong with the base is said where the base itself is read
    let base = layered(base, others, above, &mut Diagnostics::default());
    if base.extends.is_some() && base.bases.is_empty() {
        return alone();
    }
    let before = diagnostics.len();
    let merged = merge::merge(&base.file, file, diagnostics);
    let bases = std::iter::once(base.top).chain(base.bases).collect();
    let sound = base.sound && diagnostics.len() == before;
    Combined { file: merged, top, extends: Some(extends.value.clone()), bases, sound }
}

/// Without `extends` there is nothing to leave out and nobody's place to take.
fn extends_nothing(file: &MappingFile, diagnostics: &mut Diagnostics) -> bool {
    let mut changes: Vec<(crate::source::Span, &str)> = file.without.iter().map(|w| (w.span, "without")).collect();
    let uses = file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses);
    changes.extend(uses.filter_map(|u| u.instead_of.as_ref()).map(|i| (i.span, "instead_of")));
    for (span, key) in &changes {
        diagnostics.push(
            Diagnostic::error(
                "E0602",
                *span,
                format!("`{key}` changes what this file extends, and it extends nothing"),
            )
            .help(format!("delete `{key}`, or name with `extends` what to change")),
        );
    }
    changes.is_empty()
}

fn unknown_base(
    file: &MappingFile,
    extends: &Spanned<String>,
    others: &[Arc<MappingFile>],
    diagnostics: &mut Diagnostics,
) {
    let names = others.iter().map(|f| f.name.value.as_str()).filter(|n| *n != file.name.value);
    let mut diagnostic =
        Diagnostic::error("E0601", extends.span, format!("there is no base or collection `{}`", extends.value));
    diagnostic = match did_you_mean(&extends.value, names) {
        Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(extends.span, near),
        None if extends.value == file.name.value => {
            diagnostic.help("a collection may extend the built-in one of its own name, and there is none of this name")
        }
        None => diagnostic.help("`extends` names a base or collection of the project, or a built-in one"),
    };
    diagnostics.push(diagnostic);
}
