//! All collections of a project, compiled.

use std::sync::Arc;

use crate::combine::Combined;
use crate::mapping_file::{Direction, SyncType};
use crate::plan::Plan;
use crate::source::FileId;

/// One collection of a project.
#[derive(Debug, Clone)]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// iPaaS.com's record type.
    pub record: String,
    /// BigCommerce's record type.
    pub bigcommerce: String,
    /// Seen from iPaaS.com.
    pub direction: Direction,
    /// When it runs.
    pub sync: SyncType,
    /// The file that states it.
    pub file: FileId,
    /// With its layers laid over each other.
    pub combined: Arc<Combined>,
    /// Whether no other collection has it as a child.
    pub is_root: bool,
    /// The plan, unless it has errors. Of a child: with the records above it handed in.
    pub plan: Option<Arc<Plan>>,
}

impl Collection {
    /// Schema name of the source record type.
    #[must_use]
    pub fn source_type(&self) -> &str {
        if self.direction == Direction::From { &self.record } else { &self.bigcommerce }
    }

    /// Schema name of the target record type.
    #[must_use]
    pub fn target_type(&self) -> &str {
        if self.direction == Direction::From { &self.bigcommerce } else { &self.record }
    }

    /// Names of lookups that the subscriber should look at.
    pub fn reviews(&self) -> impl Iterator<Item = &str> {
        self.combined.file.lookups.iter().flat_map(|l| &l.value).filter(|l| l.review).map(|l| l.name.value.as_str())
    }
}

/// All collections of a project, in the order of their files.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// The collections.
    pub collections: Vec<Collection>,
}

impl Library {
    /// A collection by name, in any case.
    #[must_use]
    pub fn collection(&self, name: &str) -> Option<&Collection> {
        self.collections
            .iter()
            .find(|c| c.name == name)
            .or_else(|| self.collections.iter().find(|c| c.name.eq_ignore_ascii_case(name)))
    }

    /// The root collections of a record type and direction.
    pub fn roots<'a>(&'a self, record: &'a str, direction: Option<Direction>) -> impl Iterator<Item = &'a Collection> {
        self.collections
            .iter()
            .filter(move |c| c.is_root && c.record == record && direction.is_none_or(|d| d == c.direction))
    }
}
