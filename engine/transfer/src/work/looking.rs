//! Looking a record up at the target: by its link, else by its `find_by` fields.

use std::sync::Arc;

use mapwright_language::json::Json;
use mapwright_language::mapping_file::{Collision, Direction};
use mapwright_language::value::Value;
use tokio::time::Instant;

use crate::connect::ids::fits;
use crate::connect::links::{Link, LinkError, told_by};
use crate::connect::reading::{ReadError, Reading, read_twice};
use crate::connect::records::find;

use super::ends::{End, MAY_BE_THERE};
use super::engine::{Halt, unless_halted};
use super::external_id::external_id;
use super::known::PRETENDED;
use super::outcome::Ended;
use super::present::Root;
use super::transfer::{One, Transfer};

impl Transfer<'_> {
    /// The root's link, and so whether it should be there.
    pub(super) async fn root_link(&self, one: &mut One) -> Result<(), Halt> {
        let level = self.level();
        if !self.engine.links.has_links(&level.record) {
            one.root = Root::Creating;
            return Ok(());
        }
        let Some(itself) = one.itself.clone() else { return Ok(()) };
        let known = match self.known.get(&itself) {
            Some(known) => known,
            None => match self.looked_up(&itself.record_type, &itself.id).await {
                Ok(link) => {
                    self.known.learn(itself, link.clone());
                    link
                }
                Err(Ok(halt)) => return Err(halt),
                Err(Err(why)) => {
                    one.fail(format!("its link could not be looked up: {why}"));
                    return Ok(());
                }
            },
        };
        if let Some(link) = known {
            let id = self.known.target_id(&link);
            let pretended = self.engine.dry_run && id.starts_with(PRETENDED);
            match fits(&self.target, &id) {
                Err(why) if !pretended => one.fail(format!("its link leads nowhere: {why}")),
                _ => one.root = Root::Existing(id, None),
            }
        }
        Ok(())
    }

    /// A link by the source system's id: remembered, or asked for.
    pub(super) async fn looked_up(&self, record_type: &str, id: &str) -> Result<Option<Link>, Result<Halt, String>> {
        let by_internal = self.level().direction == Direction::From;
        if let Some(link) = self.memory.link(record_type, id).map_err(Ok)? {
            return Ok(Some(link));
        }
        let links = &self.engine.links;
        let found = if by_internal {
            links.external_of(record_type, id).await
        } else {
            links.internal_of(record_type, id).await
        };
        match found {
            Ok(link) => {
                if let Some(link) = &link {
                    self.memory.remember_link(record_type, link).map_err(Ok)?;
                }
                Ok(link)
            }
            Err(LinkError::Call(error)) => Err(unless_halted(&error).map_or_else(Ok, Err)),
            // a type without links has none
            Err(LinkError::NoTable(_)) => Ok(None),
            Err(error) => Err(Err(error.to_string())),
        }
    }

    /// Reads what linked records are like at the target; a link to something that is gone is none.
    pub(super) async fn read_roots(&self, ones: &mut [One]) -> Result<(), Halt> {
        if self.target.route.read.is_none() {
            return Ok(());
        }
        let ids: Vec<String> = ones
            .iter()
            .filter(|one| one.end.is_none())
            .filter_map(|one| if let Root::Existing(id, _) = &one.root { Some(id.clone()) } else { None })
            // what a dry run would make is not there to be read
            .filter(|id| !self.engine.dry_run || !id.starts_with(PRETENDED))
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let why = match read_twice(&*self.engine.wire, &self.target, &ids, &[], self.engine.confirm_after).await {
            Ok(found) => {
                for one in ones.iter_mut().filter(|one| one.end.is_none()) {
                    let Root::Existing(id, json) = &mut one.root else { continue };
                    match found.get(id) {
                        Some(Reading::There(row)) => {
                            *json = Some(row.clone());
                            self.linked_to(one, row).await?;
                        }
                        Some(Reading::NotThere) => self.forget(one).await?,
                        Some(Reading::Unknown(why)) => one.fail(format!("what is there could not be read: {why}")),
                        None => {}
                    }
                }
                return Ok(());
            }
            Err(ReadError::Call(error)) => unless_halted(&error)?,
            Err(error) => error.to_string(),
        };
        ones.iter_mut()
            .filter(|one| matches!(one.root, Root::Existing(..)))
            .for_each(|one| one.fail(format!("what is there could not be read: {why}")));
        Ok(())
    }

    /// A link to something that is gone is none, unless iPaaS.com tells another one by now.
    async fn forget(&self, one: &mut One) -> Result<(), Halt> {
        let Some(itself) = one.itself.clone() else {
            one.root = Root::Unknown;
            return Ok(());
        };
        // it was written a moment ago, and reads do not show that yet
        if let Some(until) = self.memory.shows(&one.id)?.filter(|_| !self.engine.dry_run) {
            one.end = Some(End::Held { why: String::from(MAY_BE_THERE), until, how: None });
            return Ok(());
        }
        let record_type = itself.record_type.clone();
        if let Some(link) = self.known.get(&itself).flatten() {
            let told = match self.level().direction {
                Direction::From => self.engine.links.external_of(&record_type, &link.internal).await,
                Direction::To => self.engine.links.internal_of(&record_type, &link.external).await,
            };
            let why = match told {
                Ok(told) => {
                    self.memory.forget_link(&record_type, &link)?;
                    told.filter(|told| *told != link).map(|_| String::from("iPaaS.com has another link of it by now"))
                }
                Err(LinkError::NoTable(_)) => None,
                Err(LinkError::Call(error)) => Some(unless_halted(&error)?),
                Err(error) => Some(format!("its link could not be looked up again: {error}")),
            };
            if let Some(why) = why {
                one.fail(format!("what it is linked to is gone, and {why}"));
                return Ok(());
            }
        }
        one.root = Root::Unknown;
        self.known.learn(itself, None);
        Ok(())
    }

    /// What is not found is made, unless an earlier call may have made it and reads do not show it yet.
    fn not_found(&self, one: &mut One) -> Result<(), Halt> {
        let open = one.intended.iter().filter(|open| open.intention.row.is_empty() && !self.engine.dry_run);
        let settles = open.clone().map(|open| open.settles).max();
        let refused = open.filter_map(|open| open.refused.clone()).next();
        match (settles, refused) {
            (Some(until), _) if until > Instant::now() => {
                one.end = Some(End::Held { why: String::from(MAY_BE_THERE), until, how: None });
            }
            (_, Some(why)) => {
                // nothing is there, so no row of it is
                let all: Vec<i64> = one.intended.iter().map(|open| open.entry).collect();
                self.memory.close(&all)?;
                one.fail(why);
            }
            _ => one.root = Root::Creating,
        }
        Ok(())
    }

    /// Looks for an unlinked record by its `find_by` fields.
    pub(super) async fn found(&self, one: &mut One, find_by: &[(Arc<str>, Value)]) -> Result<(), Halt> {
        let level = self.level();
        if find_by.is_empty() {
            // nothing tells whether an interrupted run has made it
            if let Some(open) = one.intended.iter().find(|open| open.intention.row.is_empty()) {
                let reason = format!(
                    "it may have been created already ({}), and there is no `find_by` to find out: link it by hand or remove it",
                    open.intention.request
                );
                one.end = Some(End::Ended(Ended::Parked { reason, waits: vec![] }));
                return Ok(());
            }
            one.root = Root::Creating;
            return Ok(());
        }
        let names = find_by.iter().map(|(n, _)| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        match find(&*self.engine.wire, &self.engine.catalog, &self.target, find_by, &self.engine.zone).await {
            Ok(found) if found.len() > 1 => {
                one.fail(format!(
                    "{} records at the target have its {names}: which one is meant cannot be known",
                    found.len()
                ));
            }
            Ok(found) => match found.into_iter().next() {
                None => self.not_found(one)?,
                Some(row) => {
                    let id_field = self.target.id.as_deref();
                    let id = id_field.and_then(|f| row.get(f)?.id()).map(str::to_owned);
                    let own = external_id(level, &one.source, None);
                    let other = id_field.and_then(|f| told_by(&row, f, &self.engine.system_id)).flatten();
                    // one that an interrupted run made is no collision
                    let ours = one.intended.iter().any(|open| open.intention.row.is_empty());
                    let collision = if ours { Collision::UpdateAndLink } else { level.collision };
                    let there = id.as_deref().unwrap_or_default();
                    match (collision, &id) {
                        (_, None) | (Collision::UpdateAndLink, _) => {}
                        (Collision::Error, Some(_)) => {
                            one.fail(format!(
                                "{} {there} has its {names} already, and this collection takes none over (`collision: error`)",
                                self.target.title
                            ));
                            return Ok(());
                        }
                        (Collision::UpdateWithoutLink, Some(_)) => {
                            one.linkless = true;
                            one.root = Root::Existing(there.to_owned(), Some(row));
                            return Ok(());
                        }
                        (Collision::RemapAndLink, Some(_)) => {
                            match self.link_that_gives_way(one, &row, other).await? {
                                Ok(link) => {
                                    one.replaces = link;
                                    one.root = Root::Existing(there.to_owned(), Some(row));
                                }
                                Err(why) => one.fail(format!(
                                    "what {} {there} is linked to could not be looked up: {why}",
                                    self.target.title
                                )),
                            }
                            return Ok(());
                        }
                    }
                    match (id, other) {
                        (_, Some(link))
                            if level.direction == Direction::To && own.as_deref() != Some(&*link.external) =>
                        {
                            one.fail(format!(
                                "the record with its {names} is linked to another one already ({})",
                                link.external
                            ));
                        }
                        (Some(id), _) => one.root = Root::Existing(id, Some(row)),
                        (None, _) => one.fail(format!("the record with its {names} has no id")),
                    }
                }
            },
            Err(ReadError::Call(error)) => {
                let why = unless_halted(&error)?;
                one.fail(format!("it could not be looked for by {names}: {why}"));
            }
            Err(error) => one.fail(format!("it could not be looked for by {names}: {error}")),
        }
        Ok(())
    }
}

impl Transfer<'_> {
    /// The link that a found record has to another one of the source. Inner error: it could not be looked up.
    async fn link_that_gives_way(
        &self,
        one: &One,
        row: &Json,
        told: Option<Link>,
    ) -> Result<Result<Option<Link>, String>, Halt> {
        let level = self.level();
        if level.direction == Direction::To {
            let own = external_id(level, &one.source, None);
            return Ok(Ok(told.filter(|link| own.as_deref() != Some(&*link.external))));
        }
        let Some(external) = external_id(level, row, None) else { return Ok(Ok(None)) };
        match self.engine.links.internal_of(&level.record, &external).await {
            Ok(link) => Ok(Ok(link.filter(|link| *link.internal != *one.id))),
            Err(LinkError::NoTable(_)) => Ok(Ok(None)),
            Err(LinkError::Call(error)) => Ok(Err(unless_halted(&error)?)),
            Err(error) => Ok(Err(error.to_string())),
        }
    }
}

/// A read that failed, for the record it was for.
pub(super) fn unless_stopped(error: ReadError) -> Result<String, Halt> {
    let why = match error {
        ReadError::Call(error) => unless_halted(&error)?,
        other => other.to_string(),
    };
    Ok(format!("what is there could not be read: {why}"))
}
