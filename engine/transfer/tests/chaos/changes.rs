//! What people do meanwhile at the side where a record comes from. Records are found by what they are called, so that the
//! same change hits the same record in the disturbed and in the undisturbed world.

use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::world::World;

/// Which way customers go in a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Customers {
    ToIpaas,
    FromIpaas,
}

/// A change that can be made in any world of the same seed.
#[derive(Debug, Clone)]
pub struct Change {
    what: What,
    /// Which of the records, and what is written.
    dice: u64,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Product,
    NewProduct,
    Category,
    NewCategory,
    CustomerCategory,
    NewCustomerCategory,
    Customer(Customers),
    NewCustomer(Customers),
    NewAddresses,
    Address,
}

/// Draws a change, one of a product that is there only where `products` are not being deleted.
pub fn draw(random: &mut StdRng, customers: Customers, products: bool) -> Change {
    use What::{
        Address, Category, Customer, CustomerCategory, NewAddresses, NewCategory, NewCustomer, NewCustomerCategory,
        NewProduct, Product,
    };
    let mut all = vec![
        if products { Product } else { NewProduct },
        NewProduct,
        Category,
        NewCategory,
        CustomerCategory,
        NewCustomerCategory,
        Customer(customers),
        NewCustomer(customers),
    ];
    if customers == Customers::ToIpaas {
        all.extend([NewAddresses, NewAddresses, Address]);
    }
    Change { what: all[random.random_range(0..all.len())], dice: random.random_range(0..1_000_000) }
}

impl Change {
    pub fn make(&self, world: &World) {
        let text = format!("changed {}", self.dice);
        let dice = usize::try_from(self.dice).unwrap();
        let put = |path: &str, found: &Value, body: Value| {
            world.behind("PUT", &format!("{path}/{}", found["id"].as_str().unwrap()), body);
        };
        match self.what {
            What::Product => {
                let body = json!({"description": text, "default_price": dice % 500, "barcode": format!("{dice}")});
                put(
                    "ipaas/products/v2/Catalog/Product",
                    &pick(world, "ipaas/products/v2/Catalog/Products", "sku", dice),
                    body,
                );
            }
            What::NewProduct => {
                let body = json!({"name": format!("Made {dice}"), "sku": format!("NEW-{dice}"), "type": "Physical",
                    "status": "Active", "tracking_method": "Product", "default_price": 5});
                world.behind("POST", "ipaas/products/v2/Catalog/Product", body);
            }
            What::Category => {
                let found = pick(world, "ipaas/products/v2/Catalog/Categories", "name", dice);
                put("ipaas/products/v2/Catalog/Category", &found, json!({"description": text}));
            }
            What::NewCategory => {
                let parent = pick(world, "ipaas/products/v2/Catalog/Categories", "name", 0);
                let parent: u64 = parent["id"].as_str().unwrap().parse().unwrap();
                let body = json!({"name": format!("Made {dice}"), "description": "", "parent_id": if dice % 2 == 0 { json!(parent) } else { Value::Null }});
                world.behind("POST", "ipaas/products/v2/Catalog/Category", body);
            }
            What::CustomerCategory => {
                let found = pick(world, "ipaas/customers/v2/Customer/Categories", "name", dice);
                put("ipaas/customers/v2/Customer/Category", &found, json!({"description": text}));
            }
            What::NewCustomerCategory => {
                world.behind("POST", "ipaas/customers/v2/Customer/Category", json!({"name": format!("Made {dice}")}));
            }
            What::Customer(Customers::FromIpaas) => {
                let found = pick(world, "ipaas/customers/v2/Customers", "email_address", dice);
                put("ipaas/customers/v2/Customer", &found, json!({"comment": text}));
            }
            What::NewCustomer(Customers::FromIpaas) => {
                let body = json!({"email_address": format!("made{dice}@example.com"), "first_name": "Made", "last_name": "Later"});
                world.behind("POST", "ipaas/customers/v2/Customer", body);
            }
            What::Customer(Customers::ToIpaas) => {
                let found = pick(world, "stores/v3/customers", "email", dice);
                world.behind("PUT", "stores/v3/customers", json!([{"id": found["id"], "company": text}]));
            }
            What::NewCustomer(Customers::ToIpaas) => {
                let addresses: Vec<Value> = (0..dice % 3).map(|n| address(&format!("{dice}-{n}"))).collect();
                let body = json!([{"email": format!("made{dice}@example.org"), "first_name": "Made", "last_name": "Later",
                    "addresses": addresses}]);
                world.behind("POST", "stores/v3/customers", body);
            }
            What::NewAddresses => {
                let found = pick(world, "stores/v3/customers", "email", dice);
                let rows: Vec<Value> = (0..=dice % 2)
                    .map(|n| {
                        let mut row = address(&format!("{dice}-{n}"));
                        row["customer_id"] = found["id"].clone();
                        row
                    })
                    .collect();
                world.behind("POST", "stores/v3/customers/addresses", rows.into());
            }
            What::Address => {
                let found = pick(world, "stores/v3/customers/addresses", "address1", dice);
                world.behind("PUT", "stores/v3/customers/addresses", json!([{"id": found["id"], "address2": text}]));
            }
        }
    }
}

fn address(street: &str) -> Value {
    json!({"first_name": "Made", "last_name": "Later", "address1": format!("{street} Main St"), "city": "Berlin",
        "country_code": "DE", "state_or_province": "Berlin", "postal_code": "10115"})
}

/// One of the records that have a name, by their names' order.
pub fn pick(world: &World, list: &str, name: &str, dice: usize) -> Value {
    let mut all: Vec<Value> = world.list(list);
    all.retain(|record| record[name].as_str().is_some_and(|name| !name.is_empty()));
    all.sort_by_key(|record| (record[name].as_str().unwrap().to_owned(), record["id"].as_u64()));
    all[dice % all.len()].clone()
}
