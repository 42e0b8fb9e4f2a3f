//! From the first version of the schema, in which record type, direction and id were the key of an outcome, and an order
//! and a refund with one number shared it.

use rusqlite::{Connection, TransactionBehavior};

use super::store::StateError;

/// A collection that an outcome does not name gets a name by its type and direction. Rows of collections that run after others had
/// their collection's name behind the id.
const MOVE: &str = "
INSERT INTO journal (entry, collection, record_id, after_collection, after_id, record_type, direction, row, request, opened_at)
    SELECT entry, collection, record_id, '', '', record_type, direction, natural_key, request, opened_at FROM first_journal;
CREATE TEMP TABLE moved AS
    SELECT record_type, direction, record_id AS old_id,
        coalesce(named, '(' || record_type || ' ' || direction || ')') AS collection,
        CASE WHEN named IS NOT NULL AND substr(record_id, -length(suffix)) = suffix
            THEN substr(record_id, 1, length(record_id) - length(suffix)) ELSE record_id END AS record_id,
        after_collection, after_id, outcome, reason, requests, run, at
    FROM (
        SELECT *, ' (`' || named || '`)' AS suffix FROM (
            SELECT *,
                CASE WHEN json_valid(details) THEN json_extract(details, '$.collection') END AS named,
                coalesce(CASE WHEN json_valid(details) THEN json_extract(details, '$.after.collection') END, '') AS after_collection,
                coalesce(CASE WHEN json_valid(details) THEN json_extract(details, '$.after.id') END, '') AS after_id
            FROM first_outcomes
        )
    );
INSERT OR REPLACE INTO outcomes
    SELECT collection, record_id, after_collection, after_id, record_type, direction, outcome, reason, '{}', requests, run, at
    FROM moved ORDER BY at;
INSERT OR IGNORE INTO parked
    SELECT moved.collection, moved.record_id, after_collection, after_id, waits_for_type, waits_for_id
    FROM first_parked JOIN moved ON moved.record_type = first_parked.record_type
        AND moved.direction = first_parked.direction AND moved.old_id = first_parked.record_id;
DROP TABLE moved;
DROP TABLE first_journal; DROP TABLE first_outcomes; DROP TABLE first_parked;
";

const ASIDE: &str = "
DROP INDEX outcomes_by_outcome; DROP INDEX parked_waits;
ALTER TABLE journal RENAME TO first_journal;
ALTER TABLE outcomes RENAME TO first_outcomes;
ALTER TABLE parked RENAME TO first_parked;
";

/// Turns a database of the first version into one of this version, whole or not at all.
pub(super) fn from_first(connection: &mut Connection, tables: &str, version: i64) -> Result<(), StateError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(ASIDE)?;
    transaction.execute_batch(tables)?;
    transaction.execute_batch(MOVE)?;
    transaction.execute_batch(&format!("PRAGMA user_version = {version};"))?;
    transaction.commit()?;
    Ok(())
}
