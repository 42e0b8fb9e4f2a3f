//! Products of iPaaS.com.

use serde_json::{Value, json};

use super::{World, categories::Categories, number, places::Places, variants, words};

/// What a product is made to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Simple,
    Variants,
    Kit,
    NoSku,
    InStore,
    Sixty,
    UnlinkedCategory,
    UnlinkedLocation,
    DeletedInStore,
    Nulls,
    EmptyTexts,
    NonLatin,
    ManyDigits,
    Inactive,
    UnpricedVariants,
    LongText,
    Units,
    Virtual,
}

/// The order of the first products: whoever takes twenty has met them all.
const FIRST: &[Kind] = &[
    Kind::Simple,
    Kind::Variants,
    Kind::Kit,
    Kind::NoSku,
    Kind::InStore,
    Kind::Sixty,
    Kind::UnlinkedCategory,
    Kind::UnlinkedLocation,
    Kind::DeletedInStore,
    Kind::Nulls,
    Kind::EmptyTexts,
    Kind::NonLatin,
    Kind::ManyDigits,
    Kind::Inactive,
    Kind::UnpricedVariants,
    Kind::LongText,
    Kind::Units,
    Kind::Virtual,
    Kind::InStore,
];

/// Products that the other side needs to know.
#[derive(Default)]
pub struct Products {
    /// SKU and name of products that the store has too, without a link.
    pub in_store: Vec<(String, String)>,
    /// Id and SKU of a product that is linked, but was deleted in the store.
    pub deleted: Option<(u64, String)>,
}

/// Makes that many products.
pub fn fill(world: &mut World<'_>, records: usize, categories: &Categories, places: &Places) -> Products {
    let mut known = Products::default();
    for position in 0..records {
        let kind = match FIRST.get(position) {
            Some(kind) => *kind,
            None => ordinary(world),
        };
        let (id, product) = product(world, position, kind, categories, places);
        let text = |field: &str| product[field].as_str().unwrap_or_default().to_owned();
        match kind {
            Kind::InStore => known.in_store.push((text("sku"), text("name"))),
            Kind::DeletedInStore => known.deleted = Some((id, text("sku"))),
            _ => {}
        }
        world.put("ipaas.product", id, product);
    }
    known
}

/// Kinds of the many, by their share.
fn ordinary(world: &mut World<'_>) -> Kind {
    match world.number(0, 99) {
        0..=69 => Kind::Simple,
        70..=84 => Kind::Variants,
        85..=87 => Kind::Units,
        88..=89 => Kind::Kit,
        90..=91 => Kind::Nulls,
        92..=93 => Kind::EmptyTexts,
        94..=95 => Kind::NonLatin,
        96..=97 => Kind::ManyDigits,
        98 => Kind::Inactive,
        _ => Kind::NoSku,
    }
}

fn product(
    world: &mut World<'_>,
    position: usize,
    kind: Kind,
    categories: &Categories,
    places: &Places,
) -> (u64, Value) {
    let id = world.id();
    let name = format!(
        "{} {} {} {}",
        world.pick(words::ADJECTIVES),
        world.pick(words::MATERIALS),
        world.pick(words::THINGS),
        position + 1
    );
    let sku = format!("MW-{:05}", position + 1);
    let quantity = world.number(0, 120);
    let stock = variants::inventory(world, id, places.main, quantity);
    let (category, category_name) = {
        let chosen = world.number(0, u32::try_from(categories.usable.len()).unwrap_or(1).saturating_sub(1));
        categories.usable[chosen as usize].clone()
    };
    let assignment = json!({"id": world.id().to_string(), "category_id": category, "category_name": category_name});
    let on_sale = world.chance(15);
    let price = world.price(5, 250);
    let barcode = if world.chance(60) { format!("40{:011}", world.number(1, 999_999_999)) } else { String::new() };
    let brand = world.pick(words::BRANDS);
    let fields = [
        world.custom("Brand", brand),
        world.custom("Page Title", &format!("{name} | {brand}")),
        world.custom("Search Keywords", &name.to_lowercase().replace(' ', ", ")),
        world.custom("Meta Keywords", "home, living"),
    ];
    let mut product = json!({
        "id": id.to_string(), "sku": sku, "name": name, "description": format!("<p>{name}, made to last.</p>"),
        "type": "Physical", "tracking_method": "Product", "default_price": price,
        "msrp": if world.chance(40) { world.price(250, 300) } else { Value::Null },
        "sale_price": if on_sale { world.price(2, 5) } else { Value::Null },
        "tax_class": "Default", "barcode": barcode, "status": "Active", "unit": "Each", "allow_discounts": true,
        "allow_backorders": false, "in_stock_threshold": world.number(0, 10), "width": world.number(1, 60),
        "height": world.number(1, 60), "depth": world.number(1, 60), "weight": world.price(0, 20), "kit": null,
        "variants": [], "inventory": [stock], "categories": [assignment], "options": [], "units": [],
        "alternate_ids": [], "related_products": [], "custom_fields": fields,
    });
    dress(world, &mut product, id, &sku, kind, categories, places);
    (id, product)
}

fn dress(
    world: &mut World<'_>,
    product: &mut Value,
    id: u64,
    sku: &str,
    kind: Kind,
    categories: &Categories,
    places: &Places,
) {
    match kind {
        Kind::Simple | Kind::InStore | Kind::DeletedInStore => {}
        Kind::Variants => variants::fill(world, product, id, sku, variants::PLAIN, true, places.main),
        Kind::Sixty => variants::fill(world, product, id, sku, variants::MANY, true, places.main),
        Kind::UnpricedVariants => variants::fill(world, product, id, sku, variants::PLAIN, false, places.main),
        Kind::Kit => {
            let component = json!({"sku": "MW-00001", "quantity": 2, "unit": "Each", "type": "Product"});
            product["kit"] = json!({"sku": sku, "description": "A set", "type": "Basic", "components": [component]});
        }
        Kind::NoSku => product["sku"] = "".into(),
        Kind::UnlinkedCategory => {
            let row = json!({"id": world.id().to_string(), "category_id": categories.nameless, "category_name": ""});
            if let Some(rows) = product["categories"].as_array_mut() {
                rows.push(row);
            }
        }
        Kind::UnlinkedLocation => {
            let row = variants::inventory(world, id, places.unlinked, 12);
            if let Some(rows) = product["inventory"].as_array_mut() {
                rows.push(row);
            }
        }
        Kind::Nulls => {
            let all = [
                "description",
                "msrp",
                "sale_price",
                "tax_class",
                "barcode",
                "in_stock_threshold",
                "width",
                "height",
                "depth",
                "weight",
                "unit",
                "allow_discounts",
                "allow_backorders",
            ];
            for field in all {
                product[field] = Value::Null;
            }
            product["inventory"] = json!([]);
            product["custom_fields"] = json!([]);
        }
        Kind::EmptyTexts => {
            for field in ["description", "tax_class", "barcode", "unit"] {
                product[field] = "".into();
            }
            product["categories"] = json!([]);
        }
        Kind::NonLatin => {
            let number = sku.trim_start_matches("MW-");
            product["name"] = format!("手作りの木のランプ {number} 🪔").into();
            product["description"] = "<p>Χειροποίητο φωτιστικό — مصباح خشبي — деревянная лампа</p>".into();
        }
        Kind::ManyDigits => {
            product["default_price"] = number("1234567.891234");
            product["msrp"] = number("0.1");
            product["weight"] = number("0.0004536");
        }
        Kind::Inactive => product["status"] = "Inactive".into(),
        Kind::LongText => {
            product["description"] = "<p>A long story, told again. </p>".repeat(400).into();
        }
        Kind::Units => units(world, product),
        Kind::Virtual => {
            product["type"] = "Virtual".into();
            product["tracking_method"] = "None".into();
            product["inventory"] = json!([]);
            product["weight"] = 0.into();
        }
    }
}

/// Alternate units: a case that is sold on its own, and a pallet that is not.
fn units(world: &mut World<'_>, product: &mut Value) {
    let case = json!({"id": world.id().to_string(), "name": "Case", "conversion": 12, "default_price": null, "msrp": null,
    "sale_price": null, "custom_fields": [
        world.custom("Child Alternate Unit Include", "Y"),
        world.custom("Child Alternate Unit Name", "Case of 12"),
        world.custom("Child Alternate Unit Default Price", "99.90"),
        world.custom("Child Alternate Unit Barcode", "4012345678901"),
    ]});
    let pallet = json!({"id": world.id().to_string(), "name": "Pallet", "conversion": 480, "default_price": 3100,
        "msrp": null, "sale_price": null, "custom_fields": [world.custom("Child Alternate Unit Include", "N")]});
    product["units"] = json!([case, pallet]);
}
