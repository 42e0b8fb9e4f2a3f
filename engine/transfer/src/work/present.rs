//! What is there at the target: the root record and, below it, the rows that child rows of the source belong to.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use mapwright_language::evaluate::{ChildKey, Target, TargetState};
use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::{Level, PlannedChild, PlannedExternalId};
use mapwright_language::schema::{Catalog, Read, RecordType, Slot};
use mapwright_language::value::Value;

use crate::connect::answer::in_write_form;
use crate::connect::links::told_by;
use crate::connect::records::agrees;
use crate::identity::LinkKey;

use super::external_id::external_id;
use super::known::Known;
use super::rows::{group_source, source_row};

/// What is known of the root.
#[derive(Debug, Clone, PartialEq)]
pub enum Root {
    /// Nobody has looked.
    Unknown,
    /// There is none.
    Creating,
    /// It is there: its id and, if it can be read, its content.
    Existing(String, Option<Json>),
}

/// How a row is recognised.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    /// Its id at the target, from its link.
    pub id: Option<&'a str>,
    /// Its external id, which rows of iPaaS.com carry.
    pub external: Option<&'a str>,
    /// Values of `find_by` fields.
    pub find_by: &'a [(Arc<str>, Value)],
}

/// What rows are compared with.
pub struct Rows<'a> {
    /// Record types.
    pub catalog: &'a Catalog,
    /// For times without offset.
    pub zone: &'a TimeZone,
    /// The subscription's id in iPaaS.com.
    pub system_id: &'a str,
}

impl Rows<'_> {
    /// The place of the row that a mark means: by link, by external id, by `find_by` among those not linked to something else.
    #[must_use]
    pub fn position(&self, rows: &[Json], record: &RecordType, mark: Mark<'_>) -> Option<usize> {
        let id_of = |row: &Json| record.id.as_deref().and_then(|id| row.get(id)?.id()).map(str::to_owned);
        if let Some(id) = mark.id
            && let Some(at) = rows.iter().position(|row| id_of(row).as_deref() == Some(id))
        {
            return Some(at);
        }
        let link = |row: &Json| record.id.as_deref().and_then(|id| told_by(row, id, self.system_id)).flatten();
        if let Some(external) = mark.external
            && let Some(at) = rows.iter().position(|row| link(row).is_some_and(|l| &*l.external == external))
        {
            return Some(at);
        }
        if mark.find_by.is_empty() {
            return None;
        }
        rows.iter().position(|row| link(row).is_none() && agrees(self.catalog, record, row, mark.find_by, self.zone))
    }
}

/// The rows of a slot in a parent that was read.
#[must_use]
pub fn rows_in_parent(catalog: &Catalog, slot: &Slot, parent: Option<&Json>) -> Vec<Json> {
    let (Read::InParent(field), Some(parent), Some(record)) = (&slot.read, parent, catalog.record(&slot.record)) else {
        return vec![];
    };
    match parent.get(field) {
        Some(Json::List(items)) => items.iter().map(|row| in_write_form(record, row.clone(), parent)).collect(),
        Some(row @ Json::Object(_)) => vec![in_write_form(record, row.clone(), parent)],
        _ => vec![],
    }
}

/// The target of one record's evaluation.
pub struct Present<'a> {
    /// The root record.
    pub root: &'a Root,
    /// The plan's root level.
    pub level: &'a Level,
    /// The source record.
    pub source: &'a Json,
    /// The root's external id, where the source tells it.
    pub external: Option<String>,
    /// How rows are compared.
    pub rows: Rows<'a>,
    /// Links of child rows.
    pub known: &'a Known,
    /// Rows found on the way, by their path.
    pub found: RefCell<HashMap<Path, Option<Json>>>,
    /// Rows of slots with a call of their own, as far as they were read: by the parent's path and the slot.
    pub read: &'a SlotRows,
    /// Slots that would have to be read first.
    pub wanted: RefCell<Vec<Wanted>>,
}

/// Rows of slots, by the parent's path and the slot.
pub type SlotRows = HashMap<(Path, Arc<str>), Vec<Json>>;

/// A slot that has to be read: where its parents are.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The parent's path.
    pub path: Path,
    /// The slot.
    pub slot: Slot,
    /// Ids of the parent and what is above it, nearest first.
    pub parents: Vec<String>,
}

/// Slots and indices from the root.
pub type Path = Vec<(Arc<str>, u32)>;

impl Target for Present<'_> {
    fn root(&self, _: &[(Arc<str>, Value)]) -> TargetState {
        match self.root {
            Root::Unknown => TargetState::Unknown,
            Root::Creating => TargetState::Creating,
            Root::Existing(_, json) => TargetState::Existing(json.clone()),
        }
    }

    fn child(&self, key: &ChildKey<'_>) -> TargetState {
        let parent = match (key.above, self.root) {
            ([], Root::Existing(_, json)) => json.clone(),
            ([], _) => None,
            (above, _) => self.found.borrow().get(above).cloned().flatten(),
        };
        let parent_type = self.parent_type(key.above);
        let slot = parent_type.and_then(|t| t.route.slots.iter().find(|s| s.name == key.slot));
        let mut row = None;
        if let (Some(slot), Some(parent), Some(record)) =
            (slot, parent, slot.and_then(|s| self.rows.catalog.record(&s.record)))
        {
            let rows = match (&slot.read, self.read.get(&(key.above.to_vec(), key.slot.into()))) {
                (Read::Call(_), None) => {
                    let Some(parents) = self.ids(key.above) else { return TargetState::Creating };
                    let wanted = Wanted { path: key.above.to_vec(), slot: slot.clone(), parents };
                    let mut all = self.wanted.borrow_mut();
                    if !all.contains(&wanted) {
                        all.push(wanted);
                    }
                    return TargetState::Unknown;
                }
                (Read::Call(_), Some(rows)) => rows.clone(),
                _ => rows_in_parent(self.rows.catalog, slot, Some(&parent)),
            };
            let external = self.external_of(key);
            let linked = self.link_key(key, external.as_deref()).and_then(|key| {
                let link = self.known.get(&key).flatten()?;
                Some(self.known.target_id(&link))
            });
            let mark = Mark { id: linked.as_deref(), external: external.as_deref(), find_by: key.find_by };
            row = self.rows.position(&rows, record, mark).and_then(|at| rows.into_iter().nth(at));
        }
        let mut path: Path = key.above.to_vec();
        path.push((key.slot.into(), key.index));
        self.found.borrow_mut().insert(path, row.clone());
        row.map_or(TargetState::Creating, |row| TargetState::Existing(Some(row)))
    }
}

impl Present<'_> {
    /// Ids of the row at a path and of what is above it, nearest first.
    fn ids(&self, path: &[(Arc<str>, u32)]) -> Option<Vec<String>> {
        let Root::Existing(root, _) = self.root else { return None };
        let mut ids = vec![root.clone()];
        let found = self.found.borrow();
        for depth in 1..=path.len() {
            let above = path.get(..depth)?;
            let id = self.parent_type(above)?.id.as_deref()?;
            ids.insert(0, found.get(above)?.as_ref()?.get(id)?.id()?.to_owned());
        }
        Some(ids)
    }

    /// The external id of a row in the root that is known before it is written: BigCommerce's record is the source.
    fn external_of(&self, key: &ChildKey<'_>) -> Option<String> {
        let (child, []) = (self.planned(key)?, key.above) else { return None };
        let source = match key.group {
            Some(group) => group_source(Some(group)),
            None if self.level.direction == Direction::From => return None,
            None if child.each.is_none() => self.source.clone(),
            None => source_row(
                self.rows.catalog,
                self.rows.catalog.record(&self.level.source_type)?,
                self.source,
                &child.level.source_type,
                key.source_id,
            ),
        };
        external_id(&child.level, &source, self.external.as_deref())
    }

    /// What a row is linked as; rows of collections without external ids are not linked, whatever record they are made of.
    fn link_key(&self, key: &ChildKey<'_>, external: Option<&str>) -> Option<LinkKey> {
        if matches!(self.planned(key)?.level.external_id, PlannedExternalId::None) {
            return None;
        }
        let id = if self.level.direction == Direction::To { external } else { key.source_id };
        Some(LinkKey::new(key.record_type, id?))
    }

    fn planned(&self, key: &ChildKey<'_>) -> Option<&PlannedChild> {
        let mut levels = vec![self.level];
        for (slot, _) in key.above {
            let below = levels.iter().flat_map(|level| &level.children).filter(|child| child.slot == *slot);
            levels = below.map(|child| &child.level).collect();
        }
        let uses = |child: &&PlannedChild| *child.slot == *key.slot && *child.level.collection == *key.collection;
        levels.into_iter().flat_map(|level| &level.children).find(uses)
    }

    fn parent_type(&self, above: &[(Arc<str>, u32)]) -> Option<&Arc<RecordType>> {
        let mut record = self.rows.catalog.record(&self.level.target_type)?;
        for (slot, _) in above {
            let slot = record.route.slots.iter().find(|s| s.name == **slot)?;
            record = self.rows.catalog.record(&slot.record)?;
        }
        Some(record)
    }
}
