//! The decision on a vote: given what a voter has cast before, does this request count, in which slots, or why not?
//!
//! The decision is a pure function; the database's keys judge it (see `ledger::writer`): a decision made on stale votes
//! loses there and is made again.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::period;
use super::turnout::ClientKind;
use crate::id::{CampaignId, NomineeId, ScopeId, VoteId, VoterId};

/// A voter's request to vote for one or several nominees of a campaign, all of them or none.
#[derive(Debug, Clone)]
pub struct VoteRequest {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The voter.
    pub voter_id: VoterId,
    /// Number of the quota period that `cast_at` falls in (see [`super::period`]).
    pub period: i64,
    /// Votes that the voter has in this period and each scope.
    pub quota: i64,
    /// The revision of the rules that it was admitted under.
    pub rules_revision: i64,
    /// The moment of admission.
    pub cast_at: DateTime<Utc>,
    /// The client's name for this request: repeated, it gets the same answer and counts once.
    pub idempotency_key: Option<Uuid>,
    /// The nominees, each once, by scope; at least one.
    pub selections: Vec<Selection>,
    /// The client that it came by.
    pub client: ClientKind,
    /// Its circumstances.
    pub circumstances: Circumstances,
}

/// The circumstances of a [`VoteRequest`], stored with its votes for signals to read. They change no decision on it,
/// and prove nothing: a client says what it likes about itself.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// Keyed hash of the network that it came from: an address, or the /64 of one of IPv6.
    pub network_hash: Option<[u8; 16]>,
    /// Keyed hash of the block of that network: the /24, or the /48.
    pub network_block_hash: Option<[u8; 16]>,
    /// Keyed hash of the device's model with its client (see [`super::device`]); none where there is no model.
    pub device_hash: Option<[u8; 16]>,
    /// Milliseconds since the campaign was shown to the voter; none where no valid ticket says so: unseen.
    pub seen_ms: Option<i64>,
    /// The nominee whose shared link the voter first came by.
    pub share_nominee: Option<NomineeId>,
    /// Whether the voter is known by a device alone.
    pub is_guest: bool,
}

/// One nominee of a [`VoteRequest`].
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    /// The id that the vote will have.
    pub id: VoteId,
    /// The nominee.
    pub nominee_id: NomineeId,
    /// The scope of its quota: the category or the campaign.
    pub scope_id: ScopeId,
}

/// A vote as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Vote {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The voter.
    pub voter_id: VoterId,
    /// The scope of its quota: the category or the campaign.
    pub scope_id: ScopeId,
    /// The quota period it was cast in.
    pub period: i64,
    /// Its place in the quota, 1 to the quota.
    pub slot: i64,
    /// The nominee it is for.
    pub nominee_id: NomineeId,
    /// Its id.
    pub id: VoteId,
    /// The client's name for the request.
    pub idempotency_key: Option<Uuid>,
    /// The moment of its admission.
    pub cast_at: DateTime<Utc>,
    /// Whether it is the voter's first of the campaign.
    pub is_first: bool,
}

/// The answer to a [`VoteRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Counted or refused.
    pub outcome: Outcome,
    /// Votes used in this period, after the request, in each scope that it touches; empty where they were not counted.
    pub used: Vec<(ScopeId, i64)>,
    /// Counted votes of the nominees right after this request had stored its votes; empty where it stored none.
    pub totals: Vec<(NomineeId, i64)>,
    /// The committed votes that a refusal of a single vote rests on: the voter's of this period and scope.
    pub blocking_votes: Vec<Vote>,
}

/// The outcome of a [`VoteRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The votes are stored, by this request or by an earlier one with the same idempotency key.
    Counted(Vec<Vote>),
    /// Nothing was stored.
    Refused(Refusal),
    /// Nothing was decided: the campaign's rules are of this revision by now. It is to be admitted under them.
    RulesChanged(i64),
}

/// The reason why a request does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The voter has voted for this nominee in this period.
    AlreadyVoted(NomineeId),
    /// The voter has too few votes left in this scope and period.
    QuotaSpent(ScopeId),
    /// The idempotency key belongs to another request of the voter.
    IdempotencyKeyReused,
}

/// The decision on a [`VoteRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Store these, all or none.
    Store(Vec<Vote>),
    /// Answer at once.
    Answer(Outcome),
}

/// Decides `request` for a voter whose `existing` votes of this campaign are at least those of this period (all where
/// it is the whole campaign), those with the request's idempotency key and the voter's first one. `rules_revision` is
/// the campaign's, of the same moment: only what was stored before is answered under other rules.
///
/// A vote takes the first *free* slot and not the number after the highest: an amended quota can leave holes.
#[must_use]
pub fn decide(request: &VoteRequest, existing: &[Vote], rules_revision: i64) -> Decision {
    if let Some(answer) = repeated(request, existing) {
        return Decision::Answer(answer);
    }
    if request.rules_revision != rules_revision {
        return Decision::Answer(Outcome::RulesChanged(rules_revision));
    }
    let this_period = || existing.iter().filter(|v| v.period == request.period);
    // Once in the whole campaign is once, also where some of its votes were cast under a quota by day.
    let is_whole = request.period == period::WHOLE_CAMPAIGN;
    let votes = existing
        .iter()
        .filter(|v| is_whole || v.period == request.period);
    if let Some(nominee_id) = first_repeated_nominee(request, votes) {
        let refusal = Refusal::AlreadyVoted(nominee_id);
        return Decision::Answer(Outcome::Refused(refusal));
    }
    let mut slots = FreeSlots::new(this_period().map(|v| (v.scope_id, v.slot)).collect());
    let mut stored: Vec<Vote> = Vec::with_capacity(request.selections.len());
    for selection in &request.selections {
        let slot = slots.take(selection.scope_id);
        if slot > request.quota - slots.doubled(selection.scope_id) {
            return Decision::Answer(Outcome::Refused(Refusal::QuotaSpent(selection.scope_id)));
        }
        let is_first = existing.is_empty() && stored.is_empty();
        stored.push(new_vote(request, selection, slot, is_first));
    }
    Decision::Store(stored)
}

/// The first nominee of `request` whom one of `votes` is for.
fn first_repeated_nominee<'a>(
    request: &VoteRequest,
    mut votes: impl Iterator<Item = &'a Vote>,
) -> Option<NomineeId> {
    if let [selection] = request.selections.as_slice() {
        let nominee_id = selection.nominee_id;
        return votes
            .any(|v| v.nominee_id == nominee_id)
            .then_some(nominee_id);
    }
    let voted: HashSet<NomineeId> = votes.map(|v| v.nominee_id).collect();
    let mut nominees = request.selections.iter().map(|s| s.nominee_id);
    nominees.find(|id| voted.contains(id))
}

/// The slots of a voter's quotas that are free, lowest first.
struct FreeSlots {
    /// Slots that are taken, in order, each once.
    taken: Vec<(ScopeId, i64)>,
    /// The scopes of slots that are taken once more: two linked voters had them before they were one.
    doubled: Vec<ScopeId>,
    /// The last slot given in each scope that was asked for, and the place in `taken` behind those below it.
    given: Vec<(ScopeId, i64, usize)>,
}

impl FreeSlots {
    fn new(mut taken: Vec<(ScopeId, i64)>) -> Self {
        taken.sort_unstable();
        let mut doubled = Vec::new();
        taken.dedup_by(|next, kept| {
            let is_doubled = next == kept;
            doubled.extend(is_doubled.then_some(kept.0));
            is_doubled
        });
        Self {
            taken,
            doubled,
            given: Vec::new(),
        }
    }

    /// Votes of a scope that stand in slots of others: there are as many slots less to give.
    fn doubled(&self, scope_id: ScopeId) -> i64 {
        let doubled = self.doubled.iter().filter(|id| **id == scope_id).count();
        i64::try_from(doubled).unwrap_or(i64::MAX)
    }

    /// Takes the next free slot of a scope; there is always one, whatever the quota.
    fn take(&mut self, scope_id: ScopeId) -> i64 {
        // A request's selections come by scope, so that it is the last one or a new one.
        let known = self
            .given
            .iter()
            .rposition(|(scope, ..)| *scope == scope_id);
        let index = known.unwrap_or_else(|| {
            let start = self.taken.partition_point(|(scope, _)| *scope < scope_id);
            self.given.push((scope_id, 0, start));
            self.given.len() - 1
        });
        let (_, slot, next) = &mut self.given[index];
        *slot += 1;
        while self.taken.get(*next) == Some(&(scope_id, *slot)) {
            *slot += 1;
            *next += 1;
        }
        *slot
    }
}

/// Votes used in the period of `request` in each scope that it touches, when the voter's votes are `existing`.
#[must_use]
pub fn used<'a>(
    request: &VoteRequest,
    existing: &(impl Iterator<Item = &'a Vote> + Clone),
) -> Vec<(ScopeId, i64)> {
    let mut used: Vec<(ScopeId, i64)> = Vec::new();
    for selection in &request.selections {
        // They come by scope.
        if used
            .iter()
            .rev()
            .all(|(scope, _)| *scope != selection.scope_id)
        {
            used.push((selection.scope_id, 0));
        }
    }
    let this_period = existing.clone().filter(|v| v.period == request.period);
    if let [(scope_id, count)] = used.as_mut_slice() {
        let in_scope = this_period.filter(|v| v.scope_id == *scope_id).count();
        *count = i64::try_from(in_scope).unwrap_or(i64::MAX);
        return used;
    }
    let mut counts: HashMap<ScopeId, i64> = HashMap::new();
    for vote in this_period {
        *counts.entry(vote.scope_id).or_default() += 1;
    }
    for (scope_id, count) in &mut used {
        *count = counts.get(scope_id).copied().unwrap_or_default();
    }
    used
}

/// The votes that the refusal of a single vote rests on, when the voter's votes are `existing`.
#[must_use]
pub fn blocking_votes(request: &VoteRequest, refusal: Refusal, existing: &[Vote]) -> Vec<Vote> {
    match (refusal, request.selections.as_slice()) {
        (Refusal::AlreadyVoted(_) | Refusal::QuotaSpent(_), [selection]) => existing
            .iter()
            .filter(|v| v.period == request.period && v.scope_id == selection.scope_id)
            .cloned()
            .collect(),
        _ => Vec::new(),
    }
}

/// The answer to a request that was stored before: by its own ids (its commit's outcome was not known) or by its key.
fn repeated(request: &VoteRequest, existing: &[Vote]) -> Option<Outcome> {
    let earlier = earlier_votes(request, existing);
    if earlier.is_empty() {
        return None;
    }
    let by_nominee: HashMap<NomineeId, &Vote> =
        earlier.iter().rev().map(|v| (v.nominee_id, *v)).collect();
    let votes = request
        .selections
        .iter()
        .map(|s| by_nominee.get(&s.nominee_id).copied().cloned());
    Some(match votes.collect::<Option<Vec<Vote>>>() {
        Some(votes) if votes.len() == earlier.len() => Outcome::Counted(votes),
        _ => Outcome::Refused(Refusal::IdempotencyKeyReused),
    })
}

/// The votes that were stored by this request, or by one with its key.
fn earlier_votes<'a>(request: &VoteRequest, existing: &'a [Vote]) -> Vec<&'a Vote> {
    let has_key = |v: &&Vote| {
        request.idempotency_key.is_some() && v.idempotency_key == request.idempotency_key
    };
    if let [selection] = request.selections.as_slice() {
        let votes = existing.iter();
        return votes
            .filter(|v| v.id == selection.id || has_key(v))
            .collect();
    }
    let ids: HashSet<VoteId> = request.selections.iter().map(|s| s.id).collect();
    let votes = existing.iter();
    votes
        .filter(|v| ids.contains(&v.id) || has_key(v))
        .collect()
}

fn new_vote(request: &VoteRequest, selection: &Selection, slot: i64, is_first: bool) -> Vote {
    Vote {
        campaign_id: request.campaign_id,
        voter_id: request.voter_id,
        scope_id: selection.scope_id,
        period: request.period,
        slot,
        nominee_id: selection.nominee_id,
        id: selection.id,
        idempotency_key: request.idempotency_key,
        cast_at: request.cast_at,
        is_first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(
        voter: VoterId,
        nominees: &[u128],
        scope: u128,
        key: Option<u128>,
        period: i64,
        quota: i64,
    ) -> VoteRequest {
        VoteRequest {
            campaign_id: CampaignId(Uuid::from_u128(1)),
            voter_id: voter,
            period,
            quota,
            rules_revision: 1,
            cast_at: DateTime::UNIX_EPOCH,
            idempotency_key: key.map(Uuid::from_u128),
            selections: nominees
                .iter()
                .map(|&n| Selection {
                    id: VoteId::new(),
                    nominee_id: NomineeId(Uuid::from_u128(n)),
                    scope_id: ScopeId(Uuid::from_u128(scope)),
                })
                .collect(),
            client: ClientKind::Other,
            circumstances: Circumstances::default(),
        }
    }

    fn apply(request: &VoteRequest, existing: &mut Vec<Vote>) -> Outcome {
        match decide(request, existing, 1) {
            Decision::Store(votes) => {
                existing.extend(votes.clone());
                Outcome::Counted(votes)
            }
            Decision::Answer(outcome) => outcome,
        }
    }

    #[test]
    fn a_vote_takes_the_first_free_slot_also_in_a_hole() {
        let voter = VoterId::new();
        let mut existing = Vec::new();
        for nominee in 1..=3 {
            apply(&request(voter, &[nominee], 9, None, 5, 3), &mut existing);
        }
        existing.retain(|v| v.slot != 2);
        let Outcome::Counted(votes) = apply(&request(voter, &[7], 9, None, 5, 3), &mut existing)
        else {
            panic!("a slot is free");
        };
        assert_eq!(votes[0].slot, 2);
    }

    #[test]
    fn linked_voters_have_the_quota_of_one() {
        let voters = [VoterId::new(), VoterId::new()];
        // What they cast before they were linked stands in the same slots.
        let mut existing = Vec::new();
        for (voter, nominees) in voters.into_iter().zip([1..=3, 11..=12]) {
            let mut own = Vec::new();
            for nominee in nominees {
                apply(&request(voter, &[nominee], 9, None, 5, 7), &mut own);
            }
            existing.extend(own);
        }
        let spent = Outcome::Refused(Refusal::QuotaSpent(ScopeId(Uuid::from_u128(9))));
        for quota in [3, 5] {
            let refused = apply(&request(voters[0], &[21], 9, None, 5, quota), &mut existing);
            assert_eq!(refused, spent, "{quota}");
        }
        let too_many = apply(
            &request(voters[0], &[21, 22, 23], 9, None, 5, 7),
            &mut existing,
        );
        assert_eq!(too_many, spent);
        for nominee in [21, 22] {
            let counted = apply(
                &request(voters[1], &[nominee], 9, None, 5, 7),
                &mut existing,
            );
            assert!(matches!(counted, Outcome::Counted(_)), "{counted:?}");
        }
        let slots: HashSet<i64> = existing[5..].iter().map(|vote| vote.slot).collect();
        assert_eq!(slots, HashSet::from([4, 5]), "no slot of either");
        assert_eq!(
            apply(&request(voters[1], &[23], 9, None, 5, 7), &mut existing),
            spent
        );
        let repeated = apply(&request(voters[1], &[2], 9, None, 5, 9), &mut existing);
        assert!(
            matches!(repeated, Outcome::Refused(Refusal::AlreadyVoted(_))),
            "{repeated:?}"
        );
    }

    #[test]
    fn a_repeated_key_gets_the_first_answer_also_on_another_day() {
        let voter = VoterId::new();
        let mut existing = Vec::new();
        let first = apply(&request(voter, &[1], 9, Some(77), 5, 3), &mut existing);
        assert_eq!(
            apply(&request(voter, &[1], 9, Some(77), 5, 3), &mut existing),
            first
        );
        assert_eq!(
            apply(&request(voter, &[1], 9, Some(77), 6, 3), &mut existing),
            first
        );
        let reused = Outcome::Refused(Refusal::IdempotencyKeyReused);
        assert_eq!(
            apply(&request(voter, &[2], 9, Some(77), 5, 3), &mut existing),
            reused
        );
        assert_eq!(
            apply(&request(voter, &[1, 2], 9, Some(77), 5, 3), &mut existing),
            reused
        );
        assert_eq!(existing.len(), 1);
        apply(&request(voter, &[3, 4], 9, Some(78), 5, 3), &mut existing);
        let part = apply(&request(voter, &[3], 9, Some(78), 5, 3), &mut existing);
        assert_eq!(part, reused, "a part of a ballot is another");
    }

    #[test]
    fn used_votes_are_those_of_the_period_in_each_scope_that_is_touched() {
        let voter = VoterId::new();
        let scope = |n| ScopeId(Uuid::from_u128(n));
        let mut existing = Vec::new();
        for (nominee, scope, period) in [(1, 9, 5), (2, 9, 5), (3, 9, 6), (4, 8, 5), (5, 7, 5)] {
            apply(
                &request(voter, &[nominee], scope, None, period, 9),
                &mut existing,
            );
        }
        let mut ballot = request(voter, &[11, 12], 9, None, 5, 9);
        ballot
            .selections
            .extend(request(voter, &[13], 8, None, 5, 9).selections);
        let expected = vec![(scope(9), 2), (scope(8), 1)];
        assert_eq!(used(&ballot, &existing.iter()), expected);
    }

    #[test]
    fn a_refusal_rests_on_the_votes_of_its_scope_and_period() {
        let voter = VoterId::new();
        let mut existing = Vec::new();
        for (nominee, scope, period) in [(1, 9, 5), (2, 9, 5), (3, 9, 6), (4, 8, 5)] {
            apply(
                &request(voter, &[nominee], scope, None, period, 2),
                &mut existing,
            );
        }
        let blocking = |request: &VoteRequest, refusal| {
            let votes = blocking_votes(request, refusal, &existing).into_iter();
            votes.map(|v| v.nominee_id.0.as_u128()).collect::<Vec<_>>()
        };
        let again = request(voter, &[1], 9, None, 5, 2);
        let voted = Refusal::AlreadyVoted(again.selections[0].nominee_id);
        assert_eq!(blocking(&again, voted), [1, 2]);
        let spent = Refusal::QuotaSpent(again.selections[0].scope_id);
        assert_eq!(
            blocking(&request(voter, &[7], 9, None, 5, 2), spent),
            [1, 2]
        );
        // Other refusals, and those of a whole ballot, say nothing of a single vote.
        assert_eq!(blocking(&again, Refusal::IdempotencyKeyReused), [0; 0]);
        assert_eq!(
            blocking(&request(voter, &[1, 7], 9, None, 5, 2), voted),
            [0; 0]
        );
    }

    #[test]
    fn a_request_under_other_rules_is_not_decided_unless_it_was_stored() {
        let voter = VoterId::new();
        let mut existing = Vec::new();
        let keyed = request(voter, &[1], 9, Some(77), 5, 3);
        let first = apply(&keyed, &mut existing);
        for revision in [0, 2] {
            assert_eq!(
                decide(&keyed, &existing, revision),
                Decision::Answer(first.clone())
            );
            // Also a refusal is the new rules' to give.
            for nominee in [1, 2] {
                let other = request(voter, &[nominee], 9, None, 5, 3);
                let changed = Decision::Answer(Outcome::RulesChanged(revision));
                assert_eq!(decide(&other, &existing, revision), changed);
            }
        }
    }

    /// Votes that a commit with an unknown outcome has stored are found by their own ids, keys or not.
    #[test]
    fn a_request_that_was_stored_is_recognised_by_its_ids() {
        let voter = VoterId::new();
        let mut existing = Vec::new();
        let both = request(voter, &[1, 2], 9, None, 5, 3);
        let first = apply(&both, &mut existing);
        assert_eq!(apply(&both, &mut existing), first);
        assert_eq!(existing.len(), 2);
        assert!(existing[0].is_first && !existing[1].is_first);
        // Another request without a key is another one.
        let other = apply(&request(voter, &[1], 9, None, 5, 3), &mut existing);
        assert!(matches!(other, Outcome::Refused(Refusal::AlreadyVoted(_))));
    }

    #[test]
    fn a_ballot_is_stored_whole_or_not_at_all() {
        let voter = VoterId::new();
        let mut existing = Vec::new();
        apply(&request(voter, &[1], 9, None, 5, 3), &mut existing);
        let outcome = apply(&request(voter, &[2, 3, 4], 9, None, 5, 3), &mut existing);
        assert_eq!(
            outcome,
            Outcome::Refused(Refusal::QuotaSpent(ScopeId(Uuid::from_u128(9))))
        );
        let outcome = apply(&request(voter, &[2, 1], 9, None, 5, 3), &mut existing);
        assert_eq!(
            outcome,
            Outcome::Refused(Refusal::AlreadyVoted(NomineeId(Uuid::from_u128(1))))
        );
        let outcome = apply(&request(voter, &[2, 3], 9, None, 5, 3), &mut existing);
        assert!(matches!(outcome, Outcome::Counted(votes) if votes.len() == 2));
    }

    /// The decision as plain words have it, whatever it costs.
    fn decide_plainly(request: &VoteRequest, existing: &[Vote]) -> Decision {
        let is_own = |v: &&Vote| request.selections.iter().any(|s| s.id == v.id);
        let has_key = |v: &&Vote| {
            request.idempotency_key.is_some() && v.idempotency_key == request.idempotency_key
        };
        let earlier: Vec<&Vote> = existing
            .iter()
            .filter(|v| is_own(v) || has_key(v))
            .collect();
        if !earlier.is_empty() {
            let same = |s: &Selection| {
                earlier
                    .iter()
                    .find(|v| v.nominee_id == s.nominee_id)
                    .copied()
                    .cloned()
            };
            return Decision::Answer(
                match request
                    .selections
                    .iter()
                    .map(same)
                    .collect::<Option<Vec<Vote>>>()
                {
                    Some(votes) if votes.len() == earlier.len() => Outcome::Counted(votes),
                    _ => Outcome::Refused(Refusal::IdempotencyKeyReused),
                },
            );
        }
        let this_period = || existing.iter().filter(|v| v.period == request.period);
        let is_repeated = |s: &&Selection| {
            existing.iter().any(|v| {
                v.nominee_id == s.nominee_id && (request.period == 0 || v.period == request.period)
            })
        };
        if let Some(selection) = request.selections.iter().find(is_repeated) {
            return Decision::Answer(Outcome::Refused(Refusal::AlreadyVoted(
                selection.nominee_id,
            )));
        }
        let mut stored: Vec<Vote> = Vec::new();
        for selection in &request.selections {
            let takes = |v: &Vote, slot: i64| v.scope_id == selection.scope_id && v.slot == slot;
            let is_taken = |slot: i64| {
                this_period().any(|v| takes(v, slot)) || stored.iter().any(|v| takes(v, slot))
            };
            let Some(slot) = (1..=request.quota).find(|&slot| !is_taken(slot)) else {
                return Decision::Answer(Outcome::Refused(Refusal::QuotaSpent(selection.scope_id)));
            };
            let is_first = existing.is_empty() && stored.is_empty();
            stored.push(new_vote(request, selection, slot, is_first));
        }
        Decision::Store(stored)
    }

    fn used_plainly(request: &VoteRequest, existing: &[Vote]) -> Vec<(ScopeId, i64)> {
        let mut used: Vec<(ScopeId, i64)> = Vec::new();
        for Selection { scope_id, .. } in &request.selections {
            if used.iter().all(|(scope, _)| scope != scope_id) {
                let votes = existing
                    .iter()
                    .filter(|v| v.period == request.period && v.scope_id == *scope_id);
                used.push((
                    *scope_id,
                    i64::try_from(votes.count()).expect("it is small"),
                ));
            }
        }
        used
    }

    proptest! {
        #[test]
        fn no_sequence_of_requests_goes_over_the_quota_or_repeats_a_nominee(
            requests in prop::collection::vec(
                (prop::collection::btree_set(1u128..8, 1..4), 1u128..3, 0u128..5, 5i64..7), 1..40)
        ) {
            let voter = VoterId::new();
            let mut existing: Vec<Vote> = Vec::new();
            for (nominees, scope, key, period) in requests {
                let nominees: Vec<u128> = nominees.into_iter().collect();
                apply(&request(voter, &nominees, scope, (key > 0).then_some(key), period, 4), &mut existing);
            }
            for vote in &existing {
                let twins = existing.iter().filter(|v| v.period == vote.period && v.nominee_id == vote.nominee_id);
                prop_assert_eq!(twins.count(), 1);
                let peers = existing.iter().filter(|v| v.period == vote.period && v.scope_id == vote.scope_id);
                prop_assert!(peers.clone().count() <= 4);
                prop_assert_eq!(peers.filter(|v| v.slot == vote.slot).count(), 1);
            }
            prop_assert!(existing.iter().filter(|v| v.is_first).count() <= 1);
        }

        #[test]
        fn the_decision_is_the_plain_one(
            requests in prop::collection::vec(
                (prop::collection::btree_map(1u128..12, 1u128..4, 1..6), 0u128..5, 0i64..3, 1i64..5, any::<bool>()), 1..30)
        ) {
            let voter = VoterId::new();
            let mut existing: Vec<Vote> = Vec::new();
            for (nominees, key, period, quota, leaves_holes) in requests {
                let mut made = request(voter, &[], 0, (key > 0).then_some(key), period, quota);
                for (nominee, scope) in nominees {
                    made.selections.extend(request(voter, &[nominee], scope, None, period, quota).selections);
                }
                let decision = decide(&made, &existing, 1);
                prop_assert_eq!(&decision, &decide_plainly(&made, &existing));
                prop_assert_eq!(used(&made, &existing.iter()), used_plainly(&made, &existing));
                if let Decision::Store(votes) = decision {
                    existing.extend(votes);
                    prop_assert_eq!(decide(&made, &existing, 1), decide_plainly(&made, &existing));
                }
                if leaves_holes && !existing.is_empty() {
                    existing.remove(existing.len() / 2);
                }
            }
        }
    }
}
