//! Exports: tables of a campaign as files, for members who may read what is in them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};

use super::scalars::{Long, Timestamp};
use crate::app::App;
use crate::app::exports::ExportLink;
use crate::domain::export as domain;
use crate::error::Error;
use crate::graphql::node_id::GlobalId;
use crate::graphql::{app, requester};
use crate::id::{CampaignId, ExportId};
use crate::ledger::export as ledger;

/// Exports of a campaign that are listed.
const LISTED_MAX: i64 = 20;

/// The table that an export has.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::ExportKind")]
pub(in crate::graphql) enum ExportKind {
    /// Nominees with their votes and ranks.
    Tally,
    /// Votes by minute, nominee and client.
    Turnout,
    /// All votes, their voters by pseudonym.
    Ballots,
    /// Stories with their likes and views.
    Stories,
    /// The entries of the audit log that are about the campaign.
    AuditLog,
}

/// The format of a file.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::TableFormat")]
pub(in crate::graphql) enum ExportFormat {
    /// A workbook; where a worksheet is full, another follows, ten at most. A cell has at most 32,767 characters.
    Xlsx,
    /// UTF-8 with a byte order mark, as Excel needs it.
    Csv,
}

/// The state of an export.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::ExportStatus")]
pub(in crate::graphql) enum ExportStatus {
    /// It waits to be written.
    Waiting,
    /// It is being written.
    Writing,
    /// It can be fetched.
    Ready,
    /// There will be no file: see `failure`.
    Failed,
}

/// A table of a campaign as a file.
#[derive(Clone)]
pub(in crate::graphql) struct Export {
    app: Arc<App>,
    row: Arc<ledger::Export>,
    link: Option<ExportLink>,
}

impl Export {
    /// The export, if the requester may know of it.
    fn new(ctx: &Context<'_>, export: ledger::Export) -> Option<Self> {
        let (app, viewer) = (app(ctx), requester(ctx).viewer);
        app.may_see_export(viewer, &export).then(|| Self {
            app: Arc::clone(app),
            link: app.export_link(viewer, &export),
            row: Arc::new(export),
        })
    }
}

/// A table of a campaign as a file. It is kept for seven days.
#[Object]
impl Export {
    /// Its id.
    pub(super) async fn id(&self) -> ID {
        GlobalId::Export(self.row.id).encode(&self.app.hash_key)
    }

    /// The table.
    async fn kind(&self) -> ExportKind {
        self.row.kind.into()
    }

    /// The format of the file.
    async fn format(&self) -> ExportFormat {
        self.row.format.into()
    }

    /// Its state.
    async fn status(&self) -> ExportStatus {
        self.row.status.into()
    }

    /// The time at which it was asked for.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.row.created_at)
    }

    /// The time at which it was READY or FAILED; null before.
    async fn finished_at(&self) -> Option<Timestamp> {
        self.row.finished_at.map(Timestamp)
    }

    /// Rows of the table, without its header; null until it is READY.
    async fn rows(&self) -> Option<Long> {
        self.row.row_count.map(Long)
    }

    /// Bytes of the file; null until it is READY.
    async fn size_bytes(&self) -> Option<Long> {
        self.row.bytes.map(Long)
    }

    /// The reason why there will be no file, for people; null unless it has FAILED.
    async fn failure(&self, ctx: &Context<'_>) -> Option<&str> {
        let failure = self.row.failure?;
        Some(requester(ctx).language.export_failure(failure))
    }

    /// The address to fetch the file from with GET, without further headers, until `expiresAt`: for the viewer alone,
    /// whose right is looked up then; a path of this server where its public address is not set. Null until it is
    /// READY.
    async fn url(&self) -> Option<String> {
        let link = self.link.as_ref()?;
        let origin = self.app.public_url.as_deref().unwrap_or_default();
        Some(format!("{origin}{}", link.path))
    }

    /// The end of `url`, ten minutes from now: ask for another one then. Null where there is none.
    async fn expires_at(&self) -> Option<Timestamp> {
        self.link.as_ref().map(|link| Timestamp(link.expires_at))
    }
}

/// The newest exports of a campaign that the requester may know of.
pub(super) async fn list_exports(
    ctx: &Context<'_>,
    campaign_id: CampaignId,
) -> Result<Vec<Export>> {
    let exports = ledger::list_of_campaign(&app(ctx).database, campaign_id, LISTED_MAX).await;
    let exports = exports.map_err(Error::from)?.into_iter();
    Ok(exports
        .filter_map(|export| Export::new(ctx, export))
        .collect())
}

/// The exports of `ids` that the requester may know of.
pub(in crate::graphql) async fn find_exports(
    ctx: &Context<'_>,
    ids: Vec<ExportId>,
) -> Result<HashMap<ExportId, Export>> {
    if ids.is_empty() || requester(ctx).viewer.staff().is_none() {
        return Ok(HashMap::new());
    }
    let ids = ids.into_iter().map(|id| id.0).collect();
    let exports = ledger::list_by_ids(&app(ctx).database, ids).await;
    let exports = exports.map_err(Error::from)?.into_iter();
    Ok(exports
        .filter_map(|export| Some((export.id, Export::new(ctx, export)?)))
        .collect())
}

/// The export with this id, if the requester may know of it.
pub(in crate::graphql) async fn find_export(
    ctx: &Context<'_>,
    id: ExportId,
) -> Result<Option<Export>> {
    Ok(find_exports(ctx, vec![id]).await?.remove(&id))
}
