//! Addresses of customers. One that the customer has already is silently left out.

use serde_json::{Map, Value, json};

use super::{
    Store3, error, paging,
    record::{array, customer_date, item_id, passes, require, write},
};
use crate::exchange::{Answer, Call, Reply, id_of, text_of};

/// Most addresses in one write; the number is not documented.
const BATCH: usize = 10;

const TEXTS: &[&str] = &[
    "first_name",
    "last_name",
    "company",
    "address1",
    "address2",
    "city",
    "state_or_province",
    "postal_code",
    "country_code",
    "phone",
    "address_type",
];

const REQUIRED: &[&str] =
    &["first_name", "last_name", "address1", "city", "country_code", "state_or_province", "postal_code"];

const COUNTRIES: &[(&str, &str)] = &[
    ("US", "United States"),
    ("DE", "Germany"),
    ("JP", "Japan"),
    ("GB", "United Kingdom"),
    ("FR", "France"),
    ("CA", "Canada"),
    ("AU", "Australia"),
    ("GR", "Greece"),
];

/// Addresses of a customer as they are answered.
pub fn of(context: &Store3<'_>, customer: u64) -> Vec<Value> {
    let ids = context.store.find("bc.address", "customer_id", &customer.to_string());
    ids.into_iter().filter_map(|id| context.store.get("bc.address", id).cloned()).collect()
}

fn touch(context: &mut Store3<'_>, customer: u64) {
    if let Some(mut record) = context.store.get("bc.customer", customer).cloned() {
        record["date_modified"] = customer_date(context.now);
        context.store.put("bc.customer", customer, record);
    }
}

fn fill(address: &mut Value, body: &Map<String, Value>) {
    write(address, body, TEXTS);
    let code = text_of(address.get("country_code")).to_uppercase();
    let country = COUNTRIES.iter().find(|(known, _)| *known == code).map_or(code.as_str(), |(_, name)| *name);
    address["country"] = country.into();
    address["country_code"] = code.clone().into();
}

/// Adds an address; `None` when the customer has it already.
pub fn add(context: &mut Store3<'_>, customer: u64, body: &Map<String, Value>) -> Result<Option<u64>, Answer> {
    require(body, REQUIRED, "Create addresses failed.")?;
    let mut address = json!({"id": 0, "address1": "", "address2": "", "address_type": "residential", "city": "",
        "company": "", "country": "", "country_code": "", "customer_id": customer, "first_name": "", "last_name": "",
        "phone": "", "postal_code": "", "state_or_province": ""});
    fill(&mut address, body);
    let same = |other: &Value| TEXTS.iter().all(|field| other[*field] == address[*field]);
    if of(context, customer).iter().any(same) {
        return Ok(None);
    }
    let id = context.store.next_id("bc.address", 41);
    address["id"] = id.into();
    context.store.put("bc.address", id, address);
    touch(context, customer);
    Ok(Some(id))
}

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let wanted = |a: &Value| {
        let named = json!({"name": format!("{} {}", text_of(a.get("first_name")), text_of(a.get("last_name")))});
        passes(call, a, "id", true)
            && passes(call, a, "customer_id", true)
            && passes(call, a, "company", false)
            && passes(call, &named, "name", false)
    };
    let found = context.store.all("bc.address").filter(|(_, a)| wanted(a)).map(|(_, a)| a.clone()).collect();
    paging::v3(call, found, 250)
}

pub fn create(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let mut made = Vec::new();
    for row in array(call, BATCH, true)? {
        let customer = item_id(row, "customer_id", "Create addresses failed.")?;
        if context.store.get("bc.customer", customer).is_none() {
            return Err(error::unprocessable(
                "Create addresses failed.",
                &[("customer_id", "The customer does not exist")],
            ));
        }
        made.extend(add(context, customer, row)?);
    }
    let rows: Vec<Value> = made.into_iter().filter_map(|id| context.store.get("bc.address", id).cloned()).collect();
    Ok(Answer::json(200, json!({"data": rows, "meta": {}})))
}

pub fn update(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let mut rows = Vec::new();
    for row in array(call, BATCH, true)? {
        let id = item_id(row, "id", "Update addresses failed.")?;
        let address = context.store.get("bc.address", id).cloned();
        let mut address = address.ok_or_else(|| {
            error::unprocessable("Update addresses failed.", &[(".address_update", "The address does not exist")])
        })?;
        fill(&mut address, row);
        context.store.put("bc.address", id, address.clone());
        touch(context, id_of(address.get("customer_id")).unwrap_or(0));
        rows.push(address);
    }
    Ok(Answer::json(200, json!({"data": rows, "meta": {}})))
}

pub fn delete(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    for id in call.list("id:in").unwrap_or_default().iter().filter_map(|id| id.parse().ok()) {
        let customer = context.store.get("bc.address", id).and_then(|a| id_of(a.get("customer_id")));
        context.store.remove("bc.address", id);
        if let Some(customer) = customer {
            touch(context, customer);
        }
    }
    Ok(Answer::empty(204))
}
