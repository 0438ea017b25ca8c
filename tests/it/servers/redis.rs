//! Redis and Redis Cluster.

use tokio::sync::OnceCell;

use super::{Probe, Server, free_port, major_version, unwinding};
use crate::deadlines::until;

/// The oldest Redis the server is run on.
const REDIS_OLDEST: u32 = 7;

/// `+PONG`; a server that is still loading answers `-LOADING`.
const REDIS_PROBE: Probe = Probe {
    question: b"PING\r\n",
    answer: b'+',
};

/// A Redis server of this process, without persistence.
pub struct RedisProcess {
    server: Server,
    /// Where the nodes of a cluster talk; 0 outside of one.
    bus_port: u16,
}

impl RedisProcess {
    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.server.port
    }

    /// The URL of the server's database 0.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.server.port)
    }

    /// Kills the server with SIGKILL; returns when it is gone, and its data with it.
    pub fn kill(&mut self) {
        self.server.order("crash");
    }

    /// Starts the server again, empty and on its port, after killing it if it runs.
    pub async fn restart(&mut self) {
        self.kill();
        self.server.start().await;
    }

    /// Stops the server with SIGSTOP: connections stay open and nothing answers.
    pub fn pause(&mut self) {
        self.server.order("pause");
    }

    /// Lets a paused server go on.
    pub fn resume(&mut self) {
        self.server.order("resume");
    }
}

/// The Redis server that the tests of this process share, each under a key prefix of its own.
pub async fn redis() -> &'static RedisProcess {
    static SHARED: OnceCell<RedisProcess> = OnceCell::const_new();
    SHARED.get_or_init(dedicated_redis).await
}

/// Starts a Redis server for one test, which may empty it, kill it or pause it.
pub async fn dedicated_redis() -> RedisProcess {
    let mut server = unwinding(|| {
        assert!(
            major_version("redis-server") >= Some(REDIS_OLDEST),
            "the tests need Redis {REDIS_OLDEST} or newer: install the Debian package `redis-server`"
        );
        let redis = "redis-server --save '' --appendonly no --bind 127.0.0.1 --port";
        Server::prepare(None, ":", redis, REDIS_PROBE)
    })
    .await;
    server.start().await;
    RedisProcess {
        server,
        bus_port: 0,
    }
}

/// A Redis Cluster of three primaries with a replica each.
pub struct RedisCluster {
    /// First the primaries, then the replica of each, as it was at the start.
    nodes: Vec<RedisProcess>,
}

/// Slots of a cluster.
const SLOTS: u16 = 16_384;
/// Primaries of a test's cluster.
const PRIMARIES: usize = 3;

impl RedisCluster {
    /// Starts one, and waits until all of its nodes know all slots.
    pub async fn start() -> Self {
        let mut nodes = Vec::new();
        for _ in 0..2 * PRIMARIES {
            nodes.push(cluster_node().await);
        }
        let mut links = Vec::new();
        for node in &nodes {
            let client = redis::Client::open(node.url()).expect("an address");
            let link = client.get_multiplexed_async_connection().await;
            links.push(link.expect("it connects"));
        }
        let first = nodes[0].server.port;
        for link in &mut links[1..] {
            order(
                link,
                &format!("MEET 127.0.0.1 {first} {}", nodes[0].bus_port),
            )
            .await;
        }
        let ids = {
            let mut ids = Vec::new();
            for link in &mut links[..PRIMARIES] {
                let id: String = redis::cmd("CLUSTER")
                    .arg("MYID")
                    .query_async(link)
                    .await
                    .expect("an id");
                ids.push(id);
            }
            ids
        };
        let share = usize::from(SLOTS) / PRIMARIES;
        for (n, link) in links[..PRIMARIES].iter_mut().enumerate() {
            let last = if n + 1 == PRIMARIES {
                usize::from(SLOTS) - 1
            } else {
                (n + 1) * share - 1
            };
            order(link, &format!("ADDSLOTSRANGE {} {last}", n * share)).await;
        }
        for (n, link) in links[PRIMARIES..].iter_mut().enumerate() {
            // Until it has heard of its primary, it refuses.
            let replicate = format!("REPLICATE {}", ids[n]);
            until_cluster("a replica", async || {
                try_order(link, &replicate).await.is_ok()
            })
            .await;
        }
        let cluster = Self { nodes };
        cluster.until_whole().await;
        cluster
    }

    /// Waits until all nodes are there, three of them primaries, and each of the others has its primary's data: a
    /// replica that has never had it does not take over.
    pub async fn until_whole(&self) {
        for node in &self.nodes {
            until_cluster("a whole cluster", async || {
                let client = redis::Client::open(node.url()).expect("an address");
                let Ok(mut link) = client.get_multiplexed_async_connection().await else {
                    return false;
                };
                let mut say = async |command: &str, about: &str| -> String {
                    let mut command = redis::cmd(command);
                    let said = command.arg(about).query_async(&mut link).await;
                    said.unwrap_or_default()
                };
                let state = say("CLUSTER", "INFO").await;
                let role = say("INFO", "replication").await;
                state.contains("cluster_state:ok")
                    && state.contains("cluster_known_nodes:6")
                    && (role.contains("role:master") || role.contains("master_link_status:up"))
            })
            .await;
        }
        until_cluster("three primaries", async || {
            self.primaries().await.len() == PRIMARIES
        })
        .await;
    }

    /// Its `REDIS_URL`.
    pub fn url(&self) -> String {
        let urls: Vec<String> = self.nodes.iter().map(RedisProcess::url).collect();
        urls.join(",")
    }

    /// The nodes, to be killed and paused.
    pub fn nodes(&mut self) -> &mut [RedisProcess] {
        &mut self.nodes
    }

    /// Which nodes are primaries now, of those that answer.
    pub async fn primaries(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for (n, node) in self.nodes.iter().enumerate() {
            let client = redis::Client::open(node.url()).expect("an address");
            let Ok(mut link) = client.get_multiplexed_async_connection().await else {
                continue;
            };
            let role: redis::RedisResult<redis::Value> =
                redis::cmd("ROLE").query_async(&mut link).await;
            if let Ok(redis::Value::Array(role)) = role
                && role.first() == Some(&redis::Value::BulkString(b"master".to_vec()))
            {
                found.push(n);
            }
        }
        found
    }
}

async fn try_order(
    link: &mut redis::aio::MultiplexedConnection,
    order: &str,
) -> redis::RedisResult<()> {
    let mut command = redis::cmd("CLUSTER");
    for word in order.split(' ') {
        command.arg(word);
    }
    command.exec_async(link).await
}

async fn order(link: &mut redis::aio::MultiplexedConnection, order: &str) {
    let done = try_order(link, order).await;
    done.unwrap_or_else(|error| panic!("CLUSTER {order}: {error}"));
}

async fn until_cluster(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    until(what, async || is_so().await.then_some(())).await;
}

/// A node that belongs to no cluster yet. It takes another for dead after a second.
async fn cluster_node() -> RedisProcess {
    let bus_port = free_port();
    let mut server = unwinding(move || {
        let redis = format!(
            "redis-server --save '' --appendonly no --bind 127.0.0.1 --cluster-enabled yes \
             --cluster-node-timeout 1000 --cluster-port {bus_port} --port"
        );
        Server::prepare(None, ":", &redis, REDIS_PROBE)
    })
    .await;
    server.start().await;
    RedisProcess { server, bus_port }
}

#[tokio::test]
async fn a_redis_can_be_paused_and_killed_and_started_again() {
    let mut redis = dedicated_redis().await;
    let port = redis.server.port;
    redis.pause();
    assert!(!REDIS_PROBE.passes(port));
    redis.resume();
    assert!(REDIS_PROBE.passes(port));
    redis.kill();
    assert!(!REDIS_PROBE.passes(port));
    redis.restart().await;
    assert!(redis.url().contains(&port.to_string()));
    assert!(REDIS_PROBE.passes(port));
}
