//! Imports on their way: jobs that processes claim by lease, and the rows of their plans.
//!
//! The worker of a job has its lease, and every statement of the work asks for it: one that lost it to another stores
//! nothing any more.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::super::rows::Ids;
use super::super::statement::with_ids;
use super::super::{Database, Transaction, in_tx, on_pool, sql};
use super::{ImportKind, row};
use crate::domain::import::ImportCounts;
use crate::domain::import::staged::ImportFailure;
use crate::id::{CampaignId, ImportId, StaffId, UploadId};

/// The time for which a plan waits to be applied, and a file to be fetched.
pub const KEPT: TimeDelta = TimeDelta::days(7);

/// The state of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportStatus {
    /// Its file is read and checked.
    Reading,
    /// Its plan can be looked at.
    Checked,
    /// Its plan is being applied.
    Applying,
    /// The campaign is as the sheet says.
    Applied,
    /// There is no plan.
    Failed,
}

/// An import on its way.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ImportJob {
    /// Its id, under which it is applied, too.
    pub id: ImportId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The member of staff who sent the file.
    pub staff_id: StaffId,
    /// The kind of its rows.
    pub kind: ImportKind,
    /// Its state as it was stored last: see [`ImportJob::status`].
    status: ImportStatus,
    /// Its file, as long as that is kept.
    pub upload_id: Option<UploadId>,
    /// The hash of the file, once it was read.
    pub file_sha256: Option<Vec<u8>>,
    /// Moves with every new plan.
    pub edit_revision: i64,
    /// The hash of the plan.
    pub plan_sha256: Option<Vec<u8>>,
    /// The number of the header's row.
    pub header_row: i64,
    /// Headers that are none of ours.
    #[sqlx(json)]
    pub unknown_columns: Vec<String>,
    /// Rows of data; none until they are known.
    pub total_rows: i64,
    /// Those that are checked.
    pub read_rows: i64,
    /// Rows that create.
    pub creates: i64,
    /// Rows that update.
    pub updates: i64,
    /// Rows that change nothing.
    pub unchanged: i64,
    /// Rows that cannot be taken.
    pub faulty: i64,
    /// The reason why there is no plan.
    #[sqlx(json(nullable))]
    pub failure: Option<ImportFailure>,
    /// Processes that began to read it.
    pub attempts: i64,
    lease_until: Option<DateTime<Utc>>,
    /// The time of its making.
    pub created_at: DateTime<Utc>,
    /// The time at which it failed or was applied.
    pub finished_at: Option<DateTime<Utc>>,
}

impl ImportJob {
    /// Its state: one whose applying was cut off can be applied again.
    #[must_use]
    pub fn status(&self, now: DateTime<Utc>) -> ImportStatus {
        let is_cut_off = self.lease_until.is_none_or(|until| until <= now);
        match self.status {
            ImportStatus::Applying if is_cut_off => ImportStatus::Checked,
            status => status,
        }
    }
}

/// An import that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewImportJob {
    /// Its id.
    pub id: ImportId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The member of staff who sent the file.
    pub staff_id: StaffId,
    /// The kind of its rows.
    pub kind: ImportKind,
    /// Its file.
    pub upload_id: UploadId,
    /// The time.
    pub created_at: DateTime<Utc>,
}

/// The right to work on a job until a time.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    /// The job.
    pub id: ImportId,
    /// The process or request that works on it.
    pub owner: Uuid,
    /// The time from which another may take it over.
    pub until: DateTime<Utc>,
}

/// A plan as a job has it, beside its rows.
#[derive(Debug, Clone)]
pub struct JobPlan {
    /// The hash of the file.
    pub file_sha256: [u8; 32],
    /// The hash of the plan.
    pub plan_sha256: [u8; 32],
    /// The number of the header's row.
    pub header_row: u32,
    /// Headers that are none of ours.
    pub unknown_columns: Vec<String>,
    /// Rows by their change.
    pub counts: ImportCounts,
}

/// The statement that reads jobs.
macro_rules! read_jobs {
    ($tail:literal) => {
        concat!(
            "SELECT id, campaign_id, staff_id, kind, status, upload_id, file_sha256, edit_revision, plan_sha256,
                header_row, unknown_columns, total_rows, read_rows, creates, updates, unchanged, faulty, failure,
                attempts, lease_until, created_at, finished_at
            FROM import_job ",
            $tail
        )
    };
}

/// Stores a job that is to be read, unless the campaign has `open_max` that are not applied; returns whether it was
/// stored.
pub async fn insert(tx: &mut Transaction, job: &NewImportJob, open_max: i64) -> sqlx::Result<bool> {
    let statement = sql!(
        "insert_import_job",
        postgres: "INSERT INTO import_job (id, campaign_id, staff_id, kind, status, upload_id, edit_revision, header_row,
            unknown_columns, total_rows, read_rows, creates, updates, unchanged, faulty, attempts, created_at)
        SELECT $1, $2, $3, $4, 'READING', $5, 0, 0, '[]'::jsonb, 0, 0, 0, 0, 0, 0, 0, $6
        WHERE (SELECT count(*) FROM import_job WHERE campaign_id = $2 AND status <> 'APPLIED') < $7",
        sqlite: "INSERT INTO import_job (id, campaign_id, staff_id, kind, status, upload_id, edit_revision, header_row,
            unknown_columns, total_rows, read_rows, creates, updates, unchanged, faulty, attempts, created_at)
        SELECT $1, $2, $3, $4, 'READING', $5, 0, 0, '[]', 0, 0, 0, 0, 0, 0, 0, $6
        WHERE (SELECT count(*) FROM import_job WHERE campaign_id = $2 AND status <> 'APPLIED') < $7",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(job.id).bind(job.campaign_id).bind(job.staff_id).bind(job.kind).bind(job.upload_id)
        .bind(job.created_at).bind(open_max)
        .execute(t).await.map(|done| done.rows_affected() == 1))
}

/// The job with this id.
pub async fn find(database: &Database, id: ImportId) -> sqlx::Result<Option<ImportJob>> {
    let statement = sql!("find_import_job", read_jobs!("WHERE id = $1"));
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(id).fetch_optional(p).await)
}

/// The jobs of `ids` that there are.
pub async fn list_by_ids(database: &Database, ids: Vec<Uuid>) -> sqlx::Result<Vec<ImportJob>> {
    let statement = with_ids!(
        "list_import_jobs_by_ids",
        "SELECT id, campaign_id, staff_id, kind, status, upload_id, file_sha256, edit_revision, plan_sha256,
            header_row, unknown_columns, total_rows, read_rows, creates, updates, unchanged, faulty, failure,
            attempts, lease_until, created_at, finished_at
        FROM import_job WHERE id",
        ""
    );
    let ids = Ids(ids);
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(&ids).fetch_all(p).await)
}

/// Jobs of a campaign, newest first, at most `limit` that come after this one.
pub async fn list(
    database: &Database,
    campaign_id: CampaignId,
    after: Option<ImportId>,
    limit: i64,
) -> sqlx::Result<Vec<ImportJob>> {
    let statement = sql!(
        "list_import_jobs",
        postgres: read_jobs!("WHERE campaign_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"),
        sqlite: read_jobs!("WHERE campaign_id = $1 AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"),
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(after).bind(limit).fetch_all(p).await)
}

/// The oldest job that is to be read and that nobody reads.
pub async fn find_to_read(
    database: &Database,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<ImportId>> {
    let statement = sql!(
        "find_import_to_read",
        "SELECT id FROM import_job WHERE status = 'READING' AND (lease_until IS NULL OR lease_until <= $1)
        ORDER BY id LIMIT 1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).bind(now).fetch_optional(p).await)
}

/// Claims a job that is to be read; returns whether nobody else has it.
pub async fn claim_to_read(
    database: &Database,
    lease: Lease,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "claim_import_to_read",
        "UPDATE import_job SET lease_owner = $2, lease_until = $3, attempts = attempts + 1
        WHERE id = $1 AND status = 'READING' AND (lease_until IS NULL OR lease_until <= $4)"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(lease.id).bind(lease.owner).bind(lease.until).bind(now)
        .execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Claims a job whose plan is to be applied, where it is still this one; returns whether nobody else has it.
pub async fn claim_to_apply(
    database: &Database,
    lease: Lease,
    edit_revision: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "claim_import_to_apply",
        "UPDATE import_job SET status = 'APPLYING', lease_owner = $2, lease_until = $3
        WHERE id = $1 AND edit_revision = $5
            AND (status = 'CHECKED' OR (status = 'APPLYING' AND lease_until <= $4))"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(lease.id).bind(lease.owner).bind(lease.until).bind(now).bind(edit_revision)
        .execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Gives back the jobs that a process was reading, for the next one; those of a store that was away count as not begun.
pub async fn release_to_read(
    database: &Database,
    owner: Uuid,
    from: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "release_import_to_read",
        "UPDATE import_job SET lease_until = $2, attempts = attempts - 1
        WHERE lease_owner = $1 AND status = 'READING'"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(owner).bind(from).execute(p).await.map(drop))
}

/// Gives back a job that was not applied after all.
pub async fn release_to_apply(database: &Database, lease: Lease) -> sqlx::Result<()> {
    let statement = sql!(
        "release_import_to_apply",
        "UPDATE import_job SET status = 'CHECKED', lease_owner = NULL, lease_until = NULL
        WHERE id = $1 AND lease_owner = $2 AND status = 'APPLYING'"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(lease.id).bind(lease.owner).execute(p).await.map(drop))
}

/// Notes how far a job is read, and keeps its lease until the new end; returns whether it still has it.
pub async fn note_progress(
    tx: &mut Transaction,
    lease: Lease,
    total_rows: usize,
    read_rows: usize,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "note_import_progress",
        "UPDATE import_job SET total_rows = $3, read_rows = $4, lease_until = $5 WHERE id = $1 AND lease_owner = $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(lease.id).bind(lease.owner).bind(count(total_rows)).bind(count(read_rows)).bind(lease.until)
        .execute(t).await.map(|done| done.rows_affected() == 1))
}

/// Makes a job one that can be applied; returns whether it was still the caller's.
pub async fn set_plan(tx: &mut Transaction, lease: Lease, plan: &JobPlan) -> sqlx::Result<bool> {
    let statement = sql!(
        "set_import_plan",
        "UPDATE import_job SET status = 'CHECKED', lease_owner = NULL, lease_until = NULL,
            edit_revision = edit_revision + 1, file_sha256 = $3, plan_sha256 = $4, header_row = $5,
            unknown_columns = $6, total_rows = $7, read_rows = $7, creates = $8, updates = $9, unchanged = $10,
            faulty = $11
        WHERE id = $1 AND lease_owner = $2"
    );
    let counts = plan.counts;
    let total = counts.creates + counts.updates + counts.unchanged + counts.faulty;
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(lease.id).bind(lease.owner).bind(&plan.file_sha256[..]).bind(&plan.plan_sha256[..])
        .bind(i64::from(plan.header_row)).bind(Json(&plan.unknown_columns)).bind(i64::from(total))
        .bind(i64::from(counts.creates)).bind(i64::from(counts.updates)).bind(i64::from(counts.unchanged))
        .bind(i64::from(counts.faulty))
        .execute(t).await.map(|done| done.rows_affected() == 1))
}

/// Notes that a job has no plan, if it is still the caller's.
pub async fn fail(
    database: &Database,
    lease: Lease,
    failure: &ImportFailure,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "fail_import",
        "UPDATE import_job SET status = 'FAILED', lease_owner = NULL, lease_until = NULL, failure = $3,
            finished_at = $4, total_rows = 0, read_rows = 0
        WHERE id = $1 AND lease_owner = $2 AND status = 'READING'"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(lease.id).bind(lease.owner).bind(Json(failure)).bind(now).execute(p).await.map(drop))
}

/// Notes that a job is applied, in the transaction that applies it; returns whether it was still the caller's.
pub async fn set_applied(
    tx: &mut Transaction,
    lease: Lease,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "set_import_applied",
        "UPDATE import_job SET status = 'APPLIED', lease_owner = NULL, lease_until = NULL, finished_at = $3
        WHERE id = $1 AND lease_owner = $2 AND status = 'APPLYING'"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(lease.id).bind(lease.owner).bind(now)
        .execute(t).await.map(|done| done.rows_affected() == 1))
}

/// Removes an old job that nobody has applied, or the rows of one that somebody has: what it changed stays in the audit
/// log. One at a time, since each has ten thousand rows; returns whether there may be more. Its upload goes as others
/// do.
pub async fn purge(database: &Database, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_import_to_purge",
        "SELECT id FROM import_job WHERE created_at < $1 AND upload_id IS NOT NULL ORDER BY created_at LIMIT 1"
    );
    let found: Option<ImportId> = on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text)
        .bind(now - KEPT).fetch_optional(p).await)?;
    let Some(id) = found else {
        return Ok(false);
    };
    let mut tx = database.begin("purge_import").await?;
    row::delete(&mut tx, id).await?;
    for statement in [
        sql!(
            "delete_import_job",
            "DELETE FROM import_job WHERE id = $1 AND status <> 'APPLIED'"
        ),
        sql!(
            "strip_import_job",
            "UPDATE import_job SET upload_id = NULL WHERE id = $1"
        ),
    ] {
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(id).execute(t).await.map(drop))?;
    }
    tx.commit().await?;
    Ok(true)
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
