//! Totals, as the votes' own transactions have left them.

use uuid::Uuid;

use super::rows::Ids;
use super::statement::with_ids;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::tally::NomineeTotals;
use crate::id::{CampaignId, NomineeId};

/// The totals of a campaign's nominees that have any.
pub async fn list_totals(
    database: &Database,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<NomineeTotals>> {
    let statement = sql!(
        "list_totals",
        "SELECT nominee_id, counted, guest_votes, withheld, voters - withheld_voters AS voters, revision FROM tally
        WHERE campaign_id = $1 ORDER BY nominee_id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(campaign_id).fetch_all(p).await)
}

/// The same as this transaction sees them.
pub async fn list_totals_in(
    tx: &mut Transaction,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<NomineeTotals>> {
    let statement = sql!(
        "list_totals_to_export",
        "SELECT nominee_id, counted, guest_votes, withheld, voters - withheld_voters AS voters, revision FROM tally
        WHERE campaign_id = $1 ORDER BY nominee_id"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(campaign_id).fetch_all(t).await)
}

/// Counted votes of those of `nominees` that have any in their campaign.
pub async fn list_counted(
    database: &Database,
    campaign_id: CampaignId,
    nominees: Vec<Uuid>,
) -> sqlx::Result<Vec<(NomineeId, i64)>> {
    let statement = with_ids!(
        "list_counted",
        "SELECT nominee_id, counted FROM tally WHERE nominee_id",
        "AND campaign_id = $2"
    );
    let nominees = Ids(nominees);
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(&nominees).bind(campaign_id).fetch_all(p).await)
}

/// The versions of those of `campaigns` that have votes.
pub async fn list_versions_of(
    database: &Database,
    campaigns: Vec<Uuid>,
) -> sqlx::Result<Vec<(CampaignId, i64)>> {
    let statement = with_ids!(
        "list_tally_versions_of",
        "SELECT campaign_id, CAST(SUM(revision) AS BIGINT) FROM tally WHERE campaign_id",
        "GROUP BY campaign_id"
    );
    let campaigns = Ids(campaigns);
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(&campaigns).fetch_all(p).await)
}

/// The version of every campaign that has votes.
pub async fn list_versions(database: &Database) -> sqlx::Result<Vec<(CampaignId, i64)>> {
    let statement = sql!(
        "list_tally_versions",
        "SELECT campaign_id, CAST(SUM(revision) AS BIGINT) FROM tally GROUP BY campaign_id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}
