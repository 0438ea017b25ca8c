//! Real PostgreSQL and Redis for the behaviour suite, started by the test process itself.
//!
//! The shared servers start once per process and are never stopped by a test: `kill`, `pause` and the like
//! take `&mut self`, which a `&'static` cannot give. A test that needs a fault starts a server of its own.
//!
//! Nothing stays behind, however the test process ends. Statics are not dropped and SIGKILL runs no code, so
//! each server is the child of a small shell, its keeper, that reads orders from a pipe held by this process.
//! When the pipe closes, the keeper kills the server and removes its folder. Read [`KEEPER`] first.

mod postgres;
mod redis;
mod s3;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;

use crate::deadlines::deadline;

pub use self::postgres::{
    PgBouncer, PostgresProcess, SharedDatabase, dedicated_postgres, dump, postgres, restore_over,
    standby_of,
};
pub use self::redis::{RedisCluster, RedisProcess, dedicated_redis, redis};
pub use self::s3::S3;

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

/// The answer of a server that is ready: the first byte of its reply to a question any client may ask.
#[derive(Clone, Copy)]
struct Probe {
    question: &'static [u8],
    answer: u8,
}

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
        let deadline = Instant::now() + deadline();
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
            "`{} {port}` was not ready in time:\n{}",
            self.command,
            self.log()
        );
    }

    /// The server's log, for the message of a failure.
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

/// The first number of what a program says its version is, such as `Redis server v=7.0.15`.
fn major_version(program: &str) -> Option<u32> {
    let said = Command::new(program).arg("--version").output().ok()?;
    String::from_utf8_lossy(&said.stdout)
        .split(|character: char| !character.is_ascii_digit())
        .find_map(|number| number.parse().ok())
}
