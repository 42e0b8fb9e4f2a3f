//! Customer groups, which V2 alone has: bare objects, 204 for nothing, 400 for a field it does not know.

use serde_json::{Map, Value, json};

use super::{
    Store3, error, paging,
    record::{object, passes, v2_date, write},
};
use crate::exchange::{Answer, Call, Reply, id_of, text_of};

const WRITABLE: &[&str] = &["name", "is_default", "category_access", "discount_rules", "is_group_for_guests"];
const READ_ONLY: &[&str] = &["id", "date_created", "date_modified"];
const FILTERS: &[&str] = &[
    "page",
    "limit",
    "name",
    "name:like",
    "is_default",
    "date_created",
    "date_created:max",
    "date_created:min",
    "date_modified",
    "date_modified:min",
    "date_modified:max",
    "is_group_for_guests",
];

/// Makes or changes a group.
fn save(context: &mut Store3<'_>, id: Option<u64>, body: &Map<String, Value>) -> Result<u64, Answer> {
    for field in body.keys() {
        if READ_ONLY.contains(&field.as_str()) {
            let text = format!(
                "The field '{field}' cannot be written to. Please remove it from your request before trying again."
            );
            return Err(error::v2(400, &text));
        }
        if !WRITABLE.contains(&field.as_str()) {
            return Err(error::v2(400, &format!("The field '{field}' is not supported by this resource.")));
        }
    }
    let now = v2_date(context.now);
    let mut group = match id {
        Some(id) => context.store.get("bc.group", id).cloned().unwrap_or_default(),
        None => {
            let id = context.store.next_id("bc.group", 1);
            json!({"id": id, "name": "", "is_default": false, "category_access": {"type": "all"}, "discount_rules": [],
                "is_group_for_guests": false, "date_created": now, "date_modified": now})
        }
    };
    write(&mut group, body, WRITABLE);
    let (own, name) = (id_of(group.get("id")).unwrap_or(0), text_of(group.get("name")));
    if name.is_empty() {
        return Err(error::v2(400, "The required field 'name' was not supplied."));
    }
    if context.store.find("bc.group", "name", &name).iter().any(|other| *other != own) {
        return Err(error::v2(409, "The field 'name' is invalid: a customer group of this name exists."));
    }
    let access = text_of(group["category_access"].get("type"));
    if !["all", "specific", "none"].contains(&access.as_str()) {
        return Err(error::v2(400, "The field 'category_access.type' is invalid."));
    }
    group["date_modified"] = now;
    if group["is_default"] == true {
        let others: Vec<u64> =
            context.store.all("bc.group").map(|(other, _)| other).filter(|other| *other != own).collect();
        for other in others {
            if let Some(mut group) = context.store.get("bc.group", other).filter(|g| g["is_default"] == true).cloned() {
                group["is_default"] = false.into();
                context.store.put("bc.group", other, group);
            }
        }
    }
    context.store.put("bc.group", own, group);
    Ok(own)
}

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    if let Some((name, _)) = call.query.iter().find(|(name, _)| !FILTERS.contains(&name.as_str())) {
        return Err(error::v2(400, &format!("The field '{name}' is not supported by this resource.")));
    }
    let wanted = |g: &Value| ["name", "is_default", "is_group_for_guests"].iter().all(|f| passes(call, g, f, false));
    let found = context.store.all("bc.group").filter(|(_, g)| wanted(g)).map(|(_, g)| g.clone()).collect();
    paging::v2(call, found)
}

pub fn count(context: &mut Store3<'_>, _: &Call, _: &[u64]) -> Reply {
    Ok(Answer::json(200, json!({"count": context.store.count("bc.group")})))
}

pub fn read(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    let group = context.store.get("bc.group", ids[0]).cloned().ok_or_else(|| error::not_found(call))?;
    Ok(Answer::json(200, group))
}

pub fn create(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let id = save(context, None, object(call)?)?;
    read(context, call, &[id])
}

pub fn update(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    read(context, call, ids)?;
    save(context, Some(ids[0]), object(call)?)?;
    read(context, call, ids)
}

pub fn delete(context: &mut Store3<'_>, call: &Call, ids: &[u64]) -> Reply {
    read(context, call, ids)?;
    context.store.remove("bc.group", ids[0]);
    Ok(Answer::empty(204))
}
