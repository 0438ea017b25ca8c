//! The connection to Redis or Redis Cluster, and the breaker that keeps callers from waiting for it.
//!
//! A call that fails or takes longer than [`CALL_TIMEOUT`] opens the breaker for [`BREAKER_OPEN`]: until then nobody
//! waits for Redis, and afterwards one caller tries for all.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::io::tcp::TcpSettings;
use redis::{
    Client, Cmd, ConnectionAddr, ErrorKind, IntoConnectionInfo as _, Pipeline, RedisError,
    RedisFuture, RedisResult, Value,
};
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// A single answer of Redis, where a vote's script takes microseconds.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(150);
/// A whole call with its repetitions and connecting.
const CALL_TIMEOUT: Duration = Duration::from_millis(400);
/// The time for which nobody tries after a failure.
pub(super) const BREAKER_OPEN: Duration = Duration::from_millis(BREAKER_OPEN_MS);
const BREAKER_OPEN_MS: u64 = 500;
/// Repetitions of a call in a cluster; the client's own default of 16 would outlast every caller.
const CLUSTER_RETRIES: u32 = 3;

/// The way to Redis, for all tasks of the process.
#[derive(Debug)]
pub(super) struct RedisClient {
    topology: Topology,
    breaker: Breaker,
    /// The nodes that were named, for connections of their own, such as listening takes.
    pub nodes: Vec<Client>,
}

/// A single server or a cluster, with one connection, shared by all tasks, that connects by itself when it is needed.
#[allow(clippy::large_enum_variant, reason = "there is one a process")]
enum Topology {
    Single(ConnectionManager),
    Cluster(ClusterClient, OnceCell<ClusterConnection>),
}

impl fmt::Debug for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Self::Single(_)) {
            "Single"
        } else {
            "Cluster"
        })
    }
}

impl RedisClient {
    /// The way to the Redis at `url`; it connects by itself, now or when it can.
    ///
    /// # Errors
    /// When `url` is not an address of Redis.
    pub(super) fn open(url: &str) -> RedisResult<Self> {
        let (addresses, is_cluster) = nodes(url);
        let mut nodes = Vec::with_capacity(addresses.len());
        for address in &addresses {
            let info = address.as_str().into_connection_info()?;
            nodes.push(Client::open(info.set_tcp_settings(tcp_settings()))?);
        }
        let topology = if is_cluster {
            let builder = ClusterClientBuilder::new(addresses)
                .retries(CLUSTER_RETRIES)
                .response_timeout(RESPONSE_TIMEOUT)
                .overall_response_timeout(Some(CALL_TIMEOUT))
                .connection_timeout(CALL_TIMEOUT)
                .tcp_settings(tcp_settings());
            Topology::Cluster(builder.build()?, OnceCell::new())
        } else {
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(1)
                .set_response_timeout(Some(RESPONSE_TIMEOUT))
                .set_connection_timeout(Some(CALL_TIMEOUT));
            Topology::Single(ConnectionManager::new_lazy_with_config(
                nodes[0].clone(),
                config,
            )?)
        };
        Ok(Self {
            topology,
            breaker: Breaker::new(addresses_of(&nodes)),
            nodes,
        })
    }

    /// Whether keys live on several nodes, so that a script has those of one hash slot only.
    pub(super) fn is_cluster(&self) -> bool {
        matches!(self.topology, Topology::Cluster(..))
    }

    /// Whether Redis answered the last call.
    pub(super) fn is_healthy(&self) -> bool {
        self.breaker.is_healthy.load(Ordering::Relaxed)
    }

    /// A connection for one call.
    pub(super) async fn connection(&self) -> RedisResult<Connection> {
        match &self.topology {
            Topology::Single(manager) => Ok(Connection::Single(manager.clone())),
            Topology::Cluster(client, connection) => {
                let connection = connection
                    .get_or_try_init(|| client.get_async_connection())
                    .await?;
                Ok(Connection::Cluster(connection.clone()))
            }
        }
    }

    /// A client of each server that has keys: the primaries of a cluster, which any of the nodes that were named knows.
    ///
    /// # Errors
    /// When none of them answers.
    pub(super) async fn primaries(&self) -> RedisResult<Vec<Client>> {
        if !self.is_cluster() {
            return Ok(self.nodes.clone());
        }
        let mut failure = RedisError::from((ErrorKind::Client, "no node was named"));
        for node in &self.nodes {
            match list_nodes(node).await {
                Ok(listed) => {
                    let info = node.get_connection_info();
                    return parse_primaries(&listed, info.addr())
                        .map(|address| Client::open(info.clone().set_addr(address)))
                        .collect();
                }
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Calls Redis within its time; `None` when it is away.
    pub(super) async fn call<T, F: Future<Output = RedisResult<T>>>(
        &self,
        call: impl FnOnce(Connection) -> F,
    ) -> Option<T> {
        if !self.breaker.admits() {
            return None;
        }
        let called = async { call(self.connection().await?).await };
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
}

/// A handle of [`RedisClient`] for one call.
#[derive(Clone)]
pub(super) enum Connection {
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

/// Stops calls for a while after one has failed.
#[derive(Debug)]
struct Breaker {
    /// The place of Redis, for the log.
    address: String,
    started: Instant,
    open_until_ms: AtomicU64,
    is_healthy: AtomicBool,
}

impl Breaker {
    fn new(address: String) -> Self {
        Self {
            address,
            started: Instant::now(),
            open_until_ms: AtomicU64::new(0),
            is_healthy: AtomicBool::new(true),
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether this call may go to Redis. After a failure one caller at a time tries, the others do not wait with it.
    fn admits(&self) -> bool {
        let relaxed = Ordering::Relaxed;
        let now = self.now_ms();
        let open_until = self.open_until_ms.load(relaxed);
        if now < open_until {
            return false;
        }
        if self.is_healthy.load(relaxed) {
            return true;
        }
        let mine = now + BREAKER_OPEN_MS;
        self.open_until_ms
            .compare_exchange(open_until, mine, relaxed, relaxed)
            .is_ok()
    }

    fn succeeded(&self) {
        if !self.is_healthy.swap(true, Ordering::Relaxed) {
            self.open_until_ms.store(0, Ordering::Relaxed);
            tracing::info!(redis = self.address, "Redis answers again");
        }
    }

    fn failed(&self, error: &dyn fmt::Display) {
        self.open_until_ms
            .store(self.now_ms() + BREAKER_OPEN_MS, Ordering::Relaxed);
        if self.is_healthy.swap(false, Ordering::Relaxed) {
            tracing::warn!(
                redis = self.address, %error,
                "Redis does not answer: limits are kept in this process, and others hear of votes a second later"
            );
        }
    }
}

/// Without Nagle's algorithm, which would hold small messages back.
fn tcp_settings() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

/// The places of the nodes, without passwords.
fn addresses_of(nodes: &[Client]) -> String {
    let places = nodes
        .iter()
        .map(|node| node.get_connection_info().addr().to_string());
    places.collect::<Vec<_>>().join(",")
}

/// The nodes of a cluster, as one of them lists them.
async fn list_nodes(node: &Client) -> RedisResult<String> {
    let mut connection = node.get_multiplexed_async_connection().await?;
    redis::cmd("CLUSTER")
        .arg("NODES")
        .query_async(&mut connection)
        .await
}

/// The addresses of the primaries in the answer to `CLUSTER NODES`, reached as the node that gave it: a line each, "id
/// host:port@bus\[,name\] flags ...".
fn parse_primaries(nodes: &str, like: &ConnectionAddr) -> impl Iterator<Item = ConnectionAddr> {
    nodes.lines().filter_map(move |node| {
        let mut words = node.split(' ').skip(1);
        let address = words.next()?;
        let flags = words.next()?;
        let is_primary = flags.split(',').any(|flag| flag == "master");
        let is_gone = flags
            .split(',')
            .any(|flag| flag == "fail" || flag == "noaddr");
        let (host, port) = address.split('@').next()?.rsplit_once(':')?;
        let port = port.parse().ok()?;
        let mut address = like.clone();
        match &mut address {
            ConnectionAddr::Tcp(at, on)
            | ConnectionAddr::TcpTls {
                host: at, port: on, ..
            } => {
                // A node that has not heard its own address from another leaves it out: it is the one that was asked.
                if !host.is_empty() {
                    host.clone_into(at);
                }
                *on = port;
            }
            _ => return None,
        }
        (is_primary && !is_gone).then_some(address)
    })
}

/// The nodes that `url` names, and whether they are a cluster.
fn nodes(url: &str) -> (Vec<String>, bool) {
    let (list, is_cluster) = match url.strip_prefix("redis+cluster://") {
        Some(list) => (list, true),
        None => (url, url.contains(',')),
    };
    (list.split(',').map(with_scheme).collect(), is_cluster)
}

fn with_scheme(node: &str) -> String {
    let node = node.trim();
    if node.contains("://") {
        node.to_owned()
    } else {
        format!("redis://{node}")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{pending, ready};

    use super::*;

    /// A way to nowhere: calls that do not ask it for anything succeed.
    fn nowhere() -> RedisClient {
        RedisClient::open("redis://127.0.0.1:1").expect("an address")
    }

    /// Calls that count themselves and succeed.
    async fn succeed(client: &RedisClient, calls: &Cell<u32>) -> bool {
        let call = client.call(|_| {
            calls.set(calls.get() + 1);
            ready(Ok(()))
        });
        call.await.is_some()
    }

    async fn fail(client: &RedisClient) {
        let error = RedisError::from((ErrorKind::Io, "it is away"));
        assert!(client.call(|_| ready(Err::<(), _>(error))).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_a_redis_that_is_away_until_the_breaker_closes() {
        let client = nowhere();
        let calls = Cell::new(0);
        for is_silent in [false, true] {
            calls.set(0);
            if is_silent {
                let asked = Instant::now();
                assert!(
                    client
                        .call(|_| pending::<RedisResult<()>>())
                        .await
                        .is_none()
                );
                assert_eq!(asked.elapsed(), CALL_TIMEOUT);
            } else {
                fail(&client).await;
            }
            assert!(!client.is_healthy());
            assert!(!succeed(&client, &calls).await);
            tokio::time::advance(Duration::from_millis(BREAKER_OPEN_MS - 1)).await;
            assert!(!succeed(&client, &calls).await);
            assert_eq!(calls.get(), 0);
            tokio::time::advance(Duration::from_millis(1)).await;
            assert!(succeed(&client, &calls).await);
            assert!(client.is_healthy());
            assert!(succeed(&client, &calls).await);
            assert_eq!(calls.get(), 2);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_caller_tries_for_all() {
        let client = nowhere();
        let calls = Cell::new(0);
        fail(&client).await;
        tokio::time::advance(BREAKER_OPEN).await;
        let (answered, answer) = tokio::sync::oneshot::channel();
        let trying = client.call(|_| async {
            let () = answer.await.expect("an answer");
            Ok(())
        });
        let meanwhile = async {
            assert!(!succeed(&client, &calls).await);
            assert_eq!(calls.get(), 0);
            answered.send(()).expect("someone tries");
        };
        let (tried, ()) = tokio::join!(trying, meanwhile);
        assert!(tried.is_some());
        assert!(succeed(&client, &calls).await);
    }

    #[test]
    fn primaries_are_read_from_the_list_of_a_node() {
        let nodes = "07c3 127.0.0.1:30004@31004,name slave e7d1 0 1426238317239 4 connected\n\
            67ed 127.0.0.1:30002@31002 master - 0 1426238316232 2 connected 5461-10922\n\
            292f 127.0.0.1:30003@31003 master,fail - 0 1426238318243 3 connected\n\
            e7d1 ::1:30001@31001 master - 0 0 1 connected 0-5460\n\
            a1b2 :30005@31005 myself,master - 0 0 4 connected\n";
        let like = ConnectionAddr::Tcp("other".to_owned(), 1);
        let found: Vec<_> = parse_primaries(nodes, &like).collect();
        let expected = [("127.0.0.1", 30_002), ("::1", 30_001), ("other", 30_005)];
        let expected = expected.map(|(host, port)| ConnectionAddr::Tcp(host.to_owned(), port));
        assert_eq!(found, expected);
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
