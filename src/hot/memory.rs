//! The hot store of a single process, and the limiter while Redis is away.
//!
//! Everything is bounded ([`BoundedMap`]): what is forgotten costs a look at the database, or gives a token early; it is
//! never an answer.

use std::time::Instant;

use uuid::Uuid;

use super::limits::{self, Action, Limits, Subject};
use super::{Known, refusable};
use crate::bounded::BoundedMap;
use crate::domain::ballot::{Ballot, Cast};
use crate::error::{Error, Result};
use crate::id::{NomineeId, ScopeId, VoterId};

/// Voters held of each kind. Of votes an entry takes 64 bytes and 16 for each vote: 15 MB at ten votes each, 71 MB at
/// [`VOTES_MAX`].
const ENTRIES_MAX: usize = 65_536;
/// Votes remembered of a voter, scope and period. Of what is beyond them the ledger knows.
const VOTES_MAX: usize = 64;

type QuotaKey = (VoterId, ScopeId, i64);

/// Limits and remembered votes in the process.
#[derive(Debug)]
pub struct Memory {
    limits: Limits,
    started: Instant,
    buckets: BoundedMap<(Action, Uuid), u64>,
    votes: BoundedMap<QuotaKey, Vec<NomineeId>>,
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
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn take(&self, action: Action, subject: Subject, tokens: u32) -> Result<()> {
        // Offset by a day, so that a new bucket (time 0) is full.
        let now_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX / 2)
            + 86_400_000_000;
        let rate = self.limits.of(action);
        self.buckets.with(&(action, subject.key()), |tat_us| {
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

    pub(super) fn admit(&self, cast: &Cast) -> Result<Known> {
        self.take(Action::Cast, Subject::Voter(cast.voter_id), 1)?;
        let Some(choice) = refusable(cast) else {
            return Ok(Known::Nothing);
        };
        let key = (cast.voter_id, choice.scope_id, cast.period);
        let known = self.votes.peek(&key, |nominees| {
            if nominees.contains(&choice.nominee_id) {
                Known::Voted
            } else if i64::try_from(nominees.len()).unwrap_or(i64::MAX) >= cast.quota {
                Known::Spent
            } else {
                Known::Nothing
            }
        });
        Ok(known.unwrap_or(Known::Nothing))
    }

    pub(super) fn remember(&self, ballots: &[Ballot]) {
        for ballot in ballots {
            let key = (ballot.voter_id, ballot.scope_id, ballot.period);
            self.votes.with(&key, |nominees| {
                if nominees.len() < VOTES_MAX && !nominees.contains(&ballot.nominee_id) {
                    nominees.push(ballot.nominee_id);
                }
            });
        }
    }
}
