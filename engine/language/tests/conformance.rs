//! BigCommerce's own example payloads: what our schemas know of them is read and written again to equal JSON.
//! Reads the folder named by `MAPWRIGHT_SPECS`; says so when it is absent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;
use mapwright_language::json::{self, Json};
use mapwright_language::plan::OutShape;
use mapwright_language::schema::{Catalog, Field, FieldKind, RecordType, Wire, decode_json, encode_json};
use mapwright_language::value::{Value, number_from_text};

/// Which record type the rows of an operation's payloads are.
const RECORDS: &[(&str, &str)] = &[
    ("/catalog/products", "catalog.product"),
    ("/catalog/products/{product_id}", "catalog.product"),
    ("/catalog/products/{product_id}/variants", "catalog.variant"),
    ("/catalog/products/{product_id}/variants/{variant_id}", "catalog.variant"),
    ("/catalog/variants", "catalog.variant"),
    ("/catalog/products/{product_id}/options", "catalog.option"),
    ("/catalog/products/{product_id}/options/{option_id}", "catalog.option"),
    ("/catalog/products/{product_id}/options/{option_id}/values", "catalog.option_value"),
    ("/catalog/products/{product_id}/options/{option_id}/values/{value_id}", "catalog.option_value"),
    ("/catalog/products/{product_id}/custom-fields", "catalog.custom_field"),
    ("/catalog/products/{product_id}/custom-fields/{custom_field_id}", "catalog.custom_field"),
    ("/catalog/trees/categories", "catalog.category"),
    ("/inventory/adjustments/absolute", "inventory.item"),
    ("/inventory/locations", "inventory.location"),
    ("/customers", "customers.customer"),
    ("/customers/addresses", "customers.address"),
    ("/customer_groups", "customers.group"),
    ("/customer_groups/{customer_group_id}", "customers.group"),
    ("/payments/methods", "payments.method"),
    ("/orders", "orders.order"),
    ("/orders/{order_id}", "orders.order"),
    ("/orders/{order_id}/products", "orders.product"),
    ("/orders/{order_id}/products/{product_id}", "orders.product"),
    ("/orders/{order_id}/shipping_addresses", "orders.shipping_address"),
    ("/orders/{order_id}/shipping_addresses/{id}", "orders.shipping_address"),
    ("/orders/{order_id}/coupons", "orders.coupon"),
    ("/orders/{order_id}/taxes", "orders.tax"),
    ("/orders/{order_id}/fees", "orders.fee"),
    ("/orders/{order_id}/shipments", "orders.shipment"),
    ("/orders/{order_id}/shipments/{shipment_id}", "orders.shipment"),
    ("/orders/{order_id}/transactions", "orders.transaction"),
    ("/orders/payment_actions/refunds/{refund_id}", "orders.refund"),
    ("/gift_certificates", "marketing.gift_certificate"),
    ("/gift_certificates/{id}", "marketing.gift_certificate"),
];

/// What does not come back equal, and why that is right.
const EXCEPTIONS: &[(&str, &str)] =
    &[("catalog.product custom_fields", "a dictionary of names and values: the ids of its rows are no part of it")];

/// The link that an answer has in the place of a field that is read by a call of its own.
fn is_link(field: &Field, json: &Json) -> bool {
    field.read_by.is_some() && json.get("url").is_some() && json.get("resource").is_some()
}

fn out_shape(catalog: &Catalog, field: &Field) -> OutShape {
    match field.kind {
        // records that are read by a call of their own may lead back to where they come from
        FieldKind::Record if field.read_by.is_some() && field.fields.is_none() => OutShape::Plain,
        FieldKind::List => match field.of.as_deref().map(|of| out_shape(catalog, of)) {
            Some(OutShape::Plain) | None => OutShape::Plain,
            Some(inner) => OutShape::List(Box::new(inner)),
        },
        FieldKind::Record => match catalog.fields(field) {
            Some((fields, _)) => OutShape::Record(
                fields.iter().map(|(n, f)| (n.into(), f.clone().into(), out_shape(catalog, f))).collect(),
            ),
            None => OutShape::Plain,
        },
        _ => OutShape::Plain,
    }
}

/// Equal by value: numbers as decimals, times as instants, keys that we do not know or that were null left out.
fn same(catalog: &Catalog, field: &Field, before: &Json, after: &Json) -> bool {
    match (before, after) {
        (Json::Number(a), Json::Number(b)) => number_from_text(a) == number_from_text(b),
        // money: text with four decimals, or without where an example or a request has it so
        (Json::Text(a) | Json::Number(a), Json::Text(b) | Json::Number(b)) if field.kind == FieldKind::Decimal => {
            number_from_text(a).is_some() && number_from_text(a) == number_from_text(b)
        }
        // an id goes out as a number where it is one
        (Json::Text(a), Json::Number(b)) | (Json::Number(a), Json::Text(b)) => {
            (field.kind == FieldKind::Id || field.read == Some(Wire::NumberOrText)) && a == b
        }
        // a gift certificate's dates are read in another form than they are written
        (Json::Text(a), Json::Text(_)) if matches!(field.kind, FieldKind::Instant | FieldKind::Date) => {
            let as_written = Field { read: field.write.clone().or(field.read.clone()), ..field.clone() };
            let read = |json: &Json, field: &Field| match decode_json(json, field, catalog, &TimeZone::UTC) {
                Value::Unreadable(_) => None,
                value => Some(value),
            };
            read(before, field).is_some_and(|value| read(after, &as_written) == Some(value))
                || a.is_empty() && before == after
        }
        (Json::List(a), Json::List(b)) => match field.of.as_deref() {
            Some(of) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(catalog, of, a, b)),
            None => a == b,
        },
        (Json::Object(a), _) if field.kind == FieldKind::Record => {
            let Some((fields, _)) = catalog.fields(field) else { return false };
            a.iter().all(|(key, value)| match (fields.get(key), after.get(key)) {
                (None, _) => true,
                (Some(inner), Some(after)) => same(catalog, inner, value, after),
                // inside a record nothing is written for nothing
                (Some(inner), None) => matches!(decode_json(value, inner, catalog, &TimeZone::UTC), Value::Null),
            })
        }
        (a, b) => a == b,
    }
}

/// The records of a payload: below `data`, or below another key where nothing beside it is the record's own (`items` of an
/// adjustment of stock, `fees` of an order).
fn rows<'a>(json: &'a Json, record: &RecordType) -> Vec<&'a Json> {
    let inner = json.get("data").unwrap_or(json);
    let own = inner.entries().iter().any(|(key, _)| record.fields.get(key).is_some());
    let below = inner.entries().iter().find_map(|(_, value)| matches!(value, Json::List(_)).then_some(value));
    match below.filter(|_| !own).unwrap_or(inner) {
        Json::List(items) => items.iter().collect(),
        Json::Object(_) => vec![inner],
        _ => vec![],
    }
}

#[test]
fn example_payloads_come_back_equal() {
    let Some(specs) = std::env::var_os("MAPWRIGHT_SPECS") else {
        println!("skipped: MAPWRIGHT_SPECS does not name the folder of BigCommerce's OpenAPI files");
        return;
    };
    let examples = Path::new(&specs).join("examples");
    let index: Vec<serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(examples.join("index.json")).unwrap()).unwrap();
    let catalog = Catalog::builtin();
    let (mut files, mut records, mut fields, mut links) = (0, 0, 0, 0);
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    let mut broken = Vec::new();
    for entry in &index {
        let text = |key: &str| entry[key].as_str().unwrap_or_default();
        let success = entry["status"].as_str().is_none_or(|s| s.starts_with('2'))
            && entry["status"].as_u64().is_none_or(|s| s < 300);
        let Some((_, record)) = RECORDS.iter().find(|(path, _)| *path == text("path")) else { continue };
        let legacy_v2 = text("spec").contains("customers.v2") && *record == "customers.customer";
        if text("schema_check") != "valid" || !success || legacy_v2 {
            continue;
        }
        let record = catalog.record(record).unwrap();
        let payload = json::read(&std::fs::read(examples.join(text("file"))).unwrap()).unwrap();
        files += 1;
        for row in rows(&payload, record) {
            records += 1;
            for (key, before) in row.entries() {
                let Some(field) = record.fields.get(key) else {
                    *unknown.entry(format!("{} {key}", record.name)).or_default() += 1;
                    continue;
                };
                if is_link(field, before) {
                    links += 1;
                    continue;
                }
                fields += 1;
                let value = match decode_json(before, field, catalog, &TimeZone::UTC) {
                    // what means "nothing" is written as what empties the field
                    Value::Null if *before != Json::Null => Value::Clear,
                    value => value,
                };
                let after = encode_json(&value, field, &out_shape(catalog, field), &TimeZone::UTC);
                let place = format!("{} {key}", record.name);
                let excepted = EXCEPTIONS.iter().any(|(p, _)| *p == place);
                match after {
                    Ok(after) if same(catalog, field, before, &after) => {}
                    _ if excepted => {}
                    after => broken.push(format!(
                        "{} {place}: {} became {}",
                        text("file"),
                        json::write(before),
                        after.map_or_else(|e| e.to_string(), |j| json::write(&j))
                    )),
                }
            }
        }
    }
    println!(
        "{files} payloads, {records} records, {fields} fields read and written again, {links} links to what is read by a call; {} fields that the schemas do not know: {unknown:?}",
        unknown.len()
    );
    assert!(files >= 10 && fields > 200, "only {files} payloads with {fields} fields were found");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
