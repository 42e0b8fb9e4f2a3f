//! The call and the body of a row, with the rows that go inside it.

use mapwright_language::json::Json;
use mapwright_language::schema::Call;
use mapwright_language::value::{Promise, Value};

use crate::connect::body::with_additions;
use crate::connect::fill::{Places, path};

use super::Writer;
use crate::work::encode::{body, carry_over, in_request_form};
use crate::work::known::PRETENDED;
use crate::work::promise::kept;
use crate::work::rows::{State, row_children};

/// Why a row cannot be put into a body.
pub(super) enum Unsendable {
    Waits(Promise),
    Wrong(String),
}

impl Writer<'_, '_> {
    /// Call, whether it creates, path and body of one row.
    pub(super) fn prepared(&self, at: usize, above: &[String]) -> Result<(Call, bool, String, Json), Unsendable> {
        let Some(row) = self.group.rows.get(at) else { return Err(Unsendable::Wrong(String::from("the row is gone"))) };
        let route = &row.target.route;
        let creates = row.state == State::New;
        let call = if creates { route.create.as_ref().or(route.update.as_ref()) } else { route.update.as_ref() };
        let verb = if creates { "created" } else { "changed" };
        let call = call.ok_or_else(|| Unsendable::Wrong(format!("{} cannot be {verb}", row.target.title)))?;
        let places = Places { id: row.id.as_deref(), parents: above, value: None };
        let mut json = self.content(at)?;
        if !creates
            && route.replaces_whole
            && let Some(existing) = &row.existing
        {
            carry_over(&row.target, existing, &mut json, &self.engine.catalog, &self.engine.zone);
        }
        if !creates {
            self.add_needed(at, &mut json)?;
        }
        let json = with_additions(call, json, places).map_err(Unsendable::Wrong)?;
        let path = path(call, places).map_err(Unsendable::Wrong)?;
        Ok((call.clone(), creates && route.create.is_some(), path, json))
    }

    /// Adds what a change must have even where it stays the same: by its rule, else as it is there.
    fn add_needed(&self, at: usize, json: &mut Json) -> Result<(), Unsendable> {
        let Some(row) = self.group.rows.get(at) else { return Ok(()) };
        let ids = self.group.ids.get(row.root).cloned().unwrap_or_default();
        for (name, field) in row.target.fields.iter().filter(|(_, field)| field.needed_on_update) {
            if json.get(name).is_some() {
                continue;
            }
            let whole = |rule: u32| row.level.rules.get(rule as usize).is_some_and(|r| *r.label == *name);
            let by_rule = row.fields.iter().find(|(rule, value)| whole(*rule) && !matches!(value, Value::Clear));
            if let Some((rule, value)) = by_rule {
                let value = kept(value, &ids).map_err(Unsendable::Waits)?;
                let own = body(row.level, &[(*rule, value)], &row.target, None, &self.engine.zone);
                if let Some(value) = own.map_err(Unsendable::Wrong)?.get(name) {
                    json.set(name, value.clone());
                }
                continue;
            }
            let there = row
                .existing
                .as_ref()
                .and_then(|e| in_request_form(e, name, field, &self.engine.catalog, &self.engine.zone));
            let why = || format!("every change needs `{name}`, and neither a rule nor what is there gives it");
            json.set(name, there.ok_or_else(|| Unsendable::Wrong(why()))?);
        }
        Ok(())
    }

    /// The body of a row with the rows that go inside it.
    pub(super) fn content(&self, at: usize) -> Result<Json, Unsendable> {
        let Some(row) = self.group.rows.get(at) else { return Ok(Json::Null) };
        let ids = self.group.ids.get(row.root).cloned().unwrap_or_default();
        let fields: Result<Vec<(u32, Value)>, Promise> =
            row.send.iter().map(|(r, v)| Ok((*r, kept(v, &ids)?))).collect();
        let fields = fields.map_err(Unsendable::Waits)?;
        let mut json = body(row.level, &fields, &row.target, row.existing.as_ref(), &self.engine.zone)
            .map_err(Unsendable::Wrong)?;
        for slot in &row.target.route.slots {
            let children: Vec<usize> = row_children(&self.group.rows, at, &slot.name)
                .into_iter()
                .filter(|c| self.group.is_inside(*c))
                .collect();
            let whole = row.target.fields.get(&slot.name).is_some_and(|f| f.replaces);
            let differs = |c: &usize| self.group.rows.get(*c).is_some_and(|r| r.state != State::Same);
            if !children.iter().any(differs) {
                continue;
            }
            let mut items = Vec::new();
            for child in children.iter().filter(|c| whole || differs(c)) {
                let mut item = self.content(*child)?;
                if let Some(child) = self.group.rows.get(*child)
                    && let (Some(field), Some(id)) = (&child.target.id, &child.id)
                {
                    item.set(field, existing_id(child.existing.as_ref(), field, id));
                }
                items.push(item);
            }
            let single = row.level.children.iter().any(|c| *c.slot == *slot.name && c.single);
            json.set(
                &slot.name,
                if single { items.into_iter().next().unwrap_or(Json::Null) } else { Json::List(items) },
            );
        }
        Ok(json)
    }

    /// What a dry run takes for the answer: what would be sent, with ids that say what they are.
    pub(super) fn pretended(&self, at: usize, sent: &Json) -> Json {
        let mut json = sent.clone();
        let Some(row) = self.group.rows.get(at) else { return json };
        if row.id.is_none()
            && let Some(field) = &row.target.id
        {
            let id = format!("{PRETENDED}{} {})", row.level.record, row.source_id.as_deref().unwrap_or("row"));
            json.set(field, Json::Text(id.into()));
        }
        for slot in &row.target.route.slots {
            let new = row_children(&self.group.rows, at, &slot.name).into_iter().filter(|c| self.group.is_inside(*c));
            if let Some(Json::List(items)) = sent.get(&slot.name) {
                let items = new.zip(items).map(|(child, item)| self.pretended(child, item)).collect();
                json.set(&slot.name, Json::List(items));
            }
        }
        json
    }
}

/// A row's id in the form in which it was read.
fn existing_id(existing: Option<&Json>, field: &str, id: &str) -> Json {
    existing.and_then(|e| e.get(field)).cloned().unwrap_or_else(|| Json::Text(id.into()))
}
