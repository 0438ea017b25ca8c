//! Exports: tables of a campaign as files.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use uuid::Uuid;

use super::user_error;
use crate::app::desk::{ExportRefusal, NewExport};
use crate::graphql::messages::Language;
use crate::graphql::types::{Export, ExportFormat, ExportKind, find_export};
use crate::graphql::{app, node_id, requester};

/// The reason why there is no export.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExportErrorCode {
    /// This server has no place for files.
    ExportsNotConfigured,
    /// Too many exports of the organisation are not finished.
    TooManyExports,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

impl From<ExportRefusal> for ExportErrorCode {
    fn from(why: ExportRefusal) -> Self {
        match why {
            ExportRefusal::NoStore => Self::ExportsNotConfigured,
            ExportRefusal::TooMany => Self::TooManyExports,
            ExportRefusal::IdempotencyKeyReused => Self::IdempotencyKeyReused,
        }
    }
}

user_error! {
    /// A refusal of an export.
    ExportUserError, ExportErrorCode
}

/// The input of `createExport`.
#[derive(InputObject)]
struct CreateExportInput {
    /// The campaign.
    campaign_id: ID,
    /// The table.
    kind: ExportKind,
    /// The format of the file.
    format: ExportFormat,
    /// A name for this request: sent again with the same one, it makes nothing new.
    idempotency_key: Uuid,
}

/// The answer of `createExport`.
#[derive(SimpleObject)]
struct CreateExportPayload {
    /// The export; null when it was refused.
    export: Option<Export>,
    /// The refusal; empty when there is none.
    user_errors: Vec<ExportUserError>,
}

/// Changes of exports.
#[derive(Default)]
pub(super) struct ExportMutation;

#[Object]
impl ExportMutation {
    /// Asks for a table of a campaign as a file. It is written within seconds, or minutes where there are millions of
    /// rows: look at it again until it is READY. Needs an owner, organiser or auditor.
    async fn create_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The table and its format.")] input: CreateExportInput,
    ) -> Result<CreateExportPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let new = NewExport {
            campaign_id: node_id::decode(&app.hash_key, &input.campaign_id)?,
            kind: input.kind.into(),
            format: input.format.into(),
            idempotency_key: input.idempotency_key,
        };
        let who = (requester.viewer, &requester.client);
        let created = Box::pin(app.create_export(who, new)).await;
        Ok(match created.map_err(|error| error.with_key(true))? {
            Ok(id) => CreateExportPayload {
                export: find_export(ctx, id).await?,
                user_errors: Vec::new(),
            },
            Err(rejections) => CreateExportPayload {
                export: None,
                user_errors: ExportUserError::list(ctx, rejections, Language::export_refusal),
            },
        })
    }
}
