//! The decisions on the casts of a batch, and what becomes of them once the keys have judged.

use std::collections::{HashMap, HashSet};

use crate::domain::vote::{
    Decision, Outcome, Verdict, Vote, VoteRequest, blocking_votes, decide, used,
};
use crate::id::{CampaignId, VoteId, VoterId};
use crate::ledger::vote::NewVote;

/// What became of a cast of a batch that was stored.
pub enum CastResult {
    /// Its answer.
    Answered(Verdict),
    /// The keys did not take its votes, or not all: it lost a race and is decided again.
    Lost,
    /// The batch was taken back for another cast's sake: it is decided again, and that counts for nothing.
    RolledBack,
}

/// The result of each cast of a batch. Changes of likes are stored in any case.
pub type CastResults = Vec<CastResult>;

/// The decisions on the casts of a batch, with what they rest on.
pub struct BatchDecisions {
    known: HashMap<(CampaignId, VoterId), Vec<Vote>>,
    decisions: Vec<Decision>,
}

impl BatchDecisions {
    /// Decides the casts by the votes that are known of their voters.
    pub fn new(casts: &[&VoteRequest], known: Vec<Vote>) -> Self {
        let mut by_voter: HashMap<(CampaignId, VoterId), Vec<Vote>> = HashMap::new();
        for vote in known {
            by_voter
                .entry((vote.campaign_id, vote.voter_id))
                .or_default()
                .push(vote);
        }
        let mut decided = Self {
            known: by_voter,
            decisions: Vec::new(),
        };
        let decisions = casts
            .iter()
            .map(|cast| decide(cast, decided.known_of(cast)));
        decided.decisions = decisions.collect();
        decided
    }

    fn known_of(&self, cast: &VoteRequest) -> &[Vote] {
        self.known
            .get(&(cast.campaign_id, cast.voter_id))
            .map_or(&[][..], Vec::as_slice)
    }

    /// What is to be stored, in the order of the casts.
    pub fn rows<'a>(&self, casts: &[&'a VoteRequest]) -> Vec<NewVote<'a>> {
        let stores =
            self.decisions
                .iter()
                .zip(casts)
                .filter_map(|(decision, cast)| match decision {
                    Decision::Store(votes) => Some((votes, *cast)),
                    Decision::Answer(_) => None,
                });
        stores
            .flat_map(|(votes, cast)| {
                votes.iter().map(|vote| NewVote {
                    vote: vote.clone(),
                    network_hash: cast.network_hash.as_ref(),
                    device_hash: cast.device_hash.as_ref(),
                })
            })
            .collect()
    }

    /// Whether some votes of a cast were stored and others not.
    pub fn is_partial(&self, stored: &HashSet<VoteId>) -> bool {
        self.decisions.iter().any(|decision| match decision {
            Decision::Store(votes) => {
                let count = votes.iter().filter(|b| stored.contains(&b.id)).count();
                count != 0 && count != votes.len()
            }
            Decision::Answer(_) => false,
        })
    }

    /// What becomes of the casts when `stored` are the ids that the database took.
    pub fn results(&self, casts: &[&VoteRequest], stored: &HashSet<VoteId>) -> CastResults {
        let result_of = |(decision, cast): (&Decision, &&VoteRequest)| {
            let known = self.known_of(cast);
            match decision {
                Decision::Answer(outcome) => CastResult::Answered(Verdict {
                    outcome: outcome.clone(),
                    used: used(cast, &known.iter()),
                    blocking_votes: match outcome {
                        Outcome::Refused(refusal) => blocking_votes(cast, *refusal, known),
                        Outcome::Counted(_) => Vec::new(),
                    },
                }),
                Decision::Store(votes) if is_stored(votes, stored) => {
                    CastResult::Answered(Verdict {
                        used: used(cast, &known.iter().chain(votes)),
                        outcome: Outcome::Counted(votes.clone()),
                        blocking_votes: Vec::new(),
                    })
                }
                Decision::Store(_) => CastResult::Lost,
            }
        };
        self.decisions.iter().zip(casts).map(result_of).collect()
    }

    /// The same when the database had taken `stored` and they were taken back: only refusals and repetitions, which rest
    /// on what was committed before, are answered.
    pub fn rolled_back(&self, casts: &[&VoteRequest], stored: &HashSet<VoteId>) -> CastResults {
        let results = self.results(casts, stored).into_iter().zip(&self.decisions);
        let result_of = |(result_of, decision): (CastResult, &Decision)| match (result_of, decision)
        {
            (CastResult::Answered(_), Decision::Store(_)) => CastResult::RolledBack,
            (result_of, _) => result_of,
        };
        results.map(result_of).collect()
    }
}

fn is_stored(votes: &[Vote], stored: &HashSet<VoteId>) -> bool {
    votes.iter().all(|vote| stored.contains(&vote.id))
}
