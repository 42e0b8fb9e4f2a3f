//! The existing row of every child: by its link, by its key, by its content, in this order; each is taken once.

use std::collections::HashMap;
use std::sync::Arc;

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::PlannedRule;
use mapwright_language::schema::{Read, Slot};
use mapwright_language::value::Value;

use super::{Group, Row, State, row_children};
use crate::work::compare::is_there;
use crate::work::external_id::external_id;
use crate::work::gone::Gone;
use crate::work::known::Known;
use crate::work::present::{Mark, Rows, rows_in_parent};
use crate::work::promise::kept;

/// A way to recognise a row.
#[derive(Clone, Copy)]
enum By {
    Link,
    Key,
    Content,
}

impl<'p> Group<'p> {
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
        self.left_in_place.clear();
        self.there.clear();
        self.gone.clear();
        for at in 0..self.rows.len() {
            let Some(row) = self.rows.get(at) else { continue };
            if let Some(id) = row.id.clone() {
                self.is_there_as(at, id, direction);
            }
            let Some(row) = self.rows.get(at) else { continue };
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
            let (root, slots): (usize, Vec<Slot>) = (row.root, row.target.route.slots.clone());
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
                let record = rows.catalog.record(&slot.record).and_then(|record| record.id.as_deref());
                let ids = there.iter().filter_map(|row| row.get(record?)?.id().map(str::to_owned)).collect();
                self.there.insert((at, slot.name.clone()), ids);
                // links first, then what rows say of themselves, then content: each row is taken once
                let mut taken = self.take_all(&children, &mut there, known, direction, rows);
                taken.extend(self.take_made(&children, &mut there, direction, rows));
                for child in taken {
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
                        None => *self.left_in_place.entry(root).or_default() += there.len() as u64,
                    }
                }
                if matches!(slot.read, Read::Nothing) {
                    self.believe_links(&children, known, direction);
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

    /// The fields that tell a row from others by its content, promises kept as far as they can be: those that its slot names, else
    /// all that rules write.
    fn telling<'r>(&self, row: &'r Row<'p>) -> Vec<(&'r PlannedRule, Value)> {
        let ids = self.ids.get(row.root);
        let fields = row.fields.iter().filter_map(|(rule, value)| {
            let known = ids.and_then(|ids| kept(value, ids).ok());
            Some((row.level.rules.get(*rule as usize)?, known.unwrap_or_else(|| value.clone())))
        });
        let all: Vec<(&PlannedRule, Value)> = fields.collect();
        let named = |rule: &PlannedRule| row.slot.iter().any(|s| s.same_by.iter().any(|name| **name == *rule.label));
        let own: Vec<(&PlannedRule, Value)> = all.iter().filter(|(rule, _)| named(rule)).cloned().collect();
        if own.is_empty() { all } else { own }
    }

    /// Keeps the promise of a row that is there.
    pub fn is_there_as(&mut self, at: usize, id: String, direction: Direction) {
        let Some(root) = self.rows.get(at).map(|row| row.root) else { return };
        if let (Some(promise), Some(ids)) = (self.promise(at, direction), self.ids.get_mut(root)) {
            ids.insert(promise, id);
        }
    }

    /// Rows that cannot be read: what is linked is there.
    fn believe_links(&mut self, children: &[usize], known: &Known, direction: Direction) {
        for child in children {
            let link = self.link_key(*child, direction).and_then(|key| known.get(&key).flatten());
            if let (Some(row), Some(link)) = (self.rows.get_mut(*child), link) {
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
        let link = self.link_key(at, direction).and_then(|key| known.get(&key).flatten()).map(|l| known.target_id(&l));
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
            By::Content => {
                let telling = self.telling(row);
                there.iter().position(|other| {
                    !telling.is_empty()
                        && telling.iter().all(|(rule, value)| {
                            !rule.field.comparable() || is_there(rule, value, other, rows.catalog, rows.zone)
                        })
                })
            }
        };
        let position = position.filter(|p| *p < there.len())?;
        let existing = there.remove(position);
        let id = row.target.id.as_deref().and_then(|id| existing.get(id)?.id()).map(str::to_owned);
        if let Some(id) = &id {
            self.is_there_as(at, id.clone(), direction);
        }
        if let Some(row) = self.rows.get_mut(at) {
            row.existing = Some(existing);
            row.id = id;
        }
        Some(())
    }
}
