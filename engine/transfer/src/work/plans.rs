//! The plans of a project, by what a transfer asks for: what has to go before a record, and what runs after it.

use std::collections::BTreeSet;
use std::sync::Arc;

use mapwright_language::check::Library;
use mapwright_language::mapping_file::{Direction, SyncType};
use mapwright_language::plan::Plan;

/// The plans of a project. Without any, nothing goes before a record.
#[derive(Debug, Clone, Default)]
pub struct Plans {
    /// Those that run by themselves.
    roots: Vec<Arc<Plan>>,
    /// Those that run below or after others.
    others: Vec<Arc<Plan>>,
    /// Record types (iPaaS.com's) that some collection wants transferred before its own records.
    wanted_first: BTreeSet<Arc<str>>,
}

impl Plans {
    /// Those of a library, as far as they compiled.
    #[must_use]
    pub fn of(library: &Library) -> Plans {
        let mut plans = Plans::default();
        for collection in &library.collections {
            let Some(plan) = &collection.plan else { continue };
            plans.wanted_first.extend(plan.root.before.iter().map(|before| before.record_type.clone()));
            let kind = if collection.is_root { &mut plans.roots } else { &mut plans.others };
            kind.push(plan.clone());
        }
        plans
    }

    /// The collection that brings a record that has to go first: one that is active before one that is not, one that may
    /// create before one that only updates.
    #[must_use]
    pub fn first(&self, record_type: &str, direction: Direction) -> Option<&Arc<Plan>> {
        let fits = |plan: &&Arc<Plan>| {
            let gone = matches!(plan.root.sync, SyncType::Delete | SyncType::UpdateOnDelete);
            *plan.root.record == *record_type && plan.root.direction == direction && !gone
        };
        self.roots.iter().filter(fits).min_by_key(|plan| (!plan.root.active, plan.root.sync == SyncType::Update))
    }

    /// A collection that runs by itself.
    #[must_use]
    pub fn root(&self, name: &str) -> Option<&Arc<Plan>> {
        self.roots.iter().find(|plan| *plan.root.collection == *name)
    }

    /// A collection that runs after others.
    #[must_use]
    pub fn after(&self, name: &str) -> Option<&Arc<Plan>> {
        self.others.iter().find(|plan| *plan.root.collection == *name)
    }

    /// Whether any collection wants records of this type transferred before its own.
    #[must_use]
    pub fn wants_first(&self, record_type: &str) -> bool {
        self.wanted_first.contains(record_type)
    }
}
