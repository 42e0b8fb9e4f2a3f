//! Large orders of BigCommerce with all their parts, always the same ones; amounts add up.

use serde_json::{Value, json};

/// Lines of one order.
const LINES: usize = 40;

/// One record per line.
pub fn generate(count: usize) -> Vec<String> {
    (0..count).map(|i| record(i).to_string()).collect()
}

/// Hundredths as BigCommerce writes amounts: text with four decimals.
fn money(cents: usize) -> String {
    format!("{}.{:02}00", cents / 100, cents % 100)
}

fn record(i: usize) -> Value {
    let id = 1_000 + i;
    let lines: Vec<Value> = (0..LINES).map(|n| line(id, n)).collect();
    let subtotal: usize = (0..LINES).map(|n| ex_tax(n) * quantity(n)).sum();
    let tax: usize = (0..LINES).map(|n| line_tax(n) + line_tax(n) / 3).sum::<usize>() + 41;
    let (shipping, handling, wrapping, fee) = (1_500, 100, 50, 200);
    let (manual, coupon) = (100 + i % 7, 480);
    let total = subtotal - manual - coupon + shipping + handling + wrapping + fee + tax;
    let (credit, gift) = (959, 2_000);
    json!({
        "id": id, "customer_id": 11 + i % 50, "date_created": format!("Wed, 31 Jan 2024 10:20:{:02} +0000", i % 60), "date_modified": "Wed, 31 Jan 2024 10:21:00 +0000",
        "date_shipped": "", "status_id": 11, "status": "Awaiting Fulfillment", "subtotal_ex_tax": money(subtotal), "subtotal_inc_tax": money(subtotal + tax),
        "subtotal_tax": money(tax), "base_shipping_cost": money(shipping), "shipping_cost_ex_tax": money(shipping), "shipping_cost_inc_tax": money(shipping + 41),
        "shipping_cost_tax": money(41), "base_handling_cost": money(handling), "handling_cost_ex_tax": money(handling), "handling_cost_inc_tax": money(handling),
        "handling_cost_tax": money(0), "base_wrapping_cost": money(wrapping), "wrapping_cost_ex_tax": money(wrapping), "wrapping_cost_inc_tax": money(wrapping),
        "wrapping_cost_tax": money(0), "total_ex_tax": money(total - tax), "total_inc_tax": money(total), "total_tax": money(tax), "is_tax_inclusive_pricing": false,
        "items_total": (0..LINES).map(quantity).sum::<usize>(), "items_shipped": 0, "payment_method": "Credit Card", "payment_provider_id": format!("ch_{id}"), "payment_status": "captured",
        "refunded_amount": money(0), "order_is_digital": false, "store_credit_amount": money(credit), "gift_certificate_amount": money(gift),
        "currency_code": "USD", "default_currency_code": "USD", "staff_notes": "called twice", "customer_message": "Please wrap it.\nIt is a présent.",
        "discount_amount": money(manual), "coupon_discount": money(coupon), "shipping_address_count": 2,
        "billing_address": address(None), "channel_id": 1, "external_order_id": "",
        "fees": [{ "id": 1, "type": "custom_fee", "display_name_merchant": "Engraving", "base_cost": money(fee), "cost_ex_tax": money(fee), "cost_inc_tax": money(fee), "cost_tax": money(0) }],
        "products": lines, "shipping_addresses": [address(Some((id, 61))), address(Some((id, 62)))],
        "coupons": [{ "id": 3, "coupon_id": 1, "order_id": id, "code": "S10", "amount": 10, "type": 1, "discount": 4.8 }],
        "taxes": taxes(id),
        "transactions": [
            { "id": 8_001, "order_id": id, "event": "purchase", "method": "gift_certificate", "amount": 20.0, "currency": "USD", "gateway": "giftcertificate",
                "gateway_transaction_id": "ch_8001", "test": false, "status": "ok", "fraud_review": false, "date_created": "2024-01-31T10:20:31Z",
                "gift_certificate": { "code": "GIFT-50-XY", "original_balance": 50, "starting_balance": 20, "remaining_balance": 0, "status": "active" } },
            { "id": 8_002, "order_id": id, "event": "purchase", "method": "credit_card", "amount": 50.0, "currency": "USD", "gateway": "stripe",
                "gateway_transaction_id": "ch_8002", "test": false, "status": "ok", "fraud_review": false, "date_created": "2024-01-31T10:20:31Z",
                "credit_card": { "card_type": "visa", "card_last4": "4242" } }
        ]
    })
}

fn ex_tax(n: usize) -> usize {
    1_999 + n * 37
}

fn quantity(n: usize) -> usize {
    1 + n % 3
}

/// The state's tax; the city's is a third of it.
fn line_tax(n: usize) -> usize {
    ex_tax(n) * quantity(n) / 16
}

fn line(order: usize, n: usize) -> Value {
    let (price, qty) = (ex_tax(n), quantity(n));
    let (total, tax) = (price * qty, line_tax(n) + line_tax(n) / 3);
    let option = |id: usize, name: &str, value: String| {
        json!({ "id": id, "option_id": 9, "order_product_id": order * 100 + n, "product_option_id": 9, "display_name": name, "display_name_customer": name,
            "display_name_merchant": name, "display_value": value, "display_value_customer": value, "display_value_merchant": value, "value": "91",
            "type": "Multiple choice", "name": format!("{name}1"), "display_style": "Pick list" })
    };
    let mut options = vec![option(1, "Size", format!("{}", n % 5)), option(2, "Colour", String::from("Red"))];
    if n.is_multiple_of(3) {
        options.push(option(3, "Unit", String::from("Case")));
    }
    json!({
        "id": order * 100 + n, "order_id": order, "product_id": 31 + n, "variant_id": 310 + n, "order_address_id": 61, "name": format!("Mug {n} größer"),
        "name_customer": "Tasse", "name_merchant": "Mug", "sku": if n.is_multiple_of(3) { format!("MUG-{n}-Case") } else { format!("MUG-{n}") }, "upc": "", "type": "physical",
        "base_price": money(price + 100), "price_ex_tax": money(price), "price_inc_tax": money(price + 98), "price_tax": money(98), "base_total": money(total),
        "total_ex_tax": money(total), "total_inc_tax": money(total + tax), "total_tax": money(tax), "weight": "6.0000", "width": "0.0000", "height": "0.0000", "depth": "0.0000",
        "quantity": qty, "quantity_shipped": 0, "quantity_refunded": 0, "is_refunded": false, "refund_amount": "0.0000",
        "parent_order_product_id": if n % 10 == 9 { json!(order * 100 + n - 1) } else { Value::Null }, "is_bundled_product": false,
        "product_options": options,
        "applied_discounts": [{ "id": "coupon", "amount": money(12), "name": "S10", "code": "S10", "target": "order" },
            { "id": "manual-discount", "amount": money(3), "name": Value::Null, "code": Value::Null, "target": "order" }]
    })
}

fn taxes(order: usize) -> Vec<Value> {
    let row = |id: usize, name: &str, rate: &str, amount: String, line: Value, kind: &str| {
        json!({ "id": id, "order_id": order, "order_address_id": 61, "tax_class_id": 0, "name": name, "class": "Default Tax Class", "rate": rate, "priority": 0,
            "priority_amount": amount, "line_amount": amount, "order_product_id": line, "line_item_type": kind })
    };
    let mut rows = Vec::new();
    for n in 0..LINES {
        rows.push(row(n * 2 + 1, "State", "6.2500", money(line_tax(n)), json!(order * 100 + n), "item"));
        rows.push(row(n * 2 + 2, "City", "2.0000", money(line_tax(n) / 3), json!(order * 100 + n), "item"));
    }
    rows.push(row(LINES * 2 + 1, "State", "6.2500", money(31), Value::Null, "shipping"));
    rows.push(row(LINES * 2 + 2, "City", "2.0000", money(10), Value::Null, "shipping"));
    rows
}

fn address(of: Option<(usize, usize)>) -> Value {
    let mut address = json!({
        "first_name": "Ada", "last_name": "Lovelace", "company": "", "street_1": "12 St James's Square", "street_2": "", "city": "Austin", "state": "Texas", "zip": "78701",
        "country": "United States", "country_iso2": "US", "phone": "+1 512 555 0101", "email": "ada@example.com", "form_fields": []
    });
    if let (Some((order, id)), Some(fields)) = (of, address.as_object_mut()) {
        let more = json!({ "id": id, "order_id": order, "items_total": 2, "items_shipped": 0, "shipping_method": "Fixed Shipping", "base_cost": "7.5000", "cost_ex_tax": "7.5000",
            "cost_inc_tax": "7.7000", "cost_tax": "0.2000", "cost_tax_class_id": 2, "base_handling_cost": "0.5000", "handling_cost_ex_tax": "0.5000", "handling_cost_inc_tax": "0.5000",
            "handling_cost_tax": "0.0000", "shipping_zone_id": 1, "shipping_zone_name": "United States" });
        fields.extend(more.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
    }
    address
}
