//! The order in which types are initialized: what others link to goes before them, so that no record has to be written twice.

use std::collections::BTreeSet;

use mapwright_language::check::{Collection, Library};
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::{Plan, Step as PlanStep};
use mapwright_language::schema::Catalog;

use super::collections::{after_deletion, way};

/// A collection at its place.
pub struct Step<'a> {
    /// The collection.
    pub collection: &'a Collection,
    /// Collections before it whose records its own link to.
    pub links_to: Vec<&'a str>,
}

/// The collections that transfer records, each after those that its records link to; where they link in a circle, and among
/// those that do not link, in the recommended order of types, what comes from the store first.
pub fn of(library: &Library, direction: Option<Direction>) -> Vec<Step<'_>> {
    let catalog = Catalog::builtin();
    let runs = |c: &&Collection| {
        let active = c.plan.as_ref().is_some_and(|plan| plan.root.active);
        c.is_root && active && !after_deletion(c.sync) && direction.is_none_or(|d| d == c.direction)
    };
    let mut left: Vec<&Collection> = library.collections.iter().filter(runs).collect();
    left.sort_by_key(|c| {
        let order = catalog.record(c.source_type()).map_or(u16::MAX, |r| r.route.load_order);
        (order, c.direction == Direction::From, &c.name)
    });
    let needs = |one: &Collection, other: &Collection| {
        let linked = one.plan.as_deref().is_some_and(|plan| linked_types(plan).contains(&*other.record));
        linked && one.direction == other.direction && one.record != other.record
    };
    let mut steps: Vec<Step<'_>> = Vec::new();
    while !left.is_empty() {
        let free = left.iter().position(|c| !left.iter().any(|other| needs(c, other)));
        // a circle: what comes later is written again
        let collection = left.remove(free.unwrap_or(0));
        let before = steps.iter().map(|step| step.collection).filter(|other| needs(collection, other));
        let links_to = before.map(|other| other.name.as_str()).collect();
        steps.push(Step { collection, links_to });
    }
    steps
}

/// iPaaS.com's record types that rules of a plan, its children among them, ask links of.
fn linked_types(plan: &Plan) -> BTreeSet<&str> {
    let of_rules = plan.steps.iter().filter_map(|step| match step {
        PlanStep::Link { record_type, .. } | PlanStep::Linked { record_type, .. } => Some(&**record_type),
        _ => None,
    });
    of_rules.chain(plan.root.before.iter().map(|before| &*before.record_type)).collect()
}

/// The order in words.
pub fn text(steps: &[Step<'_>]) -> String {
    let mut text =
        String::from("in this order, because records are linked to records that were transferred before them:\n");
    for (number, step) in (1..).zip(steps) {
        let c = step.collection;
        let why = match step.links_to.as_slice() {
            [] => String::new(),
            names => format!(", links to `{}`", names.join("`, `")),
        };
        text.push_str(&format!("  {number}. `{}`: {} {}{why}\n", c.name, c.record, way(c.direction)));
    }
    text
}
