//! The voters who are challenged, and how hard (see `auth::challenge`).
//!
//! All of it is in memory: what a vote costs does not change. A network block that brings far more new voters than is
//! usual is found by a token bucket of this process; nobody is refused for an address, which a hall or a carrier
//! shares. Only who is asked to solve a captcha, and brings a solution, waits for its service (see `captchas`).

use chrono::{DateTime, TimeDelta, Utc};

use super::App;
use super::caster::Caster;
use crate::auth::challenge::{Challenge, ChallengeAlgorithm, ChallengeKey, Effort};
use crate::bounded::BoundedMap;
use crate::domain::campaign::ChallengePolicy;
use crate::domain::roster::Roster;
use crate::domain::vote::VoteRequest;
use crate::error::{Error, Result};
use crate::hot::{Action, BucketOwner};
use crate::id::VoterId;

/// How long a voter is new. A farm that makes its accounts a day ahead is not found here.
const NEW: TimeDelta = TimeDelta::days(1);
/// New voters whose blocks are remembered: one who is forgotten is counted once more.
const NEW_VOTERS_MAX: usize = 65_536;

/// New voters who have cast here, and whether their block brought too many.
#[derive(Debug)]
pub(super) struct Crowds(BoundedMap<VoterId, Option<bool>>);

impl Default for Crowds {
    fn default() -> Self {
        Self(BoundedMap::new(NEW_VOTERS_MAX))
    }
}

impl App {
    /// Whether a cast is asked for the solution of a challenge and brings none of the usual one that is good. It may
    /// still have solved a captcha: `App::find_missing_challenge` tells.
    pub(super) fn needs_challenge(
        &self,
        caster: Caster<'_>,
        roster: &Roster,
        request: &VoteRequest,
    ) -> bool {
        let policy = roster.campaign().challenge;
        if self.effort_for(policy, caster, request).is_none() {
            return false;
        }
        let key = self.challenge_key(request);
        let accepts = |key: ChallengeKey| {
            let solution = caster.challenge_solution?;
            Some(key.accepts(solution, request.cast_at))
        };
        key.and_then(accepts) != Some(true)
    }

    /// A new challenge for a cast.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for one without an idempotency key: its solution would not know it again.
    pub(super) fn issue_challenge(
        &self,
        caster: Caster<'_>,
        roster: &Roster,
        request: &VoteRequest,
        algorithm: ChallengeAlgorithm,
    ) -> Result<Challenge> {
        let key = self.challenge_key(request).ok_or_else(|| {
            Error::BadUserInput(
                "idempotencyKey is needed here: this vote has to be cast again, with the same key and the solution of \
                 a challenge."
                    .into(),
            )
        })?;
        if let (ChallengeAlgorithm::TencentCaptcha, Some(id)) = (algorithm, self.captcha_app_id()) {
            return Ok(Challenge::captcha(id, request.cast_at));
        }
        let policy = roster.campaign().challenge;
        let effort = self.effort_for(policy, caster, request);
        key.issue(effort.unwrap_or(Effort::Usual), request.cast_at)
    }

    /// The effort of the challenge that a voter has to solve where a campaign has this policy, if any.
    fn effort_for(
        &self,
        policy: ChallengePolicy,
        caster: Caster<'_>,
        request: &VoteRequest,
    ) -> Option<Effort> {
        let is_guest = caster.viewer.is_guest();
        let is_asked = match policy {
            ChallengePolicy::Never => false,
            ChallengePolicy::Guests => is_guest,
            ChallengePolicy::Suspicious => self.is_suspicious(caster, request),
            ChallengePolicy::Always => true,
        };
        if !is_asked {
            None
        } else if is_guest && self.is_in_crowd(caster, request.cast_at) {
            Some(Effort::Harder)
        } else {
            Some(Effort::Usual)
        }
    }

    /// Whether a voter is challenged where a campaign challenges the suspicious. The one place that knows. Any rank of
    /// risk above none is challenged: what the platform advises for 1 and 2 is not too much for 3, and at 4 nothing
    /// says that a rule will withhold the votes.
    fn is_suspicious(&self, caster: Caster<'_>, request: &VoteRequest) -> bool {
        let viewer = caster.viewer;
        viewer.is_guest()
            || viewer.is_suspicious()
            || self.is_in_crowd(caster, request.cast_at)
            || self.suspicions.hold(request)
    }

    /// Whether a voter is new, and of a block that had brought more new voters than is usual when it first cast here.
    fn is_in_crowd(&self, caster: Caster<'_>, now: DateTime<Utc>) -> bool {
        if !is_new(caster.voter_id, now) {
            return false;
        }
        self.crowds.0.with(&caster.voter_id, |known| {
            *known.get_or_insert_with(|| {
                let block = BucketOwner::Block(caster.client.address);
                self.hot.charge(Action::NewVoter, block, 1).is_err()
            })
        })
    }

    /// The key of a cast's challenges; none where the client has no name for the cast.
    fn challenge_key(&self, request: &VoteRequest) -> Option<ChallengeKey> {
        let (voter, campaign) = (request.voter_id, request.campaign_id);
        let cast = request.idempotency_key?;
        Some(ChallengeKey::new(&self.hash_key, voter, campaign, cast))
    }
}

/// Whether a voter came within the last day: its id tells when it was made.
fn is_new(id: VoterId, now: DateTime<Utc>) -> bool {
    let made_at = id.0.get_timestamp().map(|at| at.to_unix().0);
    let since = (now - NEW).timestamp();
    made_at.is_some_and(|at| i64::try_from(at).is_ok_and(|at| at > since))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_voter_is_new_for_a_day() {
        let made_at: DateTime<Utc> = "2022-10-25T04:00:00Z".parse().expect("a time");
        let unix = u64::try_from(made_at.timestamp()).expect("after 1970");
        let at = uuid::Timestamp::from_unix(uuid::NoContext, unix, 0);
        let id = VoterId(Uuid::new_v7(at));
        let second = TimeDelta::seconds(1);
        assert!(is_new(id, made_at));
        assert!(is_new(id, made_at + NEW - second));
        assert!(!is_new(id, made_at + NEW));
        let unknown = VoterId(Uuid::from_u128(1));
        assert!(!is_new(unknown, made_at), "an id of another kind");
    }
}
