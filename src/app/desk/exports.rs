//! Exports at the desk: asked for, and fetched by a link. Both are in the audit log.

use bytes::Bytes;
use uuid::Uuid;

use super::{Actor, Answer, Attempt, Desk, Edit, Event, Subject, refuse};
use crate::app::exports::{ExportLinkRefusal, LinkTarget};
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::domain::change::Changes;
use crate::domain::export::{ExportKind, ExportStatus, TableFormat};
use crate::error::{Error, Result};
use crate::id::{CampaignId, ExportFileId, ExportId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::campaign;
use crate::ledger::export::{self, Export};

/// Exports of an organisation that are not finished, at most: each process writes one after the other.
const UNFINISHED_MAX: i64 = 10;
/// Bytes of a file that are read at once.
const PART_BYTES: u64 = 1024 * 1024;

/// An export that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct NewExport {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The table.
    pub kind: ExportKind,
    /// The format of the file.
    pub format: TableFormat,
    /// The client's name for the request: repeated, it makes nothing new.
    pub idempotency_key: Uuid,
}

/// The reason why there is no export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportRefusal {
    /// There is no store to put the file into.
    NoStore,
    /// Too many of the organisation's are not finished.
    TooMany,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

/// A file that a link leads to.
#[derive(Debug, Clone)]
pub struct ExportDownload {
    /// Its name in the object store.
    pub file_id: ExportFileId,
    /// The name that it is saved under.
    pub name: String,
    /// Its type.
    pub content_type: &'static str,
    /// Its length.
    pub bytes: u64,
}

impl ExportDownload {
    /// The bytes of the part that begins here.
    #[must_use]
    pub fn part_from(&self, start: u64) -> std::ops::Range<u64> {
        start..self.bytes.min(start.saturating_add(PART_BYTES))
    }
}

impl App {
    /// Asks for a table of a campaign as a file.
    pub async fn create_export(
        &self,
        (viewer, client): (Viewer, &Client),
        new: NewExport,
    ) -> Result<Answer<ExportId, ExportRefusal>> {
        let attempt = Attempt {
            name: "export.create",
            right: new.kind.right(),
            subject: Subject::new(SubjectKind::Campaign, new.campaign_id.0, ""),
        };
        let desk = self.desk(viewer, client)?;
        let mut edit = desk.open_campaign(new.campaign_id, &attempt).await?;
        if self.media.is_none() {
            return refuse(ExportRefusal::NoStore, None);
        }
        let id = ExportId::new();
        let earlier = desk
            .claim_creation(&mut edit, Some(new.idempotency_key), id.0)
            .await?;
        if let Some(earlier) = earlier {
            // The change ends before another connection is asked.
            drop(edit);
            return self.find_earlier_export(ExportId(earlier), new).await;
        }
        let found = campaign::find_locked(edit.tx(), new.campaign_id).await?;
        let found = found.ok_or(Error::NotFound("campaign"))?;
        let export = Export {
            id,
            organisation_id: found.organisation_id,
            campaign_id: new.campaign_id,
            kind: new.kind,
            format: new.format,
            status: ExportStatus::Waiting,
            created_at: edit.now,
            file_id: None,
            attempts: 0,
            finished_at: None,
            row_count: None,
            bytes: None,
            failure: None,
        };
        if !export::insert(edit.tx(), &export, UNFINISHED_MAX).await? {
            return refuse(ExportRefusal::TooMany, None);
        }
        edit.commit(event(attempt.name, id, new.kind, new.format))
            .await?;
        Ok(Ok(id))
    }

    /// The export that an idempotency key has made before, if it was of the same table.
    async fn find_earlier_export(
        &self,
        id: ExportId,
        new: NewExport,
    ) -> Result<Answer<ExportId, ExportRefusal>> {
        let found = export::list_by_ids(&self.database, vec![id.0]).await?;
        let is_same = |export: &Export| {
            (export.campaign_id, export.kind, export.format)
                == (new.campaign_id, new.kind, new.format)
        };
        if found.first().is_some_and(is_same) {
            Ok(Ok(id))
        } else {
            refuse(ExportRefusal::IdempotencyKeyReused, "idempotencyKey")
        }
    }

    /// Opens the file that a link leads to: looks the right of its member up, reads the first part, and notes that it
    /// is fetched.
    pub async fn open_export(
        &self,
        client: &Client,
        token: &str,
    ) -> Result<Result<(ExportDownload, Bytes), ExportLinkRefusal>> {
        let Some(target) = LinkTarget::open(&self.hash_key, token) else {
            return Ok(Err(ExportLinkRefusal::NotFound));
        };
        if self.clock.now() >= target.expires_at {
            return Ok(Err(ExportLinkRefusal::Expired));
        }
        let found = export::list_by_ids(&self.database, vec![target.export_id.0]).await?;
        let Some(found) = found.into_iter().next() else {
            return Ok(Err(ExportLinkRefusal::NotFound));
        };
        let Some(download) = self.download_of(&found) else {
            return Ok(Err(ExportLinkRefusal::NotFound));
        };
        // Before anything is held; nobody sees it who may not.
        let first = self
            .read_export(download.file_id, download.part_from(0))
            .await?;
        let desk = Desk {
            database: &self.database,
            clock: &self.clock,
            actor: Actor::Staff {
                id: target.staff_id,
                network_hash: self.network_hash(client),
                hash_key: &self.hash_key,
            },
        };
        let edit = match desk.open_export(&found).await {
            Ok(edit) => edit,
            Err(Error::NotFound(_) | Error::Forbidden(_)) => {
                return Ok(Err(ExportLinkRefusal::NotFound));
            }
            Err(error) => return Err(error),
        };
        let Some(first) = first.filter(|part| !part.is_empty()) else {
            return Ok(Err(ExportLinkRefusal::Expired));
        };
        edit.commit(event(DOWNLOAD, found.id, found.kind, found.format))
            .await?;
        Ok(Ok((download, first)))
    }

    /// The file of an export, once it is there.
    fn download_of(&self, export: &Export) -> Option<ExportDownload> {
        let campaign = self.campaigns.catalog().find_any(export.campaign_id);
        let slug = campaign.map_or_else(
            || "campaign".to_owned(),
            |roster| roster.campaign().slug.clone(),
        );
        Some(ExportDownload {
            file_id: export.file_id?,
            name: format!("{slug}-{}.{}", export.kind.name(), export.format.ending()),
            content_type: export.format.content_type(),
            bytes: export.bytes?.unsigned_abs(),
        })
    }
}

const DOWNLOAD: &str = "export.download";

impl Desk<'_> {
    /// Opens the change that notes that an export is fetched.
    async fn open_export(&self, export: &Export) -> Result<Edit> {
        let attempt = Attempt {
            name: DOWNLOAD,
            right: export.kind.right(),
            subject: Subject::new(SubjectKind::Export, export.id.0, export.kind.name()),
        };
        let mut edit = self.open(export.organisation_id, &attempt).await?;
        edit.campaign_id = Some(export.campaign_id);
        Ok(edit)
    }

    /// Notes that an operator writes a table of a campaign into a file; operators have all rights.
    pub async fn record_export(
        &self,
        campaign_id: CampaignId,
        kind: ExportKind,
        format: TableFormat,
    ) -> Result<()> {
        let attempt = Attempt {
            name: "export.create",
            right: kind.right(),
            subject: Subject::new(SubjectKind::Campaign, campaign_id.0, ""),
        };
        let edit = self.open_campaign(campaign_id, &attempt).await?;
        edit.commit(event(attempt.name, ExportId::new(), kind, format))
            .await
    }
}

fn event(name: &'static str, id: ExportId, kind: ExportKind, format: TableFormat) -> Event {
    let mut changes = Changes::default();
    changes.set("kind", kind.name());
    changes.set("format", format.ending());
    Event::new(
        name,
        Subject::new(SubjectKind::Export, id.0, kind.name()),
        changes,
    )
}
