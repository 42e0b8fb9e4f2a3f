//! What orders, shipments and gift certificates look like on the wire, both ways.

#![allow(clippy::unwrap_used)] // tests

use jiff::tz::TimeZone;
use mapwright_language::json;
use mapwright_language::plan::OutShape;
use mapwright_language::schema::{Catalog, Field, FieldKind, ReadBy, decode_json, encode_json};
use mapwright_language::value::Value;

fn field(record: &str, name: &str) -> Field {
    Catalog::builtin().record(record).unwrap().fields.get(name).unwrap().clone()
}

/// Read, and written again as requests want it; `null` is what means nothing.
fn through(field: &Field, text: &str) -> String {
    let json = json::read(text.as_bytes()).unwrap();
    match decode_json(&json, field, Catalog::builtin(), &TimeZone::UTC) {
        Value::Null => String::from("null"),
        Value::Unreadable(why) => format!("{why:?}"),
        value => json::write(&encode_json(&value, field, &OutShape::Plain, &TimeZone::UTC).unwrap()),
    }
}

#[test]
fn values_stand_as_the_store_has_them() {
    for (record, name, read, written) in [
        ("orders.order", "subtotal_ex_tax", r#""62.67930""#, r#""62.6793""#),
        ("orders.order", "subtotal_ex_tax", "45", r#""45.0000""#),
        ("orders.order", "currency_exchange_rate", r#""1.0000000000""#, r#""1.0000000000""#),
        ("orders.order", "date_created", r#""Tue, 05 Mar 2019 21:40:11 +0000""#, r#""Tue, 5 Mar 2019 21:40:11 +0000""#),
        ("orders.order", "date_shipped", r#""""#, "null"),
        ("orders.order", "customer_id", "0", "null"),
        ("orders.order", "customer_id", "11", "11"),
        ("orders.order", "payment_status", r#""""#, "null"),
        ("orders.order", "payment_provider_id", "4711", r#""4711""#),
        // requests want a number where answers have text
        ("orders.product", "price_ex_tax", r#""31.9500""#, "31.95"),
        ("orders.product", "product_id", "0", "null"),
        ("orders.coupon", "amount", "5", "5"),
        ("orders.coupon", "discount", r#""2.7000""#, "2.7"),
        ("orders.tax", "order_product_id", r#""""#, "null"),
        ("orders.refund_item", "requested_amount", r#""12.50""#, "12.5"),
        ("orders.refund_item", "requested_amount", "null", "null"),
        ("orders.transaction", "order_id", r#""250""#, "250"),
        ("marketing.gift_certificate", "amount", r#""10""#, r#""10""#),
        ("marketing.gift_certificate", "purchase_date", r#""1603306""#, r#""Mon, 19 Jan 1970 13:21:46 +0000""#),
        ("marketing.gift_certificate", "expiry_date", r#""0""#, "null"),
        ("Gift Card", "expiration_date", r#""2024-01-31T10:00:00""#, r#""2024-01-31T10:00:00""#),
        ("Transaction", "system_id", r#""7""#, "7"),
        ("Transaction Line", "line_info", r#"{"GiftCardId": "FFZ"}"#, r#"{"GiftCardId":"FFZ"}"#),
    ] {
        assert_eq!(through(&field(record, name), read), written, "{record} {name}: {read}");
    }
}

#[test]
fn parts_of_an_order_say_how_they_are_read() {
    let order = Catalog::builtin().record("orders.order").unwrap();
    let mut calls = Vec::new();
    for (name, field) in order.fields.iter() {
        if let Some(ReadBy::Call(list)) = &field.read_by {
            calls.push(format!("{name}: {}", list.call.path));
        }
    }
    assert_eq!(
        calls,
        [
            "products: /orders/{id}/products",
            "shipping_addresses: /orders/{id}/shipping_addresses",
            "consignments: /orders/{id}/consignments",
            "coupons: /orders/{id}/coupons",
            "taxes: /orders/{id}/taxes",
            "shipments: /orders/{id}/shipments",
            "transactions: /orders/{id}/transactions",
            "refunds: /orders/{id}/payment_actions/refunds",
        ]
    );
    let line = field("orders.product", "gift_certificate");
    assert_eq!((line.kind, line.read_by), (FieldKind::Record, Some(ReadBy::Id(String::from("gift_certificate_id")))));
}

#[test]
fn what_can_be_spent_or_names_a_person_is_marked() {
    let secret = ["marketing.gift_certificate code", "Gift Card number", "orders.transaction payment_instrument_token"];
    let personal =
        ["orders.billing_address email", "orders.shipping_address street_1", "Transaction Address phone_number"];
    let of = |place: &str| place.rsplit_once(' ').map(|(record, name)| field(record, name)).unwrap();
    for place in secret {
        assert!(of(place).secret, "{place}");
    }
    for place in personal {
        assert!(of(place).personal, "{place}");
    }
}
