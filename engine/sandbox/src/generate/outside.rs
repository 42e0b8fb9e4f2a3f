//! What the store of BigCommerce holds before the first transfer, and what is linked already.

use serde_json::{Value, json};

use super::{World, customers::ascii, products::Products, words};
use crate::bigcommerce::{self, new_customer, new_product};

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
