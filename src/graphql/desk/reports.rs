//! Reports of campaigns.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use uuid::Uuid;

use super::user_error;
use crate::app::reports::ReportRefusal;
use crate::graphql::messages::Language;
use crate::graphql::types::{Report, find_report};
use crate::graphql::{app, node_id, requester};

/// The reason why there is no report.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "ReportRefusal")]
pub(super) enum ReportErrorCode {
    /// Voting has not ended.
    WrongPhase,
    /// Voting has ended a moment ago, and votes are still being stored: try again in ten seconds.
    StillCounting,
    /// The campaign has as many reports as it may have.
    TooMany,
    /// There is more to report than fits.
    TooLarge,
    /// Stored figures do not agree with each other.
    DoesNotAddUp,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

user_error! {
    /// A refusal of a report.
    ReportUserError, ReportErrorCode
}

/// The input of `createReport`.
#[derive(InputObject)]
struct CreateReportInput {
    /// The campaign.
    campaign_id: ID,
    /// A name for this request: sent again with the same one, it makes nothing new.
    idempotency_key: Uuid,
}

/// The answer of `createReport`.
#[derive(SimpleObject)]
struct CreateReportPayload {
    /// The report; null when it was refused.
    report: Option<Report>,
    /// The refusal; empty when there is none.
    user_errors: Vec<ReportUserError>,
}

/// Changes of reports.
#[derive(Default)]
pub(super) struct ReportMutation;

#[Object]
impl ReportMutation {
    /// Makes a report of a campaign whose voting has ended: all its figures at this moment. Needs an owner, organiser
    /// or auditor.
    async fn create_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CreateReportInput,
    ) -> Result<CreateReportPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let campaign_id = node_id::decode(&app.hash_key, &input.campaign_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        let created = desk.create_report(campaign_id, Some(input.idempotency_key));
        let created = Box::pin(created).await;
        Ok(match created.map_err(|error| error.with_key(true))? {
            Ok((id, _)) => CreateReportPayload {
                report: find_report(ctx, id).await?,
                user_errors: Vec::new(),
            },
            Err(rejections) => CreateReportPayload {
                report: None,
                user_errors: ReportUserError::list(ctx, rejections, Language::report_refusal),
            },
        })
    }
}
