//! Exports as jobs: they wait, are taken by a process under a lease, and are finished by the one that holds it. The
//! files themselves are in the object store.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::rows::Ids;
use super::statement::with_ids;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::export::{ExportFailure, ExportKind, ExportStatus, TableFormat};
use crate::id::{CampaignId, ExportFileId, ExportId, OrganisationId};

/// Rows of one batch of the cleaner.
const PURGE_BATCH: i64 = 100;

/// An export.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// The organisation that the campaign belongs to.
    pub organisation_id: OrganisationId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The table.
    pub kind: ExportKind,
    /// The format of the file.
    pub format: TableFormat,
    /// Its state.
    pub status: ExportStatus,
    /// The time at which it was asked for.
    pub created_at: DateTime<Utc>,
    /// The name of its file in the object store, written or being written.
    pub file_id: Option<ExportFileId>,
    /// Times that a process has taken it.
    pub attempts: i64,
    /// The end of the work on it.
    pub finished_at: Option<DateTime<Utc>>,
    /// Rows of the file, without its header.
    pub row_count: Option<i64>,
    /// Bytes of the file.
    pub bytes: Option<i64>,
    /// The reason why there is no file.
    pub failure: Option<ExportFailure>,
}

/// Stores an export that waits, unless its organisation has `unfinished_max` that are not finished; returns whether it
/// was stored.
pub async fn insert(
    tx: &mut Transaction,
    export: &Export,
    unfinished_max: i64,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "insert_export",
        "INSERT INTO export (id, organisation_id, campaign_id, kind, format, status, created_at)
        SELECT $1, $2, $3, $4, $5, 'WAITING', $6 WHERE (SELECT count(*) FROM export
            WHERE organisation_id = $2 AND status IN ('WAITING', 'WRITING')) < $7"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(export.id).bind(export.organisation_id).bind(export.campaign_id).bind(export.kind).bind(export.format)
        .bind(export.created_at).bind(unfinished_max)
        .execute(t).await.map(|done| done.rows_affected() == 1))
}

/// The exports of `ids` that exist.
pub async fn list_by_ids(database: &Database, ids: Vec<Uuid>) -> sqlx::Result<Vec<Export>> {
    let statement = with_ids!(
        "list_exports_by_ids",
        "SELECT id, organisation_id, campaign_id, kind, format, status, created_at, file_id, attempts, finished_at,
            row_count, bytes, failure
        FROM export WHERE id",
        ""
    );
    let ids = Ids(ids);
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(&ids).fetch_all(p).await)
}

/// Exports of a campaign, newest first, at most `limit`.
pub async fn list_of_campaign(
    database: &Database,
    campaign_id: CampaignId,
    limit: i64,
) -> sqlx::Result<Vec<Export>> {
    let statement = sql!(
        "list_exports_of_campaign",
        "SELECT id, organisation_id, campaign_id, kind, format, status, created_at, file_id, attempts, finished_at,
            row_count, bytes, failure
        FROM export WHERE campaign_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(limit).fetch_all(p).await)
}

/// Whether an export is there to be taken.
pub async fn is_any_to_take(database: &Database, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_export_to_take",
        "SELECT 1 FROM export WHERE status = 'WAITING' OR (status = 'WRITING' AND leased_until < $1) LIMIT 1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(now).fetch_optional(p).await.map(|row| row.is_some()))
}

/// Takes the oldest export that waits, or whose lease is over, until `leased_until`; its file will be `file_id`. Of two
/// processes that come at once one gets it: the other finds it taken when it has its row.
pub async fn take(
    database: &Database,
    file_id: ExportFileId,
    now: DateTime<Utc>,
    leased_until: DateTime<Utc>,
) -> sqlx::Result<Option<Export>> {
    let statement = sql!(
        "take_export",
        "UPDATE export SET status = 'WRITING', file_id = $1, leased_until = $3, attempts = attempts + 1
        WHERE id = (SELECT id FROM export WHERE status = 'WAITING' OR (status = 'WRITING' AND leased_until < $2)
                ORDER BY created_at, id LIMIT 1)
            AND (status = 'WAITING' OR (status = 'WRITING' AND leased_until < $2))
        RETURNING id, organisation_id, campaign_id, kind, format, status, created_at, file_id, attempts, finished_at,
            row_count, bytes, failure"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query_as(text)
        .bind(file_id).bind(now).bind(leased_until).fetch_optional(p).await)
}

/// Keeps an export for the process that writes this file; returns whether it still has it.
pub async fn extend(
    database: &Database,
    id: ExportId,
    file_id: ExportFileId,
    leased_until: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "extend_export",
        "UPDATE export SET leased_until = $3 WHERE id = $1 AND file_id = $2 AND status = 'WRITING'"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(file_id).bind(leased_until).execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Notes that this file of an export is in the object store; returns whether its process still had the export.
pub async fn finish(
    database: &Database,
    id: ExportId,
    file_id: ExportFileId,
    (rows, bytes): (i64, i64),
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "finish_export",
        "UPDATE export SET status = 'READY', leased_until = NULL, finished_at = $3, row_count = $4, bytes = $5
        WHERE id = $1 AND file_id = $2 AND status = 'WRITING'"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(file_id).bind(now).bind(rows).bind(bytes)
        .execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Notes that there will be no file, unless another process has the export by now.
pub async fn fail(
    database: &Database,
    id: ExportId,
    file_id: ExportFileId,
    failure: ExportFailure,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "fail_export",
        "UPDATE export SET status = 'FAILED', leased_until = NULL, finished_at = $3, failure = $4
        WHERE id = $1 AND file_id = $2 AND status = 'WRITING'"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(file_id).bind(now).bind(failure).execute(p).await.map(drop))
}

/// Some exports from before this time, oldest first: their files are to go first, then they.
pub async fn list_older(database: &Database, than: DateTime<Utc>) -> sqlx::Result<Vec<Export>> {
    let statement = sql!(
        "list_older_exports",
        "SELECT id, organisation_id, campaign_id, kind, format, status, created_at, file_id, attempts, finished_at,
            row_count, bytes, failure
        FROM export WHERE created_at < $1 ORDER BY created_at, id LIMIT $2"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(than).bind(PURGE_BATCH).fetch_all(p).await)
}

/// Removes an export.
pub async fn delete(database: &Database, id: ExportId) -> sqlx::Result<()> {
    let statement = sql!("delete_export", "DELETE FROM export WHERE id = $1");
    on_pool!(database.write(statement), (p, text) => sqlx::query(text).bind(id).execute(p).await.map(drop))
}
