//! Options of a product and their values.

use serde_json::{Map, Value, json};

use super::{
    Store3, error, paging,
    record::{catalog_date, data, object, require, write},
};
use crate::exchange::{Answer, Call, Reply, id_of, text_of};

const TYPES: &[&str] =
    &["radio_buttons", "rectangles", "dropdown", "product_list", "product_list_with_images", "swatch"];

/// Most values of one option.
const MOST_VALUES: usize = 250;

/// Options of a product as they are answered, in their order.
pub fn of(context: &Store3<'_>, product: u64) -> Vec<Value> {
    let ids = context.store.find("bc.option", "product_id", &product.to_string());
    let mut options: Vec<Value> =
        ids.into_iter().filter_map(|id| context.store.get("bc.option", id).cloned()).collect();
    options.sort_by_key(|option| option["sort_order"].as_i64());
    options
}

/// Makes the options and values that a row of a new product's `variants` names.
pub fn ensure(context: &mut Store3<'_>, product: u64, variant: &Map<String, Value>) -> Result<(), Answer> {
    let named = variant.get("option_values").and_then(Value::as_array).cloned().unwrap_or_default();
    for value in named {
        let (name, label) = (text_of(value.get("option_display_name")), text_of(value.get("label")));
        if name.is_empty() || label.is_empty() {
            continue;
        }
        let found = of(context, product).into_iter().find(|option| option["display_name"] == name.as_str());
        match found {
            None => {
                let body = json!({"display_name": name, "type": "radio_buttons", "option_values": [{"label": label}]});
                add(context, product, body.as_object().unwrap_or(&Map::new()))?;
            }
            Some(option) => {
                let has =
                    option["option_values"].as_array().is_some_and(|v| v.iter().any(|v| v["label"] == label.as_str()));
                if let Some(id) = id_of(option.get("id")).filter(|_| !has) {
                    let mut option = option;
                    put_value(context, &mut option, json!({"label": label}).as_object().unwrap_or(&Map::new()), None)?;
                    context.store.put("bc.option", id, option);
                }
            }
        }
    }
    Ok(())
}

fn touch(context: &mut Store3<'_>, product: u64) {
    if let Some(mut record) = context.store.get("bc.product", product).cloned() {
        record["date_modified"] = catalog_date(context.now);
        context.store.put("bc.product", product, record);
    }
}

fn check(context: &Store3<'_>, product: u64, id: u64, body: &Map<String, Value>) -> Result<(), Answer> {
    if let Some(name) = body.get("display_name").map(|n| text_of(Some(n))) {
        let same =
            |o: &Value| id_of(o.get("id")) != Some(id) && text_of(o.get("display_name")).eq_ignore_ascii_case(&name);
        if of(context, product).iter().any(same) {
            return Err(error::duplicate("The option display name is a duplicate", "display_name"));
        }
    }
    match body.get("type").and_then(Value::as_str) {
        Some(kind) if !TYPES.contains(&kind) => {
            Err(error::unprocessable("Input is invalid", &[("type", "the option type is not known")]))
        }
        _ => Ok(()),
    }
}

fn add(context: &mut Store3<'_>, product: u64, body: &Map<String, Value>) -> Result<u64, Answer> {
    require(body, &["display_name", "type"], "Missing Required Fields")?;
    let id = context.store.next_id("bc.option", 201);
    check(context, product, id, body)?;
    let name = format!("{}{}", text_of(body.get("display_name")), context.now.as_second() % 1_000_000 + id as i64);
    let mut option = json!({"id": id, "product_id": product, "name": name, "display_name": "", "type": "",
        "sort_order": of(context, product).len(), "option_values": [], "config": {}});
    write(&mut option, body, &["display_name", "type", "sort_order", "config", "image_url"]);
    put_values(context, &mut option, body)?;
    context.store.put("bc.option", id, option);
    touch(context, product);
    Ok(id)
}

fn put_values(context: &mut Store3<'_>, option: &mut Value, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(Value::Array(values)) = body.get("option_values") else { return Ok(()) };
    for value in values.iter().filter_map(Value::as_object) {
        put_value(context, option, value, id_of(value.get("id")))?;
    }
    Ok(())
}

/// Changes the value with this id, or adds one; answers its id.
fn put_value(
    context: &mut Store3<'_>,
    option: &mut Value,
    body: &Map<String, Value>,
    id: Option<u64>,
) -> Result<u64, Answer> {
    let mut values = option["option_values"].as_array().cloned().unwrap_or_default();
    let label = body.get("label").map(|label| text_of(Some(label)));
    if let Some(label) = &label {
        let same = |v: &Value| id_of(v.get("id")) != id && text_of(v.get("label")).eq_ignore_ascii_case(label);
        if values.iter().any(same) {
            return Err(error::duplicate("The option value label is a duplicate", "label"));
        }
    }
    let position = values.iter().position(|v| id.is_some() && id_of(v.get("id")) == id);
    let position = match position {
        Some(position) => position,
        None => {
            if label.is_none_or(|label| label.is_empty()) {
                return Err(error::unprocessable("Missing Required Fields", &[("label", "Please provide a label.")]));
            }
            if values.len() >= MOST_VALUES {
                return Err(error::unprocessable("An option takes 250 values", &[]));
            }
            let id = context.store.next_id("bc.option_value", 301);
            values.push(json!({"id": id, "label": "", "sort_order": values.len(), "is_default": false}));
            values.len() - 1
        }
    };
    write(&mut values[position], body, &["label", "sort_order", "value_data", "is_default"]);
    let id = id_of(values[position].get("id")).unwrap_or(0);
    option["option_values"] = values.into();
    Ok(id)
}

fn find(context: &Store3<'_>, call: &Call, ids: &[u64]) -> Result<Value, Answer> {
    let option = context.store.get("bc.option", ids[1]).filter(|o| id_of(o.get("product_id")) == Some(ids[0]));
    option.cloned().ok_or_else(|| error::not_found(call))
}

fn find_value(option: &Value, call: &Call, id: u64) -> Result<Value, Answer> {
    let values = option["option_values"].as_array();
    let value = values.and_then(|values| values.iter().find(|v| id_of(v.get("id")) == Some(id)));
    value.cloned().ok_or_else(|| error::not_found(call))
}

pub fn list(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    context.store.get("bc.product", ids[0]).ok_or_else(|| error::not_found(call))?;
    paging::v3(call, of(context, ids[0]), 250)
}

pub fn read(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    find(context, call, ids).map(data)
}

pub fn create(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    context.store.get("bc.product", ids[0]).ok_or_else(|| error::not_found(call))?;
    let id = add(context, ids[0], object(call)?)?;
    find(context, call, &[ids[0], id]).map(data)
}

pub fn update(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    let (mut option, body) = (find(context, call, ids)?, object(call)?);
    check(context, ids[0], ids[1], body)?;
    write(&mut option, body, &["display_name", "type", "sort_order", "config", "image_url"]);
    put_values(context, &mut option, body)?;
    context.store.put("bc.option", ids[1], option.clone());
    touch(context, ids[0]);
    Ok(data(option))
}

pub fn delete(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    find(context, call, ids)?;
    context.store.remove("bc.option", ids[1]);
    touch(context, ids[0]);
    Ok(Answer::empty(204))
}

pub fn list_values(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    let option = find(context, call, ids)?;
    paging::v3(call, option["option_values"].as_array().cloned().unwrap_or_default(), 250)
}

pub fn read_value(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    find_value(&find(context, call, ids)?, call, ids[2]).map(data)
}

pub fn create_value(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    let mut option = find(context, call, ids)?;
    let id = put_value(context, &mut option, object(call)?, None)?;
    context.store.put("bc.option", ids[1], option.clone());
    touch(context, ids[0]);
    find_value(&option, call, id).map(data)
}

pub fn update_value(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    let mut option = find(context, call, ids)?;
    find_value(&option, call, ids[2])?;
    put_value(context, &mut option, object(call)?, Some(ids[2]))?;
    context.store.put("bc.option", ids[1], option.clone());
    touch(context, ids[0]);
    find_value(&option, call, ids[2]).map(data)
}

pub fn delete_value(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    let mut option = find(context, call, ids)?;
    find_value(&option, call, ids[2])?;
    if let Some(values) = option["option_values"].as_array_mut() {
        values.retain(|value| id_of(value.get("id")) != Some(ids[2]));
    }
    context.store.put("bc.option", ids[1], option);
    touch(context, ids[0]);
    Ok(Answer::empty(204))
}
