//! Rows that an unanswered call may have made: what came into their slot since, and is nearly what was sent, is theirs.

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;

use super::Group;
use crate::connect::links::told_by;
use crate::work::compare::is_there;
use crate::work::present::Rows;

impl Group<'_> {
    /// Gives new rows with an open entry what is in their slot and was not when the entry was opened. The other system may have
    /// put texts in order: a row is taken for theirs that has most of what was sent. Which rows found theirs.
    pub fn take_made(
        &mut self,
        children: &[usize],
        there: &mut Vec<Json>,
        direction: Direction,
        rows: &Rows<'_>,
    ) -> Vec<usize> {
        let mut taken = Vec::new();
        for child in children {
            let Some(before) = self.before(*child) else { continue };
            let best = there
                .iter()
                .enumerate()
                .filter(|(_, other)| self.is_new_there(*child, other, &before, rows))
                .map(|(at, other)| (self.likeness(*child, other, rows), at))
                .filter(|((same, all), _)| same * 2 > *all)
                .max_by_key(|((same, _), at)| (*same, std::cmp::Reverse(*at)));
            let Some((_, at)) = best else { continue };
            let existing = there.remove(at);
            let id = self.rows.get(*child).and_then(|row| existing.get(row.target.id.as_deref()?)?.id());
            let id = id.map(str::to_owned);
            if let Some(row) = self.rows.get_mut(*child) {
                row.existing = Some(existing);
                row.id.clone_from(&id);
            }
            if let Some(id) = id {
                self.is_there_as(*child, id, direction);
            }
            taken.push(*child);
        }
        taken
    }

    /// Ids that a row's slot held when its open entry was opened; none: there is no such entry.
    fn before(&self, at: usize) -> Option<Vec<String>> {
        let row = self.rows.get(at).filter(|row| row.existing.is_none())?;
        let open = self.intended.get(row.root)?.iter().find(|open| open.intention.row == row.key)?;
        open.intention.there.clone()
    }

    fn is_new_there(&self, at: usize, other: &Json, before: &[String], rows: &Rows<'_>) -> bool {
        let Some(field) = self.rows.get(at).and_then(|row| row.target.id.as_deref()) else { return false };
        let Some(id) = other.get(field).and_then(Json::id) else { return false };
        let linked = told_by(other, field, rows.system_id).flatten().is_some();
        !linked && !before.iter().any(|known| known == id)
    }

    /// How many of the fields that can be compared are there as they were sent, and of how many.
    fn likeness(&self, at: usize, other: &Json, rows: &Rows<'_>) -> (usize, usize) {
        let Some(row) = self.rows.get(at) else { return (0, 0) };
        let fields = row.fields.iter().filter_map(|(rule, value)| Some((row.level.rules.get(*rule as usize)?, value)));
        let all: Vec<_> = fields.filter(|(rule, _)| !rule.field.write_only).collect();
        let same = all.iter().filter(|(rule, value)| is_there(rule, value, other, rows.catalog, rows.zone)).count();
        (same, all.len())
    }
}
