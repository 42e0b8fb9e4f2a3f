//! What waits, tried again until nothing moves.

use std::collections::BTreeSet;
use std::time::Duration;

use mapwright_language::json::Json;
use tokio::time::Instant;

use super::{Hold, Run};
use crate::work::engine::Halt;
use crate::work::outcome::Ended;

/// Most records whose content is kept while they wait; of more only the id is kept, and they are read again.
const MOST_KEPT: usize = 2_000;
/// How often a record is looked at again after an answer was lost, before it is left parked.
pub(super) const MOST_LOOKS: u8 = 3;

/// When a record that may be there is looked for again first.
const FIRST_LOOK: Duration = Duration::from_millis(500);
/// A wait ends so soon after somebody wants the end.
const STOP_SEEN_AFTER: Duration = Duration::from_millis(250);

impl Run<'_> {
    /// Keeps a record that waits for a later round; written down at once, so that a killed process loses none.
    pub(super) fn wait(&mut self, id: String, content: Option<Json>, ended: Ended) -> Result<(), Halt> {
        if !self.engine.dry_run {
            self.transfer.memory.ended(&id, &ended, &BTreeSet::new())?;
        }
        let room = self.waiting.len() < MOST_KEPT;
        self.waiting.push((id, content.filter(|_| room), ended));
        Ok(())
    }

    /// Tries again what waits, as long as that moves something.
    pub(super) async fn again(&mut self) -> Result<(), Halt> {
        loop {
            if self.engine.stop.is_asked() {
                return Ok(());
            }
            let before = self.waiting.len();
            let (ready, rest): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.waiting).into_iter().partition(|(id, _, ended)| self.may_go(id, ended));
            self.waiting = rest;
            if ready.is_empty() {
                if self.next_look().await {
                    continue;
                }
                return Ok(());
            }
            let looks_before: u32 = self.looks.values().map(|look| u32::from(look.count)).sum();
            let mut kept = Vec::new();
            let mut to_read = Vec::new();
            for (id, content, _) in ready {
                match content {
                    Some(content) => kept.push((id, content)),
                    None => to_read.push(id),
                }
            }
            self.groups(kept).await?;
            self.by_id(to_read).await?;
            let looks: u32 = self.looks.values().map(|look| u32::from(look.count)).sum();
            if self.waiting.len() >= before && looks == looks_before && !self.next_look().await {
                return Ok(());
            }
        }
    }

    /// Holds a record that may be there: it is looked for again after a while, each time after a longer one, and at the end.
    pub(super) fn hold(&mut self, id: &str, until: Instant) {
        let looks = self.held.get(id).map_or(0, |hold| hold.looks);
        let next = until.min(Instant::now() + FIRST_LOOK * 2_u32.pow(looks.min(8)));
        self.held.insert(id.to_owned(), Hold { looks: looks + 1, next });
    }

    /// Waits until a held record is looked for again; not, if there is none or the run has to end.
    async fn next_look(&self) -> bool {
        let Some(next) = self.held.values().map(|hold| hold.next).min() else { return false };
        while !self.engine.stop.is_asked() {
            let left = next.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            tokio::time::sleep(left.min(STOP_SEEN_AFTER)).await;
        }
        false
    }

    /// Whether something that a record waits for has come.
    pub(super) fn may_go(&self, id: &str, ended: &Ended) -> bool {
        let Ended::Parked { waits, .. } = ended else { return false };
        if let Some(hold) = self.held.get(id) {
            return hold.next <= Instant::now();
        }
        if waits.is_empty() {
            return self.looks.get(id).is_some_and(|look| look.count <= MOST_LOOKS);
        }
        waits.iter().any(|promise| matches!(self.transfer.known.get(&promise.into()), Some(Some(_))))
    }
}
