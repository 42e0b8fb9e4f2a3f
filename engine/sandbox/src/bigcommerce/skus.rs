//! A SKU is a product's or a variant's, and only one's.

use super::Store3;
use crate::exchange::id_of;

/// Whether a SKU belongs to another product, or to another variant than the given one.
pub fn sku_taken(context: &Store3<'_>, sku: &str, product: u64, variant: Option<u64>) -> bool {
    if sku.is_empty() {
        return false;
    }
    let other_product = context.store.find("bc.product", "sku", sku).iter().any(|id| *id != product);
    let other_variant = context.store.find("bc.variant", "sku", sku).into_iter().any(|id| {
        let of = context.store.get("bc.variant", id).and_then(|v| id_of(v.get("product_id")));
        match variant {
            Some(own) => id != own,
            None => of != Some(product),
        }
    });
    other_product || other_variant
}
