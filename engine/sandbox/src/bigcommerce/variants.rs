//! Variants: the base variant of a simple product, and one per combination of option values.

use serde_json::{Map, Value, json};

use super::{
    Store3, error, options, paging,
    record::{array, catalog_date, data, object, passes, write},
    skus,
};
use crate::exchange::{Answer, Body, Call, Reply, id_of, text_of};

/// Most variants in one write.
const BATCH: usize = 50;
/// Most variants of one product.
const MOST: usize = 600;

const WRITABLE: &[&str] = &[
    "sku",
    "cost_price",
    "price",
    "sale_price",
    "retail_price",
    "map_price",
    "weight",
    "width",
    "height",
    "depth",
    "is_free_shipping",
    "fixed_cost_shipping_price",
    "purchasing_disabled",
    "purchasing_disabled_message",
    "upc",
    "inventory_level",
    "inventory_warning_level",
    "bin_picking_number",
    "mpn",
    "gtin",
    "image_url",
];

/// Makes the variant of a product without options; answers its id.
pub fn blank(context: &mut Store3<'_>, product: u64, sku: &str) -> u64 {
    let id = context.store.next_id("bc.variant", 501);
    let sku_id = context.store.next_id("bc.sku", 701);
    let variant = json!({
        "id": id, "product_id": product, "sku": sku, "sku_id": sku_id, "price": null, "calculated_price": null,
        "sale_price": null, "retail_price": null, "map_price": null, "weight": null, "calculated_weight": null,
        "width": null, "height": null, "depth": null, "is_free_shipping": false, "fixed_cost_shipping_price": null,
        "purchasing_disabled": false, "purchasing_disabled_message": "", "image_url": "", "cost_price": 0, "upc": "",
        "mpn": "", "gtin": "", "inventory_level": 0, "inventory_warning_level": 0, "bin_picking_number": "",
        "option_values": [],
    });
    context.store.put("bc.variant", id, variant);
    id
}

/// Variants of a product as they are answered.
pub fn of(context: &Store3<'_>, product: u64) -> Vec<Value> {
    let ids = context.store.find("bc.variant", "product_id", &product.to_string());
    ids.into_iter().filter_map(|id| context.store.get("bc.variant", id)).map(|v| shown(context, v)).collect()
}

/// A variant with what it inherits in the calculated fields.
fn shown(context: &Store3<'_>, variant: &Value) -> Value {
    let mut variant = variant.clone();
    let product = id_of(variant.get("product_id")).and_then(|id| context.store.get("bc.product", id));
    let inherited = |own: &Value, field: &str| match own {
        Value::Null => product.map_or(Value::Null, |p| p[field].clone()),
        own => own.clone(),
    };
    variant["calculated_price"] = inherited(&variant["price"], "price");
    variant["calculated_weight"] = inherited(&variant["weight"], "weight");
    variant
}

/// Removes a variant with its stock.
pub fn remove(context: &mut Store3<'_>, id: u64) {
    for stock in context.store.find("bc.stock", "variant_id", &id.to_string()) {
        context.store.remove("bc.stock", stock);
    }
    context.store.remove("bc.variant", id);
}

/// Makes a variant of option values that exist; answers its id.
pub fn add(context: &mut Store3<'_>, product: u64, body: &Map<String, Value>) -> Result<u64, Answer> {
    let mut record = context.store.get("bc.product", product).cloned().ok_or_else(|| {
        error::unprocessable("The product does not exist", &[("product_id", "The product does not exist")])
    })?;
    let sku = text_of(body.get("sku"));
    if sku.is_empty() {
        return Err(error::unprocessable("Missing Required Fields", &[("sku", "Please provide a sku.")]));
    }
    let values = resolve(context, product, body.get("option_values"))?;
    let siblings = context.store.find("bc.variant", "product_id", &product.to_string());
    let base = id_of(record.get("base_variant_id"));
    let same = |id: &u64| context.store.get("bc.variant", *id).is_some_and(|v| combination(v) == numbers(&values));
    if siblings.iter().filter(|id| Some(**id) != base).any(same) {
        return Err(error::duplicate("The variant of these option values exists already", "option_values"));
    }
    if siblings.len() >= MOST {
        return Err(error::unprocessable("A product takes 600 variants", &[]));
    }
    // The base variant gives way to the first variant with options.
    if let Some(base) = base {
        remove(context, base);
        record["base_variant_id"] = Value::Null;
    }
    record["date_modified"] = catalog_date(context.now);
    context.store.put("bc.product", product, record);
    let id = blank(context, product, "");
    let mut variant = context.store.get("bc.variant", id).cloned().unwrap_or_default();
    variant["option_values"] = values.into();
    context.store.put("bc.variant", id, variant);
    change(context, id, body)?;
    Ok(id)
}

fn numbers(values: &[Value]) -> Vec<u64> {
    let mut ids: Vec<u64> = values.iter().filter_map(|v| id_of(v.get("id"))).collect();
    ids.sort_unstable();
    ids
}

fn combination(variant: &Value) -> Vec<u64> {
    variant["option_values"].as_array().map(|values| numbers(values)).unwrap_or_default()
}

/// Finds the option values that a body names by ids or by texts: one of every option of the product.
fn resolve(context: &Store3<'_>, product: u64, given: Option<&Value>) -> Result<Vec<Value>, Answer> {
    let refuse = |text: &str| error::unprocessable("Input is invalid", &[("option_values", text)]);
    let options = options::of(context, product);
    let given = given.and_then(Value::as_array).filter(|given| !given.is_empty());
    let given = given.ok_or_else(|| refuse("a variant needs option values"))?;
    let mut found = Vec::new();
    for value in given {
        let option = options
            .iter()
            .find(|o| match id_of(value.get("option_id")) {
                Some(id) => id_of(o.get("id")) == Some(id),
                None => text_of(o.get("display_name")).eq_ignore_ascii_case(&text_of(value.get("option_display_name"))),
            })
            .ok_or_else(|| refuse("an option does not exist on this product"))?;
        let values = option["option_values"].as_array();
        let chosen = values
            .and_then(|values| {
                values.iter().find(|v| match id_of(value.get("id")) {
                    Some(id) => id_of(v.get("id")) == Some(id),
                    None => text_of(v.get("label")).eq_ignore_ascii_case(&text_of(value.get("label"))),
                })
            })
            .ok_or_else(|| refuse("an option value does not exist on this option"))?;
        found.push(json!({"id": chosen["id"], "label": chosen["label"], "option_id": option["id"],
            "option_display_name": option["display_name"]}));
    }
    let mut named: Vec<u64> = found.iter().filter_map(|v| id_of(v.get("option_id"))).collect();
    named.sort_unstable();
    named.dedup();
    if named.len() != options.len() || found.len() != options.len() {
        return Err(refuse("a variant needs exactly one value of every option"));
    }
    Ok(found)
}

fn change(context: &mut Store3<'_>, id: u64, body: &Map<String, Value>) -> Result<(), Answer> {
    let Some(mut variant) = context.store.get("bc.variant", id).cloned() else {
        return Err(error::v3(404, "The variant does not exist", &[]));
    };
    let product = id_of(variant.get("product_id")).unwrap_or(0);
    let sku = text_of(body.get("sku"));
    if skus::sku_taken(context, &sku, product, Some(id)) {
        return Err(error::duplicate(&format!("Sku '{sku}' is not unique"), "sku"));
    }
    write(&mut variant, body, WRITABLE);
    context.store.put("bc.variant", id, variant);
    if let Some(mut record) = context.store.get("bc.product", product).cloned() {
        record["date_modified"] = catalog_date(context.now);
        context.store.put("bc.product", product, record);
    }
    Ok(())
}

fn find(context: &Store3<'_>, call: &Call, ids: &[u64]) -> Result<Value, Answer> {
    let variant = context.store.get("bc.variant", ids[1]).filter(|v| id_of(v.get("product_id")) == Some(ids[0]));
    variant.map(|v| shown(context, v)).ok_or_else(|| error::not_found(call))
}

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let wanted = |v: &Value| {
        passes(call, v, "id", true)
            && passes(call, v, "product_id", true)
            && passes(call, v, "sku", false)
            && passes(call, v, "upc", false)
    };
    let candidates: Vec<u64> = match (call.query("sku"), call.list("product_id:in")) {
        (Some(sku), _) => context.store.find("bc.variant", "sku", sku),
        (_, Some(products)) => {
            let mut ids: Vec<u64> =
                products.iter().flat_map(|p| context.store.find("bc.variant", "product_id", p)).collect();
            ids.sort_unstable();
            ids
        }
        _ => context.store.all("bc.variant").map(|(id, _)| id).collect(),
    };
    let found = candidates.into_iter().filter_map(|id| context.store.get("bc.variant", id)).filter(|v| wanted(v));
    paging::v3(call, found.map(|v| shown(context, v)).collect(), 250)
}

pub fn list_of_product(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
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
    find(context, call, ids)?;
    change(context, ids[1], object(call)?)?;
    find(context, call, ids).map(data)
}

/// Updates by id, creates by product, SKU and option values; one bad row refuses all of them.
pub fn write_batch(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let (mut written, mut errors) = (Vec::new(), Vec::new());
    for (position, item) in array(call, BATCH, false)?.into_iter().enumerate() {
        let result = match (id_of(item.get("id")), id_of(item.get("product_id"))) {
            (Some(id), _) => change(context, id, item).map(|()| id),
            (None, Some(product)) => add(context, product, item),
            (None, None) => {
                Err(error::unprocessable("JSON data is missing or invalid", &[("id", "error.path.missing.")]))
            }
        };
        match result {
            Ok(id) => written.push(id),
            Err(Answer { body: Body::Json(mut body), .. }) => {
                body["instance"] = format!("/v3/catalog/variants#{position}").into();
                errors.push(body);
            }
            Err(other) => return Err(other),
        }
    }
    if !errors.is_empty() {
        return Err(Answer::json(422, json!({"batch_errors": errors})));
    }
    let rows: Vec<Value> =
        written.into_iter().filter_map(|id| context.store.get("bc.variant", id)).map(|v| shown(context, v)).collect();
    Ok(data(rows.into()))
}

pub fn delete(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    find(context, call, ids)?;
    remove(context, ids[1]);
    Ok(Answer::empty(204))
}
