//! Campaigns with their categories and nominees: read whole into rosters, written by imports.

use chrono::{DateTime, Utc};

use super::address::require_web;
use super::dialect::INSERT_NOMINEES;
use super::readable::{UnreadableRow, readable};
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::campaign::{Campaign, Category};
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::id::CampaignId;

/// Nominees of one statement: a megabyte or two.
const INSERTED_MAX: usize = 1_000;

/// All campaigns as they stand at a moment.
#[derive(Debug)]
pub struct Revisions {
    /// The epoch of the installation.
    pub epoch: i64,
    /// Every campaign with its revision.
    pub campaigns: Vec<(CampaignId, i64)>,
}

/// Every campaign with its revision, and the epoch.
pub async fn list_revisions(database: &Database) -> sqlx::Result<Revisions> {
    let statement = sql!(
        "list_campaign_revisions",
        "SELECT i.epoch, c.id, c.revision FROM instance i LEFT JOIN campaign c ON TRUE"
    );
    let rows: Vec<(i64, Option<CampaignId>, Option<i64>)> = on_pool!(database.read(statement), (p, text) =>
        sqlx::query_as(text).fetch_all(p).await)?;
    // A database that is being restored has no installation yet: that is not one without campaigns.
    let epoch = rows.first().ok_or(sqlx::Error::RowNotFound)?.0;
    let campaigns = rows
        .into_iter()
        .filter_map(|(_, id, revision)| Some((id?, revision?)));
    Ok(Revisions {
        epoch,
        campaigns: campaigns.collect(),
    })
}

/// A campaign as far as it can be read.
#[derive(Debug, Default)]
pub struct ReadRoster {
    /// The campaign; none where there is none, or its own row is unreadable.
    pub roster: Option<Roster>,
    /// Rows of it that were left out.
    pub unreadable: Vec<UnreadableRow>,
}

/// A campaign as it stands now, with its categories and nominees. If it changes between the statements, its revision
/// has moved on and it is read again at the next look.
pub async fn find_roster(database: &Database, id: CampaignId) -> sqlx::Result<ReadRoster> {
    let mut unreadable = Vec::new();
    let statement = sql!(
        "find_campaign",
        "SELECT id, slug, title, summary, cover_url, cover_media, time_zone, lifecycle, voting_opens_at, voting_closes_at,
            quota_period, quota_scope, votes_per_period, tally_visibility, guests_may_vote, revision,
            rules_revision
        FROM campaign WHERE id = $1"
    );
    let campaigns: Vec<Campaign> = on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(id).fetch_all(p).await.map(|rows| readable("campaign", rows, &mut unreadable)))?;
    let Some(campaign) = campaigns.into_iter().next() else {
        return Ok(ReadRoster {
            roster: None,
            unreadable,
        });
    };
    let statement = sql!(
        "list_categories",
        "SELECT id, campaign_id, key, name, shortlist_size FROM category WHERE campaign_id = $1 ORDER BY position, id"
    );
    let categories: Vec<Category> = on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(id).fetch_all(p).await.map(|rows| readable("category", rows, &mut unreadable)))?;
    let statement = sql!(
        "list_nominees",
        "SELECT id, campaign_id, category_id, number, name, employer, city, title, summary, portrait_url,
            portrait_media, status
        FROM nominee WHERE campaign_id = $1 ORDER BY number"
    );
    let nominees: Vec<Nominee> = on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(id).fetch_all(p).await.map(|rows| readable("nominee", rows, &mut unreadable)))?;
    Ok(ReadRoster {
        roster: Some(Roster::new(campaign, categories, nominees)),
        unreadable,
    })
}

/// Stores a new campaign. Fails, too, where the slug is taken or a rule is out of its bounds.
pub async fn insert(tx: &mut Transaction, c: &Campaign, now: DateTime<Utc>) -> sqlx::Result<()> {
    require_web(&c.cover_url)?;
    let statement = sql!(
        "insert_campaign",
        "INSERT INTO campaign (id, slug, title, summary, cover_url, time_zone, lifecycle, voting_opens_at,
            voting_closes_at, quota_period, quota_scope, votes_per_period, tally_visibility, guests_may_vote,
            created_at, cover_media)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(c.id).bind(&c.slug).bind(&c.title).bind(&c.summary).bind(&c.cover_url).bind(c.time_zone.0.name())
        .bind(c.lifecycle).bind(c.voting_opens_at).bind(c.voting_closes_at).bind(c.quota_period).bind(c.quota_scope)
        .bind(c.votes_per_period).bind(c.tally_visibility).bind(c.guests_may_vote).bind(now)
        .bind(&c.cover_media)
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

/// Whether there is a campaign with this slug.
pub async fn slug_exists(database: &Database, slug: &str) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_campaign_by_slug",
        "SELECT id FROM campaign WHERE slug = $1"
    );
    let id: Option<CampaignId> = on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text)
        .bind(slug).fetch_optional(p).await)?;
    Ok(id.is_some())
}
