//! Brands: made by name with a product, or on their own.

use serde_json::{Value, json};

use super::{
    Store3, error, paging,
    record::{data, object, passes, require},
};
use crate::exchange::{Call, Reply, text_of};

/// The brand of a name; it is made when there is none.
pub fn find_or_add(context: &mut Store3<'_>, name: &str) -> u64 {
    if let Some(id) = context.store.find("bc.brand", "name", name).first() {
        return *id;
    }
    let id = context.store.next_id("bc.brand", 31);
    let brand = json!({"id": id, "name": name, "page_title": "", "meta_keywords": [""], "meta_description": "",
        "image_url": "", "search_keywords": "", "custom_url": {"url": format!("/brand-{id}/"), "is_customized": false}});
    context.store.put("bc.brand", id, brand);
    id
}

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let wanted = |b: &Value| passes(call, b, "id", true) && passes(call, b, "name", false);
    let found = context.store.all("bc.brand").filter(|(_, b)| wanted(b)).map(|(_, b)| b.clone()).collect();
    paging::v3(call, found, 250)
}

pub fn read(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    context.store.get("bc.brand", ids[0]).cloned().map(data).ok_or_else(|| error::not_found(call))
}

pub fn create(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let body = object(call)?;
    require(body, &["name"], "Missing Required Fields")?;
    let name = text_of(body.get("name"));
    if !context.store.find("bc.brand", "name", &name).is_empty() {
        return Err(error::duplicate("The brand name is a duplicate", "name"));
    }
    let id = find_or_add(context, &name);
    read(context, call, &[id])
}
