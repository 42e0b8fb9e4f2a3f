//! Customers and customer categories of iPaaS.com.

use serde_json::{Value, json};

use super::{World, words};

/// Customer categories.
pub struct CustomerCategories {
    /// Those that can be transferred.
    pub usable: Vec<u64>,
    /// One without a name, which the rules refuse: customers that have it wait for ever.
    pub nameless: u64,
}

/// Three ordinary categories, one of which the store has under the same name, and one without a name.
pub fn fill_categories(world: &mut World<'_>) -> CustomerCategories {
    let mut usable = Vec::new();
    for (name, description) in
        [("Wholesale", "Buys in cases"), ("Retail", ""), ("Museum Shops", "Museums and their shops")]
    {
        let id = world.id();
        let record = json!({"id": id.to_string(), "name": name, "description": description, "custom_fields": []});
        world.put("ipaas.customer_category", id, record);
        usable.push(id);
    }
    let nameless = world.id();
    let record = json!({"id": nameless.to_string(), "name": "", "description": null, "custom_fields": []});
    world.put("ipaas.customer_category", nameless, record);
    CustomerCategories { usable, nameless }
}

/// Makes customers; answers the e-mail address of one that the store has too.
pub fn fill(world: &mut World<'_>, count: usize, categories: &CustomerCategories) -> String {
    let mut shared = String::new();
    for position in 0..count {
        let (first, last) = (world.pick(words::FIRST), world.pick(words::LAST));
        let id = world.id();
        let email = format!("{}.{}.{}@example.com", first.to_lowercase(), ascii(last), position + 1);
        let category = match position {
            0 => None,
            2 => Some(categories.nameless),
            _ if world.chance(50) => Some(
                categories.usable[world.number(0, u32::try_from(categories.usable.len() - 1).unwrap_or(0)) as usize],
            ),
            _ => None,
        };
        let address = address(world, first, last);
        let created = world.date();
        let company = world.pick(words::COMPANIES);
        let mut customer = json!({
            "id": id.to_string(), "customer_number": format!("C-{:05}", position + 1), "first_name": first,
            "last_name": last, "email_address": email, "company": company,
            "comment": if world.chance(20) { Value::from("Calls before noon.") } else { Value::Null },
            "category_id": category, "created_datetime": created, "addresses": [address], "custom_fields": [],
        });
        match position {
            1 => customer["email_address"] = "".into(),
            3 => customer["last_name"] = Value::Null,
            4 => {
                customer["first_name"] = "春子".into();
                customer["last_name"] = "鈴木".into();
                customer["company"] = "鈴木商店".into();
            }
            5 => shared = email,
            6 => customer["addresses"] = json!([]),
            _ => {}
        }
        world.put("ipaas.customer", id, customer);
    }
    shared
}

fn address(world: &mut World<'_>, first: &str, last: &str) -> Value {
    let (city, region, postal, country) =
        words::CITIES[world.number(0, u32::try_from(words::CITIES.len() - 1).unwrap_or(0)) as usize];
    let phone = format!("+1 555 {:07}", world.number(1, 9_999_999));
    let street = format!("{} {}", world.number(1, 200), world.pick(words::STREETS));
    json!({"id": world.id().to_string(), "first_name": first, "last_name": last, "company": "", "phone_number": phone,
        "address_1": street, "address_2": "", "address_3": null, "city": city, "region": region, "postal_code": postal,
        "country": country, "is_primary_billing": true, "is_primary_shipping": true, "type": "Home", "custom_fields": []})
}

/// The letters of a name that every e-mail address may hold.
pub fn ascii(name: &str) -> String {
    name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect()
}
