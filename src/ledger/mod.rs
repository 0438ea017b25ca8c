//! The only SQL. One text serves both databases through [`on!`]; the few statements that differ stand side by side in
//! [`dialect`]. The vote's own path is [`writer`] (group commit) over [`ballot`] and [`like`]; the other files hold one
//! noun each.

pub mod ballot;
pub mod campaign;
pub mod dialect;
pub mod identity;
pub mod like;
pub mod staff;
pub mod story;
pub mod tally;
pub mod verify;
pub mod views;
pub mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, PgPool, Row as _, SqlitePool};
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::is_unavailable;

static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a caller waits for a connection before the database counts as away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(1_500);
/// A connection that was used a moment ago is used again without asking the server whether it is there.
const TRUSTED_IDLE: Duration = Duration::from_millis(500);
/// For how long a replica that does not answer is not asked.
const REPLICA_REST: Duration = Duration::from_secs(1);
/// The server ends a statement of ours after this time, so that no connection is held for ever.
const STATEMENT_TIMEOUT_MS: &str = "5000";
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

/// Runs the same body on whichever database `$pool` is: `on!(pool, p => sqlx::query("...").execute(p).await)`.
/// What the body binds is expanded twice, so it borrows or clones.
macro_rules! on {
    ($pool:expr, $p:ident => $body:expr) => {
        match $pool {
            $crate::ledger::Pool::Postgres($p) => $body,
            $crate::ledger::Pool::Sqlite($p) => $body,
        }
    };
}
pub(crate) use on;

/// A transaction on either database.
#[derive(Debug)]
pub enum Transaction {
    /// On PostgreSQL.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
    /// On SQLite; the writing connection is held.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
}

/// [`on!`] for a transaction: `within!(tx, t => sqlx::query("...").execute(&mut **t).await)`.
macro_rules! within {
    ($tx:expr, $t:ident => $body:expr) => {
        match $tx {
            $crate::ledger::Transaction::Postgres($t) => $body,
            $crate::ledger::Transaction::Sqlite($t) => $body,
        }
    };
}
pub(crate) use within;

impl Transaction {
    /// Commits.
    ///
    /// # Errors
    /// When the commit failed or its outcome is not known.
    pub async fn commit(self) -> sqlx::Result<()> {
        within!(self, t => t.commit().await)
    }

    /// Takes everything back.
    ///
    /// # Errors
    /// When the connection died; the database takes everything back then too.
    pub async fn rollback(self) -> sqlx::Result<()> {
        within!(self, t => t.rollback().await)
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

/// A standby of PostgreSQL, for reads that may be a second old.
#[derive(Debug)]
struct Replica {
    pool: Pool,
    /// Whether it failed, and until when it is not asked.
    rests_until: Mutex<Option<Instant>>,
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
    /// There are ballots.
    #[error("there are ballots already: the table can be partitioned before the first vote only")]
    BallotsExist,
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

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database is PostgreSQL.
    #[error("this is for the embedded database: PostgreSQL is copied with pg_dump")]
    Postgres,
    /// Something is there.
    #[error("{} is there already: name another file", .0.display())]
    Exists(PathBuf),
    /// SQLite takes names of files as text.
    #[error("the file's name must be valid UTF-8")]
    NotText,
    /// SQLite could not write it.
    #[error("the copy failed: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// The file could not be written.
    #[error("the copy could not be written: {0}")]
    Io(#[from] std::io::Error),
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
            Purpose::Maintenance => "0",
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

    /// Reads what may be a second old from this standby too, as long as it answers.
    ///
    /// # Errors
    /// When `url` is not an address of PostgreSQL. Whether it answers, the reads find out.
    pub fn with_replica(mut self, url: &str, connections_max: u32) -> Result<Self, OpenError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(OpenError::UnknownReplica);
        }
        let options = with_settings(url.parse()?, STATEMENT_TIMEOUT_MS);
        let pool = postgres_pool(connections_max).connect_lazy_with(options);
        self.replica = Some(Replica {
            pool: Pool::Postgres(pool),
            rests_until: Mutex::new(None),
        });
        Ok(self)
    }

    /// Where to read what may be a second old, if there is such a place; counted as one statement.
    pub(crate) fn replica(&self) -> Option<&Pool> {
        let replica = self.replica.as_ref()?;
        let mut rests_until = replica
            .rests_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = *rests_until {
            let now = Instant::now();
            if now < until {
                return None;
            }
            // One reader tries; the others do not wait with it.
            *rests_until = Some(now + REPLICA_REST);
        }
        self.count_statement();
        Some(&replica.pool)
    }

    /// What the replica answered; nothing where it is away, and then it is left alone for a while.
    pub(crate) fn of_replica<T>(&self, answer: sqlx::Result<T>) -> sqlx::Result<Option<T>> {
        let is_away = answer.as_ref().is_err_and(is_unavailable);
        if let Some(replica) = &self.replica {
            let mut rests_until = replica
                .rests_until
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if is_away && rests_until.is_none() {
                tracing::warn!("the replica does not answer: everything is read from the primary");
            }
            *rests_until = is_away.then(|| Instant::now() + REPLICA_REST);
        }
        if is_away {
            return Ok(None);
        }
        answer.map(Some)
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
        let read = on!(&self.read, p => (p.size(), p.num_idle()));
        let write = on!(&self.write, p => (p.size(), p.num_idle()));
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

    /// Brings the schema to this program's version and names the installation.
    ///
    /// # Errors
    /// When a migration fails, or the database is newer than the program.
    pub async fn migrate(&self, clock: &Clock) -> Result<(), OpenError> {
        match &self.write {
            Pool::Postgres(pool) => POSTGRES.run(pool).await?,
            Pool::Sqlite(pool) => SQLITE.run(pool).await?,
        }
        on!(&self.write, p => sqlx::query(
            "INSERT INTO instance (singleton, id, created_at) VALUES (TRUE, $1, $2) ON CONFLICT DO NOTHING")
            .bind(Uuid::new_v4()).bind(clock.now()).execute(p).await.map(drop))?;
        Ok(())
    }

    /// Makes `ballot` a table of `partitions` hash partitions by voter, with the same keys. Before the first vote only, and
    /// once: a table that is partitioned stays as it is.
    ///
    /// # Errors
    /// [`OpenError::BallotsExist`]; [`OpenError::NoPartitions`] on SQLite; or what PostgreSQL says.
    pub async fn partition_ballots(&self, partitions: u32) -> Result<(), OpenError> {
        let Pool::Postgres(pool) = &self.write else {
            return Err(OpenError::NoPartitions);
        };
        let mut tx = pool.begin().await?;
        let is_partitioned: bool =
            sqlx::query_scalar("SELECT relkind = 'p' FROM pg_class WHERE oid = 'ballot'::regclass")
                .fetch_one(&mut *tx)
                .await?;
        if is_partitioned {
            return Ok(());
        }
        // Until it is done nobody votes.
        sqlx::query("LOCK TABLE ballot IN ACCESS EXCLUSIVE MODE")
            .execute(&mut *tx)
            .await?;
        let are_there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM ballot)")
            .fetch_one(&mut *tx)
            .await?;
        if are_there {
            return Err(OpenError::BallotsExist);
        }
        sqlx::raw_sql(dialect::PARTITION_BALLOTS)
            .execute(&mut *tx)
            .await?;
        for remainder in 0..partitions {
            let partition = format!(
                "CREATE TABLE ballot_{remainder} PARTITION OF ballot
                FOR VALUES WITH (MODULUS {partitions}, REMAINDER {remainder})"
            );
            sqlx::raw_sql(AssertSqlSafe(partition))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Checks that the schema is exactly the one of this program.
    ///
    /// # Errors
    /// [`OpenError::Schema`] says whether to migrate or to take a newer program.
    pub async fn check_schema(&self) -> Result<(), OpenError> {
        let applied: Vec<i64> = on!(&self.read, p => sqlx::query_scalar(
            "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version").fetch_all(p).await)
        .map_err(|error| {
            if is_missing_table(&error) {
                OpenError::Schema("the database has no tables yet: run `acclaim migrate`".into())
            } else {
                OpenError::Sqlx(error)
            }
        })?;
        let known: Vec<i64> = match &self.read {
            Pool::Postgres(_) => POSTGRES.iter().map(|m| m.version).collect(),
            Pool::Sqlite(_) => SQLITE.iter().map(|m| m.version).collect(),
        };
        if applied.iter().any(|version| !known.contains(version)) {
            return Err(OpenError::Schema(
                "the database was made by a newer version of acclaim: update it".into(),
            ));
        }
        if known.iter().any(|version| !applied.contains(version)) {
            return Err(OpenError::Schema(
                "the database's tables are of an older version: run `acclaim migrate`".into(),
            ));
        }
        Ok(())
    }

    /// The id of this installation, made with its tables.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn instance(&self) -> sqlx::Result<Uuid> {
        on!(self.read(), p => sqlx::query_scalar("SELECT id FROM instance").fetch_one(p).await)
    }

    /// Copies an SQLite database to `file` as it is at one moment, while others read and write it.
    ///
    /// # Errors
    /// When `file` is there already or cannot be written, and on PostgreSQL, whose own tools do this.
    pub async fn back_up(&self, file: &Path) -> Result<(), BackupError> {
        let Pool::Sqlite(pool) = self.read() else {
            return Err(BackupError::Postgres);
        };
        if file.exists() {
            return Err(BackupError::Exists(file.to_owned()));
        }
        let mut partial = file.as_os_str().to_owned();
        partial.push(".partial");
        let partial = Path::new(&partial);
        // What an earlier attempt has left would be in the way.
        let _ = std::fs::remove_file(partial);
        let name = partial.to_str().ok_or(BackupError::NotText)?;
        sqlx::query("VACUUM INTO $1")
            .bind(name)
            .execute(pool)
            .await?;
        // It is whole before it has its name, and stays so when the power fails.
        std::fs::File::open(partial)?.sync_all()?;
        std::fs::rename(partial, file)?;
        let folder = file.parent().filter(|path| !path.as_os_str().is_empty());
        std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        on!(self.read(), p => sqlx::query("SELECT 1").execute(p).await.is_ok())
    }

    /// Closes all connections, after what they do.
    pub async fn close(&self) {
        on!(&self.read, p => p.close().await);
        on!(&self.write, p => p.close().await);
        if let Some(replica) = &self.replica {
            on!(&replica.pool, p => p.close().await);
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

/// Whether a statement named a table that is not there: class 42P01 of PostgreSQL; SQLite has no code of its own for it.
fn is_missing_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().is_some_and(|code| code == "42P01")
            || error.message().starts_with("no such table")
    })
}
