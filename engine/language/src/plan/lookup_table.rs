//! A lookup table: its entries, and where each key stands among them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::value::{Value, fits};

/// So few entries are compared one by one, as long as case counts.
const FEW: usize = 16;

/// A lookup table.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupTable {
    /// Its name.
    pub name: Arc<str>,
    /// Compare without case.
    pub ignore_case: bool,
    /// What has no entry.
    pub unmatched: PlannedUnmatched,
    /// key text → value
    entries: Vec<(Arc<str>, Value)>,
    /// pattern with `*` → value, the first that fits
    patterns: Vec<(Arc<str>, Value)>,
    /// Key (small letters if case does not count) → place of the first entry that has it; empty for a few entries.
    places: HashMap<String, usize>,
}

/// `unmatched`, typed.
#[derive(Debug, Clone, PartialEq)]
pub enum PlannedUnmatched {
    /// a failure
    Error,
    /// null
    Nothing,
    /// the source value
    Pass,
    /// this
    Value(Value),
}

impl LookupTable {
    /// A table of these entries; of two with one key the first counts.
    #[must_use]
    pub fn new(
        name: &str,
        ignore_case: bool,
        unmatched: PlannedUnmatched,
        entries: Vec<(Arc<str>, Value)>,
        patterns: Vec<(Arc<str>, Value)>,
    ) -> LookupTable {
        let mut places = HashMap::new();
        if ignore_case || entries.len() > FEW {
            for (at, (key, _)) in entries.iter().enumerate() {
                let key = if ignore_case { key.to_lowercase() } else { key.to_string() };
                places.entry(key).or_insert(at);
            }
        }
        LookupTable { name: name.into(), ignore_case, unmatched, entries, patterns, places }
    }

    /// What a text becomes; none if it has no entry and fits no pattern.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Value> {
        let entry = if self.ignore_case {
            self.places.get(&text.to_lowercase()).and_then(|at| self.entries.get(*at))
        } else if self.places.is_empty() {
            self.entries.iter().find(|(key, _)| **key == *text)
        } else {
            self.places.get(text).and_then(|at| self.entries.get(*at))
        };
        entry.or_else(|| self.patterns.iter().find(|(p, _)| fits(p, text, self.ignore_case))).map(|(_, value)| value)
    }
}
