//! Rules that withhold votes, at the desk: proposed, applied by a second person, reverted. The votes follow within
//! seconds (see `app::withholding`).

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Answer, Attempt, Desk, Edit, Event, Subject, checked_reason, refuse};
use crate::app::withholding::find_effect;
use crate::domain::access::Action;
use crate::domain::campaign::{Campaign, Lifecycle};
use crate::domain::change::Changes;
use crate::domain::withholding::effect::Effect;
use crate::domain::withholding::{
    RULES_MAX, RuleKind, RuleState, Selector, WithholdingRefusal, WithholdingRule,
};
use crate::error::{Error, Result};
use crate::id::{CampaignId, OfferId, SignalCaseId, StaffId, WithholdingRuleId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::{campaign, roster, withholding};

const PROPOSE: &str = "withholding.propose";
const APPLY: &str = "withholding.apply";
const REVERT: &str = "withholding.revert";

/// A rule that is proposed.
#[derive(Debug, Clone)]
pub struct WithholdingProposal {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The votes that it names.
    pub named: NamedVotes,
    /// Why, in words that the public reads.
    pub reason: String,
    /// Whether it takes votes that are cast later, too.
    pub is_active: bool,
    /// The client's name for the request.
    pub idempotency_key: Option<Uuid>,
}

/// The votes that a proposal names.
#[derive(Debug, Clone)]
pub enum NamedVotes {
    /// By a selector, which is the proposer's own.
    Selector(Selector),
    /// By an offer of a case.
    Offer(SignalCaseId, OfferId),
}

/// A proposal whose votes and words are good.
struct Checked {
    kind: RuleKind,
    selector: Selector,
    case_id: Option<SignalCaseId>,
    reason: String,
}

fn attempt_on(name: &'static str, kind: SubjectKind, id: Uuid) -> Attempt {
    Attempt {
        name,
        right: Action::WithholdVotes,
        subject: Subject::new(kind, id, ""),
    }
}

/// Whether votes of a campaign can be withheld, or counted again, now.
fn has_votes_to_withhold(campaign: &Campaign) -> bool {
    matches!(
        campaign.lifecycle,
        Lifecycle::Running | Lifecycle::Published
    )
}

impl Desk<'_> {
    /// Proposes a rule; returns its id.
    pub async fn propose_withholding(
        &self,
        proposal: &WithholdingProposal,
    ) -> Result<Answer<WithholdingRuleId, WithholdingRefusal>> {
        let campaign_id = proposal.campaign_id;
        let attempt = attempt_on(PROPOSE, SubjectKind::Campaign, campaign_id.0);
        let id = WithholdingRuleId::new();
        // The right comes first. Then nothing is held while the votes are counted: on SQLite others would wait.
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let earlier = self
            .claim_creation(&mut edit, proposal.idempotency_key, id.0)
            .await?;
        drop(edit);
        if let Some(earlier) = earlier {
            return self.find_earlier_rule(earlier, campaign_id).await;
        }
        let checked = match self.check_proposal(proposal).await? {
            Ok(checked) => checked,
            Err(rejections) => return Ok(Err(rejections)),
        };
        let now = self.clock.now();
        let effect = find_effect(self.database, now, campaign_id, &checked.selector).await?;
        if effect.votes == 0 && !proposal.is_active {
            return refuse(WithholdingRefusal::NoVotes, "selection");
        }
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let earlier = self
            .claim_creation(&mut edit, proposal.idempotency_key, id.0)
            .await?;
        if let Some(earlier) = earlier {
            drop(edit);
            return self.find_earlier_rule(earlier, campaign_id).await;
        }
        let Some(campaign) = edit.find_campaign_of_votes(campaign_id).await? else {
            return refuse(WithholdingRefusal::WrongPhase, None);
        };
        let by = (self.staff_id(), edit.now);
        let rule = new_rule(id, proposal, checked, &effect, by);
        if !withholding::insert(edit.tx(), &rule, RULES_MAX).await? {
            return refuse(WithholdingRefusal::TooManyRules, None);
        }
        edit.commit_rule(
            PROPOSE,
            &campaign,
            &rule,
            changes_of_proposal(&rule, &effect),
        )
        .await?;
        Ok(Ok(id))
    }

    async fn check_proposal(
        &self,
        proposal: &WithholdingProposal,
    ) -> Result<Answer<Checked, WithholdingRefusal>> {
        let (kind, selector, case_id) = match &proposal.named {
            NamedVotes::Selector(selector) => match selector.kind() {
                Ok(kind) => (kind, selector.clone(), None),
                Err(fault) => return refuse(fault.into(), "selection"),
            },
            NamedVotes::Offer(case_id, id) => {
                let (campaign_id, mut selector) = self.find_offer(*case_id, *id).await?;
                if campaign_id != proposal.campaign_id {
                    return Err(Error::NotFound("offer"));
                }
                // Of votes to come a place alone says too little.
                if proposal.is_active && !selector.behaviours.is_empty() {
                    selector.until = None;
                }
                (RuleKind::Signals, selector, Some(*case_id))
            }
        };
        let Some(reason) = checked_reason(&proposal.reason) else {
            return refuse(WithholdingRefusal::ReasonRequired, "reason");
        };
        let found = roster::find_roster(self.database, proposal.campaign_id).await?;
        let roster = found.roster.ok_or(Error::NotFound("campaign"))?;
        let nominees = &selector.nominee_ids;
        if nominees.iter().any(|id| roster.index_of(*id).is_none()) {
            return refuse(WithholdingRefusal::NomineeNotFound, "selection");
        }
        Ok(Ok(Checked {
            kind,
            selector,
            case_id,
            reason,
        }))
    }

    /// Applies a rule that stands at `expected_revision`. `typed_votes` is the number that whoever applies it has typed
    /// where it withholds much.
    pub async fn apply_withholding(
        &self,
        id: WithholdingRuleId,
        expected_revision: i64,
        typed_votes: Option<i64>,
    ) -> Result<Answer<(), WithholdingRefusal>> {
        let campaign_id = self.find_campaign_of_rule(id).await?;
        let attempt = attempt_on(APPLY, SubjectKind::WithholdingRule, id.0);
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let Some(campaign) = edit.find_campaign_of_votes(campaign_id).await? else {
            return refuse(WithholdingRefusal::WrongPhase, None);
        };
        let mut rule = edit.find_rule(campaign_id, id).await?;
        if rule.edit_revision != expected_revision {
            return refuse(WithholdingRefusal::StaleObject, None);
        }
        if rule.state != RuleState::Draft {
            return refuse(WithholdingRefusal::WrongState, None);
        }
        if rule.created_by.is_some() && rule.created_by == self.staff_id() {
            return refuse(WithholdingRefusal::SamePerson, None);
        }
        if rule.needs_number && typed_votes != Some(rule.proposed_votes) {
            return refuse(WithholdingRefusal::NumberRequired, "typedVotes");
        }
        rule.state = RuleState::Applied;
        rule.approved_by = self.staff_id();
        rule.approved_at = Some(edit.now);
        rule.edit_revision += 1;
        withholding::store_step(edit.tx(), &rule).await?;
        let mut changes = Changes::default();
        changes.replace("state", "DRAFT", "APPLIED");
        edit.commit_rule(APPLY, &campaign, &rule, changes).await?;
        Ok(Ok(()))
    }

    /// Reverts a rule that stands at `expected_revision`, whose votes count again, or turns a proposal down.
    pub async fn revert_withholding(
        &self,
        id: WithholdingRuleId,
        expected_revision: i64,
        reason: &str,
    ) -> Result<Answer<(), WithholdingRefusal>> {
        let campaign_id = self.find_campaign_of_rule(id).await?;
        let attempt = attempt_on(REVERT, SubjectKind::WithholdingRule, id.0);
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let Some(campaign) = edit.find_campaign_of_votes(campaign_id).await? else {
            return refuse(WithholdingRefusal::WrongPhase, None);
        };
        let Some(reason) = checked_reason(reason) else {
            return refuse(WithholdingRefusal::ReasonRequired, "reason");
        };
        let mut rule = edit.find_rule(campaign_id, id).await?;
        if rule.edit_revision != expected_revision {
            return refuse(WithholdingRefusal::StaleObject, None);
        }
        if rule.state == RuleState::Reverted {
            return refuse(WithholdingRefusal::WrongState, None);
        }
        let before = match rule.state {
            RuleState::Draft => "DRAFT",
            RuleState::Applied | RuleState::Reverted => "APPLIED",
        };
        rule.state = RuleState::Reverted;
        rule.reverted_by = self.staff_id();
        rule.reverted_at = Some(edit.now);
        rule.revert_reason = Some(reason);
        rule.edit_revision += 1;
        withholding::store_step(edit.tx(), &rule).await?;
        let mut changes = Changes::default();
        changes.replace("state", before, "REVERTED");
        edit.commit_rule(REVERT, &campaign, &rule, changes).await?;
        Ok(Ok(()))
    }

    async fn find_campaign_of_rule(&self, id: WithholdingRuleId) -> Result<CampaignId> {
        let found = withholding::find_campaign(self.database, id).await?;
        found.ok_or(Error::NotFound("withholding rule"))
    }

    /// The rule that an idempotency key has proposed before, if it was of the same campaign.
    async fn find_earlier_rule(
        &self,
        earlier: Uuid,
        campaign_id: CampaignId,
    ) -> Result<Answer<WithholdingRuleId, WithholdingRefusal>> {
        let id = WithholdingRuleId(earlier);
        match withholding::find_campaign(self.database, id).await? {
            Some(found) if found == campaign_id => Ok(Ok(id)),
            _ => refuse(WithholdingRefusal::IdempotencyKeyReused, "idempotencyKey"),
        }
    }
}

impl Edit {
    /// The campaign, if its votes can be withheld now.
    async fn find_campaign_of_votes(&mut self, id: CampaignId) -> Result<Option<Campaign>> {
        let found = campaign::find_locked(self.tx(), id).await?;
        let campaign = found.ok_or(Error::NotFound("campaign"))?;
        Ok(Some(campaign).filter(has_votes_to_withhold))
    }

    async fn find_rule(
        &mut self,
        campaign_id: CampaignId,
        id: WithholdingRuleId,
    ) -> Result<WithholdingRule> {
        let found = withholding::find_locked(self.tx(), campaign_id, id).await?;
        found.ok_or(Error::NotFound("withholding rule"))
    }

    async fn commit_rule(
        self,
        name: &'static str,
        campaign: &Campaign,
        rule: &WithholdingRule,
        changes: Changes,
    ) -> Result<()> {
        let subject = Subject::new(SubjectKind::WithholdingRule, rule.id.0, &campaign.title);
        let mut event = Event::new(name, subject, changes).at_revision(rule.edit_revision);
        event.reason = rule.revert_reason.clone().or(Some(rule.reason.clone()));
        self.commit(event).await
    }
}

/// The rule of a proposal, by its author at this time.
fn new_rule(
    id: WithholdingRuleId,
    proposal: &WithholdingProposal,
    checked: Checked,
    effect: &Effect,
    (created_by, created_at): (Option<StaffId>, DateTime<Utc>),
) -> WithholdingRule {
    WithholdingRule {
        id,
        campaign_id: proposal.campaign_id,
        kind: checked.kind,
        selector: checked.selector,
        case_id: checked.case_id,
        reason: checked.reason,
        state: RuleState::Draft,
        is_active: proposal.is_active,
        proposed_votes: effect.votes,
        needs_number: effect.needs_number,
        created_by,
        created_at,
        approved_by: None,
        approved_at: None,
        reverted_by: None,
        reverted_at: None,
        revert_reason: None,
        edit_revision: 1,
        votes: 0,
        pass_started_at: None,
        pass_ended_at: None,
    }
}

/// The changes that the audit log tells of a proposal. Voters and networks are counted, and not named.
fn changes_of_proposal(rule: &WithholdingRule, effect: &Effect) -> Changes {
    let Selector {
        nominee_ids,
        addresses,
        blocks,
        devices,
        voters,
        from,
        until,
        behaviours,
        whole_visit,
        risk_rank_min,
    } = &rule.selector;
    let mut changes = Changes::default();
    changes.set("votes", effect.votes);
    changes.set("voters", effect.voters);
    changes.set("isActive", rule.is_active);
    for (name, count) in [
        ("nominees", nominee_ids.len()),
        ("networks", addresses.len()),
        ("networkBlocks", blocks.len()),
        ("phoneModels", devices.len()),
        ("namedVoters", voters.len()),
    ] {
        if count > 0 {
            changes.set(name, count);
        }
    }
    if let Some(from) = from {
        changes.set("from", from.to_rfc3339());
    }
    if let Some(until) = until {
        changes.set("until", until.to_rfc3339());
    }
    if !behaviours.is_empty() {
        let names: Vec<&str> = behaviours.iter().map(|b| b.name()).collect();
        changes.set("behaviours", names.join(", "));
    }
    if *whole_visit {
        changes.set("wholeVisit", true);
    }
    if let Some(rank) = risk_rank_min {
        changes.set("riskRankMin", i64::from(*rank));
    }
    changes
}
