//! Stories as the desk edits them, one at a time, and as it exports them. Feeds are read by [`super::story`].

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::address::{require_web, require_web_or_stored};
use super::story::{ReadStories, columns, read};
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::story::life::StoryState;
use crate::domain::story::{FeedPosition, Story};
use crate::id::{CampaignId, NomineeId, StoryId};

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
    require_web_or_stored(&s.media)?;
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
    require_web_or_stored(&s.media)?;
    let statement = sql!(
        "update_story",
        "UPDATE story SET category_id = (SELECT category_id FROM nominee WHERE id = $2), nominee_id = $2, title = $3,
            summary = $4, body = $5, cover_url = $6, cover_media = $7, published_at = $8, state = $9,
            is_scheduled = $10, was_out = $11, author_id = $12, editor_id = $13, approver_id = $14, rejection = $15,
            text_check = $16, edit_revision = $17, media = $18
        WHERE id = $1"
    );
    let r = &s.review;
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(s.id).bind(s.nominee_id).bind(&s.title).bind(&s.summary).bind(&s.body).bind(&s.cover_url)
        .bind(&s.cover_media).bind(s.published_at).bind(r.state).bind(r.is_scheduled).bind(r.was_out)
        .bind(r.author_id).bind(r.editor_id).bind(r.approver_id).bind(&r.rejection).bind(r.text_check)
        .bind(r.edit_revision).bind(Json(&s.media))
        .execute(t).await.map(drop))
}

/// A story as an export tells of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ExportedStory {
    /// Its id.
    pub id: StoryId,
    /// The nominee it is about; none for the campaign's own.
    pub nominee_id: Option<NomineeId>,
    /// Its headline.
    pub title: String,
    /// A sentence or two on its content.
    pub summary: String,
    /// Its text in Markdown.
    pub body: String,
    /// When it comes out or came out; where there is no such time, that of its creation.
    pub published_at: DateTime<Utc>,
    /// Whether it has a time at which it comes out.
    pub is_scheduled: bool,
    /// The state that people move.
    pub state: StoryState,
    /// The name of its author.
    pub author: Option<String>,
    /// The name of the member who approved it.
    pub approver: Option<String>,
    /// Voters who like it.
    pub likes: i64,
    /// Its views.
    pub views: i64,
}

impl ExportedStory {
    /// Its position in the feed.
    #[must_use]
    pub fn position(&self) -> FeedPosition {
        FeedPosition {
            published_at: self.published_at,
            id: self.id,
        }
    }
}

/// Stories of a campaign behind `after`, oldest first, at most `limit`, as this transaction sees them.
pub async fn list_page(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    after: FeedPosition,
    limit: i64,
) -> sqlx::Result<Vec<ExportedStory>> {
    let statement = sql!(
        "list_stories_to_export",
        "SELECT s.id, s.nominee_id, s.title, s.summary, s.body, s.published_at, s.is_scheduled, s.state,
            author.name AS author, approver.name AS approver, COALESCE(c.likes, 0) AS likes,
            COALESCE(c.views, 0) AS views
        FROM story s LEFT JOIN subject_counter c ON c.subject_id = s.id LEFT JOIN staff author ON author.id = s.author_id
            LEFT JOIN staff approver ON approver.id = s.approver_id
        WHERE s.campaign_id = $1 AND (s.published_at, s.id) > ($2, $3) ORDER BY s.published_at, s.id LIMIT $4"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(after.published_at).bind(after.id).bind(limit).fetch_all(t).await)
}
