//! The engine's side: plans as the command line makes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use mapwright_language::check::compile;
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::evaluate::{
    ChildKey, Context, Evaluation, FindAnswer, LinkAnswer, Outcome, Outside, RecordAnswer, Search, Target, TargetState,
    evaluate, write_target,
};
use mapwright_language::mapping_file;
use mapwright_language::plan::Plan;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_language::value::{Promise, Value};

/// The compiled product collection.
pub struct Engine {
    plan: Arc<Plan>,
    settings: BTreeMap<String, String>,
}

/// Every record is linked: its number plus 100,000. Every record is new.
struct World;

impl Outside for World {
    fn link(&self, _: &str, id: &str) -> LinkAnswer {
        id.parse::<u64>().map_or(LinkAnswer::Missing, |n| LinkAnswer::Linked((n + 100_000).to_string().into()))
    }

    fn tried(&self, _: &Promise) -> bool {
        true
    }

    fn find(&self, _: &Search) -> FindAnswer {
        FindAnswer::Found(vec![])
    }

    fn record(&self, _: &str, _: &str) -> RecordAnswer {
        RecordAnswer::Missing
    }
}

impl Target for World {
    fn root(&self, _: &[(Arc<str>, Value)]) -> TargetState {
        TargetState::Creating
    }

    fn child(&self, _: &ChildKey<'_>) -> TargetState {
        TargetState::Creating
    }
}

impl Engine {
    /// Compiles the default collections.
    pub fn new() -> Result<Engine, String> {
        let mut files = Files::default();
        let mut diagnostics = Diagnostics::default();
        let ids: Vec<_> = mapwright_defaults::originals().iter().map(|o| files.add(o.path, o.text)).collect();
        let read: Vec<_> =
            ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
        let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
        let plan =
            library.collection("BC Products").and_then(|c| c.plan.clone()).ok_or("BC Products does not compile")?;
        Ok(Engine { plan, settings: BTreeMap::new() })
    }

    /// All lines mapped, one target per line; skipped records give none.
    pub fn all(&self, lines: &[String]) -> String {
        let context = Context {
            subscription_id: Arc::from("9"),
            settings: &self.settings,
            now: jiff::Timestamp::UNIX_EPOCH,
            time_zone: TimeZone::UTC,
            outside: &World,
            target: &World,
            parents: &[],
            position: 1,
            most_steps: 1_000_000,
        };
        let mut out = String::with_capacity(lines.len() * 1024);
        for line in lines {
            if let Evaluation::Done(Outcome::Mapped(record)) = evaluate(&self.plan, line.as_bytes(), &context) {
                let _ = write_target(&self.plan.root, &record, &context.time_zone, &mut out);
                out.push('\n');
            }
        }
        out
    }
}
