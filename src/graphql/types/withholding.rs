//! Rules that withhold votes: for the desk with all that it decides on, for the public with what it may know.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use uuid::Uuid;

use super::scalars::{Long, Timestamp};
use super::{Nominee, to_i32};
use crate::app::App;
use crate::app::withholding::find_effect;
use crate::domain::access::Action;
use crate::domain::roster::Roster;
use crate::domain::withholding as domain;
use crate::error::Error;
use crate::graphql::node_id::GlobalId;
use crate::graphql::{app, requester};
use crate::id::{CampaignId, NomineeId, SignalCaseId, StaffId, WithholdingRuleId};
use crate::ledger::withholding as ledger;
use crate::ledger::withholding::groups;

/// The kind of a rule that withholds votes.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::RuleKind")]
pub(super) enum WithholdingKind {
    /// The committee's own judgement: a nominee, a window of time, and networks, phone models or voters.
    Selected,
    /// A concentration of votes, and a behaviour that no crowd of people has.
    Signals,
    /// The judgement of a platform: it gave the voter's account the highest rank of risk.
    PlatformRisk,
}

/// The state of a rule that withholds votes.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::RuleState")]
pub(super) enum WithholdingState {
    /// Proposed: all votes count.
    Draft,
    /// Its votes are withheld.
    Applied,
    /// Its votes count again; or it was turned down, and always counted.
    Reverted,
}

/// A behaviour that a vote shows.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::Behaviour")]
pub(in crate::graphql) enum VoteBehaviour {
    /// Cast without a ticket: nobody was seen to look at the campaign before.
    Unseen,
    /// Cast within three seconds of seeing the campaign.
    Fast,
}

/// The thing that the votes of a group have in common.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "groups::GroupKey")]
pub(super) enum VoteGroupKey {
    /// The network that they came from: a household, a company, or all customers of a mobile carrier in a city.
    Network,
    /// The block that the network is of.
    NetworkBlock,
    /// The model of the phone, with its client.
    PhoneModel,
}

/// The votes that a rule names.
#[derive(SimpleObject)]
pub(super) struct WithholdingSelection {
    /// Nominees whom they are for; empty for any.
    nominees: Vec<Nominee>,
    /// Networks that they came from, by the keys of vote groups; empty for any.
    networks: Vec<String>,
    /// Blocks of networks that they came from; empty for any.
    network_blocks: Vec<String>,
    /// Models of phones that they came from; empty for any.
    phone_models: Vec<String>,
    /// The number of voters who are named one by one; 0 for any.
    named_voters: i32,
    /// The first moment of the window; null for none.
    from: Option<Timestamp>,
    /// The first moment after it; null for none.
    until: Option<Timestamp>,
    /// Behaviours of which each shows one at least; empty for any.
    behaviours: Vec<VoteBehaviour>,
    /// Whether their voters' other votes within half an hour are taken, too.
    whole_visit: bool,
    /// The lowest rank of risk that a platform has given their voters; null for any voter.
    risk_rank_min: Option<i32>,
}

impl WithholdingSelection {
    /// The votes that this selector names in the campaign.
    pub(super) fn new(
        ctx: &Context<'_>,
        roster: &Arc<Roster>,
        selector: &domain::Selector,
    ) -> Self {
        let texts = |hashes: &[domain::ShortHash]| hashes.iter().map(ToString::to_string).collect();
        let nominees = selector.nominee_ids.iter();
        let indexes = nominees.filter_map(|id| roster.index_of(*id));
        Self {
            nominees: indexes
                .map(|index| Nominee::on_own_page(ctx, roster, index))
                .collect(),
            networks: texts(&selector.addresses),
            network_blocks: texts(&selector.blocks),
            phone_models: texts(&selector.devices),
            named_voters: to_i32(selector.voters.len()),
            from: selector.from.map(Timestamp),
            until: selector.until.map(Timestamp),
            behaviours: selector.behaviours.iter().map(|b| (*b).into()).collect(),
            whole_visit: selector.whole_visit,
            risk_rank_min: selector.risk_rank_min.map(|rank| rank.number().into()),
        }
    }
}

/// The effect of a rule on a nominee who would lose votes or change places.
#[derive(SimpleObject)]
struct NomineeEffect {
    /// The nominee.
    nominee: Nominee,
    /// Votes that would be withheld.
    votes: Long,
    /// Votes that count now.
    counted_before: Long,
    /// The place now.
    rank_before: i32,
    /// The place afterwards.
    rank_after: i32,
    /// Whether it would cross the cut line of the shortlist.
    crosses_cut: bool,
}

/// The effect that withholding would have, by the votes as they stand now.
#[derive(SimpleObject)]
struct WithholdingEffect {
    /// Votes that count now and would be withheld.
    votes: Long,
    /// The voters whose votes the rule names.
    voters: Long,
    /// Whether it is more than a fifth of a category's votes, or all of a nominee: whoever applies it types the number.
    needs_number: bool,
    /// The nominees who would lose votes or change places, by category and place.
    nominees: Vec<NomineeEffect>,
}

/// A rule that withholds votes.
#[derive(Clone)]
pub(in crate::graphql) struct WithholdingRule {
    app: Arc<App>,
    roster: Arc<Roster>,
    rule: Arc<domain::WithholdingRule>,
    names: Arc<HashMap<StaffId, String>>,
}

impl WithholdingRule {
    /// Its campaign.
    pub(super) fn campaign_id(&self) -> CampaignId {
        self.rule.campaign_id
    }

    /// The case that it was proposed from.
    pub(super) fn case_id(&self) -> Option<SignalCaseId> {
        self.rule.case_id
    }

    fn name(&self, id: Option<StaffId>) -> Option<&str> {
        self.names.get(&id?).map(String::as_str)
    }

    fn nominee(&self, ctx: &Context<'_>, id: NomineeId) -> Option<Nominee> {
        let index = self.roster.index_of(id)?;
        Some(Nominee::on_own_page(ctx, &self.roster, index))
    }
}

/// A rule that withholds votes: proposed by one member, applied by another. Nothing is deleted; a rule that is reverted
/// leaves all votes as they were.
#[Object]
impl WithholdingRule {
    /// Its id.
    async fn id(&self) -> ID {
        GlobalId::WithholdingRule(self.rule.id).encode(&self.app.hash_key)
    }

    /// Its kind.
    async fn kind(&self) -> WithholdingKind {
        self.rule.kind.into()
    }

    /// Its state.
    async fn state(&self) -> WithholdingState {
        self.rule.state.into()
    }

    /// Why, in words that the public reads once the result is out.
    async fn reason(&self) -> &str {
        &self.rule.reason
    }

    /// The votes that it names.
    async fn selection(&self, ctx: &Context<'_>) -> WithholdingSelection {
        WithholdingSelection::new(ctx, &self.roster, &self.rule.selector)
    }

    /// Whether it takes votes that are cast after it was applied, too, within a minute of each.
    async fn is_active(&self) -> bool {
        self.rule.is_active
    }

    /// Votes that it would have withheld when it was proposed.
    async fn proposed_votes(&self) -> Long {
        Long(self.rule.proposed_votes)
    }

    /// Whether whoever applies it types that number: it is more than a fifth of a category's votes, or all of a
    /// nominee.
    async fn needs_number(&self) -> bool {
        self.rule.needs_number
    }

    /// Votes that it holds now: votes that other rules hold, too, are among them.
    async fn votes(&self) -> Long {
        Long(self.rule.votes)
    }

    /// Whether it holds all that it will, or has let all go. Until then its votes move, some thousands a second.
    async fn is_settled(&self) -> bool {
        self.rule
            .is_settled(self.roster.campaign().voting_closes_at)
    }

    /// The effect that it would have on the votes as they stand now; null once it was applied or turned down. It goes
    /// through all votes of the campaign: ask for it when somebody decides.
    async fn effect(&self, ctx: &Context<'_>) -> Result<Option<WithholdingEffect>> {
        if self.rule.state != domain::RuleState::Draft {
            return Ok(None);
        }
        let (id, selector) = (self.rule.campaign_id, &self.rule.selector);
        let now = self.app.clock.now();
        let effect = Box::pin(find_effect(&self.app.database, now, id, selector)).await?;
        let nominee = |effect: domain::effect::NomineeEffect| {
            Some(NomineeEffect {
                nominee: self.nominee(ctx, effect.nominee_id)?,
                votes: Long(effect.votes),
                counted_before: Long(effect.counted_before),
                rank_before: effect.rank_before,
                rank_after: effect.rank_after,
                crosses_cut: effect.crosses_cut,
            })
        };
        Ok(Some(WithholdingEffect {
            votes: Long(effect.votes),
            voters: Long(effect.voters),
            needs_number: effect.needs_number,
            nominees: effect.nominees.into_iter().filter_map(nominee).collect(),
        }))
    }

    /// The name of the member who proposed it; null for an operator.
    async fn created_by(&self) -> Option<&str> {
        self.name(self.rule.created_by)
    }

    /// When it was proposed.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.rule.created_at)
    }

    /// Whether the viewer proposed it: somebody else applies it.
    async fn is_own(&self, ctx: &Context<'_>) -> bool {
        let staff = requester(ctx).viewer.staff();
        self.rule.created_by.is_some() && self.rule.created_by == staff
    }

    /// The name of the member who applied it; null before that, and for an operator.
    async fn approved_by(&self) -> Option<&str> {
        self.name(self.rule.approved_by)
    }

    /// When it was applied.
    async fn approved_at(&self) -> Option<Timestamp> {
        self.rule.approved_at.map(Timestamp)
    }

    /// The name of the member who reverted it, or turned it down.
    async fn reverted_by(&self) -> Option<&str> {
        self.name(self.rule.reverted_by)
    }

    /// When that was.
    async fn reverted_at(&self) -> Option<Timestamp> {
        self.rule.reverted_at.map(Timestamp)
    }

    /// Why it was reverted or turned down.
    async fn revert_reason(&self) -> Option<&str> {
        self.rule.revert_reason.as_deref()
    }

    /// The revision for `expectedRevision`.
    async fn edit_revision(&self) -> i32 {
        to_i32(self.rule.edit_revision)
    }
}

/// Rules of one campaign as the requester sees them; none for those who may not read its records.
async fn show(
    ctx: &Context<'_>,
    roster: &Arc<Roster>,
    rules: Vec<domain::WithholdingRule>,
) -> Result<Vec<WithholdingRule>> {
    let app = app(ctx);
    let organisation_id = roster.campaign().organisation_id;
    if !app.may(requester(ctx).viewer, organisation_id, Action::ReadRecords) {
        return Ok(Vec::new());
    }
    let people = |rule: &domain::WithholdingRule| {
        [rule.created_by, rule.approved_by, rule.reverted_by]
            .into_iter()
            .flatten()
    };
    let mut ids: Vec<Uuid> = rules.iter().flat_map(people).map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = ledger::list_names(&app.database, ids).await;
    let names: HashMap<StaffId, String> = names.map_err(Error::from)?.into_iter().collect();
    let names = Arc::new(names);
    let shown = |rule| WithholdingRule {
        app: Arc::clone(app),
        roster: Arc::clone(roster),
        rule: Arc::new(rule),
        names: Arc::clone(&names),
    };
    Ok(rules.into_iter().map(shown).collect())
}

/// The newest rules of a campaign, at most `limit`.
pub(super) async fn list_rules(
    ctx: &Context<'_>,
    roster: &Arc<Roster>,
    limit: usize,
) -> Result<Vec<WithholdingRule>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let id = roster.campaign().id;
    let rules = ledger::list_of_campaign(&app(ctx).database, id, limit).await;
    show(ctx, roster, rules.map_err(Error::from)?).await
}

/// The rule with this id, if the requester may know of it.
pub(in crate::graphql) async fn find_withholding_rule(
    ctx: &Context<'_>,
    id: WithholdingRuleId,
) -> Result<Option<WithholdingRule>> {
    let app = app(ctx);
    let rules = ledger::list_by_ids(&app.database, vec![id.0]).await;
    let rules = rules.map_err(Error::from)?;
    let Some(campaign_id) = rules.first().map(|rule| rule.campaign_id) else {
        return Ok(None);
    };
    let catalog = app.campaigns.catalog();
    let Some(roster) = catalog.find(campaign_id, requester(ctx).viewer) else {
        return Ok(None);
    };
    Ok(show(ctx, &roster, rules).await?.into_iter().next())
}

/// Votes that have a network or a phone's model in common.
#[derive(SimpleObject)]
pub(super) struct VoteGroup {
    /// The thing that they have in common, as a rule names it: 32 hexadecimal digits that say nothing else about it.
    key: String,
    /// Their number, withheld ones too.
    votes: Long,
    /// The voters who cast them.
    voters: Long,
    /// Those that were cast without a ticket.
    unseen: Long,
    /// Those that were cast within three seconds of seeing the campaign.
    fast: Long,
    /// Those of guests.
    guests: Long,
    /// Those that are withheld.
    withheld: Long,
}

/// The largest groups of votes.
pub(super) async fn list_groups(
    app: &App,
    key: VoteGroupKey,
    query: groups::GroupQuery,
) -> Result<Vec<VoteGroup>> {
    let listed = groups::list(&app.database, key.into(), query).await;
    let group = |group: groups::VoteGroup| VoteGroup {
        key: data_encoding::HEXLOWER.encode(&group.key),
        votes: Long(group.votes),
        voters: Long(group.voters),
        unseen: Long(group.unseen),
        fast: Long(group.fast),
        guests: Long(group.guests),
        withheld: Long(group.withheld),
    };
    Ok(listed
        .map_err(Error::from)?
        .into_iter()
        .map(group)
        .collect())
}

/// Votes that are withheld, as the public reads it.
#[derive(SimpleObject)]
pub(super) struct Withholding {
    /// The kind of the rule.
    kind: WithholdingKind,
    /// Why.
    reason: String,
    /// Votes that it holds.
    votes: Long,
    /// Since when.
    withheld_at: Timestamp,
}

/// The rules of a campaign that apply, oldest first, as the public reads them.
pub(super) async fn list_public(app: &App, roster: &Roster) -> Result<Vec<Withholding>> {
    let rules =
        ledger::list_of_campaign(&app.database, roster.campaign().id, domain::RULES_MAX).await;
    let rules = rules.map_err(Error::from)?.into_iter().rev();
    let public = |rule: domain::WithholdingRule| {
        let withheld_at = rule
            .approved_at
            .filter(|_| rule.state == domain::RuleState::Applied)?;
        Some(Withholding {
            kind: rule.kind.into(),
            reason: rule.reason,
            votes: Long(rule.votes),
            withheld_at: Timestamp(withheld_at),
        })
    };
    Ok(rules.filter_map(public).collect())
}
