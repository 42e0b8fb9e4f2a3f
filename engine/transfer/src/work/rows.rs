//! A mapped record and what is there, laid side by side: which rows are new, which differ and in what, which are the same.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use mapwright_language::evaluate::MappedRecord;
use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::{Level, PlannedExternalId};
use mapwright_language::schema::{Read, RecordType, Slot, SlotWrite};
use mapwright_language::value::{Promise, Text, Value};

use crate::connect::links::Link;

use super::compare::is_there;
use super::encode::body;
use super::external_id::external_id;
use super::gone::Gone;
use super::known::{Known, each_row};
use super::present::{Mark, Rows, rows_in_parent};
use super::promise::kept;

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
    /// It stands for a group of source rows, which has no id of its own.
    pub grouped: bool,
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
    /// Rows below.
    pub children: Vec<usize>,
    /// Its end.
    pub end: RowEnd,
    /// Its name within the record, for what is remembered; empty for the root.
    pub key: String,
}

impl Row<'_> {
    /// Its promise, if others can link to it.
    #[must_use]
    pub fn promise(&self) -> Option<Promise> {
        Some(Promise { record_type: self.level.record.clone(), id: self.source_id.clone()? })
    }
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
    /// Rows at the target that are no longer at the source and stay.
    pub left_in_place: u64,
    /// Those that were removed.
    pub removed: u64,
    /// Those of collections that want them removed.
    pub gone: Vec<Gone<'p>>,
}

impl<'p> Group<'p> {
    /// Adds a mapped record and its children; returns the root's row.
    pub fn add(&mut self, root: Row<'p>, mapped: &MappedRecord, source_type: &RecordType, rows: &Rows<'_>) -> usize {
        self.ids.push(HashMap::new());
        let at = self.rows.len();
        let source = root.source.clone();
        self.rows.push(root);
        self.children(at, mapped, source_type, &source, rows);
        at
    }

    fn children(&mut self, at: usize, mapped: &MappedRecord, source_type: &RecordType, source: &Json, rows: &Rows<'_>) {
        let Some(parent) = self.rows.get(at) else { return };
        let (root, level, target, parent_key) = (parent.root, parent.level, parent.target.clone(), parent.key.clone());
        for child in &mapped.children {
            let Some(planned) = level.children.get(child.child as usize) else { continue };
            let Some(slot) = target.route.slots.iter().find(|s| s.name == *planned.slot) else { continue };
            let Some(record) = rows.catalog.record(&slot.record) else { continue };
            let row_source = if let Some(key) = &child.group {
                group_source(key.as_deref())
            } else if planned.each.is_none() {
                self.rows.get(at).map(|p| p.source.clone()).unwrap_or_default()
            } else {
                source_row(rows, source_type, source, &planned.level.source_type, child.source_id.as_deref())
            };
            let key = child.group.as_ref().and_then(|key| key.as_deref());
            let name = child.source_id.as_deref().or(key).map_or_else(|| format!("#{}", child.index), str::to_owned);
            let next = self.rows.len();
            self.rows.push(Row {
                root,
                parent: Some(at),
                slot: Some(slot.clone()),
                level: &planned.level,
                target: record.clone(),
                source_id: child.source_id.clone(),
                grouped: child.group.is_some(),
                source: row_source,
                fields: fields_of(&child.record),
                existing: None,
                id: None,
                external: None,
                state: State::New,
                send: vec![],
                children: vec![],
                end: RowEnd::Open,
                key: if parent_key.is_empty() {
                    format!("{}/{name}", slot.name)
                } else {
                    format!("{parent_key}/{}/{name}", slot.name)
                },
            });
            if let Some(parent) = self.rows.get_mut(at) {
                parent.children.push(next);
            }
            self.children(next, &child.record, source_type, source, rows);
        }
    }

    /// Finds the existing row of every child, in the parents that were read and in what was read for slots of their own
    /// (`own`, by slot record type).
    pub fn match_children(
        &mut self,
        known: &Known,
        direction: Direction,
        rows: &Rows<'_>,
        own: &HashMap<(usize, String), Vec<Json>>,
    ) {
        for row in self.rows.iter_mut().filter(|r| r.parent.is_some()) {
            (row.existing, row.id, row.external, row.state) = (None, None, None, State::New);
        }
        self.left_in_place = 0;
        self.gone.clear();
        for at in 0..self.rows.len() {
            let Some(row) = self.rows.get(at) else { continue };
            if row.id.is_some()
                && let Some(promise) = row.promise()
                && let (Some(ids), Some(id)) = (self.ids.get_mut(row.root), &row.id)
            {
                ids.insert(promise, id.clone());
            }
            if row.external.is_none() {
                let external = self.external_of(at, direction);
                if let Some(row) = self.rows.get_mut(at) {
                    row.external = external;
                }
            }
            let Some(row) = self.rows.get(at) else { continue };
            // a parent that is new has no rows yet, and one that cannot be read tells none
            if row.level.children.is_empty() || row.state == State::New {
                continue;
            }
            let slots: Vec<Slot> = row.target.route.slots.clone();
            for slot in slots {
                let children: Vec<usize> = row_children(&self.rows, at, &slot.name);
                if !self.rows.get(at).is_some_and(|r| r.level.children.iter().any(|c| *c.slot == *slot.name)) {
                    continue;
                }
                let parent = self.rows.get(at).and_then(|r| r.existing.clone());
                let mut there = match &slot.read {
                    Read::InParent(_) => rows_in_parent(rows.catalog, &slot, parent.as_ref()),
                    Read::Call(_) => own.get(&(at, slot.name.clone())).cloned().unwrap_or_default(),
                    Read::Nothing => vec![],
                };
                // links first, then what rows say of themselves, then content: each row is taken once
                for child in self.take_all(&children, &mut there, known, direction, rows) {
                    if let Some(row) = self.rows.get_mut(child) {
                        row.state = State::Same;
                    }
                }
                // what is only written while the parent is made is not looked at again
                if !slot.create_only {
                    let remover = self
                        .rows
                        .get(at)
                        .and_then(|r| r.level.children.iter().find(|c| *c.slot == *slot.name && c.remove_gone));
                    match remover {
                        Some(child) => self.gone.extend(there.into_iter().map(|row| Gone {
                            parent: at,
                            slot: slot.clone(),
                            level: &child.level,
                            row,
                        })),
                        None => self.left_in_place += there.len() as u64,
                    }
                }
                if matches!(slot.read, Read::Nothing) {
                    self.believe_links(&children, known);
                }
            }
        }
    }

    /// Gives rows what was answered for them; which ones found theirs.
    pub fn take_all(
        &mut self,
        children: &[usize],
        there: &mut Vec<Json>,
        known: &Known,
        direction: Direction,
        rows: &Rows<'_>,
    ) -> Vec<usize> {
        let mut taken = Vec::new();
        for by in [By::Link, By::Key, By::Content] {
            for child in children {
                if self.take(*child, by, there, known, direction, rows).is_some() {
                    taken.push(*child);
                }
            }
        }
        taken
    }

    /// Rows that cannot be read: what is linked is there.
    fn believe_links(&mut self, children: &[usize], known: &Known) {
        for child in children {
            let Some(row) = self.rows.get_mut(*child) else { continue };
            if let Some(link) = row.promise().and_then(|p| known.get(&p).flatten()) {
                row.id = Some(known.target_id(&link));
                row.state = State::Same;
            }
        }
    }

    fn take(
        &mut self,
        at: usize,
        by: By,
        there: &mut Vec<Json>,
        known: &Known,
        direction: Direction,
        rows: &Rows<'_>,
    ) -> Option<()> {
        let row = self.rows.get(at)?;
        if row.existing.is_some() {
            return None;
        }
        let external = self.external_of(at, direction);
        let link = row.promise().and_then(|p| known.get(&p).flatten()).map(|l| known.target_id(&l));
        let find_by: Vec<(Arc<str>, Value)> = row
            .level
            .find_by
            .iter()
            .filter_map(|name| {
                let rule = row.level.rules.iter().position(|r| r.label == *name)?;
                let (_, value) = row.fields.iter().find(|(r, _)| *r as usize == rule)?;
                Some((name.clone(), value.clone()))
            })
            .collect();
        let position = match by {
            By::Link => {
                let mark = Mark { id: link.as_deref(), external: external.as_deref(), find_by: &[] };
                rows.position(there, &row.target, mark).or_else(|| {
                    // rows without links of their own: the ids that they are made of (stock of a variant at a location)
                    let external =
                        external.as_deref().filter(|_| direction == Direction::From && row.target.id.is_none())?;
                    there.iter().position(|other| external_id(row.level, other, None).as_deref() == Some(external))
                })
            }
            By::Key if find_by.len() == row.level.find_by.len() && !find_by.is_empty() => {
                rows.position(there, &row.target, Mark { id: None, external: None, find_by: &find_by })
            }
            By::Key => None,
            By::Content => there.iter().position(|other| {
                !row.fields.is_empty()
                    && row.fields.iter().all(|(rule, value)| {
                        row.level
                            .rules
                            .get(*rule as usize)
                            .is_some_and(|r| r.field.write_only || is_there(r, value, other, rows.catalog, rows.zone))
                    })
            }),
        };
        let position = position.filter(|p| *p < there.len())?;
        let existing = there.remove(position);
        let (root, promise) = (row.root, row.promise());
        let id = row.target.id.as_deref().and_then(|id| existing.get(id)?.id()).map(str::to_owned);
        if let (Some(promise), Some(id), Some(ids)) = (promise, &id, self.ids.get_mut(root)) {
            ids.insert(promise, id.clone());
        }
        if let Some(row) = self.rows.get_mut(at) {
            row.existing = Some(existing);
            row.id = id;
        }
        Some(())
    }

    /// Decides what every row needs. `last_sent` gives what was last sent for fields that cannot be read back.
    pub fn compare(&mut self, rows: &Rows<'_>, last_sent: &dyn Fn(&Row<'p>) -> BTreeMap<String, String>) {
        for at in 0..self.rows.len() {
            let Some(row) = self.rows.get(at) else { continue };
            let none = HashMap::new();
            let ids = self.ids.get(row.root).unwrap_or(&none);
            let fields: Vec<(u32, Value)> =
                row.fields.iter().map(|(r, v)| (*r, kept(v, ids).unwrap_or_else(|_| v.clone()))).collect();
            let (state, send) = if row.state == State::New {
                (State::New, fields)
            } else {
                let sent = last_sent(row);
                let whole = fields.clone();
                let send: Vec<(u32, Value)> = fields
                    .into_iter()
                    .filter(|(rule, value)| {
                        let Some(rule) = row.level.rules.get(*rule as usize) else { return false };
                        match &row.existing {
                            Some(existing) if !rule.field.write_only => {
                                !rule.field.create_only && !is_there(rule, value, existing, rows.catalog, rows.zone)
                            }
                            _ => {
                                let text = shown(row.level, &row.target, (rule_at(row.level, rule), value), rows);
                                sent.get(&*rule.label) != Some(&text)
                            }
                        }
                    })
                    .collect();
                match (send.is_empty(), &row.target.id) {
                    (true, _) => (State::Same, send),
                    (false, Some(_)) => (State::Changed, send),
                    // a row without an id of its own is named by its fields: all of them go (stock at a location)
                    (false, None) => (State::Changed, whole),
                }
            };
            if let Some(row) = self.rows.get_mut(at) {
                row.state = state;
                row.send = send;
            }
        }
        // rows that are written in their parent make the parent differ
        for at in (0..self.rows.len()).rev() {
            let Some(row) = self.rows.get(at) else { continue };
            let Some(parent) = row.parent else { continue };
            let differs = row.state != State::Same;
            let only_new = row.slot.as_ref().is_some_and(|s| s.create_only);
            let parent_new = self.rows.get(parent).is_some_and(|p| p.state == State::New);
            let inside = self.is_inside(at);
            if only_new && !parent_new {
                if let Some(row) = self.rows.get_mut(at) {
                    row.state = State::Same;
                    row.end = RowEnd::Unchanged;
                }
            } else if inside
                && differs
                && !parent_new
                && let Some(parent) = self.rows.get_mut(parent)
            {
                parent.state = State::Changed;
            }
        }
    }

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

/// A way to recognise a row.
#[derive(Clone, Copy)]
enum By {
    Link,
    Key,
    Content,
}

/// Children of a row in one slot.
#[must_use]
pub fn row_children(rows: &[Row<'_>], at: usize, slot: &str) -> Vec<usize> {
    let Some(row) = rows.get(at) else { return vec![] };
    let in_slot = |c: &&usize| rows.get(**c).and_then(|r| r.slot.as_ref()).is_some_and(|s| s.name == slot);
    row.children.iter().filter(in_slot).copied().collect()
}

/// A mapped record's fields.
#[must_use]
pub fn fields_of(mapped: &MappedRecord) -> Vec<(u32, Value)> {
    mapped.fields.iter().map(|f| (f.rule, f.value.clone())).collect()
}

/// A field's text as it is sent, for what is remembered of fields that cannot be read back.
#[must_use]
pub fn shown(level: &Level, target: &RecordType, field: (u32, &Value), rows: &Rows<'_>) -> String {
    body(level, &[(field.0, field.1.clone())], target, None, rows.zone)
        .map(|json| mapwright_language::json::write(&json))
        .unwrap_or_default()
}

fn rule_at(level: &Level, rule: &mapwright_language::plan::PlannedRule) -> u32 {
    level.rules.iter().position(|r| std::ptr::eq(r, rule)).and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX)
}

/// A group as far as its external id can be made of it: ids of its rows are no part of one.
#[must_use]
pub fn group_source(key: Option<&str>) -> Json {
    let key = key.map_or(Json::Null, |key| Json::Text(key.into()));
    Json::Object(vec![("key".into(), key)])
}

/// The source row with that id.
fn source_row(rows: &Rows<'_>, root_type: &RecordType, root: &Json, wanted: &str, id: Option<&str>) -> Json {
    let mut found = Json::Null;
    each_row(rows.catalog, root_type, root, &mut |record, row| {
        let this = record.id.as_deref().and_then(|field| row.get(field)?.id());
        if found == Json::Null && record.name == wanted && this.is_some() && this == id {
            found = row.clone();
        }
    });
    found
}
