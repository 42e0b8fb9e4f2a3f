//! What was asked and answered, for tests, the demo and `GET /_sandbox/stats`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{validate::Violation, window::WindowUse};

/// Violations that are kept with their detail; further ones are only counted.
const DETAILED: usize = 200;

/// Counts since the start of the process.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Statistics {
    /// Requests by system (`bigcommerce`, `ipaas`) and status; dropped connections count as `0`.
    pub answers: BTreeMap<String, BTreeMap<u16, u64>>,
    /// Requests by system and route.
    pub routes: BTreeMap<String, BTreeMap<String, u64>>,
    /// Answers 429 of BigCommerce, for whatever cause.
    pub too_many: u64,
    /// Requests that broke BigCommerce's request schemas.
    pub violation_count: u64,
    /// The first of them in detail.
    pub violations: Vec<Violation>,
    /// Rate windows with at least one call.
    pub windows: Vec<WindowUse>,
    /// Faults that were played.
    pub faults: u64,
    /// The same by kind.
    pub faults_by_kind: BTreeMap<&'static str, u64>,
}

impl Statistics {
    /// Counts one exchange.
    pub fn count(&mut self, system: &str, route: &str, status: u16) {
        *self.answers.entry(system.to_owned()).or_default().entry(status).or_default() += 1;
        *self.routes.entry(system.to_owned()).or_default().entry(route.to_owned()).or_default() += 1;
        if status == 429 && system == "bigcommerce" {
            self.too_many += 1;
        }
    }

    /// Notes what a request broke.
    pub fn violated(&mut self, violations: &[Violation]) {
        self.violation_count += 1;
        let room = DETAILED.saturating_sub(self.violations.len());
        self.violations.extend(violations.iter().take(room).cloned());
    }

    /// Requests of one system, all statuses.
    pub fn requests(&self, system: &str) -> u64 {
        self.answers.get(system).map_or(0, |statuses| statuses.values().sum())
    }
}
