//! Members of staff and their failed sign-ins.

use chrono::{DateTime, Utc};

use super::{Database, on_pool};
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
    /// When it was disabled, if it was.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// Stores a new member of staff, or replaces name and password of the one with this e-mail (lower case).
///
/// # Errors
/// When the database is away.
pub async fn upsert(
    database: &Database,
    email: &str,
    name: &str,
    password_hash: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    on_pool!(database.write(), p => sqlx::query(
        "INSERT INTO staff (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (email) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash")
        .bind(StaffId::new()).bind(email).bind(name).bind(password_hash).bind(now).execute(p).await.map(drop))
}

/// The member of staff with this e-mail (lower case).
///
/// # Errors
/// When the database is away.
pub async fn find_by_email(database: &Database, email: &str) -> sqlx::Result<Option<Staff>> {
    on_pool!(database.read(), p => sqlx::query_as(
        "SELECT id, name, password_hash, disabled_at FROM staff WHERE email = $1")
        .bind(email).fetch_optional(p).await)
}

/// The member of staff with this id.
///
/// # Errors
/// When the database is away.
pub async fn find(database: &Database, id: StaffId) -> sqlx::Result<Option<Staff>> {
    on_pool!(database.read(), p => sqlx::query_as(
        "SELECT id, name, password_hash, disabled_at FROM staff WHERE id = $1").bind(id).fetch_optional(p).await)
}

/// Until when the account of this keyed hash is locked, if it is at `now`.
///
/// # Errors
/// When the database is away.
pub async fn find_lock(
    database: &Database,
    key_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    on_pool!(database.read(), p => sqlx::query_scalar(
        "SELECT locked_until FROM sign_in_failure WHERE key_hash = $1 AND locked_until > $2")
        .bind(key_hash).bind(now).fetch_optional(p).await)
}

/// Counts a failed sign-in; failures before `forget_before` count no more. From `failures_max` on, and with each
/// further one, the account is locked until `locked_until`.
///
/// # Errors
/// When the database is away.
pub async fn record_failure(
    database: &Database,
    key_hash: &[u8],
    failures_max: i64,
    forget_before: DateTime<Utc>,
    locked_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    on_pool!(database.write(), p => sqlx::query(
        "INSERT INTO sign_in_failure (key_hash, failures, last_at) VALUES ($1, 1, $5)
        ON CONFLICT (key_hash) DO UPDATE SET
            failures = CASE WHEN sign_in_failure.last_at < $3 THEN 1 ELSE sign_in_failure.failures + 1 END,
            locked_until = CASE WHEN sign_in_failure.last_at >= $3 AND sign_in_failure.failures + 1 >= $2 THEN $4 END,
            last_at = $5")
        .bind(key_hash).bind(failures_max).bind(forget_before).bind(locked_until).bind(now)
        .execute(p).await.map(drop))
}

/// Forgets the failures of an account, after a good sign-in.
///
/// # Errors
/// When the database is away.
pub async fn clear_failures(database: &Database, key_hash: &[u8]) -> sqlx::Result<()> {
    on_pool!(database.write(), p => sqlx::query("DELETE FROM sign_in_failure WHERE key_hash = $1")
        .bind(key_hash).execute(p).await.map(drop))
}

/// Forgets failures whose last one is before `before`.
///
/// # Errors
/// When the database is away.
pub async fn forget_old_failures(database: &Database, before: DateTime<Utc>) -> sqlx::Result<()> {
    on_pool!(database.write(), p => sqlx::query("DELETE FROM sign_in_failure WHERE last_at < $1")
        .bind(before).execute(p).await.map(drop))
}
