//! The external id of a row: BigCommerce's ids put together as the collection says.

use mapwright_language::json::Json;
use mapwright_language::plan::{ExternalPart, Level, PlannedExternalId};

/// The external id over BigCommerce's record; none while a part of it is not known, or where the collection has none.
#[must_use]
pub fn external_id(level: &Level, record: &Json, parent: Option<&str>) -> Option<String> {
    let PlannedExternalId::Template(parts) = &level.external_id else { return None };
    let mut out = String::new();
    for part in parts {
        match part {
            ExternalPart::Text(text) => out.push_str(text),
            ExternalPart::Parent => out.push_str(parent?),
            ExternalPart::Field(path) => {
                let value = path.iter().try_fold(record, |json, key| json.get(key))?.id().filter(|v| !v.is_empty())?;
                out.push_str(&value.replace('\\', r"\\").replace('|', r"\|"));
            }
        }
    }
    Some(out)
}
