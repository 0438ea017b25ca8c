//! Where a vote is decided: given what a voter has cast before, does this cast count, in which slots, or why not?
//!
//! The decision is a pure function; the database's keys judge it (see `ledger::writer`): a decision made on stale
//! knowledge loses there and is made again.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::id::{CampaignId, NomineeId, ScopeId, VoteId, VoterId};

/// A voter's wish to vote for one or several nominees of a campaign, all of them or none.
#[derive(Debug, Clone)]
pub struct Cast {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Who votes.
    pub voter_id: VoterId,
    /// Number of the quota period that `cast_at` falls in (see [`super::period`]).
    pub period: i64,
    /// Votes that the voter has in this period and each scope.
    pub quota: i64,
    /// When the cast was admitted.
    pub cast_at: DateTime<Utc>,
    /// The client's name for this cast: repeated, it gets the same answer and counts once.
    pub idempotency_key: Option<Uuid>,
    /// The votes, each for another nominee; at least one.
    pub votes: Vec<Choice>,
    /// Keyed hash of the network the cast came from.
    pub network_hash: Option<[u8; 16]>,
    /// Keyed hash of the device it came from.
    pub device_hash: Option<[u8; 16]>,
}

/// One nominee of a [`Cast`].
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// The id that the vote will have.
    pub id: VoteId,
    /// Whom it is for.
    pub nominee_id: NomineeId,
    /// What its quota counts in.
    pub scope_id: ScopeId,
}

/// A vote as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Ballot {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Who voted.
    pub voter_id: VoterId,
    /// What its quota counts in.
    pub scope_id: ScopeId,
    /// The quota period it was cast in.
    pub period: i64,
    /// Its place in the quota, 1 to the quota.
    pub slot: i64,
    /// Whom it is for.
    pub nominee_id: NomineeId,
    /// Its id.
    pub id: VoteId,
    /// The client's name for the cast.
    pub idempotency_key: Option<Uuid>,
    /// When it was admitted.
    pub cast_at: DateTime<Utc>,
    /// Whether it is the voter's first of the campaign.
    pub is_first: bool,
}

/// The answer to a [`Cast`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Counted or refused.
    pub outcome: Outcome,
    /// Votes used in this period, after the cast, in each scope that it touches; empty where that is not known.
    pub used: Vec<(ScopeId, i64)>,
    /// The committed ballots that a refusal of a cast of one vote rests on: the voter's of this period and scope.
    pub grounds: Vec<Ballot>,
}

/// What became of a [`Cast`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The votes are stored, by this cast or by an earlier one with the same idempotency key.
    Counted(Vec<Ballot>),
    /// Nothing was stored.
    Refused(Refusal),
}

/// Why a cast does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The voter has voted for this nominee in this period.
    AlreadyVoted(NomineeId),
    /// The voter has too few votes left in this scope and period.
    QuotaSpent(ScopeId),
    /// The idempotency key belongs to another cast of the voter.
    IdempotencyKeyReused,
}

/// What is to be done about a [`Cast`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Store these, all or none.
    Store(Vec<Ballot>),
    /// Answer at once.
    Answer(Outcome),
}

/// Decides `cast` for a voter whose ballots of this campaign are `known`: at least those of this
/// period, those with the cast's idempotency key and the voter's first one.
///
/// A vote takes the n-th *free* slot and not the number after the highest: slots can have holes.
#[must_use]
pub fn decide(cast: &Cast, known: &[Ballot]) -> Decision {
    if let Some(answer) = repeated(cast, known) {
        return Decision::Answer(answer);
    }
    let this_period = || known.iter().filter(|b| b.period == cast.period);
    if let Some(choice) = cast
        .votes
        .iter()
        .find(|c| this_period().any(|b| b.nominee_id == c.nominee_id))
    {
        return Decision::Answer(Outcome::Refused(Refusal::AlreadyVoted(choice.nominee_id)));
    }
    let mut stored: Vec<Ballot> = Vec::with_capacity(cast.votes.len());
    for choice in &cast.votes {
        let takes = |b: &Ballot, slot: i64| b.scope_id == choice.scope_id && b.slot == slot;
        let is_taken = |slot: i64| {
            this_period().any(|b| takes(b, slot)) || stored.iter().any(|b| takes(b, slot))
        };
        let free = (1..=cast.quota).find(|&slot| !is_taken(slot));
        let Some(slot) = free else {
            return Decision::Answer(Outcome::Refused(Refusal::QuotaSpent(choice.scope_id)));
        };
        let is_first = known.is_empty() && stored.is_empty();
        stored.push(ballot(cast, choice, slot, is_first));
    }
    Decision::Store(stored)
}

/// Votes used in the period of `cast` in each scope that it touches, when the voter's ballots are `known`.
#[must_use]
pub fn used<'a>(
    cast: &Cast,
    known: &(impl Iterator<Item = &'a Ballot> + Clone),
) -> Vec<(ScopeId, i64)> {
    let mut used: Vec<(ScopeId, i64)> = Vec::new();
    for choice in &cast.votes {
        if used.iter().all(|(scope, _)| *scope != choice.scope_id) {
            let count = known
                .clone()
                .filter(|b| b.period == cast.period && b.scope_id == choice.scope_id)
                .count();
            used.push((choice.scope_id, i64::try_from(count).unwrap_or(i64::MAX)));
        }
    }
    used
}

/// The ballots that the refusal of a cast of one vote rests on, when the voter's ballots are `known`.
#[must_use]
pub fn grounds(cast: &Cast, refusal: Refusal, known: &[Ballot]) -> Vec<Ballot> {
    match (refusal, cast.votes.as_slice()) {
        (Refusal::AlreadyVoted(_) | Refusal::QuotaSpent(_), [choice]) => known
            .iter()
            .filter(|b| b.period == cast.period && b.scope_id == choice.scope_id)
            .cloned()
            .collect(),
        _ => Vec::new(),
    }
}

/// The answer to a cast that was stored before: by its own ids (its commit's outcome was not known) or by its key.
fn repeated(cast: &Cast, known: &[Ballot]) -> Option<Outcome> {
    let is_own = |b: &&Ballot| cast.votes.iter().any(|c| c.id == b.id);
    let has_key =
        |b: &&Ballot| cast.idempotency_key.is_some() && b.idempotency_key == cast.idempotency_key;
    let earlier: Vec<&Ballot> = known.iter().filter(|b| is_own(b) || has_key(b)).collect();
    if earlier.is_empty() {
        return None;
    }
    let votes = cast.votes.iter().map(|c| {
        earlier
            .iter()
            .find(|b| b.nominee_id == c.nominee_id)
            .copied()
            .cloned()
    });
    Some(match votes.collect::<Option<Vec<Ballot>>>() {
        Some(votes) if votes.len() == earlier.len() => Outcome::Counted(votes),
        _ => Outcome::Refused(Refusal::IdempotencyKeyReused),
    })
}

fn ballot(cast: &Cast, choice: &Choice, slot: i64, is_first: bool) -> Ballot {
    Ballot {
        campaign_id: cast.campaign_id,
        voter_id: cast.voter_id,
        scope_id: choice.scope_id,
        period: cast.period,
        slot,
        nominee_id: choice.nominee_id,
        id: choice.id,
        idempotency_key: cast.idempotency_key,
        cast_at: cast.cast_at,
        is_first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cast(
        voter: VoterId,
        nominees: &[u128],
        scope: u128,
        key: Option<u128>,
        period: i64,
        quota: i64,
    ) -> Cast {
        Cast {
            campaign_id: CampaignId(Uuid::from_u128(1)),
            voter_id: voter,
            period,
            quota,
            cast_at: DateTime::UNIX_EPOCH,
            idempotency_key: key.map(Uuid::from_u128),
            votes: nominees
                .iter()
                .map(|&n| Choice {
                    id: VoteId::new(),
                    nominee_id: NomineeId(Uuid::from_u128(n)),
                    scope_id: ScopeId(Uuid::from_u128(scope)),
                })
                .collect(),
            network_hash: None,
            device_hash: None,
        }
    }

    fn apply(cast: &Cast, known: &mut Vec<Ballot>) -> Outcome {
        match decide(cast, known) {
            Decision::Store(ballots) => {
                known.extend(ballots.clone());
                Outcome::Counted(ballots)
            }
            Decision::Answer(outcome) => outcome,
        }
    }

    #[test]
    fn a_vote_takes_the_first_free_slot_also_in_a_hole() {
        let voter = VoterId::new();
        let mut known = Vec::new();
        for nominee in 1..=3 {
            apply(&cast(voter, &[nominee], 9, None, 5, 3), &mut known);
        }
        known.retain(|b| b.slot != 2);
        let Outcome::Counted(ballots) = apply(&cast(voter, &[7], 9, None, 5, 3), &mut known) else {
            panic!("a slot is free");
        };
        assert_eq!(ballots[0].slot, 2);
    }

    #[test]
    fn a_repeated_key_gets_the_first_answer_also_on_another_day() {
        let voter = VoterId::new();
        let mut known = Vec::new();
        let first = apply(&cast(voter, &[1], 9, Some(77), 5, 3), &mut known);
        assert_eq!(
            apply(&cast(voter, &[1], 9, Some(77), 5, 3), &mut known),
            first
        );
        assert_eq!(
            apply(&cast(voter, &[1], 9, Some(77), 6, 3), &mut known),
            first
        );
        let reused = Outcome::Refused(Refusal::IdempotencyKeyReused);
        assert_eq!(
            apply(&cast(voter, &[2], 9, Some(77), 5, 3), &mut known),
            reused
        );
        assert_eq!(
            apply(&cast(voter, &[1, 2], 9, Some(77), 5, 3), &mut known),
            reused
        );
        assert_eq!(known.len(), 1);
        apply(&cast(voter, &[3, 4], 9, Some(78), 5, 3), &mut known);
        let part = apply(&cast(voter, &[3], 9, Some(78), 5, 3), &mut known);
        assert_eq!(part, reused, "a part of a ballot is another");
    }

    #[test]
    fn used_votes_are_those_of_the_period_in_each_scope_that_is_touched() {
        let voter = VoterId::new();
        let scope = |n| ScopeId(Uuid::from_u128(n));
        let mut known = Vec::new();
        for (nominee, of, period) in [(1, 9, 5), (2, 9, 5), (3, 9, 6), (4, 8, 5), (5, 7, 5)] {
            apply(&cast(voter, &[nominee], of, None, period, 9), &mut known);
        }
        let mut ballot = cast(voter, &[11, 12], 9, None, 5, 9);
        ballot.votes.extend(cast(voter, &[13], 8, None, 5, 9).votes);
        let expected = vec![(scope(9), 2), (scope(8), 1)];
        assert_eq!(used(&ballot, &known.iter()), expected);
    }

    #[test]
    fn a_refusal_rests_on_the_votes_of_its_scope_and_period() {
        let voter = VoterId::new();
        let mut known = Vec::new();
        for (nominee, of, period) in [(1, 9, 5), (2, 9, 5), (3, 9, 6), (4, 8, 5)] {
            apply(&cast(voter, &[nominee], of, None, period, 2), &mut known);
        }
        let of = |cast: &Cast, refusal| {
            let on = grounds(cast, refusal, &known).into_iter();
            on.map(|b| b.nominee_id.0.as_u128()).collect::<Vec<_>>()
        };
        let again = cast(voter, &[1], 9, None, 5, 2);
        let voted = Refusal::AlreadyVoted(again.votes[0].nominee_id);
        assert_eq!(of(&again, voted), [1, 2]);
        let spent = Refusal::QuotaSpent(again.votes[0].scope_id);
        assert_eq!(of(&cast(voter, &[7], 9, None, 5, 2), spent), [1, 2]);
        // Other refusals, and those of a whole ballot, say nothing of a single vote.
        assert_eq!(of(&again, Refusal::IdempotencyKeyReused), [0; 0]);
        assert_eq!(of(&cast(voter, &[1, 7], 9, None, 5, 2), voted), [0; 0]);
    }

    /// What a commit with an unknown outcome has stored is found by the votes' own ids, keys or not.
    #[test]
    fn a_cast_that_was_stored_is_recognised_by_its_ids() {
        let voter = VoterId::new();
        let mut known = Vec::new();
        let both = cast(voter, &[1, 2], 9, None, 5, 3);
        let first = apply(&both, &mut known);
        assert_eq!(apply(&both, &mut known), first);
        assert_eq!(known.len(), 2);
        assert!(known[0].is_first && !known[1].is_first);
        // Another cast without a key is another cast.
        let other = apply(&cast(voter, &[1], 9, None, 5, 3), &mut known);
        assert!(matches!(other, Outcome::Refused(Refusal::AlreadyVoted(_))));
    }

    #[test]
    fn a_ballot_is_stored_whole_or_not_at_all() {
        let voter = VoterId::new();
        let mut known = Vec::new();
        apply(&cast(voter, &[1], 9, None, 5, 3), &mut known);
        let outcome = apply(&cast(voter, &[2, 3, 4], 9, None, 5, 3), &mut known);
        assert_eq!(
            outcome,
            Outcome::Refused(Refusal::QuotaSpent(ScopeId(Uuid::from_u128(9))))
        );
        let outcome = apply(&cast(voter, &[2, 1], 9, None, 5, 3), &mut known);
        assert_eq!(
            outcome,
            Outcome::Refused(Refusal::AlreadyVoted(NomineeId(Uuid::from_u128(1))))
        );
        assert!(
            matches!(apply(&cast(voter, &[2, 3], 9, None, 5, 3), &mut known), Outcome::Counted(b) if b.len() == 2)
        );
    }

    proptest! {
        #[test]
        fn no_sequence_of_casts_goes_over_the_quota_or_repeats_a_nominee(
            casts in prop::collection::vec((prop::collection::btree_set(1u128..8, 1..4), 1u128..3, 0u128..5, 5i64..7), 1..40)
        ) {
            let voter = VoterId::new();
            let mut known: Vec<Ballot> = Vec::new();
            for (nominees, scope, key, period) in casts {
                let nominees: Vec<u128> = nominees.into_iter().collect();
                apply(&cast(voter, &nominees, scope, (key > 0).then_some(key), period, 4), &mut known);
            }
            for ballot in &known {
                let twins = known.iter().filter(|b| b.period == ballot.period && b.nominee_id == ballot.nominee_id);
                prop_assert_eq!(twins.count(), 1);
                let peers = known.iter().filter(|b| b.period == ballot.period && b.scope_id == ballot.scope_id);
                prop_assert!(peers.clone().count() <= 4);
                prop_assert_eq!(peers.filter(|b| b.slot == ballot.slot).count(), 1);
            }
            prop_assert!(known.iter().filter(|b| b.is_first).count() <= 1);
        }
    }
}
