//! Rules that withhold votes: proposed, applied, reverted.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use uuid::Uuid;

use super::user_error;
use crate::app::desk::{Answer, NamedVotes, Rejection, WithholdingProposal};
use crate::domain::risk::RiskRank;
use crate::domain::withholding::{Selector, ShortHash, WithholdingRefusal};
use crate::error::Error;
use crate::graphql::messages::Language;
use crate::graphql::node_id::GlobalId;
use crate::graphql::types::{Timestamp, VoteBehaviour, WithholdingRule, find_withholding_rule};
use crate::graphql::{app, node_id, requester};
use crate::id::WithholdingRuleId;

/// The reason why a rule was not proposed, applied or reverted.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "WithholdingRefusal")]
pub(super) enum WithholdingErrorCode {
    /// The selection names too much: it takes a nominee, a window of time and networks, phone models or voters; or a
    /// network, phone model or nominee and a behaviour; or the highest rank of risk, and none below it.
    TooBroad,
    /// A list of the selection is too long.
    TooMany,
    /// The window of time ends before it begins.
    TimesOutOfOrder,
    /// A nominee of the selection is none of the campaign.
    NomineeNotFound,
    /// The selection names no vote that counts.
    NoVotes,
    /// A reason is missing, or too long: the public reads it.
    ReasonRequired,
    /// It was proposed by the same member: somebody else applies it.
    SamePerson,
    /// The rule is in a state in which this cannot be done.
    WrongState,
    /// The campaign is in a phase in which this cannot be done.
    WrongPhase,
    /// So many votes are withheld only with their number typed in, and it is another one.
    NumberRequired,
    /// The campaign has as many rules as it may have.
    TooManyRules,
    /// Somebody else has changed it since: `rule` is as it stands now.
    StaleObject,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

user_error! {
    /// A refusal of a change of a rule that withholds votes.
    WithholdingUserError, WithholdingErrorCode
}

/// The votes that a rule names: those for which every list that is given has an entry, and which were cast in the
/// window.
#[derive(InputObject)]
struct WithholdingSelectionInput {
    /// Nominees whom they are for.
    nominee_ids: Option<Vec<ID>>,
    /// Networks that they came from, by the keys of vote groups.
    networks: Option<Vec<String>>,
    /// Blocks of networks that they came from, by the keys of vote groups.
    network_blocks: Option<Vec<String>>,
    /// Models of phones that they came from, by the keys of vote groups.
    phone_models: Option<Vec<String>>,
    /// The first moment of the window.
    from: Option<Timestamp>,
    /// The first moment after it.
    until: Option<Timestamp>,
    /// Behaviours of which each shows one at least.
    behaviours: Option<Vec<VoteBehaviour>>,
    /// Whether their voters' other votes within half an hour are taken, too.
    #[graphql(default)]
    whole_visit: bool,
    /// The lowest rank of risk, 0 to 4, that a platform has given their voters: 4, at which it advises not to count, is
    /// enough for a rule; a lower one is too broad.
    risk_rank_min: Option<i32>,
}

impl WithholdingSelectionInput {
    fn into_selector(self, ctx: &Context<'_>) -> Result<Selector, Error> {
        let key = &app(ctx).hash_key;
        let ids = self.nominee_ids.unwrap_or_default();
        let nominee_ids = ids.iter().map(|id| node_id::decode(key, id));
        let rank = |number: i32| {
            RiskRank::try_from(i64::from(number))
                .map_err(|_| Error::BadUserInput("selection.riskRankMin is 0 to 4.".into()))
        };
        Ok(Selector {
            nominee_ids: nominee_ids.collect::<Result<_, Error>>()?,
            addresses: hashes("networks", self.networks)?,
            blocks: hashes("networkBlocks", self.network_blocks)?,
            devices: hashes("phoneModels", self.phone_models)?,
            voters: Vec::new(),
            from: self.from.map(|from| from.0),
            until: self.until.map(|until| until.0),
            behaviours: self
                .behaviours
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
            whole_visit: self.whole_visit,
            risk_rank_min: self.risk_rank_min.map(rank).transpose()?,
        })
    }
}

fn named_by_offer(ctx: &Context<'_>, id: &ID) -> Result<NamedVotes, Error> {
    match GlobalId::decode(&app(ctx).hash_key, id)? {
        GlobalId::SignalOffer(case, offer) => Ok(NamedVotes::Offer(case, offer)),
        _ => Err(Error::BadUserInput(
            "This is not the id of an offer.".into(),
        )),
    }
}

fn hashes(field: &str, texts: Option<Vec<String>>) -> Result<Vec<ShortHash>, Error> {
    let texts = texts.unwrap_or_default();
    let hashes = texts.iter().map(|text| ShortHash::parse(text));
    hashes.collect::<Option<_>>().ok_or_else(|| {
        Error::BadUserInput(format!(
            "selection.{field} takes the keys of vote groups: 32 hexadecimal digits each."
        ))
    })
}

/// The input of `proposeWithholding`.
#[derive(InputObject)]
struct ProposeWithholdingInput {
    /// The campaign.
    campaign_id: ID,
    /// The votes that the rule names: give either these or an offer.
    selection: Option<WithholdingSelectionInput>,
    /// An offer of a case, whose votes the rule names. One that stays active goes on behind the offer's window where
    /// it names a behaviour.
    offer_id: Option<ID>,
    /// Why, at most 500 characters: the public reads it once the result is out.
    reason: String,
    /// Whether it takes votes that are cast after it was applied, too.
    #[graphql(default)]
    is_active: bool,
    /// A name for this request: sent again with the same one, it makes nothing new.
    idempotency_key: Option<Uuid>,
}

/// The input of `applyWithholding`.
#[derive(InputObject)]
struct ApplyWithholdingInput {
    /// The rule.
    rule_id: ID,
    /// Its `editRevision` as you know it.
    expected_revision: i32,
    /// The number of votes, typed in by whoever applies it, where the rule `needsNumber`.
    typed_votes: Option<i32>,
}

/// The input of `revertWithholding`.
#[derive(InputObject)]
struct RevertWithholdingInput {
    /// The rule.
    rule_id: ID,
    /// Its `editRevision` as you know it.
    expected_revision: i32,
    /// Why, at most 500 characters.
    reason: String,
}

/// The answer of a change of a rule that withholds votes.
#[derive(SimpleObject)]
struct WithholdingPayload {
    /// The rule as it stands now; null where there is none.
    rule: Option<WithholdingRule>,
    /// The refusal; empty when there is none.
    user_errors: Vec<WithholdingUserError>,
}

impl WithholdingPayload {
    async fn new(
        ctx: &Context<'_>,
        id: Option<WithholdingRuleId>,
        rejections: Vec<Rejection<WithholdingRefusal>>,
    ) -> Result<Self> {
        let rule = match id {
            Some(id) => find_withholding_rule(ctx, id).await?,
            None => None,
        };
        Ok(Self {
            rule,
            user_errors: WithholdingUserError::list(ctx, rejections, Language::withholding_refusal),
        })
    }

    async fn of_step(
        ctx: &Context<'_>,
        id: WithholdingRuleId,
        answer: Answer<(), WithholdingRefusal>,
    ) -> Result<Self> {
        Self::new(ctx, Some(id), answer.err().unwrap_or_default()).await
    }
}

/// Changes of rules that withhold votes.
#[derive(Default)]
pub(super) struct WithholdingMutation;

#[Object]
impl WithholdingMutation {
    /// Proposes to withhold votes. Nothing changes until another member applies it. Needs an owner or organiser.
    async fn propose_withholding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The votes, and why.")] input: ProposeWithholdingInput,
    ) -> Result<WithholdingPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let proposal = WithholdingProposal {
            campaign_id: node_id::decode(&app.hash_key, &input.campaign_id)?,
            named: match (input.selection, input.offer_id) {
                (Some(selection), None) => NamedVotes::Selector(selection.into_selector(ctx)?),
                (None, Some(id)) => named_by_offer(ctx, &id)?,
                _ => {
                    let text = "Give either selection or offerId.";
                    return Err(Error::BadUserInput(text.into()).into());
                }
            },
            reason: input.reason,
            is_active: input.is_active,
            idempotency_key: input.idempotency_key,
        };
        let desk = app.desk(requester.viewer, &requester.client)?;
        let proposed = Box::pin(desk.propose_withholding(&proposal)).await;
        let has_key = proposal.idempotency_key.is_some();
        match proposed.map_err(|error| error.with_key(has_key))? {
            Ok(id) => WithholdingPayload::new(ctx, Some(id), Vec::new()).await,
            Err(rejections) => WithholdingPayload::new(ctx, None, rejections).await,
        }
    }

    /// Applies a proposal of another member: its votes are withheld, some thousands a second. Needs an owner or
    /// organiser.
    async fn apply_withholding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule.")] input: ApplyWithholdingInput,
    ) -> Result<WithholdingPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.rule_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        let revision = i64::from(input.expected_revision);
        let typed_votes = input.typed_votes.map(i64::from);
        let answer = Box::pin(desk.apply_withholding(id, revision, typed_votes)).await?;
        WithholdingPayload::of_step(ctx, id, answer).await
    }

    /// Reverts a rule: its votes count again, unless another rule holds them; or turns a proposal down. Needs an owner
    /// or organiser.
    async fn revert_withholding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule, and why.")] input: RevertWithholdingInput,
    ) -> Result<WithholdingPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.rule_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        let revision = i64::from(input.expected_revision);
        let answer = Box::pin(desk.revert_withholding(id, revision, &input.reason)).await?;
        WithholdingPayload::of_step(ctx, id, answer).await
    }
}
