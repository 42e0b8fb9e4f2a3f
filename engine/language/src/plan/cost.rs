//! What one record costs in calls, at most: read from the plan's demand and the routes' data, without running anything.

use crate::mapping_file::{Direction, SyncType};
use crate::schema::{Api, Call, Catalog, Read, ReadBy, RecordType, SlotWrite};

use super::{Level, Plan, ShapeId};

/// How often a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Once for so many records of a batch or a page.
    OncePer(u32),
    /// For every row of a child collection; so many rows go in one call.
    PerRow(u32),
    /// For every page of rows.
    PerPage,
    /// For every different value; what the run knows already is not asked again.
    PerValue,
}

/// One kind of call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostLine {
    /// What for, in words.
    pub what: String,
    /// Whose quota it takes from: `BigCommerce`, `iPaaS.com`.
    pub system: &'static str,
    /// How often.
    pub times: Times,
}

/// All calls that a record may cost, in the order in which they are made.
#[must_use]
pub fn cost(plan: &Plan, catalog: &Catalog) -> Vec<CostLine> {
    let mut costs = Costs { plan, catalog, lines: vec![] };
    costs.root();
    costs.lines
}

impl Times {
    /// `1 per record`, `1 per 10 records`, `1 per row`.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Times::OncePer(0 | 1) => String::from("1 per record"),
            Times::OncePer(many) => format!("1 per {many} records"),
            Times::PerRow(0 | 1) => String::from("1 per row"),
            Times::PerRow(many) => format!("1 per {many} rows"),
            Times::PerPage => String::from("1 per page"),
            Times::PerValue => String::from("1 per different value"),
        }
    }
}

struct Costs<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    lines: Vec<CostLine>,
}

fn system(api: Api) -> &'static str {
    if matches!(api, Api::BigcommerceV2 | Api::BigcommerceV3) { "BigCommerce" } else { "iPaaS.com" }
}

/// How many records a call takes: as a batch, or as ids of a list parameter.
fn size(call: &Call) -> u32 {
    if call.query.iter().any(|(key, value)| key.ends_with(":in") && value == "{id}") { 50 } else { call.batch.max(1) }
}

impl Costs<'_> {
    fn add(&mut self, what: impl Into<String>, system: &'static str, times: Times) {
        let line = CostLine { what: what.into(), system, times };
        if !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }

    fn root(&mut self) {
        let level = &self.plan.root;
        let (source, target) = (self.catalog.record(&level.source_type), self.catalog.record(&level.target_type));
        let (Some(source), Some(target)) = (source.cloned(), target.cloned()) else { return };
        if let Some(read) = &source.route.read {
            self.add(format!("read {}", source.title), system(read.api), Times::OncePer(size(read)));
        }
        if let Some(list) = &source.route.list {
            self.add(format!("or list {}", source.title), system(list.call.api), Times::OncePer(list.limit));
        }
        self.fields_with_calls(level.source, 0);
        if level.sync == SyncType::Delete {
            self.add("look up the link", "iPaaS.com", Times::OncePer(1));
            if let Some(delete) = &target.route.delete {
                self.add(format!("delete {}", target.title), system(delete.api), Times::OncePer(1));
            }
            return;
        }
        self.add("look up the link, unless it is remembered", "iPaaS.com", Times::OncePer(1));
        let effects = self.plan.effects.clone();
        for effect in effects.iter().filter(|e| matches!(e.kind, "link" | "linked" | "find" | "record" | "before")) {
            let ours = match (effect.kind, level.direction) {
                ("link" | "linked" | "before", _) => "iPaaS.com",
                ("find", Direction::From) | ("record", Direction::To) => "BigCommerce",
                _ => "iPaaS.com",
            };
            self.add(format!("{} {}", effect.kind, effect.of), ours, Times::PerValue);
        }
        if let Some(read) = &target.route.read {
            self.add(format!("read what is there of {}", target.title), system(read.api), Times::OncePer(size(read)));
        }
        if let Some(find) = level.find_by.iter().find_map(|field| target.route.find.get(&**field)) {
            self.add(
                format!("or find {} by {}", target.title, level.find_by.join(", ")),
                system(find.api),
                Times::OncePer(1),
            );
        }
        self.writes(&target, None);
        self.children(level, &target);
        if level.direction == Direction::From || target.table.is_some() {
            self.add("save the link of a new record", "iPaaS.com", Times::OncePer(1));
        }
    }

    fn writes(&mut self, target: &RecordType, rows: Option<()>) {
        let times = |call: &Call| match rows {
            None => Times::OncePer(call.batch.max(1)),
            Some(()) => Times::PerRow(call.batch.max(1)),
        };
        if let Some(create) = &target.route.create {
            self.add(format!("create {}", target.title), system(create.api), times(create));
        }
        if let Some(update) = &target.route.update {
            let word = if target.route.create.is_some() { "or update" } else { "update" };
            self.add(format!("{word} {}, if something differs", target.title), system(update.api), times(update));
        }
    }

    /// Children with calls of their own.
    fn children(&mut self, level: &Level, target: &RecordType) {
        let mut seen: Vec<&str> = Vec::new();
        for child in &level.children {
            let Some(slot) = target.route.slots.iter().find(|s| s.name == *child.slot) else { continue };
            let Some(record) = self.catalog.record(&slot.record).cloned() else { continue };
            if !seen.contains(&&*child.slot) {
                seen.push(&child.slot);
                if let Read::Call(call) = &slot.read {
                    self.add(format!("read what is there of the {}", slot.name), system(call.api), Times::PerPage);
                }
                if slot.write != SlotWrite::Inside {
                    self.writes(&record, Some(()));
                }
            }
            self.children(&child.level, &record);
        }
    }

    /// Demanded fields whose rows need a call of their own.
    fn fields_with_calls(&mut self, shape: ShapeId, depth: usize) {
        let Some(shape) = self.plan.shapes.get(shape.0 as usize).filter(|_| depth < 8) else { return };
        let slots: Vec<_> = shape.slots.iter().map(|s| (s.name.clone(), s.field.clone(), s.shape)).collect();
        for (name, field, inner) in slots {
            match &field.read_by {
                Some(ReadBy::Call(call)) => self.add(format!("read its {name}"), system(call.call.api), Times::PerPage),
                Some(ReadBy::Id(_)) => {
                    let record = field.record.as_deref().and_then(|r| self.catalog.record(r));
                    let whose = record.and_then(|r| r.route.read.as_ref()).map_or("BigCommerce", |c| system(c.api));
                    self.add(format!("read its {name}"), whose, Times::PerValue);
                }
                None => {}
            }
            if let Some(inner) = inner {
                self.fields_with_calls(inner, depth + 1);
            }
        }
    }
}
