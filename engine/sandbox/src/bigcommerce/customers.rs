//! Customers of the store.

use serde_json::{Map, Value, json};

use super::{
    Store3, addresses, error, paging,
    record::{array, customer_date, includes, item_id, passes, passes_date, require, write},
};
use crate::exchange::{Answer, Call, Reply, id_of, text_of};

/// Most customers in one write.
const BATCH: usize = 10;
/// Most addresses that a customer shows; `address_count` tells of all, `/customers/addresses` lists them.
const SHOWN_ADDRESSES: usize = 10;

const WRITABLE: &[&str] = &[
    "email",
    "first_name",
    "last_name",
    "company",
    "phone",
    "notes",
    "tax_exempt_category",
    "customer_group_id",
    "accepts_product_review_abandoned_cart_emails",
    "origin_channel_id",
    "channel_ids",
];

const CREATE: &str = "Create customers failed.";
const UPDATE: &str = "Update customers failed.";

/// Makes a customer; used by the endpoint and by the generator.
pub fn new_customer(context: &mut Store3<'_>, body: &Map<String, Value>) -> Result<u64, Answer> {
    require(body, &["email", "first_name", "last_name"], CREATE)?;
    let id = context.store.next_id("bc.customer", 11);
    let now = customer_date(context.now);
    let mut customer = json!({
        "id": id, "email": "", "first_name": "", "last_name": "", "company": "", "phone": "", "notes": "",
        "tax_exempt_category": "", "customer_group_id": 0, "registration_ip_address": "", "address_count": 0,
        "attribute_count": 0, "authentication": {"force_password_reset": false}, "date_created": now,
        "date_modified": now, "accepts_product_review_abandoned_cart_emails": false, "origin_channel_id": 1,
        "channel_ids": [1],
    });
    apply(context, &mut customer, body, CREATE, ".customer_create")?;
    context.store.put("bc.customer", id, customer);
    let list = body.get("addresses").and_then(Value::as_array).cloned().unwrap_or_default();
    if list.len() > 10 {
        return Err(error::unprocessable(CREATE, &[("addresses", "at most 10 addresses")]));
    }
    for address in list.iter().filter_map(Value::as_object) {
        addresses::add(context, id, address)?;
    }
    Ok(id)
}

fn apply(
    context: &mut Store3<'_>,
    customer: &mut Value,
    body: &Map<String, Value>,
    title: &str,
    key: &str,
) -> Result<(), Answer> {
    let own = id_of(customer.get("id"));
    if let Some(email) = body.get("email").map(|email| text_of(Some(email))) {
        let length = email.chars().count();
        if !(3..=250).contains(&length) || !email.contains('@') {
            return Err(error::unprocessable(title, &[("email", "email is not valid")]));
        }
        if context.store.find("bc.customer", "email", &email).iter().any(|other| Some(*other) != own) {
            return Err(error::unprocessable(title, &[(key, "Error creating customers: email already in use")]));
        }
    }
    for (field, most) in [("first_name", 100), ("last_name", 100), ("company", 255), ("phone", 50)] {
        if text_of(body.get(field)).chars().count() > most {
            return Err(error::unprocessable(title, &[(field, &format!("{field} must be at most {most} characters"))]));
        }
    }
    if let Some(group) = id_of(body.get("customer_group_id")).filter(|group| *group != 0)
        && context.store.get("bc.group", group).is_none()
    {
        return Err(error::unprocessable(title, &[("customer_group_id", "The customer group does not exist")]));
    }
    write(customer, body, WRITABLE);
    customer["date_modified"] = customer_date(context.now);
    Ok(())
}

fn shown(context: &Store3<'_>, call: &Call, id: u64) -> Option<Value> {
    let mut customer = context.store.get("bc.customer", id)?.clone();
    let mut addresses = addresses::of(context, id);
    customer["address_count"] = addresses.len().into();
    addresses.truncate(SHOWN_ADDRESSES);
    if includes(call, "addresses") {
        customer["addresses"] = addresses.into();
    }
    if includes(call, "storecredit") {
        customer["store_credit_amounts"] = json!([{"amount": 0}]);
    }
    for (name, field) in [("attributes", "attributes"), ("formfields", "form_fields")] {
        if includes(call, name) {
            customer[field] = json!([]);
        }
    }
    Some(customer)
}

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let now = context.now;
    let wanted = |c: &Value| {
        let named = json!({"name": format!("{} {}", text_of(c.get("first_name")), text_of(c.get("last_name")))});
        ["id", "customer_group_id"].iter().all(|f| passes(call, c, f, true))
            && ["email", "company", "phone", "registration_ip_address"].iter().all(|f| passes(call, c, f, false))
            && passes(call, &named, "name", false)
            && ["date_created", "date_modified"].iter().all(|f| passes_date(call, c, f, now))
    };
    let mut found: Vec<(u64, Value)> =
        context.store.all("bc.customer").filter(|(_, c)| wanted(c)).map(|(id, c)| (id, c.clone())).collect();
    if let Some((field, order)) = call.query("sort").and_then(|sort| sort.split_once(':')) {
        found.sort_by_key(|(id, c)| (text_of(c.get(field)), *id));
        if order == "desc" {
            found.reverse();
        }
    }
    let found = found.into_iter().filter_map(|(id, _)| Some((id, shown(context, call, id)?))).collect();
    paging::v3_cursor(call, found, 250)
}

fn answer(context: &Store3<'_>, call: &Call, ids: Vec<u64>, addresses: bool) -> Answer {
    let rows: Vec<Value> = ids
        .into_iter()
        .filter_map(|id| {
            let mut customer = shown(context, call, id)?;
            if addresses {
                let mut addresses = addresses::of(context, id);
                addresses.truncate(SHOWN_ADDRESSES);
                customer["addresses"] = addresses.into();
            }
            Some(customer)
        })
        .collect();
    Answer::json(200, json!({"data": rows, "meta": {}}))
}

pub fn create(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let mut ids = Vec::new();
    for row in array(call, BATCH, true)? {
        ids.push(new_customer(context, row)?);
    }
    Ok(answer(context, call, ids, true))
}

pub fn update(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let mut ids = Vec::new();
    for row in array(call, BATCH, true)? {
        let id = item_id(row, "id", UPDATE)?;
        let customer = context.store.get("bc.customer", id).cloned();
        let mut customer = customer
            .ok_or_else(|| error::unprocessable(UPDATE, &[(".customer_update", "The customer does not exist")]))?;
        apply(context, &mut customer, row, UPDATE, ".customer_update")?;
        context.store.put("bc.customer", id, customer);
        ids.push(id);
    }
    Ok(answer(context, call, ids, false))
}

pub fn delete(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    // Without a filter nothing is deleted, and nothing says so.
    for id in call.list("id:in").unwrap_or_default().iter().filter_map(|id| id.parse::<u64>().ok()) {
        for address in context.store.find("bc.address", "customer_id", &id.to_string()) {
            context.store.remove("bc.address", address);
        }
        context.store.remove("bc.customer", id);
    }
    Ok(Answer::empty(204))
}
