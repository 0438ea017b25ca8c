//! Reports of a campaign, for members who may read its records.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use data_encoding::HEXLOWER;

use super::scalars::Timestamp;
use crate::app::App;
use crate::app::reports::{RIGHT, ReportForm};
use crate::auth::Viewer;
use crate::domain::report::words;
use crate::error::Error;
use crate::graphql::messages::Language;
use crate::graphql::node_id::GlobalId;
use crate::graphql::{app, requester};
use crate::id::{CampaignId, OrganisationId, ReportId};
use crate::ledger::report as ledger;

/// The language of a report's texts.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "words::ReportLanguage")]
pub(super) enum ReportLanguage {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// A report of a campaign.
#[derive(Clone)]
pub(in crate::graphql) struct Report {
    app: Arc<App>,
    row: Arc<ledger::Report>,
    viewer: Viewer,
}

impl Report {
    /// The report, if the requester may know of it.
    fn new(ctx: &Context<'_>, report: ledger::Report) -> Option<Self> {
        let (app, viewer) = (app(ctx), requester(ctx).viewer);
        app.may_see_report(viewer, &report).then(|| Self {
            app: Arc::clone(app),
            row: Arc::new(report),
            viewer,
        })
    }

    fn url(
        &self,
        ctx: &Context<'_>,
        form: ReportForm,
        language: Option<ReportLanguage>,
    ) -> Result<String> {
        let language = language.map_or_else(
            || match requester(ctx).language {
                Language::English => words::ReportLanguage::English,
                Language::Chinese => words::ReportLanguage::Chinese,
            },
            Into::into,
        );
        let path = self.app.report_link(self.viewer, &self.row, form, language);
        let path = path.ok_or(Error::NotFound("report"))?;
        let origin = self.app.public_url.as_deref().unwrap_or_default();
        Ok(format!("{origin}{path}"))
    }
}

/// A report of a campaign: all its figures as they were at one moment. It never changes.
#[Object]
impl Report {
    /// Its id.
    pub(super) async fn id(&self) -> ID {
        GlobalId::Report(self.row.id).encode(&self.app.hash_key)
    }

    /// The moment that its figures are of.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.row.created_at)
    }

    /// The name of the member who made it; null where an operator did.
    async fn actor_name(&self) -> Option<&str> {
        self.row.actor_name.as_deref()
    }

    /// SHA-256 of its figures, in hexadecimal digits; it is on the page and in the workbook, too.
    async fn sha256(&self) -> String {
        HEXLOWER.encode(&self.row.sha256)
    }

    /// The address of the report as a page that needs nothing else, to be read, printed and kept; for GET without
    /// further headers, for ten minutes and for the viewer alone, whose right is looked up then. A path of this server
    /// where its public address is not set.
    async fn html_url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language of its texts; that of the request by default.")]
        language: Option<ReportLanguage>,
    ) -> Result<String> {
        self.url(ctx, ReportForm::Html, language)
    }

    /// The address of the same as a workbook.
    async fn xlsx_url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language of its texts; that of the request by default.")]
        language: Option<ReportLanguage>,
    ) -> Result<String> {
        self.url(ctx, ReportForm::Xlsx, language)
    }
}

/// The newest report of a campaign, if there is one that the requester may know of.
pub(super) async fn find_newest_report(
    ctx: &Context<'_>,
    organisation_id: OrganisationId,
    campaign_id: CampaignId,
) -> Result<Option<Report>> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    if !app.may(viewer, organisation_id, RIGHT) {
        return Ok(None);
    }
    let found = ledger::find_newest(&app.database, campaign_id).await;
    let found = found.map_err(Error::from)?;
    Ok(found.and_then(|report| Report::new(ctx, report)))
}

/// The reports of `ids` that the requester may know of.
pub(in crate::graphql) async fn find_reports(
    ctx: &Context<'_>,
    ids: Vec<ReportId>,
) -> Result<HashMap<ReportId, Report>> {
    if ids.is_empty() || requester(ctx).viewer.staff().is_none() {
        return Ok(HashMap::new());
    }
    let ids = ids.into_iter().map(|id| id.0).collect();
    let reports = ledger::list_by_ids(&app(ctx).database, ids).await;
    let reports = reports.map_err(Error::from)?.into_iter();
    Ok(reports
        .filter_map(|report| Some((report.id, Report::new(ctx, report)?)))
        .collect())
}

/// The report with this id, if the requester may know of it.
pub(in crate::graphql) async fn find_report(
    ctx: &Context<'_>,
    id: ReportId,
) -> Result<Option<Report>> {
    Ok(find_reports(ctx, vec![id]).await?.remove(&id))
}
