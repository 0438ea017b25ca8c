//! Codes that hand a voter who has signed in over to another program of its own: good once, for seconds.

use chrono::{DateTime, Utc};

use super::{Database, on_pool, sql};
use crate::id::VoterId;

/// Rows removed in one statement, so that it holds nobody up.
const PURGE_BATCH: i64 = 1_000;

/// Stores the hash of a code.
pub async fn insert(
    database: &Database,
    code_hash: &[u8],
    voter: VoterId,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "insert_hand_over",
        "INSERT INTO hand_over (code_hash, voter_id, expires_at) VALUES ($1, $2, $3)"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(code_hash).bind(voter).bind(expires_at).execute(p).await.map(drop))
}

/// The voter of a code that is good, which it is no more afterwards.
pub async fn take(
    database: &Database,
    code_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<VoterId>> {
    let statement = sql!(
        "take_hand_over",
        "DELETE FROM hand_over WHERE code_hash = $1 AND expires_at > $2 RETURNING voter_id"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query_scalar(text)
        .bind(code_hash).bind(now).fetch_optional(p).await)
}

/// Removes some of the codes that nobody took; whether there may be more.
pub async fn purge_expired(database: &Database, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let statement = sql!(
        "purge_hand_overs",
        "DELETE FROM hand_over WHERE code_hash IN (
            SELECT code_hash FROM hand_over WHERE expires_at <= $1 LIMIT $2)"
    );
    let purged = on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(now).bind(PURGE_BATCH).execute(p).await.map(|done| done.rows_affected()))?;
    Ok(i64::try_from(purged) == Ok(PURGE_BATCH))
}
