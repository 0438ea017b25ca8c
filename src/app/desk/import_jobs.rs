//! Imports by members: made of an upload, read by a worker, and applied as the plan that was looked at.

use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use super::imports::ImportRefusal;
use super::sheet_plans::{SheetBasis, SheetPlan};
use super::{Answer, Attempt, Desk, Edit, Event, Subject, refuse};
use crate::app::sheets::SheetFault;
use crate::app::uploads::UploadRefusal;
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::domain::access::Action;
use crate::domain::change::Changes;
use crate::domain::media::UploadPurpose;
use crate::domain::nominee::NomineeField;
use crate::error::{Error, Result};
use crate::id::{CampaignId, ImportId, StaffId, UploadId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::import::job::{
    self as import_job, ImportJob, ImportStatus, Lease, NewImportJob,
};
use crate::ledger::import::{Import, ImportKind};
use crate::telemetry::RequestId;

/// Imports of a campaign that are not applied, at most: they are kept for a week.
const OPEN_MAX: i64 = 50;
/// The time in which a plan is applied, or another request may.
const APPLY_LEASE: TimeDelta = TimeDelta::minutes(2);

/// An import that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewImport {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The kind of the sheet's rows.
    pub kind: ImportKind,
    /// The sheet.
    pub upload_id: UploadId,
    /// The key that makes a repetition the same.
    pub idempotency_key: Uuid,
}

/// The reason why an import was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewImportRefusal {
    /// The upload cannot be used.
    Upload(UploadRefusal),
    /// The campaign is in a state in which its list stays as it is.
    WrongState,
    /// Too many imports of the campaign are not applied.
    TooManyImports,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

/// A plan that is to be applied.
#[derive(Debug, Clone)]
pub struct ImportApplication {
    /// The import.
    pub id: ImportId,
    /// The revision of the import whose plan was looked at.
    pub expected_revision: i64,
    /// The reason that the public reads, where one is needed.
    pub reason: Option<String>,
}

/// The reason why a plan is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplyRefusal {
    /// The sheet is still being read.
    NotChecked,
    /// The sheet could not be read, or planned.
    NoPlan,
    /// There is another plan than the one that was looked at.
    StaleObject,
    /// The campaign has changed since, and so has the plan: it is to be looked at again.
    PlanChanged,
    /// Rows are faulty.
    FaultyRows,
    /// No row changes anything.
    NothingToApply,
    /// It changes names, numbers or employers after the first vote: a reason is missing, or too long.
    ReasonRequired,
    /// The campaign is in a state in which its list stays as it is.
    WrongState,
    /// The file is not in the store any more.
    FileLost,
}

impl App {
    /// Makes an import of a sheet that a member has uploaded; a worker reads it. A repetition with the same key returns
    /// the id of the first.
    pub async fn create_import(
        &self,
        (viewer, client): (Viewer, &Client),
        new: NewImport,
    ) -> Result<Answer<ImportId, NewImportRefusal>> {
        let desk = self.desk(viewer, client)?;
        let attempt = Attempt {
            name: "import.create",
            right: Action::EditCampaigns,
            subject: Subject::new(SubjectKind::Campaign, new.campaign_id.0, ""),
        };
        let mut edit = desk.open_campaign(new.campaign_id, &attempt).await?;
        let id = ImportId::new();
        let key = Some(new.idempotency_key);
        if let Some(earlier) = desk.claim_creation(&mut edit, key, id.0).await? {
            let found = import_job::find(&self.database, ImportId(earlier)).await?;
            return match found.filter(|job| is_made_by(job, &new)) {
                Some(job) => Ok(Ok(job.id)),
                None => refuse(NewImportRefusal::IdempotencyKeyReused, "idempotencyKey"),
            };
        }
        let is_over = match new.kind {
            ImportKind::Nominees => edit.is_over(new.campaign_id).await?,
            ImportKind::Stories => edit.find_unarchived(new.campaign_id).await?.is_none(),
        };
        if is_over {
            return refuse(NewImportRefusal::WrongState, "campaignId");
        }
        let staff_id = viewer.require_staff()?;
        let purpose = UploadPurpose::Sheet;
        let upload = match self.find_upload(staff_id, new.upload_id, purpose).await? {
            Ok(upload) => upload,
            Err(why) => return refuse(NewImportRefusal::Upload(why), "uploadId"),
        };
        if let Err(why) = self.take_upload(edit.tx(), &upload).await? {
            return refuse(NewImportRefusal::Upload(why), "uploadId");
        }
        let job = NewImportJob {
            id,
            campaign_id: new.campaign_id,
            staff_id,
            kind: new.kind,
            upload_id: new.upload_id,
            created_at: edit.now,
        };
        if !import_job::insert(edit.tx(), &job, OPEN_MAX).await? {
            return refuse(NewImportRefusal::TooManyImports, "campaignId");
        }
        let mut changes = Changes::default();
        changes.set("fileBytes", upload.bytes);
        let subject = Subject::new(SubjectKind::Import, id.0, new.kind.name());
        edit.commit(Event::new(attempt.name, subject, changes))
            .await?;
        self.sheets.note_arrival();
        Ok(Ok(id))
    }

    /// Applies the plan of an import, all rows or none, and goes on when the client goes away. One that is applied, or
    /// is just being applied, is left as it is.
    pub async fn apply_import(
        self: &Arc<Self>,
        (viewer, client): (Viewer, &Client),
        application: ImportApplication,
    ) -> Result<Answer<(), ApplyRefusal>> {
        let (app, client) = (Arc::clone(self), client.clone());
        let applying = async move { app.try_apply((viewer, &client), application).await };
        let applying = RequestId::current_or_new().scope(applying);
        tokio::spawn(applying).await.map_err(Error::internal)?
    }

    async fn try_apply(
        &self,
        (viewer, client): (Viewer, &Client),
        application: ImportApplication,
    ) -> Result<Answer<(), ApplyRefusal>> {
        let desk = self.desk(viewer, client)?;
        let (id, revision) = (application.id, application.expected_revision);
        let found = import_job::find(&self.database, id).await?;
        let job = found.ok_or(Error::NotFound("import"))?;
        // The right comes first; nothing is held while the sheet is read.
        let attempt = attempt_to_apply(id);
        drop(desk.open_campaign(job.campaign_id, &attempt).await?);
        let now = self.clock.now();
        match job.status(now) {
            ImportStatus::Applying | ImportStatus::Applied => return Ok(Ok(())),
            ImportStatus::Reading => return refuse(ApplyRefusal::NotChecked, "importId"),
            ImportStatus::Failed => return refuse(ApplyRefusal::NoPlan, "importId"),
            ImportStatus::Checked => {}
        }
        if job.edit_revision != revision {
            return refuse(ApplyRefusal::StaleObject, "expectedRevision");
        }
        if job.faulty > 0 {
            return refuse(ApplyRefusal::FaultyRows, "importId");
        }
        if job.creates + job.updates == 0 {
            return refuse(ApplyRefusal::NothingToApply, "importId");
        }
        let lease = Lease {
            id,
            owner: Uuid::now_v7(),
            until: now + APPLY_LEASE,
        };
        if !import_job::claim_to_apply(&self.database, lease, revision, now).await? {
            return self.explain_lost_claim(id).await;
        }
        let reason = application.reason.as_deref();
        let applied = self.apply_claimed(desk, &job, lease, reason).await;
        if !matches!(applied, Ok(Ok(()))) {
            import_job::release_to_apply(&self.database, lease).await?;
        }
        applied
    }

    /// The answer where somebody else was faster: with the same plan, or with a new one.
    async fn explain_lost_claim(&self, id: ImportId) -> Result<Answer<(), ApplyRefusal>> {
        let found = import_job::find(&self.database, id).await?;
        let job = found.ok_or(Error::NotFound("import"))?;
        match job.status(self.clock.now()) {
            ImportStatus::Applying | ImportStatus::Applied => Ok(Ok(())),
            _ => refuse(ApplyRefusal::StaleObject, "expectedRevision"),
        }
    }

    async fn apply_claimed(
        &self,
        desk: Desk<'_>,
        job: &ImportJob,
        lease: Lease,
        reason: Option<&str>,
    ) -> Result<Answer<(), ApplyRefusal>> {
        let turn = self.sheets.turn().await?;
        let sheet = match self.read_sheet_of(job).await? {
            Ok(sheet) => sheet,
            Err(SheetFault::Lost) => return refuse(ApplyRefusal::FileLost, "importId"),
            // It was read before: the machine has no room for it now.
            Err(SheetFault::Sheet(_) | SheetFault::Reader) => return Err(Error::Unavailable),
        };
        drop(turn);
        let attempt = attempt_to_apply(job.id);
        let mut edit = desk.open_campaign(job.campaign_id, &attempt).await?;
        let basis = edit.read_sheet_basis(job.kind, job.campaign_id).await?;
        if basis.is_over(edit.now) {
            return refuse(ApplyRefusal::WrongState, "importId");
        }
        let Ok(plan) = basis.plan(&sheet.rows) else {
            // The same file had a plan: it is another one.
            return refuse(ApplyRefusal::FileLost, "importId");
        };
        if job.plan_sha256.as_deref() != Some(&plan.hash()) {
            drop(edit);
            self.replace_plan(lease, &sheet, &basis, &plan).await?;
            return refuse(ApplyRefusal::PlanChanged, "expectedRevision");
        }
        let import = Import {
            id: job.id,
            campaign_id: job.campaign_id,
            kind: job.kind,
            file_sha256: sheet.file_sha256,
            applied_at: edit.now,
        };
        let author_id = desk.staff_id();
        let event = match edit
            .apply(&import, &basis, &plan, (reason, author_id))
            .await?
        {
            Ok(event) => event,
            Err(rejections) => return refuse(refusal_of(&rejections[0].why), "reason"),
        };
        let now = edit.now;
        if !import_job::set_applied(edit.tx(), lease, now).await? {
            // It took so long that another request may have it.
            return Err(Error::Unavailable);
        }
        edit.commit(event).await?;
        Ok(Ok(()))
    }
}

impl Edit {
    /// Applies a plan without faulty rows; returns the event to commit it with. Of nominees it has the reason that the
    /// public reads, of stories their author.
    async fn apply(
        &mut self,
        import: &Import,
        basis: &SheetBasis,
        plan: &SheetPlan,
        (reason, author_id): (Option<&str>, Option<StaffId>),
    ) -> Result<Answer<Event, ImportRefusal<NomineeField>>> {
        match (basis, plan) {
            (SheetBasis::Nominees(basis), SheetPlan::Nominees(plan)) => {
                self.apply_nominees(import, basis, plan, reason).await
            }
            (SheetBasis::Stories(basis), SheetPlan::Stories(plan)) => {
                let event = self.apply_stories(import, basis, plan, author_id).await?;
                Ok(Ok(event))
            }
            _ => Err(Error::internal("a plan of another kind")),
        }
    }
}

fn attempt_to_apply(id: ImportId) -> Attempt {
    Attempt {
        name: "import.apply",
        right: Action::EditCampaigns,
        subject: Subject::new(SubjectKind::Import, id.0, ""),
    }
}

fn is_made_by(job: &ImportJob, new: &NewImport) -> bool {
    let is_file = job.upload_id.is_none_or(|id| id == new.upload_id);
    (job.campaign_id, job.kind) == (new.campaign_id, new.kind) && is_file
}

fn refusal_of(why: &ImportRefusal<NomineeField>) -> ApplyRefusal {
    match why {
        ImportRefusal::Unusable(_) => ApplyRefusal::NoPlan,
        ImportRefusal::WrongState => ApplyRefusal::WrongState,
        ImportRefusal::ReasonRequired => ApplyRefusal::ReasonRequired,
    }
}
