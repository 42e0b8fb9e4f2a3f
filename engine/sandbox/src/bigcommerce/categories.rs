//! Categories of the store's tree.

use serde_json::{Map, Value, json};

use super::{
    Store3, error, paging,
    record::{array, data, item_id, passes, write},
};
use crate::exchange::{Answer, Body, Call, Reply, id_of, text_of};

/// Most categories in one write; the number is not documented.
const BATCH: usize = 50;
/// Deepest level of the tree.
const DEEPEST: usize = 8;

const WRITABLE: &[&str] = &[
    "name",
    "description",
    "parent_id",
    "tree_id",
    "views",
    "sort_order",
    "page_title",
    "meta_keywords",
    "meta_description",
    "layout_file",
    "image_url",
    "is_visible",
    "search_keywords",
    "default_product_sort",
    "url",
];

/// Makes a category, or changes the given one; answers its id.
pub fn apply_category(context: &mut Store3<'_>, id: Option<u64>, body: &Map<String, Value>) -> Result<u64, Answer> {
    let mut category = match id {
        Some(id) => context.store.get("bc.category", id).cloned().ok_or_else(|| {
            error::v3(404, "The category does not exist", &[("category_id", "The category does not exist")])
        })?,
        None => {
            let id = context.store.next_id("bc.category", 23);
            json!({"category_id": id, "category_uuid": format!("00000000-0000-4000-8000-{id:012}"), "parent_id": 0,
                "tree_id": 1, "name": "", "description": "", "views": 0, "sort_order": 0, "page_title": "",
                "meta_keywords": [""], "meta_description": "", "layout_file": "category.html", "image_url": "",
                "is_visible": true, "search_keywords": "", "default_product_sort": "use_store_settings",
                "url": {"path": format!("/category-{id}/"), "is_customized": false}})
        }
    };
    write(&mut category, body, WRITABLE);
    let own = id_of(category.get("category_id")).unwrap_or(0);
    let (name, parent) = (text_of(category.get("name")), id_of(category.get("parent_id")).unwrap_or(0));
    category["parent_id"] = parent.into();
    if name.is_empty() || name.chars().count() > 50 {
        return Err(error::unprocessable(
            "The field 'name' is invalid.",
            &[("name", "name must be 1 to 50 characters")],
        ));
    }
    let (mut above, mut level) = (parent, 1);
    while above != 0 {
        let next = context.store.get("bc.category", above).ok_or_else(|| {
            error::unprocessable(
                "The parent category does not exist",
                &[("parent_id", "The parent category does not exist")],
            )
        })?;
        level += 1;
        if above == own || level > DEEPEST {
            return Err(error::unprocessable(
                "The tree of categories is too deep",
                &[("parent_id", "at most 8 levels")],
            ));
        }
        above = id_of(next.get("parent_id")).unwrap_or(0);
    }
    let same = |other: &u64| {
        *other != own
            && context.store.get("bc.category", *other).is_some_and(|c| id_of(c.get("parent_id")) == Some(parent))
    };
    if context.store.find("bc.category", "name", &name).iter().any(same) {
        return Err(error::duplicate("A category of this name exists under this parent", "name"));
    }
    context.store.put("bc.category", own, category);
    Ok(own)
}

pub fn trees(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let _ = context;
    paging::v3(call, vec![json!({"id": 1, "name": "Default catalog tree", "channels": [1]})], 250)
}

pub fn nested(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    if ids[0] != 1 {
        return Err(error::not_found(call));
    }
    Ok(data(below(context, 0, 0).into()))
}

fn below(context: &Store3<'_>, parent: u64, level: usize) -> Vec<Value> {
    if level > DEEPEST {
        return Vec::new();
    }
    let ids = context.store.find("bc.category", "parent_id", &parent.to_string());
    let children = ids.into_iter().filter_map(|id| context.store.get("bc.category", id).map(|c| (id, c)));
    children
        .map(|(id, c)| {
            json!({"id": id, "parent_id": parent, "depth": level, "path": [id], "name": c["name"],
                "is_visible": c["is_visible"], "url": c["url"]["path"], "children": below(context, id, level + 1)})
        })
        .collect()
}

fn wanted(call: &Call, category: &Value) -> bool {
    ["category_id", "parent_id", "tree_id", "category_uuid"].iter().all(|f| passes(call, category, f, true))
        && ["name", "is_visible", "page_title", "keyword"].iter().all(|f| passes(call, category, f, false))
}

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let found = context.store.all("bc.category").filter(|(_, c)| wanted(call, c)).map(|(_, c)| c.clone()).collect();
    paging::v3(call, found, 250)
}

/// Writes each row; those that fail are told beside those that did not (207).
fn write_rows(context: &mut Store3<'_>, call: &Call, success: u16) -> Reply {
    let rows = array(call, BATCH, true)?;
    let (total, mut ok, mut errors) = (rows.len(), Vec::new(), Map::new());
    let mut refusal = None;
    for (position, row) in rows.into_iter().enumerate() {
        let id = match success {
            201 => None,
            _ => Some(item_id(row, "category_id", "JSON data is missing or invalid")?),
        };
        match apply_category(context, id, row) {
            Ok(id) => ok.extend(context.store.get("bc.category", id).cloned()),
            Err(answer) => {
                let text = match &answer.body {
                    Body::Json(body) => text_of(body.get("title")),
                    _ => String::new(),
                };
                errors.insert(position.to_string(), text.into());
                refusal = Some(answer);
            }
        }
    }
    let meta = json!({"total": total, "success": ok.len(), "failed": errors.len()});
    match refusal {
        None => Ok(Answer::json(success, json!({"data": ok, "meta": meta}))),
        Some(refusal) if ok.is_empty() => Err(refusal),
        Some(_) => {
            let errors =
                json!({"status": 422, "title": "Some categories were not written", "type": "", "errors": errors});
            Ok(Answer::json(207, json!({"data": ok, "errors": errors, "meta": meta})))
        }
    }
}

pub fn create(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    write_rows(context, call, 201)
}

pub fn update(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    write_rows(context, call, 200)
}

pub fn delete(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    if call.query.is_empty() {
        return Err(error::unprocessable("At least one filter must be set for a delete action.", &[]));
    }
    let mut gone: Vec<u64> =
        context.store.all("bc.category").filter(|(_, c)| wanted(call, c)).map(|(id, _)| id).collect();
    let total = gone.len();
    while let Some(id) = gone.pop() {
        gone.extend(context.store.find("bc.category", "parent_id", &id.to_string()));
        context.store.remove("bc.category", id);
    }
    Ok(Answer::json(202, json!({"meta": {"total": total, "success": total, "failed": 0}})))
}
