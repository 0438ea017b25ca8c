//! Stories and the feed: newest first, by (time of publication, id), from one index range. Feeds may come from a replica: what
//! is not there yet is on the next page load.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::dialect::{Ids, Statement, with_ids};
use super::{Database, Pool, Transaction, in_tx, on_pool};
use crate::domain::story::{FeedFilter, FeedPosition, Story};
use crate::id::{CategoryId, StoryId};

/// A stretch of a feed.
#[derive(Debug, Clone, Copy)]
pub struct FeedPage {
    /// Which stories.
    pub of: FeedFilter,
    /// Only stories that are visible at this time.
    pub now: DateTime<Utc>,
    /// Only stories on the far side of this place.
    pub from: Option<FeedPosition>,
    /// Towards newer stories, not older ones.
    pub newer: bool,
    /// At most so many.
    pub limit: i64,
}

/// One text for each kind of feed and direction, so that each is one range of one index.
macro_rules! feed {
    ($which:literal, $row:literal, $order:literal) => {
        concat!(
            "SELECT s.id, s.campaign_id, s.nominee_id, s.title, s.summary, s.body, s.cover_url, s.media, s.published_at
            FROM story s WHERE ", $which, " AND s.published_at <= $1 AND (s.published_at, s.id) ", $row,
            " ($2, $3) ORDER BY s.published_at ", $order, ", s.id ", $order, " LIMIT $4"
        )
    };
}

macro_rules! feeds {
    ($which:literal) => {
        [feed!($which, "<", "DESC"), feed!($which, ">", "ASC")]
    };
}

const ALL: [&str; 2] =
    feeds!("s.campaign_id IN (SELECT id FROM campaign WHERE lifecycle <> 'DRAFT') AND $5 = $5");
const CAMPAIGN: [&str; 2] = feeds!("s.campaign_id = $5");
const CATEGORY: [&str; 2] = feeds!("s.category_id = $5");

/// Reads a stretch of a feed, in the direction of reading: newest first, or oldest first with `newer`.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_feed(database: &Database, page: FeedPage) -> sqlx::Result<Vec<Story>> {
    let (texts, key) = match page.of {
        FeedFilter::All => (ALL, Uuid::nil()),
        FeedFilter::Campaign(id) => (CAMPAIGN, id.0),
        FeedFilter::Category(id) => (CATEGORY, id.0),
    };
    // Without a place to start from: before the oldest, or after the newest that is visible.
    let from = page.from.unwrap_or(if page.newer {
        FeedPosition {
            published_at: DateTime::UNIX_EPOCH,
            id: StoryId(Uuid::nil()),
        }
    } else {
        FeedPosition::end_of(page.now)
    });
    let read = async |pool: &Pool| {
        on_pool!(pool, p => sqlx::query_as(texts[usize::from(page.newer)])
        .bind(page.now).bind(from.published_at).bind(from.id).bind(page.limit).bind(key).fetch_all(p).await)
    };
    if let Some(replica) = database.replica()
        && let Some(stories) = database.of_replica(read(replica).await)?
    {
        return Ok(stories);
    }
    read(database.read()).await
}

/// The newest `limit` visible stories after `from` of each of several nominees, newest first: one statement for a page.
const OF_NOMINEES: Statement = with_ids!(
    "SELECT * FROM (
        SELECT s.id, s.campaign_id, s.nominee_id, s.title, s.summary, s.body, s.cover_url, s.media, s.published_at,
            ROW_NUMBER() OVER (PARTITION BY s.nominee_id ORDER BY s.published_at DESC, s.id DESC) AS place
        FROM story s WHERE s.nominee_id",
    "AND s.published_at <= $2 AND (s.published_at, s.id) < ($4, $5)) ranked WHERE place <= $3 ORDER BY published_at DESC, id DESC"
);

/// Reads the newest stories of each of `nominees`, at most `limit` each and older than `after`.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_of_nominees(
    database: &Database,
    nominees: Vec<Uuid>,
    now: DateTime<Utc>,
    after: Option<FeedPosition>,
    limit: i64,
) -> sqlx::Result<Vec<Story>> {
    let after = after.unwrap_or(FeedPosition::end_of(now));
    let read = async |pool: &Pool| {
        on_pool!(pool, p => sqlx::query_as(OF_NOMINEES.of(pool)).bind(Ids(nominees.clone())).bind(now).bind(limit)
        .bind(after.published_at).bind(after.id).fetch_all(p).await)
    };
    if let Some(replica) = database.replica()
        && let Some(stories) = database.of_replica(read(replica).await)?
    {
        return Ok(stories);
    }
    read(database.read()).await
}

/// Those of `ids` that exist, visible or not.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_by_ids(database: &Database, ids: Vec<Uuid>) -> sqlx::Result<Vec<Story>> {
    let statement = with_ids!(
        "SELECT id, campaign_id, nominee_id, title, summary, body, cover_url, media, published_at FROM story WHERE id",
        ""
    );
    let pool = database.read();
    on_pool!(pool, p => sqlx::query_as(statement.of(pool)).bind(Ids(ids.clone())).fetch_all(p).await)
}

/// Stories that became visible behind `after` and not after `now`, oldest first, at most `limit`.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_published_between(
    database: &Database,
    after: FeedPosition,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Story>> {
    on_pool!(database.read(), p => sqlx::query_as(
        "SELECT id, campaign_id, nominee_id, title, summary, body, cover_url, media, published_at FROM story
        WHERE (published_at, id) > ($1, $2) AND published_at <= $3 ORDER BY published_at, id LIMIT $4")
        .bind(after.published_at).bind(after.id).bind(now).bind(limit).fetch_all(p).await)
}

/// Stores a new story; `category_id` is its nominee's.
///
/// # Errors
/// When its campaign, category or nominee does not exist.
pub async fn insert(
    tx: &mut Transaction,
    s: &Story,
    category_id: Option<CategoryId>,
) -> sqlx::Result<()> {
    in_tx!(tx, t => sqlx::query(
        "INSERT INTO story (id, campaign_id, category_id, nominee_id, title, summary, body, cover_url, media,
            published_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(s.id).bind(s.campaign_id).bind(category_id).bind(s.nominee_id).bind(&s.title).bind(&s.summary)
        .bind(&s.body).bind(&s.cover_url).bind(Json(&s.media)).bind(s.published_at)
        .execute(&mut **t).await.map(drop))
}
