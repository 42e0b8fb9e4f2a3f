//! Locations of both sides, one linked and one that the store does not know.

use serde_json::json;

use super::World;

/// Locations of iPaaS.com.
pub struct Places {
    /// "Main", linked with the store's first location.
    pub main: u64,
    /// "Warehouse X", which the store does not know.
    pub unlinked: u64,
}

/// Locations of both sides.
pub fn places(world: &mut World<'_>) -> Result<Places, String> {
    let now = world.moment().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let outside = world.store.next_id("bc.location", 1);
    let address = json!({"address1": "1 Main Street", "address2": "", "city": "Austin", "state": "Texas", "zip": "78759",
        "country_code": "US", "email": "store@example.com", "phone": "", "geo_coordinates": {"latitude": 30.4, "longitude": -97.7}});
    let location = json!({"id": outside, "code": "BC-LOCATION-1", "label": "Default location", "description": "",
        "managed_by_external_source": false, "type_id": "PHYSICAL", "enabled": true, "operating_hours": {},
        "time_zone": "Etc/UTC", "created_at": now, "updated_at": now, "address": address, "storefront_visibility": true,
        "special_hours": []});
    world.store.put("bc.location", outside, location);
    let make = |world: &mut World<'_>, name: &str| {
        let id = world.id();
        let record =
            json!({"id": id.to_string(), "name": name, "description": "", "location_groups": [], "custom_fields": []});
        world.put("ipaas.location", id, record);
        id
    };
    let main = make(world, "Main");
    let unlinked = make(world, "Warehouse X");
    world.link("location", main, outside);
    Ok(Places { main, unlinked })
}
