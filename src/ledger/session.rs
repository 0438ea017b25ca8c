//! Sessions and refresh tokens. What opens a door is stored as a hash.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::rows::Ids;
use super::statement::with_ids;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::id::{SessionId, VoterId};

/// Rows removed in one statement, so that it holds nobody up.
const PURGE_BATCH: i64 = 1_000;
/// The time that used tokens are remembered: longer than they may come back.
const USED_REMEMBERED: TimeDelta = TimeDelta::hours(1);

/// The kind of a session's holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SessionRole {
    /// A voter.
    Voter,
    /// A member of staff.
    Staff,
}

/// A sign-in and the refresh tokens that descend from it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The voter or member of staff; of linked voters the canonical one.
    pub subject_id: Uuid,
    /// The kind of its holder.
    pub role: SessionRole,
    /// Whether the voter signed in as a guest: it is admitted as one, whatever other ways in it has.
    pub is_guest: bool,
    /// The time of its end, if it was ended.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A refresh token as it is stored, with its session.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredToken {
    /// The time of its expiry.
    pub expires_at: DateTime<Utc>,
    /// The time of its exchange, if it was exchanged.
    pub used_at: Option<DateTime<Utc>>,
    /// Whether its successor was exchanged, too.
    pub is_successor_used: bool,
    /// Its session.
    #[sqlx(flatten)]
    pub session: Session,
}

/// A refresh token that is to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// The hash of the token.
    pub hash: &'a [u8],
    /// The time of its expiry.
    pub expires_at: DateTime<Utc>,
}

/// The exchange of a refresh token for its successor.
#[derive(Debug, Clone, Copy)]
pub struct TokenRotation<'a> {
    /// The hash of the token that is used up.
    pub used_hash: &'a [u8],
    /// Its session.
    pub session_id: SessionId,
    /// The token that follows it.
    pub successor: NewToken<'a>,
}

/// Stores a new session with its first refresh token.
pub async fn insert_session(
    database: &Database,
    session: &Session,
    token: NewToken<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut tx = database.begin("begin_session").await?;
    if session.role == SessionRole::Voter {
        lock_voter(&mut tx, session.subject_id).await?;
    }
    let statement = sql!(
        "insert_session",
        "INSERT INTO session (id, subject_id, role, is_guest, created_at) VALUES ($1, $2, $3, $4, $5)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(session.id).bind(session.subject_id).bind(session.role).bind(session.is_guest).bind(now)
        .execute(t).await.map(drop))?;
    let statement = sql!(
        "insert_refresh_token",
        "INSERT INTO refresh_token (token_hash, session_id, expires_at) VALUES ($1, $2, $3)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(token.hash).bind(session.id).bind(token.expires_at).execute(t).await.map(drop))?;
    tx.commit().await
}

/// Keeps a voter from being removed or forgotten while it gets a session; an error where that has just happened.
async fn lock_voter(tx: &mut Transaction, id: Uuid) -> sqlx::Result<()> {
    let statement = sql!(
        "lock_voter",
        postgres: "SELECT 1 FROM voter WHERE id = $1 AND forgotten_at IS NULL FOR KEY SHARE",
        sqlite: "SELECT 1 FROM voter WHERE id = $1 AND forgotten_at IS NULL",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(id).fetch_one(t).await.map(drop))
}

/// The refresh token of this hash; `successor_hash` is the hash of the one that follows it.
pub async fn find_token(
    database: &Database,
    token_hash: &[u8],
    successor_hash: &[u8],
) -> sqlx::Result<Option<StoredToken>> {
    let statement = sql!(
        "find_refresh_token",
        "SELECT r.expires_at, r.used_at, n.used_at IS NOT NULL AS is_successor_used,
            s.id, COALESCE(l.canonical_id, s.subject_id) AS subject_id, s.role, s.is_guest, s.revoked_at
        FROM refresh_token r JOIN session s ON s.id = r.session_id
        LEFT JOIN voter_link l ON l.voter_id = s.subject_id
        LEFT JOIN refresh_token n ON n.token_hash = $2
        WHERE r.token_hash = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(token_hash).bind(successor_hash).fetch_optional(p).await)
}

/// Marks a token as used and stores its successor, unless the session has been revoked. Several at once store the same
/// one; `used_at` is the time of the first. Returns whether the successor is stored.
pub async fn rotate_token(
    database: &Database,
    rotation: TokenRotation<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let mut tx = database.begin("rotate_token").await?;
    let statement = sql!(
        "use_refresh_token",
        "UPDATE refresh_token SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(rotation.used_hash).bind(now).execute(t).await.map(drop))?;
    let statement = sql!(
        "insert_successor_token",
        "INSERT INTO refresh_token (token_hash, session_id, expires_at)
        SELECT $1, id, $3 FROM session WHERE id = $2 AND revoked_at IS NULL
        ON CONFLICT (token_hash) DO UPDATE SET expires_at = excluded.expires_at"
    );
    let successor = rotation.successor;
    let stored = in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(successor.hash).bind(rotation.session_id).bind(successor.expires_at)
        .execute(t).await.map(|done| done.rows_affected() == 1))?;
    tx.commit().await?;
    Ok(stored)
}

/// Ends a session: none of its refresh tokens is good any more. Returns whether it had not been ended before.
pub async fn revoke_session(
    database: &Database,
    id: SessionId,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "revoke_session",
        "UPDATE session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(now).execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Removes up to [`PURGE_BATCH`] tokens that expired before `now`, and the sessions that have none left then; returns
/// whether there may be more.
pub async fn purge_expired(database: &Database, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let statement = sql!(
        "purge_refresh_tokens",
        "DELETE FROM refresh_token WHERE token_hash IN (
            SELECT token_hash FROM refresh_token WHERE expires_at < $1 LIMIT $2) RETURNING session_id"
    );
    let sessions: Vec<Uuid> = on_pool!(database.write(statement), (p, text) => sqlx::query_scalar(text)
        .bind(now).bind(PURGE_BATCH).fetch_all(p).await)?;
    let count = sessions.len();
    let statement = with_ids!(
        "purge_sessions",
        "DELETE FROM session WHERE id",
        "AND NOT EXISTS (SELECT 1 FROM refresh_token r WHERE r.session_id = session.id)"
    );
    let sessions = Ids(sessions);
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(&sessions).execute(p).await.map(drop))?;
    Ok(i64::try_from(count) == Ok(PURGE_BATCH))
}

/// Removes up to [`PURGE_BATCH`] tokens that were used long ago; returns whether there may be more. Their seal still
/// tells that they were ours, and their session that they were used.
pub async fn purge_used(database: &Database, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let statement = sql!(
        "purge_used_refresh_tokens",
        "DELETE FROM refresh_token WHERE token_hash IN (
            SELECT token_hash FROM refresh_token WHERE used_at < $1 LIMIT $2)"
    );
    let purged = on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(now - USED_REMEMBERED).bind(PURGE_BATCH).execute(p).await.map(|done| done.rows_affected()))?;
    Ok(i64::try_from(purged) == Ok(PURGE_BATCH))
}

/// Stores the hash of a code that hands a voter over to another program of its own: good once.
pub async fn insert_hand_over(
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

/// The voter of a hand-over code that is good, which it is no more afterwards.
pub async fn take_hand_over(
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

/// Removes some of the hand-over codes that nobody took; whether there may be more.
pub async fn purge_hand_overs(database: &Database, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let statement = sql!(
        "purge_hand_overs",
        "DELETE FROM hand_over WHERE code_hash IN (
            SELECT code_hash FROM hand_over WHERE expires_at <= $1 LIMIT $2)"
    );
    let purged = on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(now).bind(PURGE_BATCH).execute(p).await.map(|done| done.rows_affected()))?;
    Ok(i64::try_from(purged) == Ok(PURGE_BATCH))
}
