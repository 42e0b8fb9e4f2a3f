//! The external id of a row: BigCommerce's ids put together as the collection says.

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::{ExternalPart, Level, PlannedExternalId};

use crate::identity::LinkKey;

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

/// What a root record is linked as; none where its collection links nothing, or a part of the external id is not known.
#[must_use]
pub fn link_key(level: &Level, id: &str, source: &Json) -> Option<LinkKey> {
    let PlannedExternalId::Template(_) = &level.external_id else { return None };
    match level.direction {
        Direction::To => Some(LinkKey::new(level.record.clone(), external_id(level, source, None)?)),
        Direction::From => Some(LinkKey::new(level.record.clone(), id)),
    }
}
