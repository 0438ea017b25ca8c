//! The only SQL. One text serves both databases through [`on_pool!`]; the few statements that differ stand side by side
//! in [`dialect`], and every one has a name ([`statement`]). The vote's own path is [`writer`] (group commit) over
//! [`vote`] and [`like`]; the other files hold one noun each. Unless a function says more, its error is the database's.

#![allow(
    clippy::missing_errors_doc,
    reason = "one sentence of the module says it for all"
)]

mod address;
pub mod audit;
mod backup;
pub mod campaign;
pub mod counters;
mod dialect;
pub mod export;
pub mod forgetting;
mod health;
pub mod import;
mod instance;
pub mod kept;
pub mod like;
pub mod media;
pub mod nominee;
mod open_error;
pub mod organisation;
pub mod phone_code;
mod readable;
pub mod recount;
mod replica;
pub mod report;
pub mod roster;
mod rows;
mod schema;
pub mod second_factor;
pub mod session;
pub mod signals;
pub mod staff;
mod statement;
pub mod story;
pub mod story_edit;
pub mod tally;
mod transaction;
pub mod turnout;
pub mod vote;
pub mod voter;
pub mod withholding;
mod writable;
pub mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool, Row as _, SqlitePool};
use tokio::sync::watch;

pub use self::backup::BackupError;
pub use self::instance::Instance;
pub use self::open_error::OpenError;
pub use self::readable::UnreadableRow;
use self::replica::Replica;
use self::statement::{Dialects, OnPool, Statement, on_pool, sql};
pub use self::transaction::Transaction;
use self::transaction::in_tx;
use self::writable::Doubt;
use crate::telemetry::{LedgerMetrics, Timer};

/// The time that a caller waits for a connection before the database counts as away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(1_500);
/// The time in which the first connection must be there.
const ENTRY_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that was used a moment ago is used again without asking the server whether it is there.
const TRUSTED_IDLE: Duration = Duration::from_millis(500);
/// The server ends a statement of ours after this time, so that no connection is held for ever.
const STATEMENT_TIMEOUT_MS: &str = "5000";
/// The same for commands that may take their time: a day; not PostgreSQL's own 0, to show whether settings arrive.
const MAINTENANCE_TIMEOUT_MS: &str = "86400000";
/// The cache of SQLite's writing connection in KiB (negative is not pages): with the default of 2,000 it reads again.
const WRITING_CACHE: &str = "-32768";
/// Pages of SQLite's write-ahead log between checkpoints: the default of 1,000 copies the same hot pages too often.
const WAL_AUTOCHECKPOINT_PAGES: &str = "8000";

/// A pool of connections to either database.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    /// PostgreSQL 15 or newer.
    Postgres(PgPool),
    /// SQLite, in one file.
    Sqlite(SqlitePool),
}

impl Pool {
    /// Connections: open and idle ones.
    fn connections(&self) -> (u32, usize) {
        match self {
            Self::Postgres(pool) => (pool.size(), pool.num_idle()),
            Self::Sqlite(pool) => (pool.size(), pool.num_idle()),
        }
    }

    async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite(pool) => pool.close().await,
        }
    }
}

/// The database: PostgreSQL, or an SQLite file with one writing connection.
#[derive(Debug)]
pub struct Database {
    read: Pool,
    write: Pool,
    replica: Option<Replica>,
    statements: AtomicU64,
    metrics: LedgerMetrics,
    /// Whether it did not answer when it was last looked at.
    is_away: AtomicBool,
    /// Whether its connections may be able to read only.
    doubt: Arc<Doubt>,
}

/// The purpose of opening a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Serving: a statement that takes long is ended.
    Serving,
    /// A command that may take its time, such as a migration or the recount.
    Maintenance,
}

impl Database {
    /// Opens `postgres://...` or `sqlite:path`, if it is durable, with 4 to `connections_max` connections.
    pub async fn open(
        url: &str,
        connections_max: u32,
        purpose: Purpose,
    ) -> Result<Self, OpenError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = url.parse().map_err(OpenError::Unreadable)?;
            Self::open_postgres(options, connections_max, purpose).await
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            Self::open_sqlite(Path::new(path.trim_start_matches("//"))).await
        } else {
            Err(OpenError::UnknownScheme)
        }
    }

    async fn open_postgres(
        options: PgConnectOptions,
        connections_max: u32,
        purpose: Purpose,
    ) -> Result<Self, OpenError> {
        let timeout = match purpose {
            Purpose::Serving => STATEMENT_TIMEOUT_MS,
            Purpose::Maintenance => MAINTENANCE_TIMEOUT_MS,
        };
        let options = with_settings(options, timeout);
        check_entry(&options).await?;
        // Readers, however many, take no connection from the votes.
        let writing = (connections_max / 4).max(2);
        let doubt = Doubt::new();
        let write = writable::for_writing(postgres_pool(writing), &doubt);
        let write = write.connect_with(options.clone()).await?;
        let read = postgres_pool((connections_max - writing).max(2));
        let read = writable::for_reading(read, &doubt);
        let read = read.connect_with(options).await?;
        check_settings(&read, timeout).await?;
        Ok(Self::new(
            Pool::Postgres(read),
            Pool::Postgres(write),
            doubt,
        ))
    }

    fn new(read: Pool, write: Pool, doubt: Arc<Doubt>) -> Self {
        Self {
            read,
            write,
            replica: None,
            statements: AtomicU64::new(0),
            metrics: LedgerMetrics::new(),
            is_away: AtomicBool::new(false),
            doubt,
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        // What cannot be done here SQLite says itself, in its words. Its files beside it get the same permissions.
        let _ = backup::make_private(path);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(ACQUIRE_TIMEOUT)
            .disable_statement_logging()
            .pragma("wal_autocheckpoint", WAL_AUTOCHECKPOINT_PAGES);
        let writing = options.clone().pragma("cache_size", WRITING_CACHE);
        let write = sqlite_pool(1).connect_with(writing).await?;
        let read = sqlite_pool(4).connect_with(options).await?;
        Ok(Self::new(
            Pool::Sqlite(read),
            Pool::Sqlite(write),
            Doubt::new(),
        ))
    }

    /// Sends `statement` to where is read; counted as one statement. See [`on_pool!`].
    pub(crate) fn read(&self, statement: impl Into<Dialects>) -> OnPool<'_> {
        self.count_statement();
        self.run(&self.read, statement.into())
    }

    /// Sends `statement` to where is written, outside of a transaction; counted as one statement.
    pub(crate) fn write(&self, statement: impl Into<Dialects>) -> OnPool<'_> {
        self.count_statement();
        self.run(&self.write, statement.into())
    }

    fn run<'a>(&'a self, pool: &'a Pool, statement: Dialects) -> OnPool<'a> {
        OnPool::new(pool, statement, &self.doubt, |name| {
            self.metrics.time_statement(name)
        })
    }

    /// Starts the timer of a statement that is sent on a connection of the caller's own.
    pub(crate) fn time(&self, statement: Statement) -> Timer {
        self.metrics.time_statement(statement.name)
    }

    /// The pool to write with, for callers that count their statements themselves.
    pub(crate) fn writing_pool(&self) -> &Pool {
        &self.write
    }

    /// Notes whether a connection of the caller's own turned out to be able to read only.
    pub(crate) fn note_outcome<T>(&self, outcome: &sqlx::Result<T>) {
        self.doubt.note(outcome);
    }

    /// Counts a statement.
    pub(crate) fn count_statement(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// The metrics of statements and transactions.
    #[must_use]
    pub fn metrics(&self) -> &LedgerMetrics {
        &self.metrics
    }

    /// Statements sent so far, a transaction counted as one; background work included.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Connections: open and idle ones.
    #[must_use]
    pub fn pool_use(&self) -> (u32, usize) {
        let read = self.read.connections();
        let write = self.write.connections();
        (read.0 + write.0, read.1 + write.1)
    }

    /// `PostgreSQL` or `SQLite`, for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.read {
            Pool::Postgres(_) => "PostgreSQL",
            Pool::Sqlite(_) => "SQLite",
        }
    }

    /// The number of times that a connection was lost: what is behind the next one may have been restored meanwhile.
    #[must_use]
    pub fn losses(&self) -> watch::Receiver<u64> {
        self.doubt.losses()
    }

    /// Closes all connections, after what they do.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
        if let Some(replica) = &self.replica {
            replica.pool.close().await;
        }
    }
}

/// Connects once without a pool, which would say no more than that it has waited in vain.
async fn check_entry(options: &PgConnectOptions) -> Result<(), OpenError> {
    let refused = |cause: String, advice| OpenError::NoEntry {
        address: health::address(options),
        cause,
        advice,
    };
    let connecting = PgConnection::connect_with(options);
    let error = match tokio::time::timeout(ENTRY_TIMEOUT, connecting).await {
        Ok(Ok(connection)) => return Ok(connection.close().await?),
        Ok(Err(error)) => error,
        Err(_) => {
            let seconds = ENTRY_TIMEOUT.as_secs();
            return Err(refused(format!("no answer within {seconds} s"), None));
        }
    };
    let cause = error.to_string();
    // PgBouncer's words.
    if cause.contains("unsupported startup parameter") {
        return Err(OpenError::Pooler);
    }
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    let advice = match code.as_deref() {
        Some("3D000") => Some(" (make it with createdb)"),
        Some("28P01" | "28000") => Some(" (see user and password)"),
        None => Some(" (see host and port, and whether it runs)"),
        Some(_) => None,
    };
    Err(refused(cause, advice))
}

/// Checks that connections have the settings that they were given, and that what is committed stays.
async fn check_settings(pool: &PgPool, timeout: &str) -> Result<(), OpenError> {
    // A plain question, which needs no prepared statement.
    let statement = sql!(
        "check_statement_timeout",
        "SELECT setting FROM pg_settings WHERE name = 'statement_timeout'"
    );
    let setting = sqlx::raw_sql(statement.text).fetch_one(pool).await?;
    if setting.try_get::<String, _>(0)? != timeout {
        return Err(OpenError::Pooler);
    }
    let statement = sql!("check_durability", "SELECT current_setting($1)");
    for setting in ["fsync", "synchronous_commit"] {
        let value: String = sqlx::query_scalar(statement.text)
            .bind(setting)
            .fetch_one(pool)
            .await?;
        if value == "off" {
            return Err(OpenError::NotDurable(setting));
        }
    }
    Ok(())
}

/// Our settings of a connection to PostgreSQL.
fn with_settings(options: PgConnectOptions, statement_timeout_ms: &str) -> PgConnectOptions {
    options
        .application_name("acclaim")
        .options([("statement_timeout", statement_timeout_ms)])
        .disable_statement_logging()
}

fn postgres_pool(connections_max: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
}

fn sqlite_pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // SQLite takes a transaction back by itself where the disk fails, sqlx believes in it for ever, and no other
        // would begin. The pool has just asked the connection something, so whatever it had to do is done.
        .test_before_acquire(true)
        .before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        })
}
