//! Members of staff and their failed sign-ins.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::access::StaffRole;
use crate::id::{OrganisationId, SessionId, StaffId};

/// Rows removed in one statement, so that it holds nobody up.
const PURGE_BATCH: i64 = 1_000;

/// A member of staff.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Staff {
    /// Its id.
    pub id: StaffId,
    /// Its e-mail address (lower case).
    pub email: String,
    /// Its name for people.
    pub name: String,
    /// argon2id, as a PHC string.
    pub password_hash: String,
    /// The time from which it is disabled, if it is.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// A member of staff as it is listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct StaffEntry {
    /// Its e-mail address.
    pub email: String,
    /// Its name for people.
    pub name: String,
    /// The time from which it is disabled, if it is.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Sessions that can still be refreshed.
    pub sessions: i64,
}

/// The locks that a sign-in may run into.
#[derive(Debug, Clone, Copy)]
pub struct SignInLock<'a> {
    /// The keyed hash of the account in this network.
    pub here: &'a [u8],
    /// The keyed hash of the account in any network.
    pub anywhere: &'a [u8],
    /// The account's e-mail (lower case).
    pub email: &'a str,
    /// The keyed hash of the network.
    pub network_hash: &'a [u8],
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

/// Stores a new member of staff, or replaces name and password of the one with this e-mail (lower case), which ends all
/// its sessions.
pub async fn upsert(
    tx: &mut Transaction,
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
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(StaffId::new()).bind(email).bind(name).bind(password_hash).bind(now).execute(t).await.map(drop))?;
    end_sessions(tx, email, now).await?;
    Ok(())
}

/// The member of staff with this e-mail (lower case).
pub async fn find_by_email(database: &Database, email: &str) -> sqlx::Result<Option<Staff>> {
    let statement = sql!(
        "find_staff_by_email",
        "SELECT id, email, name, password_hash, disabled_at FROM staff WHERE email = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(email).fetch_optional(p).await)
}

/// The member of staff with this id.
pub async fn find(database: &Database, id: StaffId) -> sqlx::Result<Option<Staff>> {
    let statement = sql!(
        "find_staff",
        "SELECT id, email, name, password_hash, disabled_at FROM staff WHERE id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(id).fetch_optional(p).await)
}

/// Whether a member of staff is active and its session has not been ended.
pub async fn is_active(
    database: &Database,
    id: StaffId,
    session_id: SessionId,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_active_staff",
        "SELECT 1 FROM staff m JOIN session s ON s.id = $2 AND s.subject_id = m.id AND s.role = 'STAFF'
        WHERE m.id = $1 AND m.disabled_at IS NULL AND s.revoked_at IS NULL"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(session_id).fetch_optional(p).await.map(|row| row.is_some()))
}

/// Whether a sign-in is locked at `now`. The lock of the whole account does not hold in networks that it has signed in
/// from: anybody can cause it.
pub async fn is_locked(
    database: &Database,
    lock: SignInLock<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_sign_in_lock",
        "SELECT 1 FROM sign_in_failure WHERE key_hash IN ($1, $2) AND locked_until > $3 AND (
            key_hash = $1 OR NOT EXISTS (SELECT 1 FROM staff_network n JOIN staff m ON m.id = n.staff_id
                WHERE m.email = $4 AND n.network_hash = $5)) LIMIT 1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(lock.here).bind(lock.anywhere).bind(now).bind(lock.email).bind(lock.network_hash)
        .fetch_optional(p).await.map(|row| row.is_some()))
}

/// Remembers a network that a member of staff has signed in from.
pub async fn remember_network(
    database: &Database,
    id: StaffId,
    network_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "remember_staff_network",
        "INSERT INTO staff_network (staff_id, network_hash, last_at) VALUES ($1, $2, $3)
        ON CONFLICT (staff_id, network_hash) DO UPDATE SET last_at = excluded.last_at"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(network_hash).bind(now).execute(p).await.map(drop))
}

/// Forgets networks that no member of staff has signed in from since `before`.
pub async fn purge_networks(database: &Database, before: DateTime<Utc>) -> sqlx::Result<()> {
    let statement = sql!(
        "purge_staff_networks",
        "DELETE FROM staff_network WHERE last_at < $1"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(before).execute(p).await.map(drop))
}

/// All members of staff by their e-mail.
pub(crate) async fn list(database: &Database, now: DateTime<Utc>) -> sqlx::Result<Vec<StaffEntry>> {
    let statement = sql!(
        "list_staff",
        "SELECT m.email, m.name, m.disabled_at, (SELECT count(*) FROM session s
            WHERE s.subject_id = m.id AND s.role = 'STAFF' AND s.revoked_at IS NULL AND EXISTS (
                SELECT 1 FROM refresh_token r WHERE r.session_id = s.id AND r.expires_at > $1)) AS sessions
        FROM staff m ORDER BY m.email"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(now).fetch_all(p).await)
}

/// Disables an account and ends all its sessions, or lets it sign in again.
pub async fn set_disabled(
    tx: &mut Transaction,
    email: &str,
    disabled_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "disable_staff",
        "UPDATE staff SET disabled_at = $2 WHERE email = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(email).bind(disabled_at).execute(t).await.map(drop))?;
    if let Some(now) = disabled_at {
        end_sessions(tx, email, now).await?;
    }
    Ok(())
}

/// Gives an account a new password and ends all its sessions.
pub async fn update_password(
    tx: &mut Transaction,
    email: &str,
    password_hash: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "update_staff_password",
        "UPDATE staff SET password_hash = $2 WHERE email = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(email).bind(password_hash).execute(t).await.map(drop))?;
    end_sessions(tx, email, now).await?;
    Ok(())
}

/// Stores a new account; whether its e-mail address (lower case) was free.
pub async fn insert(
    tx: &mut Transaction,
    id: StaffId,
    email: &str,
    name: &str,
    password_hash: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "insert_staff",
        "INSERT INTO staff (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (email) DO NOTHING"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).bind(email).bind(name).bind(password_hash).bind(now)
        .execute(t).await.map(|done| done.rows_affected() == 1))
}

/// The account with this e-mail address (lower case), in a transaction.
pub async fn find_id(tx: &mut Transaction, email: &str) -> sqlx::Result<Option<StaffId>> {
    let statement = sql!("find_staff_id", "SELECT id FROM staff WHERE email = $1");
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text).bind(email).fetch_optional(t).await)
}

/// The name of an account, in a transaction.
pub async fn find_name(tx: &mut Transaction, id: StaffId) -> sqlx::Result<Option<String>> {
    let statement = sql!("find_staff_name", "SELECT name FROM staff WHERE id = $1");
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text).bind(id).fetch_optional(t).await)
}

/// Whether the account with this e-mail address (lower case) is a member of an organisation.
pub async fn is_member(
    tx: &mut Transaction,
    id: OrganisationId,
    email: &str,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_member_by_email",
        "SELECT 1 FROM membership m JOIN staff s ON s.id = m.staff_id WHERE m.organisation_id = $1 AND s.email = $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).bind(email).fetch_optional(t).await.map(|row| row.is_some()))
}

/// The organisations of a member of staff with its role in each.
pub async fn list_roles(
    tx: &mut Transaction,
    id: StaffId,
) -> sqlx::Result<Vec<(OrganisationId, StaffRole)>> {
    let statement = sql!(
        "list_roles",
        "SELECT organisation_id, role FROM membership WHERE staff_id = $1 ORDER BY organisation_id"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_all(t).await)
}

/// Ends all sessions of an account; returns how many there were.
pub async fn end_sessions(
    tx: &mut Transaction,
    email: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let statement = sql!(
        "revoke_sessions_of_staff",
        "UPDATE session SET revoked_at = $2 WHERE revoked_at IS NULL AND role = 'STAFF'
            AND subject_id = (SELECT id FROM staff WHERE email = $1)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(email).bind(now).execute(t).await.map(|done| done.rows_affected()))
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

/// Removes up to [`PURGE_BATCH`] failures whose last one is before `before`; returns whether there may be more.
pub async fn purge_expired_failures(
    database: &Database,
    before: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "purge_sign_in_failures",
        "DELETE FROM sign_in_failure WHERE key_hash IN (
            SELECT key_hash FROM sign_in_failure WHERE last_at < $1 LIMIT $2)"
    );
    let purged = on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(before).bind(PURGE_BATCH).execute(p).await.map(|done| done.rows_affected()))?;
    Ok(i64::try_from(purged) == Ok(PURGE_BATCH))
}
