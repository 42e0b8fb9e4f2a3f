//! Records of a seed: mostly ordinary ones, and each awkward kind at least once among the first.

mod categories;
mod customers;
mod outside;
mod places;
mod products;
mod variants;
mod words;

use std::time::Duration;

use jiff::Timestamp;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::{
    bigcommerce::Store3,
    error::Error,
    exchange::{Answer, Body},
    ipaas,
    store::Store,
};

/// Id of the subscription in links.
const SYSTEM: &str = "5021";
/// When the generated world was made: 2026-01-05, 08:00 UTC.
const BEGIN: i64 = 1_767_600_000;

/// What the generators work with.
struct World<'a> {
    store: &'a mut Store,
    random: StdRng,
    clock: i64,
}

/// Fills an empty store. Errors: the state cannot be written.
pub fn fill(store: &mut Store, seed: u64, records: usize) -> Result<(), Error> {
    // Kept as a signed number by the state.
    store.next_id("seed", seed & (u64::MAX >> 1));
    let mut world = World { store, random: StdRng::seed_from_u64(seed), clock: BEGIN };
    let done = (|| {
        let places = places::places(&mut world)?;
        outside::payment_methods(&mut world);
        if records == 0 {
            return Ok(());
        }
        let categories = categories::fill(&mut world, records);
        let products = products::fill(&mut world, records, &categories, &places);
        outside::products(&mut world, &products)?;
        let categories = customers::fill_categories(&mut world);
        let emails = customers::fill(&mut world, (records / 4).max(8), &categories);
        outside::customers(&mut world, (records / 5).max(6), &emails)
    })();
    done.map_err(|refusal| Error::State(format!("a generated record was refused: {refusal}")))?;
    store.commit(tokio::time::Instant::now())?;
    store.settle();
    Ok(())
}

impl World<'_> {
    /// The next moment of the generated world: some minutes after the last.
    fn moment(&mut self) -> Timestamp {
        self.clock += self.random.random_range(30..900);
        Timestamp::from_second(self.clock).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// A date of iPaaS.com.
    fn date(&mut self) -> Value {
        self.moment().strftime("%Y-%m-%dT%H:%M:%S.000+00:00").to_string().into()
    }

    /// An id of iPaaS.com.
    fn id(&mut self) -> u64 {
        ipaas::next_id(self.store)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts.get(self.random.random_range(0..texts.len().max(1))).copied().unwrap_or_default()
    }

    fn number(&mut self, from: u32, to: u32) -> u32 {
        self.random.random_range(from..=to)
    }

    /// A price between two whole amounts, with cents.
    fn price(&mut self, from: u32, to: u32) -> Value {
        let cents = self.number(from * 100, to * 100);
        number(&format!("{}.{:02}", cents / 100, cents % 100))
    }

    fn custom(&mut self, name: &str, value: &str) -> Value {
        json!({"id": self.id().to_string(), "custom_field_name": name, "value": value})
    }

    /// Makes a record of iPaaS.com.
    fn put(&mut self, kind: crate::store::Kind, id: u64, mut record: Value) {
        record["updated_datetime"] = self.date();
        self.store.put(kind, id, record);
    }

    fn link(&mut self, table: &str, internal: u64, external: u64) {
        ipaas::save_link(self.store, SYSTEM, table, &external.to_string(), &internal.to_string());
    }

    /// The store of BigCommerce at the next moment.
    fn bigcommerce<T>(&mut self, make: impl FnOnce(&mut Store3<'_>) -> Result<T, Answer>) -> Result<T, String> {
        let now = self.moment();
        let mut context = Store3 { store: self.store, now, inventory_delay: Duration::ZERO };
        make(&mut context).map_err(|answer| match answer.body {
            Body::Json(body) => body.to_string(),
            _ => answer.status.to_string(),
        })
    }
}

/// A JSON number with exactly these digits, as far as JSON readers keep them.
fn number(digits: &str) -> Value {
    serde_json::from_str(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(seed: u64, records: usize) -> Store {
        let mut store = Store::open(None).unwrap();
        fill(&mut store, seed, records).unwrap();
        store
    }

    fn text(store: &Store) -> String {
        let kinds = [
            "bc.product",
            "bc.customer",
            "bc.address",
            "ipaas.product",
            "ipaas.category",
            "ipaas.customer",
            "ipaas.link",
        ];
        kinds.iter().flat_map(|kind| store.all(kind).map(|(id, value)| format!("{id} {value}\n"))).collect()
    }

    #[test]
    fn a_seed_gives_the_same_records_and_another_seed_others() {
        assert_eq!(text(&world(7, 60)), text(&world(7, 60)));
        assert_ne!(text(&world(7, 60)), text(&world(8, 60)));
    }

    #[test]
    fn any_number_of_products_can_be_had() {
        for records in [0, 1, 5, 19, 20, 250] {
            assert_eq!(world(3, records).count("ipaas.product"), records);
        }
    }

    #[test]
    fn the_awkward_kinds_are_there_among_few_records() {
        let store = world(1, 20);
        let products: Vec<&Value> = store.all("ipaas.product").map(|(_, p)| p).collect();
        let any = |wanted: &dyn Fn(&Value) -> bool| products.iter().any(|p| wanted(p));
        let rows = |p: &Value, field: &str| p[field].as_array().map_or(0, Vec::len);
        assert!(any(&|p| p["kit"]["components"].as_array().is_some_and(|c| !c.is_empty())), "a kit");
        assert!(any(&|p| p["sku"] == "" || p["sku"].is_null()), "no SKU");
        assert!(any(&|p| rows(p, "options") == 3 && rows(p, "variants") == 60), "3 options and 60 variants");
        assert!(any(&|p| rows(p, "units") > 1), "units");
        assert!(any(&|p| p["status"] == "Inactive"), "inactive");
        assert!(any(&|p| p["name"].as_str().is_some_and(|n| n.chars().any(|c| c > '\u{2fff}'))), "non-Latin text");
        assert!(any(&|p| p["variants"].as_array().is_some_and(|v| v.iter().any(|v| v["default_price"].is_null()))));
        let skus = |kind: &'static str| store.all(kind).filter_map(|(_, p)| p["sku"].as_str().map(str::to_owned));
        let outside: Vec<String> = skus("bc.product").collect();
        assert!(skus("ipaas.product").any(|sku| outside.contains(&sku)), "a SKU that the store has");
        let categories: Vec<&Value> = store.all("ipaas.category").map(|(_, c)| c).collect();
        assert!(categories.iter().any(|c| c["name"] == ""), "a category that will not be transferred");
    }

    #[test]
    fn children_stand_before_their_parents_five_levels_deep() {
        let store = world(1, 20);
        let parent = |id: u64| store.get("ipaas.category", id).and_then(|c| c["parent_id"].as_u64());
        let (first, _) = store.all("ipaas.category").next().unwrap();
        let mut chain = vec![first];
        while let Some(above) = parent(chain[chain.len() - 1]) {
            chain.push(above);
        }
        assert_eq!(chain.len(), 5);
        assert!(chain.is_sorted());
    }
}
