//! Nominees, one at a time: as the desk edits them. Whole rosters are read and imported by [`super::campaign`].

use super::address::require_web;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::nominee::Nominee;
use crate::id::{CampaignId, CategoryId, NomineeId};

/// The campaign of a nominee.
pub async fn find_campaign_of(
    database: &Database,
    id: NomineeId,
) -> sqlx::Result<Option<CampaignId>> {
    let statement = sql!(
        "find_campaign_of_nominee",
        "SELECT campaign_id FROM nominee WHERE id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).bind(id).fetch_optional(p).await)
}

/// A nominee as this transaction sees it; locked until its end.
pub async fn find_locked(tx: &mut Transaction, id: NomineeId) -> sqlx::Result<Option<Nominee>> {
    let statement = sql!(
        "lock_nominee",
        postgres: "SELECT id, campaign_id, category_id, number, name, employer, city, title, summary, portrait_url,
                status, edit_revision
            FROM nominee WHERE id = $1 FOR UPDATE",
        sqlite: "SELECT id, campaign_id, category_id, number, name, employer, city, title, summary, portrait_url,
                status, edit_revision
            FROM nominee WHERE id = $1",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_optional(t).await)
}

/// The nominee of a campaign with this number.
pub async fn find_by_number(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    number: i64,
) -> sqlx::Result<Option<NomineeId>> {
    let statement = sql!(
        "find_nominee_by_number",
        "SELECT id FROM nominee WHERE campaign_id = $1 AND number = $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text)
        .bind(campaign_id).bind(number).fetch_optional(t).await)
}

/// The largest number on a campaign's list; 0 where it is empty.
pub async fn find_last_number(tx: &mut Transaction, campaign_id: CampaignId) -> sqlx::Result<i64> {
    let statement = sql!(
        "find_last_number",
        "SELECT COALESCE(MAX(number), 0) FROM nominee WHERE campaign_id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text).bind(campaign_id).fetch_one(t).await)
}

/// Whether a category belongs to a campaign.
pub async fn category_is_of(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    category_id: CategoryId,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_category_of_campaign",
        "SELECT 1 FROM category WHERE campaign_id = $1 AND id = $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(campaign_id).bind(category_id).fetch_optional(t).await.map(|row| row.is_some()))
}

/// Whether a nominee has votes, counted or withheld.
pub async fn has_votes(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    id: NomineeId,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_votes_of_nominee",
        "SELECT 1 FROM tally WHERE campaign_id = $1 AND nominee_id = $2 AND counted + withheld > 0"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(campaign_id).bind(id).fetch_optional(t).await.map(|row| row.is_some()))
}

/// Stores what can be edited of a nominee, with its next edit revision. Its stories follow it into its category.
pub async fn update(tx: &mut Transaction, n: &Nominee) -> sqlx::Result<()> {
    require_web(&n.portrait_url)?;
    let statement = sql!(
        "update_nominee",
        "UPDATE nominee SET category_id = $2, number = $3, name = $4, employer = $5, city = $6, title = $7,
            summary = $8, portrait_url = $9, status = $10, edit_revision = $11
        WHERE id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(n.id).bind(n.category_id).bind(n.number).bind(&n.name).bind(&n.employer).bind(&n.city).bind(&n.title)
        .bind(&n.summary).bind(&n.portrait_url).bind(n.status).bind(n.edit_revision).execute(t).await.map(drop))?;
    let statement = sql!(
        "move_stories_of_nominee",
        "UPDATE story SET category_id = $2 WHERE nominee_id = $1 AND category_id <> $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(n.id).bind(n.category_id).execute(t).await.map(drop))
}
