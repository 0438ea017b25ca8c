//! Pictures that are stored, and uploads on their way to what they are for. The files themselves are in the object
//! store.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::media::{MediaName, UploadPurpose};
use crate::id::{StaffId, UploadId};

/// The time that a file is kept for what it was sent for, from the end of its link on: a form that is left open for
/// an afternoon is saved all the same.
const KEPT: TimeDelta = TimeDelta::days(1);
/// The time that a file is kept after it was taken: a job that died is taken over within minutes.
const KEPT_TAKEN: TimeDelta = TimeDelta::hours(1);
/// Rows of one batch of the cleaner.
const PURGE_BATCH: i64 = 100;

/// A file that a member of staff may send, or has sent.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The member of staff who may use it.
    pub staff_id: StaffId,
    /// The purpose of the file.
    pub purpose: UploadPurpose,
    /// The file's bytes, exactly.
    pub bytes: i64,
    /// The end of the link.
    pub expires_at: DateTime<Utc>,
    /// The name of the file in the object store, once it is whole.
    pub file_id: Option<UploadId>,
    /// The time at which it became something else.
    pub consumed_at: Option<DateTime<Utc>>,
}

impl Upload {
    /// Whether the link is at its end.
    #[must_use]
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        now >= self.expires_at
    }

    /// Whether its file may be gone.
    #[must_use]
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        now >= self.expires_at + KEPT
    }
}

/// A picture that is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Media {
    /// Its name.
    pub name: MediaName,
    /// The type of its files.
    pub content_type: String,
    /// Width of the large file in pixels.
    pub width: i64,
    /// Its height.
    pub height: i64,
    /// Bytes of the large file.
    pub large_bytes: i64,
    /// Bytes of the small one.
    pub small_bytes: i64,
}

/// Stores an upload that is to come, unless its owner has `open_max` that are not used; returns whether it was stored.
pub async fn insert_upload(
    database: &Database,
    upload: &Upload,
    open_max: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "insert_upload",
        "INSERT INTO upload (id, staff_id, purpose, bytes, expires_at)
        SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM upload WHERE staff_id = $2 AND consumed_at IS NULL
            AND (received_at IS NOT NULL OR expires_at > $6)) < $7"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(upload.id).bind(upload.staff_id).bind(upload.purpose).bind(upload.bytes).bind(upload.expires_at)
        .bind(now).bind(open_max)
        .execute(p).await.map(|done| done.rows_affected() == 1))
}

/// The upload with this id.
pub async fn find_upload(database: &Database, id: UploadId) -> sqlx::Result<Option<Upload>> {
    let statement = sql!(
        "find_upload",
        "SELECT id, staff_id, purpose, bytes, expires_at, file_id, consumed_at FROM upload WHERE id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(id).fetch_optional(p).await)
}

/// Notes that the file of an upload is whole and where it is; returns whether it is the first one.
pub async fn receive_upload(
    database: &Database,
    id: UploadId,
    file_id: UploadId,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "receive_upload",
        "UPDATE upload SET file_id = $2, received_at = $3 WHERE id = $1 AND received_at IS NULL"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(file_id).bind(now).execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Takes an upload for what it was sent for, in the transaction of that change; returns whether it was there to take.
pub async fn take_upload(
    tx: &mut Transaction,
    id: UploadId,
    staff_id: StaffId,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "take_upload",
        "UPDATE upload SET consumed_at = $3
        WHERE id = $1 AND staff_id = $2 AND received_at IS NOT NULL AND consumed_at IS NULL"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).bind(staff_id).bind(now).execute(t).await.map(|done| done.rows_affected() == 1))
}

/// Some uploads that are of no use any more, oldest first: their files are to go first, then they. Imports need theirs.
pub async fn list_expired_uploads(
    database: &Database,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Upload>> {
    let statement = sql!(
        "list_expired_uploads",
        "SELECT id, staff_id, purpose, bytes, expires_at, file_id, consumed_at FROM upload
        WHERE (expires_at < $1 OR (consumed_at IS NOT NULL AND consumed_at < $2))
            AND id NOT IN (SELECT upload_id FROM import_job WHERE upload_id IS NOT NULL)
        ORDER BY expires_at, id LIMIT $3"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(now - KEPT).bind(now - KEPT_TAKEN).bind(PURGE_BATCH).fetch_all(p).await)
}

/// Removes an upload.
pub async fn delete_upload(database: &Database, id: UploadId) -> sqlx::Result<()> {
    let statement = sql!("delete_upload", "DELETE FROM upload WHERE id = $1");
    on_pool!(database.write(statement), (p, text) => sqlx::query(text).bind(id).execute(p).await.map(drop))
}

/// Stores a picture, whose files are there already, unless it is known.
pub async fn insert(database: &Database, media: &Media, now: DateTime<Utc>) -> sqlx::Result<()> {
    let statement = sql!(
        "insert_media",
        "INSERT INTO media (name, content_type, width, height, large_bytes, small_bytes, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO NOTHING"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(&media.name).bind(&media.content_type).bind(media.width).bind(media.height)
        .bind(media.large_bytes).bind(media.small_bytes).bind(now)
        .execute(p).await.map(drop))
}

/// Pictures by name, at most `limit` that come after this one.
pub async fn list_after(database: &Database, after: &str, limit: i64) -> sqlx::Result<Vec<Media>> {
    let statement = sql!(
        "list_media",
        "SELECT name, content_type, width, height, large_bytes, small_bytes FROM media
        WHERE name > $1 ORDER BY name LIMIT $2"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(after).bind(limit).fetch_all(p).await)
}

macro_rules! list_unused {
    ($names_of_stories:literal) => {
        concat!(
            "SELECT name FROM media WHERE name NOT IN (
                SELECT portrait_media FROM nominee WHERE portrait_media IS NOT NULL
                UNION SELECT cover_media FROM campaign WHERE cover_media IS NOT NULL
                UNION SELECT cover_media FROM story WHERE cover_media IS NOT NULL UNION ",
            $names_of_stories,
            ") AND NOT EXISTS (SELECT 1 FROM story WHERE body LIKE '%/media/' || name || '-%') ORDER BY name"
        )
    };
}

/// The pictures that no nominee, campaign or story shows, nor the text of a story.
pub async fn list_unused(database: &Database) -> sqlx::Result<Vec<MediaName>> {
    // Behind "/media/" are the 64 digits of a name.
    let statement = sql!(
        "list_unused_media",
        postgres: list_unused!("SELECT substr(m ->> 'url', 8, 64) FROM story, jsonb_array_elements(media) m
            WHERE m ->> 'url' LIKE '/media/%'"),
        sqlite: list_unused!("SELECT substr(json_extract(m.value, '$.url'), 8, 64) FROM story, json_each(story.media) m
            WHERE json_extract(m.value, '$.url') LIKE '/media/%'"),
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).fetch_all(p).await)
}
