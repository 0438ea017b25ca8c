//! The hot store: limits, early refusal, shared tallies and their announcements; in Redis, or in the process.
//!
//! It is never the truth: everything in it can be lost at any time, and only committed votes enter it. They do so when
//! the ledger has refused a request because of them: a voter who votes once is not remembered, one who hammers is
//! refused here from the third time on. When Redis does not answer, limits are kept in the process at the same rate and
//! everything else is skipped; no caller sees an error.
//!
//! Here a captcha's solution, which is in no table, is also tied to the cast that first brought it. Where that is lost,
//! a solution may be good once more on another process, as long as its service takes it.

mod limits;
mod memory;
mod redis;

use chrono::TimeDelta;
use tokio::sync::mpsc;

pub use self::limits::{Action, BucketOwner, Limits, Rate};
pub use self::memory::Memory;
pub use self::redis::{ConnectError, Known, Redis, RememberedVote, SharedTotals};

use crate::domain::tally::CampaignTotals;
use crate::domain::vote::{Outcome, Refusal, Selection, Verdict, Vote, VoteRequest};
use crate::error::Result;
use crate::id::CampaignId;
use crate::telemetry::traces::Span;

/// The keyed hash of a solution of a captcha.
pub type SolutionHash = [u8; 16];
/// The keyed hash of a cast, which is a voter, a campaign and an idempotency key.
pub type CastHash = [u8; 16];

/// The hot store of a process.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one a process")]
pub enum Hot {
    /// In the process: for a single process.
    Memory(Memory),
    /// In Redis, shared by all processes.
    Redis(Redis),
}

/// The one selection of a request that may be refused early: one vote, without an idempotency key. A request with a key
/// may be a repetition of a vote that counts, which only the ledger can tell; and the hot store never says that a vote
/// counts.
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
        let _span = Span::start("hot_take");
        match self {
            Self::Memory(memory) => memory.take(action, owner, 1),
            Self::Redis(redis) => redis.take(action, owner).await,
        }
    }

    /// Takes as many tokens as an operation costs, from a bucket of this process: it protects the process, and no
    /// operation waits for Redis because of it.
    ///
    /// # Errors
    /// [`crate::error::Error::RateLimited`] with the time to wait.
    pub fn charge(&self, action: Action, owner: BucketOwner, tokens: u32) -> Result<()> {
        match self {
            Self::Memory(memory) => memory.take(action, owner, tokens),
            Self::Redis(redis) => redis.charge(action, owner, tokens),
        }
    }

    /// Checks that a token is there, in this process, and takes none.
    ///
    /// # Errors
    /// [`crate::error::Error::RateLimited`] with the time to wait.
    pub fn check_room(&self, action: Action, owner: BucketOwner) -> Result<()> {
        match self {
            Self::Memory(memory) => memory.check_room(action, owner),
            Self::Redis(redis) => redis.check_room(action, owner),
        }
    }

    /// A document that some process has registered.
    pub async fn find_document(&self, hash: &str) -> Option<String> {
        let _span = Span::start("hot_find_document");
        match self {
            Self::Memory(_) => None,
            Self::Redis(redis) => redis.find_document(hash).await,
        }
    }

    /// Registers a document with all processes; the ones lately used stay.
    pub async fn register_document(&self, hash: &str, document: &str) {
        let _span = Span::start("hot_register_document");
        if let Self::Redis(redis) = self {
            redis.register_document(hash, document).await;
        }
    }

    /// Admits a request: takes a token of the voter's bucket, and refuses early where remembered votes are sure to
    /// refuse it. `None`: the ledger is to decide. One round trip.
    ///
    /// # Errors
    /// [`crate::error::Error::RateLimited`] with the time to wait.
    pub async fn admit(&self, request: &VoteRequest) -> Result<Option<Verdict>> {
        let _span = Span::start("hot_admit");
        let refusal = match self {
            Self::Memory(memory) => memory.admit(request)?,
            Self::Redis(redis) => redis.admit(request).await?,
        };
        Ok(refusal.map(|refusal| verdict(request, refusal)))
    }

    /// Remembers the committed `votes` of one voter, scope and period that a refusal rests on, for `lifetime`, until
    /// their period is over: the same is then refused without the ledger.
    pub fn remember(&self, votes: Vec<Vote>, lifetime: TimeDelta) {
        match self {
            Self::Memory(memory) => memory.remember(&votes),
            Self::Redis(redis) => redis.remember(votes, lifetime),
        }
    }

    /// The cast that a solution of a captcha belongs to, where one is known.
    pub async fn find_solution_owner(&self, solution: SolutionHash) -> Option<CastHash> {
        let _span = Span::start("hot_find_solution_owner");
        match self {
            Self::Memory(memory) => memory.find_solution_owner(solution),
            Self::Redis(redis) => redis.find_solution_owner(solution).await,
        }
    }

    /// Ties a good solution of a captcha to a cast, unless it belongs to another; returns whether it is the cast's.
    pub async fn own_solution(&self, solution: SolutionHash, cast: CastHash) -> bool {
        let _span = Span::start("hot_own_solution");
        match self {
            Self::Memory(memory) => memory.own_solution(solution, cast),
            Self::Redis(redis) => redis.own_solution(solution, cast).await,
        }
    }

    /// Shares `totals` with the other processes and tells them, unless a newer version is there.
    pub async fn share_totals(&self, totals: &CampaignTotals) {
        let _span = Span::start("hot_share_totals");
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
        let _span = Span::start("hot_find_totals");
        match self {
            Self::Memory(_) => None,
            Self::Redis(redis) => redis.find_totals(campaign_id).await,
        }
    }

    /// Campaigns and versions that other processes have announced; `None` when there are no other processes.
    /// Announcements can be lost: a process that needs all of them looks again from time to time.
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

    /// The epoch of what is remembered, while it is used: while nothing says that the database may have lost some of
    /// it. In a process alone there is one epoch.
    #[must_use]
    pub fn epoch(&self) -> Option<i64> {
        match self {
            Self::Memory(_) => Some(0),
            Self::Redis(redis) => redis.epoch(),
        }
    }

    /// Uses nothing of what is remembered until it has been compared with the database, which may be another one than
    /// before. Limits go on. A process alone has nobody to keep it for, and forgets it.
    pub fn distrust(&self) {
        match self {
            Self::Memory(memory) => memory.forget_votes(),
            Self::Redis(redis) => redis.distrust(),
        }
    }

    /// The database is in this epoch: distrusts what is remembered in another one.
    pub fn note_epoch(&self, epoch: i64) {
        if let Self::Redis(redis) = self
            && redis.epoch().is_some_and(|used| used != epoch)
        {
            redis.distrust();
        }
    }

    /// The part of what is remembered in an epoch that is compared; `None` while the store is away.
    pub async fn find_known(&self, epoch: i64, campaigns: &[CampaignId]) -> Option<Known> {
        match self {
            Self::Memory(_) => Some(Known::default()),
            Self::Redis(redis) => redis.find_known(epoch, campaigns).await,
        }
    }

    /// Uses what is remembered in this epoch: the database has it.
    pub fn trust(&self, epoch: i64) {
        if let Self::Redis(redis) = self {
            redis.trust(epoch);
        }
    }

    /// Removes the documents of an epoch that was left.
    pub async fn remove_documents(&self, epoch: i64) {
        if let Self::Redis(redis) = self {
            redis.remove_documents(epoch).await;
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

/// The verdict of a refusal. How many votes are used is left open, unless it is the quota: the store may have forgotten
/// some.
fn verdict(request: &VoteRequest, refusal: Refusal) -> Verdict {
    let used = match refusal {
        Refusal::QuotaSpent(scope_id) => vec![(scope_id, request.quota)],
        Refusal::AlreadyVoted(_) | Refusal::IdempotencyKeyReused => Vec::new(),
    };
    Verdict {
        outcome: Outcome::Refused(refusal),
        used,
        totals: Vec::new(),
        blocking_votes: Vec::new(),
    }
}
