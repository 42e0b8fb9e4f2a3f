//! Product categories of iPaaS.com, not linked with the store yet.

use serde_json::{Value, json};

use super::{World, words};

/// What products may refer to.
pub struct Categories {
    /// Categories that can be transferred, with their names.
    pub usable: Vec<(u64, String)>,
    /// A category without a name, which the rules refuse: it never gets a link.
    pub nameless: u64,
}

/// Five levels whose children stand first, ordinary ones below two roots, and one without a name.
pub fn fill(world: &mut World<'_>, records: usize) -> Categories {
    let set = world.id();
    world.put("ipaas.category_set", set, json!({"id": set.to_string(), "name": "Web", "custom_fields": []}));
    let chain: Vec<u64> = words::DEEP.iter().map(|_| world.id()).collect();
    let mut usable = Vec::new();
    let make = |world: &mut World<'_>, id: u64, name: &str, description: Value, parent: Option<u64>| {
        let category = json!({"id": id.to_string(), "name": name, "description": description, "parent_id": parent,
            "category_sets": [{"id": set, "name": "Web"}], "custom_fields": []});
        world.put("ipaas.category", id, category);
    };
    // The deepest category has the lowest id, so it comes first in every list.
    for (level, name) in words::DEEP.iter().rev().enumerate() {
        make(
            world,
            chain[level],
            name,
            format!("All that is {}.", name.to_lowercase()).into(),
            chain.get(level + 1).copied(),
        );
        usable.push((chain[level], (*name).to_owned()));
    }
    let nameless = world.id();
    make(world, nameless, "", "".into(), None);
    let count = (records / 10).clamp(2, 200);
    let mut root = None;
    for number in 0..count {
        let plain = words::CATEGORIES[number % words::CATEGORIES.len()];
        let name = match number / words::CATEGORIES.len() {
            0 => plain.to_owned(),
            round => format!("{plain} {}", round + 1),
        };
        let id = world.id();
        let description = if world.chance(30) { Value::Null } else { format!("<p>Everything for {name}.</p>").into() };
        // Every fifth begins a tree of its own: the store takes at most eight levels.
        let begins = number % 5 == 0;
        make(world, id, &name, description, if begins { None } else { root });
        root = if begins { Some(id) } else { root };
        usable.push((id, name));
    }
    Categories { usable, nameless }
}
