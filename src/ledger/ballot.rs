//! Votes: the batch statements of the writer, and what readers ask of them.

use std::collections::HashSet;

use sqlx::{PgConnection, SqliteConnection};
use uuid::Uuid;

use super::dialect::{
    Ids, KNOWN_BALLOTS, PackedRows, STORE_BALLOTS_POSTGRES, STORE_BALLOTS_SQLITE,
    STORE_BALLOTS_UNCONTESTED_POSTGRES, with_ids,
};
use super::{Database, Pool, on};
use crate::domain::ballot::{Ballot, Cast};
use crate::id::{CampaignId, NomineeId, ScopeId, VoteId, VoterId};

/// A ballot of a batch with the hashes that are stored beside it.
#[derive(Debug)]
pub(crate) struct NewBallot<'a> {
    pub ballot: Ballot,
    pub network_hash: Option<&'a [u8; 16]>,
    pub device_hash: Option<&'a [u8; 16]>,
}

/// Reads what is known of the voters of `casts`: see [`KNOWN_BALLOTS`].
pub(crate) async fn list_known(database: &Database, casts: &[&Cast]) -> sqlx::Result<Vec<Ballot>> {
    match database.read() {
        Pool::Postgres(pool) => {
            let mut connection = pool.acquire().await?;
            list_known_postgres(&mut connection, casts).await
        }
        Pool::Sqlite(pool) => {
            let mut connection = pool.acquire().await?;
            list_known_sqlite(&mut connection, casts).await
        }
    }
}

/// [`list_known`] on this connection.
pub(crate) async fn list_known_postgres(
    connection: &mut PgConnection,
    casts: &[&Cast],
) -> sqlx::Result<Vec<Ballot>> {
    bind_known(sqlx::query_as(KNOWN_BALLOTS.postgres), casts)
        .fetch_all(connection)
        .await
}

/// [`list_known`] on this connection, within its transaction.
pub(crate) async fn list_known_sqlite(
    connection: &mut SqliteConnection,
    casts: &[&Cast],
) -> sqlx::Result<Vec<Ballot>> {
    sqlx::query_as(KNOWN_BALLOTS.sqlite)
        .bind(known_rows(casts))
        .fetch_all(connection)
        .await
}

type PgBallots<'q> = sqlx::query::QueryAs<'q, sqlx::Postgres, Ballot, sqlx::postgres::PgArguments>;

fn bind_known<'q>(query: PgBallots<'q>, casts: &[&Cast]) -> PgBallots<'q> {
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

fn known_rows(casts: &[&Cast]) -> Vec<u8> {
    let mut rows = PackedRows::default();
    for cast in casts {
        rows.id(cast.campaign_id.0);
        rows.id(cast.voter_id.0);
        rows.number(cast.period);
        rows.optional(cast.idempotency_key.as_ref().map(Uuid::as_bytes));
    }
    rows.0
}

/// Whether other processes may have taken the keys of ballots since they were decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Races {
    /// Those whose keys are taken are left out.
    Expected,
    /// A key that is taken is an error, and nothing is stored.
    Unexpected,
}

/// Stores `ballots`, which are in the order of their keys, and moves the tallies; returns the ids that were stored.
/// One statement, so that it needs no transaction around it.
pub(crate) async fn store_postgres(
    connection: &mut PgConnection,
    ballots: &[NewBallot<'_>],
    races: Races,
) -> sqlx::Result<HashSet<VoteId>> {
    let column =
        |of: fn(&Ballot) -> Uuid| ballots.iter().map(|b| of(&b.ballot)).collect::<Vec<Uuid>>();
    let statement = match races {
        Races::Expected => STORE_BALLOTS_POSTGRES,
        Races::Unexpected => STORE_BALLOTS_UNCONTESTED_POSTGRES,
    };
    let stored: Vec<VoteId> = sqlx::query_scalar(statement)
        .bind(column(|b| b.campaign_id.0))
        .bind(column(|b| b.scope_id.0))
        .bind(column(|b| b.voter_id.0))
        .bind(
            ballots
                .iter()
                .map(|b| b.ballot.period)
                .collect::<Vec<i64>>(),
        )
        .bind(ballots.iter().map(|b| b.ballot.slot).collect::<Vec<i64>>())
        .bind(column(|b| b.nominee_id.0))
        .bind(column(|b| b.id.0))
        .bind(
            ballots
                .iter()
                .map(|b| b.ballot.idempotency_key)
                .collect::<Vec<Option<Uuid>>>(),
        )
        .bind(ballots.iter().map(|b| b.ballot.cast_at).collect::<Vec<_>>())
        .bind(
            ballots
                .iter()
                .map(|b| b.ballot.is_first)
                .collect::<Vec<bool>>(),
        )
        .bind(ballots.iter().map(|b| b.network_hash).collect::<Vec<_>>())
        .bind(ballots.iter().map(|b| b.device_hash).collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
    Ok(stored.into_iter().collect())
}

/// The same on SQLite, within the transaction in which the decision was made: nobody else writes, so all are stored.
pub(crate) async fn store_sqlite(
    connection: &mut SqliteConnection,
    ballots: &[NewBallot<'_>],
) -> sqlx::Result<()> {
    let mut rows = PackedRows::default();
    for NewBallot {
        ballot,
        network_hash,
        device_hash,
    } in ballots
    {
        rows.id(ballot.campaign_id.0);
        rows.id(ballot.scope_id.0);
        rows.id(ballot.voter_id.0);
        rows.number(ballot.period);
        rows.number(ballot.slot);
        rows.id(ballot.nominee_id.0);
        rows.id(ballot.id.0);
        rows.optional(ballot.idempotency_key.as_ref().map(Uuid::as_bytes));
        rows.time(ballot.cast_at);
        rows.number(i64::from(ballot.is_first));
        rows.optional(*network_hash);
        rows.optional(*device_hash);
    }
    let PackedRows(rows) = rows;
    for statement in STORE_BALLOTS_SQLITE {
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
    let nominees: Vec<NomineeId> = on!(database.read(), p => sqlx::query_scalar(
        "SELECT nominee_id FROM ballot WHERE campaign_id = $1 AND voter_id = $2 AND period = $3")
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
    on!(database.read(), p => sqlx::query_as(
        "SELECT scope_id, COUNT(*) FROM ballot WHERE campaign_id = $1 AND voter_id = $2 AND period = $3
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
) -> sqlx::Result<Vec<Ballot>> {
    let statement = with_ids!(
        "SELECT campaign_id, voter_id, scope_id, period, slot, nominee_id, id, idempotency_key, cast_at, is_first
        FROM ballot WHERE id",
        "AND campaign_id = $2 AND voter_id = $3"
    );
    let pool = database.read();
    on!(pool, p => sqlx::query_as(statement.of(pool))
        .bind(Ids(ids.clone())).bind(campaign_id).bind(voter_id).fetch_all(p).await)
}
