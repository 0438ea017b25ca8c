//! Second factors of members of staff, and their recovery codes.

use chrono::{DateTime, Utc};

use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::id::StaffId;

/// A second factor as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SecondFactor {
    /// The shared secret, sealed.
    pub sealed_secret: Vec<u8>,
    /// The time of its confirmation: it is asked for from then on.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// The second factor of a member of staff, confirmed or not.
pub async fn find(database: &Database, id: StaffId) -> sqlx::Result<Option<SecondFactor>> {
    let statement = sql!(
        "find_second_factor",
        "SELECT sealed_secret, confirmed_at FROM second_factor WHERE staff_id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(id).fetch_optional(p).await)
}

/// Stores a secret that is still to be confirmed, in the place of another such one; whether there was no confirmed one.
pub async fn insert_unconfirmed(
    tx: &mut Transaction,
    id: StaffId,
    sealed_secret: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "insert_second_factor",
        "INSERT INTO second_factor (staff_id, sealed_secret, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (staff_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, created_at = excluded.created_at
        WHERE second_factor.confirmed_at IS NULL"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).bind(sealed_secret).bind(now).execute(t).await.map(|done| done.rows_affected() == 1))
}

/// Confirms a second factor by a code of this step, and stores its recovery codes; whether it was not confirmed yet.
pub async fn confirm(
    tx: &mut Transaction,
    id: StaffId,
    step: i64,
    code_hashes: &[[u8; 32]],
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "confirm_second_factor",
        "UPDATE second_factor SET confirmed_at = $3, last_step = $2 WHERE staff_id = $1 AND confirmed_at IS NULL"
    );
    let is_confirmed = in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).bind(step).bind(now).execute(t).await.map(|done| done.rows_affected() == 1))?;
    if is_confirmed {
        for hash in code_hashes {
            let statement = sql!(
                "insert_recovery_code",
                "INSERT INTO recovery_code (staff_id, code_hash) VALUES ($1, $2)"
            );
            in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
                .bind(id).bind(hash.as_slice()).execute(t).await.map(drop))?;
        }
    }
    Ok(is_confirmed)
}

/// Uses a step of a confirmed second factor up; whether it was not used before, nor a later one.
pub async fn use_step(database: &Database, id: StaffId, step: i64) -> sqlx::Result<bool> {
    let statement = sql!(
        "use_second_factor_step",
        "UPDATE second_factor SET last_step = $2
        WHERE staff_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(step).execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Uses a recovery code up; whether it is one, and was not used before.
pub async fn use_recovery_code(
    database: &Database,
    id: StaffId,
    code_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "use_recovery_code",
        "UPDATE recovery_code SET used_at = $3 WHERE staff_id = $1 AND code_hash = $2 AND used_at IS NULL"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(code_hash).bind(now).execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Removes the second factor of a member of staff with its recovery codes; whether there was one.
pub async fn remove(tx: &mut Transaction, id: StaffId) -> sqlx::Result<bool> {
    let statement = sql!(
        "remove_recovery_codes",
        "DELETE FROM recovery_code WHERE staff_id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(id).execute(t).await.map(drop))?;
    let statement = sql!(
        "remove_second_factor",
        "DELETE FROM second_factor WHERE staff_id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).execute(t).await.map(|done| done.rows_affected() == 1))
}
