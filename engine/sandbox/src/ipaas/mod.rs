//! The iPaaS.com side: `{api}/v2/...`.

mod error;
mod links;
mod records;
mod resource;

use jiff::Timestamp;
use serde_json::Value;

use self::resource::RESOURCES;
pub use self::{error::unauthorized, links::save as save_link, records::next_id};
use crate::{
    exchange::{Answer, Call, Reply},
    store::Store,
};

/// 429 of its own throttle.
pub fn too_many() -> Answer {
    error::refuse(429, "INTL-1004", "Too many requests. Try again later.")
}

/// 400 for a body that is no JSON.
pub fn no_json() -> Answer {
    error::refuse(400, "VALD-1001", "The body is not JSON.")
}

/// Answers a call. A refusal must be rolled back by the caller.
pub fn handle(store: &mut Store, call: &Call, system: &str, now: Timestamp) -> Answer {
    route(store, call, system, now).unwrap_or_else(|refusal| refusal)
}

fn route(store: &mut Store, call: &Call, system: &str, now: Timestamp) -> Reply {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let [api, "v2", rest @ ..] = path.as_slice() else { return Err(error::not_found()) };
    if let ["External", tail @ ..] = rest {
        return links::handle(store, call, system, tail);
    }
    if let ("subscriptions", "GET", ["Subscription", id]) = (*api, call.method.as_str(), rest) {
        if *id == system {
            let id = Value::from(system);
            return Ok(Answer::json(200, serde_json::json!({"id": id, "name": "Sandbox", "system_id": id})));
        }
        return Err(error::not_found());
    }
    for resource in RESOURCES.iter().filter(|resource| resource.api == *api) {
        if rest == resource.list && call.method == "GET" {
            return records::list(store, call, system, resource);
        }
        if rest == resource.one && call.method == "POST" {
            return records::create(store, call, system, resource, now);
        }
        if let Some([id]) = rest.strip_prefix(resource.one) {
            if id.parse::<u64>().is_err() {
                continue;
            }
            return match call.method.as_str() {
                "GET" => records::read(store, call, system, resource, id),
                "PUT" => records::update(store, call, system, resource, id, now),
                "DELETE" => records::delete(store, resource, id, now),
                _ => Err(error::refuse(405, "VALD-1001", "The method is not supported here.")),
            };
        }
    }
    // A variant can be read and searched on its own.
    if let ("products", "GET", ["Catalog", "Product", "Variant", id]) = (*api, call.method.as_str(), rest) {
        let found = variants(store).into_iter().find(|variant| variant["id"] == *id);
        return found.map(|variant| Answer::json(200, variant)).ok_or_else(error::not_found);
    }
    if let ("products", "GET", ["Catalog", "Product", "Variants"]) = (*api, call.method.as_str(), rest) {
        let sku = call.query("Sku").unwrap_or_default();
        let found: Vec<Value> = variants(store).into_iter().filter(|variant| variant["sku"] == sku).collect();
        return Ok(Answer::json(200, found.into()));
    }
    Err(error::not_found())
}

fn variants(store: &Store) -> Vec<Value> {
    let products = store.all("ipaas.product").filter(|(_, product)| !records::deleted(product));
    products.flat_map(|(_, product)| product["variants"].as_array().cloned().unwrap_or_default()).collect()
}
