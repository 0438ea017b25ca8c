//! Stories and the feed: newest first, by (time of publication, id), from one index range. Feeds may come from a
//! replica: what is not there yet is on the next page load.
//!
//! A story that cannot be read is left out of its list, which is otherwise whole: as many more rows are read.

use chrono::{DateTime, Utc};
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

use super::readable::{UnreadableRow, read_row};
use super::rows::Ids;
use super::statement::{Dialects, OnPool, Statement, with_ids};
use super::{Database, on_pool, sql};
use crate::domain::story::life::StoryStatus;
use crate::domain::story::{Direction, FeedFilter, FeedPosition, Story};
use crate::id::{CampaignId, StoryId};

/// Rows that a list reads beyond its limit at most, since others cannot be read. Where so many in a row are unreadable,
/// the list ends.
const SPARE_MAX: i64 = 4_096;
/// The last second of the years that stories have times in.
const LAST_TIME: DateTime<Utc> = DateTime::from_timestamp(253_402_300_799, 0).expect("a time");

/// Stories that were read.
#[derive(Debug, Default)]
pub struct ReadStories {
    /// Those that can be read, in the order of the list.
    pub stories: Vec<Story>,
    /// Rows that were left out.
    pub unreadable: Vec<UnreadableRow>,
}

/// The rows that a list reads: its limit, and room for those that cannot be read.
struct Room {
    limit: i64,
    spare: i64,
}

impl Room {
    fn new(limit: i64) -> Self {
        Self { limit, spare: 0 }
    }

    fn rows(&self) -> i64 {
        self.limit + self.spare
    }

    /// Whether unreadable rows took no place of another; otherwise the list is read again with more room.
    fn sufficed(&mut self, read: &ReadStories) -> bool {
        let unreadable = i64::try_from(read.unreadable.len()).unwrap_or(i64::MAX);
        if unreadable <= self.spare || self.spare == SPARE_MAX {
            return true;
        }
        self.spare = unreadable.saturating_mul(2).min(SPARE_MAX);
        false
    }
}

/// A stretch of a feed.
#[derive(Debug, Clone, Copy)]
pub struct FeedPage {
    /// The stories of the feed.
    pub filter: FeedFilter,
    /// Only stories that are visible at this time.
    pub now: DateTime<Utc>,
    /// Only stories on the far side of this place; without it, from the end.
    pub from: Option<FeedPosition>,
    /// The direction of reading.
    pub direction: Direction,
    /// At most so many.
    pub limit: i64,
}

/// A kind of feed: one text for each direction, so that each is one range of one index.
struct Feed {
    older: Statement,
    newer: Statement,
}

/// The columns of a story.
macro_rules! columns {
    () => {
        "s.id, s.campaign_id, s.nominee_id, s.title, s.summary, s.body, s.cover_url, s.cover_media, s.media,
            s.published_at, s.state, s.is_scheduled, s.was_out, s.author_id, s.editor_id, s.approver_id, s.rejection,
            s.text_check, s.edit_revision"
    };
}

pub(super) use columns;

macro_rules! feed {
    ($name:literal, $which:literal, $row:literal, $order:literal) => {
        sql!(
            $name,
            concat!(
                "SELECT ",
                columns!(),
                " FROM story s WHERE s.state = 'APPROVED' AND s.is_scheduled AND ",
                $which,
                " AND s.published_at <= $1 AND (s.published_at, s.id) ",
                $row,
                " ($2, $3) ORDER BY s.published_at ",
                $order,
                ", s.id ",
                $order,
                " LIMIT $4"
            )
        )
    };
}

macro_rules! both_directions {
    ($older:literal, $newer:literal, $which:literal) => {
        Feed {
            older: feed!($older, $which, "<", "DESC"),
            newer: feed!($newer, $which, ">", "ASC"),
        }
    };
}

const ALL: Feed = both_directions!(
    "list_feed_older",
    "list_feed_newer",
    "s.campaign_id IN (SELECT id FROM campaign WHERE lifecycle <> 'DRAFT') AND $5 = $5"
);
const CAMPAIGN: Feed = both_directions!(
    "list_campaign_feed_older",
    "list_campaign_feed_newer",
    "s.campaign_id = $5"
);
const CATEGORY: Feed = both_directions!(
    "list_category_feed_older",
    "list_category_feed_newer",
    "s.category_id = $5"
);

/// Reads a stretch of a feed, in the direction of reading: its limit, or more where some cannot be read.
pub async fn list_feed(database: &Database, page: FeedPage) -> sqlx::Result<ReadStories> {
    let (feed, key) = match page.filter {
        FeedFilter::All => (ALL, Uuid::nil()),
        FeedFilter::Campaign(id) => (CAMPAIGN, id.0),
        FeedFilter::Category(id) => (CATEGORY, id.0),
    };
    let (statement, end) = match page.direction {
        // From behind the newest that is visible, or from before the oldest.
        Direction::Older => (feed.older, FeedPosition::end_of(page.now)),
        Direction::Newer => (feed.newer, BEGINNING),
    };
    let mut room = Room::new(page.limit);
    loop {
        let range = Range {
            from: page.from.unwrap_or(end),
            now: page.now,
            limit: room.rows(),
        };
        let read = read_feed(database, statement, key, range).await?;
        if room.sufficed(&read) {
            return Ok(read);
        }
    }
}

async fn read_feed(
    database: &Database,
    statement: Statement,
    key: Uuid,
    range: Range,
) -> sqlx::Result<ReadStories> {
    if let Some(run) = database.replica(statement)
        && let Some(read) = database.replica_answer(fetch_feed(run, key, range).await)?
    {
        return Ok(read);
    }
    fetch_feed(database.read(statement), key, range).await
}

/// The range of stories that is read: from a place on, of those that are visible now, at most so many.
#[derive(Debug, Clone, Copy)]
struct Range {
    from: FeedPosition,
    now: DateTime<Utc>,
    limit: i64,
}

async fn fetch_feed(run: OnPool<'_>, key: Uuid, range: Range) -> sqlx::Result<ReadStories> {
    on_pool!(run, (p, text) => sqlx::query(text)
        .bind(range.now).bind(range.from.published_at).bind(range.from.id).bind(range.limit).bind(key)
        .fetch_all(p).await.map(read))
}

/// Takes the rows apart into those that can be read and the others.
pub(super) fn read<R>(rows: Vec<R>) -> ReadStories
where
    R: Row,
    Story: for<'r> FromRow<'r, R>,
    Uuid: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    let mut read = ReadStories::default();
    for row in rows {
        match read_row("story", &row) {
            Ok(story) => read.stories.push(story),
            Err(unreadable) => read.unreadable.push(unreadable),
        }
    }
    read
}

/// The place before all stories.
const BEGINNING: FeedPosition = FeedPosition {
    published_at: DateTime::UNIX_EPOCH,
    id: StoryId(Uuid::nil()),
};

/// Reads the newest stories of each of `nominees`, newest first, `limit` each (or more where some cannot be read) and
/// older than `after`: one statement for a page of nominees.
pub async fn list_of_nominees(
    database: &Database,
    nominees: Vec<Uuid>,
    now: DateTime<Utc>,
    after: Option<FeedPosition>,
    limit: i64,
) -> sqlx::Result<ReadStories> {
    let statement = with_ids!(
        "list_stories_of_nominees",
        concat!(
            "SELECT * FROM (SELECT ", columns!(),
            ", ROW_NUMBER() OVER (PARTITION BY s.nominee_id ORDER BY s.published_at DESC, s.id DESC) AS place
            FROM story s WHERE s.state = 'APPROVED' AND s.is_scheduled AND s.nominee_id"
        ),
        "AND s.published_at <= $2 AND (s.published_at, s.id) < ($4, $5)) ranked
        WHERE place <= $3 ORDER BY published_at DESC, id DESC"
    );
    let nominees = Ids(nominees);
    let mut room = Room::new(limit);
    loop {
        let range = Range {
            from: after.unwrap_or(FeedPosition::end_of(now)),
            now,
            limit: room.rows(),
        };
        let read = read_newest(database, statement, &nominees, range).await?;
        if room.sufficed(&read) {
            return Ok(read);
        }
    }
}

async fn read_newest(
    database: &Database,
    statement: Dialects,
    nominees: &Ids,
    range: Range,
) -> sqlx::Result<ReadStories> {
    if let Some(run) = database.replica(statement)
        && let Some(read) = database.replica_answer(fetch_newest(run, nominees, range).await)?
    {
        return Ok(read);
    }
    fetch_newest(database.read(statement), nominees, range).await
}

async fn fetch_newest(run: OnPool<'_>, nominees: &Ids, range: Range) -> sqlx::Result<ReadStories> {
    on_pool!(run, (p, text) => sqlx::query(text)
        .bind(nominees).bind(range.now).bind(range.limit).bind(range.from.published_at).bind(range.from.id)
        .fetch_all(p).await.map(read))
}

/// The stories of `ids` that exist, visible or not.
pub async fn list_by_ids(database: &Database, ids: Vec<Uuid>) -> sqlx::Result<ReadStories> {
    let statement = with_ids!(
        "list_stories_by_ids",
        concat!("SELECT ", columns!(), " FROM story s WHERE s.id"),
        ""
    );
    let ids = Ids(ids);
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(&ids).fetch_all(p).await.map(read))
}

/// Stories that became visible behind `after` and not after `now`, oldest first: `limit`, or more where some cannot be
/// read; fewer are the last ones.
pub async fn list_published_between(
    database: &Database,
    after: FeedPosition,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<ReadStories> {
    let statement = sql!(
        "list_published_stories",
        concat!(
            "SELECT ",
            columns!(),
            " FROM story s WHERE s.state = 'APPROVED' AND s.is_scheduled
                AND (s.published_at, s.id) > ($1, $2) AND s.published_at <= $3
            ORDER BY s.published_at, s.id LIMIT $4"
        )
    );
    let mut room = Room::new(limit);
    loop {
        let read = on_pool!(database.read(statement), (p, text) => sqlx::query(text)
            .bind(after.published_at).bind(after.id).bind(now).bind(room.rows())
            .fetch_all(p).await.map(read))?;
        if room.sufficed(&read) {
            return Ok(read);
        }
    }
}

/// Which stories of a campaign are listed, and from where on.
#[derive(Debug, Clone)]
pub struct DeskPage {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Only those of this status.
    pub status: Option<StoryStatus>,
    /// The moment of the status.
    pub now: DateTime<Utc>,
    /// Only those from this time on.
    pub from: Option<DateTime<Utc>>,
    /// Only those before this time.
    pub to: Option<DateTime<Utc>>,
    /// Only those with this text in their headline.
    pub title: Option<String>,
    /// Only stories behind this place.
    pub after: Option<FeedPosition>,
    /// At most so many.
    pub limit: i64,
}

/// The state of the story `s` at the time `$2`, by its name in the API.
macro_rules! status {
    () => {
        "CASE WHEN s.state <> 'APPROVED' THEN s.state WHEN NOT s.is_scheduled THEN 'APPROVED'
            WHEN s.published_at > $2 THEN 'SCHEDULED' ELSE 'PUBLISHED' END"
    };
}

macro_rules! list_of_desk {
    ($like:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM story s WHERE s.campaign_id = $1 AND (s.published_at, s.id) < ($3, $4) AND s.published_at >= $5
                AND ($6 = '' OR $6 = ",
            status!(),
            ") AND ($7 = '' OR s.title ",
            $like,
            " $7 ESCAPE '!') ORDER BY s.published_at DESC, s.id DESC LIMIT $8"
        )
    };
}

/// Stories of a campaign, out or not, latest time first: the limit, or more where some cannot be read.
pub async fn list_of_desk(database: &Database, page: DeskPage) -> sqlx::Result<ReadStories> {
    // SQLite's LIKE takes letters of ASCII for the same in both cases, PostgreSQL's ILIKE all.
    let statement = sql!(
        "list_stories_of_desk",
        postgres: list_of_desk!("ILIKE"),
        sqlite: list_of_desk!("LIKE"),
    );
    let status = page.status.map_or("", StoryStatus::name);
    let title = page.title.as_deref().map_or_else(String::new, contains);
    let after = page.after.unwrap_or(FeedPosition::end_of(LAST_TIME));
    // Within the times that stories have: databases know fewer than clients can write.
    let within = |time: DateTime<Utc>| time.clamp(BEGINNING.published_at, LAST_TIME);
    let to = page.to.map(within);
    let end = to.map_or(after, |to| after.min(FeedPosition::start_of(to)));
    let from = page.from.map_or(BEGINNING.published_at, within);
    let mut room = Room::new(page.limit);
    loop {
        let read = on_pool!(database.read(statement), (p, text) => sqlx::query(text)
            .bind(page.campaign_id).bind(page.now).bind(end.published_at).bind(end.id).bind(from).bind(status)
            .bind(&title).bind(room.rows())
            .fetch_all(p).await.map(read))?;
        if room.sufficed(&read) {
            return Ok(read);
        }
    }
}

/// The pattern of texts that contain this one, for LIKE with the escape character `!`.
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// The number of a campaign's stories in each state at a time; states without any are left out.
pub async fn count_by_status(
    database: &Database,
    campaign_id: CampaignId,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<(String, i64)>> {
    let statement = sql!(
        "count_stories_by_status",
        concat!(
            "SELECT status, count(*) FROM (SELECT ",
            status!(),
            " AS status FROM story s WHERE s.campaign_id = $1) counted GROUP BY status"
        )
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(now).fetch_all(p).await)
}

/// The views of all stories of a campaign.
pub async fn sum_views(database: &Database, campaign_id: CampaignId) -> sqlx::Result<i64> {
    let statement = sql!(
        "sum_views_of_stories",
        "SELECT CAST(COALESCE(SUM(c.views), 0) AS BIGINT) FROM story s JOIN subject_counter c ON c.subject_id = s.id
        WHERE s.campaign_id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).bind(campaign_id).fetch_one(p).await)
}
