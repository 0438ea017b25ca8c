//! The tables: making them, spreading votes over partitions, and whether they are those of this program.

use sqlx::AssertSqlSafe;
use sqlx::migrate::Migrator;
use uuid::Uuid;

use super::{Database, OpenError, Pool, dialect, on_pool};
use crate::clock::Clock;

static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

impl Database {
    /// Brings the schema to this program's version and names the installation.
    ///
    /// # Errors
    /// When a migration fails, or the database is newer than the program.
    pub async fn migrate(&self, clock: &Clock) -> Result<(), OpenError> {
        match &self.write {
            Pool::Postgres(pool) => POSTGRES.run(pool).await?,
            Pool::Sqlite(pool) => SQLITE.run(pool).await?,
        }
        on_pool!(&self.write, p => sqlx::query(
            "INSERT INTO instance (singleton, id, created_at) VALUES (TRUE, $1, $2) ON CONFLICT DO NOTHING")
            .bind(Uuid::new_v4()).bind(clock.now()).execute(p).await.map(drop))?;
        Ok(())
    }

    /// Makes `vote` a table of `partitions` hash partitions by voter, with the same keys. Before the first vote only, and
    /// once: a table that is partitioned stays as it is.
    ///
    /// # Errors
    /// [`OpenError::VotesExist`]; [`OpenError::NoPartitions`] on SQLite; or what PostgreSQL says.
    pub async fn partition_votes(&self, partitions: u32) -> Result<(), OpenError> {
        let Pool::Postgres(pool) = &self.write else {
            return Err(OpenError::NoPartitions);
        };
        let mut tx = pool.begin().await?;
        let is_partitioned: bool =
            sqlx::query_scalar("SELECT relkind = 'p' FROM pg_class WHERE oid = 'vote'::regclass")
                .fetch_one(&mut *tx)
                .await?;
        if is_partitioned {
            return Ok(());
        }
        // Until it is done nobody votes.
        sqlx::query("LOCK TABLE vote IN ACCESS EXCLUSIVE MODE")
            .execute(&mut *tx)
            .await?;
        let are_there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM vote)")
            .fetch_one(&mut *tx)
            .await?;
        if are_there {
            return Err(OpenError::VotesExist);
        }
        sqlx::raw_sql(dialect::PARTITION_VOTES)
            .execute(&mut *tx)
            .await?;
        for remainder in 0..partitions {
            let partition = format!(
                "CREATE TABLE vote_{remainder} PARTITION OF vote
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
        let applied: Vec<i64> = on_pool!(&self.read, p => sqlx::query_scalar(
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
}

/// Whether a statement named a table that is not there: class 42P01 of PostgreSQL; SQLite has no code of its own for it.
fn is_missing_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().is_some_and(|code| code == "42P01")
            || error.message().starts_with("no such table")
    })
}
