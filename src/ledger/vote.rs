//! Votes: the batch statements of the writer, and what readers ask of them.

use std::collections::HashSet;

use sqlx::{PgConnection, SqliteConnection};
use uuid::Uuid;

use super::dialect::{
    EXISTING_VOTES, Ids, PackedRows, STORE_VOTES_POSTGRES, STORE_VOTES_SQLITE,
    STORE_VOTES_UNCONTESTED_POSTGRES, with_ids,
};
use super::{Database, Pool, on_pool};
use crate::domain::vote::{Vote, VoteRequest};
use crate::id::{CampaignId, NomineeId, ScopeId, VoteId, VoterId};

/// A vote of a batch with the hashes that are stored beside it.
#[derive(Debug)]
pub(crate) struct NewVote<'a> {
    pub vote: Vote,
    pub network_hash: Option<&'a [u8; 16]>,
    pub device_hash: Option<&'a [u8; 16]>,
}

/// Reads what is known of the voters of `casts`: see [`EXISTING_VOTES`].
pub(crate) async fn list_existing(
    database: &Database,
    casts: &[&VoteRequest],
) -> sqlx::Result<Vec<Vote>> {
    match database.read() {
        Pool::Postgres(pool) => {
            let mut connection = pool.acquire().await?;
            list_existing_postgres(&mut connection, casts).await
        }
        Pool::Sqlite(pool) => {
            let mut connection = pool.acquire().await?;
            list_existing_sqlite(&mut connection, casts).await
        }
    }
}

/// [`list_existing`] on this connection.
pub(crate) async fn list_existing_postgres(
    connection: &mut PgConnection,
    casts: &[&VoteRequest],
) -> sqlx::Result<Vec<Vote>> {
    bind_existing(sqlx::query_as(EXISTING_VOTES.postgres), casts)
        .fetch_all(connection)
        .await
}

/// [`list_existing`] on this connection, within its transaction.
pub(crate) async fn list_existing_sqlite(
    connection: &mut SqliteConnection,
    casts: &[&VoteRequest],
) -> sqlx::Result<Vec<Vote>> {
    sqlx::query_as(EXISTING_VOTES.sqlite)
        .bind(existing_rows(casts))
        .fetch_all(connection)
        .await
}

type PgBallots<'q> = sqlx::query::QueryAs<'q, sqlx::Postgres, Vote, sqlx::postgres::PgArguments>;

fn bind_existing<'q>(query: PgBallots<'q>, casts: &[&VoteRequest]) -> PgBallots<'q> {
    query
        .bind(casts.iter().map(|c| c.campaign_id.0).collect::<Vec<Uuid>>())
        .bind(casts.iter().map(|c| c.voter_id.0).collect::<Vec<Uuid>>())
        .bind(casts.iter().map(|c| c.period).collect::<Vec<i64>>())
        .bind(
            casts
                .iter()
                .map(|c| c.idempotency_key)
                .collect::<Vec<Option<Uuid>>>(),
        )
}

fn existing_rows(casts: &[&VoteRequest]) -> Vec<u8> {
    let mut rows = PackedRows::default();
    for cast in casts {
        rows.id(cast.campaign_id.0);
        rows.id(cast.voter_id.0);
        rows.number(cast.period);
        rows.optional(cast.idempotency_key.as_ref().map(Uuid::as_bytes));
    }
    rows.0
}

/// Whether other processes may have taken the keys of votes since they were decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConflictMode {
    /// Those whose keys are taken are left out.
    Expected,
    /// A key that is taken is an error, and nothing is stored.
    Unexpected,
}

/// Stores `votes`, which are in the order of their keys, and moves the tallies; returns the ids that were stored.
/// One statement, so that it needs no transaction around it.
pub(crate) async fn store_postgres(
    connection: &mut PgConnection,
    votes: &[NewVote<'_>],
    conflict_mode: ConflictMode,
) -> sqlx::Result<HashSet<VoteId>> {
    let column = |of: fn(&Vote) -> Uuid| votes.iter().map(|b| of(&b.vote)).collect::<Vec<Uuid>>();
    let statement = match conflict_mode {
        ConflictMode::Expected => STORE_VOTES_POSTGRES,
        ConflictMode::Unexpected => STORE_VOTES_UNCONTESTED_POSTGRES,
    };
    let stored: Vec<VoteId> = sqlx::query_scalar(statement)
        .bind(column(|b| b.campaign_id.0))
        .bind(column(|b| b.scope_id.0))
        .bind(column(|b| b.voter_id.0))
        .bind(votes.iter().map(|b| b.vote.period).collect::<Vec<i64>>())
        .bind(votes.iter().map(|b| b.vote.slot).collect::<Vec<i64>>())
        .bind(column(|b| b.nominee_id.0))
        .bind(column(|b| b.id.0))
        .bind(
            votes
                .iter()
                .map(|b| b.vote.idempotency_key)
                .collect::<Vec<Option<Uuid>>>(),
        )
        .bind(votes.iter().map(|b| b.vote.cast_at).collect::<Vec<_>>())
        .bind(votes.iter().map(|b| b.vote.is_first).collect::<Vec<bool>>())
        .bind(votes.iter().map(|b| b.network_hash).collect::<Vec<_>>())
        .bind(votes.iter().map(|b| b.device_hash).collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
    Ok(stored.into_iter().collect())
}

/// The same on SQLite, within the transaction in which the decision was made: nobody else writes, so all are stored.
pub(crate) async fn store_sqlite(
    connection: &mut SqliteConnection,
    votes: &[NewVote<'_>],
) -> sqlx::Result<()> {
    let mut rows = PackedRows::default();
    for NewVote {
        vote,
        network_hash,
        device_hash,
    } in votes
    {
        rows.id(vote.campaign_id.0);
        rows.id(vote.scope_id.0);
        rows.id(vote.voter_id.0);
        rows.number(vote.period);
        rows.number(vote.slot);
        rows.id(vote.nominee_id.0);
        rows.id(vote.id.0);
        rows.optional(vote.idempotency_key.as_ref().map(Uuid::as_bytes));
        rows.time(vote.cast_at);
        rows.number(i64::from(vote.is_first));
        rows.optional(*network_hash);
        rows.optional(*device_hash);
    }
    let PackedRows(rows) = rows;
    for statement in STORE_VOTES_SQLITE {
        sqlx::query(statement)
            .bind(&rows)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Whom the voter has voted for in `period` of a campaign.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_voted_nominees(
    database: &Database,
    voter_id: VoterId,
    campaign_id: CampaignId,
    period: i64,
) -> sqlx::Result<HashSet<NomineeId>> {
    let nominees: Vec<NomineeId> = on_pool!(database.read(), p => sqlx::query_scalar(
        "SELECT nominee_id FROM vote WHERE campaign_id = $1 AND voter_id = $2 AND period = $3")
        .bind(campaign_id).bind(voter_id).bind(period).fetch_all(p).await)?;
    Ok(nominees.into_iter().collect())
}

/// Votes used by the voter in `period`, by scope; scopes without votes are left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_used(
    database: &Database,
    voter_id: VoterId,
    campaign_id: CampaignId,
    period: i64,
) -> sqlx::Result<Vec<(ScopeId, i64)>> {
    on_pool!(database.read(), p => sqlx::query_as(
        "SELECT scope_id, COUNT(*) FROM vote WHERE campaign_id = $1 AND voter_id = $2 AND period = $3
        GROUP BY scope_id")
        .bind(campaign_id).bind(voter_id).bind(period).fetch_all(p).await)
}

/// Those of a voter's own votes of a campaign that have these ids.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_by_ids(
    database: &Database,
    campaign_id: CampaignId,
    voter_id: VoterId,
    ids: Vec<Uuid>,
) -> sqlx::Result<Vec<Vote>> {
    let statement = with_ids!(
        "SELECT campaign_id, voter_id, scope_id, period, slot, nominee_id, id, idempotency_key, cast_at, is_first
        FROM vote WHERE id",
        "AND campaign_id = $2 AND voter_id = $3"
    );
    let pool = database.read();
    on_pool!(pool, p => sqlx::query_as(statement.of(pool))
        .bind(Ids(ids.clone())).bind(campaign_id).bind(voter_id).fetch_all(p).await)
}
