//! Records that have to be linked before another one: transferred by their own collection, then known.

use mapwright_language::plan::Plan;
use mapwright_language::value::Promise;

use mapwright_language::json::Json;

use crate::identity::SourceKey;

use super::around::{MOST_DEPTH, Part};
use super::engine::Halt;
use super::external_id::link_key;
use super::run::{Selection, part};
use super::transfer::Transfer;

impl Transfer<'_> {
    /// Transfers a record that has to go before `of`, unless that was done, is being done by the run itself, or would wait for `of`.
    pub(super) async fn before(&self, of: &SourceKey, wanted: &Promise) -> Result<(), Halt> {
        let found = self.engine.plans.first(&wanted.record_type, self.level().direction);
        let Some(plan) = found.filter(|_| self.part.depth < MOST_DEPTH) else { return Ok(()) };
        let key = SourceKey::new(plan.root.collection.clone(), &*wanted.id);
        let Some(turn) = self.around.turn(of, &key, &wanted.into()) else { return Ok(()) };
        let result = turn.get_or_try_init(|| self.goes_first(plan, wanted)).await.map(drop);
        self.around.turned(of, &key);
        result
    }

    async fn goes_first(&self, plan: &Plan, wanted: &Promise) -> Result<(), Halt> {
        let nested = Part { depth: self.part.depth + 1, first: true, ..Part::default() };
        let mut report = part(self.around, plan, Selection::Ids(vec![wanted.id.to_string()]), nested).await;
        if self.engine.dry_run && report.records.written > 0 {
            self.around.known.pretend(&wanted.into());
        }
        let halt = report.interrupted.take().map(Halt);
        self.around.reported(report, true);
        halt.map_or(Ok(()), Err)
    }

    /// Begins records of the run itself; those that go first for others have their end there.
    pub(super) fn begins(&self, id: &str, source: &Json) -> bool {
        let level = self.level();
        if self.part.depth > 0 || !self.engine.plans.wants_first(&level.record) {
            return true;
        }
        self.around.begin(&self.memory.key(id), link_key(level, id, source))
    }
}
