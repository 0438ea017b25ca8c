//! Campaigns: made, edited and led through their life.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use super::campaign_inputs::{
    AmendRulesInput, CampaignStepInput, CategoryInput, CloneCampaignInput, CreateCampaignInput,
    ExtendVotingInput, SetCategoriesInput, UpdateCampaignInput, new_draft,
};
use super::user_error;
use crate::app::desk::{Answer, NewCampaign, Rejection, RulesAmendment};
use crate::domain::campaign::{Campaign as CampaignData, TimeZone};
use crate::domain::campaign_life::{CampaignRefusal, Step};
use crate::graphql::messages::Language;
use crate::graphql::types::{Campaign, Timestamp};
use crate::graphql::{app, node_id, requester};
use crate::id::{CampaignId, OrganisationId};

/// The reason why a campaign was not made or changed.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "CampaignRefusal")]
pub(super) enum CampaignErrorCode {
    /// The name in addresses is none: 2 to 64 lower-case letters, digits and hyphens.
    InvalidSlug,
    /// The name in addresses is taken.
    SlugTaken,
    /// The title is empty, too long, or has characters that cannot be printed.
    InvalidTitle,
    /// The summary is too long, or has characters that cannot be printed.
    InvalidSummary,
    /// The time zone is unknown.
    InvalidTimeZone,
    /// The quota is out of its bounds.
    InvalidQuota,
    /// The kinds of voters that are admitted are not those that can be.
    InvalidAdmits,
    /// The opening is not before the closing, or an extension not after it.
    TimesOutOfOrder,
    /// The time is past.
    TimePast,
    /// The campaign is in a phase in which this cannot be done.
    WrongPhase,
    /// It cannot be changed any more after the first vote.
    FixedAfterFirstVote,
    /// It cannot be changed any more once the campaign is public.
    FixedOnceAnnounced,
    /// A quota may be raised, and never lowered, after the first vote.
    QuotaLowered,
    /// A reason is missing, or too long: the public reads it.
    ReasonRequired,
    /// A campaign is announced with its categories, each with a nominee who can be voted for.
    NotReady,
    /// The key of a category is none, or stands twice.
    InvalidCategoryKey,
    /// The name of a category is empty or too long.
    InvalidCategoryName,
    /// The size of a shortlist is out of its bounds.
    InvalidShortlistSize,
    /// Too many categories.
    TooManyCategories,
    /// The category has nominees.
    CategoryInUse,
    /// Somebody else has changed it since: `campaign` is as it stands now.
    StaleObject,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

user_error! {
    /// A refusal of a change of a campaign.
    CampaignUserError, CampaignErrorCode
}

/// The answer of a change of a campaign.
#[derive(SimpleObject)]
struct CampaignPayload {
    /// The campaign as it stands now; null where there is none.
    campaign: Option<Campaign>,
    /// The refusal; empty when there is none.
    user_errors: Vec<CampaignUserError>,
}

/// The answer of `deleteCampaign`.
#[derive(SimpleObject)]
struct DeleteCampaignPayload {
    /// Whether it was deleted.
    deleted: bool,
    /// The refusal; empty when there is none.
    user_errors: Vec<CampaignUserError>,
}

impl CampaignPayload {
    /// The payload of a change of this campaign, as it stands afterwards.
    async fn new(
        ctx: &Context<'_>,
        id: Option<CampaignId>,
        user_errors: Vec<CampaignUserError>,
    ) -> Result<Self> {
        let (app, viewer) = (app(ctx), requester(ctx).viewer);
        Box::pin(app.refresh_campaigns()).await?;
        let catalog = app.campaigns.catalog();
        let roster = id.and_then(|id| catalog.find(id, viewer));
        Ok(Self {
            campaign: roster.map(|roster| Campaign::new(app, roster)),
            user_errors,
        })
    }

    /// The payload of a change that makes no object.
    async fn of_change(
        ctx: &Context<'_>,
        id: CampaignId,
        answer: Answer<(), CampaignRefusal>,
    ) -> Result<Self> {
        let user_errors = match answer {
            Ok(()) => Vec::new(),
            Err(rejections) => CampaignUserError::list(ctx, rejections, Language::campaign_refusal),
        };
        Self::new(ctx, Some(id), user_errors).await
    }

    /// The payload of a change that makes a campaign.
    async fn of_creation(
        ctx: &Context<'_>,
        answer: Answer<CampaignId, CampaignRefusal>,
    ) -> Result<Self> {
        match answer {
            Ok(id) => Self::new(ctx, Some(id), Vec::new()).await,
            Err(rejections) => Ok(Self {
                campaign: None,
                user_errors: CampaignUserError::list(ctx, rejections, Language::campaign_refusal),
            }),
        }
    }

    /// The payload that refuses one field before anything is looked at.
    fn refused(ctx: &Context<'_>, why: CampaignRefusal, field: &'static str) -> Self {
        let rejection = Rejection {
            why,
            field: Some(field),
        };
        Self {
            campaign: None,
            user_errors: CampaignUserError::list(ctx, vec![rejection], Language::campaign_refusal),
        }
    }
}

/// Changes of campaigns.
#[derive(Default)]
pub(super) struct CampaignMutation;

#[Object]
impl CampaignMutation {
    /// Makes a campaign: a draft, which its organisation sees. Needs an owner or organiser.
    async fn create_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CreateCampaignInput,
    ) -> Result<CampaignPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let organisation_id = node_id::decode(&app.hash_key, &input.organisation_id)?;
        let Ok(time_zone) = TimeZone::try_from(input.time_zone) else {
            let why = CampaignRefusal::InvalidTimeZone;
            return Ok(CampaignPayload::refused(ctx, why, "timeZone"));
        };
        if !input.rules.admits_can_be() {
            let why = CampaignRefusal::InvalidAdmits;
            return Ok(CampaignPayload::refused(ctx, why, "rules"));
        }
        let mut campaign = new_draft(organisation_id, time_zone);
        campaign.slug = input.slug;
        campaign.title = input.title;
        campaign.summary = input.summary;
        campaign.voting_opens_at = input.voting_opens_at.0;
        campaign.voting_closes_at = input.voting_closes_at.0;
        input.rules.apply(&mut campaign);
        let new = NewCampaign {
            campaign,
            categories: CategoryInput::read(ctx, input.categories)?,
            idempotency_key: Some(input.idempotency_key),
        };
        let made = Box::pin(desk.create_campaign(new)).await;
        let made = made.map_err(|error| error.with_key(true))?;
        CampaignPayload::of_creation(ctx, made).await
    }

    /// Makes a draft with the rules and categories of a campaign. Needs an owner or organiser.
    async fn clone_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign, and what is new of its copy.")] input: CloneCampaignInput,
    ) -> Result<CampaignPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let source = node_id::decode(&app.hash_key, &input.campaign_id)?;
        // Organisation and time zone are those of the source.
        let mut campaign = new_draft(OrganisationId::default(), TimeZone(chrono_tz::UTC));
        campaign.slug = input.slug;
        campaign.title = input.title;
        campaign.voting_opens_at = input.voting_opens_at.0;
        campaign.voting_closes_at = input.voting_closes_at.0;
        let new = NewCampaign {
            campaign,
            categories: Vec::new(),
            idempotency_key: Some(input.idempotency_key),
        };
        let made = Box::pin(desk.clone_campaign(source, new, input.with_nominees)).await;
        let made = made.map_err(|error| error.with_key(true))?;
        CampaignPayload::of_creation(ctx, made).await
    }

    /// Edits a campaign. Needs an owner or organiser.
    async fn update_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign and its changes.")] input: UpdateCampaignInput,
    ) -> Result<CampaignPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let id = node_id::decode(&app.hash_key, &input.campaign_id)?;
        let time_zone = input.time_zone.map(TimeZone::try_from).transpose();
        let Ok(time_zone) = time_zone else {
            let why = CampaignRefusal::InvalidTimeZone;
            return Ok(CampaignPayload::refused(ctx, why, "timeZone"));
        };
        if input
            .rules
            .as_ref()
            .is_some_and(|rules| !rules.admits_can_be())
        {
            let why = CampaignRefusal::InvalidAdmits;
            return Ok(CampaignPayload::refused(ctx, why, "rules"));
        }
        let change = |campaign: &mut CampaignData| {
            campaign.slug = input.slug.unwrap_or_else(|| campaign.slug.clone());
            campaign.title = input.title.unwrap_or_else(|| campaign.title.clone());
            campaign.summary = input.summary.unwrap_or_else(|| campaign.summary.clone());
            campaign.time_zone = time_zone.unwrap_or(campaign.time_zone);
            if let Some(Timestamp(at)) = input.voting_opens_at {
                campaign.voting_opens_at = at;
            }
            if let Some(Timestamp(at)) = input.voting_closes_at {
                campaign.voting_closes_at = at;
            }
            if let Some(rules) = &input.rules {
                rules.apply(campaign);
            }
        };
        let updating = desk.update_campaign(id, input.expected_revision.0, change);
        let answer = Box::pin(updating).await?;
        CampaignPayload::of_change(ctx, id, answer).await
    }

    /// Replaces the categories of a campaign. After the first vote only the sizes of shortlists may change. Needs an
    /// owner or organiser.
    async fn set_categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign and its categories.")] input: SetCategoriesInput,
    ) -> Result<CampaignPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let id = node_id::decode(&app.hash_key, &input.campaign_id)?;
        let categories = CategoryInput::read(ctx, input.categories)?;
        let reason = input.reason.as_deref();
        let setting = desk.set_categories(id, input.expected_revision.0, categories, reason);
        let answer = Box::pin(setting).await?;
        CampaignPayload::of_change(ctx, id, answer).await
    }

    /// Makes a draft public. Needs an owner or organiser.
    async fn announce_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CampaignStepInput,
    ) -> Result<CampaignPayload> {
        step(ctx, input, Step::Announce).await
    }

    /// Refuses votes until further notice. Needs an owner or organiser.
    async fn pause_voting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CampaignStepInput,
    ) -> Result<CampaignPayload> {
        step(ctx, input, Step::Pause).await
    }

    /// Takes votes again. Needs an owner or organiser.
    async fn resume_voting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CampaignStepInput,
    ) -> Result<CampaignPayload> {
        step(ctx, input, Step::Resume).await
    }

    /// Lets voting close later, while it is open. Needs an owner or organiser.
    async fn extend_voting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign and the time.")] input: ExtendVotingInput,
    ) -> Result<CampaignPayload> {
        let extend = Step::Extend(input.voting_closes_at.0);
        let input = CampaignStepInput {
            campaign_id: input.campaign_id,
            expected_revision: input.expected_revision,
            reason: input.reason,
        };
        step(ctx, input, extend).await
    }

    /// Closes voting now. It is not opened again. Needs an owner or organiser.
    async fn close_voting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CampaignStepInput,
    ) -> Result<CampaignPayload> {
        step(ctx, input, Step::Close).await
    }

    /// Amends the rules of a campaign, with a reason that the public reads. Needs an owner or organiser.
    async fn amend_rules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign, its rules and the reason.")] input: AmendRulesInput,
    ) -> Result<CampaignPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let id = node_id::decode(&app.hash_key, &input.campaign_id)?;
        let amendment = RulesAmendment {
            votes_per_period: input.votes_per_period.map(i64::from),
            tally_visibility: input.tally_visibility.map(Into::into),
            challenge: input.challenge.map(Into::into),
            voting_closes_at: input.voting_closes_at.map(|at| at.0),
        };
        let amending = desk.amend_rules(id, input.expected_revision.0, amendment, &input.reason);
        let answer = Box::pin(amending).await?;
        CampaignPayload::of_change(ctx, id, answer).await
    }

    /// Publishes the result of a campaign whose voting has closed. Needs an owner or organiser.
    async fn publish_result(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CampaignStepInput,
    ) -> Result<CampaignPayload> {
        step(ctx, input, Step::Publish).await
    }

    /// Puts a campaign whose result is out away, for the record. Needs an owner or organiser.
    async fn archive_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CampaignStepInput,
    ) -> Result<CampaignPayload> {
        step(ctx, input, Step::Archive).await
    }

    /// Deletes a draft with its nominees and stories. Needs an owner or organiser.
    async fn delete_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CampaignStepInput,
    ) -> Result<DeleteCampaignPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let id = node_id::decode(&app.hash_key, &input.campaign_id)?;
        let expected_revision = input.expected_revision.map(|revision| revision.0);
        let answer = Box::pin(desk.delete_campaign(id, expected_revision)).await?;
        Box::pin(app.refresh_campaigns()).await?;
        Ok(match answer {
            Ok(()) => DeleteCampaignPayload {
                deleted: true,
                user_errors: Vec::new(),
            },
            Err(rejections) => DeleteCampaignPayload {
                deleted: false,
                user_errors: CampaignUserError::list(ctx, rejections, Language::campaign_refusal),
            },
        })
    }
}

async fn step(ctx: &Context<'_>, input: CampaignStepInput, step: Step) -> Result<CampaignPayload> {
    let (app, requester) = (app(ctx), requester(ctx));
    let desk = app.desk(requester.viewer, &requester.client)?;
    let id = node_id::decode::<CampaignId>(&app.hash_key, &input.campaign_id)?;
    let expected_revision = input.expected_revision.map(|revision| revision.0);
    let stepping = desk.step_campaign(id, expected_revision, step, input.reason.as_deref());
    let answer = Box::pin(stepping).await?;
    CampaignPayload::of_change(ctx, id, answer).await
}
