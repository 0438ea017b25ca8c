//! Votes: the batch statements of the writer, and what readers ask of them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, SqliteConnection};
use uuid::Uuid;

use super::dialect::{
    EXISTING_VOTES, RequestRow, STORE_VOTES_POSTGRES, STORE_VOTES_SQLITE,
    STORE_VOTES_UNCONTESTED_POSTGRES, VoteRow,
};
use super::rows::{Ids, pack};
use super::voter::with_voter;
use super::{Database, Pool, Transaction, in_tx, on_pool, sql};
#[cfg(doc)]
use crate::domain::period;
use crate::domain::turnout::ClientKind;
use crate::domain::vote::{Circumstances, Vote, VoteRequest};
use crate::id::{CampaignId, NomineeId, ScopeId, VoteId, VoterId};

/// A vote of a batch with what is stored beside it.
#[derive(Debug)]
pub(crate) struct NewVote<'a> {
    pub vote: Vote,
    pub circumstances: &'a Circumstances,
    pub rules_revision: i64,
    pub client: ClientKind,
}

/// The votes that matter for some requests, and of the same moment the revisions of their campaigns' rules and the
/// links of their voters.
#[derive(Debug, Default)]
pub(crate) struct Existing {
    pub votes: Vec<Vote>,
    pub rules_revisions: Vec<(CampaignId, i64)>,
    /// Voters that are linked, each with the canonical one.
    pub links: HashMap<VoterId, VoterId>,
}

impl Existing {
    /// Takes the rows of [`EXISTING_VOTES`] apart.
    fn new(rows: Vec<Vote>) -> Self {
        let mut this = Self::default();
        this.votes.reserve(rows.len());
        for row in rows {
            match row.slot {
                0 => this.rules_revisions.push((row.campaign_id, row.period)),
                -1 => drop(this.links.insert(row.voter_id, VoterId(row.scope_id.0))),
                _ => this.votes.push(row),
            }
        }
        if !this.links.is_empty() {
            // Two requests of voters that are one read the same votes.
            let mut ids = HashSet::with_capacity(this.votes.len());
            this.votes.retain(|vote| ids.insert(vote.id));
        }
        this
    }

    /// The revision of the rules of a request's campaign; its own where there is no such campaign any more.
    pub(crate) fn rules_revision(&self, request: &VoteRequest) -> i64 {
        let mut revisions = self.rules_revisions.iter();
        let found = revisions.find(|(id, _)| *id == request.campaign_id);
        found.map_or(request.rules_revision, |(_, revision)| *revision)
    }
}

/// Reads the votes that matter for `requests`: see [`EXISTING_VOTES`].
pub(crate) async fn list_existing(
    database: &Database,
    requests: &[&VoteRequest],
) -> sqlx::Result<Existing> {
    let run = database.read(*EXISTING_VOTES);
    let rows = match run.pool {
        Pool::Postgres(pool) => {
            let query = bind_requests(sqlx::query_as(run.text), requests);
            query.fetch_all(pool).await
        }
        Pool::Sqlite(pool) => {
            let query = sqlx::query_as(run.text).bind(pack_requests(requests));
            query.fetch_all(pool).await
        }
    };
    rows.map(Existing::new)
}

/// [`list_existing`] on this connection.
pub(crate) async fn list_existing_postgres(
    database: &Database,
    connection: &mut PgConnection,
    requests: &[&VoteRequest],
) -> sqlx::Result<Existing> {
    let statement = EXISTING_VOTES.postgres;
    let _timer = database.time(statement);
    bind_requests(sqlx::query_as(statement.text), requests)
        .fetch_all(connection)
        .await
        .map(Existing::new)
}

/// [`list_existing`] on this connection, within its transaction.
pub(crate) async fn list_existing_sqlite(
    database: &Database,
    connection: &mut SqliteConnection,
    requests: &[&VoteRequest],
) -> sqlx::Result<Existing> {
    let statement = EXISTING_VOTES.sqlite;
    let _timer = database.time(statement);
    sqlx::query_as(statement.text)
        .bind(pack_requests(requests))
        .fetch_all(connection)
        .await
        .map(Existing::new)
}

type PgVotes<'q> = sqlx::query::QueryAs<'q, sqlx::Postgres, Vote, sqlx::postgres::PgArguments>;

fn bind_requests<'q>(query: PgVotes<'q>, requests: &[&VoteRequest]) -> PgVotes<'q> {
    let ids = |id: fn(&VoteRequest) -> Uuid| requests.iter().map(|r| id(r)).collect::<Vec<_>>();
    query
        .bind(ids(|request| request.campaign_id.0))
        .bind(ids(|request| request.voter_id.0))
        .bind(requests.iter().map(|r| r.period).collect::<Vec<i64>>())
        .bind(
            requests
                .iter()
                .map(|r| r.idempotency_key)
                .collect::<Vec<Option<Uuid>>>(),
        )
}

fn pack_requests(requests: &[&VoteRequest]) -> Vec<u8> {
    pack(requests.iter().map(|request| RequestRow {
        campaign_id: request.campaign_id.0,
        voter_id: request.voter_id.0,
        period: request.period,
        idempotency_key: request.idempotency_key.map(Uuid::into_bytes),
    }))
}

/// Whether other processes may have taken the keys of votes since they were decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConflictMode {
    /// Votes whose keys are taken are left out.
    Expected,
    /// A key that is taken is an error, and nothing is stored.
    Unexpected,
}

/// The votes that were stored, each with the counted votes of its nominee after the batch.
pub(crate) type StoredVotes = HashMap<VoteId, i64>;

/// Stores `votes`, which are in the order of their keys, and moves tallies and turnout; returns those that were stored.
/// One statement, so that it needs no transaction around it.
pub(crate) async fn store_postgres(
    database: &Database,
    connection: &mut PgConnection,
    votes: &[NewVote<'_>],
    conflict_mode: ConflictMode,
) -> sqlx::Result<StoredVotes> {
    let ids = |id: fn(&Vote) -> Uuid| votes.iter().map(|v| id(&v.vote)).collect::<Vec<Uuid>>();
    let numbers =
        |number: fn(&Vote) -> i64| votes.iter().map(|v| number(&v.vote)).collect::<Vec<i64>>();
    let hashes = |hash: fn(&Circumstances) -> &Option<[u8; 16]>| {
        votes
            .iter()
            .map(|v| hash(v.circumstances).as_ref())
            .collect::<Vec<Option<&[u8; 16]>>>()
    };
    let statement = match conflict_mode {
        ConflictMode::Expected => STORE_VOTES_POSTGRES,
        ConflictMode::Unexpected => STORE_VOTES_UNCONTESTED_POSTGRES,
    };
    let _timer = database.time(statement);
    let stored: Vec<(VoteId, i64)> = sqlx::query_as(statement.text)
        .bind(ids(|vote| vote.campaign_id.0))
        .bind(ids(|vote| vote.scope_id.0))
        .bind(ids(|vote| vote.voter_id.0))
        .bind(numbers(|vote| vote.period))
        .bind(numbers(|vote| vote.slot))
        .bind(ids(|vote| vote.nominee_id.0))
        .bind(ids(|vote| vote.id.0))
        .bind(
            votes
                .iter()
                .map(|v| v.vote.idempotency_key)
                .collect::<Vec<Option<Uuid>>>(),
        )
        .bind(votes.iter().map(|v| v.vote.cast_at).collect::<Vec<_>>())
        .bind(votes.iter().map(|v| v.vote.is_first).collect::<Vec<bool>>())
        .bind(hashes(|circumstances| &circumstances.network_hash))
        .bind(hashes(|circumstances| &circumstances.device_hash))
        .bind(votes.iter().map(|v| v.rules_revision).collect::<Vec<i64>>())
        .bind(votes.iter().map(|v| v.client.code()).collect::<Vec<i16>>())
        .bind(hashes(|circumstances| &circumstances.network_block_hash))
        .bind(
            votes
                .iter()
                .map(|v| v.circumstances.seen_ms)
                .collect::<Vec<Option<i64>>>(),
        )
        .bind(
            votes
                .iter()
                .map(|v| v.circumstances.share_nominee.map(|id| id.0))
                .collect::<Vec<Option<Uuid>>>(),
        )
        .bind(
            votes
                .iter()
                .map(|v| v.circumstances.is_guest)
                .collect::<Vec<bool>>(),
        )
        .fetch_all(connection)
        .await?;
    Ok(stored.into_iter().collect())
}

/// The same on SQLite, within the transaction in which the decision was made: nobody else writes, so all are stored.
pub(crate) async fn store_sqlite(
    database: &Database,
    connection: &mut SqliteConnection,
    votes: &[NewVote<'_>],
) -> sqlx::Result<StoredVotes> {
    let rows = pack(votes.iter().map(|new| VoteRow {
        campaign_id: new.vote.campaign_id.0,
        scope_id: new.vote.scope_id.0,
        voter_id: new.vote.voter_id.0,
        period: new.vote.period,
        slot: new.vote.slot,
        nominee_id: new.vote.nominee_id.0,
        id: new.vote.id.0,
        idempotency_key: new.vote.idempotency_key.map(Uuid::into_bytes),
        cast_at: new.vote.cast_at,
        is_first: i64::from(new.vote.is_first),
        network_hash: new.circumstances.network_hash,
        device_hash: new.circumstances.device_hash,
        rules_revision: new.rules_revision,
        client: i64::from(new.client.code()),
        network_block_hash: new.circumstances.network_block_hash,
        seen_ms: new.circumstances.seen_ms,
        share_nominee: new.circumstances.share_nominee.map(|id| id.0.into_bytes()),
        is_guest: i64::from(new.circumstances.is_guest),
    }));
    let [insert, move_tallies, move_turnout] = *STORE_VOTES_SQLITE;
    {
        let _timer = database.time(insert);
        sqlx::query(insert.text)
            .bind(&rows)
            .execute(&mut *connection)
            .await?;
    }
    let totals: Vec<(CampaignId, NomineeId, i64)> = {
        let _timer = database.time(move_tallies);
        sqlx::query_as(move_tallies.text)
            .bind(&rows)
            .fetch_all(&mut *connection)
            .await?
    };
    let _timer = database.time(move_turnout);
    sqlx::query(move_turnout.text)
        .bind(rows)
        .execute(connection)
        .await?;
    let totals: HashMap<(CampaignId, NomineeId), i64> = totals
        .into_iter()
        .map(|(campaign, nominee, counted)| ((campaign, nominee), counted))
        .collect();
    let stored = votes.iter().filter_map(|NewVote { vote, .. }| {
        let counted = totals.get(&(vote.campaign_id, vote.nominee_id))?;
        Some((vote.id, *counted))
    });
    Ok(stored.collect())
}

/// The nominees whom the voter has voted for in `period` of a campaign, which may be [`period::WHOLE_CAMPAIGN`]: a
/// nominee gets one vote in it, also where some were cast by day.
pub async fn list_voted_nominees(
    database: &Database,
    voter_id: VoterId,
    campaign_id: CampaignId,
    period: i64,
) -> sqlx::Result<HashSet<NomineeId>> {
    let statement = with_voter!(
        "list_voted_nominees",
        "SELECT nominee_id FROM vote WHERE campaign_id = $1 AND voter_id",
        "$2",
        "AND (period = $3 OR $3 = 0)"
    );
    let nominees: Vec<NomineeId> = on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text)
        .bind(campaign_id).bind(voter_id).bind(period).fetch_all(p).await)?;
    Ok(nominees.into_iter().collect())
}

/// Votes used by the voter in `period`, by scope; scopes without votes are left out.
pub async fn count_used(
    database: &Database,
    voter_id: VoterId,
    campaign_id: CampaignId,
    period: i64,
) -> sqlx::Result<Vec<(ScopeId, i64)>> {
    let statement = with_voter!(
        "count_used_votes",
        "SELECT scope_id, COUNT(*) FROM vote WHERE campaign_id = $1 AND voter_id",
        "$2",
        "AND period = $3 GROUP BY scope_id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(voter_id).bind(period).fetch_all(p).await)
}

/// The voter's own votes of a campaign that have these ids.
pub async fn list_by_ids(
    database: &Database,
    campaign_id: CampaignId,
    voter_id: VoterId,
    ids: Vec<Uuid>,
) -> sqlx::Result<Vec<Vote>> {
    let statement = with_voter!(
        "list_votes_by_ids",
        "SELECT campaign_id, voter_id, scope_id, period, slot, nominee_id, id, idempotency_key, cast_at, is_first
        FROM vote WHERE campaign_id = $2 AND voter_id",
        "$3",
        "AND id",
        list
    );
    let ids = Ids(ids);
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(&ids).bind(campaign_id).bind(voter_id).fetch_all(p).await)
}

/// A position among the votes of a campaign: by voter, period and nominee, which is a key on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VotePosition {
    /// The voter.
    pub voter_id: VoterId,
    /// The period.
    pub period: i64,
    /// The nominee.
    pub nominee_id: NomineeId,
}

impl VotePosition {
    /// The position before all votes.
    pub const FIRST: Self = Self {
        voter_id: VoterId(Uuid::nil()),
        period: i64::MIN,
        nominee_id: NomineeId(Uuid::nil()),
    };
}

/// A vote as an export tells of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ExportedVote {
    /// The voter.
    pub voter_id: VoterId,
    /// The period that it counts in.
    pub period: i64,
    /// The nominee.
    pub nominee_id: NomineeId,
    /// The moment of its admission.
    pub cast_at: DateTime<Utc>,
    /// The number of its client; none where it was stored by a program that knew of none.
    pub client: Option<i16>,
    /// Rules that hold it back; it counts at 0.
    pub withheld_by: i64,
}

impl ExportedVote {
    /// Its position.
    #[must_use]
    pub fn position(&self) -> VotePosition {
        VotePosition {
            voter_id: self.voter_id,
            period: self.period,
            nominee_id: self.nominee_id,
        }
    }
}

/// Votes of a campaign behind `after`, at most `limit`, as this transaction sees them.
pub async fn list_page(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    after: VotePosition,
    limit: i64,
) -> sqlx::Result<Vec<ExportedVote>> {
    let statement = sql!(
        "list_votes_to_export",
        "SELECT voter_id, period, nominee_id, cast_at, client, withheld_by FROM vote
        WHERE campaign_id = $1 AND (voter_id, period, nominee_id) > ($2, $3, $4)
        ORDER BY voter_id, period, nominee_id LIMIT $5"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(after.voter_id).bind(after.period).bind(after.nominee_id).bind(limit)
        .fetch_all(t).await)
}
