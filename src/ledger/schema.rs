//! The tables: making them, spreading votes over partitions, and whether they are those of this program.

use sqlx::migrate::Migrator;
use uuid::Uuid;

use super::dialect::PARTITION_VOTES;
use super::{Database, OpenError, Pool, Statement, in_tx, on_pool, sql};
use crate::clock::Clock;

static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

impl Database {
    /// Brings the schema to this program's version and names the installation. A database with tables of another
    /// program is left as it is: see [`Database::check_schema`].
    pub async fn migrate(&self, clock: &Clock) -> Result<(), OpenError> {
        match self.check_schema().await {
            // As of an earlier migration, or none yet: the rest is applied.
            Ok(()) | Err(OpenError::NoTables | OpenError::OldTables) => {}
            Err(error) => return Err(error),
        }
        match &self.write {
            Pool::Postgres(pool) => POSTGRES.run(pool).await?,
            Pool::Sqlite(pool) => SQLITE.run(pool).await?,
        }
        let statement = sql!(
            "insert_instance",
            "INSERT INTO instance (singleton, id, created_at) VALUES (TRUE, $1, $2) ON CONFLICT DO NOTHING"
        );
        on_pool!(self.write(statement), (p, text) => sqlx::query(text)
            .bind(Uuid::new_v4()).bind(clock.now()).execute(p).await.map(drop))?;
        Ok(())
    }

    /// Makes `vote` a table of `partitions` hash partitions by voter, with the same keys. Before the first vote only,
    /// and once: a table that is partitioned stays as it is.
    ///
    /// # Errors
    /// [`OpenError::VotesExist`]; [`OpenError::NoPartitions`] on SQLite; or what PostgreSQL says.
    pub async fn partition_votes(&self, partitions: u32) -> Result<(), OpenError> {
        if matches!(self.write, Pool::Sqlite(_)) {
            return Err(OpenError::NoPartitions);
        }
        let mut tx = self.begin("partition_votes_by_voter").await?;
        let statement = sql!(
            "is_vote_partitioned",
            "SELECT relkind = 'p' FROM pg_class WHERE oid = 'vote'::regclass"
        );
        let is_partitioned: bool = in_tx!(tx.run(statement), (t, text) =>
            sqlx::query_scalar(text).fetch_one(t).await)?;
        if is_partitioned {
            return Ok(());
        }
        // Until it is done nobody votes.
        let statement = sql!("lock_votes", "LOCK TABLE vote IN ACCESS EXCLUSIVE MODE");
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text).execute(t).await.map(drop))?;
        let statement = sql!("has_votes", "SELECT EXISTS (SELECT 1 FROM vote)");
        let has_votes: bool = in_tx!(tx.run(statement), (t, text) =>
            sqlx::query_scalar(text).fetch_one(t).await)?;
        if has_votes {
            return Err(OpenError::VotesExist);
        }
        in_tx!(tx.run(PARTITION_VOTES), (t, text) => sqlx::raw_sql(text).execute(t).await.map(drop))?;
        for remainder in 0..partitions {
            let statement = Statement::build(
                "create_vote_partition",
                &format!(
                    "CREATE TABLE vote_{remainder} PARTITION OF vote
                    FOR VALUES WITH (MODULUS {partitions}, REMAINDER {remainder})"
                ),
            );
            in_tx!(tx.run(statement), (t, text) => sqlx::raw_sql(text).execute(t).await.map(drop))?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Checks that the tables were made by exactly the migrations of this program, text by text.
    ///
    /// # Errors
    /// [`OpenError::NoTables`], [`OpenError::OldTables`], [`OpenError::NewerTables`] and [`OpenError::OtherTables`] say
    /// what to do.
    pub async fn check_schema(&self) -> Result<(), OpenError> {
        let statement = sql!(
            "list_migrations",
            "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version"
        );
        let applied: sqlx::Result<Vec<(i64, Vec<u8>)>> = on_pool!(self.read(statement), (p, text) =>
            sqlx::query_as(text).fetch_all(p).await);
        let applied = match applied {
            Err(error) if is_missing_table(&error) => return Err(OpenError::NoTables),
            applied => applied?,
        };
        let migrations = match &self.read {
            Pool::Postgres(_) => &POSTGRES,
            Pool::Sqlite(_) => &SQLITE,
        };
        compare(migrations, &applied)
    }
}

/// Compares the migrations that were applied, by versions and checksums, with those of the program.
fn compare(migrations: &Migrator, applied: &[(i64, Vec<u8>)]) -> Result<(), OpenError> {
    for (version, checksum) in applied {
        let migration = migrations.iter().find(|m| m.version == *version);
        let migration = migration.ok_or(OpenError::NewerTables(*version))?;
        if *migration.checksum != **checksum {
            return Err(OpenError::OtherTables(*version));
        }
    }
    let is_applied = |version: i64| applied.iter().any(|(applied, _)| *applied == version);
    if migrations.iter().all(|m| is_applied(m.version)) {
        Ok(())
    } else {
        Err(OpenError::OldTables)
    }
}

/// Whether a statement named a table that is not there: class 42P01 of PostgreSQL; SQLite has no code of its own for
/// it.
fn is_missing_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().is_some_and(|code| code == "42P01")
            || error.message().starts_with("no such table")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Purpose;

    #[tokio::test]
    async fn tables_of_another_build_are_refused_with_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("acclaim.db").display());
        let database = Database::open(&url, 4, Purpose::Serving)
            .await
            .expect("it opens");
        assert!(matches!(
            database.check_schema().await,
            Err(OpenError::NoTables)
        ));
        database.migrate(&Clock::System).await.expect("tables");
        database
            .check_schema()
            .await
            .expect("they are this program's");
        let Pool::Sqlite(pool) = &database.write else {
            panic!("it is SQLite");
        };
        // An earlier build's migration had the same version and another text.
        sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1")
            .execute(pool)
            .await
            .expect("it is changed");
        for refused in [
            database.check_schema().await,
            database.migrate(&Clock::System).await,
        ] {
            let refusal = refused.expect_err("it is refused");
            assert!(matches!(refusal, OpenError::OtherTables(1)), "{refusal:?}");
            assert!(refusal.to_string().contains("new, empty database"));
        }
        sqlx::query("UPDATE _sqlx_migrations SET version = version + 9998")
            .execute(pool)
            .await
            .expect("it is changed");
        for refused in [
            database.check_schema().await,
            database.migrate(&Clock::System).await,
        ] {
            assert!(matches!(refused, Err(OpenError::NewerTables(9999))));
        }
    }
}
