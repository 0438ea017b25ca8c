//! Real PostgreSQL and Redis for the behaviour suite, started by the test process itself.
//!
//! The shared servers start once per process and are never stopped by a test: `kill`, `pause` and the like
//! take `&mut self`, which a `&'static` cannot give. A test that needs a fault starts a server of its own.
//!
//! Nothing stays behind, however the test process ends. Statics are not dropped and SIGKILL runs no code, so
//! each server is the child of a small shell, its keeper, that reads orders from a pipe held by this process.
//! When the pipe closes, the keeper kills the server and removes its folder. Read [`KEEPER`] first.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

/// A start takes a second or two; a loaded machine with slow disks gets ten times that.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// Older ones lack `CREATE DATABASE ... STRATEGY`.
const POSTGRES_OLDEST: u32 = 15;

/// The oldest Redis the server is run on.
const REDIS_OLDEST: u32 = 7;

/// Ports are taken from below Linux' ephemeral range (32768 and up), where the client side of some other
/// connection could take the port of a server that is down until its `restart`.
const PORTS_FROM: u32 = 20_000;
const PORTS: u32 = 12_000;

/// The keeper: evaluates each line of its input in its server's folder and answers with the exit status.
///
/// It ignores the signals that a terminal or a runner sends to all its processes, since the end of its input
/// is the only sign to go by. PostgreSQL's processes leave the process group of their parent, so they are
/// found by parent id (on Linux), with the parent stopped meanwhile so that it starts no more of them. A killed
/// one leaves the System V segment that is its lock, noted in the seventh line of its file, to be removed here.
const KEEPER: &str = r#"
trap '' HUP INT PIPE TERM
pid=
folder=$(mktemp -d "${TMPDIR:-/tmp}/acclaim-test-XXXXXX" 2>/dev/null || mktemp -d /tmp/acclaim-test-XXXXXX) || exit
cd "$folder" || exit

children() {
    grep -ls "^PPid:[[:space:]]*$pid\$" /proc/[0-9]*/status | cut -d/ -f3
}
start() {
    "$@" </dev/null >>server.log 2>&1 &
    pid=$!
}
pause() {
    kill -STOP "$pid" && for child in $(children); do kill -STOP "$child"; done
}
resume() {
    for process in $(children) "$pid"; do kill -CONT "$process"; done
}
crash() {
    [ -n "$pid" ] || return 0
    kill -STOP "$pid"
    orphans=$(children)
    kill -KILL "$pid" $orphans
    wait "$pid"
    for orphan in $orphans; do
        while grep -qs '^State:[[:space:]]*[^XZ[:space:]]' "/proc/$orphan/status"; do sleep 0.01; done
    done
    pid=
}

echo "$folder"
while read -r order; do
    eval "$order"
    echo "$?"
done 2>/dev/null
crash 2>/dev/null
segment=$(sed -n '7s/.* //p' data/postmaster.pid 2>/dev/null)
[ -z "$segment" ] || ipcrm -m "$segment"
cd / && rm -rf "$folder"
"#;

/// What a server that is ready answers: the first byte of its reply to a question any client may ask.
#[derive(Clone, Copy)]
struct Probe {
    question: &'static [u8],
    answer: u8,
}

/// A start-up message (length, protocol 3.0, user and database); `R` admits, `E` says "starting up".
const POSTGRES_PROBE: Probe = Probe {
    question: b"\0\0\0\x29\0\x03\0\0user\0postgres\0database\0postgres\0\0",
    answer: b'R',
};

/// A request for TLS (length, code), which is answered before anything is known of the caller: not here.
const POOLER_PROBE: Probe = Probe {
    question: b"\0\0\0\x08\x04\xd2\x16\x2f",
    answer: b'N',
};

/// `+PONG`; a server that is still loading answers `-LOADING`.
const REDIS_PROBE: Probe = Probe {
    question: b"PING\r\n",
    answer: b'+',
};

impl Probe {
    /// Whether a server on this port gives the expected answer within a second.
    fn passes(self, port: u16) -> bool {
        let within = Duration::from_secs(1);
        let ask = || -> std::io::Result<u8> {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let mut connection = TcpStream::connect_timeout(&address, within)?;
            connection.set_read_timeout(Some(within))?;
            connection.write_all(self.question)?;
            let mut reply = [0];
            connection.read_exact(&mut reply)?;
            Ok(reply[0])
        };
        ask().is_ok_and(|reply| reply == self.answer)
    }

    /// Asks until the answer is right; false if it was not by the deadline.
    fn passes_in_time(self, port: u16) -> bool {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if self.passes(port) {
                return true;
            }
            // A pause between questions; the right answer is what is waited for.
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

/// A server under its keeper; dropping it kills the server and removes its folder.
struct Server {
    keeper: Child,
    replies: BufReader<ChildStdout>,
    folder: PathBuf,
    port: u16,
    command: String,
    probe: Probe,
}

impl Server {
    /// Starts a keeper, as the given user, for a server that does not run yet: `command` is its command line
    /// up to the port number, after `prepare` has been run in the folder.
    fn prepare(user: Option<(u32, u32)>, prepare: &str, command: &str, probe: Probe) -> Self {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", KEEPER])
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0);
        if let Some((uid, gid)) = user {
            shell.uid(uid).gid(gid);
        }
        let mut keeper = shell.spawn().expect("sh starts");
        let mut replies = BufReader::new(keeper.stdout.take().expect("stdout is piped"));
        let folder = PathBuf::from(next_line(&mut replies));
        assert!(folder.is_absolute(), "the keeper makes a temporary folder");
        let mut server = Self {
            keeper,
            replies,
            folder,
            port: 0,
            command: command.to_owned(),
            probe,
        };
        server.order(prepare);
        // Taken only now: the less time until the server listens there, the less can come between.
        server.port = free_port();
        server
    }

    /// Has the keeper run one line of shell, and waits until it is done.
    fn order(&mut self, line: &str) {
        let orders = self.keeper.stdin.as_mut().expect("stdin is piped");
        writeln!(orders, "{line}").expect("the keeper takes orders");
        let status = next_line(&mut self.replies);
        assert_eq!(status, "0", "`{line}` failed:\n{}", self.log());
    }

    /// Starts the server and waits until it is ready.
    async fn start(&mut self) {
        let (port, probe) = (self.port, self.probe);
        self.order(&format!("start {} {port}", self.command));
        let ready = unwinding(move || probe.passes_in_time(port)).await;
        assert!(
            ready,
            "`{} {port}` was not ready within {READY_WITHIN:?}:\n{}",
            self.command,
            self.log()
        );
    }

    /// What the server has written to its log, for the message of a failure.
    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("server.log"))
            .unwrap_or_else(|failure| failure.to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Closes the keeper's input first. There is no use for its exit status.
        let _ = self.keeper.wait();
    }
}

fn next_line(replies: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    replies.read_line(&mut line).expect("the keeper answers");
    line.trim_end().to_owned()
}

/// Runs blocking work off the runtime's threads, where a paused clock waits for it too; a panic passes
/// through as it is.
async fn unwinding<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let outcome = spawn_blocking(work).await;
    outcome.unwrap_or_else(|failure| resume_unwind(failure.into_panic()))
}

/// A PostgreSQL server of this process.
pub struct PostgresProcess {
    server: Server,
}

impl PostgresProcess {
    /// Creates an empty database and gives its URL.
    pub async fn create_database(&self) -> String {
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let name = format!("acclaim_test_{}_{number}", std::process::id());
        let mut connection = PgConnection::connect(&self.url("postgres"))
            .await
            .expect("the test PostgreSQL takes connections");
        // Five times as fast as file_copy, which waits for two checkpoints of the whole server.
        let create = format!("CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log");
        sqlx::raw_sql(AssertSqlSafe(create))
            .execute(&mut connection)
            .await
            .expect("a fresh database can be created");
        connection.close().await.expect("the connection closes");
        self.url(&name)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.server.port
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres://postgres@127.0.0.1:{}/{database}",
            self.server.port
        )
    }

    /// The database of this address, on this server.
    pub fn url_like(&self, url: &str) -> String {
        self.url(url.rsplit('/').next().expect("the name of a database"))
    }

    /// Kills all processes of the server with SIGKILL; returns when they are gone.
    pub fn kill(&mut self) {
        self.server.order("crash");
    }

    /// Starts the server again, with its data and on its port, after killing it if it runs.
    pub async fn restart(&mut self) {
        self.kill();
        self.server.start().await;
    }

    /// Stops all processes of the server with SIGSTOP: connections stay open and nothing answers.
    pub fn pause(&mut self) {
        self.server.order("pause");
    }

    /// Lets a paused server go on.
    pub fn resume(&mut self) {
        self.server.order("resume");
    }
}

/// The PostgreSQL server that the tests of this process share, each with databases of its own.
pub async fn postgres() -> &'static PostgresProcess {
    static SHARED: OnceCell<PostgresProcess> = OnceCell::const_new();
    SHARED.get_or_init(dedicated_postgres).await
}

/// Starts a PostgreSQL server for one test.
///
/// fsync and `synchronous_commit` stay on: the program refuses a database without them. Dynamic shared memory
/// is in files of its folder, since what is in /dev/shm would outlive a server that is killed.
pub async fn dedicated_postgres() -> PostgresProcess {
    let mut server = unwinding(|| {
        let programs = postgres_programs();
        let initdb = format!(
            "{programs}initdb --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C \
             --no-sync </dev/null >>server.log 2>&1"
        );
        let postgres = postgres_command(&programs);
        Server::prepare(ordinary_user(), &initdb, &postgres, POSTGRES_PROBE)
    })
    .await;
    server.start().await;
    PostgresProcess { server }
}

/// The command line up to the port number.
fn postgres_command(programs: &str) -> String {
    format!(
        "{programs}postgres -D data -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
         -c dynamic_shared_memory_type=mmap -c max_connections=300 -c shared_buffers=64MB -p"
    )
}

/// Starts a standby that follows this server, whose databases it has under the same names.
pub async fn standby_of(primary: &PostgresProcess) -> PostgresProcess {
    let port = primary.port();
    let mut server = unwinding(move || {
        let programs = postgres_programs();
        let copy = format!(
            "{programs}pg_basebackup --pgdata=data --write-recovery-conf --checkpoint=fast --no-sync \
             --host=127.0.0.1 --port={port} --username=postgres </dev/null >>server.log 2>&1"
        );
        let postgres = postgres_command(&programs);
        Server::prepare(ordinary_user(), &copy, &postgres, POSTGRES_PROBE)
    })
    .await;
    server.start().await;
    PostgresProcess { server }
}

/// A pooler in front of a PostgreSQL server, which gives a connection away after each transaction.
pub struct PgBouncer {
    server: Server,
}

impl PgBouncer {
    /// Starts one, with a further line of its settings.
    pub async fn start(postgres: &PostgresProcess, setting: &str) -> Self {
        let (port, setting) = (postgres.port(), setting.to_owned());
        let mut server = unwinding(move || {
            assert!(
                major_version("pgbouncer") >= Some(1),
                "the tests need PgBouncer: install the Debian package `pgbouncer`"
            );
            let settings = format!(
                "printf '[databases]\\n* = host=127.0.0.1 port={port} user=postgres\\n[pgbouncer]\\n\
                 listen_addr = 127.0.0.1\\nunix_socket_dir =\\nauth_type = any\\npool_mode = transaction\\n\
                 {setting}\\n' > settings"
            );
            let pgbouncer = "sh -c '(cat settings; echo listen_port = $0) > pgbouncer.ini; exec pgbouncer pgbouncer.ini'";
            Server::prepare(ordinary_user(), &settings, pgbouncer, POOLER_PROBE)
        })
        .await;
        server.start().await;
        Self { server }
    }

    /// The address of this database by way of the pooler.
    pub fn url(&self, postgres: &PostgresProcess, url: &str) -> String {
        let (own, other) = (postgres.port(), self.server.port);
        url.replace(&format!(":{own}/"), &format!(":{other}/"))
    }
}

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

    /// Waits until all nodes are there, three of them primaries, and each of the others has its primary's data: a replica
    /// that has never had it does not take over.
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

    /// What `REDIS_URL` says of it.
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
    let started = Instant::now();
    while !is_so().await {
        assert!(
            started.elapsed() < READY_WITHIN,
            "{what} was not there in time"
        );
        // A pause between looks; the state is what is waited for.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
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

/// A TCP port of 127.0.0.1 that is free now, and that this process has not been given before.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    // Neighbouring process ids start far apart, so that two runs at the same time seldom try the same port.
    let first = std::process::id().wrapping_mul(7_919) % PORTS;
    (0..PORTS)
        .map(|_| PORTS_FROM + (first + GIVEN.fetch_add(1, Ordering::Relaxed)) % PORTS)
        .map(|port| u16::try_from(port).expect("the range is below 65536"))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("one of the ports is free")
}

/// The folder of PostgreSQL's programs with its slash, or nothing where they are on the PATH. Debian keeps
/// them off it, in one folder for each major version.
fn postgres_programs() -> String {
    let mut versions: Vec<u32> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    let installed = versions
        .iter()
        .map(|version| format!("/usr/lib/postgresql/{version}/bin/"));
    std::iter::once(String::new())
        .chain(installed)
        .find(|folder| {
            ["initdb", "postgres"].iter().all(|program| {
                major_version(&format!("{folder}{program}")) >= Some(POSTGRES_OLDEST)
            })
        })
        .unwrap_or_else(|| {
            panic!("the tests need PostgreSQL {POSTGRES_OLDEST} or newer: install the Debian package `postgresql`")
        })
}

/// The first number of what a program says its version is, such as `Redis server v=7.0.15`.
fn major_version(program: &str) -> Option<u32> {
    let said = Command::new(program).arg("--version").output().ok()?;
    String::from_utf8_lossy(&said.stdout)
        .split(|character: char| !character.is_ascii_digit())
        .find_map(|number| number.parse().ok())
}

/// The user and group to run PostgreSQL as where the tests run as root, which it refuses.
fn ordinary_user() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let said = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8_lossy(&said.stdout).trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    let user = ["postgres", "nobody"]
        .iter()
        .find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)));
    assert!(
        user.is_some(),
        "root needs the user `postgres` or `nobody` to run PostgreSQL as"
    );
    user
}

#[tokio::test]
async fn a_killed_postgres_comes_back_with_what_was_committed() {
    let mut postgres = dedicated_postgres().await;
    let url = postgres.create_database().await;
    let mut connection = PgConnection::connect(&url).await.expect("it connects");
    sqlx::raw_sql("CREATE TABLE vote (id BIGINT); INSERT INTO vote VALUES (1)")
        .execute(&mut connection)
        .await
        .expect("the row is committed");

    postgres.kill();
    assert!(connection.ping().await.is_err());
    assert!(PgConnection::connect(&url).await.is_err());

    postgres.restart().await;
    let mut connection = PgConnection::connect(&url)
        .await
        .expect("it connects again");
    let votes: i64 = sqlx::query_scalar("SELECT count(*) FROM vote")
        .fetch_one(&mut connection)
        .await
        .expect("the table is there");
    assert_eq!(votes, 1);

    postgres.pause();
    assert!(!POSTGRES_PROBE.passes(postgres.server.port));
    postgres.resume();
    connection.ping().await.expect("the old connection goes on");
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
