//! A mapped record and its children as rows, each with the source row that its external id is made of.

use std::collections::HashMap;

use mapwright_language::evaluate::MappedRecord;
use mapwright_language::json::Json;
use mapwright_language::schema::{Catalog, RecordType};
use mapwright_language::value::Value;

use super::{Group, Row, RowEnd, State};
use crate::work::known::each_row;
use crate::work::present::Rows;

impl<'p> Group<'p> {
    /// Adds a mapped record and its children; returns the root's row.
    pub fn add(&mut self, root: Row<'p>, mapped: &MappedRecord, source_type: &RecordType, rows: &Rows<'_>) -> usize {
        self.ids.push(HashMap::new());
        self.intended.push(vec![]);
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
                source_row(rows.catalog, source_type, source, &planned.level.source_type, child.source_id.as_deref())
            };
            let key = child.group.as_ref().and_then(|key| key.as_deref());
            let name = child.source_id.as_deref().or(key).map_or_else(|| format!("#{}", child.index), str::to_owned);
            // several collections may fill one slot with rows of one id: the order's own payments, by card and by store credit
            let shared = level.children.iter().filter(|other| other.slot == planned.slot).count() > 1;
            let place =
                if shared { format!("{} ({})", slot.name, planned.level.collection) } else { slot.name.clone() };
            let next = self.rows.len();
            self.rows.push(Row {
                root,
                parent: Some(at),
                slot: Some(slot.clone()),
                level: &planned.level,
                target: record.clone(),
                source_id: child.source_id.clone(),
                source: row_source,
                fields: fields_of(&child.record),
                existing: None,
                id: None,
                external: None,
                state: State::New,
                send: vec![],
                unwritable: vec![],
                children: vec![],
                end: RowEnd::Open,
                key: if parent_key.is_empty() {
                    format!("{place}/{name}")
                } else {
                    format!("{parent_key}/{place}/{name}")
                },
            });
            if let Some(parent) = self.rows.get_mut(at) {
                parent.children.push(next);
            }
            self.children(next, &child.record, source_type, source, rows);
        }
    }
}

/// A mapped record's fields.
#[must_use]
pub fn fields_of(mapped: &MappedRecord) -> Vec<(u32, Value)> {
    mapped.fields.iter().map(|f| (f.rule, f.value.clone())).collect()
}

/// A group as far as its external id can be made of it: ids of its rows are no part of one.
#[must_use]
pub fn group_source(key: Option<&str>) -> Json {
    let key = key.map_or(Json::Null, |key| Json::Text(key.into()));
    Json::Object(vec![("key".into(), key)])
}

/// The source row with that id.
#[must_use]
pub fn source_row(catalog: &Catalog, root_type: &RecordType, root: &Json, wanted: &str, id: Option<&str>) -> Json {
    let mut found = Json::Null;
    each_row(catalog, root_type, root, &mut |record, row| {
        let this = record.id.as_deref().and_then(|field| row.get(field)?.id());
        if found == Json::Null && record.name == wanted && this.is_some() && this == id {
            found = row.clone();
        }
    });
    found
}
