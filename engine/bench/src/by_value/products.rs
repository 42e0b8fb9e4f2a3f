//! The same rules as `mappings/catalog/product-*.yaml`, written by hand as one would over `serde_json::Value`.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy;
use serde_json::{Map, Value, json};

/// All lines mapped, one target per line; skipped records give none.
pub fn all(lines: &[String]) -> String {
    let mut out = String::with_capacity(lines.len() * 1024);
    for line in lines {
        let Ok(record) = serde_json::from_str::<Value>(line) else { continue };
        if let Some(target) = product(&record) {
            out.push_str(&target.to_string());
            out.push('\n');
        }
    }
    out
}

fn text<'a>(record: &'a Value, key: &str) -> Option<&'a str> {
    record.get(key).and_then(Value::as_str)
}

fn empty(value: Option<&str>) -> bool {
    value.is_none_or(|v| v.trim().is_empty())
}

fn custom<'a>(record: &'a Value, name: &str) -> Option<&'a str> {
    let fields = record.get("custom_fields")?.as_array()?;
    fields.iter().find(|f| text(f, "custom_field_name") == Some(name)).and_then(|f| text(f, "value"))
}

/// A number or null as it is.
fn copy(from: &Value, key: &str, to: &mut Map<String, Value>, target: &str) {
    if let Some(value) = from.get(key).filter(|v| !v.is_null()) {
        to.insert(target.to_owned(), value.clone());
    }
}

fn decimal(value: Option<&Value>) -> Option<Decimal> {
    value.filter(|v| v.is_number()).and_then(|v| Decimal::from_str_exact(&v.to_string()).ok())
}

fn number(value: Decimal) -> Value {
    value.normalize().to_string().parse().map_or(Value::Null, Value::Number)
}

fn link(value: Option<&Value>) -> Option<u64> {
    let id = match value? {
        Value::String(text) => text.parse::<u64>().ok()?,
        Value::Number(number) => number.as_u64()?,
        _ => return None,
    };
    Some(id + 100_000)
}

fn items<'a>(record: &'a Value, key: &str) -> &'a [Value] {
    record.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn product(record: &Value) -> Option<Value> {
    if record.get("kit").is_some_and(|k| !items(k, "components").is_empty())
        || empty(text(record, "sku"))
        || empty(text(record, "name"))
    {
        return None;
    }
    let method = text(record, "tracking_method");
    let active = text(record, "status") == Some("Active");
    let mut target = Map::new();
    copy(record, "name", &mut target, "name");
    copy(record, "sku", &mut target, "sku");
    let kind = match text(record, "type")? {
        "Physical" => "physical",
        "Virtual" => "digital",
        _ => return None,
    };
    target.insert("type".into(), json!(kind));
    copy(record, "description", &mut target, "description");
    target.insert("price".into(), record.get("default_price").filter(|v| !v.is_null()).cloned().unwrap_or(json!(0)));
    copy(record, "sale_price", &mut target, "sale_price");
    copy(record, "msrp", &mut target, "retail_price");
    let cost = items(record, "inventory").iter().find(|i| decimal(i.get("cost")).is_some_and(|c| c > Decimal::ZERO));
    if let Some(row) = cost {
        copy(row, "cost", &mut target, "cost_price");
    }
    target.insert("weight".into(), record.get("weight").filter(|v| !v.is_null()).cloned().unwrap_or(json!(0)));
    for key in ["width", "height", "depth"] {
        copy(record, key, &mut target, key);
    }
    if let Some(barcode) = text(record, "barcode").filter(|b| b.chars().count() <= 14) {
        target.insert("upc".into(), json!(barcode));
    }
    target.insert("is_visible".into(), json!(active));
    target.insert("availability".into(), json!(if active { "available" } else { "disabled" }));
    let tracking = match method {
        Some("Variant") => "variant",
        Some("Product") => "product",
        _ => "none",
    };
    target.insert("inventory_tracking".into(), json!(tracking));
    if let Some(threshold) = decimal(record.get("in_stock_threshold")) {
        target.insert(
            "inventory_warning_level".into(),
            number(threshold.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)),
        );
    }
    let categories: Vec<Value> =
        items(record, "categories").iter().filter_map(|c| link(c.get("category_id"))).map(Value::from).collect();
    target.insert("categories".into(), Value::Array(categories));
    for (name, key) in [
        ("Brand", "brand_name"),
        ("Page Title", "page_title"),
        ("Meta Description", "meta_description"),
        ("Search Keywords", "search_keywords"),
    ] {
        if let Some(value) = custom(record, name) {
            target.insert(key.into(), json!(value));
        }
    }
    if let Some(words) = custom(record, "Meta Keywords") {
        target.insert("meta_keywords".into(), words.split(',').map(|w| Value::from(w.trim())).collect());
    }
    target.insert("is_featured".into(), json!(false));
    let mut slot = |name: &str, rows: Vec<Value>| {
        if !rows.is_empty() {
            target.insert(name.into(), Value::Array(rows));
        }
    };
    if method == Some("Variant") {
        slot(
            "options",
            items(record, "options").iter().filter(|o| !items(o, "values").is_empty()).map(option).collect(),
        );
        slot("variants", items(record, "variants").iter().map(|v| variant(v, record)).collect());
    }
    if method == Some("Product") {
        slot("inventory", items(record, "inventory").iter().filter_map(|i| stock(i, "product_id", record)).collect());
    }
    Some(Value::Object(target))
}

fn option(option: &Value) -> Value {
    let kind = match text(option, "type").unwrap_or("Drop Down") {
        "Radio" => "radio_buttons",
        "Rectangle" => "rectangles",
        "Swatch" => "swatch",
        _ => "dropdown",
    };
    let mut target = Map::new();
    copy(option, "option_name", &mut target, "display_name");
    target.insert("type".into(), json!(kind));
    copy(option, "order", &mut target, "sort_order");
    let swatch = text(option, "type") == Some("Swatch");
    let values = items(option, "values").iter().enumerate().map(|(at, value)| {
        let mut target = Map::new();
        copy(value, "value", &mut target, "label");
        target
            .insert("sort_order".into(), value.get("order").filter(|o| !o.is_null()).cloned().unwrap_or(json!(at + 1)));
        if !swatch {
            target.insert("is_default".into(), json!(false));
        }
        Value::Object(target)
    });
    target.insert("option_values".into(), values.collect());
    Value::Object(target)
}

fn variant(variant: &Value, product: &Value) -> Value {
    let mut target = Map::new();
    copy(variant, "sku", &mut target, "sku");
    let price = decimal(variant.get("default_price"));
    if price.is_some() && price != decimal(product.get("default_price")) {
        copy(variant, "default_price", &mut target, "price");
    }
    copy(variant, "sale_price", &mut target, "sale_price");
    copy(variant, "msrp", &mut target, "retail_price");
    copy(variant, "cost", &mut target, "cost_price");
    if let Some(barcode) = text(variant, "barcode").filter(|b| b.chars().count() <= 14) {
        target.insert("upc".into(), json!(barcode));
    }
    for key in ["weight", "width", "height", "depth"] {
        copy(variant, key, &mut target, key);
    }
    let status = text(variant, "status");
    target.insert("purchasing_disabled".into(), json!(!empty(status) && status != Some("Active")));
    let options: Vec<Value> = items(variant, "options")
        .iter()
        .map(|o| {
            let mut target = Map::new();
            target.insert("option_id".into(), json!(link(o.get("option_id"))));
            target.insert("id".into(), json!(link(o.get("id"))));
            copy(o, "option_name", &mut target, "option_display_name");
            copy(o, "value", &mut target, "label");
            Value::Object(target)
        })
        .collect();
    if !options.is_empty() {
        target.insert("option_values".into(), Value::Array(options));
    }
    let stock: Vec<Value> =
        items(variant, "inventory").iter().filter_map(|i| stock(i, "variant_id", variant)).collect();
    if !stock.is_empty() {
        target.insert("inventory".into(), Value::Array(stock));
    }
    Value::Object(target)
}

fn stock(row: &Value, key: &str, owner: &Value) -> Option<Value> {
    let location = link(row.get("location_id"))?;
    let quantity = decimal(row.get("qty_available")).or_else(|| decimal(row.get("qty_on_hand")))?;
    let quantity = quantity.round_dp_with_strategy(0, RoundingStrategy::ToZero).max(Decimal::ZERO);
    Some(json!({ "location_id": location, "quantity": number(quantity), key: link(owner.get("id")) }))
}
