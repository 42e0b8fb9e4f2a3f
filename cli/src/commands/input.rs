//! Whether a record that was handed in is what a collection reads: of the right kind, and whole.

use mapwright_language::json::Json;
use mapwright_language::plan::Plan;

/// Fewer demanded fields than this say nothing about a record's kind.
const ENOUGH_FIELDS: usize = 5;

/// Why a record cannot be one that the collection reads, with advice: it has one field of many at most.
pub fn wrong_kind(plan: &Plan, record: &Json) -> Option<(String, &'static str)> {
    let shape = plan.shapes.get(plan.root.source.0 as usize)?;
    let Json::Object(entries) = record else { return None };
    let has = |name: &str| entries.iter().any(|(key, _)| **key == *name);
    let found = shape.slots.iter().filter(|slot| has(&slot.name)).count();
    let (all, collection) = (shape.slots.len(), &plan.root.collection);
    // most types share an `id`
    if found > 1 || all < ENOUGH_FIELDS || shape.whole {
        return None;
    }
    let help = if has("data") && !shape.slots.iter().any(|slot| &*slot.name == "data") {
        "this looks like an answer of the API: hand in what is under `data`"
    } else {
        "is it a record of another type? `mapwright schema TYPE` shows the fields"
    };
    Some((format!("it has {found} of the {all} fields that `{collection}` reads"), help))
}

/// What is said of lists that the API cuts and that a record shows only in part.
pub fn cut(plan: &Plan, record: &Json) -> Vec<String> {
    let Some(shape) = plan.shapes.get(plan.root.source.0 as usize) else { return vec![] };
    let cut = |name: &str, shown: usize, count: Option<usize>| match count {
        Some(count) => {
            format!(
                "`{name}` shows {shown} of {count}: the API cuts this list, and a transfer reads the others as well"
            )
        }
        None => format!("`{name}` shows {shown}, and the API shows no more: a transfer reads the others as well"),
    };
    let found = |slot: &mapwright_language::plan::ShapeSlot| {
        let (shown, count) = slot.field.cut.as_ref()?.found(&slot.name, record)?;
        Some(cut(&slot.name, shown, count))
    };
    shape.slots.iter().filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test ends where it goes wrong
    use mapwright_language::check::{Collection, Library};

    use super::*;

    fn defaults() -> Library {
        crate::project::mappings(None).unwrap().library
    }

    fn plan(library: &Library, name: &str) -> std::sync::Arc<Plan> {
        let named = |c: &&Collection| c.name == name;
        library.collections.iter().find(named).unwrap().plan.clone().unwrap()
    }

    fn read(text: &str) -> Json {
        mapwright_language::json::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn field_l_map_says_that_a_list_was_cut() {
        let library = defaults();
        let customers = plan(&library, "BC Customer");
        let rows = ["{}"; 10].join(",");
        let customer = read(&format!(r#"{{"id":1,"email":"a@b.c","addresses":[{rows}],"address_count":14}}"#));
        assert_eq!(
            cut(&customers, &customer),
            ["`addresses` shows 10 of 14: the API cuts this list, and a transfer reads the others as well"]
        );
        let customer = read(r#"{"id":1,"email":"a@b.c","addresses":[{}],"address_count":1}"#);
        assert_eq!(cut(&customers, &customer), Vec::<String>::new());
    }

    #[test]
    fn newcomer_11_a_record_of_another_kind_is_told_from_one_with_few_fields() {
        let library = defaults();
        let products = plan(&library, "BC Products");
        let (why, help) = wrong_kind(&products, &read(r#"{"id":1,"order_id":1,"total_ex_tax":"1"}"#)).unwrap();
        assert!(why.starts_with("it has 1 of the ") && help.contains("another type"), "{why}");
        let (_, help) = wrong_kind(&products, &read(r#"{"data":{"id":1},"meta":{}}"#)).unwrap();
        assert!(help.contains("under `data`"), "{help}");
        let product =
            read(r#"{"id":"1","sku":"A","name":"B","type":"Physical","variants":[],"options":[],"categories":[]}"#);
        assert_eq!(wrong_kind(&products, &product), None);
    }
}
