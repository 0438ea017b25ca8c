//! The recount: what the votes say, compared with what tallies, quotas and counters say.

use chrono::{DateTime, Utc};

use super::dialect::TURNOUT_DIFFERENCES;
use super::voter::with_voter;
use super::{Database, on_pool, sql};
use crate::domain::campaign::{QuotaPeriod, TimeZone};
use crate::domain::period;
use crate::id::{CampaignId, NomineeId, ScopeId, SubjectId, VoteId, VoterId};

/// A nominee whose totals differ from its votes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TallyDifference {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The nominee.
    pub nominee_id: NomineeId,
    /// Its number; none where it is on no list of the campaign.
    pub number: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// Votes that count.
    pub votes_counted: i64,
    /// The same by the tally.
    pub tally_counted: i64,
    /// Those of them that guests cast.
    pub votes_guests: i64,
    /// The same by the tally.
    pub tally_guests: i64,
    /// Votes that are withheld.
    pub votes_withheld: i64,
    /// The same by the tally.
    pub tally_withheld: i64,
    /// First votes of a voter.
    pub votes_voters: i64,
    /// The same by the tally.
    pub tally_voters: i64,
}

/// A voter with a vote above the quota of the rules that it was cast under, or with two in one slot.
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

/// A vote that the rules it was cast under did not allow.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Misplaced {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The vote.
    pub vote_id: VoteId,
    /// The voter.
    pub voter_id: VoterId,
    /// The fault, in words.
    pub fault: String,
}

/// Votes of a period number that the rules they were cast under do not give them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodDifference {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The revision of the rules.
    pub rules_revision: i64,
    /// The period that is stored.
    pub period: i64,
    /// The moment of a cast that falls in another period.
    pub cast_at: DateTime<Utc>,
}

/// A nominee with votes that is on no list of the campaign.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unlisted {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The nominee.
    pub nominee_id: NomineeId,
    /// Votes that its tally counts.
    pub counted: i64,
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

/// A minute of a nominee and a client whose turnout differs from the votes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnoutDifference {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The nominee.
    pub nominee_id: NomineeId,
    /// The minute, counted from 1970 in UTC.
    pub minute: i64,
    /// The number of the client.
    pub client: i16,
    /// Votes that are stored.
    pub votes: i64,
    /// The same by the turnout.
    pub turnout: i64,
    /// Those of them that guests cast.
    pub votes_guests: i64,
    /// The same by the turnout.
    pub turnout_guests: i64,
}

/// Turnout that differs from the votes, withheld ones included.
pub async fn list_turnout_differences(database: &Database) -> sqlx::Result<Vec<TurnoutDifference>> {
    on_pool!(database.read(TURNOUT_DIFFERENCES), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// Nominees whose totals differ from their votes.
pub async fn list_tally_differences(database: &Database) -> sqlx::Result<Vec<TallyDifference>> {
    let statement = sql!(
        "list_tally_differences",
        "WITH counts AS (
            SELECT campaign_id, nominee_id,
                COUNT(*) FILTER (WHERE withheld_by = 0) AS counted,
                COUNT(*) FILTER (WHERE withheld_by = 0 AND is_guest) AS guests,
                COUNT(*) FILTER (WHERE withheld_by > 0) AS withheld,
                COUNT(*) FILTER (WHERE is_first) AS voters
            FROM vote GROUP BY campaign_id, nominee_id
        ), both_sides AS (
            SELECT campaign_id, nominee_id, counted AS vc, guests AS vg, withheld AS vw, voters AS vv,
                0 AS tc, 0 AS tg, 0 AS tw, 0 AS tv
            FROM counts
            UNION ALL SELECT campaign_id, nominee_id, 0, 0, 0, 0, counted, guest_votes, withheld, voters FROM tally
        ), sums AS (
            SELECT campaign_id, nominee_id,
                CAST(SUM(vc) AS BIGINT) AS votes_counted, CAST(SUM(tc) AS BIGINT) AS tally_counted,
                CAST(SUM(vg) AS BIGINT) AS votes_guests, CAST(SUM(tg) AS BIGINT) AS tally_guests,
                CAST(SUM(vw) AS BIGINT) AS votes_withheld, CAST(SUM(tw) AS BIGINT) AS tally_withheld,
                CAST(SUM(vv) AS BIGINT) AS votes_voters, CAST(SUM(tv) AS BIGINT) AS tally_voters
            FROM both_sides GROUP BY campaign_id, nominee_id
        )
        SELECT s.*, n.number, n.name FROM sums s LEFT JOIN nominee n ON n.id = s.nominee_id
        WHERE votes_counted <> tally_counted OR votes_guests <> tally_guests OR votes_withheld <> tally_withheld
            OR votes_voters <> tally_voters
        ORDER BY s.campaign_id, n.number"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// Voters who are over their quota.
pub async fn list_over_quota(database: &Database) -> sqlx::Result<Vec<OverQuota>> {
    let statement = sql!(
        "list_over_quota",
        "SELECT v.campaign_id, v.voter_id, v.scope_id, v.period, COUNT(*) AS votes, MAX(r.votes_per_period) AS quota
        FROM vote v JOIN campaign_rules r ON r.campaign_id = v.campaign_id AND r.rules_revision = v.rules_revision
        GROUP BY v.campaign_id, v.voter_id, v.scope_id, v.period
        HAVING COUNT(*) FILTER (WHERE v.slot > r.votes_per_period) > 0 OR COUNT(DISTINCT v.slot) <> COUNT(*)"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// The statement of [`list_misplaced`]. A batch that began before a change of the rules ends soon after it; `$replaced`
/// is when the last of them has.
macro_rules! misplaced {
    ($replaced:literal) => {
        concat!(
            "SELECT campaign_id, vote_id, voter_id, fault FROM (
            SELECT v.campaign_id, v.id AS vote_id, v.voter_id, CASE
                WHEN r.campaign_id IS NULL THEN 'was cast under rules that the campaign never had'
                WHEN r.lifecycle <> 'RUNNING' OR v.cast_at < r.voting_opens_at OR v.cast_at >= r.voting_closes_at
                    THEN 'was cast while its rules had voting closed'
                WHEN v.cast_at >= r.paused_at THEN 'was cast in a pause'
                WHEN v.cast_at > ",
            $replaced,
            " THEN 'was cast when its rules had been replaced'
                WHEN (v.scope_id = v.campaign_id) <> (r.quota_scope = 'CAMPAIGN')
                    THEN 'counts in a scope that its rules do not have'
            END AS fault
            FROM vote v
            LEFT JOIN campaign_rules r ON r.campaign_id = v.campaign_id AND r.rules_revision = v.rules_revision
            LEFT JOIN campaign_rules n ON n.campaign_id = v.campaign_id AND n.rules_revision = v.rules_revision + 1
        ) f WHERE fault IS NOT NULL"
        )
    };
}

/// Votes that were cast under no rules of the campaign, outside of the time that theirs gave, when they had been
/// replaced, or in another scope.
pub async fn list_misplaced(database: &Database) -> sqlx::Result<Vec<Misplaced>> {
    let statement = sql!(
        "list_misplaced_votes",
        postgres: misplaced!("n.since + interval '1 minute'"),
        sqlite: misplaced!("strftime('%Y-%m-%dT%H:%M:%f+00:00', n.since, '+60 seconds')"),
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// The first and last cast of a period under some rules.
#[derive(sqlx::FromRow)]
struct PeriodCasts {
    campaign_id: CampaignId,
    rules_revision: i64,
    period: i64,
    first_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
    quota_period: QuotaPeriod,
    #[sqlx(try_from = "String")]
    time_zone: TimeZone,
}

/// Votes whose period is another one than that of their cast. Days follow each other, so that the first and last cast
/// of each number speak for all.
pub async fn list_period_differences(database: &Database) -> sqlx::Result<Vec<PeriodDifference>> {
    let statement = sql!(
        "list_period_casts",
        "SELECT p.campaign_id, p.rules_revision, p.period, p.first_at, p.last_at, r.quota_period, r.time_zone FROM (
            SELECT campaign_id, rules_revision, period, MIN(cast_at) AS first_at, MAX(cast_at) AS last_at
            FROM vote GROUP BY campaign_id, rules_revision, period
        ) p JOIN campaign_rules r ON r.campaign_id = p.campaign_id AND r.rules_revision = p.rules_revision"
    );
    let casts: Vec<PeriodCasts> =
        on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)?;
    let difference = |casts: PeriodCasts| {
        let of = |at| period::number(casts.quota_period, casts.time_zone.0, at);
        let mut ends = [casts.first_at, casts.last_at].into_iter();
        let cast_at = ends.find(|at| of(*at) != casts.period)?;
        Some(PeriodDifference {
            campaign_id: casts.campaign_id,
            rules_revision: casts.rules_revision,
            period: casts.period,
            cast_at,
        })
    };
    Ok(casts.into_iter().filter_map(difference).collect())
}

/// Nominees with votes that are on no list: they were deleted, or belong to another campaign.
pub async fn list_unlisted(database: &Database) -> sqlx::Result<Vec<Unlisted>> {
    let statement = sql!(
        "list_unlisted_nominees",
        "SELECT t.campaign_id, t.nominee_id, t.counted FROM tally t
        LEFT JOIN nominee n ON n.id = t.nominee_id AND n.campaign_id = t.campaign_id
        WHERE n.id IS NULL AND t.counted + t.withheld > 0"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// Voters with two votes for a nominee in one period or by one idempotency key, or one more under rules by which a
/// nominee gets one in the whole campaign; and voters with more than one first vote, or, linked ones together, none.
pub async fn list_repeats(database: &Database) -> sqlx::Result<Vec<Repeat>> {
    let statement = sql!(
        "list_repeats",
        "SELECT campaign_id, voter_id FROM vote GROUP BY campaign_id, voter_id, period, nominee_id HAVING COUNT(*) > 1
        UNION
        SELECT campaign_id, voter_id FROM vote WHERE idempotency_key IS NOT NULL
        GROUP BY campaign_id, voter_id, nominee_id, idempotency_key HAVING COUNT(*) > 1
        UNION
        SELECT v.campaign_id, v.voter_id FROM vote v
        JOIN campaign_rules r ON r.campaign_id = v.campaign_id AND r.rules_revision = v.rules_revision
        JOIN vote o ON o.campaign_id = v.campaign_id AND o.voter_id = v.voter_id AND o.nominee_id = v.nominee_id
        WHERE r.quota_period = 'CAMPAIGN' AND o.id <> v.id AND o.rules_revision <= v.rules_revision
        UNION
        SELECT campaign_id, voter_id FROM vote WHERE is_first GROUP BY campaign_id, voter_id HAVING COUNT(*) > 1
        UNION
        SELECT v.campaign_id, COALESCE(l.canonical_id, v.voter_id) FROM vote v
        LEFT JOIN voter_link l ON l.voter_id = v.voter_id
        GROUP BY 1, 2 HAVING COUNT(*) FILTER (WHERE v.is_first) = 0"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// Subjects whose like counter differs from the likes, those of people who were forgotten counted in.
pub async fn list_like_differences(database: &Database) -> sqlx::Result<Vec<LikeDifference>> {
    let statement = sql!(
        "list_like_differences",
        "SELECT subject_id, CAST(SUM(likes) AS BIGINT) AS likes, CAST(SUM(counter) AS BIGINT) AS counter FROM (
            SELECT subject_id, COUNT(*) AS likes, 0 AS counter FROM subject_like GROUP BY subject_id
            UNION ALL SELECT subject_id, forgotten_likes, likes FROM subject_counter
        ) s GROUP BY subject_id HAVING SUM(s.likes) <> SUM(s.counter)"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}

/// The number of all votes.
pub async fn count_votes(database: &Database) -> sqlx::Result<i64> {
    let statement = sql!("count_votes", "SELECT COUNT(*) FROM vote");
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).fetch_one(p).await)
}

/// Voters who turned out to be one person, and what they had cast before that: it stays, and is no fault.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Links {
    /// Voters that are linked to another one.
    pub voters: i64,
    /// Votes that are more than the quota of one voter.
    pub beyond_quota: i64,
    /// Votes for a nominee who had one of the same person in the period.
    pub repeated: i64,
}

/// The voters who turned out to be one person.
pub async fn count_links(database: &Database) -> sqlx::Result<Links> {
    let statement = sql!(
        "count_links",
        "WITH linked AS (
            SELECT voter_id, canonical_id FROM voter_link
            UNION SELECT canonical_id, canonical_id FROM voter_link
        ), cast_votes AS (
            SELECT v.campaign_id, l.canonical_id, v.scope_id, v.period, v.nominee_id, r.votes_per_period
            FROM linked l JOIN campaign c ON TRUE
            JOIN vote v ON v.campaign_id = c.id AND v.voter_id = l.voter_id
            JOIN campaign_rules r ON r.campaign_id = v.campaign_id AND r.rules_revision = v.rules_revision
        ), beyond AS (
            SELECT COUNT(*) - MAX(votes_per_period) AS votes FROM cast_votes
            GROUP BY campaign_id, canonical_id, scope_id, period
        ), repeated AS (
            SELECT COUNT(*) - 1 AS votes FROM cast_votes GROUP BY campaign_id, canonical_id, period, nominee_id
        )
        SELECT (SELECT COUNT(*) FROM voter_link) AS voters,
            CAST((SELECT COALESCE(SUM(votes), 0) FROM beyond WHERE votes > 0) AS BIGINT) AS beyond_quota,
            CAST((SELECT COALESCE(SUM(votes), 0) FROM repeated) AS BIGINT) AS repeated"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_one(p).await)
}

/// The ids of a voter's votes of a scope and period: the hot store's copy is compared to them.
pub async fn list_ids_of_voter(
    database: &Database,
    voter_id: VoterId,
    scope_id: ScopeId,
    period: i64,
) -> sqlx::Result<Vec<uuid::Uuid>> {
    let statement = with_voter!(
        "list_vote_ids_of_voter",
        "SELECT id FROM vote WHERE campaign_id IN (SELECT id FROM campaign WHERE id = $1
            UNION SELECT campaign_id FROM category WHERE id = $1)
        AND scope_id = $1 AND voter_id",
        "$2",
        "AND period = $3"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text)
        .bind(scope_id).bind(voter_id).bind(period).fetch_all(p).await)
}
