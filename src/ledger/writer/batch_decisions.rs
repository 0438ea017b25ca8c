//! The decisions on the vote requests of a batch, and their results once the keys have judged.

use std::collections::HashMap;

use crate::domain::vote::{
    Decision, Outcome, Verdict, Vote, VoteRequest, blocking_votes, decide, used,
};
use crate::id::{CampaignId, VoterId};
use crate::ledger::vote::{Existing, NewVote, StoredVotes};

/// The result of a vote request whose batch was stored.
pub(super) enum CastResult {
    /// Its answer.
    Answered(Verdict),
    /// The keys did not take its votes, or not all: it lost a race and is decided again.
    Lost,
    /// The batch was rolled back for another request's sake: it is decided again, which is no attempt of its own.
    RolledBack,
}

/// The result of each request of a batch. Changes of likes are stored in any case.
pub(super) type CastResults = Vec<CastResult>;

/// The decisions on the requests of a batch, with the votes that they rest on.
pub(super) struct BatchDecisions {
    existing: HashMap<(CampaignId, VoterId), Vec<Vote>>,
    decisions: Vec<Decision>,
}

impl BatchDecisions {
    /// Decides the requests by the existing votes of their voters.
    pub(super) fn new(requests: &[&VoteRequest], existing: Existing) -> Self {
        let Existing {
            votes,
            rules_revisions,
        } = existing;
        let rules_revisions: HashMap<CampaignId, i64> = rules_revisions.into_iter().collect();
        let mut by_voter: HashMap<(CampaignId, VoterId), Vec<Vote>> = HashMap::new();
        for vote in votes {
            by_voter
                .entry((vote.campaign_id, vote.voter_id))
                .or_default()
                .push(vote);
        }
        let mut this = Self {
            existing: by_voter,
            decisions: Vec::with_capacity(requests.len()),
        };
        for request in requests {
            // A campaign that is gone has no rules; its nominees are gone, too, for the foreign keys to say.
            let revision = rules_revisions.get(&request.campaign_id);
            let revision = revision.copied().unwrap_or(request.rules_revision);
            let decision = decide(request, this.existing_votes(request), revision);
            this.decisions.push(decision);
        }
        this
    }

    fn existing_votes(&self, request: &VoteRequest) -> &[Vote] {
        self.existing
            .get(&(request.campaign_id, request.voter_id))
            .map_or(&[][..], Vec::as_slice)
    }

    /// The votes to store, in the order of the requests.
    pub(super) fn rows<'a>(&self, requests: &[&'a VoteRequest]) -> Vec<NewVote<'a>> {
        let mut rows = Vec::new();
        for (decision, request) in self.decisions.iter().zip(requests) {
            if let Decision::Store(votes) = decision {
                rows.extend(votes.iter().map(|vote| NewVote {
                    vote: vote.clone(),
                    network_hash: request.network_hash.as_ref(),
                    device_hash: request.device_hash.as_ref(),
                    rules_revision: request.rules_revision,
                    client: request.client,
                }));
            }
        }
        rows
    }

    /// Whether some votes of a request were stored and others not.
    pub(super) fn is_partial(&self, stored: &StoredVotes) -> bool {
        self.decisions.iter().any(|decision| match decision {
            Decision::Store(votes) => {
                let count = votes.iter().filter(|v| stored.contains_key(&v.id)).count();
                count != 0 && count != votes.len()
            }
            Decision::Answer(_) => false,
        })
    }

    /// The results of the requests when `stored` are the votes that the database took.
    pub(super) fn results(&self, requests: &[&VoteRequest], stored: &StoredVotes) -> CastResults {
        let decided = self.decisions.iter().zip(requests);
        decided
            .map(|(decision, request)| self.result(decision, request, stored))
            .collect()
    }

    fn result(
        &self,
        decision: &Decision,
        request: &VoteRequest,
        stored: &StoredVotes,
    ) -> CastResult {
        let existing = self.existing_votes(request);
        match decision {
            Decision::Answer(outcome) => CastResult::Answered(Verdict {
                outcome: outcome.clone(),
                used: used(request, &existing.iter()),
                totals: Vec::new(),
                blocking_votes: match outcome {
                    Outcome::Refused(refusal) => blocking_votes(request, *refusal, existing),
                    Outcome::Counted(_) | Outcome::RulesChanged(_) => Vec::new(),
                },
            }),
            Decision::Store(votes) if votes.iter().all(|v| stored.contains_key(&v.id)) => {
                CastResult::Answered(Verdict {
                    used: used(request, &existing.iter().chain(votes)),
                    totals: votes
                        .iter()
                        .filter_map(|vote| Some((vote.nominee_id, *stored.get(&vote.id)?)))
                        .collect(),
                    outcome: Outcome::Counted(votes.clone()),
                    blocking_votes: Vec::new(),
                })
            }
            Decision::Store(_) => CastResult::Lost,
        }
    }

    /// The same when the database had taken `stored` and they were rolled back: only refusals and repetitions, which
    /// rest on committed votes, are answered.
    pub(super) fn rolled_back(
        &self,
        requests: &[&VoteRequest],
        stored: &StoredVotes,
    ) -> CastResults {
        let results = self.results(requests, stored).into_iter();
        results
            .zip(&self.decisions)
            .map(|(result, decision)| match (result, decision) {
                (CastResult::Answered(_), Decision::Store(_)) => CastResult::RolledBack,
                (result, _) => result,
            })
            .collect()
    }
}
