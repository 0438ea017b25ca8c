//! Reports as they are stored, once and for ever, and the rows that one is made from, as a transaction sees them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::rows::Ids;
use super::statement::with_ids;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::amendment::Amendment;
use crate::domain::turnout::{ClientKind, TurnoutSum};
use crate::id::{CampaignId, NomineeId, OrganisationId, ReportId, StaffId};

/// A report without its figures.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The organisation that the campaign belongs to.
    pub organisation_id: OrganisationId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The moment that its figures are of.
    pub created_at: DateTime<Utc>,
    /// The member who made it; none for an operator.
    pub created_by: Option<StaffId>,
    /// The name of that member.
    pub actor_name: Option<String>,
    /// SHA-256 of the stored text.
    pub sha256: Vec<u8>,
}

/// A report that is to be stored.
#[derive(Debug)]
pub struct NewReport<'a> {
    /// Its id.
    pub id: ReportId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The moment that its figures are of.
    pub created_at: DateTime<Utc>,
    /// The member who makes it; none for an operator.
    pub created_by: Option<StaffId>,
    /// The figures as text.
    pub snapshot: &'a str,
    /// SHA-256 of the text.
    pub sha256: &'a [u8],
}

/// Stores a report, unless the campaign has `reports_max` of them; returns whether it was stored.
pub async fn insert(
    tx: &mut Transaction,
    report: &NewReport<'_>,
    reports_max: i64,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "insert_report",
        "INSERT INTO report (id, campaign_id, created_at, created_by, snapshot, sha256)
        SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM report WHERE campaign_id = $2) < $7"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(report.id).bind(report.campaign_id).bind(report.created_at).bind(report.created_by)
        .bind(report.snapshot).bind(report.sha256).bind(reports_max)
        .execute(t).await.map(|done| done.rows_affected() == 1))
}

/// The columns of a report.
macro_rules! columns {
    () => {
        "SELECT r.id, c.organisation_id, r.campaign_id, r.created_at, r.created_by, s.name AS actor_name, r.sha256
        FROM report r JOIN campaign c ON c.id = r.campaign_id LEFT JOIN staff s ON s.id = r.created_by WHERE "
    };
}

/// The reports of `ids` that exist.
pub async fn list_by_ids(database: &Database, ids: Vec<Uuid>) -> sqlx::Result<Vec<Report>> {
    let statement = with_ids!("list_reports_by_ids", concat!(columns!(), "r.id"), "");
    let ids = Ids(ids);
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(&ids).fetch_all(p).await)
}

/// The newest report of a campaign.
pub async fn find_newest(
    database: &Database,
    campaign_id: CampaignId,
) -> sqlx::Result<Option<Report>> {
    let statement = sql!(
        "find_newest_report",
        concat!(
            columns!(),
            "r.campaign_id = $1 ORDER BY r.created_at DESC, r.id DESC LIMIT 1"
        )
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(campaign_id).fetch_optional(p).await)
}

/// The text of a report.
pub async fn find_snapshot(database: &Database, id: ReportId) -> sqlx::Result<Option<String>> {
    let statement = sql!(
        "find_snapshot_of_report",
        "SELECT snapshot FROM report WHERE id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).bind(id).fetch_optional(p).await)
}

/// The name of the organisation that a campaign belongs to.
pub async fn find_organisation_name(
    tx: &mut Transaction,
    id: OrganisationId,
) -> sqlx::Result<String> {
    let statement = sql!(
        "find_organisation_to_report",
        "SELECT name FROM organisation WHERE id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text).bind(id).fetch_one(t).await)
}

/// Votes of a campaign by client, so many minutes of them summed, in the order of time.
pub async fn list_turnout(
    tx: &mut Transaction,
    id: CampaignId,
    minutes_summed: i64,
) -> sqlx::Result<Vec<TurnoutSum>> {
    let statement = sql!(
        "list_turnout_to_report",
        "SELECT minute - minute % $2, client, CAST(SUM(votes) AS BIGINT), CAST(SUM(guests) AS BIGINT) FROM turnout
        WHERE campaign_id = $1 GROUP BY 1, 2 ORDER BY 1, 2"
    );
    let sums: Vec<(i64, i16, i64, i64)> = in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text)
        .bind(id).bind(minutes_summed).fetch_all(t).await)?;
    let sum = |(minute, client, votes, guests)| TurnoutSum {
        minute,
        client: ClientKind::from_code(client),
        votes,
        guests,
    };
    Ok(sums.into_iter().map(sum).collect())
}

/// The minute of a campaign with the most votes, of equal ones the first, and these.
pub async fn find_peak_minute(
    tx: &mut Transaction,
    id: CampaignId,
) -> sqlx::Result<Option<(i64, i64)>> {
    let statement = sql!(
        "find_peak_minute",
        "SELECT minute, CAST(SUM(votes) AS BIGINT) FROM turnout WHERE campaign_id = $1
        GROUP BY minute ORDER BY 2 DESC, 1 LIMIT 1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_optional(t).await)
}

/// Votes that were cast for each nominee of a campaign, by turnout.
pub async fn list_cast(
    tx: &mut Transaction,
    id: CampaignId,
) -> sqlx::Result<HashMap<NomineeId, i64>> {
    let statement = sql!(
        "list_votes_cast_to_report",
        "SELECT nominee_id, CAST(SUM(votes) AS BIGINT) FROM turnout WHERE campaign_id = $1 GROUP BY nominee_id"
    );
    let rows: Vec<(NomineeId, i64)> = in_tx!(tx.run(statement), (t, text) =>
        sqlx::query_as(text).bind(id).fetch_all(t).await)?;
    Ok(rows.into_iter().collect())
}

/// Views and likes of the nominees of a campaign that have any.
pub async fn list_reach(
    tx: &mut Transaction,
    id: CampaignId,
) -> sqlx::Result<HashMap<NomineeId, (i64, i64)>> {
    let statement = sql!(
        "list_reach_to_report",
        "SELECT n.id, c.views, c.likes FROM nominee n JOIN subject_counter c ON c.subject_id = n.id
        WHERE n.campaign_id = $1"
    );
    let rows: Vec<(NomineeId, i64, i64)> = in_tx!(tx.run(statement), (t, text) =>
        sqlx::query_as(text).bind(id).fetch_all(t).await)?;
    let reach = |(id, views, likes)| (id, (views, likes));
    Ok(rows.into_iter().map(reach).collect())
}

/// A story that is out, as a report tells of it.
#[derive(Debug, sqlx::FromRow)]
pub struct StoryRow {
    /// Its headline.
    pub title: String,
    /// The name of the nominee that it is about.
    pub nominee: Option<String>,
    /// The time at which it came out.
    pub published_at: DateTime<Utc>,
    /// Its views.
    pub views: i64,
    /// Voters who like it.
    pub likes: i64,
}

/// Stories of a campaign that are out at `now`, in the order of time, at most `limit`.
pub async fn list_stories(
    tx: &mut Transaction,
    id: CampaignId,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<StoryRow>> {
    let statement = sql!(
        "list_stories_to_report",
        "SELECT s.title, n.name AS nominee, s.published_at, COALESCE(c.views, 0) AS views,
            COALESCE(c.likes, 0) AS likes
        FROM story s LEFT JOIN subject_counter c ON c.subject_id = s.id LEFT JOIN nominee n ON n.id = s.nominee_id
        WHERE s.campaign_id = $1 AND s.state = 'APPROVED' AND s.is_scheduled AND s.published_at <= $2
        ORDER BY s.published_at, s.id LIMIT $3"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text)
        .bind(id).bind(now).bind(limit).fetch_all(t).await)
}

/// The amendments of a campaign in the order of time, at most `limit`.
pub async fn list_amendments(
    tx: &mut Transaction,
    id: CampaignId,
    limit: i64,
) -> sqlx::Result<Vec<Amendment>> {
    let statement = sql!(
        "list_amendments_to_report",
        "SELECT id, campaign_id, at, subject_label, changes, reason FROM amendment WHERE campaign_id = $1
        ORDER BY at, id LIMIT $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).bind(limit).fetch_all(t).await)
}
