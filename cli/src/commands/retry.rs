//! `retry`: again what waits or failed, or forgets it.

use std::collections::BTreeSet;

use mapwright_language::check::Collection;
use mapwright_transfer::identity::SourceKey;
use mapwright_transfer::state::{Outcome, Settled, Store};
use mapwright_transfer::work::{Selection, direction_word};

use crate::arguments::{Format, Retry};
use crate::kept::state_directory;
use crate::project;
use crate::report;
use crate::subscription::Session;
use crate::terminal::{FAILED, Trouble, note, out, out_json, plural};

use super::collections::{after_deletion, roots, sound};
use super::transfer::{Move, again};
use super::{Result, exit};

pub fn run(arguments: &Retry) -> Result {
    if !arguments.parked && !arguments.failed && arguments.ids.is_empty() {
        return Err(Trouble::usage("say what to try again: ids, `--parked` or `--failed`")
            .help("`mapwright status` lists what waits and what failed"));
    }
    let directory = project::required(arguments.project.project.as_deref())?;
    if arguments.forget {
        let store = Store::open(&state_directory(&directory), "retry --forget").map_err(state)?;
        return forget(&store, arguments);
    }
    let mappings = project::mappings(Some(&directory))?;
    sound(&mappings)?;
    crate::signals::catch();
    let session = Session::open(&directory, "retry")?;
    let meant = Meant::of(&session.store, arguments)?;
    let roots = roots(&mappings);
    let mut moves = Vec::new();
    let mut orphans: Vec<&Settled> = meant.records.iter().collect();
    for collection in &roots {
        let own = |record: &Settled| belongs(record, collection, &roots);
        for record in meant.records.iter().filter(|r| own(r) && r.record.after.is_none()) {
            if *record.record.collection != *collection.name {
                session.store.pass_on(&record.record, &collection.name).map_err(state)?;
            }
        }
        // what runs after a record runs again with that record
        let id = |record: &Settled| record.record.runs_with().id.to_string();
        let mut ids: Vec<String> = meant.records.iter().filter(|r| own(r)).map(id).collect();
        let mut seen = BTreeSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        orphans.retain(|record| !own(record));
        if !ids.is_empty() {
            let selection = if after_deletion(collection.sync) { Selection::Deleted(ids) } else { Selection::Ids(ids) };
            moves.push(Move { collection, selection });
        }
    }
    let nothing = moves.is_empty();
    let reports = again(&session, &mappings.library, moves)?;
    for record in &orphans {
        let id = &record.record.id;
        note(&format!(
            "no collection of this project transfers {} {id} ({} iPaaS.com) any more; `mapwright retry --forget {id}` forgets it",
            record.record_type, record.direction
        ));
    }
    match arguments.format {
        Format::Json => {
            let mut json = report::json(&reports, &session.connection);
            json["neither_parked_nor_failed"] = meant.unknown.clone().into();
            out_json(&json);
        }
        Format::Text if nothing => {
            if meant.unknown.is_empty() && orphans.is_empty() {
                out(&format!("nothing to try again: {}\n", wanted(arguments).1));
            }
        }
        Format::Text => {
            out(&report::text(&reports));
            note(report::calls(&session.connection).trim_end());
        }
    }
    meant.complain(arguments);
    Ok(exit(report::well(&reports) && meant.unknown.is_empty() && orphans.is_empty()))
}

fn forget(store: &Store, arguments: &Retry) -> Result {
    let meant = Meant::of(store, arguments)?;
    let keys: Vec<SourceKey> = meant.records.iter().map(|r| r.record.clone()).collect();
    let forgotten = store.forget(&keys).map_err(state)?;
    match arguments.format {
        Format::Json => {
            let json =
                serde_json::json!({ "forgotten": forgotten, "neither_parked_nor_failed": meant.unknown.clone() });
            out_json(&json);
        }
        Format::Text => out(&format!("forgot {}\n", plural(forgotten, "record"))),
    }
    meant.complain(arguments);
    Ok(exit(meant.unknown.is_empty()))
}

fn state(error: mapwright_transfer::state::StateError) -> Trouble {
    Trouble { message: error.to_string(), help: None, code: FAILED }
}

/// Outcomes that are meant, and what there is when there are none.
fn wanted(arguments: &Retry) -> (&'static [Outcome], &'static str) {
    match (arguments.parked, arguments.failed) {
        (true, false) => (&[Outcome::Parked], "nothing is parked"),
        (false, true) => (&[Outcome::Failed, Outcome::Refused], "nothing failed and nothing was refused"),
        _ => (&[Outcome::Parked, Outcome::Failed, Outcome::Refused], "nothing is parked and nothing failed"),
    }
}

/// The records that a retry is about.
struct Meant {
    records: Vec<Settled>,
    /// Ids that were given and that none of them has.
    unknown: Vec<String>,
}

impl Meant {
    fn of(store: &Store, arguments: &Retry) -> std::result::Result<Meant, Trouble> {
        let mut records = Vec::new();
        for outcome in wanted(arguments).0 {
            records.extend(store.settled_as(*outcome).map_err(state)?);
        }
        if !arguments.ids.is_empty() {
            let means = |record: &Settled| ids_of(record).any(|id| arguments.ids.contains(&id));
            records.retain(means);
        }
        let known: BTreeSet<String> = records.iter().flat_map(ids_of).collect();
        let mut seen = BTreeSet::new();
        let unknown =
            arguments.ids.iter().filter(|id| !known.contains(*id) && seen.insert((*id).clone())).cloned().collect();
        Ok(Meant { records, unknown })
    }

    fn complain(&self, arguments: &Retry) {
        let what = match (arguments.parked, arguments.failed) {
            (true, false) => "is not parked",
            (false, true) => "has not failed",
            _ => "is neither parked nor failed",
        };
        for id in &self.unknown {
            crate::terminal::complain(&Trouble::input(format!("`{}` {what}", id.escape_debug())));
        }
        if !self.unknown.is_empty() {
            note("  help: `mapwright status` lists what waits and what failed");
        }
    }
}

/// The ids under which a record may be meant: its own, and that of the record that it ran after.
fn ids_of(record: &Settled) -> impl Iterator<Item = String> {
    let after = record.record.after.as_ref().map(|_| record.record.runs_with());
    [Some(&record.record), after].into_iter().flatten().map(|key| key.id.to_string())
}

/// Whether a record goes through this collection: that of its last transfer, while the project has it, else any of its
/// type and direction.
fn belongs(record: &Settled, collection: &Collection, roots: &[&Collection]) -> bool {
    let same = |c: &Collection| c.record == record.record_type && direction_word(c.direction) == record.direction;
    let key = record.record.runs_with();
    if record.record.after.is_some() || roots.iter().any(|c| *c.name == *key.collection && same(c)) {
        return *collection.name == *key.collection;
    }
    same(collection) && !after_deletion(collection.sync)
}
