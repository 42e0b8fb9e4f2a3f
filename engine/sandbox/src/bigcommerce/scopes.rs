//! OAuth scopes: which a token has and which a call needs.

use std::collections::BTreeSet;

/// Scopes of the sandbox's token: those that a merchant grants for these records.
pub const SCOPES: &[&str] =
    &["store_v2_products", "store_inventory", "store_locations", "store_v2_customers", "store_payments_methods_read"];

/// Whether a set of scopes allows a method on a resource: the modify scope includes reading.
pub fn grants(scopes: &BTreeSet<String>, scope: &str, method: &str) -> bool {
    scope.is_empty()
        || scopes.contains(scope)
        || (method == "GET"
            && (scopes.contains(&format!("{scope}_read_only")) || scopes.contains(&format!("{scope}_read"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_only_scopes_allow_reading_alone() {
        let scopes = BTreeSet::from(["store_v2_products_read_only".to_owned()]);
        assert!(grants(&scopes, "store_v2_products", "GET"));
        assert!(!grants(&scopes, "store_v2_products", "POST"));
        assert!(!grants(&scopes, "store_inventory", "GET"));
        assert!(grants(&scopes, "", "GET"));
    }
}
