//! What a run over one collection remembers: see `state` for where.

use std::collections::BTreeSet;
use std::sync::Arc;

use mapwright_language::mapping_file::Direction;
use mapwright_language::plan::Level;
use mapwright_language::value::Promise;
use tokio::time::Instant;

use crate::connect::links::Link;
use crate::connect::place::Place;
use crate::identity::{LinkKey, SourceKey};
use crate::state::{Entry, Intention, Link as KeptLink, Outcome, Parked, Sent, Settled, StateError, Store};

use super::engine::Halt;
use super::outcome::Ended;
use super::settling::{Open, Settling};

/// A run's view of the state.
pub struct Memory {
    store: Arc<Store>,
    settling: Arc<Settling>,
    collection: Arc<str>,
    record_type: String,
    direction: Direction,
    run: Option<i64>,
    after: Option<SourceKey>,
}

fn halt(error: StateError) -> Halt {
    Halt(format!("the state cannot be kept: {error}"))
}

/// The word of a direction.
#[must_use]
pub fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::To => "to",
        Direction::From => "from",
    }
}

impl Memory {
    /// The memory of a root collection; `run` is the number of the run (none: a dry run, which keeps nothing).
    #[must_use]
    pub fn of(store: Arc<Store>, settling: Arc<Settling>, level: &Level, run: Option<i64>) -> Self {
        Memory {
            store,
            settling,
            collection: level.collection.clone(),
            record_type: level.record.to_string(),
            direction: level.direction,
            run,
            after: None,
        }
    }

    /// Of a collection that runs after another one's records: what becomes of its rows is kept beside what becomes of those.
    #[must_use]
    pub fn after(mut self, after: Option<SourceKey>) -> Self {
        self.after = after;
        self
    }

    /// The key of a record of the collection.
    #[must_use]
    pub fn key(&self, id: &str) -> SourceKey {
        SourceKey::new(self.collection.clone(), id).after(self.after.clone())
    }

    /// A link seen before, by the source system's id.
    ///
    /// # Errors
    /// Of the disk.
    pub fn link(&self, record_type: &str, id: &str) -> Result<Option<Link>, Halt> {
        let found = match self.direction {
            Direction::From => self.store.link_of_ipaas(record_type, id),
            Direction::To => self.store.link_of_external(record_type, id),
        };
        let link = found.map_err(halt)?;
        Ok(link.map(|l| Link { external: l.external_id.into(), internal: l.ipaas_id.into() }))
    }

    fn kept(&self, record_type: &str, link: &Link) -> Result<KeptLink, Halt> {
        let before = self.store.link_of_ipaas(record_type, &link.internal).map_err(halt)?;
        Ok(KeptLink {
            record_type: record_type.to_owned(),
            ipaas_id: link.internal.to_string(),
            external_id: link.external.to_string(),
            parent: before.as_ref().and_then(|l| l.parent.clone()),
            // what was sent to another record says nothing of this one
            sent: before.filter(|l| *l.external_id == *link.external).map(|l| l.sent).unwrap_or_default(),
        })
    }

    /// Remembers a link.
    ///
    /// # Errors
    /// Of the disk.
    pub fn remember_link(&self, record_type: &str, link: &Link) -> Result<(), Halt> {
        let kept = self.kept(record_type, link)?;
        self.store.save_links(&[kept]).map_err(halt)
    }

    /// Forgets a link to something that is gone.
    ///
    /// # Errors
    /// Of the disk.
    pub fn forget_link(&self, record_type: &str, link: &Link) -> Result<(), Halt> {
        self.store.remove_link(record_type, &link.internal).map(drop).map_err(halt)
    }

    /// Opens entries of the journal, before what they are of is sent.
    ///
    /// # Errors
    /// Of the disk.
    pub fn intend(&self, intentions: Vec<Intention>) -> Result<Vec<Open>, Halt> {
        if intentions.is_empty() {
            return Ok(vec![]);
        }
        let numbers = self.store.open_entries(&intentions).map_err(halt)?;
        self.settling.under_way(&numbers);
        let opened = numbers
            .into_iter()
            .zip(intentions)
            .map(|(entry, intention)| self.settling.open(Entry { entry, intention, opened_at: String::new() }));
        Ok(opened.collect())
    }

    /// Open entries of a record: nobody knows whether what they are of was done.
    ///
    /// # Errors
    /// Of the disk.
    pub fn open(&self, id: &str) -> Result<Vec<Open>, Halt> {
        let entries = self.store.open_entries_of(&self.key(id)).map_err(halt)?;
        Ok(entries.into_iter().map(|entry| self.settling.open(entry)).collect())
    }

    /// Closes entries: their rows are linked, or were refused.
    ///
    /// # Errors
    /// Of the disk.
    pub fn close(&self, entries: &[i64]) -> Result<(), Halt> {
        if entries.is_empty() {
            return Ok(());
        }
        self.store.close_entries(entries, &[]).map_err(halt)?;
        self.settling.closed(entries);
        Ok(())
    }

    /// When reads show what was last written of a record; none: they do.
    ///
    /// # Errors
    /// Of the disk.
    pub fn shows(&self, id: &str) -> Result<Option<Instant>, Halt> {
        let key = self.key(id);
        let last = self.store.settled(&key).map_err(halt)?;
        // what is unchanged may have been written just before, and be read from a copy that is further behind
        let wrote = |it: &Settled| !matches!(it.outcome, Outcome::Skipped | Outcome::Refused);
        Ok(self.settling.shows(&key, last.filter(wrote).and_then(|it| it.age())))
    }

    /// What was last sent for a field that cannot be read back; kept with the link.
    ///
    /// # Errors
    /// Of the disk.
    pub fn last_sent(&self, record_type: &str, internal: &str) -> Result<Sent, Halt> {
        Ok(self.store.link_of_ipaas(record_type, internal).map_err(halt)?.map(|l| l.sent).unwrap_or_default())
    }

    /// Remembers it.
    ///
    /// # Errors
    /// Of the disk.
    pub fn remember_sent(&self, record_type: &str, link: &Link, sent: Vec<(String, String)>) -> Result<(), Halt> {
        let mut kept = self.kept(record_type, link)?;
        kept.sent.write_only.extend(sent);
        self.store.save_links(&[kept]).map_err(halt)
    }

    /// The end of a record's transfer: parked and failed ones can be tried again, and one in place that goes without links is
    /// written again once they are there.
    ///
    /// # Errors
    /// Of the disk.
    pub fn ended(&self, id: &str, ended: &Ended, lacking: &BTreeSet<LinkKey>) -> Result<(), Halt> {
        let (outcome, waits) = match ended {
            Ended::Written { .. } => (Outcome::Written, None),
            Ended::Unchanged => (Outcome::Unchanged, None),
            Ended::Skipped { .. } => (Outcome::Skipped, None),
            Ended::Refused { .. } => (Outcome::Refused, None),
            Ended::Parked { waits, .. } => (Outcome::Parked, Some(waits)),
            Ended::Failed { .. } => (Outcome::Failed, None),
        };
        let waits_for = waits
            .into_iter()
            .flatten()
            .map(|p: &Promise| Parked { record_type: p.record_type.to_string(), id: p.id.to_string() });
        let in_place = matches!(outcome, Outcome::Written | Outcome::Unchanged);
        let lacks = lacking.iter().filter(|_| in_place);
        let lacks = lacks.map(|l| Parked { record_type: l.record_type.to_string(), id: l.id.to_string() });
        let settled = Settled {
            record: self.key(id),
            record_type: self.record_type.clone(),
            direction: direction_word(self.direction).to_owned(),
            outcome,
            reason: ended.reason().map(str::to_owned),
            details: String::from("{}"),
            requests: 0,
            run: self.run,
            waits_for: waits_for.chain(lacks).collect(),
            at: String::new(),
        };
        self.store.settle(&[settled]).map_err(halt)
    }

    /// Ids of records whose last transfer by this collection ended parked (or failed, or refused).
    ///
    /// # Errors
    /// Of the disk.
    pub fn to_retry(&self, parked: bool, failed: bool) -> Result<Vec<String>, Halt> {
        let mut ids = Vec::new();
        let wanted = [(Outcome::Parked, parked), (Outcome::Failed, failed), (Outcome::Refused, failed)];
        for (outcome, _) in wanted.iter().filter(|(_, wanted)| *wanted) {
            ids.extend(self.store.ids_settled_as(*outcome, &self.collection).map_err(halt)?);
        }
        Ok(ids)
    }

    fn checkpoint_name(&self) -> String {
        format!("initialize {}", self.collection)
    }

    /// Where an unfinished run over all records goes on.
    ///
    /// # Errors
    /// Of the disk.
    pub fn checkpoint(&self) -> Result<Option<Place>, Halt> {
        let kept = self.store.checkpoint(&self.checkpoint_name()).map_err(halt)?;
        Ok(kept.and_then(|text| Place::from_text(&text)))
    }

    /// Remembers it; none: finished.
    ///
    /// # Errors
    /// Of the disk.
    pub fn set_checkpoint(&self, place: Option<&Place>) -> Result<(), Halt> {
        match place {
            Some(place) => self.store.save_checkpoint(&self.checkpoint_name(), &place.to_text()).map_err(halt),
            None => self.store.remove_checkpoint(&self.checkpoint_name()).map_err(halt),
        }
    }
}
