//! The tables: making them, spreading votes over partitions, and whether they are those of this program.

use std::sync::LazyLock;

use sqlx::migrate::Migrator;

use super::dialect::PARTITION_VOTES;
use super::{Database, OpenError, Pool, Statement, in_tx, on_pool, sql};

static POSTGRES: LazyLock<Migrator> =
    LazyLock::new(|| beside_newer_ones(sqlx::migrate!("migrations/postgres")));
static SQLITE: LazyLock<Migrator> =
    LazyLock::new(|| beside_newer_ones(sqlx::migrate!("migrations/sqlite")));

/// Lets migrations be that the program does not know: whether they may be [`Database::check_schema`] says.
fn beside_newer_ones(mut migrator: Migrator) -> Migrator {
    migrator.set_ignore_missing(true);
    migrator
}

impl Database {
    /// Brings the schema to this program's version, or leaves it where it is a newer one. A database with tables of
    /// another program is left as it is: see [`Database::check_schema`].
    pub async fn migrate(&self) -> Result<(), OpenError> {
        match self.check_schema().await {
            // As of an earlier migration, or none yet: the rest is applied.
            Err(OpenError::NoTables | OpenError::OldTables) => {}
            checked => return checked,
        }
        match &self.write {
            Pool::Postgres(pool) => POSTGRES.run(pool).await?,
            Pool::Sqlite(pool) => SQLITE.run(pool).await?,
        }
        self.check_schema().await
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

    /// Checks that the tables were made by the migrations of this program, text by text, and by newer ones at most
    /// that it may run on.
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
        compare(migrations, &applied)?;
        let known = newest_of(migrations);
        let newest = applied.iter().map(|(version, _)| *version).max();
        match newest.filter(|newest| *newest > known) {
            Some(newest) => self.check_compatible(known, newest).await,
            None => Ok(()),
        }
    }

    /// Checks that a program may run on tables that are newer than its own newest migration, `known`.
    async fn check_compatible(&self, known: i64, newest: i64) -> Result<(), OpenError> {
        let statement = sql!(
            "find_compatible_from",
            "SELECT compatible_from FROM instance"
        );
        let compatible_from: i64 = on_pool!(self.read(statement), (p, text) =>
            sqlx::query_scalar(text).fetch_one(p).await)?;
        if known >= compatible_from {
            return Ok(());
        }
        Err(OpenError::NewerTables {
            newest,
            compatible_from,
        })
    }
}

/// The version of the newest migration of the program.
fn newest_of(migrations: &Migrator) -> i64 {
    migrations.iter().map(|m| m.version).max().unwrap_or(0)
}

/// Compares the migrations that were applied, by versions and checksums, with those of the program; those that are
/// newer than all of them are left out.
fn compare(migrations: &Migrator, applied: &[(i64, Vec<u8>)]) -> Result<(), OpenError> {
    let known = newest_of(migrations);
    for (version, checksum) in applied.iter().filter(|(version, _)| *version <= known) {
        let migration = migrations.iter().find(|m| m.version == *version);
        if migration.is_none_or(|m| *m.checksum != **checksum) {
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
        database.migrate().await.expect("tables");
        database
            .check_schema()
            .await
            .expect("they are this program's");
        let Pool::Sqlite(pool) = &database.write else {
            panic!("it is SQLite");
        };
        // An earlier build's migration had the same version and another text.
        let first = sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1");
        first.execute(pool).await.expect("it is changed");
        for refused in [database.check_schema().await, database.migrate().await] {
            let refusal = refused.expect_err("it is refused");
            assert!(matches!(refusal, OpenError::OtherTables(1)), "{refusal:?}");
            assert!(refusal.to_string().contains("new, empty database"));
        }
        // Nor is one that was never among this program's.
        let first = sqlx::query("UPDATE _sqlx_migrations SET version = 0 WHERE version = 1");
        first.execute(pool).await.expect("it is changed");
        for refused in [database.check_schema().await, database.migrate().await] {
            assert!(matches!(refused, Err(OpenError::OtherTables(0))));
        }
    }

    /// Words of a migration that may take away what programs of before it use.
    const CONTRACTING: [&str; 5] = [
        "DROP TABLE",
        "DROP COLUMN",
        "RENAME ",
        "SET NOT NULL",
        "ALTER COLUMN",
    ];

    #[test]
    fn migrations_that_contract_say_which_programs_may_run_on() {
        for migrations in [&*POSTGRES, &*SQLITE] {
            let column = "ADD COLUMN compatible_from";
            let all: Vec<_> = migrations.iter().collect();
            let first = all.iter().position(|m| m.sql.as_str().contains(column));
            let first = first.expect("the column is made");
            // Older programs than the one that looks at it refuse all newer tables.
            let default = format!(
                "compatible_from {} NOT NULL DEFAULT {}",
                "BIGINT", all[first].version
            );
            let text = all[first].sql.as_str().replace(" INTEGER ", " BIGINT ");
            assert!(text.contains(&default), "{default}");
            for migration in &all[first + 1..] {
                let text = migration.sql.as_str();
                let contracts = CONTRACTING.iter().any(|word| text.contains(word));
                // Where older programs may run on all the same, a comment says why it stays.
                let is_said = text.contains("compatible_from");
                let version = migration.version;
                assert!(!contracts || is_said, "migration {version}");
            }
        }
    }
}
