//! Links that are known in a run: told by records that were read, looked up, or just saved. What is known to be missing is
//! known too, so that nothing is asked twice.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use mapwright_language::evaluate::{FindAnswer, LinkAnswer, Outside, RecordAnswer, Search};
use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::Level;
use mapwright_language::schema::{Catalog, Field, FieldKind, RecordType, System};
use mapwright_language::value::Promise;

use crate::connect::links::{Link, own_id, told_by};
use crate::identity::LinkKey;

use super::others::Others;

/// Deepest nesting of records in records.
const MOST_DEPTH: usize = 8;

/// How ids begin that a dry run gives to what it would make.
pub const PRETENDED: &str = "(new ";

/// Links by the source system's side of them.
pub struct Known {
    direction: Direction,
    links: Mutex<HashMap<LinkKey, Option<Link>>>,
    turns: Mutex<HashMap<LinkKey, Arc<tokio::sync::Mutex<()>>>>,
    others: Others,
}

impl Known {
    /// Nothing is known.
    #[must_use]
    pub fn new(direction: Direction) -> Self {
        Known { direction, links: Mutex::default(), turns: Mutex::default(), others: Others::default() }
    }

    /// What is known of a link; outer none: nothing.
    #[must_use]
    #[allow(clippy::option_option)] // unknown, missing, linked
    pub fn get(&self, of: &LinkKey) -> Option<Option<Link>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner).get(of).cloned()
    }

    /// Other records that are there, as they were read.
    #[must_use]
    pub fn others(&self) -> &Others {
        &self.others
    }

    /// Whose turn it is to look a link up.
    #[must_use]
    pub fn turn(&self, of: &LinkKey) -> Arc<tokio::sync::Mutex<()>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).entry(of.clone()).or_default().clone()
    }

    /// Learns of a link, or that there is none.
    pub fn learn(&self, of: LinkKey, link: Option<Link>) {
        self.links.lock().unwrap_or_else(PoisonError::into_inner).insert(of, link);
    }

    /// Takes a record that a dry run would make for linked, under an id that says what it is.
    pub fn pretend(&self, of: &LinkKey) {
        if matches!(self.get(of), Some(Some(_))) {
            return;
        }
        let id: Arc<str> = format!("{PRETENDED}{} {})", of.record_type, of.id).into();
        let link = match self.direction {
            Direction::From => Link { external: id, internal: of.id.as_str().into() },
            Direction::To => Link { external: of.id.as_str().into(), internal: id },
        };
        self.learn(of.clone(), Some(link));
    }

    /// The target system's id of a link.
    #[must_use]
    pub fn target_id(&self, link: &Link) -> String {
        match self.direction {
            Direction::From => own_id(&link.external),
            Direction::To => link.internal.to_string(),
        }
    }

    /// Learns what a source record of iPaaS.com tells of itself and its parts.
    pub fn learn_from(&self, catalog: &Catalog, record: &RecordType, source: &Json, system_id: &str) {
        if record.system != System::Ipaas {
            return;
        }
        each_row(catalog, record, source, &mut |record, row| {
            let Some(id_field) = &record.id else { return };
            if let (Some(told), Some(id)) = (told_by(row, id_field, system_id), row.get(id_field).and_then(Json::id)) {
                let of = LinkKey::new(record.name.as_str(), id);
                // what was read before its link was saved knows nothing of it
                if told.is_some() || !matches!(self.get(&of), Some(Some(_))) {
                    self.learn(of, told);
                }
            }
        });
    }
}

/// Visits a record and every record in it.
pub fn each_row(catalog: &Catalog, record: &RecordType, row: &Json, visit: &mut dyn FnMut(&RecordType, &Json)) {
    visit(record, row);
    for (name, field) in record.fields.iter() {
        if let Some(inner) = row.get(name) {
            inside(catalog, field, inner, visit, 0);
        }
    }
}

fn inside(catalog: &Catalog, field: &Field, json: &Json, visit: &mut dyn FnMut(&RecordType, &Json), depth: usize) {
    if depth > MOST_DEPTH {
        return;
    }
    match (field.kind, json) {
        (FieldKind::List, Json::List(items)) => {
            if let Some(of) = field.of.as_deref().filter(|of| of.kind == FieldKind::Record) {
                items.iter().for_each(|item| inside(catalog, of, item, visit, depth + 1));
            }
        }
        (FieldKind::Record, Json::Object(_)) => {
            let Some((fields, record)) = catalog.fields(field) else { return };
            if let Some(record) = record {
                visit(record, json);
            }
            for (name, inner) in fields.iter() {
                if let Some(json) = json.get(name) {
                    inside(catalog, inner, json, visit, depth + 1);
                }
            }
        }
        _ => {}
    }
}

/// Rows that this transfer would write, as rules name them: the source record by its link, the parts of it by their ids, as far
/// as a collection takes records of their type.
#[must_use]
pub fn in_transfer(
    catalog: &Catalog,
    root: &Level,
    source_type: &RecordType,
    source: &Json,
    itself: Option<&LinkKey>,
) -> HashSet<Promise> {
    let mut levels: Vec<(&str, &Arc<str>)> = Vec::new();
    fn gather<'a>(level: &'a Level, levels: &mut Vec<(&'a str, &'a Arc<str>)>) {
        for child in &level.children {
            levels.push((&*child.level.source_type, &child.level.record));
            gather(&child.level, levels);
        }
    }
    gather(root, &mut levels);
    let mut found: HashSet<Promise> = itself.map(LinkKey::as_promise).into_iter().collect();
    each_row(catalog, source_type, source, &mut |record, row| {
        let Some(id) = record.id.as_deref().and_then(|id| row.get(id)?.id()) else { return };
        for (source_type, record_type) in &levels {
            if *source_type == record.name {
                found.insert(Promise { record_type: (*record_type).clone(), id: id.into() });
            }
        }
    });
    found
}

/// The links of one record's evaluation.
pub struct RecordLinks<'a> {
    /// What the run knows.
    pub known: &'a Known,
    /// What this transfer writes.
    pub in_transfer: &'a HashSet<Promise>,
    /// Of these, what it turned out not to write.
    pub dropped: &'a HashSet<Promise>,
    /// Other records that were looked for and are not there.
    pub others: &'a Others,
    /// Other records that are there, with all that rules read of them.
    pub completed: &'a Others,
    /// Records that were to go before it and had their turn.
    pub tried: &'a HashSet<Promise>,
    /// The record itself and its id at the target, once that is known.
    pub itself: Option<(&'a LinkKey, &'a str)>,
    /// Links that rules asked for and that are not there: what is written without them is written again once they are.
    pub lacking: RefCell<BTreeSet<LinkKey>>,
}

impl Outside for RecordLinks<'_> {
    fn link(&self, record_type: &str, id: &str) -> LinkAnswer {
        let key = LinkKey::new(record_type, id);
        if let Some((_, id)) = self.itself.filter(|(itself, _)| **itself == key) {
            return LinkAnswer::Linked(id.into());
        }
        let wanted = key.as_promise();
        if self.in_transfer.contains(&wanted) && !self.dropped.contains(&wanted) {
            return LinkAnswer::Promised;
        }
        match self.known.get(&key) {
            Some(Some(link)) => LinkAnswer::Linked(self.known.target_id(&link).into()),
            Some(None) => {
                self.lacking.borrow_mut().insert(key);
                LinkAnswer::Missing
            }
            None => LinkAnswer::Unknown,
        }
    }

    fn tried(&self, record: &Promise) -> bool {
        self.tried.contains(record)
    }

    fn find(&self, search: &Search) -> FindAnswer {
        self.others.find(search).or_else(|| self.known.others().find(search)).unwrap_or(FindAnswer::Unknown)
    }

    fn record(&self, record_type: &str, id: &str) -> RecordAnswer {
        let known = self.others.record(record_type, id).or_else(|| self.completed.record(record_type, id));
        known.unwrap_or(RecordAnswer::Unknown)
    }
}
