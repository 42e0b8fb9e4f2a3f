//! External ids: which record of another system a record is linked with.

use serde_json::{Map, Value, json};

use super::{
    error, records,
    resource::{Nested, RESOURCES, Resource},
};
use crate::{
    exchange::{Answer, Call, Reply, text_of},
    store::Store,
};

fn outside(system: &str, table: &str, external: &str) -> String {
    format!("{system}\u{1f}{}\u{1f}{external}", table.to_lowercase())
}

fn inside(system: &str, table: &str, internal: &str) -> String {
    format!("{system}\u{1f}{}\u{1f}{internal}", table.to_lowercase())
}

/// Links of an external id, which is compared with its case, as tables are not.
fn by_outside(store: &Store, system: &str, table: &str, external: &str) -> Vec<u64> {
    let mut ids = store.find("ipaas.link", "outside", &outside(system, table, external));
    ids.retain(|id| store.get("ipaas.link", *id).is_some_and(|link| link["external_id"] == external));
    ids
}

/// Saves a link; an older link of the same record in the same table is replaced.
pub fn save(store: &mut Store, system: &str, table: &str, external: &str, internal: &str) -> Value {
    let old = store.find("ipaas.link", "inside", &inside(system, table, internal)).first().copied();
    let id = old.unwrap_or_else(|| store.next_id("ipaas.link", 1));
    let link = json!({"id": id, "system_id": system, "external_id": external, "internal_id": internal,
        "table_name": table.to_lowercase(), "outside": outside(system, table, external), "inside": inside(system, table, internal)});
    store.put("ipaas.link", id, link.clone());
    shown(&link)
}

fn shown(link: &Value) -> Value {
    let system = text_of(link.get("system_id"));
    let system = system.parse::<u64>().map_or(Value::from(system.as_str()), Value::from);
    json!({"id": link["id"], "system_id": system, "external_id": link["external_id"], "internal_id": link["internal_id"],
        "table_name": link["table_name"]})
}

/// Writes the links of a record and of its rows into `external_ids`.
pub fn fill(store: &Store, system: &str, resource: &Resource, record: &mut Value) {
    fill_row(store, system, resource.table, resource.nested, record);
}

fn fill_row(store: &Store, system: &str, table: &str, nested: &[Nested], row: &mut Value) {
    if !table.is_empty() {
        let ids = store.find("ipaas.link", "inside", &inside(system, table, &text_of(row.get("id"))));
        let links: Vec<Value> = ids.into_iter().filter_map(|id| store.get("ipaas.link", id)).map(shown).collect();
        row["external_ids"] = links.into();
    }
    for list in nested {
        if let Some(rows) = row.get_mut(list.field).and_then(Value::as_array_mut) {
            for inner in rows {
                fill_row(store, system, list.table, list.nested, inner);
            }
        }
    }
}

/// Saves the links that a written record brings along in its `external_ids`.
pub fn take(store: &mut Store, table: &str, internal: &str, row: &mut Map<String, Value>) {
    let Some(Value::Array(given)) = row.remove("external_ids") else { return };
    for link in given.iter().filter(|_| !table.is_empty()) {
        let (system, external) = (text_of(link.get("system_id")), text_of(link.get("external_id")));
        if !system.is_empty() && !external.is_empty() {
            save(store, &system, table, &external, internal);
        }
    }
}

/// Whether the record of a link is deleted. Rows inside a record count as there.
fn gone(store: &Store, table: &str, internal: &str) -> bool {
    let resource = RESOURCES.iter().find(|resource| resource.table.eq_ignore_ascii_case(table));
    resource
        .zip(internal.parse().ok())
        .is_some_and(|(resource, id)| store.get(resource.kind, id).is_some_and(records::deleted))
}

fn told(store: &Store, table: &str, internal: &str, answer: &str) -> Answer {
    let mark = if gone(store, table, internal) { "DELETED:" } else { "" };
    Answer::json(200, Value::from(format!("{mark}{answer}")))
}

/// The calls below `{api}/v2/External`.
pub fn handle(store: &mut Store, call: &Call, system: &str, path: &[&str]) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", ["LookupSpaceport", system, table, external]) => {
            let found = by_outside(store, system, table, external).first().copied();
            let link = found.and_then(|id| store.get("ipaas.link", id)).ok_or_else(error::not_found)?;
            let internal = text_of(link.get("internal_id"));
            Ok(told(store, table, &internal, &internal))
        }
        ("POST", ["LookupSpecial"]) => {
            let body = call.body.clone().unwrap_or_default();
            let (system, table) = (text_of(body.get("system_id")), text_of(body.get("table_name")));
            let found = by_outside(store, &system, &table, &text_of(body.get("external_id"))).first().copied();
            let link = found.and_then(|id| store.get("ipaas.link", id)).ok_or_else(error::not_found)?;
            let internal = text_of(link.get("internal_id"));
            Ok(told(store, &table, &internal, &internal))
        }
        ("GET", ["LookupExternal", internal, system, table]) => {
            let found = store.find("ipaas.link", "inside", &inside(system, table, internal)).first().copied();
            let link = found.and_then(|id| store.get("ipaas.link", id)).ok_or_else(error::not_found)?;
            Ok(told(store, table, internal, &text_of(link.get("external_id"))))
        }
        ("POST", ["UpdateExternalId"]) => {
            let body = call.body.as_ref().and_then(Value::as_object).ok_or_else(|| error::required("body"))?;
            let given = |field: &str| {
                let text = text_of(body.get(field));
                if text.is_empty() { Err(error::required(field)) } else { Ok(text) }
            };
            let (table, external, internal) = (given("table_name")?, given("external_id")?, given("internal_id")?);
            let system_id = given("system_id")?;
            if system_id != system {
                return Err(error::refuse(400, "VALD-1017", "system_id is not a subscription of this company."));
            }
            let resource = RESOURCES.iter().find(|r| r.table.eq_ignore_ascii_case(&table));
            let known = resource.zip(internal.parse::<u64>().ok()).map(|(r, id)| store.get(r.kind, id).is_some());
            // Units share the table of products, so a product's table may name a row.
            if known == Some(false) && !table.eq_ignore_ascii_case("product") {
                return Err(error::refuse(400, "VALD-1023", "internal_id names no record of this table."));
            }
            Ok(Answer::json(200, save(store, &system_id, &table, &external, &internal)))
        }
        ("GET", ["Missing", system, table]) => {
            let resource =
                RESOURCES.iter().find(|r| r.table.eq_ignore_ascii_case(table)).ok_or_else(error::not_found)?;
            let unlinked = store.all(resource.kind).filter(|(id, record)| {
                !records::deleted(record)
                    && store.find("ipaas.link", "inside", &inside(system, table, &id.to_string())).is_empty()
            });
            let ids: Vec<Value> = unlinked.map(|(id, _)| id.to_string().into()).collect();
            Ok(Answer::json(200, ids.into()))
        }
        ("DELETE", [system, table, external]) => {
            let found = by_outside(store, system, table, external);
            if found.is_empty() {
                return Err(error::not_found());
            }
            for id in found {
                store.remove("ipaas.link", id);
            }
            Ok(Answer::empty(204))
        }
        _ => Err(error::not_found()),
    }
}
