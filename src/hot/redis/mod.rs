//! The hot store in Redis or Redis Cluster: [`client`] is the way there, [`keys`] names all keys, [`admission`] asks
//! whether a caller may go on, for many at once, [`epoch`] is what keeps Redis from remembering what SQL has lost.
//!
//! Scripts may run twice, since clients repeat them: they are idempotent but for a token.

mod admission;
mod client;
mod epoch;
mod keys;
mod solutions;
mod totals;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use redis::{Client, Pipeline, RedisError, RedisResult, Script};
use tokio::sync::mpsc;
use uuid::Uuid;

use self::admission::{Admission, Admitted, VoteQuestion};
use self::client::{BREAKER_OPEN, RedisClient};
pub use self::epoch::Known;
use self::epoch::note_latest;
use self::keys::{Keys, VotesKey};
use self::totals::{decode_guest_votes, decode_totals, encode_guest_votes, encode_totals};
use super::limits::{Action, BucketOwner, Limits};
use super::memory::Memory;
use super::refusable;
use crate::domain::tally::CampaignTotals;
use crate::domain::vote::{Refusal, Vote, VoteRequest};
use crate::error::{Error, Result};
use crate::id::{CampaignId, ScopeId, VoteId, VoterId};

/// Refusals whose votes wait to be remembered. Beyond it they are not: the next repetition goes to the ledger, too.
const REMEMBER_QUEUE_MAX: usize = 4_096;
/// Refusals whose votes are remembered in one round trip.
const REMEMBER_BATCH_MAX: usize = 256;
/// Announcements that wait for the publisher. Beyond it they are dropped; it looks again by itself.
const ANNOUNCEMENTS_MAX: usize = 1_024;
/// Registered documents: 32 MiB of the largest.
const DOCUMENTS_MAX: u32 = 4_096;
/// The time that remembered votes outlive their period, for repetitions on the way.
const EXPIRY_GRACE_SECONDS: i64 = 3_600;

/// A vote that the hot store remembers, for verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RememberedVote {
    /// The voter.
    pub voter_id: VoterId,
    /// The scope of its quota.
    pub scope_id: ScopeId,
    /// Its period.
    pub period: i64,
    /// Its id.
    pub id: VoteId,
}

/// The totals of a campaign as they are shared.
#[derive(Debug)]
pub struct SharedTotals {
    /// The totals.
    pub totals: CampaignTotals,
    /// Whether the votes of guests are among them: they are not where an older program shared them.
    pub has_guest_votes: bool,
}

/// `REDIS_URL` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("REDIS_URL cannot be used: {0}")]
pub struct ConnectError(#[from] RedisError);

/// The hot store in Redis.
#[derive(Debug)]
pub struct Redis {
    client: Arc<RedisClient>,
    keys: Keys,
    /// Whether SQL has all that is remembered, as far as is known.
    is_trusted: AtomicBool,
    /// Limits while Redis is away.
    local: Memory,
    limits: Limits,
    admission: Admission,
    share: Script,
    document: Script,
    remember: mpsc::Sender<Remembered>,
}

/// Votes of one voter, scope and period, and for how many seconds they are remembered.
#[derive(Debug)]
struct Remembered {
    key: VotesKey,
    votes: Vec<Vote>,
    seconds: i64,
}

impl Redis {
    /// Prepares to use the Redis at `url`; it connects by itself, now or when it can. A list with commas, or the scheme
    /// `redis+cluster`, means Redis Cluster. `instance` keeps installations apart, `epoch` what one remembers from what
    /// it remembered of a database that was replaced.
    ///
    /// # Errors
    /// When `url` is not an address of Redis.
    pub fn open(
        url: &str,
        instance: Uuid,
        epoch: i64,
        limits: Limits,
    ) -> Result<Self, ConnectError> {
        let client = Arc::new(RedisClient::open(url)?);
        let keys = Keys::new(instance, epoch);
        let (remember, remembered) = mpsc::channel(REMEMBER_QUEUE_MAX);
        tokio::spawn(remember_all(Arc::clone(&client), keys.clone(), remembered));
        Ok(Self {
            admission: Admission::start(Arc::clone(&client), keys.clone(), &limits),
            local: Memory::new(limits),
            limits,
            is_trusted: AtomicBool::new(true),
            share: Script::new(include_str!("../scripts/share_totals.lua")),
            document: Script::new(include_str!("../scripts/document.lua")),
            remember,
            client,
            keys,
        })
    }

    /// Whether Redis answered the last call.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.client.is_healthy()
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) async fn take(&self, action: Action, owner: BucketOwner) -> Result<()> {
        match self.admission.ask(action, owner, None).await {
            Some(Admitted::After(wait_us)) => Err(limited(action, wait_us)),
            Some(_) => Ok(()),
            None => self.local.take(action, owner, 1),
        }
    }

    /// Takes tokens of this process's own bucket.
    pub(super) fn charge(&self, action: Action, owner: BucketOwner, tokens: u32) -> Result<()> {
        self.local.take(action, owner, tokens)
    }

    /// Looks into this process's own bucket.
    pub(super) fn check_room(&self, action: Action, owner: BucketOwner) -> Result<()> {
        self.local.check_room(action, owner)
    }

    pub(super) async fn find_document(&self, hash: &str) -> Option<String> {
        let [texts, used] = self.keys.documents(self.keys.epoch());
        let mut call = self.document.key(texts);
        call.key(used).arg(hash).arg(DOCUMENTS_MAX);
        self.client
            .call(|mut c| async move { call.invoke_async::<Option<String>>(&mut c).await })
            .await?
    }

    pub(super) async fn register_document(&self, hash: &str, document: &str) {
        let [texts, used] = self.keys.documents(self.keys.epoch());
        let mut call = self.document.key(texts);
        call.key(used).arg(hash).arg(DOCUMENTS_MAX).arg(document);
        self.client
            .call(|mut c| async move { call.invoke_async::<Option<String>>(&mut c).await })
            .await;
    }

    pub(super) async fn admit(&self, request: &VoteRequest) -> Result<Option<Refusal>> {
        let selection = refusable(request).filter(|_| self.is_trusted());
        let vote = selection.map(|selection| VoteQuestion {
            votes: VotesKey {
                epoch: self.keys.epoch(),
                voter_id: request.voter_id,
                scope_id: selection.scope_id,
                period: request.period,
            },
            nominee_id: selection.nominee_id,
            quota: request.quota,
        });
        let voter = BucketOwner::Voter(request.voter_id);
        match self.admission.ask(Action::Cast, voter, vote).await {
            Some(Admitted::After(wait_us)) => Err(limited(Action::Cast, wait_us)),
            Some(Admitted::Yes) => Ok(None),
            Some(Admitted::Voted) => Ok(selection.map(|s| Refusal::AlreadyVoted(s.nominee_id))),
            Some(Admitted::Spent) => Ok(selection.map(|s| Refusal::QuotaSpent(s.scope_id))),
            None => self.local.admit(request),
        }
    }

    pub(super) fn remember(&self, votes: Vec<Vote>, lifetime: TimeDelta) {
        let Some(first) = votes.first().filter(|_| self.is_trusted()) else {
            return;
        };
        let remembered = Remembered {
            key: VotesKey {
                epoch: self.keys.epoch(),
                voter_id: first.voter_id,
                scope_id: first.scope_id,
                period: first.period,
            },
            seconds: lifetime.num_seconds() + EXPIRY_GRACE_SECONDS,
            votes,
        };
        // A full queue forgets them: the ledger refuses the next repetition, too.
        let _ = self.remember.try_send(remembered);
    }

    pub(super) async fn share_totals(&self, totals: &CampaignTotals) {
        if !self.is_trusted() {
            return;
        }
        let version = totals.version();
        let key = self.keys.totals(self.keys.epoch(), totals.campaign_id);
        let mut call = self.share.key(key);
        call.arg(version)
            .arg(encode_totals(totals))
            .arg(encode_guest_votes(totals))
            .arg(self.keys.announcements());
        call.arg(format!("{} {version}", totals.campaign_id.0.simple()));
        self.client
            .call(|mut c| async move { call.invoke_async::<i64>(&mut c).await })
            .await;
    }

    /// The totals that are shared, if Redis has all of them and answers.
    pub async fn find_totals(&self, campaign_id: CampaignId) -> Option<CampaignTotals> {
        let shared = self.find_shared_totals(campaign_id).await?;
        shared.has_guest_votes.then_some(shared.totals)
    }

    /// The same where they may have been shared by a program that knows of no votes of guests.
    pub async fn find_shared_totals(&self, campaign_id: CampaignId) -> Option<SharedTotals> {
        if !self.is_trusted() {
            return None;
        }
        let key = self.keys.totals(self.keys.epoch(), campaign_id);
        let mut get = redis::cmd("HMGET");
        get.arg(key).arg("totals").arg("guests");
        let [totals, guests] = self
            .client
            .call(|mut c| async move { get.query_async::<[Option<Vec<u8>>; 2]>(&mut c).await })
            .await?;
        let mut totals = decode_totals(campaign_id, &totals?)?;
        let guests = guests.as_deref().unwrap_or_default();
        Some(SharedTotals {
            has_guest_votes: decode_guest_votes(&mut totals, guests).is_some(),
            totals,
        })
    }

    /// Listens for announcements, again and again, until the receiver is gone.
    pub(super) fn announcements(&self) -> mpsc::Receiver<(CampaignId, i64)> {
        let (sender, receiver) = mpsc::channel(ANNOUNCEMENTS_MAX);
        let nodes = self.client.nodes.clone();
        let channel = self.keys.announcements();
        tokio::spawn(async move {
            // Every node of a cluster hears what is announced at any: where one is gone, another is listened to.
            let mut turns = nodes.iter().cycle();
            while let Some(node) = turns.next().filter(|_| !sender.is_closed()) {
                if let Err(error) = listen(node, &channel, &sender).await {
                    tracing::debug!(%error, "listening to Redis was interrupted");
                }
                tokio::select! {
                    () = sender.closed() => break,
                    () = tokio::time::sleep(BREAKER_OPEN) => {}
                }
            }
        });
        receiver
    }

    /// Every remembered vote. Walks over all keys of this installation.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn list_remembered(&self) -> RedisResult<Vec<RememberedVote>> {
        let mut votes = Vec::new();
        for primary in self.client.primaries().await? {
            self.collect_remembered(&primary, &mut votes).await?;
        }
        Ok(votes)
    }

    /// Collects the remembered votes of one server.
    async fn collect_remembered(
        &self,
        server: &Client,
        votes: &mut Vec<RememberedVote>,
    ) -> RedisResult<()> {
        let mut connection = server.get_multiplexed_async_connection().await?;
        let pattern = self.keys.votes_pattern();
        let mut cursor = 0u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor)
                .arg("MATCH")
                .arg(&pattern)
                .arg("COUNT")
                .arg(1_000);
            let (next, keys): (u64, Vec<String>) = scan.query_async(&mut connection).await?;
            for key in keys {
                let Some(owner) = self.keys.parse_votes(&key) else {
                    continue;
                };
                let values: Vec<Vec<u8>> = redis::cmd("HVALS")
                    .arg(&key)
                    .query_async(&mut connection)
                    .await?;
                let ids = values
                    .iter()
                    .filter_map(|value| Uuid::from_slice(value).ok());
                votes.extend(ids.map(|id| RememberedVote {
                    voter_id: owner.voter_id,
                    scope_id: owner.scope_id,
                    period: owner.period,
                    id: VoteId(id),
                }));
            }
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }
}

/// Writes votes to be remembered behind the answers, many in one round trip.
async fn remember_all(
    client: Arc<RedisClient>,
    keys: Keys,
    mut refusals: mpsc::Receiver<Remembered>,
) {
    let mut batch = Vec::with_capacity(REMEMBER_BATCH_MAX);
    while refusals.recv_many(&mut batch, REMEMBER_BATCH_MAX).await > 0 {
        // First the means to find out that the database has lost them.
        let is_noted = note_latest(&client, &keys, &batch).await.is_some();
        if !is_noted {
            batch.clear();
        } else if client.is_cluster() {
            // Each goes to its own node.
            let written = batch.chunks(1).map(|one| write(&client, &keys, one));
            join_all(written).await;
        } else {
            write(&client, &keys, &batch).await;
        }
        batch.clear();
    }
}

/// Writes remembered votes. A failure forgets them.
async fn write(client: &RedisClient, keys: &Keys, batch: &[Remembered]) {
    let mut pipeline = Pipeline::new();
    for remembered in batch {
        let mut key = String::new();
        keys.write_votes(&mut key, remembered.key);
        let set = pipeline.cmd("HSET").arg(&key);
        for vote in &remembered.votes {
            set.arg(vote.nominee_id.0.as_bytes());
            set.arg(vote.id.0.as_bytes());
        }
        set.ignore().expire(&key, remembered.seconds).ignore();
    }
    client
        .call(|mut c| async move { pipeline.exec_async(&mut c).await })
        .await;
}

async fn listen(
    client: &Client,
    channel: &str,
    sender: &mpsc::Sender<(CampaignId, i64)>,
) -> RedisResult<()> {
    let mut subscription = client.get_async_pubsub().await?;
    subscription.subscribe(channel).await?;
    let mut messages = subscription.into_on_message();
    loop {
        let message = tokio::select! {
            () = sender.closed() => return Ok(()),
            message = messages.next() => message,
        };
        let Some(message) = message else {
            return Ok(());
        };
        let text = message.get_payload::<String>().ok();
        if let Some(announcement) = text.as_deref().and_then(parse_announcement) {
            // A full queue drops it; the publisher looks again by itself.
            let _ = sender.try_send(announcement);
        }
    }
}

fn parse_announcement(text: &str) -> Option<(CampaignId, i64)> {
    let (campaign, version) = text.split_once(' ')?;
    Some((CampaignId(campaign.parse().ok()?), version.parse().ok()?))
}

fn limited(action: Action, wait_us: i64) -> Error {
    let retry_after = Duration::from_micros(u64::try_from(wait_us).unwrap_or(0));
    Error::RateLimited {
        policy: action.name(),
        retry_after,
    }
}
