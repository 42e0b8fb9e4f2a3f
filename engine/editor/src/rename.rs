//! Another name for a let, a lookup or a collection, in all files that use it. The files are compiled with the new name before
//! anything is handed out: what would break something is refused.

use std::ops::Range;
use std::sync::Arc;

use mapwright_language::combine::yaml_text;
use mapwright_language::diagnostic::{Diagnostics, Severity};
use mapwright_language::mapping_file::{ExternalId, MappingFile, Spanned};
use mapwright_language::source::{FileId, Span};
use mapwright_language::syntax::tree::{Expr, ExprKind, ForBody, Selector, Template, TextPart};
use mapwright_language::syntax::{is_reserved, is_word};

use crate::project::Project;
use crate::scope::Scope;
use crate::symbol::{What, symbol};

/// The place of the name that would be changed, and the name.
#[must_use]
pub fn prepare(project: &Project, file: FileId, at: usize) -> Option<(Range<usize>, String)> {
    let (found, _) = symbol(project, file, at)?;
    matches!(found.what, What::Let | What::Lookup | What::Collection).then_some((found.range, found.name))
}

/// The collection's name, if it is one that stands at a byte: its name is used outside of mapping files, too.
#[must_use]
pub fn collection_at(project: &Project, file: FileId, at: usize) -> Option<String> {
    let (found, _) = symbol(project, file, at)?;
    matches!(found.what, What::Collection).then_some(found.name)
}

/// The changes that give what stands at a byte another name: places and what they become.
///
/// # Errors
/// Why it cannot have that name, in words.
pub fn rename(
    project: &Project,
    file: FileId,
    at: usize,
    new: &str,
    alone: bool,
) -> Result<Vec<(Span, String)>, String> {
    let Some((found, scope)) = symbol(project, file, at) else {
        return Err(String::from("there is no let, lookup or collection here"));
    };
    let old = found.name;
    let new = new.trim();
    if new == old {
        return Ok(vec![]);
    }
    let edits = match found.what {
        What::Let => {
            if !is_word(new) || is_reserved(new) {
                return Err(format!(
                    "`{new}` cannot be a name: letters, digits and `_`, no digit first, no word of the language"
                ));
            }
            family(project, &scope).iter().flat_map(|f| of_let(f, &old, new)).collect::<Vec<_>>()
        }
        What::Lookup => {
            named(new, "a lookup")?;
            sharers(project, &scope, &old).iter().flat_map(|f| of_lookup(f, &old, new)).collect()
        }
        What::Collection => {
            named(new, "a collection")?;
            project.all().flat_map(|f| of_collection(f, &old, new)).collect()
        }
        _ => {
            return Err(format!(
                "`{old}` is not a let, lookup or collection: its name is not this project's to change"
            ));
        }
    };
    checked(project, edits, &old, new, alone)
}

fn named(new: &str, what: &str) -> Result<(), String> {
    if new.is_empty() || new.contains(['\n', '\r', '\t', '\0']) {
        return Err(format!("the name of {what} is a text on one line"));
    }
    Ok(())
}

/// The file, all that it extends, and all that extends any of these.
fn family(project: &Project, scope: &Scope<'_>) -> Vec<Arc<MappingFile>> {
    let mut found: Vec<Arc<MappingFile>> = scope.own.iter().cloned().collect();
    loop {
        let belongs = |f: &Arc<MappingFile>| {
            let extends =
                |a: &MappingFile, b: &MappingFile| a.extends.as_ref().is_some_and(|e| e.value == b.name.value);
            found.iter().any(|k| extends(f, k) || extends(k, f))
        };
        let known = |f: &Arc<MappingFile>| found.iter().any(|k| k.name.span.file == f.name.span.file);
        let more: Vec<Arc<MappingFile>> = project.all().filter(|f| !known(f) && belongs(f)).cloned().collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// The family, and all families that share the lookup with it: `from` finds it by its name.
fn sharers(project: &Project, scope: &Scope<'_>, lookup: &str) -> Vec<Arc<MappingFile>> {
    let mut found = family(project, scope);
    loop {
        let from = |f: &MappingFile| -> Vec<String> {
            let lookups = f.lookups.iter().flat_map(|l| &l.value).filter(|l| l.name.value == lookup);
            lookups.filter_map(|l| l.from.as_ref().map(|f| f.value.clone())).collect()
        };
        let known: Vec<&String> = found.iter().map(|f| &f.name.value).collect();
        let sources: Vec<String> = found.iter().flat_map(|f| from(f)).collect();
        let shares = |f: &MappingFile| {
            sources.contains(&f.name.value)
                || from(f).iter().any(|s| known.contains(&s))
                || f.extends.as_ref().is_some_and(|e| known.contains(&&e.value))
        };
        let more: Vec<Arc<MappingFile>> = project
            .all()
            .filter(|f| !found.iter().any(|k| k.name.span.file == f.name.span.file) && shares(f))
            .cloned()
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// Compiles with the changes; more errors than before refuse them.
fn checked(
    project: &Project,
    mut edits: Vec<(Span, String)>,
    old: &str,
    new: &str,
    alone: bool,
) -> Result<Vec<(Span, String)>, String> {
    edits.sort_by_key(|(span, _)| *span);
    edits.dedup();
    if edits.iter().any(|(span, _)| project.is_own(span.file))
        && edits.iter().any(|(span, _)| !project.is_own(span.file))
    {
        // a built-in original under the name of the project's own copy stays as it is; what is only built in cannot change
        edits.retain(|(span, _)| project.is_own(span.file));
    }
    if edits.is_empty() || edits.iter().any(|(span, _)| !project.is_own(span.file)) {
        return Err(format!("`{old}` is built in: it has its name from there"));
    }
    let mut texts: Vec<(FileId, String)> = Vec::new();
    for (span, text) in edits.iter().rev() {
        if !texts.iter().any(|(id, _)| *id == span.file) {
            texts.push((span.file, project.text(span.file).to_owned()));
        }
        if let Some((_, whole)) = texts.iter_mut().find(|(id, _)| *id == span.file) {
            let range = span.start as usize..span.end as usize;
            if whole.get(range.clone()).is_none() {
                return Err(String::from("the files have changed meanwhile"));
            }
            whole.replace_range(range, text);
        }
    }
    // E0123: read, but not in this version
    let hides = |code: &str| code != "E0123" && (code.starts_with("E01") || code.starts_with("E02"));
    let unreadable = |d: &Diagnostics, id: FileId| d.iter().any(|d| d.span.file == id && hides(d.code));
    // also a file of which nothing could be read may use the name
    let mut own = project.files.iter().filter(|(id, _)| project.is_own(*id));
    if let Some((_, file)) = own.find(|(id, file)| file.text.contains(old) && unreadable(&project.diagnostics, *id)) {
        let name = &file.name;
        return Err(format!("{name} has mistakes that hide where `{old}` is used: mend them first"));
    }
    let errors = |d: &Diagnostics| d.iter().filter(|d| d.severity == Severity::Error).count();
    let after = project.with(&texts, alone);
    if errors(&after.diagnostics) > errors(&project.diagnostics) {
        let before: Vec<&str> = project.diagnostics.iter().map(|d| d.message.as_str()).collect();
        let first =
            after.diagnostics.iter().find(|d| d.severity == Severity::Error && !before.contains(&d.message.as_str()));
        let why = first.map_or(String::new(), |d| format!(": {}", d.message));
        return Err(format!("`{old}` cannot be named `{new}`{why}"));
    }
    Ok(edits)
}

fn of_collection(file: &MappingFile, old: &str, new: &str) -> Vec<(Span, String)> {
    let uses = file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses).map(|u| &u.collection);
    let instead =
        file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses).filter_map(|u| u.instead_of.as_ref());
    let after = file.after.iter().flat_map(|a| &a.value).map(|a| &a.collection);
    let uses = uses.chain(instead).chain(after);
    let from = file.lookups.iter().flat_map(|l| &l.value).filter_map(|l| l.from.as_ref());
    let without = file.without.iter().flat_map(|w| &w.value.children);
    // a layer of the built-in collection of its own name goes on extending that one
    let base = file.extends.iter().filter(|e| e.value != file.name.value);
    let names = std::iter::once(&file.name).chain(base).chain(uses).chain(from).chain(without);
    names.filter(|n| n.value == old).map(|n| (n.span, yaml_text(new))).collect()
}

fn of_lookup(file: &MappingFile, old: &str, new: &str) -> Vec<(Span, String)> {
    let keys = file.lookups.iter().flat_map(|l| &l.value).map(|l| &l.name);
    let without = file.without.iter().flat_map(|w| &w.value.lookups);
    let mut edits: Vec<(Span, String)> =
        keys.chain(without).filter(|n| n.value == old).map(|n| (n.span, yaml_text(new))).collect();
    let text = format!("\"{}\"", new.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{"));
    each_expression(file, &mut |e| {
        if let ExprKind::Call { function, arguments, .. } = &e.kind
            && function.text == "lookup"
        {
            for argument in arguments {
                if matches!(&argument.kind, ExprKind::Text(parts) if parts.as_slice() == [TextPart::Text(old.to_owned())])
                {
                    edits.push((argument.span, text.clone()));
                }
            }
        }
    });
    edits
}

fn of_let(file: &MappingFile, old: &str, new: &str) -> Vec<(Span, String)> {
    let lets = file.rules.iter().flat_map(|r| &r.value.lets);
    let mut edits: Vec<(Span, String)> =
        lets.filter(|l| l.name.text == old).map(|l| (l.name.span, new.to_owned())).collect();
    each_expression(file, &mut |e| {
        if let ExprKind::Name { name, quoted: false } = &e.kind
            && name.text == old
        {
            edits.push((name.span, new.to_owned()));
        }
    });
    edits
}

/// Every expression of a file, and every one inside.
fn each_expression(file: &MappingFile, visit: &mut dyn FnMut(&Expr)) {
    for filter in file.filter.iter().flat_map(|f| &f.value) {
        walk(&filter.that, visit);
        filter.because.iter().for_each(|t| template(t, visit));
    }
    for error in file.errors.iter().flat_map(|e| &e.value) {
        walk(&error.when, visit);
        template(&error.message, visit);
    }
    if let Some(Spanned { value: ExternalId::Template(t), .. }) = &file.external_id {
        template(t, visit);
    }
    for child in file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses) {
        child.each.iter().for_each(|e| walk(e, visit));
    }
    for check in file.checks.iter().flat_map(|c| &c.value) {
        walk(&check.that, visit);
        template(&check.message, visit);
    }
    file.before.iter().flat_map(|b| &b.value).for_each(|b| walk(&b.id, visit));
    file.after.iter().flat_map(|a| &a.value).filter_map(|a| a.each.as_ref()).for_each(|e| walk(e, visit));
    if let Some(rules) = &file.rules {
        rules.value.lets.iter().for_each(|l| walk(&l.value, visit));
        rules.value.rules.iter().for_each(|r| walk(&r.value, visit));
    }
}

fn template(template: &Template, visit: &mut dyn FnMut(&Expr)) {
    parts(&template.parts, visit);
}

fn parts(parts: &[TextPart], visit: &mut dyn FnMut(&Expr)) {
    for part in parts {
        if let TextPart::Hole(hole) = part {
            walk(hole, visit);
        }
    }
}

fn walk(e: &Expr, visit: &mut dyn FnMut(&Expr)) {
    visit(e);
    match &e.kind {
        ExprKind::Null
        | ExprKind::Clear
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Name { .. }
        | ExprKind::JsonPath(_) => {}
        ExprKind::Text(text) => parts(text, visit),
        ExprKind::List(items) => items.iter().for_each(|i| walk(i, visit)),
        ExprKind::Record(rules) => rules.iter().for_each(|r| walk(&r.value, visit)),
        ExprKind::Dictionary(entries) => entries.iter().for_each(|(k, v)| {
            walk(k, visit);
            walk(v, visit);
        }),
        ExprKind::Member(inner, _) | ExprKind::Negate(inner) | ExprKind::Not(inner) => walk(inner, visit),
        ExprKind::Select(inner, selector) => {
            walk(inner, visit);
            match selector {
                Selector::Each(_, e) | Selector::FirstWhere(_, e) | Selector::Unique(_, e) | Selector::Group(_, e) => {
                    walk(e, visit)
                }
                Selector::Sort(_, keys) => keys.iter().for_each(|k| walk(&k.by, visit)),
                _ => {}
            }
        }
        ExprKind::Call { arguments, .. } => arguments.iter().for_each(|a| walk(a, visit)),
        ExprKind::Binary(_, a, b) | ExprKind::Otherwise(a, b) => {
            walk(a, visit);
            walk(b, visit);
        }
        ExprKind::IsEmpty { subject, .. } => walk(subject, visit),
        ExprKind::Quantified { list, condition, .. } => {
            walk(list, visit);
            walk(condition, visit);
        }
        ExprKind::If { condition, then, otherwise } => {
            walk(condition, visit);
            walk(then, visit);
            otherwise.iter().for_each(|o| walk(o, visit));
        }
        ExprKind::Match { subject, arms, otherwise } => {
            walk(subject, visit);
            arms.iter().for_each(|a| walk(&a.result, visit));
            otherwise.iter().for_each(|o| walk(o, visit));
        }
        ExprKind::For { list, condition, body, .. } => {
            walk(list, visit);
            condition.iter().for_each(|c| walk(c, visit));
            match body {
                ForBody::Record(rules) => rules.iter().for_each(|r| walk(&r.value, visit)),
                ForBody::Value(value) => walk(value, visit),
                ForBody::Entry(key, value) => {
                    walk(key, visit);
                    walk(value, visit);
                }
            }
        }
    }
}
