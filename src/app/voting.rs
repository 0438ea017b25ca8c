//! Casting votes: what `castVote` and `castBallot` do.
//!
//! Rules first, from memory; then the hot store (the voter's limit, what is known to be refused); then the ledger, which
//! judges and commits. The answer comes after the commit.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{App, Client};
use crate::auth::Viewer;
use crate::domain::campaign::Phase;
use crate::domain::nominee::NomineeStatus;
use crate::domain::period;
use crate::domain::roster::Roster;
use crate::domain::vote::{
    Decision, Outcome, Refusal, Selection, Verdict, Vote, VoteRequest, decide,
};
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
pub struct CastRejection {
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
    pub result: std::result::Result<Vec<Vote>, CastRejection>,
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
        let request = self.build_request(
            voter_id,
            client,
            &roster,
            nominee_ids,
            idempotency_key,
            cast_at,
        );
        let early = self.hot.admit(&request).await?;
        if let Some(refused) = check_eligibility(viewer, &roster, nominee_ids, cast_at) {
            // What was counted while it was allowed keeps its answer.
            return match Box::pin(self.find_repeated(&request)).await? {
                Some(votes) => Ok(CastAnswer {
                    roster: Some(roster),
                    result: Ok(in_order_of(nominee_ids, votes)),
                    used: Vec::new(),
                }),
                None => Ok(self.refuse(Some(roster), refused.why, refused.position)),
            };
        }
        let verdict = match early {
            Some(verdict) => verdict,
            None => self.writer.cast(request.clone()).await?,
        };
        Ok(self.finish_cast(roster, nominee_ids, &request, verdict))
    }

    fn build_request(
        &self,
        voter_id: VoterId,
        client: &Client,
        roster: &Roster,
        nominee_ids: &[NomineeId],
        idempotency_key: Option<Uuid>,
        cast_at: DateTime<Utc>,
    ) -> VoteRequest {
        let campaign = roster.campaign();
        let nominees = nominee_ids
            .iter()
            .filter_map(|id| roster.index_of(*id))
            .map(|index| &roster.nominees()[index]);
        let selection = |n: &crate::domain::nominee::Nominee| Selection {
            id: VoteId::new(),
            nominee_id: n.id,
            scope_id: campaign.scope(n.category_id),
        };
        let mut selections: Vec<Selection> = nominees.map(selection).collect();
        // Slots are taken and keys are locked in one order, whoever casts: two processes that store votes of one voter
        // never wait for each other in a circle.
        selections.sort_unstable_by_key(|selection| (selection.scope_id, selection.nominee_id));
        VoteRequest {
            campaign_id: campaign.id,
            voter_id,
            period: period::number(campaign.quota_period, campaign.time_zone.0, cast_at),
            quota: campaign.votes_per_period,
            cast_at,
            idempotency_key,
            selections,
            network_hash: Some(self.network_hash(client)),
            device_hash: self.device_hash(client),
        }
    }

    /// The votes that an earlier cast with this idempotency key has stored.
    async fn find_repeated(&self, request: &VoteRequest) -> Result<Option<Vec<Vote>>> {
        if request.idempotency_key.is_none() {
            return Ok(None);
        }
        let existing = ledger::vote::list_existing(&self.database, &[request]).await?;
        match decide(request, &existing) {
            Decision::Answer(Outcome::Counted(votes)) => Ok(Some(votes)),
            _ => Ok(None),
        }
    }

    fn finish_cast(
        &self,
        roster: Arc<Roster>,
        nominee_ids: &[NomineeId],
        request: &VoteRequest,
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
            Err(CastRejection { why, position })
        };
        let result = match verdict.outcome {
            Outcome::Counted(votes) => {
                self.on_committed(&roster, request, &votes);
                Ok(in_order_of(nominee_ids, votes))
            }
            Outcome::Refused(refusal) => {
                // A cast with a key may be a repetition, which only the ledger can tell.
                if request.idempotency_key.is_none() {
                    self.remember_blocking_votes(&roster, request, verdict.blocking_votes);
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
    fn on_committed(&self, roster: &Roster, request: &VoteRequest, votes: &[Vote]) {
        let is_own = |vote: &Vote| {
            request
                .selections
                .iter()
                .any(|selection| selection.id == vote.id)
        };
        if votes.iter().all(is_own) {
            self.tallies.mark_dirty(roster.campaign().id);
            self.metrics.votes_counted.inc_by(votes.len() as u64);
        }
    }

    /// What follows a refusal: the hot store refuses the next of the same kind.
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
            result: Err(CastRejection { why, position }),
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
        let used = ledger::vote::count_used(&self.database, voter_id, campaign.id, period).await?;
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
fn in_order_of(nominee_ids: &[NomineeId], mut votes: Vec<Vote>) -> Vec<Vote> {
    votes.sort_by_key(|vote| nominee_ids.iter().position(|id| *id == vote.nominee_id));
    votes
}

/// Why nobody, or not this viewer, may vote for these nominees at `now`.
fn check_eligibility(
    viewer: Viewer,
    roster: &Roster,
    nominee_ids: &[NomineeId],
    now: DateTime<Utc>,
) -> Option<CastRejection> {
    let campaign = roster.campaign();
    let refused = |why| {
        Some(CastRejection {
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
        Some(CastRejection {
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
