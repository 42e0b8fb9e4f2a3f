//! Products, and the summary of the catalog.

use serde_json::{Map, Value, json};

use super::{
    Store3, brands, custom_fields, error, options, paging,
    record::{array, catalog_date, data, includes, item_id, object, passes, passes_date, require, write},
    skus, variants,
};
use crate::exchange::{Answer, Call, Reply, id_of, text_of};

/// Most products in one update.
const BATCH: usize = 10;

const WRITABLE: &[&str] = &[
    "name",
    "type",
    "sku",
    "description",
    "weight",
    "width",
    "depth",
    "height",
    "price",
    "cost_price",
    "retail_price",
    "sale_price",
    "map_price",
    "tax_class_id",
    "product_tax_code",
    "categories",
    "brand_id",
    "inventory_level",
    "inventory_warning_level",
    "inventory_tracking",
    "fixed_cost_shipping_price",
    "is_free_shipping",
    "is_visible",
    "is_featured",
    "related_products",
    "warranty",
    "bin_picking_number",
    "layout_file",
    "upc",
    "mpn",
    "gtin",
    "search_keywords",
    "availability",
    "availability_description",
    "gift_wrapping_options_type",
    "gift_wrapping_options_list",
    "sort_order",
    "condition",
    "is_condition_shown",
    "order_quantity_minimum",
    "order_quantity_maximum",
    "page_title",
    "meta_keywords",
    "meta_description",
    "view_count",
    "preorder_release_date",
    "preorder_message",
    "is_preorder_only",
    "is_price_hidden",
    "price_hidden_label",
    "custom_url",
    "open_graph_type",
    "open_graph_title",
    "open_graph_description",
    "open_graph_use_meta_description",
    "open_graph_use_product_name",
    "open_graph_use_image",
];

/// Prices and measures that are numbers even when nothing was given.
const NUMBERS: &[&str] =
    &["price", "cost_price", "retail_price", "sale_price", "map_price", "width", "depth", "height", "weight"];

fn blank(id: u64, now: &Value) -> Value {
    json!({
        "id": id, "name": "", "type": "physical", "sku": "", "description": "", "weight": 0, "width": 0, "depth": 0,
        "height": 0, "price": 0, "cost_price": 0, "retail_price": 0, "sale_price": 0, "map_price": 0, "tax_class_id": 0,
        "product_tax_code": "", "calculated_price": 0, "categories": [], "brand_id": 0,
        "option_set_display": "right", "inventory_level": 0, "inventory_warning_level": 0, "inventory_tracking": "none",
        "reviews_rating_sum": 0, "reviews_count": 0, "total_sold": 0, "fixed_cost_shipping_price": 0,
        "is_free_shipping": false, "is_visible": false, "is_featured": false, "related_products": [-1], "warranty": "",
        "bin_picking_number": "", "layout_file": "", "upc": "", "mpn": "", "gtin": "", "date_last_imported": "",
        "search_keywords": "", "availability": "available", "availability_description": "",
        "gift_wrapping_options_type": "any", "gift_wrapping_options_list": [], "sort_order": 0, "condition": "New",
        "is_condition_shown": false, "order_quantity_minimum": 0, "order_quantity_maximum": 0, "page_title": "",
        "meta_keywords": [], "meta_description": "", "date_created": now, "date_modified": now, "view_count": 0,
        "preorder_release_date": null, "preorder_message": "", "is_preorder_only": false, "is_price_hidden": false,
        "price_hidden_label": "", "custom_url": {"url": format!("/product-{id}/"), "is_customized": false},
        "base_variant_id": null, "open_graph_type": "product", "open_graph_title": "", "open_graph_description": "",
        "open_graph_use_meta_description": true, "open_graph_use_product_name": true, "open_graph_use_image": true,
    })
}

/// Makes a product; used by the endpoint and by the generator.
pub fn new_product(context: &mut Store3<'_>, body: &Map<String, Value>) -> Result<u64, Answer> {
    require(body, &["name", "type", "weight", "price"], "Missing Required Fields")?;
    let id = context.store.next_id("bc.product", 101);
    let now = catalog_date(context.now);
    let mut product = blank(id, &now);
    apply(context, &mut product, body)?;
    let base = variants::blank(context, id, text_of(product.get("sku")).as_str());
    product["base_variant_id"] = base.into();
    context.store.put("bc.product", id, product);
    if let Some(Value::Array(fields)) = body.get("custom_fields") {
        for field in fields.iter().filter_map(Value::as_object) {
            custom_fields::add(context, id, field)?;
        }
    }
    if let Some(Value::Array(rows)) = body.get("variants") {
        for row in rows.iter().filter_map(Value::as_object) {
            options::ensure(context, id, row)?;
            variants::add(context, id, row)?;
        }
    }
    Ok(id)
}

/// Writes a body into a product and checks what must be unique or must exist.
fn apply(context: &mut Store3<'_>, product: &mut Value, body: &Map<String, Value>) -> Result<(), Answer> {
    let id = id_of(product.get("id")).unwrap_or(0);
    if let Some(name) = body.get("name").map(|name| text_of(Some(name))) {
        if name.is_empty() || name.chars().count() > 250 {
            return Err(error::unprocessable(
                "The field 'name' is invalid.",
                &[("name", "name must be 1 to 250 characters")],
            ));
        }
        if context.store.find("bc.product", "name", &name).iter().any(|other| *other != id) {
            return Err(error::duplicate("The product name is a duplicate", "name"));
        }
    }
    if let Some(sku) = body.get("sku").map(|sku| text_of(Some(sku))) {
        if sku.chars().count() > 255 {
            return Err(error::unprocessable(
                "The field 'sku' is invalid.",
                &[("sku", "sku must be at most 255 characters")],
            ));
        }
        if skus::sku_taken(context, &sku, id, None) {
            return Err(error::duplicate("The product sku is a duplicate", "sku"));
        }
    }
    if let Some(Value::Array(categories)) = body.get("categories") {
        for category in categories {
            if id_of(Some(category)).and_then(|c| context.store.get("bc.category", c)).is_none() {
                let message = format!("The category {category} does not exist");
                return Err(error::v3(409, "One or more categories are invalid", &[("categories", &message)]));
            }
        }
    }
    if let Some(brand) = id_of(body.get("brand_id")).filter(|brand| *brand != 0)
        && context.store.get("bc.brand", brand).is_none()
    {
        return Err(error::v3(409, "The brand is invalid", &[("brand_id", "The brand does not exist")]));
    }
    write(product, body, WRITABLE);
    for field in NUMBERS {
        if product[*field].is_null() {
            product[*field] = 0.into();
        }
    }
    if let Some(name) = body.get("brand_name").and_then(Value::as_str).filter(|name| !name.is_empty()) {
        product["brand_id"] = brands::find_or_add(context, name).into();
    }
    let on_sale = !matches!(text_of(product.get("sale_price")).as_str(), "" | "0" | "0.0");
    product["calculated_price"] = product[if on_sale { "sale_price" } else { "price" }].clone();
    product["date_modified"] = catalog_date(context.now);
    Ok(())
}

/// The product as it is answered, with what `include` asks for.
fn shown(context: &Store3<'_>, call: &Call, id: u64) -> Option<Value> {
    let mut product = context.store.get("bc.product", id)?.clone();
    if includes(call, "variants") {
        product["variants"] = variants::of(context, id).into();
    }
    if includes(call, "options") {
        product["options"] = options::of(context, id).into();
    }
    if includes(call, "custom_fields") {
        product["custom_fields"] = custom_fields::of(context, id).into();
    }
    for empty in ["images", "bulk_pricing_rules", "modifiers", "videos", "parent_relations"] {
        if includes(call, empty) {
            product[empty] = json!([]);
        }
    }
    only(call, &mut product);
    Some(product)
}

/// `include_fields` and `exclude_fields`; the id always comes.
fn only(call: &Call, record: &mut Value) {
    let Some(fields) = record.as_object_mut() else { return };
    if let Some(wanted) = call.list("include_fields") {
        let sub = call.list("include").unwrap_or_default();
        fields.retain(|name, _| name == "id" || wanted.contains(&name.as_str()) || sub.contains(&name.as_str()));
    }
    if let Some(unwanted) = call.list("exclude_fields") {
        fields.retain(|name, _| name == "id" || !unwanted.contains(&name.as_str()));
    }
}

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let most = if includes(call, "options") || includes(call, "modifiers") { 10 } else { 250 };
    let now = context.now;
    let wanted = |product: &Value| {
        ["id", "brand_id", "inventory_level", "total_sold"].iter().all(|field| passes(call, product, field, true))
            && ["sku", "name", "upc", "mpn", "type", "availability", "is_visible"]
                .iter()
                .all(|f| passes(call, product, f, false))
            && ["date_modified", "date_last_imported"].iter().all(|field| passes_date(call, product, field, now))
            && call.list("categories").or(call.list("categories:in")).is_none_or(|ids| {
                product["categories"]
                    .as_array()
                    .is_some_and(|have| have.iter().any(|c| ids.contains(&c.to_string().as_str())))
            })
    };
    let candidates: Vec<u64> = match (call.query("sku"), call.list("sku:in"), call.list("id:in")) {
        (Some(sku), _, _) => context.store.find("bc.product", "sku", sku),
        (_, Some(skus), _) => {
            let mut ids: Vec<u64> = skus.iter().flat_map(|sku| context.store.find("bc.product", "sku", sku)).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        }
        (_, _, Some(ids)) => {
            let mut ids: Vec<u64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        }
        _ => context.store.all("bc.product").map(|(id, _)| id).collect(),
    };
    let mut ids: Vec<u64> =
        candidates.into_iter().filter(|id| context.store.get("bc.product", *id).is_some_and(wanted)).collect();
    sort(context, call, &mut ids);
    // Only the page's products are put together in full.
    let page = paging::v3(call, ids.into_iter().map(Value::from).collect(), most)?;
    let crate::exchange::Body::Json(mut body) = page.body else { return Ok(page) };
    if let Some(rows) = body["data"].as_array_mut() {
        for row in rows {
            *row = row.as_u64().and_then(|id| shown(context, call, id)).unwrap_or_default();
        }
    }
    Ok(Answer::json(200, body))
}

fn sort(context: &Store3<'_>, call: &Call, ids: &mut [u64]) {
    let Some(field) = call.query("sort") else { return };
    let key = |id: &u64| {
        let value = context.store.get("bc.product", *id).and_then(|p| p.get(field));
        (value.and_then(Value::as_i64), text_of(value).to_lowercase())
    };
    ids.sort_by_key(key);
    if call.query("direction") == Some("desc") {
        ids.reverse();
    }
}

pub fn read(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    shown(context, call, ids[0]).map(data).ok_or_else(|| error::not_found(call))
}

pub fn create(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let id = new_product(context, object(call)?)?;
    shown(context, call, id).map(data).ok_or_else(|| error::not_found(call))
}

fn change(context: &mut Store3<'_>, call: &Call, id: u64, body: &Map<String, Value>) -> Result<Value, Answer> {
    let mut product = context.store.get("bc.product", id).cloned().ok_or_else(|| error::not_found(call))?;
    apply(context, &mut product, body)?;
    let base = id_of(product.get("base_variant_id"));
    let sku = product["sku"].clone();
    context.store.put("bc.product", id, product);
    if let Some((base, mut variant)) =
        base.and_then(|base| Some((base, context.store.get("bc.variant", base)?.clone())))
    {
        variant["sku"] = sku;
        context.store.put("bc.variant", base, variant);
    }
    if let Some(Value::Array(fields)) = body.get("custom_fields") {
        for field in fields.iter().filter_map(Value::as_object) {
            custom_fields::put(context, id, field)?;
        }
    }
    shown(context, call, id).ok_or_else(|| error::not_found(call))
}

pub fn update(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    change(context, call, ids[0], object(call)?).map(data)
}

pub fn update_batch(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let mut changed = Vec::new();
    for item in array(call, BATCH, true)? {
        let id = item_id(item, "id", "JSON data is missing or invalid")?;
        changed.push(change(context, call, id, item)?);
    }
    Ok(data(changed.into()))
}

/// Removes a product with all that belongs to it.
fn remove(context: &mut Store3<'_>, id: u64) {
    for variant in context.store.find("bc.variant", "product_id", &id.to_string()) {
        variants::remove(context, variant);
    }
    for kind in ["bc.option", "bc.custom_field"] {
        for child in context.store.find(kind, "product_id", &id.to_string()) {
            context.store.remove(kind, child);
        }
    }
    context.store.remove("bc.product", id);
}

pub fn delete(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    if context.store.get("bc.product", ids[0]).is_none() {
        return Err(error::not_found(call));
    }
    remove(context, ids[0]);
    Ok(Answer::empty(204))
}

pub fn delete_batch(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let Some(ids) = call.list("id:in") else {
        return Err(error::unprocessable("At least one filter must be set for a delete action.", &[]));
    };
    for id in ids.iter().filter_map(|id| id.parse().ok()) {
        remove(context, id);
    }
    Ok(Answer::empty(204))
}

pub fn summary(context: &mut Store3<'_>, _: &Call, _: &[u64]) -> Reply {
    let count: i64 = context.store.all("bc.variant").filter_map(|(_, v)| v["inventory_level"].as_i64()).sum();
    let first = context.store.all("bc.category").next();
    Ok(data(json!({
        "inventory_count": count, "variant_count": context.store.count("bc.variant"), "inventory_value": 0,
        "highest_variant_price": 0, "average_variant_price": 0, "lowest_variant_price": "0",
        "oldest_variant_date": "2020-01-01T00:00:00+00:00", "newest_variant_date": catalog_date(context.now),
        "primary_category_id": first.as_ref().map_or(0, |(id, _)| *id),
        "primary_category_name": first.map_or("", |(_, c)| c["name"].as_str().unwrap_or_default()),
    })))
}
