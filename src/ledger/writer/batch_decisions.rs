//! The decisions on the vote requests of a batch, and their results once the keys have judged.

use std::collections::{HashMap, HashSet};

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
    /// It is decided again, which is no attempt of its own: the batch was rolled back for another request's sake, or
    /// another request of the same person comes first.
    Later,
}

/// The result of each request of a batch. Changes of likes are stored in any case.
pub(super) type CastResults = Vec<CastResult>;

/// The decisions on the requests of a batch, with the votes that they rest on.
pub(super) struct BatchDecisions {
    /// By campaign and canonical voter.
    existing: HashMap<(CampaignId, VoterId), Vec<Vote>>,
    links: HashMap<VoterId, VoterId>,
    rulings: Vec<Ruling>,
}

/// The ruling on a request.
enum Ruling {
    Decided(Decision),
    /// Another request of the batch is of a voter who is the same person: it comes first.
    Later,
}

impl BatchDecisions {
    /// Decides the requests by the existing votes of their voters.
    pub(super) fn new(requests: &[&VoteRequest], existing: Existing) -> Self {
        let Existing {
            votes,
            rules_revisions,
            links,
        } = existing;
        let rules_revisions: HashMap<CampaignId, i64> = rules_revisions.into_iter().collect();
        let mut this = Self {
            existing: HashMap::new(),
            links,
            rulings: Vec::with_capacity(requests.len()),
        };
        for vote in votes {
            let key = (vote.campaign_id, this.canonical(vote.voter_id));
            this.existing.entry(key).or_default().push(vote);
        }
        let mut seen = HashSet::new();
        for request in requests {
            let key = (request.campaign_id, this.canonical(request.voter_id));
            if !this.links.is_empty() && !seen.insert(key) {
                this.rulings.push(Ruling::Later);
                continue;
            }
            // A campaign that is gone has no rules; its nominees are gone, too, for the foreign keys to say.
            let revision = rules_revisions.get(&request.campaign_id);
            let revision = revision.copied().unwrap_or(request.rules_revision);
            let mut decision = decide(request, this.existing_votes(request), revision);
            if let Decision::Store(votes) = &mut decision {
                for vote in votes {
                    vote.voter_id = key.1;
                }
            }
            this.rulings.push(Ruling::Decided(decision));
        }
        this
    }

    fn canonical(&self, id: VoterId) -> VoterId {
        self.links.get(&id).copied().unwrap_or(id)
    }

    fn existing_votes(&self, request: &VoteRequest) -> &[Vote] {
        self.existing
            .get(&(request.campaign_id, self.canonical(request.voter_id)))
            .map_or(&[][..], Vec::as_slice)
    }

    /// The votes to store, in the order of their keys.
    pub(super) fn rows<'a>(&self, requests: &[&'a VoteRequest]) -> Vec<NewVote<'a>> {
        let mut rows = Vec::new();
        for (ruling, request) in self.rulings.iter().zip(requests) {
            if let Ruling::Decided(Decision::Store(votes)) = ruling {
                rows.extend(votes.iter().map(|vote| NewVote {
                    vote: vote.clone(),
                    circumstances: &request.circumstances,
                    rules_revision: request.rules_revision,
                    client: request.client,
                }));
            }
        }
        if !self.links.is_empty() {
            // The requests are in the order of their own voters' ids, and not of the canonical ones'.
            rows.sort_by_key(|row| (row.vote.campaign_id, row.vote.voter_id));
        }
        rows
    }

    /// Whether some votes of a request were stored and others not.
    pub(super) fn is_partial(&self, stored: &StoredVotes) -> bool {
        self.rulings.iter().any(|ruling| match ruling {
            Ruling::Decided(Decision::Store(votes)) => {
                let count = votes.iter().filter(|v| stored.contains_key(&v.id)).count();
                count != 0 && count != votes.len()
            }
            Ruling::Decided(Decision::Answer(_)) | Ruling::Later => false,
        })
    }

    /// The results of the requests when `stored` are the votes that the database took.
    pub(super) fn results(&self, requests: &[&VoteRequest], stored: &StoredVotes) -> CastResults {
        let decided = self.rulings.iter().zip(requests);
        decided
            .map(|(ruling, request)| match ruling {
                Ruling::Decided(decision) => self.result(decision, request, stored),
                Ruling::Later => CastResult::Later,
            })
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
            .zip(&self.rulings)
            .map(|(result, ruling)| match (result, ruling) {
                (CastResult::Answered(_), Ruling::Decided(Decision::Store(_))) => CastResult::Later,
                (result, _) => result,
            })
            .collect()
    }
}
