//! The history of a run: for every planned vote, like and view, the answers of the server.

use std::collections::BTreeMap;

use crate::measure::Kind;
use crate::schedule::Schedule;

/// The answers about a planned vote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoteHistory {
    /// The id of the vote that the server has acknowledged.
    pub vote: Option<Box<str>>,
    /// Acknowledgements of another vote for the same nominee: votes that count twice.
    pub doubles: u16,
    /// Refusals because the voter has voted for the nominee.
    pub already_voted: u16,
    /// Refusals because the quota is spent.
    pub quota_spent: u16,
    /// Refusals for other reasons.
    pub refused: u16,
    /// Requests without an answer: later answers say what became of them.
    pub lost: u16,
    /// Requests that were given up, whose outcome nobody knows.
    pub given_up: u16,
}

/// Whether there is a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// There must be one.
    Yes,
    /// There may be one: a request was given up without an answer.
    Perhaps,
    /// There must be none.
    No,
}

impl VoteHistory {
    /// Whether there is a vote, as far as the answers say.
    #[must_use]
    pub fn fact(&self) -> Fact {
        // One whose acknowledgement was lost is known by the refusal of the next.
        let is_known_by_refusal = self.already_voted > 0 && self.lost > 0;
        if self.vote.is_some() || is_known_by_refusal {
            Fact::Yes
        } else if self.given_up > 0 {
            Fact::Perhaps
        } else {
            Fact::No
        }
    }
}

/// The answers about a like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LikeHistory {
    /// Acknowledged.
    pub is_liked: bool,
    /// Given up without an answer.
    pub is_unknown: bool,
}

/// The answers of a run.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// By planned vote.
    pub planned_votes: Vec<VoteHistory>,
    /// By like.
    pub likes: Vec<LikeHistory>,
    /// Views that were acknowledged, by subject.
    pub views: Vec<u64>,
    /// Views of reports that were given up without an answer, by subject.
    pub unknown_views: Vec<u64>,
    /// The highest use of a quota that an answer has shown beyond its limit.
    pub quota_exceeded: u64,
    /// Votes that were acknowledged again to the same key.
    pub same_again: u64,
    /// Final refusals, by kind and code.
    pub refusals: BTreeMap<(Kind, String), u64>,
    /// Answers that said "later", by kind and code.
    pub retried: BTreeMap<(Kind, String), u64>,
    /// Events that were given up without an answer.
    pub given_up: BTreeMap<Kind, u64>,
}

impl History {
    /// An empty history.
    #[must_use]
    pub fn new(schedule: &Schedule, subjects: usize) -> Self {
        Self {
            planned_votes: vec![VoteHistory::default(); schedule.planned_votes.len()],
            likes: vec![LikeHistory::default(); schedule.likes.len()],
            views: vec![0; subjects],
            unknown_views: vec![0; subjects],
            ..Self::default()
        }
    }

    /// A vote was acknowledged.
    pub fn counted(&mut self, planned: u32, vote: &str) {
        let known = &mut self.planned_votes[planned as usize];
        match &known.vote {
            None => known.vote = Some(vote.into()),
            Some(first) if **first == *vote => self.same_again += 1,
            Some(_) => known.doubles += 1,
        }
    }

    /// A vote was refused for good.
    pub fn refused(&mut self, planned: u32, code: &str) {
        let known = &mut self.planned_votes[planned as usize];
        match code {
            "ALREADY_VOTED" => known.already_voted += 1,
            "QUOTA_SPENT" => known.quota_spent += 1,
            _ => known.refused += 1,
        }
        self.note_refusal(Kind::Vote, code);
    }

    /// Something was refused for good.
    pub fn note_refusal(&mut self, kind: Kind, code: &str) {
        *self.refusals.entry((kind, code.to_owned())).or_default() += 1;
    }

    /// A report of views of these subjects may count or not.
    pub fn note_unknown_views(&mut self, subjects: &[u16]) {
        for subject in subjects {
            self.unknown_views[usize::from(*subject)] += 1;
        }
    }

    /// The server said "later".
    pub fn note_retried(&mut self, kind: Kind, code: &str) {
        *self.retried.entry((kind, code.to_owned())).or_default() += 1;
    }
}
