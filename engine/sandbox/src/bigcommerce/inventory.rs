//! Stock per location. Writes are accepted with a transaction id and can be read after a delay.

use serde_json::{Map, Value, json};

use super::{
    Store3, error, paging,
    record::{object, passes},
};
use crate::exchange::{Answer, Call, Reply, id_of, text_of};

/// Most items in one adjustment.
const BATCH: usize = 2000;
/// Largest stock of one item.
const MOST: i64 = 2_147_483_647;

/// What one adjustment row means: a variant (or, for a product without a base variant, 0) of a product at a location.
struct Target {
    product: u64,
    variant: u64,
    location: u64,
}

/// Sets the stock of a variant at a location; used by adjustments and by the generator.
pub fn set_stock(context: &mut Store3<'_>, product: u64, variant: u64, location: u64, on_hand: i64) {
    let target = Target { product, variant, location };
    let id = find(context, &target).unwrap_or_else(|| context.store.next_id("bc.stock", 1));
    let stock = json!({"product_id": product, "variant_id": variant, "location_id": location, "on_hand": on_hand});
    context.store.put("bc.stock", id, stock);
    let sum = |context: &Store3<'_>, variant: u64| -> i64 {
        let rows = context.store.find("bc.stock", "variant_id", &variant.to_string());
        let rows = rows.into_iter().filter_map(|id| context.store.get("bc.stock", id));
        rows.filter(|s| id_of(s.get("product_id")) == Some(product))
            .filter_map(|s| s["on_hand"].as_i64())
            .fold(0, i64::saturating_add)
    };
    if let Some(mut record) = context.store.get("bc.variant", variant).cloned() {
        record["inventory_level"] = sum(context, variant).into();
        context.store.put("bc.variant", variant, record);
    }
    let mut variants = context.store.find("bc.variant", "product_id", &product.to_string());
    if !variants.contains(&variant) {
        variants.push(variant);
    }
    let total: i64 = variants.into_iter().map(|v| sum(context, v)).fold(0, i64::saturating_add);
    if let Some(mut record) = context.store.get("bc.product", product).cloned() {
        record["inventory_level"] = total.into();
        context.store.put("bc.product", product, record);
    }
}

fn find(context: &Store3<'_>, target: &Target) -> Option<u64> {
    context.store.find("bc.stock", "variant_id", &target.variant.to_string()).into_iter().find(|id| {
        context.store.get("bc.stock", *id).is_some_and(|s| {
            id_of(s.get("location_id")) == Some(target.location) && id_of(s.get("product_id")) == Some(target.product)
        })
    })
}

/// Finds what a row means and checks that the product's way of tracking fits.
fn target(context: &Store3<'_>, row: &Value) -> Result<Target, Answer> {
    let refuse = |text: String| error::unprocessable(&text, &[]);
    let location = id_of(row.get("location_id")).filter(|id| context.store.get("bc.location", *id).is_some());
    let location = location.ok_or_else(|| refuse(format!("Location {} does not exist", row["location_id"])))?;
    let of_variant = |id: u64| context.store.get("bc.variant", id).and_then(|v| id_of(v.get("product_id")));
    let tracking = |product: u64| {
        context.store.get("bc.product", product).map(|p| text_of(p.get("inventory_tracking"))).unwrap_or_default()
    };
    let base = |product: u64| context.store.get("bc.product", product).and_then(|p| id_of(p.get("base_variant_id")));
    if let Some(product) = id_of(row.get("product_id")) {
        if context.store.get("bc.product", product).is_none() {
            return Err(refuse(format!("Items with identity: [product_id {product}] do not exist")));
        }
        if tracking(product) == "variant" {
            let text =
                format!("[Item with product_id {product} is tracked by variant, please update stock by variant id]");
            return Err(refuse(text));
        }
        return Ok(Target { product, variant: base(product).unwrap_or(0), location });
    }
    if let Some(variant) = id_of(row.get("variant_id")) {
        let product = of_variant(variant)
            .ok_or_else(|| refuse(format!("Items with identity: [variant_id {variant}] do not exist")))?;
        if tracking(product) == "product" {
            let text =
                format!("[Item with variant_id {variant} is tracked by product, please update stock by product id]");
            return Err(refuse(text));
        }
        return Ok(Target { product, variant, location });
    }
    let sku = text_of(row.get("sku"));
    let variant = context.store.find("bc.variant", "sku", &sku).first().copied().filter(|_| !sku.is_empty());
    match variant.and_then(|v| Some((v, of_variant(v)?))) {
        Some((variant, product)) => Ok(Target { product, variant, location }),
        None => Err(refuse(format!("Items with identity: [sku {sku}] do not exist"))),
    }
}

fn adjust(context: &mut Store3<'_>, call: &Call, absolute: bool) -> Reply {
    let body = object(call)?;
    let items = body.get("items").and_then(Value::as_array).filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| error::unprocessable("Invalid payload", &[("items", "error.path.missing.")]))?;
    if items.len() > BATCH {
        return Err(error::batch_too_long(BATCH, true));
    }
    let mut changes = Vec::new();
    for item in items {
        let target = target(context, item)?;
        let quantity = item.get("quantity").and_then(Value::as_i64);
        let quantity = quantity
            .ok_or_else(|| error::unprocessable("Invalid payload", &[("quantity", "error.expected.jsnumber")]))?;
        let known = find(context, &target);
        let now = known.and_then(|id| context.store.get("bc.stock", id)).and_then(|s| s["on_hand"].as_i64());
        let next = match (absolute, now) {
            (true, _) => quantity,
            (false, Some(now)) => now.saturating_add(quantity),
            (false, None) => {
                let text = format!(
                    "Items with identity: [product_id {}] requires absolute adjustment before relative",
                    target.product
                );
                return Err(error::unprocessable(&text, &[]));
            }
        };
        if !(0..=MOST).contains(&next) {
            return Err(error::unprocessable("The quantity is out of range", &[("quantity", "0 to 2147483647")]));
        }
        changes.push(json!([target.product, target.variant, target.location, next]));
    }
    let id = context.store.next_id("bc.transaction", 1);
    if context.inventory_delay.is_zero() {
        apply(context, &changes);
    } else {
        let due = context
            .now
            .as_millisecond()
            .saturating_add(i64::try_from(context.inventory_delay.as_millis()).unwrap_or(i64::MAX));
        context.store.put("bc.pending", id, json!({"due": due, "changes": changes}));
    }
    Ok(Answer::json(200, json!({"transaction_id": format!("00000000-0000-4000-9000-{id:012}")})))
}

fn apply(context: &mut Store3<'_>, changes: &[Value]) {
    for change in changes {
        let number = |at: usize| change[at].as_u64().unwrap_or(0);
        set_stock(context, number(0), number(1), number(2), change[3].as_i64().unwrap_or(0));
    }
}

/// Makes adjustments whose delay is over readable.
pub fn apply_due(context: &mut Store3<'_>) {
    let now = context.now.as_millisecond();
    let due: Vec<(u64, Vec<Value>)> = context
        .store
        .all("bc.pending")
        .filter(|(_, p)| p["due"].as_i64().is_none_or(|due| due <= now))
        .map(|(id, p)| (id, p["changes"].as_array().cloned().unwrap_or_default()))
        .collect();
    for (id, changes) in due {
        apply(context, &changes);
        context.store.remove("bc.pending", id);
    }
}

pub fn absolute(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    adjust(context, call, true)
}

pub fn relative(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    adjust(context, call, false)
}

/// Stock of a variant at a location as it is answered.
fn at(context: &Store3<'_>, variant: &Value, location: &Value) -> Map<String, Value> {
    let target = Target {
        product: id_of(variant.get("product_id")).unwrap_or(0),
        variant: id_of(variant.get("id")).unwrap_or(0),
        location: id_of(location.get("id")).unwrap_or(0),
    };
    let on_hand =
        find(context, &target).and_then(|id| context.store.get("bc.stock", id)).and_then(|s| s["on_hand"].as_i64());
    let on_hand = on_hand.unwrap_or(0);
    let stock = json!({
        "location_id": location["id"], "location_code": location["code"], "location_name": location["label"],
        "available_to_sell": on_hand, "total_inventory_onhand": on_hand, "location_enabled": location["enabled"],
        "settings": {"safety_stock": 0, "is_in_stock": on_hand > 0, "warning_level": 0, "bin_picking_number": ""},
    });
    stock.as_object().cloned().unwrap_or_default()
}

fn identity(variant: &Value) -> Value {
    json!({"sku": variant["sku"], "variant_id": variant["id"], "product_id": variant["product_id"], "sku_id": variant["sku_id"]})
}

fn variants(context: &Store3<'_>, call: &Call) -> Vec<Value> {
    let ids: Vec<u64> = match (call.list("product_id:in"), call.list("variant_id:in"), call.list("sku:in")) {
        (Some(products), _, _) => {
            products.iter().flat_map(|p| context.store.find("bc.variant", "product_id", p)).collect()
        }
        (_, Some(variants), _) => variants.iter().filter_map(|v| v.parse().ok()).collect(),
        (_, _, Some(skus)) => skus.iter().flat_map(|sku| context.store.find("bc.variant", "sku", sku)).collect(),
        _ => context.store.all("bc.variant").map(|(id, _)| id).collect(),
    };
    let found = ids.into_iter().filter_map(|id| context.store.get("bc.variant", id));
    let renamed = |v: &Value| json!({"variant_id": v["id"], "product_id": v["product_id"], "sku": v["sku"]});
    found
        .filter(|v| ["variant_id", "product_id", "sku"].iter().all(|f| passes(call, &renamed(v), f, true)))
        .cloned()
        .collect()
}

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let codes = call.list("location_code:in");
    let places = call.list("location_id:in");
    let locations: Vec<Value> = context.store.all("bc.location").map(|(_, l)| l.clone()).collect();
    let locations: Vec<Value> = locations
        .into_iter()
        .filter(|l| codes.as_ref().is_none_or(|codes| codes.contains(&text_of(l.get("code")).as_str())))
        .filter(|l| places.as_ref().is_none_or(|places| places.contains(&text_of(l.get("id")).as_str())))
        .collect();
    let rows = variants(context, call);
    let rows = rows.iter().map(|variant| {
        let stock: Vec<Value> = locations.iter().map(|l| at(context, variant, l).into()).collect();
        json!({"identity": identity(variant), "locations": stock})
    });
    paging::v3(call, rows.collect(), 1000)
}

pub fn list_at(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    let location = context.store.get("bc.location", ids[0]).cloned().ok_or_else(|| error::not_found(call))?;
    let rows = variants(context, call);
    let rows = rows.iter().map(|variant| {
        let mut row = at(context, variant, &location);
        row.retain(|field, _| !field.starts_with("location_"));
        row.insert("identity".to_owned(), identity(variant));
        row.into()
    });
    paging::v3(call, rows.collect(), 1000)
}
