//! What goes wrong on purpose: single orders of a test, and rules that strike by chance, from a seed.

mod echo;
mod kind;
mod lie;
mod order;
mod page;
mod rule;

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng, rngs::SmallRng};
use tokio::time::{Duration, Instant};

pub use self::{
    kind::{FaultGroup, FaultKind, fault_list},
    lie::{Heard, outage, told_instead},
    order::Fault,
    page::other_page,
    rule::{FaultRule, RuleError},
};
use crate::exchange::Call;

/// How long a side that went down stays down, unless a rule says otherwise.
const OUTAGE: Duration = Duration::from_secs(60);

/// A fault that a call has drawn.
#[derive(Debug, Clone)]
pub struct Played {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Whether the call is done all the same. Kinds whose name says it follow their name.
    pub done: bool,
    /// Status of the kinds that answer one.
    pub status: u16,
    /// Length of a stall or an outage, pause between two bytes of a drip; ms.
    pub millis: u64,
    /// For everything else that is left to chance.
    pub dice: u64,
}

/// Orders, rules, and how often they struck.
#[derive(Debug)]
pub struct Faults {
    orders: Vec<Fault>,
    rules: Vec<FaultRule>,
    random: SmallRng,
    down: BTreeMap<&'static str, Instant>,
    /// Faults by name since the start.
    pub played: BTreeMap<&'static str, u64>,
}

impl Faults {
    /// Orders and rules from the start. The same seed and the same calls in the same order meet the same faults.
    pub fn new(orders: Vec<Fault>, rules: Vec<FaultRule>, seed: u64) -> Faults {
        let random = SmallRng::seed_from_u64(seed ^ 0xfa17);
        Faults { orders, rules, random, down: BTreeMap::new(), played: BTreeMap::new() }
    }

    /// One more order.
    pub fn order(&mut self, fault: Fault) {
        self.orders.push(fault);
    }

    /// One more rule.
    pub fn rule(&mut self, rule: FaultRule) {
        self.rules.push(rule);
    }

    /// The orders and rules that wait.
    pub fn waiting(&self) -> (&[Fault], &[FaultRule]) {
        (&self.orders, &self.rules)
    }

    /// Takes back all orders and rules and ends outages.
    pub fn clear(&mut self) {
        self.orders.clear();
        self.rules.clear();
        self.down.clear();
    }

    /// What shall go wrong with this call. `system` is the first part of its path, `stores` or `ipaas`.
    pub fn next(&mut self, system: &'static str, call: &Call, now: Instant) -> Option<Played> {
        let path = format!("/{system}/{}", call.path.join("/"));
        let played = if self.down.get(system).is_some_and(|until| now < *until) {
            Some(Played { kind: FaultKind::Outage, done: false, status: 503, millis: 0, dice: 0 })
        } else {
            self.ordered(&call.method, &path).or_else(|| self.drawn(&call.method, &path))
        }?;
        if played.kind == FaultKind::Outage && played.millis > 0 {
            self.down.insert(system, now + Duration::from_millis(played.millis));
        }
        *self.played.entry(played.kind.name()).or_default() += 1;
        Some(played)
    }

    fn ordered(&mut self, method: &str, path: &str) -> Option<Played> {
        let fault = order::take(&mut self.orders, method, path)?;
        let millis = if fault.millis == 0 && fault.kind == FaultKind::Outage { OUTAGE_MS } else { fault.millis };
        let status = if fault.kind == FaultKind::Outage { 503 } else { fault.status };
        let dice = self.random.random();
        Some(Played { kind: fault.kind, done: fault.kind.does(), status, millis, dice })
    }

    fn drawn(&mut self, method: &str, path: &str) -> Option<Played> {
        let Faults { rules, random, .. } = self;
        let struck =
            rules.iter().filter(|rule| rule.fits(method, path)).find(|rule| random.random_bool(rule.rate()))?;
        let kinds = struck.kinds();
        let kind = kinds.get(random.random_range(0..kinds.len().max(1))).copied()?;
        let done = kind.done().unwrap_or_else(|| random.random_bool(0.5));
        let status = if kind == FaultKind::Outage { 503 } else { [500, 502, 503, 504][random.random_range(0..4)] };
        let millis = struck.millis.unwrap_or_else(|| match kind {
            FaultKind::Stall => random.random_range(100..5000),
            FaultKind::Drip => random.random_range(1..200),
            FaultKind::Outage => OUTAGE_MS,
            _ => 0,
        });
        Some(Played { kind, done, status, millis, dice: random.random() })
    }
}

const OUTAGE_MS: u64 = OUTAGE.as_secs() * 1000;
