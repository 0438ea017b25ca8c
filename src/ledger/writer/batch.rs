//! The jobs of the writer, and the batches that they are taken in.

use std::collections::{HashSet, VecDeque};

use tokio::sync::oneshot;

use super::BATCH_MAX;
use super::queue_limit::QueueLimit;
use crate::domain::vote::{Verdict, VoteRequest};
use crate::error::Result;
use crate::id::{CampaignId, SubjectId, VoterId};
use crate::ledger::like::LikeChange;
use crate::telemetry::traces::Context;

/// A vote request or a change of a like, with the caller that waits for its answer.
pub(super) struct Pending<T, A> {
    pub request: T,
    /// Its attempts so far.
    pub attempts: u8,
    pub reply: oneshot::Sender<Result<A>>,
    /// Its caller's place in a trace.
    pub context: Context,
}

impl<T, A> Pending<T, A> {
    pub(super) fn new(request: T, reply: oneshot::Sender<Result<A>>, context: Context) -> Self {
        Self {
            request,
            attempts: 0,
            reply,
            context,
        }
    }
}

/// A job of the writer.
pub(super) enum Job {
    Vote(Pending<VoteRequest, Verdict>),
    Like(Pending<LikeChange, ()>),
}

impl Job {
    fn is_abandoned(&self) -> bool {
        match self {
            Self::Vote(pending) => pending.reply.is_closed(),
            Self::Like(pending) => pending.reply.is_closed(),
        }
    }
}

/// The jobs of one batch, in the order of their keys.
#[derive(Default)]
pub(super) struct Batch {
    pub votes: Vec<Pending<VoteRequest, Verdict>>,
    pub likes: Vec<Pending<LikeChange, ()>>,
    /// Votes and likes together.
    pub rows: usize,
}

impl Batch {
    /// Takes up to [`BATCH_MAX`] rows from `backlog`; a second request of the same voter and campaign, or change about
    /// the same subject, stays behind for the next batch.
    pub(super) fn take(backlog: &mut VecDeque<Job>, queue_limit: &QueueLimit) -> Self {
        let mut batch = Self::default();
        let mut voters = HashSet::new();
        let mut likers = HashSet::new();
        let mut behind = VecDeque::new();
        while batch.rows < BATCH_MAX
            && let Some(job) = backlog.pop_front()
        {
            match job {
                // Its caller has been told to come back: whatever was stored, the next try finds it.
                job if job.is_abandoned() => queue_limit.leave(),
                Job::Vote(vote) if voters.insert(key_of_vote(&vote.request)) => {
                    batch.rows += vote.request.selections.len();
                    batch.votes.push(vote);
                }
                Job::Like(like) if likers.insert(key_of_like(&like.request)) => {
                    batch.rows += 1;
                    batch.likes.push(like);
                }
                job => behind.push_back(job),
            }
        }
        while let Some(job) = behind.pop_back() {
            backlog.push_front(job);
        }
        // Two processes store their batches in the same order and do not wait for each other in a circle.
        batch.votes.sort_by_key(|vote| key_of_vote(&vote.request));
        batch.likes.sort_by_key(|like| key_of_like(&like.request));
        batch
    }

    /// The places of its jobs in their traces.
    pub(super) fn contexts(&self) -> impl Iterator<Item = Context> {
        let votes = self.votes.iter().map(|vote| vote.context);
        votes.chain(self.likes.iter().map(|like| like.context))
    }

    pub(super) fn jobs(&self) -> usize {
        self.votes.len() + self.likes.len()
    }
}

fn key_of_vote(request: &VoteRequest) -> (CampaignId, VoterId) {
    (request.campaign_id, request.voter_id)
}

fn key_of_like(change: &LikeChange) -> (VoterId, SubjectId) {
    (change.voter_id, change.subject_id)
}
