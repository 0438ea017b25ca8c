//! Nominees: made, edited, frozen, withdrawn and restored.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use uuid::Uuid;

use super::user_errors;
use crate::app::desk::{Answer, NewNominee, NomineeEdit, NomineeRefusal, NomineeStep, Rejection};
use crate::domain::field::FieldFault;
use crate::domain::nominee::NomineeFields;
use crate::graphql::types::{Long, Nominee};
use crate::graphql::{app, node_id, requester};
use crate::id::NomineeId;

/// The reason why a nominee was not made or changed.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum NomineeErrorCode {
    /// A field is empty, too long, out of its bounds, or has characters that cannot be printed: see `path`.
    InvalidField,
    /// The number is taken in the campaign.
    NumberTaken,
    /// The category is none of the campaign's.
    CategoryNotFound,
    /// It cannot be changed any more after the nominee's first vote.
    FixedAfterFirstVote,
    /// A reason is missing, or too long: the public reads it.
    ReasonRequired,
    /// The campaign or the nominee is in a state in which this cannot be done.
    WrongState,
    /// Somebody else has changed it since: `nominee` is as it stands now.
    StaleObject,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

impl From<NomineeRefusal> for NomineeErrorCode {
    fn from(why: NomineeRefusal) -> Self {
        match why {
            NomineeRefusal::InvalidField(..) => Self::InvalidField,
            NomineeRefusal::NumberTaken => Self::NumberTaken,
            NomineeRefusal::CategoryNotFound => Self::CategoryNotFound,
            NomineeRefusal::FixedAfterFirstVote => Self::FixedAfterFirstVote,
            NomineeRefusal::ReasonRequired => Self::ReasonRequired,
            NomineeRefusal::WrongState => Self::WrongState,
            NomineeRefusal::StaleObject => Self::StaleObject,
            NomineeRefusal::IdempotencyKeyReused => Self::IdempotencyKeyReused,
        }
    }
}

/// A refusal of a change of a nominee.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct NomineeUserError {
    /// The reason.
    code: NomineeErrorCode,
    /// A text for people, in the language of the request.
    pub(in crate::graphql) message: String,
    /// The part of the input that it is about.
    pub(in crate::graphql) path: Option<Vec<String>>,
}

impl NomineeUserError {
    fn list(ctx: &Context<'_>, rejections: Vec<Rejection<NomineeRefusal>>) -> Vec<Self> {
        let language = requester(ctx).language;
        user_errors(ctx, rejections, |_, _| "")
            .map(|(why, _, path)| {
                let message = match why {
                    NomineeRefusal::InvalidField(field, reason) => {
                        language.nominee_fault(&FieldFault { field, reason })
                    }
                    why => language.nominee_refusal(why).to_owned(),
                };
                Self {
                    code: why.into(),
                    message,
                    path,
                }
            })
            .collect()
    }
}

/// The input of `createNominee`.
#[derive(InputObject)]
struct CreateNomineeInput {
    /// The campaign.
    campaign_id: ID,
    /// Your name for this wish, a fresh UUID: sent again with the same key it makes nothing new.
    idempotency_key: Uuid,
    /// The category.
    category_id: ID,
    /// The number on the list; the next one if it is left out.
    number: Option<i32>,
    /// The person's name.
    name: String,
    /// The company or body the person works for.
    employer: String,
    /// Where the person works.
    city: Option<String>,
    /// Post or rank.
    title: Option<String>,
    /// The reasons for the nomination, a few sentences.
    #[graphql(default)]
    summary: String,
}

/// The input of `updateNominee`: what is left out stays.
#[derive(InputObject)]
struct UpdateNomineeInput {
    /// The nominee.
    nominee_id: ID,
    /// The revision that the edit rests on.
    expected_revision: Long,
    /// The category: before the nominee's first vote only.
    category_id: Option<ID>,
    /// The number on the list.
    number: Option<i32>,
    /// The person's name.
    name: Option<String>,
    /// The company or body the person works for.
    employer: Option<String>,
    /// Where the person works; an empty text for nowhere.
    city: Option<String>,
    /// Post or rank; an empty text for none.
    title: Option<String>,
    /// The reasons for the nomination, a few sentences.
    summary: Option<String>,
    /// The reason, which the public reads: needed for name, number and employer after the campaign's first vote.
    reason: Option<String>,
}

/// The input of a step of a nominee's life.
#[derive(InputObject)]
struct NomineeStepInput {
    /// The nominee.
    nominee_id: ID,
    /// The revision that the step rests on; null to make it whatever was changed.
    expected_revision: Option<Long>,
    /// The reason, for the audit log.
    reason: Option<String>,
}

/// The answer of a change of a nominee.
#[derive(SimpleObject)]
struct NomineePayload {
    /// The nominee as it stands now, withdrawn or not; null where there is none.
    nominee: Option<Nominee>,
    /// The refusal; empty when there is none.
    user_errors: Vec<NomineeUserError>,
}

impl NomineePayload {
    async fn new(
        ctx: &Context<'_>,
        id: Option<NomineeId>,
        user_errors: Vec<NomineeUserError>,
    ) -> Result<Self> {
        let (app, viewer) = (app(ctx), requester(ctx).viewer);
        Box::pin(app.refresh_campaigns()).await?;
        let catalog = app.campaigns.catalog();
        let found = id.and_then(|id| catalog.find_nominee_to_edit(id, viewer));
        Ok(Self {
            nominee: found.map(|(roster, index)| Nominee::on_own_page(ctx, &roster, index)),
            user_errors,
        })
    }

    async fn of_change(
        ctx: &Context<'_>,
        id: NomineeId,
        answer: Answer<(), NomineeRefusal>,
    ) -> Result<Self> {
        let user_errors = match answer {
            Ok(()) => Vec::new(),
            Err(rejections) => NomineeUserError::list(ctx, rejections),
        };
        Self::new(ctx, Some(id), user_errors).await
    }
}

/// Changes of nominees.
#[derive(Default)]
pub(super) struct NomineeMutation;

#[Object]
impl NomineeMutation {
    /// Makes a nominee. Needs an owner or organiser.
    async fn create_nominee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee.")] input: CreateNomineeInput,
    ) -> Result<NomineePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let new = NewNominee {
            campaign_id: node_id::decode(&app.hash_key, &input.campaign_id)?,
            category_id: node_id::decode(&app.hash_key, &input.category_id)?,
            fields: NomineeFields {
                // A number that was left out is the next one; a wrong one stays wrong.
                number: input.number.map_or(0, |number| match number {
                    0 => -1,
                    number => i64::from(number),
                }),
                name: input.name,
                employer: input.employer,
                city: input.city,
                title: input.title,
                summary: input.summary,
            },
            idempotency_key: Some(input.idempotency_key),
        };
        let made = Box::pin(desk.create_nominee(new)).await;
        match made.map_err(|error| error.with_key(true))? {
            Ok(id) => NomineePayload::new(ctx, Some(id), Vec::new()).await,
            Err(rejections) => {
                let user_errors = NomineeUserError::list(ctx, rejections);
                NomineePayload::new(ctx, None, user_errors).await
            }
        }
    }

    /// Edits a nominee. Needs an owner or organiser.
    async fn update_nominee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee and its changes.")] input: UpdateNomineeInput,
    ) -> Result<NomineePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let id = node_id::decode(&app.hash_key, &input.nominee_id)?;
        let category_id = input
            .category_id
            .map(|id| node_id::decode(&app.hash_key, &id))
            .transpose()?;
        let edit = NomineeEdit {
            expected_revision: input.expected_revision.0,
            category_id,
            reason: input.reason,
        };
        let change = |fields: &mut NomineeFields| {
            fields.number = input.number.map_or(fields.number, i64::from);
            fields.name = input.name.unwrap_or_else(|| fields.name.clone());
            fields.employer = input.employer.unwrap_or_else(|| fields.employer.clone());
            fields.city = input.city.or_else(|| fields.city.clone());
            fields.title = input.title.or_else(|| fields.title.clone());
            fields.summary = input.summary.unwrap_or_else(|| fields.summary.clone());
        };
        let answer = Box::pin(desk.update_nominee(id, edit, change)).await?;
        NomineePayload::of_change(ctx, id, answer).await
    }

    /// Keeps a nominee from being voted for; it stays on the list. Needs an owner or organiser.
    async fn freeze_nominee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee.")] input: NomineeStepInput,
    ) -> Result<NomineePayload> {
        step(ctx, input, NomineeStep::Freeze).await
    }

    /// Lets a nominee be voted for again. Needs an owner or organiser.
    async fn unfreeze_nominee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee.")] input: NomineeStepInput,
    ) -> Result<NomineePayload> {
        step(ctx, input, NomineeStep::Unfreeze).await
    }

    /// Takes a nominee off the list. Its votes stay, and count in the total. Needs an owner or organiser.
    async fn withdraw_nominee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee.")] input: NomineeStepInput,
    ) -> Result<NomineePayload> {
        step(ctx, input, NomineeStep::Withdraw).await
    }

    /// Puts a nominee who was withdrawn on the list again. Needs an owner or organiser.
    async fn restore_nominee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee.")] input: NomineeStepInput,
    ) -> Result<NomineePayload> {
        step(ctx, input, NomineeStep::Restore).await
    }
}

async fn step(
    ctx: &Context<'_>,
    input: NomineeStepInput,
    step: NomineeStep,
) -> Result<NomineePayload> {
    let (app, requester) = (app(ctx), requester(ctx));
    let desk = app.desk(requester.viewer, &requester.client)?;
    let id = node_id::decode(&app.hash_key, &input.nominee_id)?;
    let expected_revision = input.expected_revision.map(|revision| revision.0);
    let stepping = desk.step_nominee(id, expected_revision, step, input.reason.as_deref());
    let answer = Box::pin(stepping).await?;
    NomineePayload::of_change(ctx, id, answer).await
}
