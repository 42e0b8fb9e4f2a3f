//! Options, their values, and a variant per combination.

use serde_json::{Value, json};

use super::{World, number, words};

/// One option with its values.
pub type Choice = (&'static str, &'static str, &'static [&'static str]);

/// Size and colour.
pub const PLAIN: &[Choice] = &[("Size", "Drop Down", &["S", "M", "L"]), ("Colour", "Swatch", &["Black", "Sand"])];
/// Three options, 60 combinations.
pub const MANY: &[Choice] = &[
    ("Size", "Drop Down", &["XS", "S", "M", "L", "XL"]),
    ("Colour", "Radio", &["Black", "White", "Red", "Blue"]),
    ("Finish", "Rectangle", words::FINISHES),
];

/// Writes options and variants into a product; SKUs are made of the product's.
pub fn fill(
    world: &mut World<'_>,
    product: &mut Value,
    id: u64,
    sku: &str,
    choices: &[Choice],
    priced: bool,
    location: u64,
) {
    let mut options = Vec::new();
    let mut combinations: Vec<Vec<Value>> = vec![Vec::new()];
    for (order, (name, kind, labels)) in choices.iter().enumerate() {
        let option = world.id();
        let mut values = Vec::new();
        for (position, label) in labels.iter().enumerate() {
            let value = world.id();
            values.push(
                json!({"id": value.to_string(), "option_id": option.to_string(), "option_name": name, "value": label,
                "detail": "", "order": position + 1, "custom_fields": []}),
            );
        }
        combinations = combinations
            .iter()
            .flat_map(|chosen| values.iter().map(move |value| chosen.iter().chain(Some(value)).cloned().collect()))
            .collect();
        options.push(json!({"id": option.to_string(), "option_name": name, "type": kind, "order": order + 1,
            "values": values, "custom_fields": []}));
    }
    let price = product["default_price"].clone();
    let mut variants = Vec::new();
    for (position, chosen) in combinations.into_iter().enumerate() {
        let variant = world.id();
        let quantity = world.number(0, 40);
        let row = inventory(world, variant, location, quantity);
        let own = match (priced, position % 3) {
            (false, _) => Value::Null,
            (true, 2) => world.price(10, 90),
            (true, _) => price.clone(),
        };
        variants.push(json!({
            "id": variant.to_string(), "parent_id": id, "sku": format!("{sku}-{:02}", position + 1), "default_price": own,
            "msrp": null, "sale_price": null, "cost": null, "qty_on_hand": quantity, "qty_available": quantity,
            "barcode": "", "status": "Active", "width": null, "height": null, "depth": null, "weight": null, "kit": null,
            "inventory": [row], "categories": [], "options": chosen, "alternate_ids": [], "related_products": [],
            "custom_fields": [],
        }));
    }
    product["options"] = options.into();
    product["variants"] = variants.into();
    product["tracking_method"] = "Variant".into();
    product["inventory"] = json!([]);
}

/// Stock of a product or variant at a location.
pub fn inventory(world: &mut World<'_>, parent: u64, location: u64, quantity: u32) -> Value {
    let cost = world.number(100, 4000);
    let cost = number(&format!("{}.{:02}", cost / 100, cost % 100));
    json!({"id": world.id().to_string(), "parent_id": parent, "location_id": location.to_string(), "qty_on_hand": quantity,
        "qty_available": quantity, "cost": cost, "custom_fields": []})
}
