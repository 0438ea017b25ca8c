//! The hot store: limits, early refusal, shared tallies and their announcements; in Redis, or in the process.
//!
//! It is never the truth: everything in it can be lost at any time, and only committed votes enter it. They do so when
//! the ledger has refused a cast on their account: who votes once is not remembered, who hammers is refused here from
//! the third time on. When Redis does not answer, limits are kept in the process at the same rate and everything else is
//! skipped; no caller sees an error.

mod limits;
mod memory;
mod redis;

use chrono::TimeDelta;
use tokio::sync::mpsc;

pub use self::limits::{Action, BucketOwner, Limits, Rate};
pub use self::memory::Memory;
pub use self::redis::{ConnectError, Redis, RememberedVote};

use crate::domain::tally::CampaignTotals;
use crate::domain::vote::{Outcome, Refusal, Selection, Verdict, Vote, VoteRequest};
use crate::error::Result;
use crate::id::CampaignId;

/// The hot store of a process.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one a process")]
pub enum Hot {
    /// In the process: for a single process.
    Memory(Memory),
    /// In Redis, shared by all processes.
    Redis(Redis),
}

/// What the hot store knows about a cast of one vote without an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Nothing that decides it.
    Nothing,
    /// There is a vote for this nominee in this period.
    Voted,
    /// The quota is spent.
    Spent,
}

/// The one selection of a cast that may be refused early: one vote, without an idempotency key. A cast with a key may be a
/// repetition of a vote that counts, which only the ledger can tell; and the hot store never says that a vote counts.
fn refusable(request: &VoteRequest) -> Option<&Selection> {
    match request.selections.as_slice() {
        [selection] if request.idempotency_key.is_none() => Some(selection),
        _ => None,
    }
}

impl Hot {
    /// Takes one token of the caller's bucket.
    ///
    /// # Errors
    /// [`crate::error::Error::RateLimited`] with the time to wait.
    pub async fn take(&self, action: Action, owner: BucketOwner) -> Result<()> {
        match self {
            Self::Memory(memory) => memory.take(action, owner, 1),
            Self::Redis(redis) => redis.take(action, owner).await,
        }
    }

    /// Takes as many tokens as an operation costs, from a bucket of this process: what it protects is the process, and
    /// no operation waits for Redis on its account.
    ///
    /// # Errors
    /// [`crate::error::Error::RateLimited`] with the time to wait.
    pub fn charge(&self, action: Action, owner: BucketOwner, tokens: u32) -> Result<()> {
        match self {
            Self::Memory(memory) => memory.take(action, owner, tokens),
            Self::Redis(redis) => redis.charge(action, owner, tokens),
        }
    }

    /// A document that some process has registered.
    pub async fn find_document(&self, hash: &str) -> Option<String> {
        match self {
            Self::Memory(_) => None,
            Self::Redis(redis) => redis.find_document(hash).await,
        }
    }

    /// Makes a document known to all processes, of which the ones lately used are kept.
    pub async fn register_document(&self, hash: &str, document: &str) {
        if let Self::Redis(redis) = self {
            redis.register_document(hash, document).await;
        }
    }

    /// Admits a cast: takes a token of the voter's bucket and refuses early what committed votes are known to refuse.
    /// `None`: the ledger is to decide. One round trip.
    ///
    /// # Errors
    /// [`crate::error::Error::RateLimited`] with the time to wait.
    pub async fn admit(&self, request: &VoteRequest) -> Result<Option<Verdict>> {
        let known = match self {
            Self::Memory(memory) => memory.admit(request)?,
            Self::Redis(redis) => redis.admit(request).await?,
        };
        Ok(verdict(request, known))
    }

    /// Remembers the committed `votes` of one voter, scope and period that a refusal rests on, for `lifetime`, until
    /// their period is over: the same is then refused without the ledger.
    pub fn remember(&self, votes: Vec<Vote>, lifetime: TimeDelta) {
        match self {
            Self::Memory(memory) => memory.remember(&votes),
            Self::Redis(redis) => redis.remember(votes, lifetime),
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

    /// The rates of limited actions.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        match self {
            Self::Memory(memory) => memory.limits(),
            Self::Redis(redis) => redis.limits(),
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

/// Turns what is known about a cast into its refusal. How many votes are used is left open, unless it is the quota: the
/// store may have forgotten some.
fn verdict(request: &VoteRequest, known: Known) -> Option<Verdict> {
    let selection = refusable(request)?;
    let (refusal, used) = match known {
        Known::Nothing => return None,
        Known::Voted => (Refusal::AlreadyVoted(selection.nominee_id), Vec::new()),
        Known::Spent => (
            Refusal::QuotaSpent(selection.scope_id),
            vec![(selection.scope_id, request.quota)],
        ),
    };
    Some(Verdict {
        outcome: Outcome::Refused(refusal),
        used,
        blocking_votes: Vec::new(),
    })
}
