//! A plan that does nothing yet.

use std::sync::Arc;

use crate::mapping_file::{Collision, Direction, SyncType};
use crate::source::Span;

use super::{ExternalPart, Level, Plan, PlannedExternalId, ShapeId};

impl Plan {
    /// Without steps, rules and children.
    #[must_use]
    pub fn empty(direction: Direction, sync: SyncType, span: Span) -> Plan {
        let nameless: Arc<str> = Arc::from("");
        let root = Level {
            collection: nameless.clone(),
            span,
            record: nameless.clone(),
            direction,
            sync,
            active: true,
            source_type: nameless.clone(),
            target_type: nameless,
            source: ShapeId(0),
            id_slot: None,
            existing: None,
            lets: vec![],
            filters: vec![],
            errors: vec![],
            rules: vec![],
            together: vec![],
            find_by: vec![],
            collision: Collision::default(),
            before: vec![],
            after: vec![],
            checks: vec![],
            finished: None,
            external_id: PlannedExternalId::Template(vec![ExternalPart::Parent]),
            children: vec![],
        };
        Plan {
            root,
            parents: vec![],
            steps: vec![],
            spans: vec![],
            shapes: vec![],
            binders: 0,
            lookups: vec![],
            json_paths: vec![],
            settings: vec![],
            effects: vec![],
        }
    }
}
