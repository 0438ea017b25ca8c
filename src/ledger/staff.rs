//! Members of staff and their failed sign-ins.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Database, on_pool, sql};
use crate::id::StaffId;

/// A member of staff.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Staff {
    /// Its id.
    pub id: StaffId,
    /// Its name for people.
    pub name: String,
    /// argon2id, as a PHC string.
    pub password_hash: String,
    /// The time from which it is disabled, if it is.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// A failed sign-in that is to be counted.
#[derive(Debug, Clone, Copy)]
pub struct SignInFailure<'a> {
    /// The keyed hash that failures are counted by: an account, or an account and a network.
    pub key_hash: &'a [u8],
    /// Failures from which on the key is locked.
    pub failures_max: i64,
    /// The time for which failures count, and for which the lock holds.
    pub lock_time: TimeDelta,
}

/// Stores a new member of staff, or replaces name and password of the one with this e-mail (lower case).
pub async fn upsert(
    database: &Database,
    email: &str,
    name: &str,
    password_hash: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "upsert_staff",
        "INSERT INTO staff (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (email) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(StaffId::new()).bind(email).bind(name).bind(password_hash).bind(now).execute(p).await.map(drop))
}

/// The member of staff with this e-mail (lower case).
pub async fn find_by_email(database: &Database, email: &str) -> sqlx::Result<Option<Staff>> {
    let statement = sql!(
        "find_staff_by_email",
        "SELECT id, name, password_hash, disabled_at FROM staff WHERE email = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(email).fetch_optional(p).await)
}

/// The member of staff with this id.
pub async fn find(database: &Database, id: StaffId) -> sqlx::Result<Option<Staff>> {
    let statement = sql!(
        "find_staff",
        "SELECT id, name, password_hash, disabled_at FROM staff WHERE id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(id).fetch_optional(p).await)
}

/// The end of the lock of this keyed hash, if it is locked at `now`.
pub async fn find_lock(
    database: &Database,
    key_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    let statement = sql!(
        "find_sign_in_lock",
        "SELECT locked_until FROM sign_in_failure WHERE key_hash = $1 AND locked_until > $2"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text)
        .bind(key_hash).bind(now).fetch_optional(p).await)
}

/// Counts a failed sign-in. From its maximum of failures on, and with each further one, the key is locked.
pub async fn record_failure(
    database: &Database,
    failure: SignInFailure<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "record_sign_in_failure",
        "INSERT INTO sign_in_failure (key_hash, failures, last_at) VALUES ($1, 1, $5)
        ON CONFLICT (key_hash) DO UPDATE SET
            failures = CASE WHEN sign_in_failure.last_at < $3 THEN 1 ELSE sign_in_failure.failures + 1 END,
            locked_until = CASE WHEN sign_in_failure.last_at >= $3 AND sign_in_failure.failures + 1 >= $2 THEN $4 END,
            last_at = $5"
    );
    let counted_from = now - failure.lock_time;
    let locked_until = now + failure.lock_time;
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(failure.key_hash).bind(failure.failures_max).bind(counted_from).bind(locked_until).bind(now)
        .execute(p).await.map(drop))
}

/// Removes the failures of a keyed hash, after a good sign-in.
pub async fn clear_failures(database: &Database, key_hash: &[u8]) -> sqlx::Result<()> {
    let statement = sql!(
        "clear_sign_in_failures",
        "DELETE FROM sign_in_failure WHERE key_hash = $1"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(key_hash).execute(p).await.map(drop))
}

/// Removes failures whose last one is before `before`.
pub async fn purge_expired_failures(
    database: &Database,
    before: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "purge_sign_in_failures",
        "DELETE FROM sign_in_failure WHERE last_at < $1"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(before).execute(p).await.map(drop))
}
