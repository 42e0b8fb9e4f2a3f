//! Product records of iPaaS.com, always the same ones: kits, simple products, products with options and variants.

use serde_json::{Value, json};

/// One record per line.
pub fn generate(count: usize) -> Vec<String> {
    (0..count).map(|i| record(i).to_string()).collect()
}

fn record(i: usize) -> Value {
    let id = 1_000 + i * 100;
    let by_variant = i % 5 < 2;
    let price = f64::from(u32::try_from(i % 900).unwrap_or(0)) + 0.95;
    let options = if by_variant { options(id) } else { json!([]) };
    let variants = if by_variant { variants(id, price) } else { json!([]) };
    json!({
        "id": id.to_string(), "sku": format!("SKU-{i}"), "name": format!("Product {i} größer"),
        "description": "<p>A thing that is good for many things, and comes in many colours and sizes.</p>".repeat(1 + i % 3),
        "type": if i.is_multiple_of(7) { "Virtual" } else { "Physical" }, "tracking_method": if by_variant { "Variant" } else { "Product" },
        "default_price": price, "msrp": if i.is_multiple_of(3) { json!(price + 10.0) } else { Value::Null }, "sale_price": Value::Null,
        "tax_class": "standard", "barcode": format!("40063813{:05}", i % 100_000), "status": if i.is_multiple_of(11) { "Inactive" } else { "Active" },
        "unit": "Each", "allow_discounts": true, "allow_backorders": false, "in_stock_threshold": 3, "width": 10.5, "height": 2, "depth": 7.25, "weight": 0.5,
        "kit": if i % 10 == 9 { json!({ "id": "1", "sku": "KIT", "components": [{ "id": "2", "sku": "A", "quantity": 1 }] }) } else { Value::Null },
        "variants": variants, "options": options,
        "inventory": [{ "id": (id + 50).to_string(), "parent_id": id, "location_id": "1", "qty_on_hand": 12, "qty_available": 10.5, "cost": 3.125 }],
        "categories": [{ "id": "1", "category_id": 7, "category_name": "Things" }, { "id": "2", "category_id": 8, "category_name": "Good things" }],
        "units": [], "alternate_ids": [], "related_products": [],
        "custom_fields": [{ "id": "1", "custom_field_name": "Brand", "value": "Acme" }, { "id": "2", "custom_field_name": "Meta Keywords", "value": "thing, good ,useful" },
            { "id": "3", "custom_field_name": "Page Title", "value": format!("Buy product {i}") }],
        "external_ids": [{ "id": 5, "system_id": 9, "external_id": "77", "internal_id": id.to_string() }], "tracking_guid": Value::Null
    })
}

fn options(id: usize) -> Value {
    let values = |option: usize, names: &[&str]| -> Value {
        names.iter().enumerate().map(|(n, v)| json!({ "id": (option * 10 + n).to_string(), "option_id": option.to_string(), "value": v, "order": n + 1 })).collect()
    };
    json!([
        { "id": (id + 1).to_string(), "option_name": "Size", "type": "Drop Down", "order": 1, "values": values(id + 1, &["S", "M", "L"]) },
        { "id": (id + 2).to_string(), "option_name": "Colour", "type": "Swatch", "order": 2, "values": values(id + 2, &["Red", "Blue"]) }
    ])
}

fn variants(id: usize, price: f64) -> Value {
    let mut variants = Vec::new();
    for (s, size) in ["S", "M", "L"].iter().enumerate() {
        for (c, colour) in ["Red", "Blue"].iter().enumerate() {
            let n = s * 2 + c;
            variants.push(json!({
                "id": (id + 10 + n).to_string(), "parent_id": id, "sku": format!("SKU-{id}-{size}-{colour}"), "default_price": if n % 2 == 0 { price } else { price + 1.0 },
                "msrp": Value::Null, "sale_price": Value::Null, "cost": 3.5, "barcode": Value::Null, "status": "Active", "width": Value::Null, "height": 1, "depth": 1, "weight": 0.25,
                "options": [{ "id": ((id + 1) * 10 + s).to_string(), "option_id": (id + 1).to_string(), "option_name": "Size", "value": size },
                    { "id": ((id + 2) * 10 + c).to_string(), "option_id": (id + 2).to_string(), "option_name": "Colour", "value": colour }],
                "inventory": [{ "id": (id + 60 + n).to_string(), "location_id": "1", "qty_on_hand": 4, "qty_available": Value::Null, "cost": 3.5 }],
                "custom_fields": [], "external_ids": []
            }));
        }
    }
    Value::Array(variants)
}
