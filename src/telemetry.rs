//! Logs, metrics and traces. Log events read alone and carry their data in fields; no secret, token, openid, phone
//! number or full network address is ever logged.

mod logs;
mod request;
#[cfg(feature = "otlp")]
pub mod traces;
#[cfg(not(feature = "otlp"))]
#[path = "telemetry/no_traces.rs"]
pub mod traces;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry, Unit};

pub use self::logs::{ACCESS_LOG, init_logs};
pub use self::request::RequestId;
use self::traces::Span;

/// A statement that takes longer is worth a line in the log.
const SLOW: Duration = Duration::from_secs(1);

/// Labels of a GraphQL request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OperationLabels {
    /// The first root field, such as `castVote`: bounded by the schema, unlike names that clients choose.
    pub field: &'static str,
    /// `ok`, or the first error's code.
    pub outcome: &'static str,
}

/// The label of a refused vote request, or of what came of a captcha's solution.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ReasonLabels {
    /// The reason, as the API says it.
    pub reason: &'static str,
}

/// The label of a statement or transaction of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NameLabels {
    /// Its name in the code, which bounds the label.
    name: &'static str,
}

/// The metrics of the ledger: how often each statement and transaction ran, and how long.
#[derive(Debug, Clone)]
pub struct LedgerMetrics {
    statement_seconds: Family<NameLabels, Histogram>,
    transaction_seconds: Family<NameLabels, Histogram>,
}

impl LedgerMetrics {
    /// Metrics without a measurement.
    #[must_use]
    pub fn new() -> Self {
        Self {
            statement_seconds: Family::new_with_constructor(coarse_seconds),
            transaction_seconds: Family::new_with_constructor(coarse_seconds),
        }
    }

    /// Starts the timer of a statement: from asking for a connection to the last row.
    #[must_use]
    pub fn time_statement(&self, name: &'static str) -> Timer {
        Timer::start(&self.statement_seconds, name, Span::start(name))
    }

    /// Starts the timer of a statement within a transaction.
    #[must_use]
    pub fn time_statement_within(&self, transaction: &Timer, name: &'static str) -> Timer {
        let span = transaction.span.context().start(name);
        Timer::start(&self.statement_seconds, name, span)
    }

    /// Starts the timer of a transaction: from asking for a connection to the end of the commit.
    #[must_use]
    pub fn time_transaction(&self, name: &'static str) -> Timer {
        Timer::start(&self.transaction_seconds, name, Span::start(name))
    }
}

impl Default for LedgerMetrics {
    fn default() -> Self {
        Self::new()
    }
}

/// A running timer. Dropped, it counts its time under its name, also where the caller has given up, and ends its span.
#[derive(Debug)]
pub struct Timer {
    seconds: Family<NameLabels, Histogram>,
    labels: NameLabels,
    started: Instant,
    span: Span,
}

impl Timer {
    fn start(seconds: &Family<NameLabels, Histogram>, name: &'static str, span: Span) -> Self {
        Self {
            seconds: seconds.clone(),
            labels: NameLabels { name },
            started: Instant::now(),
            span,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let NameLabels { name } = self.labels;
        let took = self.started.elapsed();
        let seconds = took.as_secs_f64();
        self.seconds.get_or_create(&self.labels).observe(seconds);
        let request = RequestId::current();
        if took >= SLOW {
            tracing::warn!(request, statement = name, seconds, "the database took long");
        } else {
            tracing::debug!(request, statement = name, seconds, "the database was asked");
        }
    }
}

/// The metrics of the vote writer.
#[derive(Debug, Clone)]
pub struct WriterMetrics {
    /// Vote requests and likes of a batch.
    pub batch_size: Histogram,
    /// From taking a batch to its commit, seconds.
    pub commit_seconds: Histogram,
    /// Jobs that lost a race or whose commit failed and that were decided again.
    pub decided_again: Counter,
    /// Changes of likes that were stored.
    pub likes_stored: Counter,
}

/// Every metric of a process.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    /// GraphQL requests by field and outcome.
    pub requests: Family<OperationLabels, Counter>,
    /// Seconds from the request's arrival to its answer, by field and outcome.
    pub request_seconds: Family<OperationLabels, Histogram>,
    /// Documents that were prepared because none was at hand.
    pub documents_prepared: Counter,
    /// Posters drawn.
    pub posters_drawn: Counter,
    /// First views of pages put together, each for all who come in its moment.
    pub first_views_made: Counter,
    /// Votes that were counted by this process.
    pub votes_counted: Counter,
    /// Refused vote requests, by reason.
    pub casts_refused: Family<ReasonLabels, Counter>,
    /// Seconds that examinations of a campaign's votes took.
    pub examination_seconds: Histogram,
    /// Ranks of risk that a platform has given voters who signed in.
    pub risk_ranks_given: Counter,
    /// Sign-ins for which a platform was asked for a rank and gave none in time.
    pub risk_ranks_missing: Counter,
    /// Captchas' solutions that were looked at, by what came of it.
    pub captcha_answers: Family<ReasonLabels, Counter>,
    /// The vote writer's own.
    pub writer: WriterMetrics,
    ledger: LedgerMetrics,
    /// Jobs that wait for the vote writer or are in it.
    pub writer_waiting: Gauge,
    /// Sum of the versions of all tallies in this process.
    pub tally_version: Gauge,
    /// Seconds since the last tally was checked against the database.
    pub tally_age_seconds: Gauge<f64, AtomicU64>,
    /// Campaigns with rows that cannot be read.
    pub campaigns_unreadable: Gauge,
    /// Stories that were met and cannot be read.
    pub stories_unreadable: Gauge,
    /// Seconds since campaigns and their rules were seen to be as the database has them.
    pub rules_age_seconds: Gauge<f64, AtomicU64>,
    /// Database connections that are open.
    pub pool_open: Gauge,
    /// Database connections that are idle.
    pub pool_idle: Gauge,
    /// 1 while the hot store answers.
    pub hot_healthy: Gauge,
    /// Open sockets and event streams.
    pub subscribers: Gauge,
    /// Spans of traces that were not sent.
    pub spans_lost: Counter,
}

/// Bounds of latencies: half a millisecond to four seconds.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.000_5, 2.0, 14))
}

/// The same in seven steps, half a millisecond to two seconds: there are many statements.
fn coarse_seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.000_5, 4.0, 7))
}

impl Metrics {
    /// Registers everything; `ledger` are the metrics of the process's database.
    #[must_use]
    pub fn new(ledger: LedgerMetrics) -> Self {
        let mut this = Self {
            registry: Arc::new(Registry::default()),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(seconds),
            documents_prepared: Counter::default(),
            posters_drawn: Counter::default(),
            first_views_made: Counter::default(),
            votes_counted: Counter::default(),
            casts_refused: Family::default(),
            examination_seconds: Histogram::new(exponential_buckets(0.125, 2.0, 10)),
            risk_ranks_given: Counter::default(),
            risk_ranks_missing: Counter::default(),
            captcha_answers: Family::default(),
            writer: WriterMetrics {
                batch_size: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
                commit_seconds: seconds(),
                decided_again: Counter::default(),
                likes_stored: Counter::default(),
            },
            ledger,
            writer_waiting: Gauge::default(),
            tally_version: Gauge::default(),
            tally_age_seconds: Gauge::default(),
            campaigns_unreadable: Gauge::default(),
            stories_unreadable: Gauge::default(),
            rules_age_seconds: Gauge::default(),
            pool_open: Gauge::default(),
            pool_idle: Gauge::default(),
            hot_healthy: Gauge::default(),
            subscribers: Gauge::default(),
            spans_lost: Counter::default(),
        };
        this.registry = Arc::new(this.register());
        this
    }

    /// Names every metric; `prometheus-client` adds the prefix, the unit and `_total`.
    fn register(&self) -> Registry {
        let mut all = Registry::with_prefix("acclaim");
        let latency = self.request_seconds.clone();
        all.register(
            "graphql_requests",
            "GraphQL requests",
            self.requests.clone(),
        );
        register_seconds(
            &mut all,
            "graphql_request",
            "From arrival to answer",
            latency,
        );
        let prepared = self.documents_prepared.clone();
        all.register("documents_prepared", "Documents prepared", prepared);
        let drawn = self.posters_drawn.clone();
        all.register("posters_drawn", "Posters drawn", drawn);
        let made = self.first_views_made.clone();
        all.register(
            "first_views_made",
            "First views of pages put together",
            made,
        );
        all.register("votes_counted", "Votes counted", self.votes_counted.clone());
        all.register(
            "casts_refused",
            "Vote requests refused",
            self.casts_refused.clone(),
        );
        let examination = self.examination_seconds.clone();
        register_seconds(
            &mut all,
            "examination",
            "Signals over a campaign",
            examination,
        );
        self.register_platforms(&mut all);
        self.register_writer(&mut all);
        self.register_ledger(&mut all);
        self.register_campaigns(&mut all);
        let version = self.tally_version.clone();
        all.register("tally_version", "Sum of the tallies' versions", version);
        let age = self.tally_age_seconds.clone();
        register_seconds(&mut all, "tally_age", "Since tallies were checked", age);
        let healthy = self.hot_healthy.clone();
        all.register(
            "hot_store_healthy",
            "1 while the hot store answers",
            healthy,
        );
        all.register(
            "subscribers",
            "Open sockets and event streams",
            self.subscribers.clone(),
        );
        let lost = self.spans_lost.clone();
        all.register("spans_lost", "Spans of traces that were not sent", lost);
        all
    }

    fn register_campaigns(&self, all: &mut Registry) {
        let unreadable = self.campaigns_unreadable.clone();
        let help = "Campaigns with rows that cannot be read and are left out";
        all.register("campaigns_unreadable", help, unreadable);
        let unreadable = self.stories_unreadable.clone();
        let help = "Stories that cannot be read and are left out";
        all.register("stories_unreadable", help, unreadable);
        let age = self.rules_age_seconds.clone();
        register_seconds(all, "rules_age", "Since campaigns were checked", age);
    }

    fn register_platforms(&self, all: &mut Registry) {
        let help = "Ranks of risk that a platform has given";
        all.register("risk_ranks_given", help, self.risk_ranks_given.clone());
        let help = "Ranks of risk that a platform was asked for and has not given in time";
        all.register("risk_ranks_missing", help, self.risk_ranks_missing.clone());
        let help = "Solutions of captchas, by what came of them";
        all.register("captcha_answers", help, self.captcha_answers.clone());
    }

    fn register_writer(&self, all: &mut Registry) {
        let writer = self.writer.clone();
        all.register(
            "writer_batch_size",
            "Vote requests and likes a batch",
            writer.batch_size,
        );
        register_seconds(
            all,
            "writer_commit",
            "From batch to commit",
            writer.commit_seconds,
        );
        all.register(
            "writer_decided_again",
            "Jobs decided again",
            writer.decided_again,
        );
        all.register(
            "likes_stored",
            "Changes of likes stored",
            writer.likes_stored,
        );
        let waiting = self.writer_waiting.clone();
        all.register("writer_waiting", "Jobs waiting for the writer", waiting);
    }

    fn register_ledger(&self, all: &mut Registry) {
        let open = self.pool_open.clone();
        all.register("pool_open_connections", "Database connections open", open);
        let idle = self.pool_idle.clone();
        all.register("pool_idle_connections", "Database connections idle", idle);
        let statements = self.ledger.statement_seconds.clone();
        let help = "From asking for a connection to the last row";
        register_seconds(all, "database_statement", help, statements);
        let transactions = self.ledger.transaction_seconds.clone();
        let help = "From asking for a connection to the end of the commit";
        register_seconds(all, "database_transaction", help, transactions);
    }

    /// All metrics in the text format of `OpenMetrics`.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}

fn register_seconds(registry: &mut Registry, name: &str, help: &str, metric: impl Metric) {
    registry.register_with_unit(name, help, Unit::Seconds, metric);
}
