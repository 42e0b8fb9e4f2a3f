//! What the store of BigCommerce holds before the first transfer, and what is linked already.

use serde_json::{Value, json};

use super::{World, customers::ascii, products::Products, words};
use crate::bigcommerce::{self, new_customer, new_product};

/// Locations of iPaaS.com.
pub struct Places {
    /// "Main", linked with the store's first location.
    pub main: u64,
    /// "Warehouse X", which the store does not know.
    pub unlinked: u64,
}

/// Locations of both sides.
pub fn places(world: &mut World<'_>) -> Result<Places, String> {
    let now = world.moment().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let outside = world.store.next_id("bc.location", 1);
    let address = json!({"address1": "1 Main Street", "address2": "", "city": "Austin", "state": "Texas", "zip": "78759",
        "country_code": "US", "email": "store@example.com", "phone": "", "geo_coordinates": {"latitude": 30.4, "longitude": -97.7}});
    let location = json!({"id": outside, "code": "BC-LOCATION-1", "label": "Default location", "description": "",
        "managed_by_external_source": false, "type_id": "PHYSICAL", "enabled": true, "operating_hours": {},
        "time_zone": "Etc/UTC", "created_at": now, "updated_at": now, "address": address, "storefront_visibility": true,
        "special_hours": []});
    world.store.put("bc.location", outside, location);
    let make = |world: &mut World<'_>, name: &str| {
        let id = world.id();
        let record =
            json!({"id": id.to_string(), "name": name, "description": "", "location_groups": [], "custom_fields": []});
        world.put("ipaas.location", id, record);
        id
    };
    let main = make(world, "Main");
    let unlinked = make(world, "Warehouse X");
    world.link("location", main, outside);
    Ok(Places { main, unlinked })
}

/// The store's payment methods, as the V2 list shows them.
pub fn payment_methods(world: &mut World<'_>) {
    let methods = [
        ("cheque", "Check", false),
        ("cod", "Cash on Delivery", false),
        ("bankdeposit", "Bank Deposit", false),
        ("instore", "Pay in Store", false),
        ("paypalcommerce", "PayPal", false),
        ("braintree", "Credit Card", true),
        ("storecredit", "Store Credit", false),
    ];
    for (code, name, test_mode) in methods {
        let id = world.store.next_id("bc.method", 1);
        world.store.put("bc.method", id, json!({"code": code, "name": name, "test_mode": test_mode}));
    }
}

/// Products that the store has: the same SKUs without a link, strangers, and one that is deleted though linked.
pub fn products(world: &mut World<'_>, known: &Products) -> Result<(), String> {
    let body = |name: &str, sku: &str| {
        json!({"name": name, "sku": sku, "type": "physical", "weight": 1, "price": 10,
        "is_visible": true, "inventory_tracking": "product"})
    };
    for (sku, name) in &known.in_store {
        make_product(world, body(&format!("{name} (old)"), sku))?;
    }
    for number in 1..=2 {
        make_product(world, body(&format!("Gift Box {number}"), &format!("STORE-{number}")))?;
    }
    if let Some((internal, sku)) = &known.deleted {
        let product = make_product(world, body("Gone", sku))?;
        world.link("product", *internal, product);
        let base = world.store.find("bc.variant", "product_id", &product.to_string());
        for variant in base {
            world.store.remove("bc.variant", variant);
        }
        world.store.remove("bc.product", product);
    }
    Ok(())
}

fn make_product(world: &mut World<'_>, body: Value) -> Result<u64, String> {
    let body = body.as_object().cloned().unwrap_or_default();
    world.bigcommerce(|context| {
        let id = new_product(context, &body)?;
        let base = context.store.get("bc.product", id).and_then(|p| p["base_variant_id"].as_u64());
        if let Some(base) = base {
            bigcommerce::set_stock(context, id, base, 1, 3);
        }
        Ok(id)
    })
}

/// Groups, and customers with addresses who are to come into iPaaS.com.
pub fn customers(world: &mut World<'_>, count: usize, shared: &str) -> Result<(), String> {
    for name in ["Wholesale", "Friends of the House"] {
        let now = world.moment().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        let id = world.store.next_id("bc.group", 1);
        let group = json!({"id": id, "name": name, "is_default": false, "category_access": {"type": "all"},
            "discount_rules": [], "is_group_for_guests": false, "date_created": now, "date_modified": now});
        world.store.put("bc.group", id, group);
    }
    for position in 0..count {
        let (first, last) = (world.pick(words::FIRST), world.pick(words::LAST));
        let (first, last) = if position == 3 { ("Ελένη", "Παπαδοπούλου") } else { (first, last) };
        let email = match position {
            1 => shared.to_owned(),
            _ => format!("shopper.{}.{}@example.org", ascii(last), position + 1),
        };
        let addresses: Vec<Value> = (0..[1, 2, 0, 1][position % 4]).map(|_| address(world, first, last)).collect();
        let group = if position % 3 == 0 { 2 } else { 0 };
        let body = json!({"email": email, "first_name": first, "last_name": last, "company": world.pick(words::COMPANIES),
            "phone": format!("555{:07}", world.number(1, 9_999_999)), "notes": "", "customer_group_id": group,
            "addresses": addresses});
        let body = body.as_object().cloned().unwrap_or_default();
        world.bigcommerce(|context| new_customer(context, &body))?;
    }
    Ok(())
}

fn address(world: &mut World<'_>, first: &str, last: &str) -> Value {
    let (city, state, postal, country) =
        words::CITIES[world.number(0, u32::try_from(words::CITIES.len() - 1).unwrap_or(0)) as usize];
    let street = format!("{} {}", world.number(1, 200), world.pick(words::STREETS));
    json!({"first_name": first, "last_name": last, "company": "", "address1": street, "address2": "", "city": city,
        "state_or_province": state, "postal_code": postal, "country_code": country, "phone": "5551234567",
        "address_type": "residential"})
}
