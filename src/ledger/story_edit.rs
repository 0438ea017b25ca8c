//! Stories, one at a time: as the desk edits them. Feeds are read by [`super::story`].

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::address::require_web;
use super::story::{ReadStories, columns, read};
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::story::Story;
use crate::id::{CampaignId, StoryId};

/// The stories of a campaign that the audit log tells of: those that were made or edited at the desk.
pub async fn list_edited(
    database: &Database,
    campaign_id: CampaignId,
) -> sqlx::Result<ReadStories> {
    let statement = sql!(
        "list_edited_stories",
        concat!(
            "SELECT ", columns!(), " FROM story s
            WHERE s.campaign_id = $1 AND (s.edit_revision > 1 OR s.author_id IS NOT NULL) ORDER BY s.id"
        )
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(campaign_id).fetch_all(p).await.map(read))
}

/// The campaign of a story.
pub async fn find_campaign_of(
    database: &Database,
    id: StoryId,
) -> sqlx::Result<Option<CampaignId>> {
    let statement = sql!(
        "find_campaign_of_story",
        "SELECT campaign_id FROM story WHERE id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).bind(id).fetch_optional(p).await)
}

/// A story as this transaction sees it; locked until its end.
pub async fn find_locked(tx: &mut Transaction, id: StoryId) -> sqlx::Result<Option<Story>> {
    let statement = sql!(
        "lock_story",
        postgres: concat!("SELECT ", columns!(), " FROM story s WHERE s.id = $1 FOR UPDATE"),
        sqlite: concat!("SELECT ", columns!(), " FROM story s WHERE s.id = $1"),
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_optional(t).await)
}

/// All stories of a campaign, out or not, as this transaction sees them.
pub async fn list_all(tx: &mut Transaction, campaign_id: CampaignId) -> sqlx::Result<Vec<Story>> {
    let statement = sql!(
        "list_all_stories",
        concat!(
            "SELECT ",
            columns!(),
            " FROM story s WHERE s.campaign_id = $1 ORDER BY s.id"
        )
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(campaign_id).fetch_all(t).await)
}

/// The times behind `now` at which stories of a campaign come out.
pub async fn list_scheduled_times(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<(StoryId, DateTime<Utc>)>> {
    let statement = sql!(
        "list_scheduled_times",
        "SELECT id, published_at FROM story
        WHERE campaign_id = $1 AND state <> 'RETRACTED' AND is_scheduled AND published_at > $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(campaign_id).bind(now).fetch_all(t).await)
}

/// Stores a new story; its category is its nominee's. Fails, too, where its campaign or nominee does not exist.
pub async fn insert(tx: &mut Transaction, s: &Story) -> sqlx::Result<()> {
    require_web(&s.cover_url)?;
    require_web(s.media.iter().map(|medium| &medium.url))?;
    let statement = sql!(
        "insert_story",
        "INSERT INTO story (id, campaign_id, category_id, nominee_id, title, summary, body, cover_url, media,
            published_at, cover_media, state, is_scheduled, was_out, author_id, editor_id, approver_id, rejection,
            text_check, edit_revision)
        VALUES ($1, $2, (SELECT category_id FROM nominee WHERE id = $3), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
            $13, $14, $15, $16, $17, $18, $19)"
    );
    let r = &s.review;
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(s.id).bind(s.campaign_id).bind(s.nominee_id).bind(&s.title).bind(&s.summary)
        .bind(&s.body).bind(&s.cover_url).bind(Json(&s.media)).bind(s.published_at).bind(&s.cover_media)
        .bind(r.state).bind(r.is_scheduled).bind(r.was_out).bind(r.author_id).bind(r.editor_id).bind(r.approver_id)
        .bind(&r.rejection).bind(r.text_check).bind(r.edit_revision)
        .execute(t).await.map(drop))
}

/// Stores what can be edited of a story, with its next edit revision.
pub async fn update(tx: &mut Transaction, s: &Story) -> sqlx::Result<()> {
    require_web(&s.cover_url)?;
    let statement = sql!(
        "update_story",
        "UPDATE story SET category_id = (SELECT category_id FROM nominee WHERE id = $2), nominee_id = $2, title = $3,
            summary = $4, body = $5, cover_url = $6, cover_media = $7, published_at = $8, state = $9,
            is_scheduled = $10, was_out = $11, author_id = $12, editor_id = $13, approver_id = $14, rejection = $15,
            text_check = $16, edit_revision = $17
        WHERE id = $1"
    );
    let r = &s.review;
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(s.id).bind(s.nominee_id).bind(&s.title).bind(&s.summary).bind(&s.body).bind(&s.cover_url)
        .bind(&s.cover_media).bind(s.published_at).bind(r.state).bind(r.is_scheduled).bind(r.was_out)
        .bind(r.author_id).bind(r.editor_id).bind(r.approver_id).bind(&r.rejection).bind(r.text_check)
        .bind(r.edit_revision)
        .execute(t).await.map(drop))
}
