//! Imports of spreadsheets: made of an upload, and applied as they were looked at.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use uuid::Uuid;

use super::user_error;
use crate::app::desk::{ApplyRefusal, ImportApplication, NewImport, NewImportRefusal};
use crate::app::uploads::UploadRefusal;
use crate::graphql::messages::Language;
use crate::graphql::types::{Import, ImportKind, Long};
use crate::graphql::{app, node_id, requester};
use crate::id::ImportId;

/// The reason why an import was not made.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum CreateImportErrorCode {
    /// This server has no place for files.
    UploadsNotConfigured,
    /// There is no such upload of yours for a sheet.
    UploadNotFound,
    /// Its file was not sent, or not wholly.
    UploadNotReceived,
    /// The upload has expired: ask for a new link.
    UploadExpired,
    /// The upload was used already: ask for a new link.
    UploadUsed,
    /// The result of the campaign is out: its list stays as it is.
    WrongState,
    /// Too many imports of the campaign are not applied.
    TooManyImports,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

impl From<NewImportRefusal> for CreateImportErrorCode {
    fn from(why: NewImportRefusal) -> Self {
        match why {
            NewImportRefusal::Upload(why) => match why {
                UploadRefusal::NoStore => Self::UploadsNotConfigured,
                UploadRefusal::NotReceived => Self::UploadNotReceived,
                UploadRefusal::Expired => Self::UploadExpired,
                UploadRefusal::Used => Self::UploadUsed,
                _ => Self::UploadNotFound,
            },
            NewImportRefusal::WrongState => Self::WrongState,
            NewImportRefusal::TooManyImports => Self::TooManyImports,
            NewImportRefusal::IdempotencyKeyReused => Self::IdempotencyKeyReused,
        }
    }
}

user_error! {
    /// A refusal of an import.
    CreateImportUserError, CreateImportErrorCode
}

/// The reason why a plan is not applied.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum ApplyImportErrorCode {
    /// The sheet is still being read.
    NotChecked,
    /// The sheet has failed: there is no plan.
    NoPlan,
    /// There is another plan than the one that you looked at: `import` has it.
    StaleObject,
    /// The campaign has changed since, and with it the plan: `import` has the new one, to be looked at again.
    PlanChanged,
    /// Rows are faulty.
    FaultyRows,
    /// No row changes anything.
    NothingToApply,
    /// A reason is missing, or too long: the public reads it.
    ReasonRequired,
    /// The result of the campaign is out: its list stays as it is.
    WrongState,
    /// The file is not there any more: send it again.
    FileLost,
}

impl From<ApplyRefusal> for ApplyImportErrorCode {
    fn from(why: ApplyRefusal) -> Self {
        match why {
            ApplyRefusal::NotChecked => Self::NotChecked,
            ApplyRefusal::NoPlan => Self::NoPlan,
            ApplyRefusal::StaleObject => Self::StaleObject,
            ApplyRefusal::PlanChanged => Self::PlanChanged,
            ApplyRefusal::FaultyRows => Self::FaultyRows,
            ApplyRefusal::NothingToApply => Self::NothingToApply,
            ApplyRefusal::ReasonRequired => Self::ReasonRequired,
            ApplyRefusal::WrongState => Self::WrongState,
            ApplyRefusal::FileLost => Self::FileLost,
        }
    }
}

user_error! {
    /// A refusal of a plan.
    ApplyImportUserError, ApplyImportErrorCode
}

/// The input of `createImport`.
#[derive(InputObject)]
struct CreateImportInput {
    /// The campaign.
    campaign_id: ID,
    /// The kind of what the sheet has in its rows.
    kind: ImportKind,
    /// The upload whose file is the sheet.
    upload_id: ID,
    /// Your name for this wish, a fresh UUID: sent again with the same key it makes nothing new.
    idempotency_key: Uuid,
}

/// The answer of `createImport`.
#[derive(SimpleObject)]
struct CreateImportPayload {
    /// The import, whose sheet is read from now on; null where it was refused.
    import: Option<Import>,
    /// The refusal; empty when there is none.
    user_errors: Vec<CreateImportUserError>,
}

/// The input of `applyImport`.
#[derive(InputObject)]
struct ApplyImportInput {
    /// The import.
    import_id: ID,
    /// The import's `editRevision` whose plan you have looked at.
    expected_revision: Long,
    /// The reason, which the public reads: needed where names, numbers or employers change after the first vote.
    reason: Option<String>,
}

/// The answer of `applyImport`.
#[derive(SimpleObject)]
struct ApplyImportPayload {
    /// The import as it stands now.
    import: Option<Import>,
    /// The refusal; empty when there is none.
    user_errors: Vec<ApplyImportUserError>,
}

/// Changes of imports.
#[derive(Default)]
pub(super) struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Makes an import of a sheet that was uploaded. It is read and checked by itself: ask for the import until it is
    /// no longer READING. Nothing of the campaign is changed before `applyImport`. Needs an owner or organiser.
    async fn create_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The sheet and its campaign.")] input: CreateImportInput,
    ) -> Result<CreateImportPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let new = NewImport {
            campaign_id: node_id::decode(&app.hash_key, &input.campaign_id)?,
            kind: input.kind.into(),
            upload_id: node_id::decode(&app.hash_key, &input.upload_id)?,
            idempotency_key: input.idempotency_key,
        };
        let who = (requester.viewer, &requester.client);
        let made = Box::pin(app.create_import(who, new)).await;
        Box::pin(app.refresh_campaigns()).await?;
        Ok(match made.map_err(|error| error.with_key(true))? {
            Ok(id) => CreateImportPayload {
                import: Import::find(ctx, id).await?,
                user_errors: Vec::new(),
            },
            Err(rejections) => CreateImportPayload {
                import: None,
                user_errors: CreateImportUserError::list(
                    ctx,
                    rejections,
                    Language::new_import_refusal,
                ),
            },
        })
    }

    /// Applies the plan of an import that was looked at, all rows or none. Where the campaign has changed since so that
    /// the plan is another one, nothing is applied, and the new plan is there to be looked at. Needs an owner or
    /// organiser.
    async fn apply_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import and its plan.")] input: ApplyImportInput,
    ) -> Result<ApplyImportPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id: ImportId = node_id::decode(&app.hash_key, &input.import_id)?;
        let application = ImportApplication {
            id,
            expected_revision: input.expected_revision.0,
            reason: input.reason,
        };
        let who = (requester.viewer, &requester.client);
        let rejections = Box::pin(app.apply_import(who, application)).await?.err();
        Box::pin(app.refresh_campaigns()).await?;
        let rejections = rejections.unwrap_or_default();
        Ok(ApplyImportPayload {
            import: Import::find(ctx, id).await?,
            user_errors: ApplyImportUserError::list(
                ctx,
                rejections,
                Language::apply_import_refusal,
            ),
        })
    }
}
