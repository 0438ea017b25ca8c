//! The hot store: limits, early refusal, shared tallies and their announcements; in Redis, or in the process.
//!
//! It is never the truth: everything in it can be lost at any time and is rebuilt from SQL, and only committed votes
//! enter it. When Redis does not answer, limits are kept in the process at the same rate and everything else is
//! skipped; no caller sees an error.

mod limits;
mod memory;
mod redis;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc;
use uuid::Uuid;

pub use self::limits::{Action, Limits, Rate, Subject};
pub use self::memory::Memory;
pub use self::redis::{ConnectError, Redis, RememberedVote};

use crate::domain::ballot::{Ballot, Cast, Outcome, Refusal, Verdict};
use crate::domain::tally::CampaignTotals;
use crate::error::Result;
use crate::id::{CampaignId, VoteId};

/// The hot store of a process.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one a process")]
pub enum Hot {
    /// In the process: for a single process.
    Memory(Memory),
    /// In Redis, shared by all processes.
    Redis(Redis),
}

/// A vote as the hot store remembers it, to refuse or to answer a repetition early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Remembered {
    id: VoteId,
    idempotency_key: Option<Uuid>,
    cast_at: DateTime<Utc>,
    slot: i64,
}

impl Remembered {
    fn of(ballot: &Ballot) -> Self {
        Self {
            id: ballot.id,
            idempotency_key: ballot.idempotency_key,
            cast_at: ballot.cast_at,
            slot: ballot.slot,
        }
    }
}

/// What the hot store knows about a cast of one vote.
#[derive(Debug)]
enum Known {
    /// Nothing that decides it.
    Nothing,
    /// Another vote of this period and scope has its idempotency key.
    KeyReused,
    /// There is a vote for this nominee in this period.
    Voted(Remembered),
    /// The quota is spent.
    Spent,
}

impl Hot {
    /// Takes one token of the caller's bucket.
    ///
    /// # Errors
    /// [`crate::error::Error::RateLimited`] with the time to wait.
    pub async fn take(&self, action: Action, subject: Subject) -> Result<()> {
        match self {
            Self::Memory(memory) => memory.take(action, subject),
            Self::Redis(redis) => redis.take(action, subject).await,
        }
    }

    /// Admits a cast: takes a token of the voter's bucket and answers early what is known to be refused, or to be
    /// counted already. `None`: the ledger is to decide. One round trip.
    ///
    /// # Errors
    /// [`crate::error::Error::RateLimited`] with the time to wait.
    pub async fn admit(&self, cast: &Cast) -> Result<Option<Verdict>> {
        let known = match self {
            Self::Memory(memory) => memory.admit(cast)?,
            Self::Redis(redis) => redis.admit(cast).await?,
        };
        Ok(verdict(cast, &known))
    }

    /// Remembers votes that are committed for `lifetime`, until their period is over.
    pub fn remember(&self, ballots: &[Ballot], lifetime: TimeDelta) {
        match self {
            Self::Memory(memory) => memory.remember(ballots),
            Self::Redis(redis) => redis.remember(ballots, lifetime),
        }
    }

    /// Shares `totals` with the other processes and tells them, unless a newer version is there.
    pub async fn share_totals(&self, totals: &CampaignTotals) {
        if let Self::Redis(redis) = self {
            redis.share_totals(totals).await;
        }
    }

    /// Whether other processes can see what is shared here.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Redis(_))
    }

    /// The totals that are shared, if any.
    pub async fn find_totals(&self, campaign_id: CampaignId) -> Option<CampaignTotals> {
        match self {
            Self::Memory(_) => None,
            Self::Redis(redis) => redis.find_totals(campaign_id).await,
        }
    }

    /// Campaigns and versions that other processes have announced; `None` when there are no other processes.
    /// Announcements can be lost: whoever needs all of them looks again from time to time.
    #[must_use]
    pub fn announcements(&self) -> Option<mpsc::Receiver<(CampaignId, i64)>> {
        match self {
            Self::Memory(_) => None,
            Self::Redis(redis) => Some(redis.announcements()),
        }
    }

    /// Whether the store answers; the in-process one always does.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Redis(redis) => redis.is_healthy(),
        }
    }

    /// `Redis` or `in-process`, for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Memory(_) => "in-process",
            Self::Redis(_) => "Redis",
        }
    }
}

/// Turns what is known about a cast of one vote into its answer. How many votes are used is left open, unless it is the
/// quota: the store may have forgotten some.
fn verdict(cast: &Cast, known: &Known) -> Option<Verdict> {
    let choice = cast.votes.first()?;
    let mut used = Vec::new();
    let outcome = match known {
        Known::Nothing => return None,
        Known::KeyReused => Outcome::Refused(Refusal::IdempotencyKeyReused),
        Known::Spent => {
            used.push((choice.scope_id, cast.quota));
            Outcome::Refused(Refusal::QuotaSpent(choice.scope_id))
        }
        Known::Voted(vote)
            if cast.idempotency_key.is_some() && vote.idempotency_key == cast.idempotency_key =>
        {
            Outcome::Counted(vec![Ballot {
                campaign_id: cast.campaign_id,
                voter_id: cast.voter_id,
                scope_id: choice.scope_id,
                period: cast.period,
                slot: vote.slot,
                nominee_id: choice.nominee_id,
                id: vote.id,
                idempotency_key: vote.idempotency_key,
                cast_at: vote.cast_at,
                is_first: false,
            }])
        }
        Known::Voted(_) => Outcome::Refused(Refusal::AlreadyVoted(choice.nominee_id)),
    };
    Some(Verdict { outcome, used })
}
