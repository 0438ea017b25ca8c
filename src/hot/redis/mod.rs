//! The hot store in Redis or Redis Cluster. All keys are named here; those of a voter and those of a campaign carry a
//! hash tag, so that a script's keys live in one slot and no slot serves a whole event.
//!
//! A call that fails or takes longer than [`CALL_TIMEOUT`] opens the breaker for [`BREAKER_OPEN`]: until then nobody
//! waits for Redis, and afterwards one caller tries for all. Scripts may run twice, since clients repeat them: they are idempotent but for a token.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta};
use futures_util::StreamExt as _;
use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::{Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Script, Value};
use tokio::sync::{OnceCell, mpsc};
use uuid::Uuid;

use super::limits::{Action, Limits, Subject};
use super::memory::Memory;
use super::{Known, refusable};
use crate::domain::ballot::{Ballot, Cast};
use crate::domain::tally::{CampaignTotals, NomineeTotals};
use crate::error::{Error, Result};
use crate::id::{CampaignId, NomineeId, ScopeId, VoteId, VoterId};

/// A single answer of Redis, where a vote's script takes microseconds.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(150);
/// A whole call with its repetitions and connecting.
const CALL_TIMEOUT: Duration = Duration::from_millis(400);
/// How long nobody tries after a failure.
const BREAKER_OPEN_MS: u64 = 500;
const BREAKER_OPEN: Duration = Duration::from_millis(BREAKER_OPEN_MS);
/// Repetitions of a call in a cluster; the client's own default of 16 would outlast every caller.
const CLUSTER_RETRIES: u32 = 3;
/// Votes that wait to be remembered. Beyond it they are not: a repetition is then refused by the ledger.
const REMEMBER_QUEUE_MAX: usize = 4_096;
/// Votes remembered in one round trip.
const REMEMBER_BATCH_MAX: usize = 256;
/// Announcements that wait for the publisher. Beyond it they are dropped; it looks again by itself.
const ANNOUNCEMENTS_MAX: usize = 1_024;
/// Registered documents: 32 MiB of the largest.
const DOCUMENTS_MAX: u32 = 4_096;
/// How long remembered votes outlive their period, for repetitions on the way.
const EXPIRY_GRACE_SECONDS: i64 = 3_600;

/// A vote that the hot store remembers, for verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RememberedVote {
    /// Whose it is.
    pub voter_id: VoterId,
    /// What its quota counts in.
    pub scope_id: ScopeId,
    /// Its period.
    pub period: i64,
    /// Its id.
    pub id: VoteId,
}

/// `REDIS_URL` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("REDIS_URL cannot be used: {0}")]
pub struct ConnectError(#[from] RedisError);

/// The hot store in Redis.
#[derive(Debug)]
pub struct Redis {
    link: Link,
    keys: Keys,
    /// Limits while Redis is away.
    local: Memory,
    limits: Limits,
    admit: Script,
    share: Script,
    document: Script,
    breaker: Breaker,
    remember: mpsc::Sender<(Ballot, i64)>,
    subscriber: redis::Client,
}

/// The names of all keys, within an installation's own prefix.
#[derive(Debug, Clone)]
struct Keys {
    prefix: String,
}

impl Keys {
    fn bucket(&self, action: Action, subject: Subject) -> String {
        let kind = match subject {
            Subject::Voter(_) => 'v',
            Subject::Staff(_) => 's',
            Subject::Address(_) => 'a',
        };
        format!(
            "{}:{{{kind}:{}}}:bucket:{}",
            self.prefix,
            subject.key().simple(),
            action.name()
        )
    }

    /// Registered documents by their hashes, and when each was last used.
    fn documents(&self) -> [String; 2] {
        ["texts", "used"].map(|part| format!("{}:{{documents}}:{part}", self.prefix))
    }

    fn votes(&self, voter: VoterId, scope: ScopeId, period: i64) -> String {
        format!(
            "{}:{{v:{}}}:votes:{}:{period}",
            self.prefix,
            voter.0.simple(),
            scope.0.simple()
        )
    }

    fn totals(&self, campaign: CampaignId) -> String {
        format!("{}:{{c:{}}}:totals", self.prefix, campaign.0.simple())
    }

    fn announcements(&self) -> String {
        format!("{}:announcements", self.prefix)
    }

    /// Reads back what [`Keys::votes`] wrote.
    fn parse_votes(&self, key: &str) -> Option<(VoterId, ScopeId, i64)> {
        let rest = key.strip_prefix(&self.prefix)?.strip_prefix(":{v:")?;
        let (voter, rest) = rest.split_once("}:votes:")?;
        let (scope, period) = rest.split_once(':')?;
        Some((
            VoterId(voter.parse().ok()?),
            ScopeId(scope.parse().ok()?),
            period.parse().ok()?,
        ))
    }
}

/// The connection: one, shared by all tasks, that connects by itself when it is needed.
#[allow(clippy::large_enum_variant, reason = "there are two a process")]
enum Link {
    Single(ConnectionManager),
    Cluster(ClusterClient, OnceCell<ClusterConnection>),
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if matches!(self, Self::Single(_)) {
            "Single"
        } else {
            "Cluster"
        })
    }
}

/// A handle of [`Link`] for one call.
#[derive(Clone)]
enum Connection {
    Single(ConnectionManager),
    Cluster(ClusterConnection),
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Single(connection) => connection.req_packed_command(cmd),
            Self::Cluster(connection) => connection.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Single(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}

impl Link {
    async fn connection(&self) -> RedisResult<Connection> {
        match self {
            Self::Single(manager) => Ok(Connection::Single(manager.clone())),
            Self::Cluster(client, connection) => {
                let connection = connection
                    .get_or_try_init(|| client.get_async_connection())
                    .await?;
                Ok(Connection::Cluster(connection.clone()))
            }
        }
    }
}

/// Stops calls for a while after one has failed.
#[derive(Debug)]
struct Breaker {
    started: Instant,
    open_until_ms: AtomicU64,
    is_healthy: AtomicBool,
}

impl Breaker {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether this call may go to Redis. After a failure one caller at a time tries, the others do not wait with it.
    fn admits(&self) -> bool {
        let (now, open_until) = (self.now_ms(), self.open_until_ms.load(Ordering::Relaxed));
        if now < open_until {
            return false;
        }
        let mine = now + BREAKER_OPEN_MS;
        let (relaxed, until) = (Ordering::Relaxed, &self.open_until_ms);
        self.is_healthy.load(relaxed)
            || until
                .compare_exchange(open_until, mine, relaxed, relaxed)
                .is_ok()
    }

    fn succeeded(&self) {
        if !self.is_healthy.swap(true, Ordering::Relaxed) {
            self.open_until_ms.store(0, Ordering::Relaxed);
            tracing::info!("Redis answers");
        }
    }

    fn failed(&self, error: &dyn std::fmt::Display) {
        self.open_until_ms
            .store(self.now_ms() + BREAKER_OPEN_MS, Ordering::Relaxed);
        if self.is_healthy.swap(false, Ordering::Relaxed) {
            tracing::warn!(%error, "Redis does not answer: limits are kept in this process");
        }
    }
}

impl Redis {
    /// Prepares to use the Redis at `url`; it connects by itself, now or when it can. A list with commas, or the scheme
    /// `redis+cluster`, means Redis Cluster. `instance` keeps installations apart.
    ///
    /// # Errors
    /// When `url` is not an address of Redis.
    pub fn open(url: &str, instance: Uuid, limits: Limits) -> Result<Self, ConnectError> {
        let (nodes, is_cluster) = nodes(url);
        let first = nodes.first().map_or("", String::as_str);
        let client = redis::Client::open(first)?;
        let link = if is_cluster {
            let builder = ClusterClientBuilder::new(nodes)
                .retries(CLUSTER_RETRIES)
                .response_timeout(RESPONSE_TIMEOUT)
                .overall_response_timeout(Some(CALL_TIMEOUT))
                .connection_timeout(CALL_TIMEOUT)
                .tcp_settings(redis::io::tcp::TcpSettings::default().set_nodelay(true));
            Link::Cluster(builder.build()?, OnceCell::new())
        } else {
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(1)
                .set_response_timeout(Some(RESPONSE_TIMEOUT))
                .set_connection_timeout(Some(CALL_TIMEOUT));
            Link::Single(ConnectionManager::new_lazy_with_config(
                client.clone(),
                config,
            )?)
        };
        let keys = Keys {
            prefix: format!("acclaim:{}", instance.simple()),
        };
        let (remember, remembered) = mpsc::channel(REMEMBER_QUEUE_MAX);
        let redis = Self {
            local: Memory::new(limits),
            limits,
            admit: Script::new(include_str!("scripts/admit.lua")),
            share: Script::new(include_str!("scripts/share_totals.lua")),
            document: Script::new(include_str!("scripts/document.lua")),
            breaker: Breaker {
                started: Instant::now(),
                open_until_ms: AtomicU64::new(0),
                is_healthy: AtomicBool::new(true),
            },
            remember,
            subscriber: client,
            link,
            keys,
        };
        redis.spawn_remembering(remembered);
        Ok(redis)
    }

    /// Calls Redis within its time; `None` when it is away.
    async fn call<T, F: Future<Output = RedisResult<T>>>(
        &self,
        call: impl FnOnce(Connection) -> F,
    ) -> Option<T> {
        if !self.breaker.admits() {
            return None;
        }
        let called = async { call(self.link.connection().await?).await };
        match tokio::time::timeout(CALL_TIMEOUT, called).await {
            Ok(Ok(value)) => {
                self.breaker.succeeded();
                Some(value)
            }
            Ok(Err(error)) => {
                self.breaker.failed(&error);
                None
            }
            Err(elapsed) => {
                self.breaker.failed(&elapsed);
                None
            }
        }
    }

    /// Whether Redis answered the last call.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.breaker.is_healthy.load(Ordering::Relaxed)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) async fn take(&self, action: Action, subject: Subject) -> Result<()> {
        let rate = self.limits.of(action);
        let mut call = self.admit.key(self.keys.bucket(action, subject));
        call.arg(rate.interval_us()).arg(rate.burst_us());
        match self
            .call(|mut c| async move { call.invoke_async::<Vec<i64>>(&mut c).await })
            .await
        {
            Some(answer) => match answer.as_slice() {
                [-1, wait_us] => Err(limited(action, *wait_us)),
                _ => Ok(()),
            },
            None => self.local.take(action, subject, 1),
        }
    }

    /// Takes tokens of this process's own bucket.
    pub(super) fn charge(&self, action: Action, subject: Subject, tokens: u32) -> Result<()> {
        self.local.take(action, subject, tokens)
    }

    pub(super) async fn find_document(&self, hash: &str) -> Option<String> {
        let [texts, used] = self.keys.documents();
        let mut call = self.document.key(texts);
        call.key(used).arg(hash).arg(DOCUMENTS_MAX);
        self.call(|mut c| async move { call.invoke_async::<Option<String>>(&mut c).await })
            .await?
    }

    pub(super) async fn register_document(&self, hash: &str, document: &str) {
        let [texts, used] = self.keys.documents();
        let mut call = self.document.key(texts);
        call.key(used).arg(hash).arg(DOCUMENTS_MAX).arg(document);
        self.call(|mut c| async move { call.invoke_async::<Option<String>>(&mut c).await })
            .await;
    }

    pub(super) async fn admit(&self, cast: &Cast) -> Result<Known> {
        let (rate, voter) = (self.limits.of(Action::Cast), Subject::Voter(cast.voter_id));
        let mut call = self.admit.key(self.keys.bucket(Action::Cast, voter));
        call.arg(rate.interval_us()).arg(rate.burst_us());
        if let Some(choice) = refusable(cast) {
            call.key(self.keys.votes(cast.voter_id, choice.scope_id, cast.period));
            call.arg(choice.nominee_id.0.as_bytes()).arg(cast.quota);
        }
        let answer = self
            .call(|mut c| async move { call.invoke_async::<Vec<i64>>(&mut c).await })
            .await;
        let Some(answer) = answer else {
            return self.local.admit(cast);
        };
        match answer.as_slice() {
            [-1, wait_us] => Err(limited(Action::Cast, *wait_us)),
            [1] => Ok(Known::Voted),
            [2] => Ok(Known::Spent),
            _ => Ok(Known::Nothing),
        }
    }

    pub(super) fn remember(&self, ballots: &[Ballot], lifetime: TimeDelta) {
        let seconds = lifetime.num_seconds() + EXPIRY_GRACE_SECONDS;
        for ballot in ballots {
            // A full queue forgets the vote: the ledger refuses its repetition then.
            let _ = self.remember.try_send((ballot.clone(), seconds));
        }
    }

    /// Writes remembered votes behind the answers, many in one round trip.
    fn spawn_remembering(&self, mut votes: mpsc::Receiver<(Ballot, i64)>) {
        let keys = self.keys.clone();
        let link = match &self.link {
            Link::Single(manager) => Link::Single(manager.clone()),
            Link::Cluster(client, _) => Link::Cluster(client.clone(), OnceCell::new()),
        };
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(REMEMBER_BATCH_MAX);
            while votes.recv_many(&mut batch, REMEMBER_BATCH_MAX).await > 0 {
                let pipelines = batch.drain(..).map(|(ballot, seconds)| {
                    let key = keys.votes(ballot.voter_id, ballot.scope_id, ballot.period);
                    let mut pipeline = redis::pipe();
                    pipeline
                        .hset(&key, ballot.nominee_id.0.as_bytes(), ballot.id.0.as_bytes())
                        .ignore();
                    pipeline.expire(&key, seconds).ignore();
                    pipeline
                });
                // What fails is forgotten; the breaker of the callers learns of it by itself.
                let _ =
                    tokio::time::timeout(CALL_TIMEOUT, run_pipelines(&link, pipelines.collect()))
                        .await;
            }
        });
    }

    pub(super) async fn share_totals(&self, totals: &CampaignTotals) {
        let version = totals.version();
        let mut call = self.share.key(self.keys.totals(totals.campaign_id));
        call.arg(version)
            .arg(encode_totals(totals))
            .arg(self.keys.announcements());
        call.arg(format!("{} {version}", totals.campaign_id.0.simple()));
        self.call(|mut c| async move { call.invoke_async::<i64>(&mut c).await })
            .await;
    }

    /// The totals that are shared, if Redis has them and answers.
    pub async fn find_totals(&self, campaign_id: CampaignId) -> Option<CampaignTotals> {
        let key = self.keys.totals(campaign_id);
        let get = redis::cmd("HGET").arg(key).arg("totals").to_owned();
        let bytes = self
            .call(|mut c| async move { get.query_async::<Option<Vec<u8>>>(&mut c).await })
            .await??;
        decode_totals(campaign_id, &bytes)
    }

    /// Listens for announcements, again and again, until the receiver is gone.
    pub(super) fn announcements(&self) -> mpsc::Receiver<(CampaignId, i64)> {
        let (sender, receiver) = mpsc::channel(ANNOUNCEMENTS_MAX);
        let (client, channel) = (self.subscriber.clone(), self.keys.announcements());
        tokio::spawn(async move {
            while !sender.is_closed() {
                if let Err(error) = listen(&client, &channel, &sender).await {
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

    /// Every remembered vote. Walks over all keys of this installation, on a single Redis.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn list_remembered(&self) -> RedisResult<Vec<RememberedVote>> {
        let mut connection = self.link.connection().await?;
        let pattern = format!("{}:{{v:*}}:votes:*", self.keys.prefix);
        let (mut cursor, mut votes) = (0u64, Vec::new());
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor)
                .arg("MATCH")
                .arg(&pattern)
                .arg("COUNT")
                .arg(1_000);
            let (next, keys): (u64, Vec<String>) = scan.query_async(&mut connection).await?;
            for key in keys {
                let Some((voter_id, scope_id, period)) = self.keys.parse_votes(&key) else {
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
                    voter_id,
                    scope_id,
                    period,
                    id: VoteId(id),
                }));
            }
            if next == 0 {
                return Ok(votes);
            }
            cursor = next;
        }
    }
}

/// The nodes that `url` names, and whether they are a cluster.
fn nodes(url: &str) -> (Vec<String>, bool) {
    let (list, is_cluster) = match url.strip_prefix("redis+cluster://") {
        Some(list) => (list, true),
        None => (url, url.contains(',')),
    };
    let with_scheme = |node: &str| {
        if node.contains("://") {
            node.to_owned()
        } else {
            format!("redis://{node}")
        }
    };
    (
        list.split(',').map(str::trim).map(with_scheme).collect(),
        is_cluster,
    )
}

async fn run_pipelines(link: &Link, pipelines: Vec<Pipeline>) -> RedisResult<()> {
    let mut connection = link.connection().await?;
    if matches!(connection, Connection::Cluster(_)) {
        // Each goes to its own node.
        let calls = pipelines.iter().map(|pipeline| {
            let mut connection = connection.clone();
            async move { pipeline.exec_async(&mut connection).await }
        });
        futures_util::future::join_all(calls)
            .await
            .into_iter()
            .collect()
    } else {
        let mut all = redis::pipe();
        for pipeline in pipelines {
            for command in pipeline.cmd_iter() {
                all.add_command(command.clone()).ignore();
            }
        }
        all.exec_async(&mut connection).await
    }
}

async fn listen(
    client: &redis::Client,
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
        let parse = |text: String| {
            let (campaign, version) = text.split_once(' ')?;
            Some((CampaignId(campaign.parse().ok()?), version.parse().ok()?))
        };
        if let Some(announcement) = message.get_payload().ok().and_then(parse) {
            // A full queue drops it; the publisher looks again by itself.
            let _ = sender.try_send(announcement);
        }
    }
}

fn limited(action: Action, wait_us: i64) -> Error {
    let retry_after = Duration::from_micros(u64::try_from(wait_us).unwrap_or(0));
    Error::RateLimited {
        policy: action.name(),
        retry_after,
    }
}

/// The time of reading, then 48 bytes a nominee: id and four numbers, big-endian.
fn encode_totals(totals: &CampaignTotals) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + totals.nominees.len() * 48);
    bytes.extend(totals.as_of.timestamp_micros().to_be_bytes());
    for line in &totals.nominees {
        bytes.extend(line.nominee_id.0.as_bytes());
        for number in [line.counted, line.withheld, line.voters, line.revision] {
            bytes.extend(number.to_be_bytes());
        }
    }
    bytes
}

fn decode_totals(campaign_id: CampaignId, bytes: &[u8]) -> Option<CampaignTotals> {
    let number =
        |bytes: &[u8], at: usize| Some(i64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let as_of = DateTime::from_timestamp_micros(number(bytes, 0)?)?;
    let line = |line: &[u8]| {
        Some(NomineeTotals {
            nominee_id: NomineeId(Uuid::from_slice(line.get(..16)?).ok()?),
            counted: number(line, 16)?,
            withheld: number(line, 24)?,
            voters: number(line, 32)?,
            revision: number(line, 40)?,
        })
    };
    let nominees = bytes[8..].chunks(48).map(line).collect::<Option<_>>()?;
    Some(CampaignTotals {
        campaign_id,
        as_of,
        nominees,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_read_back_and_damaged_ones_do_not() {
        let line = |n| NomineeTotals {
            nominee_id: NomineeId::new(),
            counted: n,
            withheld: 1,
            voters: 2,
            revision: 3,
        };
        let totals = CampaignTotals {
            campaign_id: CampaignId::new(),
            as_of: DateTime::from_timestamp_micros(1_666_666_666_123_456).expect("a time"),
            nominees: vec![line(5), line(6)],
        };
        let bytes = encode_totals(&totals);
        assert_eq!(
            decode_totals(totals.campaign_id, &bytes),
            Some(totals.clone())
        );
        assert_eq!(
            decode_totals(totals.campaign_id, &bytes[..bytes.len() - 1]),
            None
        );
    }

    #[test]
    fn keys_of_votes_read_back() {
        let keys = Keys {
            prefix: "acclaim:x".to_owned(),
        };
        let (voter, scope) = (VoterId::new(), ScopeId(Uuid::new_v4()));
        assert_eq!(
            keys.parse_votes(&keys.votes(voter, scope, 738_000)),
            Some((voter, scope, 738_000))
        );
        assert_eq!(keys.parse_votes("acclaim:x:{v:1}:bucket:cast"), None);
    }

    #[test]
    fn a_cluster_is_told_by_scheme_or_comma() {
        assert_eq!(
            nodes("redis://a:1"),
            (vec!["redis://a:1".to_owned()], false)
        );
        let two = vec!["redis://a:1".to_owned(), "redis://b:2".to_owned()];
        assert_eq!(nodes("redis+cluster://a:1,b:2"), (two.clone(), true));
        assert_eq!(nodes("redis://a:1, redis://b:2"), (two, true));
    }
}
