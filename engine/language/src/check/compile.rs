//! Mapping files to a library of plans: everything is reported, a collection with errors has no plan, the others do.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::combine::{Combined, combine};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, did_you_mean};
use crate::mapping_file::{Direction, MappingFile, Spanned, SyncType};
use crate::plan::{Plan, PlannedParent};
use crate::schema::{Catalog, RecordType, System};
use crate::source::FileId;
use crate::syntax::tree::{Expr, ExprKind, Selector};

use super::after::After;
use super::checker::{Checker, Others};
use super::events::known_events;
use super::facts::{Definitions, Fact, about, not_null_when, of_collection};
use super::level::LevelTypes;
use super::library::{Collection, Library};
use super::order::GROUP_ITEMS;
use super::scope::{Builder, LevelScope};
use super::usage::{Usage, orphans};

/// Compiles the files of a project. `active` are its own files; `builtin` may be extended by them and are not run.
pub fn compile(
    active: &[Arc<MappingFile>],
    builtin: &[Arc<MappingFile>],
    catalog: &Catalog,
    diagnostics: &mut Diagnostics,
) -> Library {
    // what could not be read is missing from these files: their plans would do only a part
    let mut broken: Vec<FileId> =
        diagnostics.iter().filter(|d| d.severity == Severity::Error).map(|d| d.span.file).collect();
    same_names(active, diagnostics);
    let all: Vec<Arc<MappingFile>> = active.iter().chain(builtin).cloned().collect();
    let combined: Vec<Arc<Combined>> =
        active.iter().filter(|f| !f.is_base).map(|f| Arc::new(combine(f, &all, diagnostics))).collect();
    // a base that is only extended is judged here, once
    active.iter().filter(|f| f.is_base).for_each(|f| drop(combine(f, &all, diagnostics)));
    let mut silent = Diagnostics::default();
    let others_combined: Vec<Arc<Combined>> =
        builtin.iter().filter(|f| !f.is_base).map(|f| Arc::new(combine(f, &all, &mut silent))).collect();
    let lent = lent(&combined, &others_combined);
    if broken.iter().any(|id| !active.iter().any(|f| f.name.span.file == *id)) {
        // a file without a name that can be read may be the project's own in place of one that is lent
        broken.extend(lent.iter().map(|c| c.top));
    }
    let known: Vec<Arc<Combined>> = combined.iter().chain(&lent).cloned().collect();
    let pairs: Vec<(String, String)> = combined
        .iter()
        .chain(&others_combined)
        .filter_map(|c| Some((c.file.record.as_ref()?.value.clone(), c.file.bigcommerce.as_ref()?.value.clone())))
        .collect();
    // a child whose parent is switched off is still read with the records above it
    let family: Vec<Arc<Combined>> = combined.iter().chain(&others_combined).cloned().collect();
    let others = Others { collections: &known, builtin: &others_combined, after: After::of(&known), pairs: &pairs };
    let parents = parents(&family);
    let (mut collections, mut usage) = (Vec::new(), Usage::default());
    for one in &combined {
        // without its base a layer lacks most of its keys: that has been said once
        let types = if one.extends.is_some() && one.bases.is_empty() {
            None
        } else {
            collection_types(one, catalog, Some(diagnostics))
        };
        if let Some(types) = &types {
            known_events(&one.file, types.direction, diagnostics);
        }
        let above = ancestors(one, &parents);
        let whole = is_whole(one, &known, &broken, &mut vec![]);
        let plan = types
            .as_ref()
            .and_then(|types| plan(one, types, above.as_deref(), catalog, &others, &mut usage, diagnostics));
        let file = &one.file;
        collections.push(Collection {
            name: file.name.value.clone(),
            record: file.record.as_ref().map(|r| r.value.clone()).unwrap_or_default(),
            bigcommerce: file.bigcommerce.as_ref().map(|b| b.value.clone()).unwrap_or_default(),
            direction: file.direction.as_ref().map_or(Direction::From, |d| d.value),
            sync: file.sync.as_ref().map_or(SyncType::AddUpdate, |s| s.value),
            file: one.top,
            combined: one.clone(),
            is_root: above.is_none(),
            plan: plan.filter(|_| whole),
        });
    }
    usage.report(active, &combined, diagnostics);
    let roots: Vec<(Arc<Combined>, bool)> =
        collections.iter().map(|c: &Collection| (c.combined.clone(), c.is_root)).collect();
    orphans(active, &roots, catalog, diagnostics);
    diagnostics.sort();
    Library { collections }
}

/// The built-in collections that a project's layers need below them: a layer over a built-in collection states only what differs,
/// so the children that it takes over from there are the built-in ones, unless the project has its own. They run below the
/// layer only; a child that a project's file names itself is never lent.
fn lent(own: &[Arc<Combined>], builtin: &[Arc<Combined>]) -> Vec<Arc<Combined>> {
    let mut lent: Vec<Arc<Combined>> = Vec::new();
    let is_builtin = |one: &Combined, file: FileId| one.bases.contains(&file) && builtin.iter().any(|b| b.top == file);
    let find = |name: &str| builtin.iter().find(|c| c.file.name.value == name);
    let mut wanted: Vec<&str> = own
        .iter()
        .flat_map(|one| names_of_children(one).filter(|name| is_builtin(one, name.span.file)))
        .map(|name| name.value.as_str())
        .collect();
    while let Some(name) = wanted.pop() {
        if own.iter().chain(&lent).any(|c| c.file.name.value == name) {
            continue;
        }
        if let Some(found) = find(name) {
            wanted.extend(names_of_children(found).map(|name| name.value.as_str()));
            lent.push(found.clone());
        }
    }
    lent
}

fn names_of_children(one: &Combined) -> impl Iterator<Item = &Spanned<String>> {
    one.file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses).map(|u| &u.collection)
}

/// Whether a collection, what it extends and all its children were read without error.
fn is_whole<'a>(one: &'a Combined, all: &'a [Arc<Combined>], broken: &[FileId], seen: &mut Vec<&'a str>) -> bool {
    if seen.contains(&one.file.name.value.as_str()) {
        return true;
    }
    seen.push(&one.file.name.value);
    if !one.sound || broken.contains(&one.top) || one.bases.iter().any(|b| broken.contains(b)) {
        return false;
    }
    let children = one.file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses);
    children
        .filter_map(|u| all.iter().find(|c| c.file.name.value == u.collection.value))
        .all(|c| is_whole(c, all, broken, seen))
}

fn same_names(active: &[Arc<MappingFile>], diagnostics: &mut Diagnostics) {
    for (i, file) in active.iter().enumerate() {
        if let Some(first) = active.iter().take(i).find(|f| f.name.value == file.name.value) {
            diagnostics.push(
                Diagnostic::error("E0612", file.name.span, format!("there are two files for `{}`", file.name.value))
                    .label(first.name.span, "the first")
                    .help("a name is unique in a project: rename one, or delete it"),
            );
        }
    }
}

/// More records above one are not looked at: nobody writes `parent` so often.
const MOST_ABOVE: usize = 32;

/// By the name of a collection the first one that it runs below, or after.
fn parents(all: &[Arc<Combined>]) -> HashMap<&str, &Arc<Combined>> {
    let mut parents = HashMap::new();
    for one in all {
        let children = names_of_children(one).map(|name| name.value.as_str());
        let after = one.file.after.iter().flat_map(|a| &a.value).map(|a| a.collection.value.as_str());
        for name in children.chain(after) {
            parents.entry(name).or_insert(one);
        }
    }
    parents
}

/// The collections above a child, nearest first; `None` = it is a root.
fn ancestors(one: &Arc<Combined>, parents: &HashMap<&str, &Arc<Combined>>) -> Option<Vec<Arc<Combined>>> {
    let mut chain: Vec<Arc<Combined>> = Vec::new();
    let mut current = one;
    while let Some(parent) = parents.get(current.file.name.value.as_str()).filter(|_| chain.len() < MOST_ABOVE) {
        // a circle is reported where it is written
        if parent.file.name.value == one.file.name.value
            || chain.iter().any(|c| c.file.name.value == parent.file.name.value)
        {
            break;
        }
        chain.push((*parent).clone());
        current = parent;
    }
    (!chain.is_empty()).then_some(chain)
}

fn runs_after(first: &Combined, name: &str) -> bool {
    first.file.after.iter().flat_map(|a| &a.value).any(|a| a.collection.value == name)
}

/// More collections below one root are not looked at for promises; such a tree is refused anyhow.
const MOST_COLLECTIONS_BELOW: usize = 200;

/// iPaaS.com's record types that a root and its children write.
fn written<'a>(root: &'a Combined, all: &'a [Arc<Combined>], seen: &mut Vec<&'a str>, into: &mut Vec<String>) {
    if seen.contains(&root.file.name.value.as_str()) || seen.len() > MOST_COLLECTIONS_BELOW {
        return;
    }
    seen.push(&root.file.name.value);
    if let Some(record) = root.file.record.as_ref().filter(|r| !into.contains(&r.value)) {
        into.push(record.value.clone());
    }
    for child in root.file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses) {
        if let Some(child) = all.iter().find(|c| c.file.name.value == child.collection.value) {
            written(child, all, seen, into);
        }
    }
}

fn plan(
    one: &Arc<Combined>,
    types: &LevelTypes,
    above: Option<&[Arc<Combined>]>,
    catalog: &Catalog,
    others: &Others<'_>,
    usage: &mut Usage,
    diagnostics: &mut Diagnostics,
) -> Option<Arc<Plan>> {
    let mut writes = Vec::new();
    // what runs after a record is a transfer of its own: what was written before is linked by then
    let mut root = one;
    for parent in above.unwrap_or_default() {
        if runs_after(parent, &root.file.name.value) {
            break;
        }
        root = parent;
    }
    written(root, others.collections, &mut vec![], &mut writes);
    let plan = Plan::empty(types.direction, types.sync, one.file.name.span);
    let builder = Builder { catalog, plan, schemas: vec![] };
    let mut checker = Checker {
        builder,
        others,
        diagnostics,
        usage,
        levels: vec![],
        binders: vec![],
        lineage: crate::plan::Lineage::default(),
        writes,
        path: vec![one.file.name.value.clone()],
        depth: 0,
        height: 0,
        loops: 0,
        in_filter: false,
        single_rows: vec![],
        nulls: HashSet::new(),
        inherited: vec![],
        updates: false,
        too_big: false,
        met_again: 0,
        constants: HashMap::new(),
    };
    for parent in above.unwrap_or_default().iter().rev() {
        let types = collection_types(parent, catalog, None)?;
        let source = checker.builder.shape_of_record(&types.source);
        checker.builder.plan.parents.insert(0, PlannedParent { source, existing: None });
        let scope = LevelScope::new(parent.clone(), source, types.source.clone(), types.target.clone());
        checker.levels.push(scope);
    }
    let parent = above.and_then(|a| a.first());
    checker.inherited = parent.map_or_else(Vec::new, |p| facts_of_rows(p, &one.file.name.value));
    let grouped = above.and_then(|a| a.first()).and_then(|parent| grouped_rows(parent, &one.file.name.value));
    let source = match grouped {
        Some(by) => checker.shape_of_group(&types.source, &by),
        None if types.sync == SyncType::UpdateOnDelete => checker.builder.shape_of_deleted(&types.source),
        None => checker.builder.shape_of_record(&types.source),
    };
    let level = checker.level(one, types, source)?;
    let mut plan = checker.builder.plan;
    for (parent, above) in plan.parents.iter_mut().zip(checker.levels.iter().rev()) {
        parent.existing = above.existing;
    }
    plan.root = level;
    Some(Arc::new(plan))
}

/// What is not null in the rows that a child runs over: what its parent's filters let through, where the record above is its source,
/// or what `[each x where …]` keeps.
fn facts_of_rows(parent: &Arc<Combined>, child: &str) -> Vec<Fact> {
    let uses = parent.file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses);
    let mut uses = uses.filter(|u| u.collection.value == child);
    let (Some(first), None) = (uses.next(), uses.next()) else { return vec![] };
    match first.each.as_ref().map(|e| &e.kind) {
        None => of_collection(&Definitions::of(parent)),
        Some(ExprKind::Select(_, Selector::Each(name, condition))) => {
            about(&name.text, &not_null_when(&Definitions::of(parent), condition, true))
        }
        Some(ExprKind::Select(_, Selector::Group(..))) => vec![Fact::filled(GROUP_ITEMS)],
        Some(_) => vec![],
    }
}

/// What a child's rows are grouped by in its parent, if they are groups.
fn grouped_rows(parent: &Combined, child: &str) -> Option<Expr> {
    let mut uses = parent.file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses);
    let each = uses.find(|u| u.collection.value == child)?.each.as_ref()?;
    match &each.kind {
        ExprKind::Select(_, Selector::Group(_, by)) => Some((**by).clone()),
        _ => None,
    }
}

/// The record types of a combined collection. With `diagnostics`, what is missing or unknown is reported.
pub(super) fn collection_types(
    combined: &Arc<Combined>,
    catalog: &Catalog,
    mut diagnostics: Option<&mut Diagnostics>,
) -> Option<LevelTypes> {
    let file = &combined.file;
    let mut missing = |present: bool, key: &str, help: &str| {
        if file.unread.contains(&key) {
            return;
        }
        if let (false, Some(diagnostics)) = (present, diagnostics.as_deref_mut()) {
            diagnostics.push(
                Diagnostic::error("E0128", file.name.span, format!("a collection needs the key `{key}`")).help(help),
            );
        }
    };
    missing(file.record.is_some(), "record", "iPaaS.com's record type: `record: Product`");
    missing(file.direction.is_some(), "direction", "`to` or `from` iPaaS.com");
    missing(file.sync.is_some(), "sync", "`add`, `update`, `add-update`, `delete` or `update-on-delete`");
    missing(file.bigcommerce.is_some(), "bigcommerce", "BigCommerce's record type: `bigcommerce: catalog.product`");
    let ipaas = file.record.as_ref().and_then(|r| known(r, System::Ipaas, catalog, diagnostics.as_deref_mut()));
    let bigcommerce = file.bigcommerce.as_ref().and_then(|b| known(b, System::Bigcommerce, catalog, diagnostics));
    let (ipaas, bigcommerce, direction) = (ipaas?, bigcommerce?, file.direction.as_ref()?.value);
    let (source, target) = match direction {
        Direction::From => (ipaas, bigcommerce.clone()),
        Direction::To => (bigcommerce.clone(), ipaas),
    };
    Some(LevelTypes { direction, sync: file.sync.as_ref()?.value, source, target, bigcommerce })
}

fn known(
    name: &Spanned<String>,
    system: System,
    catalog: &Catalog,
    diagnostics: Option<&mut Diagnostics>,
) -> Option<Arc<RecordType>> {
    if let Some(record) = catalog.record(&name.value).filter(|r| r.system == system) {
        return Some(record.clone());
    }
    let diagnostics = diagnostics?;
    let whose = if system == System::Ipaas { "iPaaS.com" } else { "BigCommerce" };
    let mut diagnostic = Diagnostic::error(
        "E0313",
        name.span,
        format!("`{}` is no record type of {whose} that this version knows", name.value),
    );
    let other = catalog.record(&name.value).is_some();
    diagnostic = match did_you_mean(&name.value, catalog.names(system)) {
        Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near),
        None if other => {
            diagnostic.help("it is one of the other system: `record` is iPaaS.com's, `bigcommerce` BigCommerce's")
        }
        None => diagnostic.help("`mapwright schema` lists the record types"),
    };
    diagnostics.push(diagnostic);
    None
}
