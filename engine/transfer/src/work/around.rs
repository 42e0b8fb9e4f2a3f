//! What a record sets off: records that must be linked before it, and collections that run once it is transferred.

use std::sync::Arc;

use mapwright_language::evaluate::ParentContext;
use mapwright_language::json::Json;
use mapwright_language::plan::Plan;
use mapwright_language::value::Promise;

use super::engine::{Engine, Halt};
use super::run::{Selection, run, run_rows};
use super::transfer::Transfer;

/// Deepest nesting of runs that records set off.
const MOST_DEPTH: usize = 8;

impl Transfer<'_> {
    /// Transfers a record that must be linked first, once in a run; those that need the same one wait for it.
    pub(super) async fn first(&self, wanted: &Promise) -> Result<(), Halt> {
        let turn = self.known.turn(wanted);
        let _held = turn.lock().await;
        if !self.known.try_once(wanted) {
            return Ok(());
        }
        let level = self.level();
        let moves = |plan: &&Arc<Plan>| {
            plan.root.record == wanted.record_type
                && plan.root.direction == level.direction
                && plan.parents.is_empty()
                && !plan.root.sync.follows_deletes()
        };
        let Some(plan) = self.engine.plans.iter().find(moves).cloned() else { return Ok(()) };
        if self.engine.around.depth >= MOST_DEPTH {
            return Ok(());
        }
        let engine = self.engine.deeper();
        let report = Box::pin(run(&engine, &plan, Selection::Ids(vec![wanted.id.to_string()]))).await;
        let halted = report.interrupted.clone();
        self.engine.around.keep(report);
        // it may be linked now: whoever asks, looks again
        self.known.unlearn(wanted);
        halted.map_or(Ok(()), |why| Err(Halt(why)))
    }
}

/// Runs the collections that come after these records, over the rows that they hold.
pub(super) async fn afterwards(engine: &Engine, plan: &Plan, sources: &[Json]) -> Result<(), Halt> {
    if sources.is_empty() || engine.around.depth >= MOST_DEPTH {
        return Ok(());
    }
    for after in &plan.root.after {
        let Some(next) = engine.plans.iter().find(|p| p.root.collection == after.collection).cloned() else { continue };
        let rows: Vec<(Json, ParentContext)> = sources
            .iter()
            .flat_map(|source| {
                let parent = ParentContext { record: Some(source.clone()), existing: None };
                rows_at(source, &after.path).into_iter().map(move |row| (row, parent.clone()))
            })
            .collect();
        let engine = engine.deeper();
        let report = Box::pin(run_rows(&engine, &next, rows)).await;
        let halted = report.interrupted.clone();
        engine.around.keep(report);
        if let Some(why) = halted {
            return Err(Halt(why));
        }
    }
    Ok(())
}

/// The records that a path of a source record leads to.
fn rows_at(source: &Json, path: &[Arc<str>]) -> Vec<Json> {
    let mut found = source;
    for name in path {
        match found.get(name) {
            Some(inner) => found = inner,
            None => return vec![],
        }
    }
    match found {
        Json::List(items) => items.clone(),
        Json::Object(_) => vec![found.clone()],
        _ => vec![],
    }
}
