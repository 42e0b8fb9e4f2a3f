//! What is written down and used by nobody: judged where it stands, over all collections that have it from there. A `let` of a base
//! that only one layer uses is used; one that none uses is reported once, in the base.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::combine::Combined;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::mapping_file::{Lookup, MappingFile, SyncType};
use crate::schema::{Call, Catalog, RecordType};
use crate::source::{FileId, Span};
use crate::syntax::tree::On;

use super::checker::Checker;

/// One thing that a file states: for its rules to use, or a rule.
#[derive(Debug)]
struct Stated {
    /// Its name's place: what it is known by.
    span: Span,
    used: bool,
    unless_used: Diagnostic,
}

/// All of them, seen in any collection.
#[derive(Debug, Default)]
pub(super) struct Usage {
    stated: Vec<Stated>,
    /// Where each of them is.
    places: HashMap<Span, usize>,
}

impl Usage {
    fn note(&mut self, span: Span, used: bool, unless_used: impl FnOnce() -> Diagnostic) {
        match self.places.get(&span).and_then(|at| self.stated.get_mut(*at)) {
            Some(known) => known.used |= used,
            None => {
                self.places.insert(span, self.stated.len());
                self.stated.push(Stated { span, used, unless_used: unless_used() });
            }
        }
    }

    /// Reports what no collection uses, in the files of the project. Beside errors nothing is said: what has a mistake may be
    /// what uses it.
    pub fn report(self, active: &[Arc<MappingFile>], collections: &[Arc<Combined>], diagnostics: &mut Diagnostics) {
        let broken = files_with_errors(diagnostics);
        let own = |id: FileId| active.iter().any(|f| f.name.span.file == id);
        // a file that gave nothing at all may extend any other
        let unread = broken.iter().any(|id| !own(*id));
        let chain = |c: &Combined| -> Vec<FileId> { std::iter::once(c.top).chain(c.bases.iter().copied()).collect() };
        let spoilt: Vec<FileId> = collections
            .iter()
            .map(|c| chain(c))
            .filter(|files| files.iter().any(|f| broken.contains(f)))
            .flatten()
            .chain(broken.iter().copied())
            .collect();
        for stated in self.stated {
            let file = stated.span.file;
            if !stated.used && !unread && own(file) && !spoilt.contains(&file) {
                diagnostics.push(stated.unless_used);
            }
        }
    }
}

/// Reports collections that only a parent could start, and that have none.
pub(super) fn orphans(
    active: &[Arc<MappingFile>],
    collections: &[(Arc<Combined>, bool)],
    catalog: &Catalog,
    diagnostics: &mut Diagnostics,
) {
    // what has a mistake may be the parent
    if !files_with_errors(diagnostics).is_empty() {
        return;
    }
    for (one, _) in collections.iter().filter(|(_, is_root)| *is_root) {
        let file = &one.file;
        let source = match file.direction.as_ref().map(|d| d.value) {
            Some(crate::mapping_file::Direction::From) => file.record.as_ref(),
            _ => file.bigcommerce.as_ref(),
        };
        let Some(source) = source.and_then(|name| catalog.record(&name.value)) else { continue };
        let runs = runs_alone(source) || file.active.as_ref().is_some_and(|a| !a.value);
        if runs || !active.iter().any(|f| f.name.span.file == one.top) {
            continue;
        }
        let message = format!(
            "nothing runs `{}`: each {} is read with the record above it, and no collection names this one under `children`",
            file.name.value, source.title
        );
        diagnostics.push(
            Diagnostic::warning("W0505", file.name.span, message)
                .help("name it under `children` of the collection above, or take the file away"),
        );
    }
}

/// Whether records of a type are read without the record above them.
pub(super) fn runs_alone(source: &RecordType) -> bool {
    let alone = |call: &Call| !call.path.contains("{parent");
    let route = &source.route;
    route.read.as_ref().is_some_and(alone) || route.list.as_ref().is_some_and(|l| alone(&l.call))
}

fn files_with_errors(diagnostics: &Diagnostics) -> Vec<FileId> {
    diagnostics.iter().filter(|d| d.severity == Severity::Error).map(|d| d.span.file).collect()
}

impl Checker<'_> {
    /// Notes which rules are for a half of a record's life that this collection leaves out.
    pub fn unreachable_rules(&mut self, sync: SyncType) {
        let Some(level) = self.levels.last() else { return };
        let file = level.combined.file.clone();
        // a record that is found is updated, whatever `sync` says
        let updates = sync != SyncType::Add || file.find_by.is_some();
        let creates = matches!(sync, SyncType::Add | SyncType::AddUpdate);
        if sync == SyncType::Delete {
            return;
        }
        for rule in file.rules.iter().flat_map(|r| &r.value.rules) {
            let (reached, word, does) = match rule.on {
                Some(On::Create) => (creates, "on create", "creates"),
                Some(On::Update) => (updates, "on update", "updates"),
                None => continue,
            };
            self.usage.note(rule.span, reached, || {
                let message = format!("this rule is `{word}`, and the collection never {does} anything");
                Diagnostic::warning("W0506", rule.span, message)
                    .help(format!("take the rule away, or its `{word}`; `sync` says what the collection does"))
            });
        }
    }

    /// Notes which lets, lookups and settings this collection uses.
    pub fn unused(&mut self) {
        let Some(level) = self.levels.last() else { return };
        let file = level.combined.file.clone();
        let (lets, lookups, settings) =
            (level.used_lets.clone(), level.used_lookups.clone(), level.used_settings.clone());
        for l in file.rules.iter().flat_map(|r| &r.value.lets) {
            let used = lets.contains(&l.name.text);
            if !used {
                // its value is checked all the same
                let _ = self.let_value(&l.name);
            }
            self.usage.note(l.name.span, used, || {
                let message = format!("nothing uses the let `{}`", l.name.text);
                Diagnostic::warning("W0501", l.name.span, message).help("take it away").fix(l.span, "")
            });
        }
        // what shares its entries uses it too
        let all = self.others.collections.iter().flat_map(|c| &c.file.lookups).flat_map(|l| &l.value);
        let from = |o: &&Lookup| o.from.as_ref().is_some_and(|f| f.value == file.name.value);
        let shared: HashSet<&str> = all.filter(from).map(|o| o.name.value.as_str()).collect();
        let lookups: HashSet<&str> = lookups.iter().map(String::as_str).collect();
        let settings: HashSet<&str> = settings.iter().map(String::as_str).collect();
        for l in file.lookups.iter().flat_map(|l| &l.value) {
            let shared = shared.contains(l.name.value.as_str());
            self.usage.note(l.name.span, shared || lookups.contains(l.name.value.as_str()), || {
                Diagnostic::warning("W0502", l.span, format!("nothing uses the lookup `{}`", l.name.value))
                    .help("take it away, or write `| lookup(…)` in a rule")
            });
        }
        for s in file.settings.iter().flat_map(|s| &s.value) {
            self.usage.note(s.name.span, settings.contains(s.name.value.as_str()), || {
                Diagnostic::warning("W0503", s.name.span, format!("nothing uses the setting `{}`", s.name.value))
                    .help("take it away")
            });
        }
    }
}
