//! What both sides hold, without ids and times: two worlds in which the same was transferred have the same picture. Links
//! are pairs of names, so a crossed one shows.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::world::World;

/// Lines, sorted; two equal ones are a duplicate.
pub fn picture(world: &World) -> Vec<String> {
    let store = StoreSide::of(world);
    let mut lines = store.lines();
    hub(world, &store, &mut lines);
    lines.sort();
    lines
}

/// The lines that stand in one picture alone.
pub fn differences(disturbed: &[String], undisturbed: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    disturbed.iter().for_each(|line| *counts.entry(line).or_default() += 1);
    undisturbed.iter().for_each(|line| *counts.entry(line).or_default() -= 1);
    counts
        .into_iter()
        .filter(|(_, count)| *count != 0)
        .map(|(line, count)| format!("{}{} {line}", if count > 0 { "too much " } else { "missing " }, count.abs()))
        .collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn rows(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// A record's fields but for these.
fn but(record: &Value, without: &[&str]) -> Value {
    let mut fields = record.as_object().cloned().unwrap_or_default();
    fields.retain(|name, _| !without.contains(&name.as_str()) && !name.ends_with("id") && !name.contains("date"));
    fields.sort_keys();
    Value::Object(fields)
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

/// The store, with a name for each id.
struct StoreSide {
    products: Vec<Value>,
    categories: Vec<Value>,
    groups: Vec<Value>,
    customers: Vec<Value>,
    addresses: Vec<Value>,
    methods: Vec<Value>,
    stock: Vec<Value>,
    names: BTreeMap<(&'static str, String), String>,
}

impl StoreSide {
    fn of(world: &World) -> StoreSide {
        let mut store = StoreSide {
            products: world.list("stores/v3/catalog/products?include=variants,options,custom_fields"),
            categories: world.list("stores/v3/catalog/trees/categories"),
            groups: world.list("stores/v2/customer_groups"),
            customers: world.list("stores/v3/customers"),
            addresses: world.list("stores/v3/customers/addresses"),
            methods: world.list("stores/v2/payments/methods"),
            stock: world.list("stores/v3/inventory/items"),
            names: BTreeMap::new(),
        };
        let mut names = BTreeMap::new();
        for category in &store.categories {
            let name = format!("{} < {}", text(&category["name"]), store.category_name(&category["parent_id"]));
            names.insert(("product category", text(&category["category_id"])), name);
        }
        for product in &store.products {
            let own = format!("{} {}", text(&product["sku"]), text(&product["name"]));
            names.insert(("product", text(&product["id"])), text(&product["sku"]));
            for option in rows(&product["options"]) {
                let name = format!("{own} {}", text(&option["display_name"]));
                for value in rows(&option["option_values"]) {
                    names.insert(
                        ("product option value", text(&value["id"])),
                        format!("{name} {}", text(&value["label"])),
                    );
                }
                names.insert(("product option", text(&option["id"])), name);
            }
            for variant in rows(&product["variants"]) {
                names.insert(("product variant", text(&variant["id"])), text(&variant["sku"]));
            }
        }
        for (table, list, name) in
            [("customer category", &store.groups, "name"), ("customer", &store.customers, "email")]
        {
            names.extend(list.iter().map(|record| ((table, text(&record["id"])), text(&record[name]))));
        }
        for address in &store.addresses {
            names.insert(("address", text(&address["id"])), text(&address["address1"]));
        }
        for method in &store.methods {
            names.insert(("payment method", text(&method["code"])), text(&method["name"]));
        }
        store.names = names;
        store
    }

    fn category_name(&self, id: &Value) -> String {
        let found = self.categories.iter().find(|category| category["category_id"] == *id);
        found.map_or(String::from("top"), |category| text(&category["name"]))
    }

    /// What an external id is the id of; it may have its parents' ids after it.
    fn name(&self, table: &str, external: &str) -> String {
        let own = external.split('|').next().unwrap_or_default();
        let found = self.names.iter().find(|((known, id), _)| *known == table && id == own);
        match found {
            Some((_, name)) => name.clone(),
            // the other tables' external ids are made of ids of others
            None if table.contains("inventory") || table == "location" => String::from("a place"),
            None => format!("nothing: {}", if own.bytes().all(|b| b.is_ascii_digit()) { "#" } else { own }),
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for product in &self.products {
            let mut fields =
                but(product, &["variants", "options", "custom_fields", "categories", "custom_url", "calculated_price"]);
            let categories = rows(&product["categories"]).iter().map(|id| self.category_name(id)).collect();
            fields["categories"] = json!(sorted(categories));
            let key = format!("store product {} {}", text(&product["sku"]), text(&product["name"]));
            lines.push(format!("{key}: {fields}"));
            for option in rows(&product["options"]) {
                let values = rows(&option["option_values"]).iter().map(|value| text(&value["label"])).collect();
                lines.push(format!("{key} option {}: {:?}", text(&option["display_name"]), sorted(values)));
            }
            for variant in rows(&product["variants"]) {
                let labels = rows(&variant["option_values"]).iter().map(|value| text(&value["label"])).collect();
                let fields = but(&variant, &["option_values", "calculated_price", "calculated_weight"]);
                lines.push(format!("{key} variant {}: {:?} {fields}", text(&variant["sku"]), sorted(labels)));
            }
            for field in rows(&product["custom_fields"]) {
                lines.push(format!("{key} custom field {}: {}", text(&field["name"]), text(&field["value"])));
            }
        }
        for category in &self.categories {
            let fields = but(category, &["name", "category_uuid", "url"]);
            lines.push(format!(
                "store category {}: {fields}",
                self.name("product category", &text(&category["category_id"]))
            ));
        }
        for group in &self.groups {
            lines.push(format!("store group {}", text(&group["name"])));
        }
        for customer in &self.customers {
            let fields = but(customer, &["email"]);
            let group = self.name("customer category", &text(&customer["customer_group_id"]));
            lines.push(format!("store customer {}: {group} {fields}", text(&customer["email"])));
        }
        for address in &self.addresses {
            let owner = self.name("customer", &text(&address["customer_id"]));
            lines.push(format!("store customer {owner} address: {}", but(address, &[])));
        }
        for item in &self.stock {
            let identity = &item["identity"];
            let levels: Vec<String> = rows(&item["locations"])
                .iter()
                .map(|place| format!("{} {}", text(&place["location_code"]), text(&place["available_to_sell"])))
                .collect();
            lines.push(format!("store stock {}: {:?}", text(&identity["sku"]), sorted(levels)));
        }
        lines
    }
}

/// iPaaS.com: what comes from the store whole, of the rest whether it is there, and all links.
fn hub(world: &World, store: &StoreSide, lines: &mut Vec<String>) {
    let lists = [
        ("product", "ipaas/products/v2/Catalog/Products", "sku"),
        ("product category", "ipaas/products/v2/Catalog/Categories", "name"),
        ("location", "ipaas/products/v2/Catalog/Locations", "name"),
        ("customer category", "ipaas/customers/v2/Customer/Categories", "name"),
        ("customer", "ipaas/customers/v2/Customers", "email_address"),
        ("payment method", "ipaas/transactions/v2/PaymentMethods", "name"),
    ];
    for (table, path, name) in lists {
        for record in world.list(path) {
            let key = format!("hub {table} {}", text(&record[name]));
            links(store, &key, &record, lines);
            let fields =
                but(&record, &["external_ids", "addresses", "customer_number", "updated_datetime", "created_datetime"]);
            let fields = if table == "product" { json!(record["status"]) } else { fields };
            let fields = strip(fields);
            lines.push(format!("{key}: {fields}"));
            for address in rows(&record["addresses"]) {
                lines.push(format!("{key} address: {}", strip(but(&address, &["external_ids"]))));
            }
        }
    }
}

/// Without ids anywhere in it.
fn strip(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, _)| !name.ends_with("id") && !name.ends_with("ids"));
            Value::Object(kept.map(|(name, value)| (name, strip(value))).collect())
        }
        Value::Array(rows) => rows.into_iter().map(strip).collect(),
        other => other,
    }
}

/// The links of a record and of all rows in it.
fn links(store: &StoreSide, key: &str, value: &Value, lines: &mut Vec<String>) {
    let Value::Object(fields) = value else { return };
    for link in rows(&value["external_ids"]) {
        let table = text(&link["table_name"]);
        lines.push(format!("link {table}: {key} = {}", store.name(&table, &text(&link["external_id"]))));
    }
    for (field, inner) in fields.iter().filter(|(field, _)| *field != "external_ids") {
        for row in rows(inner) {
            let name = ["sku", "name", "value", "label", "address_1"]
                .iter()
                .find_map(|name| row[*name].as_str())
                .unwrap_or_default();
            links(store, &format!("{key} {field} {name}"), &row, lines);
        }
    }
}
