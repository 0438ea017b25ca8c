//! The recount: what the votes say, compared with what tallies, quotas and counters say.

use super::{Database, on_pool, sql};
use crate::id::{CampaignId, NomineeId, ScopeId, SubjectId, VoterId};

/// A nominee whose totals differ from its votes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TallyDifference {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The nominee.
    pub nominee_id: NomineeId,
    /// Votes that count.
    pub votes_counted: i64,
    /// The same by the tally.
    pub tally_counted: i64,
    /// Votes that are withheld.
    pub votes_withheld: i64,
    /// The same by the tally.
    pub tally_withheld: i64,
    /// First votes of a voter.
    pub votes_voters: i64,
    /// The same by the tally.
    pub tally_voters: i64,
}

/// A voter with more votes in a period and scope than the campaign's rules grant, or with two in one slot.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OverQuota {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The voter.
    pub voter_id: VoterId,
    /// The scope of the quota: the category or the campaign.
    pub scope_id: ScopeId,
    /// The period.
    pub period: i64,
    /// Votes that are stored.
    pub votes: i64,
    /// Votes that are granted.
    pub quota: i64,
}

/// A voter with a vote twice, or not exactly one first vote.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Repeat {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The voter.
    pub voter_id: VoterId,
}

/// A subject whose counter differs from its likes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LikeDifference {
    /// A nominee or story.
    pub subject_id: SubjectId,
    /// Likes that are stored.
    pub likes: i64,
    /// The same by the counter.
    pub counter: i64,
}

/// Nominees whose totals differ from their votes.
pub async fn list_tally_differences(database: &Database) -> sqlx::Result<Vec<TallyDifference>> {
    let statement = sql!(
        "list_tally_differences",
        "WITH counts AS (
            SELECT campaign_id, nominee_id,
                COUNT(*) FILTER (WHERE withheld_by = 0) AS counted,
                COUNT(*) FILTER (WHERE withheld_by > 0) AS withheld,
                COUNT(*) FILTER (WHERE is_first) AS voters
            FROM vote GROUP BY campaign_id, nominee_id
        ), both_sides AS (
            SELECT campaign_id, nominee_id, counted AS vc, withheld AS vw, voters AS vv, 0 AS tc, 0 AS tw, 0 AS tv
            FROM counts
            UNION ALL SELECT campaign_id, nominee_id, 0, 0, 0, counted, withheld, voters FROM tally
        ), sums AS (
            SELECT campaign_id, nominee_id,
                CAST(SUM(vc) AS BIGINT) AS votes_counted, CAST(SUM(tc) AS BIGINT) AS tally_counted,
                CAST(SUM(vw) AS BIGINT) AS votes_withheld, CAST(SUM(tw) AS BIGINT) AS tally_withheld,
                CAST(SUM(vv) AS BIGINT) AS votes_voters, CAST(SUM(tv) AS BIGINT) AS tally_voters
            FROM both_sides GROUP BY campaign_id, nominee_id
        )
        SELECT * FROM sums WHERE votes_counted <> tally_counted OR votes_withheld <> tally_withheld
            OR votes_voters <> tally_voters"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// Voters who are over their quota.
pub async fn list_over_quota(database: &Database) -> sqlx::Result<Vec<OverQuota>> {
    let statement = sql!(
        "list_over_quota",
        "SELECT v.campaign_id, v.voter_id, v.scope_id, v.period, COUNT(*) AS votes, c.votes_per_period AS quota
        FROM vote v JOIN campaign c ON c.id = v.campaign_id
        GROUP BY v.campaign_id, v.voter_id, v.scope_id, v.period, c.votes_per_period
        HAVING COUNT(*) > c.votes_per_period OR COUNT(DISTINCT v.slot) <> COUNT(*)"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// Voters with two votes for a nominee in one period or by one idempotency key, and voters with another number of first
/// votes than one.
pub async fn list_repeats(database: &Database) -> sqlx::Result<Vec<Repeat>> {
    let statement = sql!(
        "list_repeats",
        "SELECT campaign_id, voter_id FROM vote GROUP BY campaign_id, voter_id, period, nominee_id HAVING COUNT(*) > 1
        UNION
        SELECT campaign_id, voter_id FROM vote WHERE idempotency_key IS NOT NULL
        GROUP BY campaign_id, voter_id, nominee_id, idempotency_key HAVING COUNT(*) > 1
        UNION
        SELECT campaign_id, voter_id FROM vote GROUP BY campaign_id, voter_id
        HAVING COUNT(*) FILTER (WHERE is_first) <> 1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// Subjects whose like counter differs from the likes.
pub async fn list_like_differences(database: &Database) -> sqlx::Result<Vec<LikeDifference>> {
    let statement = sql!(
        "list_like_differences",
        "SELECT subject_id, CAST(SUM(likes) AS BIGINT) AS likes, CAST(SUM(counter) AS BIGINT) AS counter FROM (
            SELECT subject_id, COUNT(*) AS likes, 0 AS counter FROM subject_like GROUP BY subject_id
            UNION ALL SELECT subject_id, 0, likes FROM subject_counter
        ) s GROUP BY subject_id HAVING SUM(s.likes) <> SUM(s.counter)"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// The number of all votes.
pub async fn count_votes(database: &Database) -> sqlx::Result<i64> {
    let statement = sql!("count_votes", "SELECT COUNT(*) FROM vote");
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).fetch_one(p).await)
}

/// The ids of a voter's votes of a scope and period: the hot store's copy is compared to them.
pub async fn list_ids_of_voter(
    database: &Database,
    voter_id: VoterId,
    scope_id: ScopeId,
    period: i64,
) -> sqlx::Result<Vec<uuid::Uuid>> {
    let statement = sql!(
        "list_vote_ids_of_voter",
        "SELECT id FROM vote WHERE campaign_id IN (SELECT id FROM campaign WHERE id = $1
            UNION SELECT campaign_id FROM category WHERE id = $1)
        AND scope_id = $1 AND voter_id = $2 AND period = $3"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text)
        .bind(scope_id).bind(voter_id).bind(period).fetch_all(p).await)
}
