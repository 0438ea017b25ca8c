//! Cases that signals have found: dismissed, opened again.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::user_error;
use crate::app::desk::Answer;
use crate::domain::signals::CaseRefusal;
use crate::graphql::messages::Language;
use crate::graphql::types::{SignalCase, find_case};
use crate::graphql::{app, node_id, requester};
use crate::id::SignalCaseId;

/// The reason why a case was not decided on.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "CaseRefusal")]
pub(super) enum SignalCaseErrorCode {
    /// A note is missing, or too long.
    NoteRequired,
    /// The case is in a state in which this cannot be done.
    WrongState,
    /// Somebody else has changed it since: `case` is as it stands now.
    StaleObject,
}

user_error! {
    /// A refusal of a decision on a case.
    SignalCaseUserError, SignalCaseErrorCode
}

/// The input of `dismissCase`.
#[derive(InputObject)]
struct DismissCaseInput {
    /// The case.
    case_id: ID,
    /// Its `editRevision` as you know it.
    expected_revision: i32,
    /// Why nothing of it is to be withheld, at most 500 characters: for the organisation's own.
    note: String,
}

/// The input of `reopenCase`.
#[derive(InputObject)]
struct ReopenCaseInput {
    /// The case.
    case_id: ID,
    /// Its `editRevision` as you know it.
    expected_revision: i32,
}

/// The answer of a decision on a case.
#[derive(SimpleObject)]
struct SignalCasePayload {
    /// The case as it stands now.
    case: Option<SignalCase>,
    /// The refusal; empty when there is none.
    user_errors: Vec<SignalCaseUserError>,
}

impl SignalCasePayload {
    async fn new(
        ctx: &Context<'_>,
        id: SignalCaseId,
        answer: Answer<(), CaseRefusal>,
    ) -> Result<Self> {
        let rejections = answer.err().unwrap_or_default();
        Ok(Self {
            case: find_case(ctx, id).await?,
            user_errors: SignalCaseUserError::list(ctx, rejections, Language::case_refusal),
        })
    }
}

/// Decisions on cases.
#[derive(Default)]
pub(super) struct SignalCaseMutation;

#[Object]
impl SignalCaseMutation {
    /// Dismisses a case: somebody has looked at it, and nothing of it is to be withheld. It opens again by itself when
    /// another signal joins it. Needs an owner or organiser.
    async fn dismiss_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and why.")] input: DismissCaseInput,
    ) -> Result<SignalCasePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.case_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        let revision = input.expected_revision.into();
        let dismissed = desk.dismiss_case(id, revision, &input.note).await?;
        SignalCasePayload::new(ctx, id, dismissed).await
    }

    /// Opens a case again that was dismissed. Needs an owner or organiser.
    async fn reopen_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] input: ReopenCaseInput,
    ) -> Result<SignalCasePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.case_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        let opened = desk.reopen_case(id, input.expected_revision.into()).await?;
        SignalCasePayload::new(ctx, id, opened).await
    }
}
