//! The only SQL. One text serves both databases through [`on_pool!`]; the few statements that differ stand side by side in
//! [`dialect`]. The vote's own path is [`writer`] (group commit) over [`vote`] and [`like`]; the other files hold one
//! noun each.

mod backup;
pub mod campaign;
pub mod counters;
pub mod dialect;
pub mod identity;
pub mod like;
pub mod recount;
mod replica;
mod schema;
pub mod staff;
pub mod story;
pub mod tally;
pub mod vote;
pub mod writer;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgPool, Row as _, SqlitePool};
use uuid::Uuid;

pub use self::backup::BackupError;
use self::replica::Replica;

/// How long a caller waits for a connection before the database counts as away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(1_500);
/// A connection that was used a moment ago is used again without asking the server whether it is there.
const TRUSTED_IDLE: Duration = Duration::from_millis(500);
/// The server ends a statement of ours after this time, so that no connection is held for ever.
const STATEMENT_TIMEOUT_MS: &str = "5000";
/// The same for commands that may take their time: a day. Not 0, PostgreSQL's own, so that it shows whether settings arrive.
const MAINTENANCE_TIMEOUT_MS: &str = "86400000";
/// What SQLite's writing connection keeps of the file, in KiB (negative is not pages): the default of 2,000 reads the same
/// pages again and again.
const WRITING_CACHE: &str = "-32768";
/// Pages of SQLite's write-ahead log between checkpoints: the default of 1,000 copies the same hot pages too often.
const WAL_AUTOCHECKPOINT_PAGES: &str = "8000";

/// A pool of connections to either database.
#[derive(Debug, Clone)]
pub enum Pool {
    /// PostgreSQL 15 or newer.
    Postgres(PgPool),
    /// SQLite, in one file.
    Sqlite(SqlitePool),
}

/// Runs the same body on whichever database `$pool` is: `on_pool!(pool, p => sqlx::query("...").execute(p).await)`.
/// What the body binds is expanded twice, so it borrows or clones.
macro_rules! on_pool {
    ($pool:expr, $p:ident => $body:expr) => {
        match $pool {
            $crate::ledger::Pool::Postgres($p) => $body,
            $crate::ledger::Pool::Sqlite($p) => $body,
        }
    };
}
pub(crate) use on_pool;

/// A transaction on either database.
#[derive(Debug)]
pub enum Transaction {
    /// On PostgreSQL.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
    /// On SQLite; the writing connection is held.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
}

/// [`on_pool!`] for a transaction: `in_tx!(tx, t => sqlx::query("...").execute(&mut **t).await)`.
macro_rules! in_tx {
    ($tx:expr, $t:ident => $body:expr) => {
        match $tx {
            $crate::ledger::Transaction::Postgres($t) => $body,
            $crate::ledger::Transaction::Sqlite($t) => $body,
        }
    };
}
pub(crate) use in_tx;

impl Transaction {
    /// Commits.
    ///
    /// # Errors
    /// When the commit failed or its outcome is not known.
    pub async fn commit(self) -> sqlx::Result<()> {
        in_tx!(self, t => t.commit().await)
    }

    /// Takes everything back.
    ///
    /// # Errors
    /// When the connection died; the database takes everything back then too.
    pub async fn rollback(self) -> sqlx::Result<()> {
        in_tx!(self, t => t.rollback().await)
    }
}

/// The database: PostgreSQL, or an SQLite file with one writing connection.
#[derive(Debug)]
pub struct Database {
    read: Pool,
    write: Pool,
    replica: Option<Replica>,
    statements: AtomicU64,
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Serving: a statement that takes long is ended.
    Serving,
    /// A command that may take its time, such as a migration or the recount.
    Maintenance,
}

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached or answered with an error.
    #[error("the database cannot be opened: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the migration failed: {0}")]
    Migrate(#[from] MigrateError),
    /// A pooler in between keeps settings of connections to itself.
    #[error(
        "DATABASE_URL leads through a pooler that drops the settings of connections: name PostgreSQL itself (acclaim \
         keeps a pool of its own, and a pooler by transactions would lose prepared statements)"
    )]
    Pooler,
    /// There are votes.
    #[error("there are votes already: the table can be partitioned before the first vote only")]
    VotesExist,
    /// The database is SQLite.
    #[error("partitions are for PostgreSQL")]
    NoPartitions,
    /// Its schema is not the one of this program.
    #[error("{0}")]
    Schema(String),
    /// It might lose what it has acknowledged.
    #[error("PostgreSQL runs with {0} = off and could lose acknowledged votes: turn it on")]
    NotDurable(&'static str),
    /// `DATABASE_URL` is of another kind.
    #[error("DATABASE_URL must start with postgres:// or sqlite:")]
    UnknownScheme,
    /// `DATABASE_READ_URL` is of another kind.
    #[error("DATABASE_READ_URL must start with postgres://")]
    UnknownReplica,
}

impl Database {
    /// Opens `postgres://...` or `sqlite:path`, with at most `connections_max` connections, at least 4.
    ///
    /// # Errors
    /// When the address is of another kind, the database cannot be reached, or it is not durable.
    pub async fn open(
        url: &str,
        connections_max: u32,
        purpose: Purpose,
    ) -> Result<Self, OpenError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url.parse()?, connections_max, purpose).await
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
        // Readers, however many, take no connection from the votes.
        let writing = (connections_max / 4).max(2);
        let write = postgres_pool(writing).connect_with(options.clone()).await;
        let write = write.map_err(|error| {
            // PgBouncer's words.
            if error.to_string().contains("unsupported startup parameter") {
                OpenError::Pooler
            } else {
                OpenError::Sqlx(error)
            }
        })?;
        let read = postgres_pool((connections_max - writing).max(2));
        let read = read.connect_with(options).await?;
        // A plain question, which needs no prepared statement.
        let of_connection =
            sqlx::raw_sql("SELECT setting FROM pg_settings WHERE name = 'statement_timeout'");
        let of_connection: String = of_connection.fetch_one(&read).await?.try_get(0)?;
        if of_connection != timeout {
            return Err(OpenError::Pooler);
        }
        for setting in ["fsync", "synchronous_commit"] {
            let value: String = sqlx::query_scalar("SELECT current_setting($1)")
                .bind(setting)
                .fetch_one(&read)
                .await?;
            if value == "off" {
                return Err(OpenError::NotDurable(setting));
            }
        }
        Ok(Self {
            replica: None,
            read: Pool::Postgres(read),
            write: Pool::Postgres(write),
            statements: AtomicU64::new(0),
        })
    }

    async fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(ACQUIRE_TIMEOUT)
            .pragma("wal_autocheckpoint", WAL_AUTOCHECKPOINT_PAGES);
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                // SQLite takes a transaction back by itself where the disk fails, sqlx believes in it for ever, and no
                // other would begin. The pool has just asked the connection something, so whatever it had to do is done.
                .test_before_acquire(true)
                .before_acquire(|connection, _| {
                    Box::pin(async move { Ok(!connection.is_in_transaction()) })
                })
        };
        let writing = options.clone().pragma("cache_size", WRITING_CACHE);
        let write = pool(1).connect_with(writing).await?;
        let read = pool(4).connect_with(options).await?;
        Ok(Self {
            replica: None,
            read: Pool::Sqlite(read),
            write: Pool::Sqlite(write),
            statements: AtomicU64::new(0),
        })
    }

    /// Where to read; counted as one statement.
    pub(crate) fn read(&self) -> &Pool {
        self.count_statement();
        &self.read
    }

    /// Where to write; counted as one statement.
    pub(crate) fn write(&self) -> &Pool {
        self.count_statement();
        &self.write
    }

    /// The pool to write with, for who counts his statements himself.
    pub(crate) fn writing_pool(&self) -> &Pool {
        &self.write
    }

    /// Counts a statement.
    pub(crate) fn count_statement(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Begins a writing transaction. On SQLite it takes the write lock at once, so that it cannot fail half way.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin(&self) -> sqlx::Result<Transaction> {
        Ok(match self.write() {
            Pool::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
            Pool::Sqlite(pool) => Transaction::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
        })
    }

    /// Statements sent so far, a transaction counted as one; background work included.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Connections: open and idle ones.
    #[must_use]
    pub fn pool_use(&self) -> (u32, usize) {
        let read = on_pool!(&self.read, p => (p.size(), p.num_idle()));
        let write = on_pool!(&self.write, p => (p.size(), p.num_idle()));
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

    /// The id of this installation, made with its tables.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn instance(&self) -> sqlx::Result<Uuid> {
        on_pool!(self.read(), p => sqlx::query_scalar("SELECT id FROM instance").fetch_one(p).await)
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        on_pool!(self.read(), p => sqlx::query("SELECT 1").execute(p).await.is_ok())
    }

    /// Closes all connections, after what they do.
    pub async fn close(&self) {
        on_pool!(&self.read, p => p.close().await);
        on_pool!(&self.write, p => p.close().await);
        if let Some(replica) = &self.replica {
            on_pool!(&replica.pool, p => p.close().await);
        }
    }
}

/// Our settings of a connection to PostgreSQL.
fn with_settings(options: PgConnectOptions, statement_timeout_ms: &str) -> PgConnectOptions {
    options
        .application_name("acclaim")
        .options([("statement_timeout", statement_timeout_ms)])
}

fn postgres_pool(connections_max: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for >= TRUSTED_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}
