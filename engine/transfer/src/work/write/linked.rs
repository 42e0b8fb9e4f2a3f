//! Links of rows that were written, and what is remembered with them.

use mapwright_language::mapping_file::Direction;
use mapwright_language::schema::Read;
use mapwright_language::value::Text;

use crate::connect::links::{Link, LinkError, told_by};

use crate::identity::LinkKey;

use super::Writer;
use crate::work::engine::{Halt, unless_halted};
use crate::work::promise::kept;
use crate::work::rows::{RowEnd, shown};

impl Writer<'_, '_> {
    /// Remembers what was sent of fields that cannot be read back.
    pub(super) fn remember_sent(&self, at: usize) -> Result<(), Halt> {
        let Some(row) = self.group.rows.get(at) else { return Ok(()) };
        let (Some(ids), Some(link)) = (self.group.ids.get(row.root), self.link_of(at)) else { return Ok(()) };
        let unreadable = row.slot.as_ref().map_or(row.target.route.read.is_none(), |s| s.read == Read::Nothing);
        let sent: Vec<(String, String)> = row
            .fields
            .iter()
            .filter_map(|(rule, value)| {
                let planned = row.level.rules.get(*rule as usize).filter(|r| unreadable || r.field.write_only)?;
                let value = kept(value, ids).ok()?;
                Some((planned.label.to_string(), shown(row.level, &row.target, (*rule, &value), &self.engine.rows())))
            })
            .collect();
        // what is remembered is kept with the link
        let linkless = self.group.linkless.contains(&row.root);
        if sent.is_empty() || linkless || self.engine.dry_run || row.end != RowEnd::Written {
            return Ok(());
        }
        self.memory.remember_sent(&row.level.record, &link, sent)
    }

    pub(super) fn link_of(&self, at: usize) -> Option<Link> {
        let row = self.group.rows.get(at)?;
        let external = row.external.clone().or_else(|| self.group.external_of(at, self.direction))?;
        let internal = match self.direction {
            Direction::From => row.source_id.as_deref().map(str::to_owned),
            Direction::To => row.id.clone(),
        };
        Some(Link { external: external.into(), internal: internal?.into() })
    }

    /// Saves a row's link unless it is known.
    pub(super) async fn link(&mut self, at: usize) -> Result<(), Halt> {
        let Some(row) = self.group.rows.get(at) else { return Ok(()) };
        let linkless = self.group.linkless.contains(&row.root);
        if linkless || !self.engine.links.has_links(&row.level.record) || self.engine.dry_run {
            return Ok(());
        }
        let (Some(link), Some(key)) = (self.link_of(at), self.group.link_key(at, self.direction)) else {
            return Ok(());
        };
        let told = row
            .existing
            .as_ref()
            .zip(row.target.id.as_deref())
            .and_then(|(e, id)| told_by(e, id, &self.engine.system_id))
            .flatten();
        if self.known.get(&key) == Some(Some(link.clone())) {
            return Ok(());
        }
        let record_type = row.level.record.clone();
        let old = if row.parent.is_none() { self.group.replaces.get(&row.root).cloned() } else { None };
        if let Some(old) = old
            && !self.unlinked(at, &record_type, &old).await?
        {
            return Ok(());
        }
        if told.as_ref() != Some(&link) {
            match self.engine.links.save(&record_type, &link).await {
                Ok(()) => {}
                Err(LinkError::Call(error)) => {
                    let why = unless_halted(&error)?;
                    self.end_row(at, RowEnd::Unknown(format!("its link could not be saved: {why}")));
                    return Ok(());
                }
                Err(LinkError::Unlike(why)) => {
                    self.end_row(at, RowEnd::Unknown(format!("whether its link is saved is not known: {why}")));
                    return Ok(());
                }
                Err(error) => {
                    self.end_row(at, RowEnd::Failed(format!("its link could not be saved: {error}")));
                    return Ok(());
                }
            }
        }
        self.memory.remember_link(&record_type, &link)?;
        self.known.learn(key, Some(link));
        Ok(())
    }

    /// Removes a link that gives way; whether it is gone.
    pub(super) async fn unlinked(&mut self, at: usize, record_type: &str, old: &Link) -> Result<bool, Halt> {
        match self.engine.links.remove(record_type, &old.external).await {
            Ok(()) => {}
            Err(LinkError::Call(error)) => {
                let why = unless_halted(&error)?;
                self.end_row(at, RowEnd::Unknown(format!("the link that gives way could not be removed: {why}")));
                return Ok(false);
            }
            Err(LinkError::Unlike(why)) => {
                let why = format!("whether the link that gives way is removed is not known: {why}");
                self.end_row(at, RowEnd::Unknown(why));
                return Ok(false);
            }
            Err(error) => {
                self.end_row(at, RowEnd::Failed(format!("the link that gives way could not be removed: {error}")));
                return Ok(false);
            }
        }
        self.memory.forget_link(record_type, old)?;
        let id = match self.direction {
            Direction::From => Text::from(&*old.internal),
            Direction::To => Text::from(&*old.external),
        };
        self.known.learn(LinkKey::new(record_type, id), None);
        Ok(true)
    }
}
