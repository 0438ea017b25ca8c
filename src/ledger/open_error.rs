//! Why a database cannot be used, and what to do about it.

use sqlx::migrate::MigrateError;

/// The reason why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached or answered with an error.
    #[error("the database cannot be opened: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// `DATABASE_URL` cannot be read.
    #[error("DATABASE_URL must be postgres://user:password@host:port/name: {0}")]
    Unreadable(sqlx::Error),
    /// PostgreSQL lets nobody in: where, why, and what to do about it.
    #[error("DATABASE_URL: PostgreSQL at {address} cannot be used: {cause}{}", .advice.unwrap_or_default())]
    NoEntry {
        /// Host, port and name.
        address: String,
        /// The reason in PostgreSQL's words, or the network's.
        cause: String,
        /// The way to mend it, where that is known.
        advice: Option<&'static str>,
    },
    /// A migration failed.
    #[error("the migration failed: {0}")]
    Migrate(#[from] MigrateError),
    /// A pooler in between keeps settings of connections to itself.
    #[error(
        "DATABASE_URL leads through a pooler that drops the settings of connections: name PostgreSQL itself (acclaim \
         keeps a pool of its own, and a pooler by transactions would lose prepared statements)"
    )]
    Pooler,
    /// There are votes already.
    #[error("there are votes already: the table can be partitioned before the first vote only")]
    VotesExist,
    /// The database is SQLite.
    #[error("partitions are for PostgreSQL")]
    NoPartitions,
    /// There are no tables.
    #[error("the database has no tables yet: run `acclaim migrate`")]
    NoTables,
    /// Migrations are missing.
    #[error("the database's tables are of an older version: run `acclaim migrate`")]
    OldTables,
    /// There are migrations that the program does not know, and it is too old to run on their tables.
    #[error(
        "the database was brought up to date by a newer version of acclaim (migration {newest} is unknown here), and \
         no version older than migration {compatible_from} may run on it: update acclaim"
    )]
    NewerTables {
        /// The newest migration that was applied.
        newest: i64,
        /// The newest migration of the oldest program that may run.
        compatible_from: i64,
    },
    /// A migration, of this version, was another one when it was applied.
    #[error(
        "the database was made by an unreleased build of acclaim: its migration {0} is not the one of this program. It \
         was not touched and cannot be brought up to date: go on using that build with it, or name a new, empty \
         database in DATABASE_URL (or another ACCLAIM_DATA_DIR). Votes are not carried over"
    )]
    OtherTables(i64),
    /// The identity secret is another one than at the first start.
    #[error(
        "ACCLAIM_IDENTITY_SECRET is not the secret that this database was first served with, and every voter would be \
         a new one: set that secret, the same for all processes (where it is lost for good, `UPDATE instance SET \
         identity_fingerprint = NULL` lets another one in)"
    )]
    OtherSecret,
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
