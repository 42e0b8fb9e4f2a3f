//! The BigCommerce side: routes, scopes and what each endpoint does.

mod addresses;
mod brands;
mod categories;
mod custom_fields;
mod customers;
mod error;
mod groups;
mod inventory;
mod locations;
mod options;
mod paging;
mod payments;
mod products;
mod record;
mod scopes;
mod skus;
mod variants;

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;

pub use self::error::{bare_too_many, forbidden_path, invalid, too_many, unauthorized, unsupported_media};
pub use self::{customers::new_customer, inventory::set_stock, products::new_product, scopes::SCOPES};
use crate::{
    exchange::{Answer, Call, Reply},
    store::Store,
};

/// What a handler works with.
pub struct Store3<'a> {
    /// Records of both systems.
    pub store: &'a mut Store,
    /// Time of the request, whole seconds as BigCommerce keeps them.
    pub now: Timestamp,
    /// Delay of inventory adjustments.
    pub inventory_delay: Duration,
}

type Handler = fn(&mut Store3<'_>, &Call, &[u64]) -> Reply;

struct Route {
    method: &'static str,
    path: &'static str,
    scope: &'static str,
    handler: Handler,
}

const fn route(method: &'static str, path: &'static str, scope: &'static str, handler: Handler) -> Route {
    Route { method, path, scope, handler }
}

const PRODUCTS: &str = "store_v2_products";
const STOCK: &str = "store_inventory";
const LOCATIONS: &str = "store_locations";
const CUSTOMERS: &str = "store_v2_customers";
const METHODS: &str = "store_payments_methods";

/// Every endpoint; `{}` is a number.
const ROUTES: &[Route] = &[
    route("GET", "v3/hooks", "", payments::hooks),
    route("GET", "v3/catalog/summary", PRODUCTS, products::summary),
    route("GET", "v3/catalog/products", PRODUCTS, products::list),
    route("POST", "v3/catalog/products", PRODUCTS, products::create),
    route("PUT", "v3/catalog/products", PRODUCTS, products::update_batch),
    route("DELETE", "v3/catalog/products", PRODUCTS, products::delete_batch),
    route("GET", "v3/catalog/products/{}", PRODUCTS, products::read),
    route("PUT", "v3/catalog/products/{}", PRODUCTS, products::update),
    route("DELETE", "v3/catalog/products/{}", PRODUCTS, products::delete),
    route("GET", "v3/catalog/products/{}/custom-fields", PRODUCTS, custom_fields::list),
    route("POST", "v3/catalog/products/{}/custom-fields", PRODUCTS, custom_fields::create),
    route("GET", "v3/catalog/products/{}/custom-fields/{}", PRODUCTS, custom_fields::read),
    route("PUT", "v3/catalog/products/{}/custom-fields/{}", PRODUCTS, custom_fields::update),
    route("DELETE", "v3/catalog/products/{}/custom-fields/{}", PRODUCTS, custom_fields::delete),
    route("GET", "v3/catalog/products/{}/options", PRODUCTS, options::list),
    route("POST", "v3/catalog/products/{}/options", PRODUCTS, options::create),
    route("GET", "v3/catalog/products/{}/options/{}", PRODUCTS, options::read),
    route("PUT", "v3/catalog/products/{}/options/{}", PRODUCTS, options::update),
    route("DELETE", "v3/catalog/products/{}/options/{}", PRODUCTS, options::delete),
    route("GET", "v3/catalog/products/{}/options/{}/values", PRODUCTS, options::list_values),
    route("POST", "v3/catalog/products/{}/options/{}/values", PRODUCTS, options::create_value),
    route("GET", "v3/catalog/products/{}/options/{}/values/{}", PRODUCTS, options::read_value),
    route("PUT", "v3/catalog/products/{}/options/{}/values/{}", PRODUCTS, options::update_value),
    route("DELETE", "v3/catalog/products/{}/options/{}/values/{}", PRODUCTS, options::delete_value),
    route("GET", "v3/catalog/products/{}/variants", PRODUCTS, variants::list_of_product),
    route("POST", "v3/catalog/products/{}/variants", PRODUCTS, variants::create),
    route("GET", "v3/catalog/products/{}/variants/{}", PRODUCTS, variants::read),
    route("PUT", "v3/catalog/products/{}/variants/{}", PRODUCTS, variants::update),
    route("DELETE", "v3/catalog/products/{}/variants/{}", PRODUCTS, variants::delete),
    route("GET", "v3/catalog/variants", PRODUCTS, variants::list),
    route("PUT", "v3/catalog/variants", PRODUCTS, variants::write_batch),
    route("GET", "v3/catalog/trees", PRODUCTS, categories::trees),
    route("GET", "v3/catalog/trees/{}/categories", PRODUCTS, categories::nested),
    route("GET", "v3/catalog/trees/categories", PRODUCTS, categories::list),
    route("POST", "v3/catalog/trees/categories", PRODUCTS, categories::create),
    route("PUT", "v3/catalog/trees/categories", PRODUCTS, categories::update),
    route("DELETE", "v3/catalog/trees/categories", PRODUCTS, categories::delete),
    route("GET", "v3/catalog/brands", PRODUCTS, brands::list),
    route("POST", "v3/catalog/brands", PRODUCTS, brands::create),
    route("GET", "v3/catalog/brands/{}", PRODUCTS, brands::read),
    route("GET", "v3/inventory/items", STOCK, inventory::list),
    route("GET", "v3/inventory/locations/{}/items", STOCK, inventory::list_at),
    route("PUT", "v3/inventory/adjustments/absolute", STOCK, inventory::absolute),
    route("POST", "v3/inventory/adjustments/relative", STOCK, inventory::relative),
    route("GET", "v3/inventory/locations", LOCATIONS, locations::list),
    route("POST", "v3/inventory/locations", LOCATIONS, locations::create),
    route("PUT", "v3/inventory/locations", LOCATIONS, locations::update),
    route("DELETE", "v3/inventory/locations", LOCATIONS, locations::delete),
    route("GET", "v3/customers", CUSTOMERS, customers::list),
    route("POST", "v3/customers", CUSTOMERS, customers::create),
    route("PUT", "v3/customers", CUSTOMERS, customers::update),
    route("DELETE", "v3/customers", CUSTOMERS, customers::delete),
    route("GET", "v3/customers/addresses", CUSTOMERS, addresses::list),
    route("POST", "v3/customers/addresses", CUSTOMERS, addresses::create),
    route("PUT", "v3/customers/addresses", CUSTOMERS, addresses::update),
    route("DELETE", "v3/customers/addresses", CUSTOMERS, addresses::delete),
    route("GET", "v2/customer_groups", CUSTOMERS, groups::list),
    route("POST", "v2/customer_groups", CUSTOMERS, groups::create),
    route("GET", "v2/customer_groups/count", CUSTOMERS, groups::count),
    route("GET", "v2/customer_groups/{}", CUSTOMERS, groups::read),
    route("PUT", "v2/customer_groups/{}", CUSTOMERS, groups::update),
    route("DELETE", "v2/customer_groups/{}", CUSTOMERS, groups::delete),
    route("GET", "v2/payments/methods", METHODS, payments::list),
];

/// Finds what a call asks for. `Err` holds 404, 405 or 403.
pub fn resolve(call: &Call, scopes: &BTreeSet<String>) -> Result<Endpoint, Answer> {
    let mut other_method = false;
    for route in ROUTES {
        let Some(ids) = fit(route.path, &call.path) else { continue };
        if route.method != call.method {
            other_method = true;
            continue;
        }
        if !scopes::grants(scopes, route.scope, &call.method) {
            return Err(error::missing_scope(call));
        }
        return Ok(Endpoint { handler: route.handler, ids });
    }
    Err(if other_method { error::method_not_allowed(call) } else { error::not_found(call) })
}

/// An endpoint with the ids of its path.
pub struct Endpoint {
    handler: Handler,
    ids: Vec<u64>,
}

impl Endpoint {
    /// Does what the call asks for. A refusal must be rolled back by the caller.
    pub fn run(&self, context: &mut Store3<'_>, call: &Call) -> Answer {
        inventory::apply_due(context);
        (self.handler)(context, call, &self.ids).unwrap_or_else(|refusal| refusal)
    }
}

fn fit(template: &str, path: &[String]) -> Option<Vec<u64>> {
    let mut ids = Vec::new();
    let mut parts = template.split('/');
    for segment in path {
        match parts.next()? {
            "{}" => ids.push(segment.parse().ok()?),
            part if part == segment => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(ids)
}
