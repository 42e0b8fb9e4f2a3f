//! How each record's last transfer ended, and what the parked ones wait for.

use rusqlite::{OptionalExtension, Row, ToSql, params, params_from_iter};

use super::steps::Step;
use super::store::{StateError, Store, now};

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

/// The last transfer of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// iPaaS.com's name of the type.
    pub record_type: String,
    /// `to` or `from`.
    pub direction: String,
    /// Id in the source system.
    pub record_id: String,
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
    /// The mapping collection that transferred it.
    pub fn collection(&self) -> Option<String> {
        self.detail(&["collection"])
    }

    /// Of a row of a collection that runs after others: the collection of the record that it ran after, and that record's id.
    #[must_use]
    pub fn after(&self) -> Option<(String, String)> {
        Some((self.detail(&["after", "collection"])?, self.detail(&["after", "id"])?))
    }

    fn detail(&self, path: &[&str]) -> Option<String> {
        let details: serde_json::Value = serde_json::from_str(&self.details).ok()?;
        path.iter().try_fold(&details, |json, key| json.get(key))?.as_str().map(str::to_owned)
    }
}

const COLUMNS: &str = "record_type, direction, record_id, outcome, reason, details, requests, run, at";

fn settled(row: &Row<'_>) -> rusqlite::Result<Settled> {
    let outcome: String = row.get(3)?;
    let outcome = Outcome::by_name(&outcome).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(
            3,
            rusqlite::types::Type::Text,
            format!("unknown outcome `{outcome}`").into(),
        )
    })?;
    Ok(Settled {
        record_type: row.get(0)?,
        direction: row.get(1)?,
        record_id: row.get(2)?,
        outcome,
        reason: row.get(4)?,
        details: row.get(5)?,
        requests: row.get(6)?,
        run: row.get(7)?,
        waits_for: Vec::new(),
        at: row.get(8)?,
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
                let key = [&it.record_type, &it.direction, &it.record_id];
                transaction
                    .prepare_cached(&format!(
                        "INSERT OR REPLACE INTO outcomes ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
                    ))?
                    .execute(params![
                        it.record_type,
                        it.direction,
                        it.record_id,
                        it.outcome.name(),
                        it.reason,
                        it.details,
                        it.requests,
                        it.run,
                        at
                    ])?;
                transaction
                    .prepare_cached("DELETE FROM parked WHERE record_type = ?1 AND direction = ?2 AND record_id = ?3")?
                    .execute(key)?;
                for wait in &it.waits_for {
                    transaction
                        .prepare_cached("INSERT OR IGNORE INTO parked VALUES (?1, ?2, ?3, ?4, ?5)")?
                        .execute([key[0], key[1], key[2], &wait.record_type, &wait.id])?;
                }
            }
            Ok(())
        })?;
        self.step(Step::OutcomeSaved);
        Ok(())
    }

    /// The last transfer of a record.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn settled(&self, record_type: &str, direction: &str, record_id: &str) -> Result<Option<Settled>, StateError> {
        let sql =
            format!("SELECT {COLUMNS} FROM outcomes WHERE record_type = ?1 AND direction = ?2 AND record_id = ?3");
        let found = self
            .connection()
            .prepare_cached(&sql)?
            .query_row([record_type, direction, record_id], settled)
            .optional()?;
        found.map(|it| self.with_waits(it)).transpose()
    }

    /// All records whose last transfer ended so, in the order of their keys.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn settled_as(&self, outcome: Outcome) -> Result<Vec<Settled>, StateError> {
        let sql =
            format!("SELECT {COLUMNS} FROM outcomes WHERE outcome = ?1 ORDER BY record_type, direction, record_id");
        self.several(&sql, &[&outcome.name()])
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

    /// Forgets how transfers of records ended, by type, direction and id; how many were known. What stands in the journal
    /// stays: it is looked up all the same before such a record is made again.
    ///
    /// # Errors
    /// See [`StateError`].
    pub fn forget(&self, records: &[(&str, &str, &str)]) -> Result<usize, StateError> {
        self.write(|transaction| {
            let mut forgotten = 0;
            for (record_type, direction, id) in records {
                for table in ["parked", "outcomes"] {
                    forgotten = transaction
                        .prepare_cached(&format!(
                            "DELETE FROM {table} WHERE record_type = ?1 AND direction = ?2 AND record_id = ?3"
                        ))?
                        .execute([record_type, direction, id])
                        .map(|n| if table == "outcomes" { forgotten + n } else { forgotten })?;
                }
            }
            Ok(forgotten)
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
            let mut query = connection.prepare_cached(
                "SELECT waits_for_type, waits_for_id FROM parked WHERE record_type = ?1 AND direction = ?2 AND record_id = ?3
                 ORDER BY 1, 2",
            )?;
            it.waits_for = query
                .query_map([&it.record_type, &it.direction, &it.record_id], |row| {
                    Ok(Parked { record_type: row.get(0)?, id: row.get(1)? })
                })?
                .collect::<rusqlite::Result<_>>()?;
        }
        Ok(it)
    }
}
