//! What every row needs: nothing, some fields, or to be made.

use std::collections::{BTreeMap, HashMap};

use mapwright_language::json::Json;
use mapwright_language::plan::{Level, PlannedRule};
use mapwright_language::schema::RecordType;
use mapwright_language::value::Value;

use super::{Group, Row, RowEnd, State};
use crate::work::compare::is_there;
use crate::work::encode::body;
use crate::work::named_rows::{entries_of, row_changes};
use crate::work::present::Rows;
use crate::work::promise::kept;
use crate::work::unwanted::Unwanted;

impl<'p> Group<'p> {
    /// Decides what every row needs. `last_sent` gives what was last sent for fields that cannot be read back.
    pub fn compare(&mut self, rows: &Rows<'_>, last_sent: &dyn Fn(&Row<'p>) -> BTreeMap<String, String>) {
        for at in 0..self.rows.len() {
            let Some(row) = self.rows.get(at) else { continue };
            let none = HashMap::new();
            let ids = self.ids.get(row.root).unwrap_or(&none);
            let fields: Vec<(u32, Value)> =
                row.fields.iter().map(|(r, v)| (*r, kept(v, ids).unwrap_or_else(|_| v.clone()))).collect();
            let (mut remove, mut unwritable) = (Vec::new(), Vec::new());
            let (state, send) = if row.state == State::New {
                (State::New, fields)
            } else if row.slot.as_ref().is_some_and(|slot| !slot.same_by.is_empty()) {
                // found by what makes it the same
                (State::Same, vec![])
            } else {
                let sent = last_sent(row);
                let whole = fields.clone();
                let send: Vec<(u32, Value)> = fields
                    .into_iter()
                    .filter(|(rule, value)| {
                        let Some(rule) = row.level.rules.get(*rule as usize) else { return false };
                        match &row.existing {
                            Some(existing) if rule.field.rows.is_some() => {
                                let changes = changes_of(rule, value, existing, rows);
                                remove.extend(changes.remove);
                                !changes.send.is_empty()
                            }
                            Some(existing) if !rule.field.write_only => {
                                let differs = !is_there(rule, value, existing, rows.catalog, rows.zone);
                                if differs && rule.field.create_only && rule.field.comparable() {
                                    unwritable.push(rule.label.to_string());
                                }
                                differs && !rule.field.create_only
                            }
                            _ => {
                                let text = shown(row.level, &row.target, (rule_at(row.level, rule), value), rows);
                                sent.get(&*rule.label) != Some(&text)
                            }
                        }
                    })
                    .collect();
                let send = with_partners(row, send, &whole);
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
                row.unwritable = unwritable;
            }
            self.unwanted.extend(remove.into_iter().map(|(record, row)| Unwanted { parent: at, record, row }));
        }
        // rows that are written in their parent make the parent differ
        for at in (0..self.rows.len()).rev() {
            let Some(row) = self.rows.get(at) else { continue };
            let (Some(parent), Some(slot)) = (row.parent, row.slot.clone()) else { continue };
            let differs = row.state != State::Same;
            let only_new = slot.create_only;
            let parent_new = self.rows.get(parent).is_some_and(|p| p.state == State::New);
            let inside = self.is_inside(at);
            if only_new && !parent_new {
                if let Some(row) = self.rows.get_mut(at) {
                    row.state = State::Same;
                    row.end = RowEnd::Unchanged;
                }
                if let (true, Some(parent)) = (differs, self.rows.get_mut(parent))
                    && !parent.unwritable.contains(&slot.name)
                {
                    parent.unwritable.push(slot.name);
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
}

/// What differs, and the fields that go together with it, in the order of the rules.
fn with_partners(row: &Row<'_>, send: Vec<(u32, Value)>, whole: &[(u32, Value)]) -> Vec<(u32, Value)> {
    let label = |rule: u32| row.level.rules.get(rule as usize).map(|r| &*r.label);
    let sent: Vec<&str> = send.iter().filter_map(|(rule, _)| label(*rule)).collect();
    let partner = |rule: u32| {
        let groups = || row.target.together.iter().filter(|group| group.iter().any(|name| label(rule) == Some(name)));
        groups().any(|group| group.iter().any(|name| sent.contains(&&**name)))
    };
    if sent.is_empty() || row.target.together.is_empty() {
        return send;
    }
    let goes = |rule: u32| send.iter().any(|(r, _)| *r == rule) || partner(rule);
    whole.iter().filter(|(rule, _)| goes(*rule)).cloned().collect()
}

/// What a rule changes in the rows of its dictionary: rows to send, and rows to remove with their record type.
struct Changes {
    send: Vec<Json>,
    remove: Vec<(String, Json)>,
}

fn changes_of(rule: &PlannedRule, value: &Value, existing: &Json, rows: &Rows<'_>) -> Changes {
    let (Some(named), Some((head, rest))) = (&rule.field.rows, rule.target.split_first()) else {
        return Changes { send: vec![], remove: vec![] };
    };
    let there = existing.get(head);
    match row_changes(&rule.field, named, &entries_of(rest.first(), value), there, rows.zone) {
        Ok(changes) => Changes {
            send: changes.send,
            remove: changes.remove.into_iter().map(|row| (named.record.clone(), row)).collect(),
        },
        // the body says what is wrong with it
        Err(_) => Changes { send: vec![Json::Null], remove: vec![] },
    }
}

/// A field's text as it is sent, for what is remembered of fields that cannot be read back.
#[must_use]
pub fn shown(level: &Level, target: &RecordType, field: (u32, &Value), rows: &Rows<'_>) -> String {
    body(level, &[(field.0, field.1.clone())], target, None, rows.zone)
        .map(|json| mapwright_language::json::write(&json))
        .unwrap_or_default()
}

fn rule_at(level: &Level, rule: &PlannedRule) -> u32 {
    level.rules.iter().position(|r| std::ptr::eq(r, rule)).and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX)
}
