//! A seed's story: three acts, each with changes, processes under faults, and then calm runs until nothing changes. It is
//! told twice, disturbed and undisturbed, and both have to end alike.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mapwright_language::mapping_file::{Direction, SyncType};
use mapwright_language::plan::Plan;
use mapwright_language::schema::Catalog;
use mapwright_sandbox::FaultRule;
use mapwright_transfer::work::{Counts, Report, Selection};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::Value;

use super::changes::{Change, Customers, draw};
use super::laws;
use super::net::Event;
use super::picture::{differences, picture};
use super::process::{End, Process, live};
use super::without::Safeguard;
use super::world::{World, compiled};

/// Processes under faults in each act.
const PROCESSES: usize = 6;
/// Calm rounds after which nothing may change any more.
const CALM: usize = 3;

/// Between acts, longer than any lag.
const REST: Duration = Duration::from_secs(60);

/// How a seed's story went.
#[derive(Default)]
pub struct Told {
    pub seed: u64,
    pub broken: Vec<String>,
    pub kills: u64,
    pub calls: u64,
    pub faults: BTreeMap<&'static str, u64>,
    /// Calm rounds of each act.
    pub rounds: Vec<usize>,
    log: Vec<String>,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let log = if super::number("MAPWRIGHT_CHAOS_SEED").is_some() { self.log.join("\n") } else { String::new() };
        write!(f, "seed {}, calm rounds {:?}\n{log}\n  {}", self.seed, self.rounds, self.broken.join("\n  "))
    }
}

/// How a story differs from others: a safeguard is tried, and may be off.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kind {
    /// Faults that meet this safeguard come often.
    pub tries: Option<Safeguard>,
    /// It is switched off.
    pub off: bool,
}

impl Kind {
    fn without(self) -> Option<Safeguard> {
        self.tries.filter(|_| self.off)
    }
}

/// Tells a seed's story.
pub fn tell(seed: u64, kind: Kind) -> Told {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut random = StdRng::seed_from_u64(seed);
        let customers = if seed % 3 == 2 { Customers::FromIpaas } else { Customers::ToIpaas };
        let (disturbed, undisturbed) = (Arc::new(World::new(seed)), Arc::new(World::new(seed)));
        let mut story = Story { disturbed, undisturbed, customers, kind, told: Told { seed, ..Told::default() } };
        for act in [Act::Beginning, Act::Deletion, Act::Going] {
            story.told.log.push(format!("{act:?}"));
            story.act(&mut random, act).await;
            if !story.told.broken.is_empty() {
                break;
            }
        }
        story.told.faults = story.disturbed.systems.statistics().faults_by_kind;
        story.told
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// Nothing is linked yet.
    Beginning,
    /// Products of the store are deleted, and others are said to be.
    Deletion,
    /// All goes on.
    Going,
}

struct Story {
    disturbed: Arc<World>,
    undisturbed: Arc<World>,
    customers: Customers,
    kind: Kind,
    told: Told,
}

/// The changes of an act that are still to be made, in their order.
type Waiting = Arc<Mutex<VecDeque<Change>>>;

fn next(world: &World, waiting: &Waiting) {
    let change = waiting.lock().unwrap().pop_front();
    if let Some(change) = change {
        change.make(world);
    }
}

impl Story {
    async fn act(&mut self, random: &mut StdRng, act: Act) {
        let changes: VecDeque<Change> =
            (0..random.random_range(3..8)).map(|_| draw(random, self.customers, act != Act::Deletion)).collect();
        changes.iter().for_each(|change| change.make(&self.undisturbed));
        self.told.log.push(format!("changes {changes:?}"));
        let waiting: Waiting = Arc::new(Mutex::new(changes));
        let deleted = if act == Act::Deletion { self.delete(random) } else { Vec::new() };
        for _ in 0..PROCESSES {
            self.process(random, act, &deleted, &waiting).await;
        }
        while !waiting.lock().unwrap().is_empty() {
            next(&self.disturbed, &waiting);
        }
        self.disturbed.systems.calm();
        // a world that lags has caught up when people look
        tokio::time::sleep(REST).await;
        let disturbed = self.disturbed.clone();
        let undisturbed = self.undisturbed.clone();
        let end = self.settle(&disturbed, &deleted).await;
        let expected = self.settle(&undisturbed, &deleted).await;
        if !self.told.broken.is_empty() {
            return;
        }
        if end != expected {
            self.told.broken.push(format!("the last calm round counted {end:?}\n  and undisturbed {expected:?}"));
        }
        tokio::time::sleep(REST).await;
        laws::of_state(&disturbed, &mut self.told.broken);
        laws::of_links(&disturbed, &mut self.told.broken);
        self.told.broken.extend(differences(&picture(&disturbed), &picture(&undisturbed)).into_iter().take(20));
    }

    /// Deletes some linked products of the store in both worlds. Answers SKUs: of those, and of others that live.
    fn delete(&self, random: &mut StdRng) -> Vec<String> {
        let skus = |world: &World| -> Vec<String> {
            let all = world.list("stores/v3/catalog/products");
            let mut skus: Vec<String> = all.iter().filter_map(|p| Some(p["sku"].as_str()?.to_owned())).collect();
            skus.sort();
            skus
        };
        let mut said = skus(&self.undisturbed);
        said.retain(|sku| !sku.is_empty());
        let gone: Vec<String> = said.choose_multiple(random, 2).cloned().collect();
        for world in [&self.disturbed, &self.undisturbed] {
            let deleted = ids(world, &gone);
            let file = world.directory.path().join("deleted");
            std::fs::write(file, serde_json::to_string(&deleted).unwrap()).unwrap();
            for id in deleted {
                world.behind("DELETE", &format!("stores/v3/catalog/products/{id}"), Value::Null);
            }
        }
        said.retain(|sku| !gone.contains(sku));
        said
    }

    async fn process(&mut self, random: &mut StdRng, act: Act, alive: &[String], waiting: &Waiting) {
        let systems = self.disturbed.systems.clone();
        systems.calm();
        let rules = self.rules(random);
        let lag = if random.random_bool(0.4) { random.random_range(500..20_000) } else { 0 };
        systems.lag(Duration::from_millis(lag));
        rules.iter().for_each(|rule| systems.rule(rule.clone()));
        let plans = self.plans();
        let (plan, selection) = if act == Act::Deletion && random.random_bool(0.6) {
            (deletes(), self.deletion(&self.disturbed, alive))
        } else {
            let possible: Vec<&Arc<Plan>> =
                plans.iter().filter(|plan| act != Act::Deletion || *plan.root.record != *"Product").collect();
            let plan = (*possible.choose(random).unwrap()).clone();
            let selection = match random.random_range(0..10) {
                0..6 => Selection::All,
                6..8 => Selection::Again { parked: true, failed: true },
                _ => Selection::ChangedSince("2026-01-01T00:00:00Z".parse().unwrap()),
            };
            (plan, selection)
        };
        let kill = random.random_bool(0.5).then(|| (random.random_range(1..60), random.random_bool(0.5)));
        let mut events: Vec<(u64, Event)> = Vec::new();
        for _ in 0..random.random_range(0..3) {
            let (world, waiting) = (self.disturbed.clone(), waiting.clone());
            events.push((random.random_range(1..40), Box::new(move || next(&world, &waiting))));
        }
        let shown: Vec<String> = rules.iter().map(|rule| format!("{}={}", rule.fault, rule.per_mille)).collect();
        self.told.log.push(format!(
            "  {} {:?}: kill {kill:?}, lag {lag}, {}",
            plan.root.collection,
            selection,
            shown.join(" ")
        ));
        let seed = random.random();
        let disturbed = self.disturbed.clone();
        let end = self.live(&disturbed, plan, selection, kill, events, seed).await;
        if let Some(report) = end {
            self.told.log.push(format!("    {} {:?}", counted(&report), report.interrupted));
        }
    }

    async fn live(
        &mut self,
        world: &World,
        plan: Arc<Plan>,
        selection: Selection,
        kill: Option<(u64, bool)>,
        events: Vec<(u64, Event)>,
        seed: u64,
    ) -> Option<Report> {
        let name = plan.root.collection.to_string();
        let process = Process { plan, selection, kill, events, without: self.kind.without(), seed };
        let (end, calls) = live(world, process).await;
        self.told.calls += calls;
        match end {
            End::Finished(report) => {
                laws::of_report(world, &report, &mut self.told.broken);
                Some(*report)
            }
            End::Killed => {
                self.told.kills += 1;
                self.told.log.push(String::from("    killed"));
                None
            }
            End::Endless => {
                self.told.broken.push(format!("a run of {name} does not end"));
                None
            }
        }
    }

    /// Calm rounds until nothing changes; answers what the last one counted.
    async fn settle(&mut self, world: &Arc<World>, alive: &[String]) -> Vec<(String, Counts)> {
        for round in 1.. {
            let mut plans = self.plans();
            if !alive.is_empty() {
                plans.insert(0, deletes());
            }
            let mut counts = Vec::new();
            let mut changed = 0;
            for plan in plans {
                let selection =
                    if plan.root.sync == SyncType::Delete { self.deletion(world, alive) } else { Selection::All };
                let Some(report) = self.live(world, plan, selection, None, Vec::new(), 1).await else { return counts };
                if let Some(why) = &report.interrupted {
                    self.told.broken.push(format!("a calm run of {} was interrupted: {why}", report.collection));
                    return counts;
                }
                for report in report.lines() {
                    changed += report.records.written + report.children.values().map(|c| c.written).sum::<u64>();
                    self.told.log.push(format!("  calm {round}: {}", counted(&report)));
                    counts.push((report.collection.clone(), report.records.clone()));
                }
            }
            if changed == 0 {
                if Arc::ptr_eq(world, &self.disturbed) {
                    self.told.rounds.push(round - 1);
                }
                return counts;
            }
            if round > CALM {
                self.told.broken.push(format!("calm round {round} still writes: {counts:?}"));
                return counts;
            }
        }
        Vec::new()
    }

    /// `sync --deleted` with what was deleted and with what lives.
    fn deletion(&self, world: &World, alive: &[String]) -> Selection {
        let text = std::fs::read_to_string(world.directory.path().join("deleted")).unwrap();
        let mut all: Vec<String> = serde_json::from_str(&text).unwrap();
        all.extend(ids(world, alive));
        Selection::Deleted(all)
    }

    /// The root collections of this story in the order in which types are loaded.
    fn plans(&self) -> Vec<Arc<Plan>> {
        let unwanted = if self.customers == Customers::ToIpaas { Direction::From } else { Direction::To };
        let mut roots: Vec<_> = compiled()
            .collections
            .iter()
            .filter(|c| c.is_root && c.sync != SyncType::Delete)
            .filter(|c| c.record != "Customer" || c.direction != unwanted)
            .collect();
        let order = |kind: &str| Catalog::builtin().record(kind).map_or(u16::MAX, |r| r.route.load_order);
        roots.sort_by_key(|c| (order(c.source_type()), c.direction == Direction::From));
        roots.into_iter().filter_map(|c| c.plan.clone()).collect()
    }

    /// The faults of one process.
    fn rules(&self, random: &mut StdRng) -> Vec<FaultRule> {
        let mut rules = Vec::new();
        for (group, chance, most) in
            [("network", 0.8, 60), ("lies", 0.6, 50), ("pages", 0.4, 200), ("echoes", 0.3, 30), ("quota", 0.4, 30)]
        {
            if random.random_bool(chance) {
                rules.push(FaultRule::new(group, random.random_range(5..most)));
            }
        }
        if random.random_bool(0.3) {
            let (kind, method) = *[
                ("status-after", "PUT"),
                ("drop-after", "PUT"),
                ("drop-after", "POST"),
                ("truncate", "POST"),
                ("lies", "GET"),
            ]
            .choose(random)
            .unwrap();
            rules.push(FaultRule { method: method.to_owned(), ..FaultRule::new(kind, random.random_range(100..400)) });
        }
        if random.random_bool(0.1) {
            rules.push(FaultRule { millis: Some(130_000), ..FaultRule::new("stall", 20) });
        }
        if let Some((fault, method, rate)) = self.kind.tries.map(Safeguard::met_by) {
            rules.insert(0, FaultRule { method: method.to_owned(), ..FaultRule::new(fault, rate) });
        }
        rules
    }
}

fn deletes() -> Arc<Plan> {
    let found = compiled().collections.iter().find(|c| c.is_root && c.sync == SyncType::Delete);
    found.and_then(|c| c.plan.clone()).unwrap()
}

/// The store's ids of these SKUs.
fn ids(world: &World, skus: &[String]) -> Vec<String> {
    let all = world.list("stores/v3/catalog/products");
    let of = |sku: &String| all.iter().find(|p| p["sku"] == **sku).map(|p| p["id"].to_string());
    skus.iter().filter_map(of).collect()
}

fn counted(report: &Report) -> String {
    let children: Vec<String> =
        report.children.iter().map(|(name, c)| format!("{name} {}/{}", c.written, c.read)).collect();
    let reasons: Vec<String> = report
        .reasons
        .iter()
        .map(|r| format!("\n      {} {} {:?}: {}", r.count, r.outcome, r.examples, r.reason))
        .collect();
    format!("{} {:?} {children:?}{}", report.collection, report.records, reasons.concat())
}
