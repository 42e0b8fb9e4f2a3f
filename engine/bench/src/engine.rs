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

/// A compiled collection.
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
    /// BC Products, of the default collections.
    ///
    /// # Errors
    /// It does not compile.
    pub fn products() -> Result<Engine, String> {
        let texts = mapwright_defaults::originals().iter().map(|o| (o.path.to_owned(), o.text.to_owned()));
        Engine::of("BC Products", texts.collect())
    }

    /// BC Order Header To iPaaS, of the hard collections, with the default ones.
    ///
    /// # Errors
    /// It does not compile, or its files are not there.
    pub fn orders() -> Result<Engine, String> {
        let mut texts: Vec<(String, String)> =
            mapwright_defaults::originals().iter().map(|o| (o.path.to_owned(), o.text.to_owned())).collect();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../snapshots/hard/orders");
        for entry in std::fs::read_dir(folder).map_err(|e| format!("{folder}: {e}"))? {
            let path = entry.map_err(|e| e.to_string())?.path();
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            texts.push((path.display().to_string(), text));
        }
        Engine::of("BC Order Header To iPaaS", texts)
    }

    fn of(name: &str, texts: Vec<(String, String)>) -> Result<Engine, String> {
        let mut files = Files::default();
        let mut diagnostics = Diagnostics::default();
        let ids: Vec<_> = texts.into_iter().map(|(path, text)| files.add(path, text)).collect();
        let read: Vec<_> =
            ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
        let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
        let plan = library.collection(name).and_then(|c| c.plan.clone());
        Ok(Engine { plan: plan.ok_or_else(|| format!("{name} does not compile"))?, settings: BTreeMap::new() })
    }

    /// All lines mapped, one target per line; what is skipped or refused gives none.
    pub fn all(&self, lines: &[String]) -> String {
        let mut out = String::with_capacity(lines.len() * 1024);
        for line in lines {
            self.one(line, &mut out);
        }
        out
    }

    /// One line mapped, at the end of `out`.
    pub fn one(&self, line: &str, out: &mut String) {
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
        if let Evaluation::Done(Outcome::Mapped(record)) = evaluate(&self.plan, line.as_bytes(), &context) {
            let _ = write_target(&self.plan.root, &record, &context.time_zone, out);
            out.push('\n');
        }
    }
}
