//! How a group's records and their rows ended.

use std::collections::BTreeMap;

use mapwright_language::evaluate::MappedRecord;
use mapwright_language::plan::Level;
use mapwright_language::value::Promise;
use tokio::time::Instant;

use super::outcome::{Counts, Ended, How};
use super::rows::{Group, Row, RowEnd, State};

/// A record's end in this group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It is over.
    Ended(Ended),
    /// A request was sent and its answer was lost: the record is looked at again before anything is sent again.
    LookAgain {
        /// What became of the request.
        why: String,
        /// What the record would be, had the answer come.
        how: How,
    },
    /// It may be there already, though reads do not show it: it is looked for again.
    Held {
        /// Why.
        why: String,
        /// Until then.
        until: Instant,
        /// What was done of it already.
        how: Option<How>,
    },
    /// It goes first for another record, and has its end there.
    Elsewhere,
}

/// Why a record is held.
pub(super) const MAY_BE_THERE: &str =
    "it may be there already, and what was written a moment ago may not be seen yet: it is looked for again";

/// The end of a root record: that of its worst row.
pub(super) fn end_of(group: &Group<'_>, root: usize) -> End {
    let rows = || group.rows.iter().filter(|r| r.root == root);
    let named =
        |row: &Row<'_>, why: &str| if row.key.is_empty() { why.to_owned() } else { format!("{}: {why}", row.key) };
    let created = rows().any(|r| r.parent.is_none() && r.state == State::New);
    let how = if created { How::Created } else { How::Updated };
    for row in rows() {
        if let RowEnd::Unknown(why) = &row.end {
            return End::LookAgain { why: named(row, why), how };
        }
    }
    let held = rows().filter_map(|row| if let RowEnd::Held(until) = row.end { Some((until, row)) } else { None });
    if let Some((until, row)) = held.max_by_key(|(until, _)| *until) {
        let done = rows().any(|r| r.end == RowEnd::Written).then_some(how);
        return End::Held { why: named(row, MAY_BE_THERE), until, how: done };
    }
    let failed = |row: &Row<'_>| match &row.end {
        RowEnd::Failed(why) => Some(named(row, why)),
        RowEnd::Open => None,
        _ => unwritten(row).map(|why| named(row, &why)),
    };
    let mut failures: Vec<String> = rows().filter_map(failed).collect();
    if failures.len() > 3 {
        let more = failures.len() - 3;
        failures.truncate(3);
        failures.push(format!("and {more} more rows"));
    }
    if !failures.is_empty() {
        return End::Ended(Ended::Failed { reason: failures.join("; ") });
    }
    let waits: Vec<Promise> =
        rows().filter_map(|r| if let RowEnd::Waits(p) = &r.end { Some(p.clone()) } else { None }).collect();
    if !waits.is_empty() {
        return End::Ended(Ended::Parked { reason: waiting_for(&waits), waits });
    }
    let ended = if rows().any(|r| r.end == RowEnd::Written) { Ended::Written { how } } else { Ended::Unchanged };
    End::Ended(ended)
}

/// What the target has otherwise than the rules say, and does not take any more.
fn unwritten(row: &Row<'_>) -> Option<String> {
    if row.unwritable.is_empty() {
        return None;
    }
    let names = row.unwritable.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let verb = if row.unwritable.len() == 1 { "differs" } else { "differ" };
    Some(format!("{names} {verb} from what is there, and {} takes that only when it is created", row.target.title))
}

/// What a record waits for, for people.
pub(super) fn waiting_for(waits: &[Promise]) -> String {
    let mut names: Vec<String> = waits.iter().map(|p| format!("{} {}", p.record_type, p.id)).collect();
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(5);
    names.truncate(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("waits for the link of {}{more}", names.join(", "))
}

/// Counts child rows that a filter dropped.
pub(super) fn count_skipped(level: &Level, mapped: &MappedRecord, children: &mut BTreeMap<String, Counts>) {
    for (slot, reason) in &mapped.skipped_children {
        let name = level.children.iter().find(|c| c.slot == *slot && c.level.collection == reason.collection);
        children
            .entry(name.map_or_else(|| reason.collection.to_string(), |c| c.level.collection.to_string()))
            .or_default()
            .add("skipped");
    }
    for child in &mapped.children {
        if let Some(planned) = level.children.get(child.child as usize) {
            count_skipped(&planned.level, &child.record, children);
        }
    }
}

/// Counts the child rows of a root record by their ends.
pub(super) fn count_rows(group: &Group<'_>, root: usize, children: &mut BTreeMap<String, Counts>) {
    for row in group.rows.iter().filter(|r| r.root == root && r.parent.is_some()) {
        let word = match &row.end {
            RowEnd::Written | RowEnd::Unchanged if !row.unwritable.is_empty() => "failed",
            RowEnd::Written => "written",
            RowEnd::Unchanged => "unchanged",
            // rows inside an unchanged parent are never sent
            RowEnd::Open if row.state == State::Same => "unchanged",
            RowEnd::Waits(_) => "parked",
            RowEnd::Open | RowEnd::Failed(_) | RowEnd::Unknown(_) | RowEnd::Held(_) => "failed",
        };
        children.entry(row.level.collection.to_string()).or_default().add(word);
    }
}
