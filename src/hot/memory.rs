//! The hot store of a single process, and the limiter while Redis is away.
//!
//! Everything is bounded ([`BoundedMap`]): an entry that is forgotten costs a look at the database, or gives a token
//! early; it is never an answer.

use std::time::Instant;

use uuid::Uuid;

use super::limits::{self, Action, BucketOwner, Limits};
use super::{CastHash, SolutionHash, refusable};
use crate::bounded::BoundedMap;
use crate::domain::vote::{Refusal, Vote, VoteRequest};
use crate::error::{Error, Result};
use crate::id::{NomineeId, ScopeId, VoterId};

/// Voters held of each kind. An entry of votes takes 64 bytes and 16 for each vote: 15 MB at ten votes each, 71 MB at
/// [`VOTES_MAX`].
const ENTRIES_MAX: usize = 65_536;
/// Votes remembered of a voter, scope and period. The ledger knows the rest.
const VOTES_MAX: usize = 64;

/// Solutions of captchas whose casts are remembered, 48 bytes each: of 200 a second, those of the last five minutes are
/// among them, which is as long as a solution is good.
const SOLUTIONS_MAX: usize = 131_072;

type QuotaKey = (VoterId, ScopeId, i64);

/// Limits and remembered votes in the process.
#[derive(Debug)]
pub struct Memory {
    limits: Limits,
    started: Instant,
    buckets: BoundedMap<(Action, Uuid), u64>,
    votes: BoundedMap<QuotaKey, Vec<NomineeId>>,
    solutions: BoundedMap<SolutionHash, Option<CastHash>>,
}

impl Memory {
    /// An empty store.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            started: Instant::now(),
            buckets: BoundedMap::new(ENTRIES_MAX),
            votes: BoundedMap::new(ENTRIES_MAX),
            solutions: BoundedMap::new(SOLUTIONS_MAX),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn take(&self, action: Action, owner: BucketOwner, tokens: u32) -> Result<()> {
        let now_us = self.now_us();
        let rate = self.limits.of(action);
        self.buckets.with(&(action, owner.key()), |tat_us| {
            match limits::take(rate, tokens, *tat_us, now_us) {
                Ok(next) => {
                    *tat_us = next;
                    Ok(())
                }
                Err(retry_after) => Err(Error::RateLimited {
                    policy: action.name(),
                    retry_after,
                }),
            }
        })
    }

    /// Checks that a token is there, and takes none.
    pub(super) fn check_room(&self, action: Action, owner: BucketOwner) -> Result<()> {
        let rate = self.limits.of(action);
        let now_us = self.now_us();
        let room = self.buckets.peek(&(action, owner.key()), |tat_us| {
            limits::take(rate, 1, *tat_us, now_us)
        });
        match room {
            Some(Err(retry_after)) => Err(Error::RateLimited {
                policy: action.name(),
                retry_after,
            }),
            _ => Ok(()),
        }
    }

    /// The time of the buckets: offset by a day, so that a new one (time 0) is full.
    fn now_us(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX / 2) + 86_400_000_000
    }

    /// Takes a token of the voter; returns the refusal that remembered votes are sure of.
    pub(super) fn admit(&self, request: &VoteRequest) -> Result<Option<Refusal>> {
        self.take(Action::Cast, BucketOwner::Voter(request.voter_id), 1)?;
        let Some(selection) = refusable(request) else {
            return Ok(None);
        };
        let key = (request.voter_id, selection.scope_id, request.period);
        let refusal = self.votes.peek(&key, |nominees| {
            if nominees.contains(&selection.nominee_id) {
                Some(Refusal::AlreadyVoted(selection.nominee_id))
            } else if i64::try_from(nominees.len()).unwrap_or(i64::MAX) >= request.quota {
                Some(Refusal::QuotaSpent(selection.scope_id))
            } else {
                None
            }
        });
        Ok(refusal.flatten())
    }

    pub(super) fn forget_votes(&self) {
        self.votes.clear();
    }

    pub(super) fn find_solution_owner(&self, solution: SolutionHash) -> Option<CastHash> {
        self.solutions.peek(&solution, |owner| *owner).flatten()
    }

    /// The first owns it.
    pub(super) fn own_solution(&self, solution: SolutionHash, cast: CastHash) -> bool {
        self.solutions
            .with(&solution, |owner| *owner.get_or_insert(cast) == cast)
    }

    pub(super) fn remember(&self, votes: &[Vote]) {
        for vote in votes {
            let key = (vote.voter_id, vote.scope_id, vote.period);
            self.votes.with(&key, |nominees| {
                if nominees.len() < VOTES_MAX && !nominees.contains(&vote.nominee_id) {
                    nominees.push(vote.nominee_id);
                }
            });
        }
    }
}
