//! Locations; number 1 always exists.

use serde_json::{Value, json};

use super::{
    Store3, error, paging,
    record::{array, catalog_date, item_id, passes, write},
};
use crate::exchange::{Answer, Call, Reply, text_of};

const WRITABLE: &[&str] = &[
    "code",
    "label",
    "description",
    "managed_by_external_source",
    "type_id",
    "enabled",
    "operating_hours",
    "time_zone",
    "address",
    "storefront_visibility",
    "special_hours",
];

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let renamed = |l: &Value| json!({"location_id": l["id"], "location_code": l["code"], "is_active": l["enabled"]});
    let wanted =
        |l: &Value| ["location_id", "location_code", "is_active"].iter().all(|f| passes(call, &renamed(l), f, true));
    let found = context.store.all("bc.location").filter(|(_, l)| wanted(l)).map(|(_, l)| l.clone()).collect();
    paging::v3(call, found, 1000)
}

fn accepted(context: &mut Store3<'_>) -> Reply {
    let id = context.store.next_id("bc.transaction", 1);
    Ok(Answer::json(200, json!({"transaction_id": format!("00000000-0000-4000-9000-{id:012}")})))
}

pub fn create(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    for row in array(call, 50, true)? {
        let physical = row.get("type_id").and_then(Value::as_str).unwrap_or("PHYSICAL") == "PHYSICAL";
        if physical && !row.get("address").is_some_and(Value::is_object) {
            return Err(error::unprocessable("Invalid payload", &[("address", "error.path.missing.")]));
        }
        let code = text_of(row.get("code"));
        if !code.is_empty() && !context.store.find("bc.location", "code", &code).is_empty() {
            return Err(error::duplicate("A location of this code exists", "code"));
        }
        let id = context.store.next_id("bc.location", 1);
        let now = catalog_date(context.now);
        let mut location = json!({"id": id, "code": "", "label": "", "description": "", "managed_by_external_source": false,
            "type_id": "PHYSICAL", "enabled": true, "operating_hours": {}, "time_zone": "Etc/UTC", "created_at": now,
            "updated_at": now, "address": {}, "storefront_visibility": true, "special_hours": []});
        write(&mut location, row, WRITABLE);
        context.store.put("bc.location", id, location);
    }
    accepted(context)
}

pub fn update(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    for row in array(call, 50, true)? {
        let id = item_id(row, "id", "Invalid payload")?;
        let location = context.store.get("bc.location", id).cloned();
        let mut location = location.ok_or_else(|| error::unprocessable("The location does not exist", &[]))?;
        write(&mut location, row, WRITABLE);
        location["updated_at"] = catalog_date(context.now);
        context.store.put("bc.location", id, location);
    }
    accepted(context)
}

pub fn delete(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let Some(ids) = call.list("location_id:in") else {
        return Err(error::unprocessable("At least one filter must be set for a delete action.", &[]));
    };
    for id in ids.iter().filter_map(|id| id.parse::<u64>().ok()) {
        if id == 1 {
            return Err(error::unprocessable("The default location cannot be deleted", &[]));
        }
        context.store.remove("bc.location", id);
    }
    accepted(context)
}
