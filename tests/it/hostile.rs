//! Hostile input: every row of the tables in `hostile/` is answered as it says, by the real program, at a
//! bounded cost, while somebody else is served.
//!
//! A row costs the server at most 5 ms of CPU and 1 MiB of memory: the CPU is the mean of some repeats, less what the
//! server takes for itself and for the one who is served meanwhile; the memory is the most by which one of the repeats
//! raised the peak above what was resident before it. Only Linux counts both.

mod documents;
mod doubling;
mod meter;
mod requests;
mod sockets;
mod subscribers;
mod timeouts;
mod transport;
mod validation;
mod wire;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use acclaim::auth::keyed_hash::HashKey;
use acclaim::clock::Clock;
use acclaim::graphql::node_id::GlobalId;
use tokio::task::JoinHandle;

use self::meter::Meter;
use self::wire::{Answer, Manner};
use crate::deadlines::until;
use crate::harness::{IDENTITY_SECRET, Program, Sample, Stores, http_client};

/// The most that a row may cost.
const CPU_MAX: Duration = if cfg!(debug_assertions) {
    // A program for debugging takes several times as long. On a machine that has nothing else to do its rows keep to
    // the limit of the one that is shipped.
    Duration::from_millis(10)
} else {
    Duration::from_millis(5)
};
const MEMORY_KIB_MAX: u64 = 1_024;
/// The largest answer: as much as the largest document.
const ANSWER_BYTES_MAX: usize = 8 * 1_024;
/// How often a row is sent and measured, after one time that warms up.
const REPEATS: u32 = 8;
/// Stands for a number that is another one each time.
const FRESH: &str = "FRESH";
/// Makes the allocators, mimalloc and that of the GNU C library, give back what is freed, in small pages: else a peak
/// disappears in what earlier ones left.
const FRUGAL: &[(&str, &str)] = &[
    ("MIMALLOC_PURGE_DELAY", "0"),
    ("MIMALLOC_ALLOW_THP", "0"),
    (
        "GLIBC_TUNABLES",
        "glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=4096:glibc.malloc.trim_threshold=0:\
        glibc.malloc.top_pad=0:glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0",
    ),
];
/// Documents of the largest kind, twice as many as are kept, and what all of them may take: the server takes them to be
/// 40 MB at most.
const KEPT: u32 = 500;
const KEPT_KIB_MAX: u64 = 64 * 1_024;
/// How long the server is watched while it does nothing.
const IDLE: Duration = Duration::from_secs(1);

/// Something hostile, and what the server does.
pub struct Row {
    name: &'static str,
    bytes: Vec<u8>,
    manner: Manner,
    expected: Expected,
    /// A part of the answer: the code of the error.
    says: &'static str,
}

/// How the server ends a connection.
#[derive(Debug)]
pub enum Expected {
    /// After responses with these statuses.
    Statuses(Vec<u16>),
    /// As a socket, with this code.
    Close(u16),
    /// Without a word.
    Cut,
}

impl Row {
    fn new(name: &'static str, bytes: impl Into<Vec<u8>>, expected: Expected) -> Self {
        Self {
            name,
            bytes: bytes.into(),
            manner: Manner::AtOnce,
            expected,
            says: "",
        }
    }

    /// Is answered with this status.
    fn refused(
        name: &'static str,
        bytes: impl Into<Vec<u8>>,
        status: u16,
        says: &'static str,
    ) -> Self {
        Self {
            says,
            ..Self::new(name, bytes, Expected::Statuses(vec![status]))
        }
    }

    /// The same, sent in this manner.
    fn sent(self, manner: Manner) -> Self {
        Self { manner, ..self }
    }

    /// The bytes to send: where it says so, something that nobody has sent before.
    fn bytes(&self) -> Cow<'_, [u8]> {
        static SENT: AtomicU32 = AtomicU32::new(0);
        let text = String::from_utf8_lossy(&self.bytes);
        if !text.contains(FRESH) {
            return Cow::Borrowed(&self.bytes);
        }
        let number = SENT.fetch_add(1, Ordering::Relaxed);
        // As long as what it stands for.
        Cow::Owned(text.replace(FRESH, &format!("{number:05}")).into_bytes())
    }

    /// The fault of the answer, if there is one.
    fn complaint(&self, answer: &Answer) -> Option<String> {
        let is_expected = match &self.expected {
            Expected::Statuses(statuses) => {
                answer.statuses == *statuses && answer.close_code.is_none()
            }
            Expected::Close(code) => answer.close_code == Some(*code),
            Expected::Cut => answer.bytes.is_empty(),
        };
        let text = answer.text();
        if !is_expected || !answer.is_ended || !text.contains(self.says) {
            return Some(format!(
                "{:?} {} was expected, {} (ended: {}): {text:.500}",
                self.expected,
                self.says,
                answer.summary(),
                answer.is_ended
            ));
        }
        if text.contains("Did you mean") {
            return Some(format!("there are suggestions: {text}"));
        }
        let bytes = answer.bytes.len() / answer.statuses.len().max(1);
        (bytes > ANSWER_BYTES_MAX).then(|| format!("an answer has {bytes} bytes"))
    }
}

/// A client that asks for the time, again and again, and takes no other answer.
struct Bystander {
    answered: Arc<AtomicU32>,
    asking: JoinHandle<()>,
}

impl Bystander {
    fn start(address: SocketAddr) -> Self {
        let answered = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&answered);
        let asking = tokio::spawn(async move {
            // One connection, so that one place is taken.
            let http = http_client();
            let url = format!("http://{address}/graphql?query=%7BserverTime%7D");
            loop {
                let response = http.get(&url).send().await.expect("an answer");
                assert_eq!(response.status(), 200);
                let text = response.text().await.expect("a text");
                assert!(text.starts_with(r#"{"data":{"serverTime":"#), "{text}");
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { answered, asking }
    }

    fn answered(&self) -> u32 {
        self.answered.load(Ordering::SeqCst)
    }

    /// Waits until so many more are answered.
    async fn is_served(&self, since: u32, times: u32) {
        until("an answer to someone else", async || {
            assert!(!self.asking.is_finished(), "someone else was refused");
            (self.answered() >= since + times).then_some(())
        })
        .await;
    }
}

impl Drop for Bystander {
    /// The server may end before the test does.
    fn drop(&mut self) {
        self.asking.abort();
    }
}

/// The program, someone who is served, and what the two cost when nothing hostile happens.
struct Target {
    bystander: Bystander,
    server: Program,
    _stores: Stores,
    rows: Vec<Row>,
    meter: Option<Meter>,
    /// Seconds of CPU in a second, asked for nothing.
    idle: f64,
    /// Seconds of CPU for an answer to the bystander.
    answer: f64,
}

impl Target {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let stores = Stores::embedded();
        let database = stores.database(&Clock::System).await;
        let sample = Sample::insert(&database, Clock::System.now(), |_| ()).await;
        database.close().await;
        let campaign = GlobalId::Campaign(sample.campaign.id);
        let campaign = campaign.encode(&HashKey::new(IDENTITY_SECRET.as_bytes())).0;
        let rows = [
            documents::rows(),
            validation::rows(),
            requests::rows(),
            transport::rows(),
            sockets::rows(&campaign),
        ];
        // What is logged by default.
        let settings = [&[("ACCLAIM_LOG", "info,sqlx=warn")], settings].concat();
        let server = Program::start_with(&stores, &["serve"], &settings).await;
        let meter = Meter::of(server.id());
        let idle = match &meter {
            Some(meter) => measure_idle(meter).await,
            None => 0.0,
        };
        let bystander = Bystander::start(server.address);
        let answer = match &meter {
            Some(meter) => measure_answer(meter, idle, &bystander).await,
            None => 0.0,
        };
        Self {
            bystander,
            server,
            _stores: stores,
            rows: rows.into_iter().flatten().collect(),
            meter,
            idle,
            answer,
        }
    }

    /// Sends a row so many times; returns the last answer, and what was wrong first.
    async fn repeat(
        &self,
        row: &Row,
        times: u32,
        mut each: impl FnMut(),
    ) -> (Answer, Option<String>) {
        let (mut last, mut complaint) = (None, None);
        for _ in 0..times {
            let answer = wire::send(self.server.address, &row.bytes(), row.manner).await;
            each();
            complaint = complaint.or(row.complaint(&answer));
            let is_hanging = !answer.is_ended;
            last = Some(answer);
            if is_hanging {
                break;
            }
        }
        (last.expect("it is sent"), complaint)
    }

    /// The mean of the CPU that a row takes, by itself.
    async fn cpu(&self, row: &Row) -> (Duration, Answer, Option<String>) {
        let (first, complaint) = self.repeat(row, 1, || ()).await;
        if !first.is_ended {
            return (Duration::ZERO, first, complaint);
        }
        let (answered, started) = (self.bystander.answered(), Instant::now());
        let before = self.meter.as_ref().map(Meter::threads);
        let (answer, complaint) = self.repeat(row, REPEATS, || ()).await;
        // One that was asked for in the meantime; the first may have been before.
        self.bystander.is_served(answered, 2).await;
        let cpu = self
            .meter
            .as_ref()
            .zip(before)
            .map_or(0.0, |(meter, before)| {
                let used = meter.cpu_since(&before).as_secs_f64();
                let others = f64::from(self.bystander.answered() - answered) * self.answer;
                (used - others - self.idle * started.elapsed().as_secs_f64()).max(0.0)
            });
        // Of one request, where a row is many of them.
        let requests = u32::try_from(answer.statuses.len()).map_or(1, |count| count.max(1));
        let mean = Duration::from_secs_f64(cpu / f64::from(REPEATS * requests));
        (mean, answer, complaint)
    }

    /// The most by which a row raised the peak of memory, KiB.
    async fn memory(&self, row: &Row) -> (u64, Option<String>) {
        self.repeat(row, 1, || ()).await;
        let mut peaks = Vec::new();
        let forget = || self.meter.as_ref().map_or(0, Meter::forget_peak);
        let mut resident = forget();
        let (_, complaint) = self
            .repeat(row, REPEATS / 2, || {
                let peak = self.meter.as_ref().map_or(0, Meter::peak);
                peaks.push(peak.saturating_sub(resident));
                resident = forget();
            })
            .await;
        // What a row costs, it costs each time; in one of them the server may have been at work for itself.
        peaks.sort_unstable();
        (peaks.iter().rev().nth(1).copied().unwrap_or(0), complaint)
    }

    fn assert_sane(&self) {
        let log = self.server.log_text();
        assert!(!log.contains("panicked") && !log.contains("ERROR"), "{log}");
    }
}

/// Seconds of CPU in a second of a server that nobody asks.
async fn measure_idle(meter: &Meter) -> f64 {
    let (before, started) = (meter.threads(), Instant::now());
    // Nothing to wait for: it is the time that is measured.
    tokio::time::sleep(IDLE).await;
    meter.cpu_since(&before).as_secs_f64() / started.elapsed().as_secs_f64()
}

/// Seconds of CPU for an answer to the bystander, who is alone.
async fn measure_answer(meter: &Meter, idle: f64, bystander: &Bystander) -> f64 {
    let answers = 40 * REPEATS;
    bystander.is_served(0, answers).await;
    let (first, before, started) = (bystander.answered(), meter.threads(), Instant::now());
    bystander.is_served(first, answers).await;
    let cpu = meter.cpu_since(&before).as_secs_f64() - idle * started.elapsed().as_secs_f64();
    cpu / f64::from(bystander.answered() - first)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hostile_are_refused_at_a_bounded_cost() {
    let fast = Target::start(&[]).await;
    let frugal = Target::start(FRUGAL).await;
    let (mut table, mut complaints) = (String::new(), String::new());
    for (row, same) in fast.rows.iter().zip(&frugal.rows) {
        let (mut cpu, answer, complaint) = fast.cpu(row).await;
        // A machine that does something else makes everything dearer for a while.
        for _ in 0..3 {
            if cpu > CPU_MAX {
                cpu = cpu.min(fast.cpu(row).await.0);
            }
        }
        // One that hangs would hang there, too.
        let (memory, again) = if answer.is_ended {
            frugal.memory(same).await
        } else {
            (0, None)
        };
        let (name, summary, cpu) = (row.name, answer.summary(), cpu.as_micros());
        let _ = writeln!(
            table,
            "{name:<56} {summary:>14} {cpu:>8} µs {memory:>6} KiB {:>7} bytes",
            answer.bytes.len()
        );
        let too_much = [
            (cpu > CPU_MAX.as_micros()).then(|| format!("{cpu} µs of CPU")),
            (memory > MEMORY_KIB_MAX).then(|| format!("{memory} KiB of memory")),
        ];
        for complaint in too_much.into_iter().chain([complaint.or(again)]).flatten() {
            let _ = writeln!(complaints, "{name}: {complaint}");
        }
    }
    #[allow(clippy::print_stdout, reason = "for whoever asks for the output")]
    {
        println!("{table}");
        println!("idle {} s/s, an answer {} s", fast.idle, fast.answer);
    }
    fast.assert_sane();
    frugal.assert_sane();
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// Rows of documents that are kept, each time another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_that_are_kept_do_not_fill_the_memory() {
    let target = Target::start(&[]).await;
    let Some(meter) = &target.meter else { return };
    let name = "5 operations with one fragment of 290 fields";
    let row = target.rows.iter().find(|row| row.name == name);
    let before = meter.forget_peak();
    let (_, complaint) = target.repeat(row.expect("it is there"), KEPT, || ()).await;
    assert_eq!(complaint, None);
    let grown = meter.forget_peak().saturating_sub(before);
    assert!(grown < KEPT_KIB_MAX, "{grown} KiB");
}
