//! Casting votes: what `castVote` and `castBallot` do.
//!
//! Rules first, from memory; then the hot store (the voter's limit, what is known to be refused); then the ledger, which
//! judges and commits. The answer comes after the commit.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{App, Client};
use crate::auth::Viewer;
use crate::domain::ballot::{Ballot, Cast, Choice, Decision, Outcome, Refusal, Verdict, decide};
use crate::domain::campaign::Phase;
use crate::domain::nominee::NomineeStatus;
use crate::domain::period;
use crate::domain::roster::Roster;
use crate::error::{Error, Result};
use crate::id::{CampaignId, CategoryId, NomineeId, ScopeId, VoteId, VoterId};
use crate::ledger;
use crate::telemetry::ReasonLabels;

/// Nominees of one ballot: more than any quota in use, and well within a batch of the writer.
pub const BALLOT_NOMINEES_MAX: usize = 100;

/// Why a cast was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CastRefusal {
    /// The voter has voted for this nominee in this period.
    AlreadyVoted,
    /// The voter has too few votes left.
    QuotaSpent,
    /// The vote has not opened.
    VotingNotOpen,
    /// The vote has closed.
    VotingClosed,
    /// There is no such nominee, or it has been withdrawn.
    NomineeNotFound,
    /// The nominee is shown, but cannot be voted for.
    NomineeFrozen,
    /// The campaign does not admit this kind of voter.
    NotEligible,
    /// The idempotency key belongs to another cast.
    IdempotencyKeyReused,
}

impl CastRefusal {
    /// Its name in the API and the metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AlreadyVoted => "ALREADY_VOTED",
            Self::QuotaSpent => "QUOTA_SPENT",
            Self::VotingNotOpen => "VOTING_NOT_OPEN",
            Self::VotingClosed => "VOTING_CLOSED",
            Self::NomineeNotFound => "NOMINEE_NOT_FOUND",
            Self::NomineeFrozen => "NOMINEE_FROZEN",
            Self::NotEligible => "NOT_ELIGIBLE",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
        }
    }
}

/// A refusal, and which of the nominees it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub why: CastRefusal,
    /// Position in the list of nominees, where it is about one.
    pub position: Option<usize>,
}

/// The answer to a cast.
#[derive(Debug)]
pub struct CastAnswer {
    /// The campaign; none where no nominee was found.
    pub roster: Option<Arc<Roster>>,
    /// The votes that count, in the order of the nominees, or why none does.
    pub result: std::result::Result<Vec<Ballot>, Refused>,
    /// Votes used in each scope, where the ledger told.
    pub used: Vec<(ScopeId, i64)>,
}

/// What a voter may still do in a period and scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The category it counts in; none for the whole campaign.
    pub category: Option<CategoryId>,
    /// Votes granted.
    pub limit: i64,
    /// Votes used.
    pub used: i64,
    /// When it is granted anew; none for the whole campaign.
    pub resets_at: Option<DateTime<Utc>>,
}

impl App {
    /// Casts one vote.
    ///
    /// # Errors
    /// Whatever is not an outcome: see [`Error`].
    pub async fn cast_vote(
        &self,
        viewer: Viewer,
        client: &Client,
        nominee_id: NomineeId,
        idempotency_key: Option<Uuid>,
    ) -> Result<CastAnswer> {
        let voter_id = viewer.require_voter()?;
        let roster = self.campaigns.catalog().find_of_nominee(nominee_id, viewer);
        let Some(roster) = roster else {
            return Ok(self.refuse(None, CastRefusal::NomineeNotFound, Some(0)));
        };
        self.cast(
            viewer,
            voter_id,
            client,
            roster,
            &[nominee_id],
            idempotency_key,
        )
        .await
    }

    /// Casts votes for several nominees of a campaign, all or none.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for no nominees, too many, or one twice; [`Error::NotFound`] for the campaign; and what is
    /// not an outcome.
    pub async fn cast_ballot(
        &self,
        viewer: Viewer,
        client: &Client,
        campaign_id: CampaignId,
        nominee_ids: &[NomineeId],
        idempotency_key: Option<Uuid>,
    ) -> Result<CastAnswer> {
        let voter_id = viewer.require_voter()?;
        if nominee_ids.is_empty() || nominee_ids.len() > BALLOT_NOMINEES_MAX {
            return Err(Error::BadUserInput(format!(
                "nomineeIds must have 1 to {BALLOT_NOMINEES_MAX} entries."
            )));
        }
        if (1..nominee_ids.len()).any(|i| nominee_ids[..i].contains(&nominee_ids[i])) {
            return Err(Error::BadUserInput(
                "nomineeIds must name each nominee once.".into(),
            ));
        }
        let roster = self
            .campaigns
            .catalog()
            .find(campaign_id, viewer)
            .ok_or(Error::NotFound("campaign"))?;
        self.cast(
            viewer,
            voter_id,
            client,
            roster,
            nominee_ids,
            idempotency_key,
        )
        .await
    }

    async fn cast(
        &self,
        viewer: Viewer,
        voter_id: VoterId,
        client: &Client,
        roster: Arc<Roster>,
        nominee_ids: &[NomineeId],
        idempotency_key: Option<Uuid>,
    ) -> Result<CastAnswer> {
        if self.writer.is_full() {
            // Before the voter's bucket is asked, which takes a round trip and a token.
            return Err(Error::Overloaded);
        }
        let cast_at = self.clock.now();
        if let Some(position) = nominee_ids
            .iter()
            .position(|id| roster.index_of(*id).is_none())
        {
            return Ok(self.refuse(Some(roster), CastRefusal::NomineeNotFound, Some(position)));
        }
        let cast = self.describe(
            voter_id,
            client,
            &roster,
            nominee_ids,
            idempotency_key,
            cast_at,
        );
        let early = self.hot.admit(&cast).await?;
        if let Some(refused) = forbidden(viewer, &roster, nominee_ids, cast_at) {
            // What was counted while it was allowed keeps its answer.
            return match Box::pin(self.find_repeated(&cast)).await? {
                Some(ballots) => Ok(CastAnswer {
                    roster: Some(roster),
                    result: Ok(in_order_of(nominee_ids, ballots)),
                    used: Vec::new(),
                }),
                None => Ok(self.refuse(Some(roster), refused.why, refused.position)),
            };
        }
        let verdict = match early {
            Some(verdict) => verdict,
            None => self.writer.cast(cast.clone()).await?,
        };
        Ok(self.conclude(roster, nominee_ids, &cast, verdict))
    }

    fn describe(
        &self,
        voter_id: VoterId,
        client: &Client,
        roster: &Roster,
        nominee_ids: &[NomineeId],
        idempotency_key: Option<Uuid>,
        cast_at: DateTime<Utc>,
    ) -> Cast {
        let campaign = roster.campaign();
        let nominees = nominee_ids
            .iter()
            .filter_map(|id| roster.index_of(*id))
            .map(|index| &roster.nominees()[index]);
        let choice = |n: &crate::domain::nominee::Nominee| Choice {
            id: VoteId::new(),
            nominee_id: n.id,
            scope_id: campaign.scope(n.category_id),
        };
        let mut votes: Vec<Choice> = nominees.map(choice).collect();
        // Slots are taken and keys are locked in one order, whoever casts: two processes that store ballots of one voter
        // never wait for each other in a circle.
        votes.sort_unstable_by_key(|choice| (choice.scope_id, choice.nominee_id));
        Cast {
            campaign_id: campaign.id,
            voter_id,
            period: period::number(campaign.quota_period, campaign.time_zone.0, cast_at),
            quota: campaign.votes_per_period,
            cast_at,
            idempotency_key,
            votes,
            network_hash: Some(self.network_hash(client)),
            device_hash: self.device_hash(client),
        }
    }

    /// The votes that an earlier cast with this idempotency key has stored.
    async fn find_repeated(&self, cast: &Cast) -> Result<Option<Vec<Ballot>>> {
        if cast.idempotency_key.is_none() {
            return Ok(None);
        }
        let known = ledger::ballot::list_known(&self.database, &[cast]).await?;
        match decide(cast, &known) {
            Decision::Answer(Outcome::Counted(ballots)) => Ok(Some(ballots)),
            _ => Ok(None),
        }
    }

    fn conclude(
        &self,
        roster: Arc<Roster>,
        nominee_ids: &[NomineeId],
        cast: &Cast,
        verdict: Verdict,
    ) -> CastAnswer {
        let position = |id: NomineeId| nominee_ids.iter().position(|nominee| *nominee == id);
        let refused = |why, position| {
            self.metrics
                .casts_refused
                .get_or_create(&ReasonLabels {
                    reason: CastRefusal::name(why),
                })
                .inc();
            Err(Refused { why, position })
        };
        let result = match verdict.outcome {
            Outcome::Counted(ballots) => {
                self.counted(&roster, cast, &ballots);
                Ok(in_order_of(nominee_ids, ballots))
            }
            Outcome::Refused(refusal) => {
                // A cast with a key may be a repetition, which only the ledger can tell.
                if cast.idempotency_key.is_none() {
                    self.remember_grounds(&roster, cast, verdict.grounds);
                }
                match refusal {
                    Refusal::AlreadyVoted(id) => refused(CastRefusal::AlreadyVoted, position(id)),
                    Refusal::QuotaSpent(_) => refused(CastRefusal::QuotaSpent, None),
                    Refusal::IdempotencyKeyReused => {
                        refused(CastRefusal::IdempotencyKeyReused, None)
                    }
                }
            }
        };
        CastAnswer {
            roster: Some(roster),
            result,
            used: verdict.used,
        }
    }

    /// What follows a commit: the tally is published.
    fn counted(&self, roster: &Roster, cast: &Cast, ballots: &[Ballot]) {
        let is_own = |ballot: &Ballot| cast.votes.iter().any(|choice| choice.id == ballot.id);
        if ballots.iter().all(is_own) {
            self.tallies.mark(roster.campaign().id);
            self.metrics.votes_counted.inc_by(ballots.len() as u64);
        }
    }

    /// What follows a refusal: the hot store refuses the next of the same kind.
    fn remember_grounds(&self, roster: &Roster, cast: &Cast, grounds: Vec<Ballot>) {
        if grounds.is_empty() {
            return;
        }
        let campaign = roster.campaign();
        let zone = campaign.time_zone.0;
        let ends_at = period::ends_at(campaign.quota_period, zone, cast.cast_at);
        let lifetime = ends_at.unwrap_or(campaign.voting_closes_at) - cast.cast_at;
        self.hot.remember(grounds, lifetime);
    }

    fn refuse(
        &self,
        roster: Option<Arc<Roster>>,
        why: CastRefusal,
        position: Option<usize>,
    ) -> CastAnswer {
        self.metrics
            .casts_refused
            .get_or_create(&ReasonLabels { reason: why.name() })
            .inc();
        CastAnswer {
            roster,
            result: Err(Refused { why, position }),
            used: Vec::new(),
        }
    }

    /// The number of the quota period that a campaign is in now.
    #[must_use]
    pub fn current_period(&self, roster: &Roster) -> i64 {
        let campaign = roster.campaign();
        period::number(
            campaign.quota_period,
            campaign.time_zone.0,
            self.clock.now(),
        )
    }

    /// The voter's quotas of a campaign now, in the order of its categories.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_quotas(&self, voter_id: VoterId, roster: &Roster) -> Result<Vec<Quota>> {
        let campaign = roster.campaign();
        let period = self.current_period(roster);
        let used =
            ledger::ballot::count_used(&self.database, voter_id, campaign.id, period).await?;
        Ok(self.quotas(roster, &used))
    }

    /// The quotas of a campaign now, when `used` votes have been cast in each scope.
    #[must_use]
    pub fn quotas(&self, roster: &Roster, used: &[(ScopeId, i64)]) -> Vec<Quota> {
        let campaign = roster.campaign();
        let resets_at = period::ends_at(
            campaign.quota_period,
            campaign.time_zone.0,
            self.clock.now(),
        );
        let quota = |category: Option<CategoryId>, scope: ScopeId| Quota {
            category,
            limit: campaign.votes_per_period,
            used: used
                .iter()
                .find(|(id, _)| *id == scope)
                .map_or(0, |(_, used)| *used),
            resets_at,
        };
        match campaign.quota_scope {
            crate::domain::campaign::QuotaScope::Campaign => vec![quota(None, campaign.id.into())],
            crate::domain::campaign::QuotaScope::Category => roster
                .categories()
                .iter()
                .map(|c| quota(Some(c.id), c.id.into()))
                .collect(),
        }
    }
}

/// The votes of a ballot in the order that the voter named the nominees in.
fn in_order_of(nominee_ids: &[NomineeId], mut ballots: Vec<Ballot>) -> Vec<Ballot> {
    ballots.sort_by_key(|ballot| nominee_ids.iter().position(|id| *id == ballot.nominee_id));
    ballots
}

/// Why nobody, or not this viewer, may vote for these nominees at `now`.
fn forbidden(
    viewer: Viewer,
    roster: &Roster,
    nominee_ids: &[NomineeId],
    now: DateTime<Utc>,
) -> Option<Refused> {
    let campaign = roster.campaign();
    let refused = |why| {
        Some(Refused {
            why,
            position: None,
        })
    };
    let about = |status: NomineeStatus, why| {
        let has_status = |id: &NomineeId| {
            let index = roster.index_of(*id);
            index.is_some_and(|index| roster.nominees()[index].status == status)
        };
        let position = nominee_ids.iter().position(has_status)?;
        Some(Refused {
            why,
            position: Some(position),
        })
    };
    let withdrawn = about(NomineeStatus::Withdrawn, CastRefusal::NomineeNotFound);
    if withdrawn.is_some() {
        return withdrawn;
    }
    match campaign.phase(now) {
        Phase::Voting => {}
        Phase::Draft | Phase::Upcoming => return refused(CastRefusal::VotingNotOpen),
        Phase::Ended | Phase::Published | Phase::Archived => {
            return refused(CastRefusal::VotingClosed);
        }
    }
    if matches!(viewer, Viewer::Voter { is_guest: true, .. }) && !campaign.guests_may_vote {
        return refused(CastRefusal::NotEligible);
    }
    about(NomineeStatus::Frozen, CastRefusal::NomineeFrozen)
}
