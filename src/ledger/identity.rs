//! Voters, sessions and refresh tokens. Everything that names a person or opens a door is stored as a hash.

use chrono::{DateTime, Utc};

use super::dialect::{Ids, with_ids};
use super::{Database, in_tx, on_pool};

/// Tokens removed in one statement, so that it holds nobody up.
const FORGET_BATCH: i64 = 1_000;

use crate::id::{SessionId, VoterId};
use uuid::Uuid;

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SessionRole {
    /// A voter's.
    Voter,
    /// A member of staff's.
    Staff,
}

/// A sign-in and the refresh tokens that descend from it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The voter or member of staff.
    pub subject_id: Uuid,
    /// Which of the two.
    pub role: SessionRole,
    /// Whether the voter is a guest.
    pub is_guest: bool,
    /// When it was ended, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A refresh token as it is stored, with its session.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredToken {
    /// When it expires.
    pub expires_at: DateTime<Utc>,
    /// When it was exchanged, if it was.
    pub used_at: Option<DateTime<Utc>>,
    /// Its session.
    #[sqlx(flatten)]
    pub session: Session,
}

/// Finds the voter of this keyed hash, or makes one.
///
/// # Errors
/// When the database is away.
pub async fn find_or_insert_voter(
    database: &Database,
    identity_hash: &[u8],
    is_guest: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<VoterId> {
    let find = || async {
        on_pool!(database.read(), p => sqlx::query_scalar("SELECT id FROM voter WHERE identity_hash = $1")
            .bind(identity_hash).fetch_optional(p).await)
    };
    if let Some(id) = find().await? {
        return Ok(id);
    }
    let id = VoterId::new();
    let inserted: Option<VoterId> = on_pool!(database.write(), p => sqlx::query_scalar(
        "INSERT INTO voter (id, identity_hash, is_guest, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (identity_hash) DO NOTHING RETURNING id")
        .bind(id).bind(identity_hash).bind(is_guest).bind(now).fetch_optional(p).await)?;
    match inserted {
        Some(id) => Ok(id),
        // Somebody was faster.
        None => find().await?.ok_or(sqlx::Error::RowNotFound),
    }
}

/// Stores a new session with its first refresh token.
///
/// # Errors
/// When the database is away.
pub async fn insert_session(
    database: &Database,
    session: &Session,
    token_hash: &[u8],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut tx = database.begin().await?;
    in_tx!(&mut tx, t => sqlx::query(
        "INSERT INTO session (id, subject_id, role, is_guest, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(session.id).bind(session.subject_id).bind(session.role).bind(session.is_guest).bind(now)
        .execute(&mut **t).await.map(drop))?;
    in_tx!(&mut tx, t => sqlx::query(
        "INSERT INTO refresh_token (token_hash, session_id, expires_at) VALUES ($1, $2, $3)")
        .bind(token_hash).bind(session.id).bind(expires_at).execute(&mut **t).await.map(drop))?;
    tx.commit().await
}

/// The refresh token of this hash.
///
/// # Errors
/// When the database is away.
pub async fn find_token(
    database: &Database,
    token_hash: &[u8],
) -> sqlx::Result<Option<StoredToken>> {
    on_pool!(database.read(), p => sqlx::query_as(
        "SELECT r.expires_at, r.used_at, s.id, s.subject_id, s.role, s.is_guest, s.revoked_at
        FROM refresh_token r JOIN session s ON s.id = r.session_id WHERE r.token_hash = $1")
        .bind(token_hash).fetch_optional(p).await)
}

/// Marks a token as used and stores its successor, unless the session has been revoked. Of several at once each gets
/// its own successor; `used_at` is that of the first. Returns whether the successor was stored.
///
/// # Errors
/// When the database is away.
pub async fn rotate_token(
    database: &Database,
    token_hash: &[u8],
    session_id: SessionId,
    successor_hash: &[u8],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let mut tx = database.begin().await?;
    in_tx!(&mut tx, t => sqlx::query(
        "UPDATE refresh_token SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL")
        .bind(token_hash).bind(now).execute(&mut **t).await.map(drop))?;
    let stored = in_tx!(&mut tx, t => sqlx::query(
        "INSERT INTO refresh_token (token_hash, session_id, expires_at)
        SELECT $1, id, $3 FROM session WHERE id = $2 AND revoked_at IS NULL")
        .bind(successor_hash).bind(session_id).bind(expires_at)
        .execute(&mut **t).await.map(|done| done.rows_affected() == 1))?;
    tx.commit().await?;
    Ok(stored)
}

/// Ends a session: none of its refresh tokens is good any more.
///
/// # Errors
/// When the database is away.
pub async fn revoke_session(
    database: &Database,
    id: SessionId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    on_pool!(database.write(), p => sqlx::query("UPDATE session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id).bind(now).execute(p).await.map(drop))
}

/// Removes up to [`FORGET_BATCH`] tokens that expired before `before`, and the sessions that have none left then; returns
/// whether there may be more.
///
/// # Errors
/// When the database is away.
pub async fn forget_expired(database: &Database, before: DateTime<Utc>) -> sqlx::Result<bool> {
    let sessions: Vec<Uuid> = on_pool!(database.write(), p => sqlx::query_scalar(
        "DELETE FROM refresh_token WHERE token_hash IN (
            SELECT token_hash FROM refresh_token WHERE expires_at < $1 LIMIT $2) RETURNING session_id")
        .bind(before).bind(FORGET_BATCH).fetch_all(p).await)?;
    let count = sessions.len();
    let statement = with_ids!(
        "DELETE FROM session WHERE id",
        "AND NOT EXISTS (SELECT 1 FROM refresh_token r WHERE r.session_id = session.id)"
    );
    let pool = database.write();
    on_pool!(pool, p => sqlx::query(statement.of(pool)).bind(Ids(sessions.clone())).execute(p).await.map(drop))?;
    Ok(i64::try_from(count) == Ok(FORGET_BATCH))
}
