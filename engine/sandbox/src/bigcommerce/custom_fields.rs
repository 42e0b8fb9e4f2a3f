//! Custom fields of a product: pairs of texts, each pair once.

use serde_json::{Map, Value, json};

use super::{
    Store3, error, paging,
    record::{data, object, require},
};
use crate::exchange::{Answer, Call, Reply, id_of, text_of};

/// Custom fields of a product as they are answered.
pub fn of(context: &Store3<'_>, product: u64) -> Vec<Value> {
    let ids = context.store.find("bc.custom_field", "product_id", &product.to_string());
    ids.into_iter().filter_map(|id| context.store.get("bc.custom_field", id)).map(shown).collect()
}

fn shown(field: &Value) -> Value {
    json!({"id": field["id"], "name": field["name"], "value": field["value"]})
}

/// Adds one to a product.
pub fn add(context: &mut Store3<'_>, product: u64, body: &Map<String, Value>) -> Result<u64, Answer> {
    let id = context.store.next_id("bc.custom_field", 1);
    save(context, product, id, body)?;
    Ok(id)
}

/// Changes the one whose id is given, adds one where none is: what is there under the same name stays beside it.
pub fn put(context: &mut Store3<'_>, product: u64, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(id) = id_of(body.get("id")) else { return add(context, product, body).map(|_| ()) };
    let own = context.store.get("bc.custom_field", id).is_some_and(|f| id_of(f.get("product_id")) == Some(product));
    if own {
        return save(context, product, id, body);
    }
    Err(error::unprocessable("Input is invalid", &[("id", "the product has no custom field with this id")]))
}

fn save(context: &mut Store3<'_>, product: u64, id: u64, body: &Map<String, Value>) -> Result<(), Answer> {
    require(body, &["name", "value"], "Missing Required Fields")?;
    let (name, value) = (text_of(body.get("name")), text_of(body.get("value")));
    if name.chars().count() > 250 || value.chars().count() > 250 {
        return Err(error::unprocessable(
            "Input is invalid",
            &[("value", "name and value must be 1 to 250 characters")],
        ));
    }
    let others = context.store.find("bc.custom_field", "product_id", &product.to_string());
    if others.len() >= 200 {
        return Err(error::unprocessable("A product takes 200 custom fields", &[]));
    }
    let same = |other: &u64| {
        *other != id
            && context
                .store
                .get("bc.custom_field", *other)
                .is_some_and(|f| f["name"] == name.as_str() && f["value"] == value.as_str())
    };
    if others.iter().any(same) {
        return Err(error::duplicate("The custom field is a duplicate", "name"));
    }
    let field = json!({"id": id, "product_id": product, "name": name, "value": value});
    context.store.put("bc.custom_field", id, field);
    Ok(())
}

fn find(context: &Store3<'_>, call: &Call, ids: &[u64]) -> Result<Value, Answer> {
    let field = context.store.get("bc.custom_field", ids[1]).filter(|f| id_of(f.get("product_id")) == Some(ids[0]));
    field.map(shown).ok_or_else(|| error::not_found(call))
}

fn of_product(context: &Store3<'_>, call: &Call, product: u64) -> Result<(), Answer> {
    context.store.get("bc.product", product).map(|_| ()).ok_or_else(|| error::not_found(call))
}

pub fn list(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    of_product(context, call, ids[0])?;
    paging::v3(call, of(context, ids[0]), 250)
}

pub fn read(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    find(context, call, ids).map(data)
}

pub fn create(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    of_product(context, call, ids[0])?;
    let id = add(context, ids[0], object(call)?)?;
    find(context, call, &[ids[0], id]).map(data)
}

pub fn update(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    let mut whole = find(context, call, ids)?;
    for (name, value) in object(call)? {
        whole[name] = value.clone();
    }
    let whole = whole.as_object().cloned().unwrap_or_default();
    save(context, ids[0], ids[1], &whole)?;
    find(context, call, ids).map(data)
}

pub fn delete(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    find(context, call, ids)?;
    context.store.remove("bc.custom_field", ids[1]);
    Ok(Answer::empty(204))
}
