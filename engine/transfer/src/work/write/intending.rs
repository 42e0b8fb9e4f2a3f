//! What a call may create, noted before it is sent. A call that may create is never simply repeated: after a lost answer the record
//! is read again, and what is not there is sent again only once reads show all that was written before.

use mapwright_language::json::Json;
use mapwright_language::plan::PlannedExternalId;
use mapwright_language::schema::{Call, Read, RecordType, Repeat};
use tokio::time::Instant;

use crate::connect::answer::Refusal;
use crate::connect::duplicate::is_duplicate;
use crate::connect::wire::Request;
use crate::http::request::method_name;
use crate::state::Intention;
use crate::work::engine::Halt;
use crate::work::memory::direction_word;
use crate::work::rows::{RowEnd, State};

use super::Writer;

/// What a call may create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Creates {
    /// It changes what is there, or sets an absolute value: it may be repeated.
    Nothing,
    /// These rows of the group, or rows without a place of their own inside the first.
    Rows(Vec<usize>),
}

impl Creates {
    /// Of several records that go in one call.
    pub fn of(each: impl Iterator<Item = Creates>) -> Creates {
        let rows: Vec<usize> = each.flat_map(|creates| creates.rows().to_vec()).collect();
        if rows.is_empty() { Creates::Nothing } else { Creates::Rows(rows) }
    }

    /// Whether the call may be sent again when its answer was lost.
    pub fn repeat(&self, call: &Call) -> Repeat {
        if *self == Creates::Nothing { call.repeat } else { Repeat::LookUpFirst }
    }

    /// The rows.
    pub fn rows(&self) -> &[usize] {
        if let Creates::Rows(rows) = self { rows } else { &[] }
    }
}

impl Writer<'_, '_> {
    /// What the call that writes a row may create: the row itself, rows in its body, or named rows in a field of it.
    pub(super) fn creates(&self, at: usize, call: &Call, body: &Json) -> Creates {
        let is_new = |at: &usize| self.group.rows.get(*at).is_some_and(|row| row.state == State::New);
        // stock at a location is new too, and set as an absolute value
        let mut rows: Vec<usize> = if call.repeat == Repeat::LookUpFirst { vec![at] } else { vec![] };
        rows.retain(is_new);
        rows.extend(self.inside(at).into_iter().filter(is_new));
        if rows.is_empty() && self.group.rows.get(at).is_some_and(|row| adds_named_rows(&row.target, body)) {
            rows.push(at);
        }
        if rows.is_empty() { Creates::Nothing } else { Creates::Rows(rows) }
    }

    /// When a call may be sent that creates; none: now. A row that an earlier call may have made, and one that reads may not
    /// show yet, is looked for again until then.
    pub(super) fn held(&self, creates: &Creates) -> Result<Option<Instant>, Halt> {
        let mut until: Option<Instant> = None;
        for at in creates.rows() {
            let Some(row) = self.group.rows.get(*at) else { continue };
            let opened = self.opened(*at).filter(|open| !open.is_settled()).map(|open| open.settles);
            until = until.max(opened.max());
            // no link of it is known: it cannot have been there a moment ago
            let linked = !matches!(row.level.external_id, PlannedExternalId::None);
            if linked && row.state == State::New && !self.was_linked(*at)? {
                continue;
            }
            // nor can what goes into a row that is new itself
            let above = row.parent.and_then(|parent| self.group.rows.get(parent));
            if row.state == State::New && above.is_none_or(|above| above.state == State::New) {
                continue;
            }
            until = until.max(self.memory.shows(self.root_id(row.root))?);
        }
        Ok(until)
    }

    /// Whether a link of a row is remembered, though the row is not there.
    fn was_linked(&self, at: usize) -> Result<bool, Halt> {
        let Some(key) = self.group.link_key(at, self.direction) else { return Ok(false) };
        if matches!(self.known.get(&key), Some(Some(_))) {
            return Ok(true);
        }
        Ok(self.memory.link(&key.record_type, &key.id)?.is_some())
    }

    /// Open entries of a row.
    fn opened(&self, at: usize) -> impl Iterator<Item = &crate::work::settling::Open> {
        let row = self.group.rows.get(at);
        let of = row.and_then(|row| self.group.intended.get(row.root)).map(Vec::as_slice).unwrap_or_default();
        of.iter().filter(move |open| row.is_some_and(|row| row.key == open.intention.row))
    }

    fn entries(&self, rows: &[usize]) -> Vec<i64> {
        rows.iter().flat_map(|at| self.opened(*at)).map(|open| open.entry).collect()
    }

    /// Why a row is not to be made again: it was refused as a duplicate, and still it is not found.
    pub(super) fn refused_before(&self, creates: &Creates) -> Option<(usize, String)> {
        creates.rows().iter().find_map(|at| Some((*at, self.opened(*at).find_map(|open| open.refused.clone())?)))
    }

    /// Notes what a request may create before it is sent; what is noted already stays.
    pub(super) fn intend(&mut self, creates: &Creates, request: &Request) -> Result<(), Halt> {
        let path = request.path.split('?').next().unwrap_or_default();
        let request = format!("{} {path}", method_name(request.method));
        let new: Vec<usize> = creates.rows().iter().copied().filter(|at| self.opened(*at).next().is_none()).collect();
        let intentions: Vec<Intention> = new
            .iter()
            .filter_map(|at| {
                let row = self.group.rows.get(*at)?;
                let root = self.group.rows.iter().find(|r| r.root == row.root && r.parent.is_none())?;
                Some(Intention {
                    record: self.memory.key(self.root_id(row.root)),
                    record_type: root.level.record.to_string(),
                    direction: direction_word(self.direction).to_owned(),
                    row: row.key.clone(),
                    request: request.clone(),
                    there: self.there(*at),
                })
            })
            .collect();
        let opened = self.memory.intend(intentions)?;
        for (at, open) in new.iter().zip(opened) {
            let Some(root) = self.group.rows.get(*at).map(|row| row.root) else { continue };
            if let Some(intended) = self.group.intended.get_mut(root) {
                intended.push(open);
            }
        }
        self.engine.settling.under_way(&self.entries(creates.rows()));
        Ok(())
    }

    /// Ids of the rows that were in a row's slot.
    fn there(&self, at: usize) -> Option<Vec<String>> {
        let row = self.group.rows.get(at)?;
        let (slot, parent) = (row.slot.as_ref()?, row.parent?);
        if self.group.rows.get(parent).is_some_and(|p| p.state == State::New) {
            return Some(vec![]);
        }
        if matches!(slot.read, Read::Nothing) {
            return None;
        }
        Some(self.group.there.get(&(parent, slot.name.clone())).cloned().unwrap_or_default())
    }

    /// Reads may show from now on what a lost answer would have told.
    pub(super) fn after_call(&mut self, creates: &Creates) {
        let roots = creates.rows().iter().filter_map(|at| self.group.rows.get(*at)).map(|row| row.root);
        self.group.added_to.extend(roots.collect::<Vec<_>>());
        let lost = |at: &&usize| self.group.rows.get(**at).is_some_and(|r| matches!(r.end, RowEnd::Unknown(_)));
        let lost: Vec<usize> = creates.rows().iter().filter(lost).copied().collect();
        self.engine.settling.under_way(&self.entries(&lost));
    }

    /// Whether a refusal means that the row may be there, by an earlier call or one that a network repeated: it is looked for.
    pub(super) fn is_taken(&mut self, at: usize, refused: &Refusal) -> bool {
        let Some(row) = self.group.rows.get(at) else { return false };
        if !is_duplicate(refused) || row.parent.is_none() && row.level.find_by.is_empty() {
            return false;
        }
        let mut rows = vec![at];
        rows.extend(self.inside(at));
        let entries = self.entries(&rows);
        let again = rows.iter().any(|at| self.opened(*at).any(|open| open.refused.is_some()));
        if entries.is_empty() || again {
            return false;
        }
        let why = self.in_rules(at, refused);
        self.engine.settling.refused(&entries, &why);
        self.end(at, RowEnd::Unknown(why));
        true
    }

    /// The rows in a row's body, however deep.
    fn inside(&self, at: usize) -> Vec<usize> {
        let (mut found, mut open) = (Vec::new(), vec![at]);
        while let Some(at) = open.pop() {
            let Some(row) = self.group.rows.get(at) else { continue };
            let inside = row.children.iter().copied().filter(|c| self.group.is_inside(*c));
            open.extend(inside.clone());
            found.extend(inside);
        }
        found
    }

    /// Closes the entries of a row and of the rows in its body: it is linked, or it was refused.
    pub(super) fn close(&mut self, at: usize) -> Result<(), Halt> {
        let mut rows = vec![at];
        rows.extend(self.inside(at));
        rows.retain(|at| self.group.rows.get(*at).is_some_and(|r| !matches!(r.end, RowEnd::Unknown(_))));
        let entries = self.entries(&rows);
        if entries.is_empty() || self.engine.dry_run {
            return Ok(());
        }
        self.memory.close(&entries)?;
        self.group.intended.iter_mut().for_each(|of| of.retain(|open| !entries.contains(&open.entry)));
        Ok(())
    }
}

/// Whether a body adds rows to a field of named rows: those that come without an id.
fn adds_named_rows(target: &RecordType, body: &Json) -> bool {
    let named = target.fields.iter().filter_map(|(name, field)| Some((name, field.rows.as_ref()?)));
    named.into_iter().any(|(name, rows)| {
        body.get(name).is_some_and(|sent| sent.items().iter().any(|row| row.get(&rows.id).is_none()))
    })
}
