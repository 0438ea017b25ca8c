//! The inputs of changes of campaigns.

use async_graphql::{Context, ID, InputObject, Result};
use uuid::Uuid;

use crate::app::desk::CategoryEdit;
use crate::domain::campaign::{Campaign as CampaignData, Lifecycle, TimeZone};
use crate::domain::identity::{self as kinds, IdentityKinds};
use crate::graphql::types::{
    ChallengePolicy, IdentityKind, Long, QuotaPeriod, QuotaScope, TallyVisibility, Timestamp,
};
use crate::graphql::{app, node_id};
use crate::id::{CampaignId, OrganisationId};

/// The rules of a vote.
#[derive(InputObject)]
pub(super) struct VotingRulesInput {
    /// The time that a quota lasts.
    pub(super) period: QuotaPeriod,
    /// The part of the campaign that a quota counts in.
    pub(super) scope: QuotaScope,
    /// Votes a voter has in each period and scope, 1 to 1,000.
    pub(super) votes_per_period: i32,
    /// The audience of the tally, and from when on.
    pub(super) tally_visibility: TallyVisibility,
    /// The kinds of voters that may vote.
    #[graphql(default_with = "vec![IdentityKind::WechatMiniProgram]")]
    pub(super) admits: Vec<IdentityKind>,
    /// The voters who have to solve a challenge before a vote of theirs is taken.
    #[graphql(default_with = "ChallengePolicy::Guests")]
    pub(super) challenge: ChallengePolicy,
}

impl VotingRulesInput {
    pub(super) fn apply(&self, campaign: &mut CampaignData) {
        campaign.quota_period = self.period.into();
        campaign.quota_scope = self.scope.into();
        campaign.votes_per_period = i64::from(self.votes_per_period);
        campaign.tally_visibility = self.tally_visibility.into();
        let admitted: IdentityKinds = self
            .admits
            .iter()
            .map(|kind| kinds::IdentityKind::from(*kind))
            .collect();
        campaign.guests_may_vote = admitted.contains(kinds::IdentityKind::Guest);
        campaign.admits = admitted.accounts();
        campaign.challenge = self.challenge.into();
    }

    /// Whether an account is among those that are admitted: a campaign of guests alone cannot be had.
    pub(super) fn admits_can_be(&self) -> bool {
        self.admits.iter().any(|kind| *kind != IdentityKind::Guest)
    }
}

/// A category of a campaign.
#[derive(InputObject)]
pub(super) struct CategoryInput {
    /// The category; null for a new one.
    pub(super) id: Option<ID>,
    /// A short name for programs: letters, digits, hyphens and underscores of ASCII.
    pub(super) key: String,
    /// Its name for people.
    pub(super) name: String,
    /// How many of its nominees the public's selection takes.
    pub(super) shortlist_size: i32,
}

impl CategoryInput {
    pub(super) fn read(ctx: &Context<'_>, inputs: Vec<Self>) -> Result<Vec<CategoryEdit>> {
        let key = &app(ctx).hash_key;
        let mut categories = Vec::with_capacity(inputs.len());
        for input in inputs {
            let id = input.id.map(|id| node_id::decode(key, &id)).transpose()?;
            categories.push(CategoryEdit {
                id,
                key: input.key,
                name: input.name,
                shortlist_size: i64::from(input.shortlist_size),
            });
        }
        Ok(categories)
    }
}

/// The input of `createCampaign`.
#[derive(InputObject)]
pub(super) struct CreateCampaignInput {
    /// The organisation that runs it.
    pub(super) organisation_id: ID,
    /// Your name for this wish, a fresh UUID: sent again with the same key it makes nothing new.
    pub(super) idempotency_key: Uuid,
    /// Its name in addresses.
    pub(super) slug: String,
    /// Its title.
    pub(super) title: String,
    /// A few sentences on its subject.
    #[graphql(default)]
    pub(super) summary: String,
    /// IANA name of the time zone whose days its quota follows.
    #[graphql(default_with = "\"Asia/Shanghai\".to_owned()")]
    pub(super) time_zone: String,
    /// The first moment at which a vote counts.
    pub(super) voting_opens_at: Timestamp,
    /// The first moment at which a vote counts no more.
    pub(super) voting_closes_at: Timestamp,
    /// The rules of the vote.
    pub(super) rules: VotingRulesInput,
    /// Its categories in their order.
    #[graphql(default)]
    pub(super) categories: Vec<CategoryInput>,
}

/// The input of `cloneCampaign`.
#[derive(InputObject)]
pub(super) struct CloneCampaignInput {
    /// The campaign whose rules and categories are copied.
    pub(super) campaign_id: ID,
    /// Your name for this wish, a fresh UUID: sent again with the same key it makes nothing new.
    pub(super) idempotency_key: Uuid,
    /// The copy's name in addresses.
    pub(super) slug: String,
    /// The copy's title.
    pub(super) title: String,
    /// The first moment at which a vote counts.
    pub(super) voting_opens_at: Timestamp,
    /// The first moment at which a vote counts no more.
    pub(super) voting_closes_at: Timestamp,
    /// Whether the nominees are copied, too; withdrawn ones are not.
    #[graphql(default)]
    pub(super) with_nominees: bool,
}

/// The input of `updateCampaign`: what is left out stays.
#[derive(InputObject)]
pub(super) struct UpdateCampaignInput {
    /// The campaign.
    pub(super) campaign_id: ID,
    /// The revision that the edit rests on.
    pub(super) expected_revision: Long,
    /// Its name in addresses: of a draft only.
    pub(super) slug: Option<String>,
    /// Its title.
    pub(super) title: Option<String>,
    /// A few sentences on its subject.
    pub(super) summary: Option<String>,
    /// IANA name of its time zone: before the first vote only.
    pub(super) time_zone: Option<String>,
    /// The first moment at which a vote counts: before the first vote only.
    pub(super) voting_opens_at: Option<Timestamp>,
    /// The first moment at which a vote counts no more: before the first vote only.
    pub(super) voting_closes_at: Option<Timestamp>,
    /// The rules of the vote: before the first vote only.
    pub(super) rules: Option<VotingRulesInput>,
}

/// The input of `setCategories`.
#[derive(InputObject)]
pub(super) struct SetCategoriesInput {
    /// The campaign.
    pub(super) campaign_id: ID,
    /// The campaign's revision that the edit rests on.
    pub(super) expected_revision: Long,
    /// All its categories in their order: those that are left out are removed.
    pub(super) categories: Vec<CategoryInput>,
    /// The reason, which the public reads: needed after the first vote.
    pub(super) reason: Option<String>,
}

/// The input of a step of a campaign's life.
#[derive(InputObject)]
pub(super) struct CampaignStepInput {
    /// The campaign.
    pub(super) campaign_id: ID,
    /// The revision that the step rests on; null to make it whatever was changed.
    pub(super) expected_revision: Option<Long>,
    /// The reason, for the audit log.
    pub(super) reason: Option<String>,
}

/// The input of `extendVoting`.
#[derive(InputObject)]
pub(super) struct ExtendVotingInput {
    /// The campaign.
    pub(super) campaign_id: ID,
    /// The revision that the step rests on; null to make it whatever was changed.
    pub(super) expected_revision: Option<Long>,
    /// The first moment at which a vote counts no more: later than until now.
    pub(super) voting_closes_at: Timestamp,
    /// The reason: for the audit log, and after the first vote, from which on it is needed, for the public.
    pub(super) reason: Option<String>,
}

/// The input of `amendRules`: what is left out stays.
#[derive(InputObject)]
pub(super) struct AmendRulesInput {
    /// The campaign.
    pub(super) campaign_id: ID,
    /// The revision that the amendment rests on.
    pub(super) expected_revision: Long,
    /// Votes a voter has in each period and scope: more than until now.
    pub(super) votes_per_period: Option<i32>,
    /// The audience of the tally, and from when on.
    pub(super) tally_visibility: Option<TallyVisibility>,
    /// The voters who have to solve a challenge before a vote of theirs is taken.
    pub(super) challenge: Option<ChallengePolicy>,
    /// The first moment at which a vote counts no more.
    pub(super) voting_closes_at: Option<Timestamp>,
    /// The reason, which the public reads.
    pub(super) reason: String,
}

/// A draft of an organisation, before its fields are filled in.
pub(super) fn new_draft(organisation_id: OrganisationId, time_zone: TimeZone) -> CampaignData {
    let rules = VotingRulesInput {
        period: QuotaPeriod::Day,
        scope: QuotaScope::Category,
        votes_per_period: 1,
        tally_visibility: TallyVisibility::Live,
        admits: vec![IdentityKind::WechatMiniProgram],
        challenge: ChallengePolicy::Guests,
    };
    let mut draft = CampaignData {
        id: CampaignId::new(),
        organisation_id,
        slug: String::new(),
        title: String::new(),
        summary: String::new(),
        cover_url: None,
        cover_media: None,
        time_zone,
        lifecycle: Lifecycle::Draft,
        voting_opens_at: chrono::DateTime::UNIX_EPOCH,
        voting_closes_at: chrono::DateTime::UNIX_EPOCH,
        quota_period: rules.period.into(),
        quota_scope: rules.scope.into(),
        votes_per_period: 1,
        tally_visibility: rules.tally_visibility.into(),
        guests_may_vote: false,
        admits: kinds::IdentityKind::WechatMiniProgram.into(),
        challenge: rules.challenge.into(),
        paused_at: None,
        edit_revision: 1,
        revision: 1,
        rules_revision: 1,
    };
    rules.apply(&mut draft);
    draft
}
