//! The kinds of records of iPaaS.com: where they live, what they must hold, which nested rows have ids and links.

use crate::store::Kind;

/// A list of nested rows that have ids of their own.
pub struct Nested {
    /// Field of the list.
    pub field: &'static str,
    /// Table of the rows' links; empty when they take none.
    pub table: &'static str,
    /// Lists inside the rows.
    pub nested: &'static [Nested],
}

/// One kind of root record.
pub struct Resource {
    /// Where it is stored.
    pub kind: Kind,
    /// Path of one record, below the API's `v2`.
    pub one: &'static [&'static str],
    /// Path of the list.
    pub list: &'static [&'static str],
    /// First path segment: the API.
    pub api: &'static str,
    /// Table of its links.
    pub table: &'static str,
    /// Fields that must hold a text.
    pub required: &'static [&'static str],
    /// Field that must be unique, empty when none is.
    pub unique: &'static str,
    /// Fields that can be searched exactly: query name and field.
    pub search: &'static [(&'static str, &'static str)],
    /// Rows inside it.
    pub nested: &'static [Nested],
}

const fn rows(field: &'static str, table: &'static str, nested: &'static [Nested]) -> Nested {
    Nested { field, table, nested }
}

/// Every kind.
pub const RESOURCES: &[Resource] = &[
    Resource {
        kind: "ipaas.product",
        one: &["Catalog", "Product"],
        list: &["Catalog", "Products"],
        api: "products",
        table: "product",
        required: &["name", "type", "status", "tracking_method"],
        unique: "sku",
        search: &[("Sku", "sku"), ("Name", "name")],
        nested: &[
            rows("options", "product option", &[rows("values", "product option value", &[])]),
            rows(
                "variants",
                "product variant",
                &[rows("inventory", "product variant inventory", &[]), rows("alternate_ids", "", &[])],
            ),
            rows("units", "product", &[]),
            rows("inventory", "product inventory", &[]),
            rows("categories", "", &[]),
            rows("alternate_ids", "product alternate id", &[]),
        ],
    },
    Resource {
        kind: "ipaas.category",
        one: &["Catalog", "Category"],
        list: &["Catalog", "Categories"],
        api: "products",
        table: "product category",
        required: &[],
        unique: "",
        search: &[("Name", "name")],
        nested: &[],
    },
    Resource {
        kind: "ipaas.location",
        one: &["Catalog", "Location"],
        list: &["Catalog", "Locations"],
        api: "products",
        table: "location",
        required: &["name"],
        unique: "name",
        search: &[("Name", "name")],
        nested: &[],
    },
    Resource {
        kind: "ipaas.category_set",
        one: &["Catalog", "CategorySet"],
        list: &["Catalog", "CategorySets"],
        api: "products",
        table: "category set",
        required: &["name"],
        unique: "name",
        search: &[("Name", "name")],
        nested: &[],
    },
    Resource {
        kind: "ipaas.customer_category",
        one: &["Customer", "Category"],
        list: &["Customer", "Categories"],
        api: "customers",
        table: "customer category",
        required: &[],
        unique: "",
        search: &[("Name", "name")],
        nested: &[],
    },
    Resource {
        kind: "ipaas.customer",
        one: &["Customer"],
        list: &["Customers"],
        api: "customers",
        table: "customer",
        required: &[],
        unique: "email_address",
        search: &[("EmailAddress", "email_address"), ("CustomerNumber", "customer_number"), ("LastName", "last_name")],
        nested: &[rows("addresses", "address", &[])],
    },
    Resource {
        kind: "ipaas.payment_method",
        one: &["PaymentMethod"],
        list: &["PaymentMethods"],
        api: "transactions",
        table: "payment method",
        required: &["name"],
        unique: "name",
        search: &[("Name", "name")],
        nested: &[],
    },
];
