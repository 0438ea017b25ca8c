//! Reports at the desk: made, and fetched by a link. Both are in the audit log.

use uuid::Uuid;

use super::{Actor, Answer, Attempt, Desk, Edit, Event, Subject, refuse};
use crate::app::reports::{
    RIGHT, ReportForm, ReportLinkRefusal, ReportLinkTarget, ReportRefusal, TakenReport, take,
};
use crate::app::{App, Client};
use crate::domain::change::Changes;
use crate::domain::report::Snapshot;
use crate::domain::report::words::ReportLanguage;
use crate::error::{Error, Result};
use crate::id::{CampaignId, ReportId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::report::{self, NewReport, Report};

/// Reports of a campaign at most: they are kept for ever.
const REPORTS_MAX: i64 = 100;

const CREATE: &str = "report.create";
const DOWNLOAD: &str = "report.download";

/// A report that a link leads to.
#[derive(Debug)]
pub struct OpenedReport {
    /// The figures.
    pub snapshot: Snapshot,
    /// The same as text, as they are hashed.
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: Vec<u8>,
    /// The form that is asked for.
    pub form: ReportForm,
    /// The language of its texts.
    pub language: ReportLanguage,
}

impl Desk<'_> {
    /// Makes a report of a campaign, whose figures are of one moment; returns its id, and the report where it is new.
    pub async fn create_report(
        &self,
        campaign_id: CampaignId,
        idempotency_key: Option<Uuid>,
    ) -> Result<Answer<(ReportId, Option<TakenReport>), ReportRefusal>> {
        let attempt = Attempt {
            name: CREATE,
            right: RIGHT,
            subject: Subject::new(SubjectKind::Campaign, campaign_id.0, ""),
        };
        let id = ReportId::new();
        // The right comes first. Then nothing is held while the figures are read: on SQLite votes of other campaigns
        // would wait.
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let earlier = self
            .claim_creation(&mut edit, idempotency_key, id.0)
            .await?;
        drop(edit);
        if let Some(earlier) = earlier {
            return self.find_earlier_report(earlier, campaign_id).await;
        }
        let taken = match take(self.database, campaign_id, self.clock.now()).await? {
            Ok(taken) => taken,
            Err(why) => return refuse(why, None),
        };
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let earlier = self
            .claim_creation(&mut edit, idempotency_key, id.0)
            .await?;
        if let Some(earlier) = earlier {
            drop(edit);
            return self.find_earlier_report(earlier, campaign_id).await;
        }
        let new = NewReport {
            id,
            campaign_id,
            created_at: taken.snapshot.taken_at,
            created_by: self.staff_id(),
            snapshot: &taken.text,
            sha256: &taken.sha256,
        };
        if !report::insert(edit.tx(), &new, REPORTS_MAX).await? {
            return refuse(ReportRefusal::TooMany, None);
        }
        let mut changes = Changes::default();
        changes.set("sha256", data_encoding::HEXLOWER.encode(&taken.sha256));
        let title = &taken.snapshot.campaign.title;
        let subject = Subject::new(SubjectKind::Report, id.0, title);
        edit.commit(Event::new(CREATE, subject, changes)).await?;
        Ok(Ok((id, Some(taken))))
    }

    /// The report that an idempotency key has made before, if it was of the same campaign.
    async fn find_earlier_report(
        &self,
        earlier: Uuid,
        campaign_id: CampaignId,
    ) -> Result<Answer<(ReportId, Option<TakenReport>), ReportRefusal>> {
        let found = report::list_by_ids(self.database, vec![earlier]).await?;
        match found.first() {
            Some(report) if report.campaign_id == campaign_id => Ok(Ok((report.id, None))),
            _ => refuse(ReportRefusal::IdempotencyKeyReused, "idempotencyKey"),
        }
    }

    /// Opens the note that a report is fetched; none where the member may not have it.
    async fn open_download(&self, report: &Report, attempt: &Attempt) -> Result<Option<Edit>> {
        match self.open(report.organisation_id, attempt).await {
            Ok(mut edit) => {
                edit.campaign_id = Some(report.campaign_id);
                Ok(Some(edit))
            }
            Err(Error::NotFound(_) | Error::Forbidden(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl App {
    /// Opens the report that a link leads to: looks the right of its member up, and notes that it is fetched.
    pub async fn open_report(
        &self,
        client: &Client,
        token: &str,
    ) -> Result<Result<OpenedReport, ReportLinkRefusal>> {
        let Some(target) = ReportLinkTarget::open(&self.hash_key, token) else {
            return Ok(Err(ReportLinkRefusal::NotFound));
        };
        if self.clock.now() >= target.expires_at {
            return Ok(Err(ReportLinkRefusal::Expired));
        }
        let found = report::list_by_ids(&self.database, vec![target.report_id.0]).await?;
        let Some(found) = found.into_iter().next() else {
            return Ok(Err(ReportLinkRefusal::NotFound));
        };
        let desk = Desk {
            database: &self.database,
            clock: &self.clock,
            actor: Actor::Staff {
                id: target.staff_id,
                network_hash: self.network_hash(client),
                hash_key: &self.hash_key,
            },
        };
        let attempt = Attempt {
            name: DOWNLOAD,
            right: RIGHT,
            subject: Subject::new(SubjectKind::Report, found.id.0, ""),
        };
        // The right comes first; nothing is held while the figures are read.
        if desk.open_download(&found, &attempt).await?.is_none() {
            return Ok(Err(ReportLinkRefusal::NotFound));
        }
        let text = report::find_snapshot(&self.database, found.id).await?;
        let text = text.ok_or_else(|| Error::internal("a report without figures"))?;
        let snapshot = Snapshot::from_text(&text).map_err(Error::internal)?;
        let Some(edit) = desk.open_download(&found, &attempt).await? else {
            return Ok(Err(ReportLinkRefusal::NotFound));
        };
        let subject = Subject::new(SubjectKind::Report, found.id.0, &snapshot.campaign.title);
        let mut changes = Changes::default();
        let form = match target.form {
            ReportForm::Html => "html",
            ReportForm::Xlsx => "xlsx",
        };
        changes.set("format", form);
        edit.commit(Event::new(DOWNLOAD, subject, changes)).await?;
        Ok(Ok(OpenedReport {
            snapshot,
            text,
            sha256: found.sha256,
            form: target.form,
            language: target.language,
        }))
    }
}
