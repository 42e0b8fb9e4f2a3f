//! How each record's last transfer ended, and what the parked ones wait for.

use std::time::Duration;

use rusqlite::{Row, ToSql, params, params_from_iter};

use crate::identity::SourceKey;

use super::journal::{columns, key};
use super::steps::Step;
use super::store::{StateError, Store, age, now};

/// How a transfer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Outcome {
    Written,
    Unchanged,
    Skipped,
    Refused,
    Parked,
    Failed,
}

impl Outcome {
    /// Its name in reports and in the state.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Written => "written",
            Outcome::Unchanged => "unchanged",
            Outcome::Skipped => "skipped",
            Outcome::Refused => "refused",
            Outcome::Parked => "parked",
            Outcome::Failed => "failed",
        }
    }

    fn by_name(name: &str) -> Option<Self> {
        use Outcome::{Failed, Parked, Refused, Skipped, Unchanged, Written};
        [Written, Unchanged, Skipped, Refused, Parked, Failed].into_iter().find(|outcome| outcome.name() == name)
    }
}

/// What a parked record waits for: a record by type and id in the source system. A look-up of an unanswered write has
/// the type `journal` and the entry's number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parked {
    /// Type of what it waits for.
    pub record_type: String,
    /// Id of what it waits for.
    pub id: String,
}

/// The last transfer of one record by one collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The record, by collection and id in the source system.
    pub record: SourceKey,
    /// iPaaS.com's name of the type.
    pub record_type: String,
    /// `to` or `from`.
    pub direction: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, for a person.
    pub reason: Option<String>,
    /// More, as JSON text: failures by field, child rows, requests.
    pub details: String,
    /// Requests made for it.
    pub requests: u32,
    /// The run it was part of.
    pub run: Option<i64>,
    /// What it waits for, if parked.
    pub waits_for: Vec<Parked>,
    /// When, RFC 3339; filled in when read.
    pub at: String,
}

impl Settled {
    /// How long ago it ended, by the wall clock.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        age(&self.at)
    }
}

const COLUMNS: &str = "collection, record_id, after_collection, after_id, record_type, direction, outcome, reason, details, requests, run, at";
/// One record, by its four columns.
const OF_RECORD: &str = "collection = ?1 AND record_id = ?2 AND after_collection = ?3 AND after_id = ?4";

fn settled(row: &Row<'_>) -> rusqlite::Result<Settled> {
    let outcome: String = row.get(6)?;
    let outcome = Outcome::by_name(&outcome).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(
            6,
            rusqlite::types::Type::Text,
            format!("unknown outcome `{outcome}`").into(),
        )
    })?;
    Ok(Settled {
        record: key(row, 0)?,
        record_type: row.get(4)?,
        direction: row.get(5)?,
        outcome,
        reason: row.get(7)?,
        details: row.get(8)?,
        requests: row.get(9)?,
        run: row.get(10)?,
        waits_for: Vec::new(),
        at: row.get(11)?,
    })
}

impl Store {
    /// Keeps how transfers ended, all or none; what was known of the same records before is replaced.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn settle(&self, records: &[Settled]) -> Result<(), StateError> {
        self.step(Step::OutcomeSaving);
        self.write(|transaction| {
            let at = now();
            for it in records {
                let key = columns(&it.record);
                transaction
                    .prepare_cached(&format!(
                        "INSERT OR REPLACE INTO outcomes ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
                    ))?
                    .execute(params![
                        key[0],
                        key[1],
                        key[2],
                        key[3],
                        it.record_type,
                        it.direction,
                        it.outcome.name(),
                        it.reason,
                        it.details,
                        it.requests,
                        it.run,
                        at
                    ])?;
                transaction.prepare_cached(&format!("DELETE FROM parked WHERE {OF_RECORD}"))?.execute(key)?;
                for wait in &it.waits_for {
                    transaction
                        .prepare_cached("INSERT OR IGNORE INTO parked VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                        .execute([key[0], key[1], key[2], key[3], &wait.record_type, &wait.id])?;
                }
            }
            Ok(())
        })?;
        self.step(Step::OutcomeSaved);
        Ok(())
    }

    /// The last transfers of a record of this type and id in the source system: by every collection, in either direction.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn last_transfers(&self, record_type: &str, id: &str) -> Result<Vec<Settled>, StateError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outcomes WHERE record_type = ?1 AND record_id = ?2 ORDER BY direction, collection, after_id"
        );
        self.several(&sql, &[&record_type, &id])
    }

    /// The last transfer of a record by one collection.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn settled(&self, record: &SourceKey) -> Result<Option<Settled>, StateError> {
        let [collection, id, after_collection, after_id] = columns(record);
        let found = self.several(
            &format!("SELECT {COLUMNS} FROM outcomes WHERE {OF_RECORD}"),
            &[&collection, &id, &after_collection, &after_id],
        )?;
        Ok(found.into_iter().next())
    }

    /// All records whose last transfer ended so, by type, direction, id and collection.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn settled_as(&self, outcome: Outcome) -> Result<Vec<Settled>, StateError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outcomes WHERE outcome = ?1 ORDER BY record_type, direction, record_id, collection, after_id"
        );
        self.several(&sql, &[&outcome.name()])
    }

    /// Ids of the records that one collection ended so, without those that run after others.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn ids_settled_as(&self, outcome: Outcome, collection: &str) -> Result<Vec<String>, StateError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(
            "SELECT record_id FROM outcomes WHERE outcome = ?1 AND collection = ?2 AND after_collection = '' ORDER BY record_id",
        )?;
        Ok(query.query_map([outcome.name(), collection], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Records in place that were written without a link which is there now, by collection and id in the source system.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn linked_since(&self, direction: &str) -> Result<Vec<(String, String)>, StateError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(
            "SELECT DISTINCT p.collection, p.record_id FROM parked p
             JOIN outcomes o ON o.collection = p.collection AND o.record_id = p.record_id
                AND o.after_collection = p.after_collection AND o.after_id = p.after_id
             WHERE o.direction = ?1 AND o.outcome IN ('written', 'unchanged') AND p.after_collection = ''
                AND EXISTS (SELECT 1 FROM links l WHERE l.record_type = p.waits_for_type
                    AND CASE ?1 WHEN 'from' THEN l.ipaas_id ELSE l.external_id END = p.waits_for_id)
             ORDER BY 1, 2",
        )?;
        Ok(query.query_map([direction], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// How many records ended how, by type and direction.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn outcome_counts(&self) -> Result<Vec<(String, String, Outcome, u64)>, StateError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(
            "SELECT record_type, direction, outcome, count(*) FROM outcomes GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        )?;
        let rows = query
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get::<_, i64>(3)?)))?;
        let mut counts = Vec::new();
        for row in rows {
            let (record_type, direction, name, count) = row?;
            let outcome = Outcome::by_name(&name)
                .ok_or_else(|| StateError::Unfit(format!("`state.db` holds an unknown outcome `{name}`")))?;
            counts.push((record_type, direction, outcome, u64::try_from(count).unwrap_or(0)));
        }
        Ok(counts)
    }

    /// Forgets how transfers of records ended; how many were known. What stands in the journal
    /// stays: it is looked up all the same before such a record is made again.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn forget(&self, records: &[SourceKey]) -> Result<usize, StateError> {
        self.write(|transaction| {
            let mut forgotten = 0;
            for record in records {
                let key = columns(record);
                transaction.prepare_cached(&format!("DELETE FROM parked WHERE {OF_RECORD}"))?.execute(key)?;
                forgotten +=
                    transaction.prepare_cached(&format!("DELETE FROM outcomes WHERE {OF_RECORD}"))?.execute(key)?;
            }
            Ok(forgotten)
        })
    }

    /// What is known of a record passes to another collection: the one that transferred it is no longer in the project. Its
    /// journal goes along, so that what may have been made is looked up all the same.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn pass_on(&self, record: &SourceKey, collection: &str) -> Result<(), StateError> {
        self.write(|transaction| {
            let key = columns(record);
            for table in ["outcomes", "parked", "journal"] {
                transaction
                    .prepare_cached(&format!("UPDATE OR REPLACE {table} SET collection = ?5 WHERE {OF_RECORD}"))?
                    .execute([key[0], key[1], key[2], key[3], collection])?;
            }
            Ok(())
        })
    }

    fn several(&self, sql: &str, values: &[&dyn ToSql]) -> Result<Vec<Settled>, StateError> {
        let found: Vec<Settled> = {
            let connection = self.connection();
            let mut query = connection.prepare_cached(sql)?;
            query.query_map(params_from_iter(values), settled)?.collect::<rusqlite::Result<_>>()?
        };
        found.into_iter().map(|it| self.with_waits(it)).collect()
    }

    fn with_waits(&self, mut it: Settled) -> Result<Settled, StateError> {
        if it.outcome == Outcome::Parked {
            let connection = self.connection();
            let mut query = connection.prepare_cached(&format!(
                "SELECT waits_for_type, waits_for_id FROM parked WHERE {OF_RECORD} ORDER BY 1, 2"
            ))?;
            it.waits_for = query
                .query_map(columns(&it.record), |row| Ok(Parked { record_type: row.get(0)?, id: row.get(1)? }))?
                .collect::<rusqlite::Result<_>>()?;
        }
        Ok(it)
    }
}
