//! Campaigns with their categories and nominees, as transactions read and write them. The memory of a process is read
//! in the file of rosters.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::address::require_web;
use super::dialect::INSERT_NOMINEES;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::amendment::Amendment;
use crate::domain::campaign::{Campaign, Category};
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::id::{CampaignId, CategoryId};

/// Nominees of one statement: a megabyte or two.
const INSERTED_MAX: usize = 1_000;

/// All campaigns as they stand at a moment.
#[derive(Debug)]
pub struct Revisions {
    /// The epoch of the installation.
    pub epoch: i64,
    /// The revision of organisations and memberships.
    pub access: i64,
    /// Every campaign with its revision.
    pub campaigns: Vec<(CampaignId, i64)>,
}

/// Every campaign with its revision, the epoch, and the revision of memberships.
pub async fn list_revisions(database: &Database) -> sqlx::Result<Revisions> {
    let statement = sql!(
        "list_campaign_revisions",
        "SELECT i.epoch, i.access_revision, c.id, c.revision FROM instance i LEFT JOIN campaign c ON TRUE"
    );
    let rows: Vec<(i64, i64, Option<CampaignId>, Option<i64>)> = on_pool!(database.read(statement), (p, text) =>
        sqlx::query_as(text).fetch_all(p).await)?;
    // A database that is being restored has no installation yet: that is not one without campaigns.
    let (epoch, access, ..) = *rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let campaigns = rows
        .into_iter()
        .filter_map(|(.., id, revision)| Some((id?, revision?)));
    Ok(Revisions {
        epoch,
        access,
        campaigns: campaigns.collect(),
    })
}

/// The statement that reads the campaigns of a condition.
macro_rules! find_campaign {
    ($condition:expr) => {
        concat!(
            "SELECT id, organisation_id, slug, title, summary, cover_url, cover_media, time_zone, lifecycle,
                voting_opens_at, voting_closes_at, quota_period, quota_scope, votes_per_period, tally_visibility, guests_may_vote,
                admits, challenge, paused_at, edit_revision, revision, rules_revision
            FROM campaign WHERE id",
            $condition
        )
    };
}
pub(super) use find_campaign;

/// Stores a new campaign. Fails, too, where the slug is taken or a rule is out of its bounds.
pub async fn insert(tx: &mut Transaction, c: &Campaign, now: DateTime<Utc>) -> sqlx::Result<()> {
    require_web(&c.cover_url)?;
    let statement = sql!(
        "insert_campaign",
        "INSERT INTO campaign (id, slug, title, summary, cover_url, time_zone, lifecycle, voting_opens_at,
            voting_closes_at, quota_period, quota_scope, votes_per_period, tally_visibility, guests_may_vote,
            admits, created_at, organisation_id, cover_media, challenge)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(c.id).bind(&c.slug).bind(&c.title).bind(&c.summary).bind(&c.cover_url).bind(c.time_zone.0.name())
        .bind(c.lifecycle).bind(c.voting_opens_at).bind(c.voting_closes_at).bind(c.quota_period).bind(c.quota_scope)
        .bind(c.votes_per_period).bind(c.tally_visibility).bind(c.guests_may_vote)
        .bind(c.admits.to_string()).bind(now)
        .bind(c.organisation_id).bind(&c.cover_media).bind(c.challenge)
        .execute(t).await.map(drop))
}

/// Stores a new category at `position` of its campaign's list. Fails, too, where its key is taken in the campaign.
pub async fn insert_category(
    tx: &mut Transaction,
    c: &Category,
    position: i64,
) -> sqlx::Result<()> {
    let statement = sql!(
        "insert_category",
        "INSERT INTO category (id, campaign_id, key, name, shortlist_size, position) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(c.id).bind(c.campaign_id).bind(&c.key).bind(&c.name).bind(c.shortlist_size).bind(position)
        .execute(t).await.map(drop))
}

/// Stores new nominees, so many of them a statement that an import of thousands takes a few. Fails, too, where a number
/// is taken in the campaign.
pub async fn insert_nominees(tx: &mut Transaction, nominees: &[Nominee]) -> sqlx::Result<()> {
    for nominees in nominees.chunks(INSERTED_MAX) {
        require_web(nominees.iter().filter_map(|n| n.portrait_url.as_ref()))?;
        let rows = serde_json::to_string(nominees).map_err(|e| sqlx::Error::Encode(e.into()))?;
        in_tx!(tx.run(INSERT_NOMINEES), (t, text) => sqlx::query(text).bind(&rows).execute(t).await.map(drop))?;
    }
    Ok(())
}

/// The campaign with this slug.
pub async fn find_by_slug(database: &Database, slug: &str) -> sqlx::Result<Option<CampaignId>> {
    let statement = sql!(
        "find_campaign_by_slug",
        "SELECT id FROM campaign WHERE slug = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).bind(slug).fetch_optional(p).await)
}

/// A campaign as this transaction sees it; locked, so that what is decided on it stays true until the end.
pub async fn find_locked(tx: &mut Transaction, id: CampaignId) -> sqlx::Result<Option<Campaign>> {
    let statement = sql!(
        "lock_campaign",
        postgres: find_campaign!(" = $1 FOR UPDATE"),
        sqlite: find_campaign!(" = $1"),
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_optional(t).await)
}

/// A campaign with its categories and nominees, as this transaction sees them.
pub async fn find_roster_in(tx: &mut Transaction, id: CampaignId) -> sqlx::Result<Option<Roster>> {
    let statement = sql!("find_campaign_to_export", find_campaign!(" = $1"));
    let found: Option<Campaign> = in_tx!(tx.run(statement), (t, text) =>
        sqlx::query_as(text).bind(id).fetch_optional(t).await)?;
    let Some(found) = found else {
        return Ok(None);
    };
    let categories = list_categories(tx, id).await?;
    let nominees = list_nominees(tx, id).await?;
    Ok(Some(Roster::new(found, categories, nominees)))
}

/// Whether a slug is taken.
pub async fn slug_is_taken(tx: &mut Transaction, slug: &str) -> sqlx::Result<bool> {
    let statement = sql!("find_slug", "SELECT 1 FROM campaign WHERE slug = $1");
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(slug).fetch_optional(t).await.map(|row| row.is_some()))
}

/// Stores what can be edited of a campaign, with its next edit revision.
pub async fn update(tx: &mut Transaction, c: &Campaign) -> sqlx::Result<()> {
    require_web(&c.cover_url)?;
    let statement = sql!(
        "update_campaign",
        "UPDATE campaign SET slug = $2, title = $3, summary = $4, cover_url = $5, time_zone = $6, lifecycle = $7,
            voting_opens_at = $8, voting_closes_at = $9, quota_period = $10, quota_scope = $11,
            votes_per_period = $12, tally_visibility = $13, guests_may_vote = $14, paused_at = $15,
            edit_revision = $16, cover_media = $17, admits = $18, challenge = $19
        WHERE id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(c.id).bind(&c.slug).bind(&c.title).bind(&c.summary).bind(&c.cover_url).bind(c.time_zone.0.name())
        .bind(c.lifecycle).bind(c.voting_opens_at).bind(c.voting_closes_at).bind(c.quota_period).bind(c.quota_scope)
        .bind(c.votes_per_period).bind(c.tally_visibility).bind(c.guests_may_vote).bind(c.paused_at)
        .bind(c.edit_revision).bind(&c.cover_media).bind(c.admits.to_string())
        .bind(c.challenge).execute(t).await.map(drop))
}

/// Whether a campaign has votes, counted or withheld.
pub async fn has_votes(tx: &mut Transaction, id: CampaignId) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_votes_of_campaign",
        "SELECT 1 FROM tally WHERE campaign_id = $1 AND counted + withheld > 0 LIMIT 1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).fetch_optional(t).await.map(|row| row.is_some()))
}

/// Removes a campaign that nobody has voted in, with all that belongs to it.
pub async fn delete(tx: &mut Transaction, id: CampaignId) -> sqlx::Result<()> {
    for statement in [
        sql!(
            "delete_stories_of_campaign",
            "DELETE FROM story WHERE campaign_id = $1"
        ),
        sql!(
            "delete_nominees_of_campaign",
            "DELETE FROM nominee WHERE campaign_id = $1"
        ),
        sql!(
            "delete_categories_of_campaign",
            "DELETE FROM category WHERE campaign_id = $1"
        ),
        sql!(
            "delete_rules_of_campaign",
            "DELETE FROM campaign_rules WHERE campaign_id = $1"
        ),
        sql!("delete_campaign", "DELETE FROM campaign WHERE id = $1"),
    ] {
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(id).execute(t).await.map(drop))?;
    }
    Ok(())
}

/// The categories of a campaign in their order, as this transaction sees them.
pub async fn list_categories(tx: &mut Transaction, id: CampaignId) -> sqlx::Result<Vec<Category>> {
    let statement = sql!(
        "list_categories_to_edit",
        "SELECT id, campaign_id, key, name, shortlist_size FROM category WHERE campaign_id = $1 ORDER BY position, id"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_all(t).await)
}

/// The nominees of a campaign by their numbers, as this transaction sees them.
pub async fn list_nominees(tx: &mut Transaction, id: CampaignId) -> sqlx::Result<Vec<Nominee>> {
    let statement = sql!(
        "list_nominees_to_edit",
        "SELECT id, campaign_id, category_id, number, name, employer, city, title, summary, portrait_url,
            portrait_media, status, edit_revision
        FROM nominee WHERE campaign_id = $1 ORDER BY number"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_all(t).await)
}

/// Stores what can be edited of a category, at `position` of its campaign's list.
pub async fn update_category(
    tx: &mut Transaction,
    c: &Category,
    position: i64,
) -> sqlx::Result<()> {
    let statement = sql!(
        "update_category",
        "UPDATE category SET key = $2, name = $3, shortlist_size = $4, position = $5 WHERE id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(c.id).bind(&c.key).bind(&c.name).bind(c.shortlist_size).bind(position).execute(t).await.map(drop))
}

/// Removes a category, unless it has nominees or stories; whether it was removed.
pub async fn delete_category(tx: &mut Transaction, id: CategoryId) -> sqlx::Result<bool> {
    let statement = sql!(
        "delete_category",
        "DELETE FROM category WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM nominee n WHERE n.category_id = $1)
            AND NOT EXISTS (SELECT 1 FROM story s WHERE s.category_id = $1)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).execute(t).await.map(|done| done.rows_affected() == 1))
}

/// The categories of a campaign that have a nominee who can be voted for.
pub async fn count_ready_categories(tx: &mut Transaction, id: CampaignId) -> sqlx::Result<i64> {
    let statement = sql!(
        "count_ready_categories",
        "SELECT count(DISTINCT category_id) FROM nominee WHERE campaign_id = $1 AND status = 'ACTIVE'"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text).bind(id).fetch_one(t).await)
}

/// Stores an amendment.
pub async fn insert_amendment(tx: &mut Transaction, a: &Amendment) -> sqlx::Result<()> {
    let statement = sql!(
        "insert_amendment",
        "INSERT INTO amendment (id, campaign_id, at, subject_label, changes, reason) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(a.id).bind(a.campaign_id).bind(a.at).bind(&a.subject_label).bind(Json(&a.changes)).bind(&a.reason)
        .execute(t).await.map(drop))
}
