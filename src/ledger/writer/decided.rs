//! The decisions on the casts of a batch, and what becomes of them once the keys have judged.

use std::collections::{HashMap, HashSet};

use crate::domain::ballot::{Ballot, Cast, Decision, Outcome, Verdict, decide, grounds, used};
use crate::id::{CampaignId, VoteId, VoterId};
use crate::ledger::ballot::NewBallot;

/// What became of a cast of a batch that was stored.
pub enum Fate {
    /// Its answer.
    Answered(Verdict),
    /// The keys did not take its votes, or not all: it lost a race and is decided again.
    Lost,
    /// The batch was taken back for another cast's sake: it is decided again, and that counts for nothing.
    TakenBack,
}

/// The fate of each cast of a batch. The wishes about likes are stored in any case.
pub type Fates = Vec<Fate>;

/// The decisions on the casts of a batch, with what they rest on.
pub struct Decided {
    known: HashMap<(CampaignId, VoterId), Vec<Ballot>>,
    decisions: Vec<Decision>,
}

impl Decided {
    /// Decides the casts by the ballots that are known of their voters.
    pub fn new(casts: &[&Cast], known: Vec<Ballot>) -> Self {
        let mut by_voter: HashMap<(CampaignId, VoterId), Vec<Ballot>> = HashMap::new();
        for ballot in known {
            by_voter
                .entry((ballot.campaign_id, ballot.voter_id))
                .or_default()
                .push(ballot);
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

    fn known_of(&self, cast: &Cast) -> &[Ballot] {
        self.known
            .get(&(cast.campaign_id, cast.voter_id))
            .map_or(&[][..], Vec::as_slice)
    }

    /// What is to be stored, in the order of the casts.
    pub fn rows<'a>(&self, casts: &[&'a Cast]) -> Vec<NewBallot<'a>> {
        let stores =
            self.decisions
                .iter()
                .zip(casts)
                .filter_map(|(decision, cast)| match decision {
                    Decision::Store(ballots) => Some((ballots, *cast)),
                    Decision::Answer(_) => None,
                });
        stores
            .flat_map(|(ballots, cast)| {
                ballots.iter().map(|ballot| NewBallot {
                    ballot: ballot.clone(),
                    network_hash: cast.network_hash.as_ref(),
                    device_hash: cast.device_hash.as_ref(),
                })
            })
            .collect()
    }

    /// Whether some votes of a cast were stored and others not.
    pub fn is_torn(&self, stored: &HashSet<VoteId>) -> bool {
        self.decisions.iter().any(|decision| match decision {
            Decision::Store(ballots) => {
                let count = ballots.iter().filter(|b| stored.contains(&b.id)).count();
                count != 0 && count != ballots.len()
            }
            Decision::Answer(_) => false,
        })
    }

    /// What becomes of the casts when `stored` are the ids that the database took.
    pub fn fates(&self, casts: &[&Cast], stored: &HashSet<VoteId>) -> Fates {
        let fate = |(decision, cast): (&Decision, &&Cast)| {
            let known = self.known_of(cast);
            match decision {
                Decision::Answer(outcome) => Fate::Answered(Verdict {
                    outcome: outcome.clone(),
                    used: used(cast, &known.iter()),
                    grounds: match outcome {
                        Outcome::Refused(refusal) => grounds(cast, *refusal, known),
                        Outcome::Counted(_) => Vec::new(),
                    },
                }),
                Decision::Store(ballots) if is_stored(ballots, stored) => Fate::Answered(Verdict {
                    used: used(cast, &known.iter().chain(ballots)),
                    outcome: Outcome::Counted(ballots.clone()),
                    grounds: Vec::new(),
                }),
                Decision::Store(_) => Fate::Lost,
            }
        };
        self.decisions.iter().zip(casts).map(fate).collect()
    }

    /// The same when the database had taken `stored` and they were taken back: only refusals and repetitions, which rest
    /// on what was committed before, are answered.
    pub fn taken_back(&self, casts: &[&Cast], stored: &HashSet<VoteId>) -> Fates {
        let fates = self.fates(casts, stored).into_iter().zip(&self.decisions);
        let fate = |(fate, decision): (Fate, &Decision)| match (fate, decision) {
            (Fate::Answered(_), Decision::Store(_)) => Fate::TakenBack,
            (fate, _) => fate,
        };
        fates.map(fate).collect()
    }
}

fn is_stored(ballots: &[Ballot], stored: &HashSet<VoteId>) -> bool {
    ballots.iter().all(|ballot| stored.contains(&ballot.id))
}
