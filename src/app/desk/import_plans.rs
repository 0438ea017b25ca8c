//! The plans of imports: a worker reads a sheet and checks it against the campaign as it stands, people look at the
//! plan, and the sheet goes back to them with what is wrong with its rows.

use std::collections::HashMap;

use bytes::Bytes;
use chrono::TimeDelta;
use uuid::Uuid;

use super::Desk;
use super::imports::attempt_to_import;
use super::sheet_plans::{SheetBasis, SheetPlan};
use crate::app::App;
use crate::app::sheets::{ReadSheet, SheetFault, TableFormat, annotate};
use crate::auth::Viewer;
use crate::auth::keyed_hash::Purpose;
use crate::auth::signed_link::{self, LinkFault};
use crate::domain::access::Action;
use crate::domain::import::columns::FAULTS_TITLE;
use crate::domain::import::staged::{ImportFailure, RowFaults};
use crate::domain::sheet::{DATA_ROWS_MAX, SheetRow};
use crate::error::{Error, Result};
use crate::id::ImportId;
use crate::ledger::import::job::{self as import_job, ImportJob, ImportStatus, JobPlan, Lease};
use crate::ledger::import::row::{self as import_row, ROWS_MAX};
use crate::ledger::media;

/// The time for which a process has a job that it reads, from its last sign of life on: a file takes a minute at most.
pub const READ_LEASE: TimeDelta = TimeDelta::minutes(3);
/// The time after which a job is tried again whose file or database could not be reached.
const RETRY_AFTER: TimeDelta = TimeDelta::seconds(5);
/// Processes that may begin to read a job: one that ends them all is given up.
const ATTEMPTS_MAX: i64 = 3;

/// A sheet with a column of what is wrong with its rows.
#[derive(Debug)]
pub struct AnnotatedFile {
    /// The format, which is that of the file that was sent.
    pub format: TableFormat,
    /// Its contents.
    pub bytes: Bytes,
}

impl App {
    /// Reads the sheet of the next import that nobody reads, if there is one, and checks it; returns whether there may
    /// be more. One at a time in a process.
    pub async fn read_next_import(&self, owner: Uuid) -> Result<bool> {
        let now = self.clock.now();
        let Some(id) = import_job::find_to_read(&self.database, now).await? else {
            return Ok(false);
        };
        let lease = Lease {
            id,
            owner,
            until: now + READ_LEASE,
        };
        if !import_job::claim_to_read(&self.database, lease, now).await? {
            return Ok(true);
        }
        let read = self.read_import(lease).await;
        if read.is_err() {
            let from = self.clock.now() + RETRY_AFTER;
            import_job::release_to_read(&self.database, owner, from).await?;
        }
        read.map(|()| true)
    }

    /// Gives back what this process was reading when it was told to stop.
    pub async fn release_imports(&self, owner: Uuid) -> Result<()> {
        let now = self.clock.now();
        Ok(import_job::release_to_read(&self.database, owner, now).await?)
    }

    async fn read_import(&self, lease: Lease) -> Result<()> {
        let Some(job) = import_job::find(&self.database, lease.id).await? else {
            return Ok(());
        };
        if job.attempts > ATTEMPTS_MAX {
            return self.fail_import(lease, ImportFailure::ReaderFailed).await;
        }
        let sheet = match self.read_sheet_of(&job).await? {
            Ok(sheet) => sheet,
            Err(fault) => return self.fail_import(lease, failure_of(fault)).await,
        };
        let desk = Desk::of_operator(&self.database, &self.clock);
        let attempt = attempt_to_import(job.campaign_id);
        let mut edit = match desk.open_campaign(job.campaign_id, &attempt).await {
            // A draft that was deleted meanwhile, with its imports.
            Err(Error::NotFound(_)) => return Ok(()),
            opened => opened?,
        };
        let basis = edit.read_sheet_basis(job.kind, job.campaign_id).await?;
        // Nothing is held while the plan is made.
        drop(edit);
        if basis.is_over(self.clock.now()) {
            return self.fail_import(lease, ImportFailure::WrongState).await;
        }
        match basis.plan(&sheet.rows) {
            Ok(plan) => self.store_plan(lease, &sheet, &basis, &plan).await,
            Err(failure) => self.fail_import(lease, failure).await,
        }
    }

    /// The sheet of a job, read from its file.
    pub(super) async fn read_sheet_of(
        &self,
        job: &ImportJob,
    ) -> Result<Result<ReadSheet, SheetFault>> {
        let Some(upload_id) = job.upload_id else {
            return Ok(Err(SheetFault::Lost));
        };
        match media::find_upload(&self.database, upload_id).await? {
            Some(upload) => self.read_sheet(&upload).await,
            None => Ok(Err(SheetFault::Lost)),
        }
    }

    async fn fail_import(&self, lease: Lease, failure: ImportFailure) -> Result<()> {
        let now = self.clock.now();
        Ok(import_job::fail(&self.database, lease, &failure, now).await?)
    }

    /// Stores the first plan of a job, in pieces, so that others can write in between; one that has lost its lease
    /// stops.
    async fn store_plan(
        &self,
        lease: Lease,
        sheet: &ReadSheet,
        basis: &SheetBasis,
        plan: &SheetPlan,
    ) -> Result<()> {
        let rows = basis.stage(plan, &sheet.rows);
        let pieces = rows.chunks(ROWS_MAX).map(Some);
        let mut read = 0;
        for piece in [None].into_iter().chain(pieces) {
            let lease = Lease {
                until: self.clock.now() + READ_LEASE,
                ..lease
            };
            let mut tx = self.database.begin("store_import_rows").await?;
            read += piece.map_or(0, <[_]>::len);
            if !import_job::note_progress(&mut tx, lease, rows.len(), read).await? {
                return Ok(());
            }
            match piece {
                // Those of a process that did not come to the end.
                None => import_row::delete(&mut tx, lease.id).await?,
                Some(rows) => import_row::insert(&mut tx, lease.id, rows).await?,
            }
            tx.commit().await?;
            tokio::task::yield_now().await;
        }
        let mut tx = self.database.begin("store_import_plan").await?;
        import_job::set_plan(&mut tx, lease, &job_plan(sheet, plan)).await?;
        Ok(tx.commit().await?)
    }

    /// Stores another plan in the place of the one that was looked at.
    pub(super) async fn replace_plan(
        &self,
        lease: Lease,
        sheet: &ReadSheet,
        basis: &SheetBasis,
        plan: &SheetPlan,
    ) -> Result<()> {
        let rows = basis.stage(plan, &sheet.rows);
        let mut tx = self.database.begin("replace_import_plan").await?;
        if !import_job::set_plan(&mut tx, lease, &job_plan(sheet, plan)).await? {
            return Ok(());
        }
        import_row::delete(&mut tx, lease.id).await?;
        for rows in rows.chunks(ROWS_MAX) {
            import_row::insert(&mut tx, lease.id, rows).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Whether `viewer` may look at an import.
    #[must_use]
    pub fn may_read_import(&self, viewer: Viewer, job: &ImportJob) -> bool {
        let catalog = self.campaigns.catalog();
        let roster = catalog.find(job.campaign_id, viewer);
        roster.is_some_and(|roster| {
            let organisation_id = roster.campaign().organisation_id;
            catalog.may(viewer, organisation_id, Action::ReadRecords)
        })
    }

    /// The path of a link to the sheet of an import with a column of what is wrong; none where nothing is, or the file
    /// is gone.
    #[must_use]
    pub fn annotated_path(&self, job: &ImportJob) -> Option<String> {
        let now = self.clock.now();
        has_annotated(job, job.status(now)).then(|| {
            let token = signed_link::sign(&self.hash_key, Purpose::ImportFile, job.id.0, now);
            format!("/desk/imports/{token}")
        })
    }

    /// The sheet that a link leads to, with the notes that `text` makes of faults; none where it is gone.
    pub async fn annotate_import(
        &self,
        token: &str,
        text: impl Fn(&RowFaults) -> String,
    ) -> Result<Result<Option<AnnotatedFile>, LinkFault>> {
        let now = self.clock.now();
        let id = match signed_link::open(&self.hash_key, Purpose::ImportFile, token, now) {
            Ok(id) => ImportId(id),
            Err(fault) => return Ok(Err(fault)),
        };
        let job = import_job::find(&self.database, id).await?;
        let Some(job) = job.filter(|job| has_annotated(job, job.status(now))) else {
            return Ok(Ok(None));
        };
        let rows_max = i64::try_from(DATA_ROWS_MAX).unwrap_or(i64::MAX);
        let faulty = import_row::list(&self.database, id, true, 0, rows_max).await?;
        let notes = faulty.iter().map(|row| (row.number, text(&row.faults)));
        let mut notes: HashMap<i64, String> = notes.collect();
        notes.insert(job.header_row, FAULTS_TITLE.to_owned());
        let _turn = self.sheets.turn().await?;
        let sheet = match self.read_sheet_of(&job).await? {
            Ok(sheet) => sheet,
            Err(SheetFault::Lost) => return Ok(Ok(None)),
            Err(SheetFault::Sheet(_) | SheetFault::Reader) => return Err(Error::Unavailable),
        };
        let format = sheet.format;
        let note = move |row: &SheetRow| {
            let note = notes.get(&i64::from(row.number));
            note.cloned().unwrap_or_default()
        };
        let bytes = annotate(sheet, note).await?;
        Ok(Ok(Some(AnnotatedFile { format, bytes })))
    }
}

fn has_annotated(job: &ImportJob, status: ImportStatus) -> bool {
    let is_checked = matches!(status, ImportStatus::Checked | ImportStatus::Applying);
    is_checked && job.faulty > 0 && job.upload_id.is_some()
}

fn failure_of(fault: SheetFault) -> ImportFailure {
    match fault {
        SheetFault::Sheet(error) => ImportFailure::Sheet(error),
        SheetFault::Lost => ImportFailure::FileLost,
        SheetFault::Reader => ImportFailure::ReaderFailed,
    }
}

fn job_plan(sheet: &ReadSheet, plan: &SheetPlan) -> JobPlan {
    JobPlan {
        file_sha256: sheet.file_sha256,
        plan_sha256: plan.hash(),
        header_row: plan.header_row(),
        unknown_columns: plan.unknown_columns(),
        counts: plan.counts(),
    }
}
