//! Totals, as the votes' own transactions have left them.

use super::{Database, on_pool, sql};
use crate::domain::tally::NomineeTotals;
use crate::id::CampaignId;

/// The totals of a campaign's nominees that have any.
pub async fn list_totals(
    database: &Database,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<NomineeTotals>> {
    let statement = sql!(
        "list_totals",
        "SELECT nominee_id, counted, withheld, voters, revision FROM tally WHERE campaign_id = $1 ORDER BY nominee_id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(campaign_id).fetch_all(p).await)
}

/// The version of every campaign that has votes.
pub async fn list_versions(database: &Database) -> sqlx::Result<Vec<(CampaignId, i64)>> {
    let statement = sql!(
        "list_tally_versions",
        "SELECT campaign_id, CAST(SUM(revision) AS BIGINT) FROM tally GROUP BY campaign_id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}
