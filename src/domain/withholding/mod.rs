//! Withholding: rules that hold suspect votes back, each proposed by one person and applied by another. A vote that is
//! held stays stored and does not count; it counts again when the last rule that holds it is reverted.
//!
//! [`selector`] names the votes of a rule, [`effect`] says what it would change.

pub mod effect;
pub mod selector;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::selector::{Behaviour, Selector, SelectorFault, ShortHash};
use crate::id::{CampaignId, SignalCaseId, StaffId, WithholdingRuleId};

/// Rules of one campaign: more are no judgement but a filter.
pub const RULES_MAX: i64 = 100;
/// The time after which a vote that was admitted has been stored, or never will be.
const COMMITTED_AFTER: TimeDelta = TimeDelta::minutes(1);
/// The time between two passes of a rule that stays active.
const PASS_EVERY: TimeDelta = TimeDelta::seconds(30);

/// The kind of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RuleKind {
    /// A committee's own judgement: a nominee, a window of time, and networks, models or voters.
    Selected,
    /// A concentration and a behaviour that no crowd of people has.
    Signals,
    /// The judgement of a platform: the highest rank of risk of the voter's account.
    PlatformRisk,
}

/// The state of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RuleState {
    /// Proposed; it holds nothing.
    Draft,
    /// It holds its votes, or is about to.
    Applied,
    /// It holds none any more, or is letting them go; a proposal that was turned down.
    Reverted,
}

/// A rule that withholds votes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WithholdingRule {
    /// Its id.
    pub id: WithholdingRuleId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Its kind.
    pub kind: RuleKind,
    /// The votes that it names.
    #[sqlx(json)]
    pub selector: Selector,
    /// The case that it was proposed from; none for a committee's own.
    pub case_id: Option<SignalCaseId>,
    /// Why, in words that the public reads.
    pub reason: String,
    /// Its state.
    pub state: RuleState,
    /// Whether it takes votes that are cast after it was applied, too.
    pub is_active: bool,
    /// Counted votes that it would have withheld when it was proposed.
    pub proposed_votes: i64,
    /// Whether whoever applies it has to type that number.
    pub needs_number: bool,
    /// The author of the proposal; none for an operator.
    pub created_by: Option<StaffId>,
    /// The time of the proposal.
    pub created_at: DateTime<Utc>,
    /// The second person.
    pub approved_by: Option<StaffId>,
    /// The time since which it applies.
    pub approved_at: Option<DateTime<Utc>>,
    /// The person who reverted it, or turned it down.
    pub reverted_by: Option<StaffId>,
    /// The time of that.
    pub reverted_at: Option<DateTime<Utc>>,
    /// The reason of that.
    pub revert_reason: Option<String>,
    /// Moves with each step.
    pub edit_revision: i64,
    /// Votes that it holds now.
    pub votes: i64,
    /// The beginning of the pass over the votes that is under way, or was the last.
    pub pass_started_at: Option<DateTime<Utc>>,
    /// The end of it; none while it is under way.
    pub pass_ended_at: Option<DateTime<Utc>>,
}

/// The work that a rule has for the process that takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Nothing now.
    None,
    /// To go through the votes, or on with it, and hold those that it names.
    Hold,
    /// To let go of those that it holds.
    Release,
}

impl WithholdingRule {
    /// The last moment whose votes it takes: that of its approval, or the close of voting where it stays active.
    #[must_use]
    pub fn takes_until(&self, voting_closes_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let approved_at = self.approved_at?;
        Some(if self.is_active {
            voting_closes_at.max(approved_at)
        } else {
            approved_at
        })
    }

    /// The work that is due at `now`. Passes follow each other until one has begun when all votes that the rule may
    /// take had been stored.
    #[must_use]
    pub fn work(&self, voting_closes_at: DateTime<Utc>, now: DateTime<Utc>) -> Work {
        match self.state {
            RuleState::Reverted if self.votes > 0 => Work::Release,
            RuleState::Draft | RuleState::Reverted => Work::None,
            RuleState::Applied => {
                let (Some(started), Some(until)) =
                    (self.pass_started_at, self.takes_until(voting_closes_at))
                else {
                    return Work::Hold;
                };
                if self.pass_ended_at.is_none() {
                    return Work::Hold;
                }
                let all_stored_at = until + COMMITTED_AFTER;
                let next_at = if self.is_active {
                    (started + PASS_EVERY).min(all_stored_at.max(started))
                } else {
                    all_stored_at
                };
                if started < all_stored_at && next_at <= now {
                    Work::Hold
                } else {
                    Work::None
                }
            }
        }
    }

    /// Whether it holds all that it will, or nothing any more.
    #[must_use]
    pub fn is_settled(&self, voting_closes_at: DateTime<Utc>) -> bool {
        match self.state {
            RuleState::Draft => true,
            RuleState::Reverted => self.votes == 0,
            RuleState::Applied => {
                match (self.pass_started_at, self.takes_until(voting_closes_at)) {
                    (Some(started), Some(until)) => {
                        self.pass_ended_at.is_some() && started >= until + COMMITTED_AFTER
                    }
                    _ => false,
                }
            }
        }
    }

    /// The moment since which the votes of the next pass were cast: all, but where an active rule has gone through
    /// the earlier ones.
    #[must_use]
    pub fn pass_since(&self) -> Option<DateTime<Utc>> {
        let is_again = self.is_active && self.pass_ended_at.is_some();
        self.pass_started_at
            .filter(|_| is_again)
            .map(|started| started - COMMITTED_AFTER)
    }
}

/// The reason why a rule was not proposed, applied or reverted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithholdingRefusal {
    /// The selection names too much: see [`SelectorFault::TooBroad`].
    TooBroad,
    /// A list of the selection is too long.
    TooMany,
    /// The window of time ends before it begins.
    TimesOutOfOrder,
    /// A nominee of the selection is none of the campaign.
    NomineeNotFound,
    /// The selection names no vote that counts.
    NoVotes,
    /// A reason is missing, or too long.
    ReasonRequired,
    /// It was proposed by the same person.
    SamePerson,
    /// The rule is in a state in which this cannot be done.
    WrongState,
    /// The campaign is in a phase in which this cannot be done.
    WrongPhase,
    /// So many votes are withheld only with their number typed in, and it is another one.
    NumberRequired,
    /// The campaign has as many rules as it may have.
    TooManyRules,
    /// Somebody else has changed it since.
    StaleObject,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

impl From<SelectorFault> for WithholdingRefusal {
    fn from(fault: SelectorFault) -> Self {
        match fault {
            SelectorFault::TooBroad => Self::TooBroad,
            SelectorFault::TooMany => Self::TooMany,
            SelectorFault::TimesOutOfOrder => Self::TimesOutOfOrder,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_666_670_400 + seconds, 0).expect("a time")
    }

    fn rule(state: RuleState, is_active: bool) -> WithholdingRule {
        WithholdingRule {
            id: WithholdingRuleId(Uuid::from_u128(1)),
            campaign_id: CampaignId(Uuid::from_u128(2)),
            kind: RuleKind::Selected,
            case_id: None,
            selector: Selector::default(),
            reason: String::new(),
            state,
            is_active,
            proposed_votes: 1,
            needs_number: false,
            created_by: None,
            created_at: at(0),
            approved_by: None,
            approved_at: (state == RuleState::Applied).then(|| at(100)),
            reverted_by: None,
            reverted_at: None,
            revert_reason: None,
            edit_revision: 1,
            votes: 0,
            pass_started_at: None,
            pass_ended_at: None,
        }
    }

    fn passed(rule: WithholdingRule, started: i64, ended: Option<i64>) -> WithholdingRule {
        WithholdingRule {
            pass_started_at: Some(at(started)),
            pass_ended_at: ended.map(at),
            ..rule
        }
    }

    #[test]
    fn a_rule_goes_through_the_votes_until_all_that_it_may_take_are_stored() {
        let closes = at(10_000);
        assert_eq!(
            rule(RuleState::Draft, false).work(closes, at(200)),
            Work::None
        );
        let applied = rule(RuleState::Applied, false);
        assert_eq!(applied.work(closes, at(100)), Work::Hold);
        let under_way = passed(applied.clone(), 101, None);
        assert_eq!(under_way.work(closes, at(102)), Work::Hold);
        let once = passed(applied.clone(), 101, Some(103));
        assert_eq!(once.work(closes, at(159)), Work::None);
        assert_eq!(once.work(closes, at(160)), Work::Hold);
        assert!(!once.is_settled(closes));
        let twice = passed(applied, 160, Some(161));
        assert_eq!(twice.work(closes, at(99_999)), Work::None);
        assert!(twice.is_settled(closes));
    }

    #[test]
    fn an_active_rule_goes_on_until_voting_has_closed() {
        let closes = at(10_000);
        let active = rule(RuleState::Applied, true);
        let first = passed(active.clone(), 101, Some(105));
        assert_eq!(first.work(closes, at(130)), Work::None);
        assert_eq!(first.work(closes, at(131)), Work::Hold);
        assert_eq!(first.pass_since(), Some(at(41)));
        assert_eq!(active.pass_since(), None);
        let near_end = passed(active.clone(), 10_059, Some(10_060));
        assert_eq!(near_end.work(closes, at(10_060)), Work::Hold);
        let last = passed(active, 10_060, Some(10_061));
        assert_eq!(last.work(closes, at(99_999)), Work::None);
        assert!(last.is_settled(closes));
    }

    #[test]
    fn a_reverted_rule_lets_go_of_what_it_holds() {
        let closes = at(10_000);
        let mut reverted = rule(RuleState::Reverted, true);
        assert_eq!(reverted.work(closes, at(0)), Work::None);
        reverted.votes = 1;
        assert_eq!(reverted.work(closes, at(0)), Work::Release);
        assert!(!reverted.is_settled(closes));
    }
}
