//! The hot store of a single process, and the limiter while Redis is away.
//!
//! Everything is bounded ([`BoundedMap`]): what is forgotten costs a look at the database, or gives a token early; it is
//! never an answer.

use std::time::Instant;

use uuid::Uuid;

use super::limits::{self, Action, Limits, Subject};
use super::{Known, Remembered};
use crate::bounded::BoundedMap;
use crate::domain::ballot::{Ballot, Cast};
use crate::error::{Error, Result};
use crate::id::{NomineeId, ScopeId, VoterId};

/// Voters held of each kind: some 60 MB when full.
const ENTRIES_MAX: usize = 262_144;

type QuotaKey = (VoterId, ScopeId, i64);

/// Limits and remembered votes in the process.
#[derive(Debug)]
pub struct Memory {
    limits: Limits,
    started: Instant,
    buckets: BoundedMap<(Action, Uuid), u64>,
    votes: BoundedMap<QuotaKey, Vec<(NomineeId, Remembered)>>,
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

    pub(super) fn take(&self, action: Action, subject: Subject) -> Result<()> {
        // Offset by a day, so that a new bucket (time 0) is full.
        let now_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX / 2)
            + 86_400_000_000;
        let rate = self.limits.of(action);
        self.buckets.with(&(action, subject.key()), |tat_us| {
            match limits::take(rate, *tat_us, now_us) {
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
        self.take(Action::Cast, Subject::Voter(cast.voter_id))?;
        let [choice] = cast.votes.as_slice() else {
            return Ok(Known::Nothing);
        };
        let known = self
            .votes
            .peek(&(cast.voter_id, choice.scope_id, cast.period), |votes| {
                let voted = votes
                    .iter()
                    .find(|(nominee, _)| *nominee == choice.nominee_id);
                if voted.is_none() && i64::try_from(votes.len()).unwrap_or(i64::MAX) < cast.quota {
                    return Known::Nothing;
                }
                let key_is_anothers = cast.idempotency_key.is_some()
                    && votes.iter().any(|(nominee, vote)| {
                        *nominee != choice.nominee_id
                            && vote.idempotency_key == cast.idempotency_key
                    });
                match voted {
                    _ if key_is_anothers => Known::KeyReused,
                    Some((_, vote)) => Known::Voted(*vote),
                    None => Known::Spent,
                }
            });
        Ok(known.unwrap_or(Known::Nothing))
    }

    pub(super) fn remember(&self, ballots: &[Ballot]) {
        for ballot in ballots {
            self.votes.with(
                &(ballot.voter_id, ballot.scope_id, ballot.period),
                |votes| {
                    if votes
                        .iter()
                        .all(|(nominee, _)| *nominee != ballot.nominee_id)
                    {
                        votes.push((ballot.nominee_id, Remembered::of(ballot)));
                    }
                },
            );
        }
    }
}
