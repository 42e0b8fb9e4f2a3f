//! A mapped record and what is there, laid side by side: which rows are new, which differ and in what, which are the same.

mod added;
mod differing;
mod made;
mod matched;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::{Level, PlannedExternalId};
use mapwright_language::schema::{RecordType, Slot, SlotWrite};
use mapwright_language::value::{Promise, Text, Value};
use tokio::time::Instant;

use crate::connect::links::Link;

use crate::identity::LinkKey;

use super::encode::body;
use super::external_id::external_id;
use super::gone::Gone;
use super::promise::kept;
use super::settling::Open;
use super::unwanted::Unwanted;

pub use added::{fields_of, group_source, source_row};
pub use differing::shown;

/// What has to be done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is not there.
    New,
    /// It is there and differs.
    Changed,
    /// It is there and is the same.
    Same,
}

/// How a row ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowEnd {
    /// Not yet.
    Open,
    /// It was sent.
    Written,
    /// It was the same, or its slot is written with new parents only.
    Unchanged,
    /// It could not be written.
    Failed(String),
    /// It waits for a row that was not written.
    Waits(Promise),
    /// It was sent and nobody knows what became of it.
    Unknown(String),
    /// It may be there, though reads do not show it: until then it is looked for again.
    Held(Instant),
}

/// One row: a root record or a child.
#[derive(Debug, Clone)]
pub struct Row<'p> {
    /// Its root record: index in the group.
    pub root: usize,
    /// The row above.
    pub parent: Option<usize>,
    /// The slot it is in.
    pub slot: Option<Slot>,
    /// Its collection.
    pub level: &'p Level,
    /// Its record type at the target.
    pub target: Arc<RecordType>,
    /// Its id in the source system.
    pub source_id: Option<Text>,
    /// The source row, where external ids are made of it.
    pub source: Json,
    /// What the rules say.
    pub fields: Vec<(u32, Value)>,
    /// What is there.
    pub existing: Option<Json>,
    /// Its id at the target.
    pub id: Option<String>,
    /// Its external id, once known.
    pub external: Option<String>,
    /// What has to be done.
    pub state: State,
    /// Fields to send.
    pub send: Vec<(u32, Value)>,
    /// What differs and is written only when the row is made: fields and slots.
    pub unwritable: Vec<String>,
    /// Rows below.
    pub children: Vec<usize>,
    /// Its end.
    pub end: RowEnd,
    /// Its name within the record, for what is remembered; empty for the root.
    pub key: String,
}

/// All rows of a group of root records; parents stand before their children.
#[derive(Default)]
pub struct Group<'p> {
    /// The rows.
    pub rows: Vec<Row<'p>>,
    /// Per root record: ids of rows that are there, so that promises can be kept.
    pub ids: Vec<HashMap<Promise, String>>,
    /// Root records whose rows are not linked: found ones that are updated without.
    pub linkless: HashSet<usize>,
    /// Links that give way to those of root records.
    pub replaces: HashMap<usize, Link>,
    /// Per root record: open entries of the journal.
    pub intended: Vec<Vec<Open>>,
    /// Root records of which a call may have created something.
    pub added_to: HashSet<usize>,
    /// By parent and slot: ids of the rows that are there.
    pub there: HashMap<(usize, String), Vec<String>>,
    /// Per root record: rows that only the target has, and that stay.
    pub left_in_place: HashMap<usize, u64>,
    /// Those that were removed.
    pub removed: u64,
    /// Those of collections that want them removed.
    pub gone: Vec<Gone<'p>>,
    /// Rows of dictionaries that rules clear, or that share their name with another.
    pub unwanted: Vec<Unwanted>,
}

impl<'p> Group<'p> {
    /// Whether a row goes in its parent's body.
    #[must_use]
    pub fn is_inside(&self, at: usize) -> bool {
        let Some(row) = self.rows.get(at) else { return false };
        let parent_new = row.parent.and_then(|p| self.rows.get(p)).is_some_and(|p| p.state == State::New);
        match row.slot.as_ref().map(|s| s.write) {
            Some(SlotWrite::Inside) => true,
            Some(SlotWrite::InsideOnCreate) => parent_new,
            Some(SlotWrite::Own) | None => false,
        }
    }

    /// Ids of the rows above, nearest first.
    #[must_use]
    pub fn ids_above(&self, at: usize) -> Option<Vec<String>> {
        let mut ids = Vec::new();
        let mut parent = self.rows.get(at)?.parent;
        while let Some(at) = parent {
            let row = self.rows.get(at)?;
            ids.push(row.id.clone()?);
            parent = row.parent;
        }
        Some(ids)
    }

    /// What a row is linked as, as far as that is known: on the way to iPaaS.com its external id, on the way from it its own id.
    #[must_use]
    pub fn link_key(&self, at: usize, direction: Direction) -> Option<LinkKey> {
        let row = self.rows.get(at)?;
        if matches!(row.level.external_id, PlannedExternalId::None) {
            return None;
        }
        let id = match direction {
            Direction::To => row.external.clone().or_else(|| self.external_of(at, direction))?.into(),
            Direction::From => row.source_id.clone()?,
        };
        Some(LinkKey { record_type: row.level.record.clone(), id })
    }

    /// How rules of this record name a row: the root by its link, rows in it by their own ids. A row that is made of the root
    /// itself does not take its name.
    #[must_use]
    pub fn promise(&self, at: usize, direction: Direction) -> Option<Promise> {
        let row = self.rows.get(at)?;
        let Some(_) = row.parent else { return self.link_key(at, direction).map(|key| key.as_promise()) };
        let promise = Promise { record_type: row.level.record.clone(), id: row.source_id.clone()? };
        let mut root = row;
        while let Some(parent) = root.parent {
            root = self.rows.get(parent)?;
        }
        let same = root.level.record == promise.record_type && root.source_id.as_ref() == Some(&promise.id);
        (!same).then_some(promise)
    }

    /// The external id of a row, as far as what it is made of is known: BigCommerce's record is the source, or what is
    /// there together with what is sent.
    #[must_use]
    pub fn external_of(&self, at: usize, direction: Direction) -> Option<String> {
        let row = self.rows.get(at)?;
        if matches!(row.level.external_id, PlannedExternalId::None) {
            return None;
        }
        let parent = row.parent.and_then(|p| self.rows.get(p)).and_then(|p| p.external.as_deref());
        if direction == Direction::To {
            return external_id(row.level, &row.source, parent);
        }
        let mut record = row.existing.clone().unwrap_or_else(|| Json::Object(vec![]));
        let ids = self.ids.get(row.root)?;
        let fields: Vec<(u32, Value)> = row.fields.iter().filter_map(|(r, v)| Some((*r, kept(v, ids).ok()?))).collect();
        let written = body(row.level, &fields, &row.target, None, &jiff::tz::TimeZone::UTC).ok()?;
        for (key, value) in written.entries() {
            record.set(key, value.clone());
        }
        if let (Some(field), Some(id)) = (&row.target.id, &row.id) {
            record.set(field, Json::Text(id.as_str().into()));
        }
        external_id(row.level, &record, parent)
    }
}

/// Children of a row in one slot.
#[must_use]
pub fn row_children(rows: &[Row<'_>], at: usize, slot: &str) -> Vec<usize> {
    let Some(row) = rows.get(at) else { return vec![] };
    let in_slot = |c: &&usize| rows.get(**c).and_then(|r| r.slot.as_ref()).is_some_and(|s| s.name == slot);
    row.children.iter().filter(in_slot).copied().collect()
}
