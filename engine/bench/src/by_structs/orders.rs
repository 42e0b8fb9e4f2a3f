//! The rules of `snapshots/hard/orders/order-to.yaml` and its children.

use std::borrow::Cow;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize, Serializer};

use super::{Amount, Exact, Text};

/// All lines mapped, one target per line; what is skipped or refused gives none.
pub fn all(lines: &[String]) -> String {
    super::lines(lines, 16_384, |line, out| {
        let source: Order<'_> = serde_json::from_str(line).ok()?;
        let (target, warnings) = order(&source)?;
        std::hint::black_box(warnings);
        serde_json::to_writer(out, &target).ok()
    })
}

#[derive(Deserialize)]
struct Order<'a> {
    id: u64,
    customer_id: Option<u64>,
    #[serde(borrow)]
    date_created: Text<'a>,
    status_id: i64,
    subtotal_ex_tax: Amount,
    shipping_cost_ex_tax: Amount,
    handling_cost_ex_tax: Amount,
    wrapping_cost_ex_tax: Amount,
    total_ex_tax: Amount,
    total_inc_tax: Amount,
    total_tax: Amount,
    is_tax_inclusive_pricing: Option<bool>,
    items_total: Option<Amount>,
    payment_method: Option<Text<'a>>,
    payment_provider_id: Option<Text<'a>>,
    payment_status: Option<Text<'a>>,
    store_credit_amount: Amount,
    gift_certificate_amount: Amount,
    default_currency_code: Option<Text<'a>>,
    staff_notes: Option<Text<'a>>,
    customer_message: Option<Text<'a>>,
    discount_amount: Amount,
    coupon_discount: Amount,
    shipping_address_count: Option<u64>,
    billing_address: Option<Address<'a>>,
    #[serde(default)]
    fees: Vec<Fee>,
    #[serde(default)]
    products: Vec<Product<'a>>,
    #[serde(default)]
    shipping_addresses: Vec<Address<'a>>,
    #[serde(default)]
    coupons: Vec<Coupon<'a>>,
    #[serde(default)]
    taxes: Vec<Tax<'a>>,
    #[serde(default)]
    transactions: Vec<Transaction<'a>>,
}

#[derive(Deserialize)]
struct Fee {
    cost_ex_tax: Amount,
}

#[derive(Deserialize)]
struct Address<'a> {
    #[serde(borrow)]
    first_name: Option<Text<'a>>,
    last_name: Option<Text<'a>>,
    company: Option<Text<'a>>,
    street_1: Option<Text<'a>>,
    street_2: Option<Text<'a>>,
    city: Option<Text<'a>>,
    state: Option<Text<'a>>,
    zip: Option<Text<'a>>,
    country_iso2: Option<Text<'a>>,
    phone: Option<Text<'a>>,
    email: Option<Text<'a>>,
    shipping_method: Option<Text<'a>>,
    cost_ex_tax: Option<Amount>,
    handling_cost_ex_tax: Option<Amount>,
}

#[derive(Deserialize)]
struct Product<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    sku: Option<Text<'a>>,
    #[serde(rename = "type")]
    kind: Option<Text<'a>>,
    base_price: Option<Amount>,
    price_ex_tax: Option<Amount>,
    total_ex_tax: Option<Amount>,
    total_inc_tax: Option<Amount>,
    total_tax: Option<Amount>,
    weight: Option<Amount>,
    quantity: Option<Amount>,
    quantity_shipped: Option<Amount>,
    parent_order_product_id: Option<u64>,
    #[serde(default)]
    product_options: Vec<ProductOption<'a>>,
    #[serde(default)]
    applied_discounts: Vec<Applied>,
    gift_certificate: Option<Certificate<'a>>,
}

#[derive(Deserialize)]
struct ProductOption<'a> {
    #[serde(borrow)]
    display_name: Option<Text<'a>>,
    display_name_merchant: Option<Text<'a>>,
    display_value: Option<Text<'a>>,
    display_value_merchant: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Applied {
    amount: Amount,
}

#[derive(Deserialize)]
struct Certificate<'a> {
    #[serde(borrow)]
    code: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Coupon<'a> {
    #[serde(borrow)]
    code: Option<Text<'a>>,
    #[serde(rename = "type")]
    kind: Option<u64>,
    discount: Option<Amount>,
}

#[derive(Deserialize)]
struct Tax<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    rate: Option<Amount>,
    line_amount: Amount,
}

#[derive(Deserialize)]
struct Transaction<'a> {
    #[serde(borrow)]
    event: Option<Text<'a>>,
    method: Option<Text<'a>>,
    status: Option<Text<'a>>,
    amount: Amount,
    gift_certificate: Option<Certificate<'a>>,
}

#[derive(Serialize)]
struct Target<'a> {
    system_id: u32,
    transaction_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_address: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    discount_amount: Exact,
    tax_amount: Exact,
    shipping_amount: Exact,
    subtotal: Exact,
    total: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_qty: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_datetime: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    custom_fields: Vec<Custom<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<Line<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<TargetAddress<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payments: Vec<Payment<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taxes: Vec<TargetTax<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    discounts: Vec<Discount<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note<'a>>,
}

#[derive(Serialize)]
struct Custom<'a> {
    custom_field_name: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
struct Line<'a> {
    sequence_number: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    qty: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    qty_shipped: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_price: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_unit_price: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_price: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount_amount: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_tax_amount: Option<Exact>,
    tax_percent: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line_info: Option<Card<'a>>,
    options: Named<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    custom_fields: Vec<Custom<'a>>,
}

#[derive(Serialize)]
struct Card<'a> {
    #[serde(rename = "GiftCardId")]
    code: &'a str,
}

/// A dictionary in the order of its keys' first value.
struct Named<'a>(Vec<(&'a str, Cow<'a, str>)>);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[derive(Serialize)]
struct TargetAddress<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_2: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    is_primary_billing: bool,
    is_primary_shipping: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_method_description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_amount: Option<Exact>,
}

#[derive(Serialize)]
struct Payment<'a> {
    method: &'a str,
    amount: Exact,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method_info: Option<Card<'a>>,
}

#[derive(Serialize)]
struct TargetTax<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<&'a str>,
    amount: Exact,
    orginal_amount: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_percent: Option<Exact>,
}

#[derive(Serialize)]
struct Discount<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Exact>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<Cow<'static, str>>,
}

#[derive(Serialize)]
struct Note<'a> {
    text: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    sequence_number: u8,
    is_public: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note_created_date_time: Option<String>,
}

/// A text that is not "" (which is BigCommerce's "none").
fn text<'a>(text: &'a Option<Text<'_>>) -> Option<&'a str> {
    text.as_deref().filter(|t| !t.is_empty())
}

fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(|t| t.trim().is_empty())
}

fn exact(amount: Option<Amount>) -> Option<Exact> {
    amount.and_then(|a| a.0).map(Exact)
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

fn order<'a>(source: &'a Order<'a>) -> Option<(Target<'a>, Vec<String>)> {
    let status_id = source.status_id;
    let nameless = |p: &Product<'_>| {
        text(&p.kind) == Some("physical") && is_blank(text(&p.sku)) && p.parent_order_product_id.is_none()
    };
    if status_id == 0 || status_id == 6 || source.products.iter().any(nameless) {
        return None;
    }
    let (tax, total, subtotal) = (source.total_tax.0?, source.total_inc_tax.0?, source.subtotal_ex_tax.0?);
    let fees: Option<Decimal> = source.fees.iter().map(|f| f.cost_ex_tax.0).sum();
    let shipping =
        source.shipping_cost_ex_tax.0? + source.handling_cost_ex_tax.0? + source.wrapping_cost_ex_tax.0? + fees?;
    let inclusive = source.is_tax_inclusive_pricing == Some(true);
    let discount = if inclusive {
        subtotal + shipping - source.total_ex_tax.0?
    } else {
        source.discount_amount.0? + source.coupon_discount.0?
    };
    let created = jiff::fmt::rfc2822::parse(&source.date_created).ok().map(|z| z.timestamp());
    let lines = source.products.iter().filter(|p| p.parent_order_product_id.is_none());
    let mut addresses = Vec::new();
    if let Some(billing) = &source.billing_address {
        let ships = source.shipping_address_count == Some(0);
        let of = TargetAddress {
            is_primary_billing: true,
            is_primary_shipping: ships,
            shipping_amount: Some(Exact(Decimal::ZERO)),
            ..address(billing, "Billing")
        };
        addresses.push(of);
    }
    for (at, row) in source.shipping_addresses.iter().enumerate() {
        let costs = row.cost_ex_tax.and_then(|a| a.0).zip(row.handling_cost_ex_tax.and_then(|a| a.0));
        addresses.push(TargetAddress {
            is_primary_shipping: at == 0,
            shipping_method: text(&row.shipping_method),
            shipping_method_description: text(&row.shipping_method),
            shipping_amount: costs.map(|(a, b)| Exact(a + b)),
            ..address(row, "Shipping")
        });
    }
    let payments = payments(source, total)?;
    let paid: Decimal = payments.iter().map(|p| p.amount.0).sum();
    let mut discounts: Vec<Discount<'_>> = source.coupons.iter().map(coupon).collect();
    if let Some(manual) = source.discount_amount.0.filter(|d| !d.is_zero()) {
        discounts.push(Discount {
            code: None,
            description: Some("discount of the order"),
            amount: Some(Exact(manual)),
            kind: Some(Cow::Borrowed("Manual")),
        });
    }
    let note = |said: &'a Option<Text<'a>>, kind, sequence_number, is_public| {
        Some(Note {
            text: text(said).filter(|t| !t.trim().is_empty())?,
            kind,
            sequence_number,
            is_public,
            note_created_date_time: created.map(|at| jiff::tz::TimeZone::UTC.to_datetime(at).to_string()),
        })
    };
    let notes = [note(&source.customer_message, "Customer", 1, true), note(&source.staff_notes, "Staff", 2, false)];
    let mut warnings = Vec::new();
    if total != subtotal - discount + shipping + tax {
        warnings.push(format!("order {}: the parts do not add up to the total", source.id));
    }
    if paid != total {
        warnings.push(format!("order {}: payments {paid} are not the total {total}", source.id));
    }
    let currency = text(&source.default_currency_code);
    let target = Target {
        system_id: 9,
        transaction_number: source.id.to_string(),
        customer_id: source.customer_id.filter(|c| *c != 0).map(|c| c + 100_000),
        email_address: source.billing_address.as_ref().and_then(|b| text(&b.email)),
        kind: "Order",
        status: if matches!(status_id, 4 | 5) { status(status_id)? } else { "Pending" },
        discount_amount: Exact(discount),
        tax_amount: Exact(tax),
        shipping_amount: Exact(shipping),
        subtotal: Exact(subtotal),
        total: Exact(total),
        total_qty: exact(source.items_total),
        created_datetime: created.map(|at| at.to_string()),
        custom_fields: currency.map(|value| Custom { custom_field_name: "Currency Code", value }).into_iter().collect(),
        lines: lines.zip(1..).map(|(p, at)| line(p, at, inclusive)).collect(),
        addresses,
        payments,
        taxes: taxes(source)?,
        discounts,
        notes: notes.into_iter().flatten().collect(),
    };
    Some((target, warnings))
}

fn line<'a>(source: &'a Product<'a>, position: usize, inclusive: bool) -> Line<'a> {
    let gift = text(&source.kind) == Some("giftcertificate");
    let name = |o: &'a ProductOption<'a>| text(&o.display_name_merchant).or(text(&o.display_name));
    let shown = |o: &'a ProductOption<'a>| text(&o.display_value_merchant).or(text(&o.display_value));
    let unit = source.product_options.iter().find(|o| name(o) == Some("Unit")).and_then(shown);
    let discount: Option<Decimal> = source.applied_discounts.iter().map(|d| d.amount.0).sum();
    let sku = text(&source.sku);
    let bare = |sku: &'a str| match unit.filter(|u| !u.trim().is_empty()) {
        Some(unit) => sku.strip_suffix(unit).and_then(|s| s.strip_suffix('-')).unwrap_or(sku),
        None => sku,
    };
    let (ex_tax, inc_tax, tax) = (
        source.total_ex_tax.and_then(|a| a.0),
        source.total_inc_tax.and_then(|a| a.0),
        source.total_tax.and_then(|a| a.0),
    );
    let discount_amount = match (discount, ex_tax, inc_tax) {
        (Some(discount), Some(ex), Some(inc)) if inclusive && !inc.is_zero() => {
            Some((discount * ex / inc).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
        }
        _ => discount,
    };
    let percent = tax
        .zip(ex_tax)
        .and_then(|(tax, ex)| tax.checked_div(ex))
        .map(|share| (share * Decimal::ONE_HUNDRED).round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero));
    let mut named: Vec<(&str, Cow<'_, str>)> = Vec::new();
    for option in &source.product_options {
        let Some(name) = name(option).filter(|n| !n.trim().is_empty()) else { continue };
        match (named.iter_mut().find(|(known, _)| *known == name), shown(option)) {
            (Some((_, values)), Some(value)) => *values = Cow::Owned(format!("{values}, {value}")),
            (Some(_), None) => {}
            (None, value) => named.push((name, Cow::Borrowed(value.unwrap_or_default()))),
        }
    }
    let custom = [("Original SKU", sku), ("SellingUnit", unit)];
    let code = source.gift_certificate.as_ref().filter(|_| gift).and_then(|g| text(&g.code));
    Line {
        sequence_number: position,
        sku: sku.map(bare),
        description: text(&source.name),
        kind: if gift { "Gift Card" } else { "Product" },
        status: "Pending",
        qty: exact(source.quantity),
        qty_shipped: exact(source.quantity_shipped),
        unit_price: exact(source.price_ex_tax),
        original_unit_price: exact(if inclusive { source.price_ex_tax } else { source.base_price }),
        extended_price: ex_tax.map(Exact),
        discount_amount: discount_amount.map(Exact),
        estimated_tax_amount: tax.map(Exact),
        tax_percent: Exact(percent.unwrap_or_default()),
        weight: exact(source.weight),
        line_info: code.map(|code| Card { code }),
        options: Named(named),
        custom_fields: custom
            .into_iter()
            .filter_map(|(custom_field_name, value)| Some(Custom { custom_field_name, value: value? }))
            .collect(),
    }
}

fn address<'a>(row: &'a Address<'a>, kind: &'static str) -> TargetAddress<'a> {
    TargetAddress {
        first_name: text(&row.first_name),
        last_name: text(&row.last_name),
        company: text(&row.company),
        phone_number: text(&row.phone),
        address_1: text(&row.street_1),
        address_2: text(&row.street_2),
        city: text(&row.city),
        region: text(&row.state),
        postal_code: text(&row.zip),
        country: text(&row.country_iso2),
        kind,
        is_primary_billing: false,
        is_primary_shipping: false,
        shipping_method: None,
        shipping_method_description: None,
        shipping_amount: None,
    }
}

fn payments<'a>(source: &'a Order<'a>, total: Decimal) -> Option<Vec<Payment<'a>>> {
    let (credit, certificates) = (source.store_credit_amount.0?, source.gift_certificate_amount.0?);
    let open = total - credit - certificates;
    let mut rows = Vec::new();
    if let Some(method) = text(&source.payment_method).filter(|m| !m.trim().is_empty() && open > Decimal::ZERO) {
        rows.push(Payment {
            method: match method.to_lowercase().as_str() {
                _ if method == "PayPal" => "PayPal",
                "credit card" | "apple pay" => "Credit Card",
                "cash" | "cash on delivery" => "Cash",
                "check" => "Check",
                _ => method,
            },
            amount: Exact(open),
            status: match text(&source.payment_status) {
                Some("authorized") => "Authorized",
                Some("captured" | "paid") => "Complete",
                Some("declined" | "void") => "Cancelled",
                Some("refunded" | "partially refunded") => "Refunded",
                _ => "Pending",
            },
            description: text(&source.payment_provider_id),
            method_info: None,
        });
    }
    let complete = |method, amount, code: Option<&'a str>| Payment {
        method,
        amount: Exact(amount),
        status: "Complete",
        description: code,
        method_info: code.map(|code| Card { code }),
    };
    if credit > Decimal::ZERO {
        rows.push(complete("Store Credit", credit, None));
    }
    for row in &source.transactions {
        let fits = text(&row.method) == Some("gift_certificate")
            && text(&row.status) == Some("ok")
            && text(&row.event) == Some("purchase");
        if fits {
            rows.push(complete("Gift Card", row.amount.0?, row.gift_certificate.as_ref().and_then(|g| text(&g.code))));
        }
    }
    Some(rows)
}

fn taxes<'a>(source: &'a Order<'a>) -> Option<Vec<TargetTax<'a>>> {
    let mut groups: Vec<(Option<&str>, Option<Decimal>, Decimal)> = Vec::new();
    for tax in &source.taxes {
        let (name, rate, amount) = (text(&tax.name), tax.rate.and_then(|r| r.0), tax.line_amount.0?);
        match groups.iter_mut().find(|(n, r, _)| *n == name && *r == rate) {
            Some((.., sum)) => *sum += amount,
            None => groups.push((name, rate, amount)),
        }
    }
    let rows = groups.into_iter().filter(|(.., tax)| !tax.is_zero()).map(|(authority, rate, tax)| TargetTax {
        authority,
        amount: Exact(tax),
        orginal_amount: Exact(tax),
        tax_percent: rate.map(Exact),
    });
    Some(rows.collect())
}

fn coupon<'a>(source: &'a Coupon<'a>) -> Discount<'a> {
    let kind = source.kind.map(|kind| match kind {
        0 => Cow::Borrowed("Per Item"),
        1 => Cow::Borrowed("Percentage"),
        2 => Cow::Borrowed("Per Total"),
        3 => Cow::Borrowed("Shipping"),
        4 => Cow::Borrowed("Free Shipping"),
        5 => Cow::Borrowed("Promotion"),
        other => Cow::Owned(other.to_string()),
    });
    Discount { code: text(&source.code), description: None, amount: exact(source.discount), kind }
}
