//! How much of the file a run takes.

use rusqlite::Connection;

use super::schema;
use crate::store::StoreError;

/// The bytes of what was logged, as it is kept: packed, or still in the journal. Only lengths are read, and no content.
pub(super) fn stored_bytes(db: &Connection, run: i64) -> Result<u64, StoreError> {
    let sum = "select (select coalesce(sum(length(head) + length(body)), 0) from chunk where run = ?1)
                    + (select coalesce(sum(length(head) + length(body)), 0) from rest where run = ?1)
                    + (select coalesce(sum(length(body)), 0) from journal where run = ?1)";
    db.prepare_cached(sum)
        .and_then(|mut sum| sum.query_row([run], |row| row.get::<_, i64>(0)))
        .map(i64::cast_unsigned)
        .map_err(|error| schema::error(&error))
}
