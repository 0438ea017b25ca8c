//! Casting votes: what `castVote` and `castBallot` do, in this order. A writer that has no room refuses before all of
//! it.
//!
//! 1. The roster, in memory: an unknown nominee is refused at once.
//! 2. The hot store takes a token of the voter's bucket and tells, in the same round trip, what committed votes are
//!    known to refuse. It is asked before the rules because a cast that the rules refuse may be a repetition, and
//!    finding that out takes a statement: the bucket bounds how many of those one voter can cause.
//! 3. The rules, in memory: the phase, the nominee's status, the kind of voter.
//! 4. The challenge, in memory, where the campaign asks this voter for one; a captcha's solution is shown to its
//!    service. As with the rules, a repetition of what was stored keeps its answer, with or without a solution.
//! 5. The ledger decides, its keys judge the decision, and it commits. The answer comes after the commit. Where the
//!    rules in the database are others than those of step 3, nothing is decided: they are read, and the cast goes
//!    through step 3 again, admitted at the same moment. A freeze holds for every batch that begins after its commit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::App;
use super::ballot::Ballot;
pub use super::caster::Caster;
use crate::auth::challenge::{Challenge, ChallengeAlgorithm};
use crate::domain::campaign::Phase;
use crate::domain::nominee::{Nominee, NomineeStatus};
use crate::domain::period;
use crate::domain::roster::Roster;
use crate::domain::vote::{
    Decision, Outcome, Refusal, Selection, Verdict, Vote, VoteRequest, decide,
};
use crate::error::{Error, Result};
use crate::id::{CampaignId, NomineeId, ScopeId, VoteId};
use crate::ledger;
use crate::telemetry::ReasonLabels;

/// Times that a cast is admitted: rules that change so fast are being typed, and the voter may come again.
const ADMISSIONS_MAX: u32 = 3;
/// Nominees of one ballot: more than any quota in use, and well within a batch of the writer.
const BALLOT_NOMINEES_MAX: usize = 100;

/// The reason why a cast was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CastRefusal {
    /// The voter has voted for this nominee in this period.
    AlreadyVoted,
    /// The voter has too few votes left.
    QuotaSpent,
    /// Voting has not opened.
    VotingNotOpen,
    /// Voting has closed.
    VotingClosed,
    /// Voting is paused.
    VotingPaused,
    /// There is no such nominee, or it has been withdrawn.
    NomineeNotFound,
    /// The nominee is shown, but cannot be voted for.
    NomineeFrozen,
    /// The campaign does not admit this kind of voter.
    NotEligible,
    /// The idempotency key belongs to another cast.
    IdempotencyKeyReused,
    /// A challenge is to be solved first; there is no solution, or none that is good.
    ChallengeRequired,
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
            Self::VotingPaused => "VOTING_PAUSED",
            Self::NomineeNotFound => "NOMINEE_NOT_FOUND",
            Self::NomineeFrozen => "NOMINEE_FROZEN",
            Self::NotEligible => "NOT_ELIGIBLE",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::ChallengeRequired => "CHALLENGE_REQUIRED",
        }
    }
}

/// A refusal, and the nominee that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CastRejection {
    /// The reason.
    pub why: CastRefusal,
    /// The nominee's position in the cast, where it is about one.
    pub position: Option<usize>,
}

/// The reason why a cast does not go on to the ledger.
enum Obstacle {
    Rules(CastRejection),
    Challenge(ChallengeAlgorithm),
}

/// The answer to a cast.
#[derive(Debug)]
pub struct CastAnswer {
    /// The nominees in their campaign; none where no campaign was found.
    pub ballot: Option<Ballot>,
    /// The votes that count, one for each nominee in the voter's order, or the refusal.
    pub result: std::result::Result<Vec<Vote>, CastRejection>,
    /// Votes used in each scope, where the ledger told.
    pub used: Vec<(ScopeId, i64)>,
    /// Counted votes of the nominees with those of this cast; empty where an earlier one, or none, was stored.
    pub totals: Vec<(NomineeId, i64)>,
    /// The challenge to solve, where one is required.
    pub challenge: Option<Challenge>,
}

impl App {
    /// Casts one vote.
    ///
    /// # Errors
    /// All but the outcomes: see [`Error`].
    pub async fn cast_vote(
        &self,
        caster: Caster<'_>,
        nominee_id: NomineeId,
        idempotency_key: Option<Uuid>,
    ) -> Result<CastAnswer> {
        let roster = self
            .campaigns
            .catalog()
            .find_of_nominee(nominee_id, caster.viewer);
        let Some(roster) = roster else {
            return Ok(self.refuse(None, CastRefusal::NomineeNotFound, Some(0)));
        };
        self.cast(caster, roster, &[nominee_id], idempotency_key)
            .await
    }

    /// Casts votes for several nominees of a campaign, all or none.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for no nominees, too many, or one twice; [`Error::NotFound`] for the campaign; and all
    /// but the outcomes.
    pub async fn cast_ballot(
        &self,
        caster: Caster<'_>,
        campaign_id: CampaignId,
        nominee_ids: &[NomineeId],
        idempotency_key: Option<Uuid>,
    ) -> Result<CastAnswer> {
        if nominee_ids.is_empty() || nominee_ids.len() > BALLOT_NOMINEES_MAX {
            return Err(Error::BadUserInput(format!(
                "nomineeIds must have 1 to {BALLOT_NOMINEES_MAX} entries."
            )));
        }
        let mut named = HashSet::with_capacity(nominee_ids.len());
        if !nominee_ids.iter().all(|id| named.insert(*id)) {
            return Err(Error::BadUserInput(
                "nomineeIds must name each nominee once.".into(),
            ));
        }
        let roster = self
            .campaigns
            .catalog()
            .find(campaign_id, caster.viewer)
            .ok_or(Error::NotFound("campaign"))?;
        self.cast(caster, roster, nominee_ids, idempotency_key)
            .await
    }

    async fn cast(
        &self,
        caster: Caster<'_>,
        roster: Arc<Roster>,
        nominee_ids: &[NomineeId],
        idempotency_key: Option<Uuid>,
    ) -> Result<CastAnswer> {
        if self.writer.is_full() {
            // Before the voter's bucket is asked, which takes a round trip and a token.
            return Err(Error::Overloaded);
        }
        let mut ballot = Ballot::new(roster, nominee_ids);
        if let Some(position) = ballot.unknown_position(nominee_ids) {
            return Ok(self.refuse(Some(ballot), CastRefusal::NomineeNotFound, Some(position)));
        }
        let mut request = self.build_request(caster, &ballot, idempotency_key);
        let mut early = self.hot.admit(&request).await?;
        for _ in 0..ADMISSIONS_MAX {
            let verdict = match self.judge(caster, &ballot, &request, early.take()).await? {
                Ok(verdict) => verdict,
                Err(Obstacle::Rules(CastRejection { why, position })) => {
                    return Ok(self.refuse(Some(ballot), why, position));
                }
                Err(Obstacle::Challenge(algorithm)) => {
                    let roster = ballot.roster();
                    let challenge = self.issue_challenge(caster, roster, &request, algorithm)?;
                    return Ok(CastAnswer {
                        challenge: Some(challenge),
                        ..self.refuse(Some(ballot), CastRefusal::ChallengeRequired, None)
                    });
                }
            };
            let Outcome::RulesChanged(revision) = verdict.outcome else {
                return Ok(self.finish_cast(ballot, &request, verdict));
            };
            let roster = Box::pin(self.find_under_rules(request.campaign_id, revision)).await?;
            ballot = Ballot::new(roster.ok_or(Error::Unavailable)?, nominee_ids);
            if let Some(position) = ballot.unknown_position(nominee_ids) {
                return Ok(self.refuse(Some(ballot), CastRefusal::NomineeNotFound, Some(position)));
            }
            request = self.rebuild_request(caster, &ballot, &request);
        }
        Err(Error::Unavailable)
    }

    /// The verdict on a request, `early` where the hot store knew it, or what the rules of the ballot's roster have
    /// against it.
    async fn judge(
        &self,
        caster: Caster<'_>,
        ballot: &Ballot,
        request: &VoteRequest,
        early: Option<Verdict>,
    ) -> Result<std::result::Result<Verdict, Obstacle>> {
        let obstacle = match check_eligibility(caster, ballot, request.cast_at) {
            Some(rejection) => Some(Obstacle::Rules(rejection)),
            None if early.is_none() && self.needs_challenge(caster, ballot.roster(), request) => {
                let missing = Box::pin(self.find_missing_challenge(caster, request)).await;
                missing.map(Obstacle::Challenge)
            }
            None => None,
        };
        let Some(obstacle) = obstacle else {
            return Ok(Ok(match early {
                Some(verdict) => verdict,
                None => self.writer.cast(request.clone()).await?,
            }));
        };
        // Votes that were counted while it was allowed keep their answer, and newer rules may allow it.
        Ok(match Box::pin(self.find_outcome(request)).await? {
            Some(Outcome::Refused(_)) if matches!(obstacle, Obstacle::Rules(_)) => Err(obstacle),
            // Nobody solves a challenge for a vote that is refused all the same.
            Some(outcome) => Ok(Verdict {
                outcome,
                used: Vec::new(),
                totals: Vec::new(),
                blocking_votes: Vec::new(),
            }),
            None => Err(obstacle),
        })
    }

    /// The request under the rules of `ballot`: admitted when it was, and with the ids that it had, by which it is
    /// recognised should it have been stored.
    fn rebuild_request(
        &self,
        caster: Caster<'_>,
        ballot: &Ballot,
        request: &VoteRequest,
    ) -> VoteRequest {
        let ids: HashMap<NomineeId, VoteId> = request
            .selections
            .iter()
            .map(|selection| (selection.nominee_id, selection.id))
            .collect();
        let mut rebuilt =
            self.build_request_at(caster, ballot, request.idempotency_key, request.cast_at);
        for selection in &mut rebuilt.selections {
            if let Some(id) = ids.get(&selection.nominee_id) {
                selection.id = *id;
            }
        }
        rebuilt
    }

    fn build_request(
        &self,
        caster: Caster<'_>,
        ballot: &Ballot,
        idempotency_key: Option<Uuid>,
    ) -> VoteRequest {
        self.build_request_at(caster, ballot, idempotency_key, self.clock.now())
    }

    fn build_request_at(
        &self,
        caster: Caster<'_>,
        ballot: &Ballot,
        idempotency_key: Option<Uuid>,
        cast_at: DateTime<Utc>,
    ) -> VoteRequest {
        let campaign = ballot.roster().campaign();
        let selection = |nominee: &Nominee| Selection {
            id: VoteId::new(),
            nominee_id: nominee.id,
            scope_id: campaign.scope(nominee.category_id),
        };
        let mut selections: Vec<Selection> = ballot.nominees().map(selection).collect();
        // Slots are taken and keys are locked in one order, whoever casts: two processes that store votes of one voter
        // never wait for each other in a circle.
        selections.sort_unstable_by_key(|selection| (selection.scope_id, selection.nominee_id));
        VoteRequest {
            campaign_id: campaign.id,
            voter_id: caster.voter_id,
            period: period::number(campaign.quota_period, campaign.time_zone.0, cast_at),
            quota: campaign.votes_per_period,
            rules_revision: campaign.rules_revision,
            cast_at,
            idempotency_key,
            selections,
            client: caster.client.kind,
            circumstances: self.circumstances(
                (caster.voter_id, caster.viewer.is_guest()),
                caster.client,
                caster.visit,
                ballot.roster(),
                cast_at,
            ),
        }
    }

    /// The outcome of a request with a key where it needs no vote to be stored: it was stored before, or its rules have
    /// changed.
    async fn find_outcome(&self, request: &VoteRequest) -> Result<Option<Outcome>> {
        if request.idempotency_key.is_none() {
            return Ok(None);
        }
        let existing = ledger::vote::list_existing(&self.database, &[request]).await?;
        let revision = existing.rules_revision(request);
        match decide(request, &existing.votes, revision) {
            Decision::Answer(outcome) => Ok(Some(outcome)),
            Decision::Store(_) => Ok(None),
        }
    }

    fn finish_cast(&self, ballot: Ballot, request: &VoteRequest, verdict: Verdict) -> CastAnswer {
        let refusal = match verdict.outcome {
            Outcome::Counted(votes) => {
                self.on_committed(request, &votes);
                return CastAnswer {
                    result: Ok(ballot.in_order(votes)),
                    ballot: Some(ballot),
                    used: verdict.used,
                    totals: verdict.totals,
                    challenge: None,
                };
            }
            Outcome::Refused(refusal) => refusal,
            Outcome::RulesChanged(_) => unreachable!("the caller admits it again"),
        };
        // A cast with a key may be a repetition, which only the ledger can tell.
        if request.idempotency_key.is_none() {
            self.remember_blocking_votes(ballot.roster(), request, verdict.blocking_votes);
        }
        let (why, position) = match refusal {
            Refusal::AlreadyVoted(id) => (CastRefusal::AlreadyVoted, ballot.position(id)),
            Refusal::QuotaSpent(_) => (CastRefusal::QuotaSpent, None),
            Refusal::IdempotencyKeyReused => (CastRefusal::IdempotencyKeyReused, None),
        };
        CastAnswer {
            used: verdict.used,
            ..self.refuse(Some(ballot), why, position)
        }
    }

    /// Follows a commit up: the tally is published. Votes of an earlier cast have been followed up then.
    fn on_committed(&self, request: &VoteRequest, votes: &[Vote]) {
        let is_own = |vote: &Vote| request.selections.iter().any(|s| s.id == vote.id);
        if votes.iter().all(is_own) {
            self.tallies.mark_dirty(request.campaign_id);
            self.metrics.votes_counted.inc_by(votes.len() as u64);
        }
    }

    /// Follows a refusal up: the hot store refuses the next of the same kind.
    fn remember_blocking_votes(
        &self,
        roster: &Roster,
        request: &VoteRequest,
        blocking_votes: Vec<Vote>,
    ) {
        if blocking_votes.is_empty() {
            return;
        }
        let campaign = roster.campaign();
        let zone = campaign.time_zone.0;
        let ends_at = period::ends_at(campaign.quota_period, zone, request.cast_at);
        let lifetime = ends_at.unwrap_or(campaign.voting_closes_at) - request.cast_at;
        self.hot.remember(blocking_votes, lifetime);
    }

    /// Counts a refusal and answers with it.
    fn refuse(
        &self,
        ballot: Option<Ballot>,
        why: CastRefusal,
        position: Option<usize>,
    ) -> CastAnswer {
        self.metrics
            .casts_refused
            .get_or_create(&ReasonLabels { reason: why.name() })
            .inc();
        CastAnswer {
            ballot,
            result: Err(CastRejection { why, position }),
            used: Vec::new(),
            totals: Vec::new(),
            challenge: None,
        }
    }
}

/// The reason why nobody, or not this voter, may vote for these nominees at `now`.
fn check_eligibility(
    caster: Caster<'_>,
    ballot: &Ballot,
    now: DateTime<Utc>,
) -> Option<CastRejection> {
    let campaign = ballot.roster().campaign();
    let about = |status: NomineeStatus, why| {
        let position = Some(ballot.position_of_status(status)?);
        Some(CastRejection { why, position })
    };
    let withdrawn = about(NomineeStatus::Withdrawn, CastRefusal::NomineeNotFound);
    if withdrawn.is_some() {
        return withdrawn;
    }
    let why = match campaign.phase(now) {
        Phase::Draft | Phase::Upcoming => CastRefusal::VotingNotOpen,
        Phase::Ended | Phase::Published | Phase::Archived => CastRefusal::VotingClosed,
        Phase::Paused => CastRefusal::VotingPaused,
        Phase::Voting if !caster.viewer.kinds().intersects(campaign.admitted()) => {
            CastRefusal::NotEligible
        }
        Phase::Voting => return about(NomineeStatus::Frozen, CastRefusal::NomineeFrozen),
    };
    Some(CastRejection {
        why,
        position: None,
    })
}
