//! The rules of `mappings/catalog/product-*.yaml`.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::{Exact, Number, Text};

/// All lines mapped, one target per line; skipped records give none.
pub fn all(lines: &[String]) -> String {
    super::lines(lines, 1024, |line, out| {
        let source: Product<'_> = serde_json::from_str(line).ok()?;
        serde_json::to_writer(out, &product(&source)?).ok()
    })
}

#[derive(Deserialize)]
struct Product<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    sku: Option<Text<'a>>,
    name: Option<Text<'a>>,
    description: Option<Text<'a>>,
    #[serde(rename = "type")]
    kind: Option<Text<'a>>,
    tracking_method: Option<Text<'a>>,
    default_price: Option<Number<'a>>,
    msrp: Option<Number<'a>>,
    sale_price: Option<Number<'a>>,
    barcode: Option<Text<'a>>,
    status: Option<Text<'a>>,
    in_stock_threshold: Option<Number<'a>>,
    width: Option<Number<'a>>,
    height: Option<Number<'a>>,
    depth: Option<Number<'a>>,
    weight: Option<Number<'a>>,
    kit: Option<Kit>,
    #[serde(default)]
    variants: Vec<Variant<'a>>,
    #[serde(default)]
    options: Vec<ProductOption<'a>>,
    #[serde(default)]
    inventory: Vec<Stock<'a>>,
    #[serde(default)]
    categories: Vec<Category>,
    #[serde(default)]
    custom_fields: Vec<Custom<'a>>,
}

#[derive(Deserialize)]
struct Kit {
    #[serde(default)]
    components: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Variant<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    sku: Option<Text<'a>>,
    default_price: Option<Number<'a>>,
    msrp: Option<Number<'a>>,
    sale_price: Option<Number<'a>>,
    cost: Option<Number<'a>>,
    barcode: Option<Text<'a>>,
    status: Option<Text<'a>>,
    width: Option<Number<'a>>,
    height: Option<Number<'a>>,
    depth: Option<Number<'a>>,
    weight: Option<Number<'a>>,
    #[serde(default)]
    options: Vec<VariantOption<'a>>,
    #[serde(default)]
    inventory: Vec<Stock<'a>>,
}

#[derive(Deserialize)]
struct VariantOption<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    option_id: Text<'a>,
    option_name: Option<Text<'a>>,
    value: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct ProductOption<'a> {
    #[serde(borrow)]
    option_name: Option<Text<'a>>,
    #[serde(rename = "type")]
    kind: Option<Text<'a>>,
    order: Option<Number<'a>>,
    #[serde(default)]
    values: Vec<OptionValue<'a>>,
}

#[derive(Deserialize)]
struct OptionValue<'a> {
    #[serde(borrow)]
    value: Option<Text<'a>>,
    order: Option<i64>,
}

#[derive(Deserialize)]
struct Stock<'a> {
    #[serde(borrow)]
    location_id: Option<Text<'a>>,
    qty_on_hand: Option<Number<'a>>,
    qty_available: Option<Number<'a>>,
    cost: Option<Number<'a>>,
}

#[derive(Deserialize)]
struct Category {
    category_id: Option<u64>,
}

#[derive(Deserialize)]
struct Custom<'a> {
    #[serde(borrow)]
    custom_field_name: Text<'a>,
    value: Option<Text<'a>>,
}

#[derive(Serialize)]
struct Target<'a> {
    name: &'a str,
    sku: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    price: Price<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_price: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retail_price: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_price: Option<Number<'a>>,
    weight: Price<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    depth: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upc: Option<&'a str>,
    is_visible: bool,
    availability: &'static str,
    inventory_tracking: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    inventory_warning_level: Option<Exact>,
    categories: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta_description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search_keywords: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta_keywords: Option<Vec<&'a str>>,
    is_featured: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<TargetOption<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<TargetVariant<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inventory: Vec<TargetStock>,
}

/// A number, or 0 for none.
#[derive(Serialize)]
#[serde(untagged)]
enum Price<'a> {
    Given(Number<'a>),
    None(u8),
}

impl<'a> From<Option<Number<'a>>> for Price<'a> {
    fn from(number: Option<Number<'a>>) -> Self {
        number.map_or(Price::None(0), Price::Given)
    }
}

#[derive(Serialize)]
struct TargetOption<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_order: Option<Number<'a>>,
    option_values: Vec<TargetValue<'a>>,
}

#[derive(Serialize)]
struct TargetValue<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    sort_order: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_default: Option<bool>,
}

#[derive(Serialize)]
struct TargetVariant<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_price: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retail_price: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_price: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    depth: Option<Number<'a>>,
    purchasing_disabled: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    option_values: Vec<TargetVariantOption<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inventory: Vec<TargetStock>,
}

#[derive(Serialize)]
struct TargetVariantOption<'a> {
    option_id: u64,
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    option_display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

#[derive(Serialize)]
struct TargetStock {
    location_id: u64,
    quantity: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variant_id: Option<u64>,
}

fn link(id: &str) -> Option<u64> {
    id.parse::<u64>().ok().map(|id| id + 100_000)
}

fn is_empty(text: Option<&str>) -> bool {
    text.is_none_or(|t| t.trim().is_empty())
}

fn barcode<'a>(text: &'a Option<Text<'_>>) -> Option<&'a str> {
    text.as_deref().filter(|b| b.chars().count() <= 14)
}

fn product<'a>(source: &'a Product<'a>) -> Option<Target<'a>> {
    let (sku, name) = (source.sku.as_deref(), source.name.as_deref());
    if source.kit.as_ref().is_some_and(|k| !k.components.is_empty()) || is_empty(sku) || is_empty(name) {
        return None;
    }
    let custom = |name: &str| {
        source.custom_fields.iter().find(|f| *f.custom_field_name == *name).and_then(|f| f.value.as_deref())
    };
    let method = source.tracking_method.as_deref();
    let active = source.status.as_deref() == Some("Active");
    let costs = |row: &&Stock<'_>| row.cost.and_then(Number::decimal).is_some_and(|c| c > Decimal::ZERO);
    let by_variant = method == Some("Variant");
    Some(Target {
        name: name?,
        sku: sku?,
        kind: match source.kind.as_deref()? {
            "Physical" => "physical",
            "Virtual" => "digital",
            _ => return None,
        },
        description: source.description.as_deref(),
        price: source.default_price.into(),
        sale_price: source.sale_price,
        retail_price: source.msrp,
        cost_price: source.inventory.iter().find(costs).and_then(|row| row.cost),
        weight: source.weight.into(),
        width: source.width,
        height: source.height,
        depth: source.depth,
        upc: barcode(&source.barcode),
        is_visible: active,
        availability: if active { "available" } else { "disabled" },
        inventory_tracking: match method {
            Some("Variant") => "variant",
            Some("Product") => "product",
            _ => "none",
        },
        inventory_warning_level: source
            .in_stock_threshold
            .and_then(Number::decimal)
            .map(|n| Exact(n.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))),
        categories: source.categories.iter().filter_map(|c| Some(c.category_id? + 100_000)).collect(),
        brand_name: custom("Brand"),
        page_title: custom("Page Title"),
        meta_description: custom("Meta Description"),
        search_keywords: custom("Search Keywords"),
        meta_keywords: custom("Meta Keywords").map(|words| words.split(',').map(str::trim).collect()),
        is_featured: false,
        options: source.options.iter().filter(|o| by_variant && !o.values.is_empty()).map(option).collect(),
        variants: source.variants.iter().filter(|_| by_variant).map(|v| variant(v, source)).collect(),
        inventory: source
            .inventory
            .iter()
            .filter(|_| method == Some("Product"))
            .filter_map(|row| stock(row).map(|s| TargetStock { product_id: link(&source.id), ..s }))
            .collect(),
    })
}

fn option<'a>(source: &'a ProductOption<'a>) -> TargetOption<'a> {
    let swatch = source.kind.as_deref() == Some("Swatch");
    TargetOption {
        display_name: source.option_name.as_deref(),
        kind: match source.kind.as_deref().unwrap_or("Drop Down") {
            "Radio" => "radio_buttons",
            "Rectangle" => "rectangles",
            "Swatch" => "swatch",
            _ => "dropdown",
        },
        sort_order: source.order,
        option_values: source
            .values
            .iter()
            .zip(1..)
            .map(|(value, at)| TargetValue {
                label: value.value.as_deref(),
                sort_order: value.order.unwrap_or(at),
                is_default: (!swatch).then_some(false),
            })
            .collect(),
    }
}

fn variant<'a>(source: &'a Variant<'a>, of: &Product<'_>) -> TargetVariant<'a> {
    let price = source.default_price.and_then(Number::decimal);
    let own_price = price.is_some() && price != of.default_price.and_then(Number::decimal);
    let status = source.status.as_deref();
    let options = source.options.iter().filter_map(|o| {
        Some(TargetVariantOption {
            option_id: link(&o.option_id)?,
            id: link(&o.id)?,
            option_display_name: o.option_name.as_deref(),
            label: o.value.as_deref(),
        })
    });
    TargetVariant {
        sku: source.sku.as_deref(),
        price: source.default_price.filter(|_| own_price),
        sale_price: source.sale_price,
        retail_price: source.msrp,
        cost_price: source.cost,
        upc: barcode(&source.barcode),
        weight: source.weight,
        width: source.width,
        height: source.height,
        depth: source.depth,
        purchasing_disabled: !is_empty(status) && status != Some("Active"),
        option_values: options.collect(),
        inventory: source
            .inventory
            .iter()
            .filter_map(|row| stock(row).map(|s| TargetStock { variant_id: link(&source.id), ..s }))
            .collect(),
    }
}

fn stock(row: &Stock<'_>) -> Option<TargetStock> {
    let quantity = row.qty_available.or(row.qty_on_hand).and_then(Number::decimal)?;
    let quantity = quantity.round_dp_with_strategy(0, RoundingStrategy::ToZero).max(Decimal::ZERO);
    Some(TargetStock {
        location_id: link(row.location_id.as_deref()?)?,
        quantity: Exact(quantity),
        product_id: None,
        variant_id: None,
    })
}
