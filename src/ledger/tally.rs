//! Totals, as the votes' own transactions have left them.

use super::{Database, on_pool};
use crate::domain::tally::NomineeTotals;
use crate::id::CampaignId;

/// The totals of a campaign's nominees that have any.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_totals(
    database: &Database,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<NomineeTotals>> {
    on_pool!(database.read(), p => sqlx::query_as(
        "SELECT nominee_id, counted, withheld, voters, revision FROM tally WHERE campaign_id = $1 ORDER BY nominee_id")
        .bind(campaign_id).fetch_all(p).await)
}

/// The version of every campaign that has votes.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_versions(database: &Database) -> sqlx::Result<Vec<(CampaignId, i64)>> {
    on_pool!(database.read(), p => sqlx::query_as(
        "SELECT campaign_id, CAST(SUM(revision) AS BIGINT) FROM tally GROUP BY campaign_id").fetch_all(p).await)
}
