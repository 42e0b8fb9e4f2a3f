//! The rules of `snapshots/hard/orders/order-to.yaml` and its children.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value, json};

/// All lines mapped, one target per line; what is skipped or refused gives none.
pub fn all(lines: &[String]) -> String {
    let mut out = String::with_capacity(lines.len() * 16_384);
    for line in lines {
        let Ok(record) = serde_json::from_str::<Value>(line) else { continue };
        if let Some((target, warnings)) = order(&record) {
            std::hint::black_box(warnings);
            out.push_str(&target.to_string());
            out.push('\n');
        }
    }
    out
}

/// A text that is not "" (which is BigCommerce's "none").
fn text<'a>(record: &'a Value, key: &str) -> Option<&'a str> {
    record.get(key).and_then(Value::as_str).filter(|t| !t.is_empty())
}

fn is_empty(text: Option<&str>) -> bool {
    text.is_none_or(|t| t.trim().is_empty())
}

/// An amount: a number, or a text that is one.
fn amount(record: &Value, key: &str) -> Option<Decimal> {
    match record.get(key)? {
        Value::String(text) if !text.is_empty() => Decimal::from_str_exact(text).ok(),
        value @ Value::Number(_) => Decimal::from_str_exact(&value.to_string()).ok(),
        _ => None,
    }
}

fn number(value: Decimal) -> Value {
    value.normalize().to_string().parse().map_or(Value::Null, Value::Number)
}

fn items<'a>(record: &'a Value, key: &str) -> &'a [Value] {
    record.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A sum as the language has it: null if any is null.
fn sum<'a>(rows: impl IntoIterator<Item = &'a Value>, key: &str) -> Option<Decimal> {
    rows.into_iter().map(|row| amount(row, key)).sum()
}

fn put_text(target: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        target.insert(key.to_owned(), Value::from(value));
    }
}

fn put_number(target: &mut Map<String, Value>, key: &str, value: Option<Decimal>) {
    if let Some(value) = value {
        target.insert(key.to_owned(), number(value));
    }
}

fn created(record: &Value) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::parse(text(record, "date_created")?).ok().map(|z| z.timestamp())
}

fn status(id: i64) -> Option<&'static str> {
    Some(match id {
        1 | 3 | 7 | 8 | 9 | 11 | 12 | 13 => "Pending",
        2 => "Shipped",
        4 => "Refunded",
        5 | 6 => "Cancelled",
        10 => "Complete",
        14 => "Partial Refunded",
        _ => return None,
    })
}

fn order(record: &Value) -> Option<(Value, Vec<String>)> {
    let status_id = record.get("status_id")?.as_i64()?;
    if status_id == 0 || status_id == 6 {
        return None;
    }
    let products = items(record, "products");
    let nameless = |p: &Value| {
        text(p, "type") == Some("physical")
            && is_empty(text(p, "sku"))
            && p.get("parent_order_product_id").is_none_or(Value::is_null)
    };
    if products.iter().any(nameless) {
        return None;
    }
    let (total_tax, total) = (amount(record, "total_tax")?, amount(record, "total_inc_tax")?);
    let subtotal = amount(record, "subtotal_ex_tax")?;
    let shipping = amount(record, "shipping_cost_ex_tax")?
        + amount(record, "handling_cost_ex_tax")?
        + amount(record, "wrapping_cost_ex_tax")?
        + sum(items(record, "fees"), "cost_ex_tax")?;
    let inclusive = record.get("is_tax_inclusive_pricing").and_then(Value::as_bool) == Some(true);
    let discount = if inclusive {
        subtotal + shipping - amount(record, "total_ex_tax")?
    } else {
        amount(record, "discount_amount")? + amount(record, "coupon_discount")?
    };
    let id = record.get("id")?.as_u64()?;
    let mut target = Map::new();
    target.insert("system_id".into(), json!(9));
    target.insert("transaction_number".into(), json!(id.to_string()));
    if let Some(customer) = record.get("customer_id").and_then(Value::as_u64).filter(|c| *c != 0) {
        target.insert("customer_id".into(), json!(customer + 100_000));
    }
    let billing = record.get("billing_address").unwrap_or(&Value::Null);
    put_text(&mut target, "email_address", text(billing, "email"));
    target.insert("type".into(), json!("Order"));
    target.insert("status".into(), json!(if matches!(status_id, 4 | 5) { status(status_id)? } else { "Pending" }));
    target.insert("discount_amount".into(), number(discount));
    target.insert("tax_amount".into(), number(total_tax));
    target.insert("shipping_amount".into(), number(shipping));
    target.insert("subtotal".into(), number(subtotal));
    target.insert("total".into(), number(total));
    put_number(&mut target, "total_qty", amount(record, "items_total"));
    if let Some(at) = created(record) {
        target.insert("created_datetime".into(), json!(at.to_string()));
    }
    if let Some(currency) = text(record, "default_currency_code") {
        let field = json!([{ "custom_field_name": "Currency Code", "value": currency }]);
        target.insert("custom_fields".into(), field);
    }
    let lines = products.iter().filter(|p| p.get("parent_order_product_id").is_none_or(Value::is_null));
    slot(&mut target, "lines", lines.enumerate().map(|(at, p)| line(p, at + 1, inclusive)).collect());
    let mut addresses = Vec::new();
    if billing.is_object() {
        let ships = record.get("shipping_address_count").and_then(Value::as_u64) == Some(0);
        let mut one = address(billing);
        one.insert("type".into(), json!("Billing"));
        one.insert("is_primary_billing".into(), json!(true));
        one.insert("is_primary_shipping".into(), json!(ships));
        one.insert("shipping_amount".into(), json!(0));
        addresses.push(Value::Object(one));
    }
    for (at, row) in items(record, "shipping_addresses").iter().enumerate() {
        let mut one = address(row);
        one.insert("type".into(), json!("Shipping"));
        one.insert("is_primary_billing".into(), json!(false));
        one.insert("is_primary_shipping".into(), json!(at == 0));
        put_text(&mut one, "shipping_method", text(row, "shipping_method"));
        put_text(&mut one, "shipping_method_description", text(row, "shipping_method"));
        let cost = amount(row, "cost_ex_tax").zip(amount(row, "handling_cost_ex_tax")).map(|(a, b)| a + b);
        put_number(&mut one, "shipping_amount", cost);
        addresses.push(Value::Object(one));
    }
    slot(&mut target, "addresses", addresses);
    let (payments, paid) = payments(record, total)?;
    slot(&mut target, "payments", payments);
    slot(&mut target, "taxes", taxes(record)?);
    let mut discounts: Vec<Value> = items(record, "coupons").iter().map(coupon).collect();
    if let Some(manual) = amount(record, "discount_amount").filter(|d| !d.is_zero()) {
        discounts.push(json!({ "type": "Manual", "description": "discount of the order", "amount": number(manual) }));
    }
    slot(&mut target, "discounts", discounts);
    let mut notes = Vec::new();
    for (at, (key, kind, public)) in
        [("customer_message", "Customer", true), ("staff_notes", "Staff", false)].into_iter().enumerate()
    {
        let Some(said) = text(record, key).filter(|t| !t.trim().is_empty()) else { continue };
        let mut note = Map::new();
        note.insert("text".into(), json!(said));
        note.insert("type".into(), json!(kind));
        note.insert("sequence_number".into(), json!(at + 1));
        note.insert("is_public".into(), json!(public));
        if let Some(at) = created(record) {
            let local = jiff::tz::TimeZone::UTC.to_datetime(at).to_string();
            note.insert("note_created_date_time".into(), json!(local));
        }
        notes.push(Value::Object(note));
    }
    slot(&mut target, "notes", notes);
    let mut warnings = Vec::new();
    if total != subtotal - discount + shipping + total_tax {
        warnings.push(format!("order {id}: the parts do not add up to the total"));
    }
    if paid != total {
        warnings.push(format!("order {id}: payments {paid} are not the total {total}"));
    }
    Some((Value::Object(target), warnings))
}

fn slot(target: &mut Map<String, Value>, name: &str, rows: Vec<Value>) {
    if !rows.is_empty() {
        target.insert(name.to_owned(), Value::Array(rows));
    }
}

fn line(product: &Value, position: usize, inclusive: bool) -> Value {
    let gift = text(product, "type") == Some("giftcertificate");
    let options = items(product, "product_options");
    let name = |o: &Value| text(o, "display_name_merchant").or_else(|| text(o, "display_name")).map(str::to_owned);
    let shown = |o: &Value| text(o, "display_value_merchant").or_else(|| text(o, "display_value")).map(str::to_owned);
    let unit = options.iter().find(|o| name(o).as_deref() == Some("Unit")).and_then(shown);
    let discount = sum(items(product, "applied_discounts"), "amount");
    let sku = text(product, "sku");
    let (ex_tax, inc_tax, tax) =
        (amount(product, "total_ex_tax"), amount(product, "total_inc_tax"), amount(product, "total_tax"));
    let mut target = Map::new();
    target.insert("sequence_number".into(), json!(position));
    let bare = match (&unit, sku) {
        (Some(unit), Some(sku)) if !unit.trim().is_empty() => {
            Some(sku.strip_suffix(&format!("-{unit}")).unwrap_or(sku))
        }
        _ => sku,
    };
    put_text(&mut target, "sku", bare);
    put_text(&mut target, "description", text(product, "name"));
    target.insert("type".into(), json!(if gift { "Gift Card" } else { "Product" }));
    target.insert("status".into(), json!("Pending"));
    put_number(&mut target, "qty", amount(product, "quantity"));
    put_number(&mut target, "qty_shipped", amount(product, "quantity_shipped"));
    let price = amount(product, "price_ex_tax");
    put_number(&mut target, "unit_price", price);
    put_number(&mut target, "original_unit_price", if inclusive { price } else { amount(product, "base_price") });
    put_number(&mut target, "extended_price", ex_tax);
    let discounted = match (discount, ex_tax, inc_tax) {
        (Some(discount), Some(ex), Some(inc)) if inclusive && !inc.is_zero() => {
            Some((discount * ex / inc).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
        }
        _ => discount,
    };
    put_number(&mut target, "discount_amount", discounted);
    put_number(&mut target, "estimated_tax_amount", tax);
    let percent = tax
        .zip(ex_tax)
        .and_then(|(tax, ex)| tax.checked_div(ex))
        .map(|share| (share * Decimal::ONE_HUNDRED).round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero));
    put_number(&mut target, "tax_percent", Some(percent.unwrap_or_default()));
    put_number(&mut target, "weight", amount(product, "weight"));
    if let Some(code) = product.get("gift_certificate").filter(|g| gift && g.is_object()).and_then(|g| text(g, "code"))
    {
        target.insert("line_info".into(), json!({ "GiftCardId": code }));
    }
    let mut named: Vec<(String, Vec<String>)> = Vec::new();
    for option in options {
        let Some(name) = name(option).filter(|n| !n.trim().is_empty()) else { continue };
        let shown = shown(option);
        match named.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.extend(shown),
            None => named.push((name, shown.into_iter().collect())),
        }
    }
    let named: Map<String, Value> =
        named.into_iter().map(|(name, values)| (name, Value::from(values.join(", ")))).collect();
    target.insert("options".into(), Value::Object(named));
    let custom: Vec<Value> = [("Original SKU", sku), ("SellingUnit", unit.as_deref())]
        .into_iter()
        .filter_map(|(name, value)| Some(json!({ "custom_field_name": name, "value": value? })))
        .collect();
    slot(&mut target, "custom_fields", custom);
    Value::Object(target)
}

fn address(row: &Value) -> Map<String, Value> {
    let mut target = Map::new();
    for (key, from) in [
        ("first_name", "first_name"),
        ("last_name", "last_name"),
        ("company", "company"),
        ("phone_number", "phone"),
        ("address_1", "street_1"),
        ("address_2", "street_2"),
        ("city", "city"),
        ("region", "state"),
        ("postal_code", "zip"),
        ("country", "country_iso2"),
    ] {
        put_text(&mut target, key, text(row, from));
    }
    target
}

/// The payments, and what they come to.
fn payments(record: &Value, total: Decimal) -> Option<(Vec<Value>, Decimal)> {
    let (credit, certificates) = (amount(record, "store_credit_amount")?, amount(record, "gift_certificate_amount")?);
    let open = total - credit - certificates;
    let (mut rows, mut paid) = (Vec::new(), Decimal::ZERO);
    if let Some(method) = text(record, "payment_method").filter(|m| !m.trim().is_empty() && open > Decimal::ZERO) {
        let known = match method.to_lowercase().as_str() {
            _ if method == "PayPal" => "PayPal",
            "credit card" | "apple pay" => "Credit Card",
            "cash" | "cash on delivery" => "Cash",
            "check" => "Check",
            _ => method,
        };
        let status = match text(record, "payment_status") {
            Some("authorized") => "Authorized",
            Some("captured" | "paid") => "Complete",
            Some("declined" | "void") => "Cancelled",
            Some("refunded" | "partially refunded") => "Refunded",
            _ => "Pending",
        };
        let mut row = Map::new();
        row.insert("method".into(), json!(known));
        row.insert("amount".into(), number(open));
        row.insert("status".into(), json!(status));
        put_text(&mut row, "description", text(record, "payment_provider_id"));
        rows.push(Value::Object(row));
        paid += open;
    }
    if credit > Decimal::ZERO {
        rows.push(json!({ "method": "Store Credit", "amount": number(credit), "status": "Complete" }));
        paid += credit;
    }
    for transaction in items(record, "transactions") {
        if text(transaction, "method") != Some("gift_certificate")
            || text(transaction, "status") != Some("ok")
            || text(transaction, "event") != Some("purchase")
        {
            continue;
        }
        let mut row = Map::new();
        row.insert("method".into(), json!("Gift Card"));
        let amount = amount(transaction, "amount")?;
        row.insert("amount".into(), number(amount));
        row.insert("status".into(), json!("Complete"));
        if let Some(code) = transaction.get("gift_certificate").and_then(|g| text(g, "code")) {
            row.insert("description".into(), json!(code));
            row.insert("method_info".into(), json!({ "GiftCardId": code }));
        }
        rows.push(Value::Object(row));
        paid += amount;
    }
    Some((rows, paid))
}

fn taxes(record: &Value) -> Option<Vec<Value>> {
    let mut groups: Vec<(String, Vec<&Value>)> = Vec::new();
    for tax in items(record, "taxes") {
        let rate = amount(tax, "rate").map(|r| r.normalize().to_string());
        let parts: Vec<String> = text(tax, "name").map(str::to_owned).into_iter().chain(rate).collect();
        let key = parts.join(" ");
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, rows)) => rows.push(tax),
            None => groups.push((key, vec![tax])),
        }
    }
    let mut rows = Vec::new();
    for (_, group) in groups {
        let tax = sum(group.iter().copied(), "line_amount")?;
        let Some(first) = group.first().filter(|_| !tax.is_zero()) else { continue };
        let mut row = Map::new();
        put_text(&mut row, "authority", text(first, "name"));
        row.insert("amount".into(), number(tax));
        row.insert("orginal_amount".into(), number(tax));
        put_number(&mut row, "tax_percent", amount(first, "rate"));
        rows.push(Value::Object(row));
    }
    Some(rows)
}

fn coupon(coupon: &Value) -> Value {
    let mut row = Map::new();
    put_text(&mut row, "code", text(coupon, "code"));
    put_number(&mut row, "amount", amount(coupon, "discount"));
    let kind = coupon.get("type").map(|t| match t.as_u64() {
        Some(0) => json!("Per Item"),
        Some(1) => json!("Percentage"),
        Some(2) => json!("Per Total"),
        Some(3) => json!("Shipping"),
        Some(4) => json!("Free Shipping"),
        Some(5) => json!("Promotion"),
        _ => json!(t.to_string()),
    });
    row.extend(kind.map(|kind| (String::from("type"), kind)));
    Value::Object(row)
}
