//! Campaigns with their categories and nominees: read whole into rosters, written by imports.

use super::{Database, Transaction, in_tx, on_pool};
use crate::domain::campaign::{Campaign, Category};
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::id::CampaignId;

/// Every campaign with its revision.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_revisions(database: &Database) -> sqlx::Result<Vec<(CampaignId, i64)>> {
    on_pool!(database.read(), p => sqlx::query_as("SELECT id, revision FROM campaign").fetch_all(p).await)
}

/// A campaign as it stands now, with its categories and nominees. If it changes between the statements, its revision
/// has moved on and it is read again at the next look.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_roster(database: &Database, id: CampaignId) -> sqlx::Result<Option<Roster>> {
    let campaign: Option<Campaign> = on_pool!(database.read(), p => sqlx::query_as(
        "SELECT id, slug, title, summary, cover_url, time_zone, lifecycle, voting_opens_at, voting_closes_at,
            quota_period, quota_scope, votes_per_period, tally_visibility, guests_may_vote, revision
        FROM campaign WHERE id = $1").bind(id).fetch_optional(p).await)?;
    let Some(campaign) = campaign else {
        return Ok(None);
    };
    let categories: Vec<Category> = on_pool!(database.read(), p => sqlx::query_as(
        "SELECT id, campaign_id, key, name, shortlist_size FROM category WHERE campaign_id = $1 ORDER BY position, id")
        .bind(id).fetch_all(p).await)?;
    let nominees: Vec<Nominee> = on_pool!(database.read(), p => sqlx::query_as(
        "SELECT id, campaign_id, category_id, number, name, employer, city, title, summary, portrait_url, status
        FROM nominee WHERE campaign_id = $1 ORDER BY number").bind(id).fetch_all(p).await)?;
    Ok(Some(Roster::new(campaign, categories, nominees)))
}

/// Stores a new campaign.
///
/// # Errors
/// When the slug is taken or a rule is out of its bounds.
pub async fn insert(
    tx: &mut Transaction,
    c: &Campaign,
    now: chrono::DateTime<chrono::Utc>,
) -> sqlx::Result<()> {
    in_tx!(tx, t => sqlx::query(
        "INSERT INTO campaign (id, slug, title, summary, cover_url, time_zone, lifecycle, voting_opens_at,
            voting_closes_at, quota_period, quota_scope, votes_per_period, tally_visibility, guests_may_vote, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)")
        .bind(c.id).bind(&c.slug).bind(&c.title).bind(&c.summary).bind(&c.cover_url).bind(c.time_zone.0.name())
        .bind(c.lifecycle).bind(c.voting_opens_at).bind(c.voting_closes_at).bind(c.quota_period).bind(c.quota_scope)
        .bind(c.votes_per_period).bind(c.tally_visibility).bind(c.guests_may_vote).bind(now)
        .execute(&mut **t).await.map(drop))
}

/// Stores a new category at `position` of its campaign's list.
///
/// # Errors
/// When its key is taken in the campaign.
pub async fn insert_category(
    tx: &mut Transaction,
    c: &Category,
    position: i64,
) -> sqlx::Result<()> {
    in_tx!(tx, t => sqlx::query(
        "INSERT INTO category (id, campaign_id, key, name, shortlist_size, position) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(c.id).bind(c.campaign_id).bind(&c.key).bind(&c.name).bind(c.shortlist_size).bind(position)
        .execute(&mut **t).await.map(drop))
}

/// Stores a new nominee.
///
/// # Errors
/// When its number is taken in the campaign.
pub async fn insert_nominee(tx: &mut Transaction, n: &Nominee) -> sqlx::Result<()> {
    in_tx!(tx, t => sqlx::query(
        "INSERT INTO nominee (id, campaign_id, category_id, number, name, employer, city, title, summary, portrait_url,
            status)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(n.id).bind(n.campaign_id).bind(n.category_id).bind(n.number).bind(&n.name).bind(&n.employer)
        .bind(&n.city).bind(&n.title).bind(&n.summary).bind(&n.portrait_url).bind(n.status)
        .execute(&mut **t).await.map(drop))
}

/// Whether there is a campaign with this slug.
///
/// # Errors
/// When the database cannot be read.
pub async fn slug_exists(database: &Database, slug: &str) -> sqlx::Result<bool> {
    let id: Option<CampaignId> = on_pool!(database.read(), p => sqlx::query_scalar(
        "SELECT id FROM campaign WHERE slug = $1").bind(slug).fetch_optional(p).await)?;
    Ok(id.is_some())
}
