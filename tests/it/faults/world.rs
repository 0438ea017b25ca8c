//! A whole installation that can be broken: server processes, their databases, and the networks between them.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use acclaim::auth::keyed_hash::HashKey;
use acclaim::clock::Clock;
use acclaim::domain::campaign::QuotaPeriod;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{NomineeId, VoteId, VoterId};
use sqlx::Connection as _;
use tempfile::TempDir;
use uuid::Uuid;

use super::history::Stored;
use super::proxy::{Mode, Proxy};
use crate::deadlines::until;
use crate::harness::{IDENTITY_SECRET, Program, Sample, Stores, program};
use crate::servers::{self, PostgresProcess, RedisCluster, RedisProcess};

/// A thing that breaks. Each lasts for a while and is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL of one server, and another in its place.
    ServerKilled,
    /// SIGSTOP of one server.
    ServerPaused,
    /// Every server in turn is asked to stop and another takes its place.
    ServersRolled,
    /// SIGKILL of PostgreSQL.
    PostgresKilled,
    /// SIGSTOP of PostgreSQL.
    PostgresPaused,
    /// All connections to PostgreSQL are reset, again and again.
    PostgresCut,
    /// The servers' questions to PostgreSQL are lost, then the connections are reset.
    PostgresRequestsLost,
    /// PostgreSQL's answers, commits among them, are lost, then the connections are reset.
    PostgresAnswersLost,
    /// Nothing passes to and from PostgreSQL, then all of it does.
    PostgresHeld,
    /// PostgreSQL is far away.
    PostgresDelayed,
    /// SIGKILL of Redis: it comes back empty.
    RedisKilled,
    /// SIGSTOP of Redis.
    RedisPaused,
    /// All of Redis is wiped.
    RedisFlushed,
    /// All connections to Redis are reset, again and again.
    RedisCut,
    /// Nothing passes to and from Redis, then all of it does.
    RedisHeld,
    /// SIGKILL of a primary of the cluster: a replica takes over, and the killed one comes back empty.
    PrimaryKilled,
    /// SIGSTOP of a primary of the cluster.
    PrimaryPaused,
    /// Another program holds the write lock of the SQLite file.
    SqliteLocked,
    /// No file may grow: the disk is full.
    DiskFull,
}

impl Fault {
    const NETWORKED: [Self; 15] = [
        Self::ServerKilled,
        Self::ServerPaused,
        Self::ServersRolled,
        Self::PostgresKilled,
        Self::PostgresPaused,
        Self::PostgresCut,
        Self::PostgresRequestsLost,
        Self::PostgresAnswersLost,
        Self::PostgresHeld,
        Self::PostgresDelayed,
        Self::RedisKilled,
        Self::RedisPaused,
        Self::RedisFlushed,
        Self::RedisCut,
        Self::RedisHeld,
    ];
    const CLUSTERED: [Self; 4] = [
        Self::PrimaryKilled,
        Self::PrimaryPaused,
        Self::ServerKilled,
        Self::PostgresCut,
    ];
    const EMBEDDED: [Self; 4] = [
        Self::ServerKilled,
        Self::ServerPaused,
        Self::SqliteLocked,
        Self::DiskFull,
    ];
}

/// Where clients find the servers now.
pub type Addresses = Arc<RwLock<Vec<SocketAddr>>>;

struct Network {
    postgres: PostgresProcess,
    to_postgres: Proxy,
    redis: Hot,
}

enum Hot {
    /// One Redis, and the network to it.
    Single(RedisProcess, Proxy),
    Cluster(RedisCluster),
}

pub struct World {
    /// The stores themselves.
    pub direct: Stores,
    /// The stores as the servers reach them.
    behind: Stores,
    network: Option<Network>,
    pub sample: Sample,
    pub hash_key: HashKey,
    servers: Vec<Program>,
    pub addresses: Addresses,
}

impl World {
    /// One server on SQLite.
    pub async fn embedded() -> Self {
        let behind = Stores::embedded();
        let direct = behind.share();
        Self::start(direct, behind, None, 1).await
    }

    /// Three servers on PostgreSQL and Redis of their own, with networks in between that can fail.
    pub async fn networked() -> Self {
        let redis = servers::dedicated_redis().await;
        let to_redis = Proxy::start(redis.port()).await;
        let urls = (
            redis.url(),
            to_redis.in_front_of(&redis.url(), redis.port()),
        );
        Self::on_postgres(Hot::Single(redis, to_redis), urls).await
    }

    /// Three servers on PostgreSQL and Redis Cluster.
    pub async fn clustered() -> Self {
        let cluster = RedisCluster::start().await;
        let urls = (cluster.url(), cluster.url());
        Self::on_postgres(Hot::Cluster(cluster), urls).await
    }

    async fn on_postgres(redis: Hot, (redis_url, redis_behind): (String, String)) -> Self {
        let postgres = servers::dedicated_postgres().await;
        let to_postgres = Proxy::start(postgres.port()).await;
        let database_url = postgres.create_database().await;
        let behind = Stores {
            database_url: to_postgres.in_front_of(&database_url, postgres.port()),
            redis_url: Some(redis_behind),
            directory: TempDir::new().expect("a temporary folder"),
            shared_database: None,
        };
        let direct = Stores {
            database_url,
            redis_url: Some(redis_url),
            directory: TempDir::new().expect("a temporary folder"),
            shared_database: None,
        };
        let network = Network {
            postgres,
            to_postgres,
            redis,
        };
        Self::start(direct, behind, Some(network), 3).await
    }

    async fn start(
        direct: Stores,
        behind: Stores,
        network: Option<Network>,
        servers: usize,
    ) -> Self {
        let database = direct.database(&Clock::System).await;
        let sample = Sample::insert(&database, Clock::System.now(), |campaign| {
            // Midnight is no fault.
            campaign.quota_period = QuotaPeriod::Campaign;
        })
        .await;
        database.close().await;
        let mut world = Self {
            direct,
            behind,
            network,
            sample,
            hash_key: HashKey::new(IDENTITY_SECRET.as_bytes()),
            servers: Vec::new(),
            addresses: Addresses::default(),
        };
        for _ in 0..servers {
            let server = world.launch().await;
            world.servers.push(server);
        }
        world.announce();
        world
    }

    /// The faults that this world knows.
    pub fn faults(&self) -> &'static [Fault] {
        match self.network.as_ref().map(|network| &network.redis) {
            Some(Hot::Single(..)) => &Fault::NETWORKED,
            Some(Hot::Cluster(_)) => &Fault::CLUSTERED,
            None => &Fault::EMBEDDED,
        }
    }

    /// Starts a server. A file that may not grow further is an error to it and not the signal that would end it.
    async fn launch(&self) -> Program {
        let serve = program(&self.behind, &["serve"]);
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(serve.get_program())
            .args(serve.get_args())
            .env_clear()
            .envs(
                serve
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("ACCLAIM_LOG", "info");
        Program::launch(command, self.behind.directory.path()).await
    }

    fn announce(&self) {
        let addresses = self.servers.iter().map(|server| server.address).collect();
        *self.addresses.write().expect("no panic") = addresses;
    }

    fn network(&mut self) -> &mut Network {
        self.network.as_mut().expect("a fault of this world")
    }

    /// Breaks something for `time`, and mends it. `which` chooses a server.
    pub async fn suffer(&mut self, fault: Fault, which: usize, time: Duration) {
        let which = which % self.servers.len();
        match fault {
            Fault::ServerKilled | Fault::ServerPaused | Fault::ServersRolled => {
                self.suffer_servers(fault, which, time).await;
            }
            Fault::PostgresKilled
            | Fault::PostgresPaused
            | Fault::PostgresCut
            | Fault::PostgresRequestsLost
            | Fault::PostgresAnswersLost
            | Fault::PostgresHeld
            | Fault::PostgresDelayed => self.network().suffer_postgres(fault, time).await,
            Fault::RedisKilled
            | Fault::RedisPaused
            | Fault::RedisFlushed
            | Fault::RedisCut
            | Fault::RedisHeld => self.network().suffer_redis(fault, time).await,
            Fault::PrimaryKilled | Fault::PrimaryPaused => {
                self.network().suffer_cluster(fault, which, time).await;
            }
            Fault::SqliteLocked => self.lock_sqlite(time).await,
            Fault::DiskFull => {
                let limit = |size: &str| {
                    let pid = self.servers[0].id().to_string();
                    let limit = format!("--fsize={size}:unlimited");
                    let status = Command::new("prlimit")
                        .args(["--pid", &pid, &limit])
                        .status();
                    assert!(status.expect("prlimit runs").success());
                };
                limit("4096");
                tokio::time::sleep(time).await;
                limit("unlimited");
            }
        }
    }

    async fn suffer_servers(&mut self, fault: Fault, which: usize, time: Duration) {
        match fault {
            Fault::ServerKilled => {
                self.servers[which].kill();
                tokio::time::sleep(time).await;
                self.servers[which] = self.launch().await;
                self.announce();
            }
            Fault::ServerPaused => {
                signal(&self.servers[which], "STOP");
                tokio::time::sleep(time).await;
                signal(&self.servers[which], "CONT");
            }
            _ => {
                for which in 0..self.servers.len() {
                    let next = self.launch().await;
                    let mut old = std::mem::replace(&mut self.servers[which], next);
                    self.announce();
                    let code = tokio::task::spawn_blocking(move || {
                        let code = old.terminate();
                        (code, old.log_text())
                    });
                    let (code, log) = code.await.expect("no panic");
                    assert_eq!(code, Some(0), "{log}");
                }
            }
        }
    }

    /// Another program's transaction, as a backup or a person at a prompt would have it.
    async fn lock_sqlite(&self, time: Duration) {
        let connection = sqlx::SqliteConnection::connect(&self.direct.database_url).await;
        let mut connection = connection.expect("it opens");
        let begin = sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut connection)
            .await;
        begin.expect("the lock comes");
        tokio::time::sleep(time).await;
        let end = sqlx::query("ROLLBACK").execute(&mut connection).await;
        end.expect("it ends");
    }

    /// Stops all servers as an operator would.
    pub async fn stop(&mut self) {
        for mut server in self.servers.drain(..) {
            let stopped = tokio::task::spawn_blocking(move || {
                let code = server.terminate();
                (code, server.log_text())
            });
            let (code, log) = stopped.await.expect("no panic");
            assert_eq!(code, Some(0), "{log}");
        }
    }

    /// The votes that are stored.
    pub async fn stored(&self) -> Vec<Stored> {
        type Row = (Uuid, Uuid, Uuid, Uuid, Option<Uuid>);
        let statement = "SELECT id, voter_id, nominee_id, scope_id, idempotency_key FROM vote";
        let url = &self.direct.database_url;
        let rows: Vec<Row> = if url.starts_with("sqlite:") {
            let mut connection = sqlx::SqliteConnection::connect(url)
                .await
                .expect("it opens");
            let rows = sqlx::query_as(statement).fetch_all(&mut connection).await;
            rows.expect("the votes")
        } else {
            let mut connection = sqlx::PgConnection::connect(url).await.expect("it opens");
            let rows = sqlx::query_as(statement).fetch_all(&mut connection).await;
            rows.expect("the votes")
        };
        let campaign = self.sample.campaign.id;
        let stored = |(id, voter, nominee, scope, key): Row| Stored {
            id: GlobalId::Vote(campaign, VoteId(id))
                .encode(&self.hash_key)
                .0,
            voter: VoterId(voter),
            nominee: NomineeId(nominee),
            scope,
            key,
        };
        rows.into_iter().map(stored).collect()
    }
}

impl Network {
    async fn suffer_postgres(&mut self, fault: Fault, time: Duration) {
        let proxy = &self.to_postgres;
        match fault {
            Fault::PostgresKilled => {
                self.postgres.kill();
                tokio::time::sleep(time).await;
                self.postgres.restart().await;
            }
            Fault::PostgresPaused => {
                self.postgres.pause();
                tokio::time::sleep(time).await;
                self.postgres.resume();
            }
            Fault::PostgresCut => cut_for(proxy, time).await,
            Fault::PostgresRequestsLost => lose(proxy, Mode::LoseRequests, time).await,
            Fault::PostgresAnswersLost => lose(proxy, Mode::LoseAnswers, time).await,
            Fault::PostgresHeld => be(proxy, Mode::Hold, time).await,
            _ => be(proxy, Mode::Delay(Duration::from_millis(40)), time).await,
        }
    }

    async fn suffer_redis(&mut self, fault: Fault, time: Duration) {
        let Hot::Single(redis, proxy) = &mut self.redis else {
            unreachable!("a fault of this world")
        };
        match fault {
            Fault::RedisKilled => {
                redis.kill();
                tokio::time::sleep(time).await;
                redis.restart().await;
            }
            Fault::RedisPaused => {
                redis.pause();
                tokio::time::sleep(time).await;
                redis.resume();
            }
            Fault::RedisFlushed => {
                let client = redis::Client::open(redis.url()).expect("an address");
                let connection = client.get_multiplexed_async_connection().await;
                let mut connection = connection.expect("it connects");
                let flush = redis::cmd("FLUSHALL").exec_async(&mut connection).await;
                flush.expect("it is empty");
                tokio::time::sleep(time).await;
            }
            Fault::RedisCut => cut_for(proxy, time).await,
            _ => be(proxy, Mode::Hold, time).await,
        }
    }

    /// Lasts until there are three primaries again.
    async fn suffer_cluster(&mut self, fault: Fault, which: usize, time: Duration) {
        let Hot::Cluster(cluster) = &mut self.redis else {
            unreachable!("a fault of this world")
        };
        let primaries = cluster.primaries().await;
        let which = primaries[which % primaries.len()];
        if fault == Fault::PrimaryKilled {
            cluster.nodes()[which].kill();
            until("the failover", async || {
                (cluster.primaries().await.len() == primaries.len()).then_some(())
            })
            .await;
            cluster.nodes()[which].restart().await;
        } else {
            cluster.nodes()[which].pause();
            tokio::time::sleep(time).await;
            cluster.nodes()[which].resume();
        }
        cluster.until_whole().await;
    }
}

async fn be(proxy: &Proxy, mode: Mode, time: Duration) {
    proxy.set(mode);
    tokio::time::sleep(time).await;
    proxy.set(Mode::Pass);
}

/// The connections are reset before anything passes again: half a conversation is none.
async fn lose(proxy: &Proxy, mode: Mode, time: Duration) {
    proxy.set(mode);
    tokio::time::sleep(time).await;
    proxy.cut();
    proxy.set(Mode::Pass);
}

/// Down for the first half; then each connection lives for a moment.
async fn cut_for(proxy: &Proxy, time: Duration) {
    proxy.set_down(true);
    tokio::time::sleep(time / 2).await;
    proxy.set_down(false);
    for _ in 0..10 {
        tokio::time::sleep(time / 20).await;
        proxy.cut();
    }
}

fn signal(server: &Program, name: &str) {
    let pid = server.id().to_string();
    let status = Command::new("kill").args(["-s", name, &pid]).status();
    assert!(status.expect("kill runs").success());
}

impl Drop for World {
    /// The last lines of the servers: they explain a failure.
    fn drop(&mut self) {
        if std::thread::panicking() {
            for server in &self.servers {
                let log = server.log_text();
                let lines: Vec<&str> = log.lines().collect();
                let last = lines[lines.len().saturating_sub(20)..].join("\n");
                let _ = writeln!(std::io::stderr(), "{}: {last}", server.address);
            }
        }
    }
}
