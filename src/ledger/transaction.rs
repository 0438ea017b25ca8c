//! Transactions: each has a name, under which it is timed from its beginning to its end.

use std::sync::Arc;

use sqlx::SqliteConnection;

use super::Database;
use super::statement::{Dialects, Statement};
use super::writable::Doubt;
use crate::telemetry::{LedgerMetrics, Timer};

/// A transaction on either database: one that writes, or one that reads of one moment.
#[derive(Debug)]
pub struct Transaction {
    inner: Inner,
    doubt: Arc<Doubt>,
    metrics: LedgerMetrics,
    timer: Timer,
}

/// The transaction of sqlx within.
#[derive(Debug)]
pub(crate) enum Inner {
    /// On PostgreSQL.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
    /// On SQLite; where it writes, the writing connection is held.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
}

impl Database {
    /// Begins a writing transaction; counted as one statement, whatever it holds. On SQLite it takes the write lock at
    /// once, so that it cannot fail half way.
    pub async fn begin(&self, name: &'static str) -> sqlx::Result<Transaction> {
        let timer = self.metrics.time_transaction(name);
        self.count_statement();
        let inner = match &self.write {
            super::Pool::Postgres(pool) => Inner::Postgres(pool.begin().await?),
            super::Pool::Sqlite(pool) => Inner::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
        };
        Ok(self.transaction(inner, timer))
    }

    /// Begins a transaction that reads: all that it sees is of one moment, that of its first statement. Counted as one
    /// statement. It holds a connection of the readers', and up what the database cleans away: for long work that
    /// somebody waits for.
    pub(crate) async fn begin_snapshot(&self, name: &'static str) -> sqlx::Result<Transaction> {
        let timer = self.metrics.time_transaction(name);
        self.count_statement();
        let inner = match &self.read {
            super::Pool::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Inner::Postgres(pool.begin_with(begin).await?)
            }
            super::Pool::Sqlite(pool) => Inner::Sqlite(pool.begin().await?),
        };
        Ok(self.transaction(inner, timer))
    }

    fn transaction(&self, inner: Inner, timer: Timer) -> Transaction {
        Transaction {
            inner,
            doubt: Arc::clone(&self.doubt),
            metrics: self.metrics.clone(),
            timer,
        }
    }
}

impl Transaction {
    /// Sends a statement in this transaction: see [`in_tx!`].
    pub(crate) fn run(&mut self, statement: impl Into<Dialects>) -> InTransaction<'_> {
        let statement = statement.into();
        let Statement { name, text } = match self.inner {
            Inner::Postgres(_) => statement.postgres,
            Inner::Sqlite(_) => statement.sqlite,
        };
        InTransaction {
            inner: &mut self.inner,
            doubt: &self.doubt,
            text,
            _timer: self.metrics.time_statement_within(&self.timer, name),
        }
    }

    /// The connection of a transaction on SQLite.
    pub(super) fn sqlite(&mut self) -> &mut SqliteConnection {
        match &mut self.inner {
            Inner::Sqlite(transaction) => transaction,
            Inner::Postgres(_) => unreachable!("the pool is SQLite's"),
        }
    }

    /// Commits. After an error the outcome may not be known.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self.inner {
            Inner::Postgres(transaction) => transaction.commit().await,
            Inner::Sqlite(transaction) => transaction.commit().await,
        }
    }
}

/// A statement on its way into a transaction, timed until it is dropped. For [`in_tx!`].
#[derive(Debug)]
pub(crate) struct InTransaction<'a> {
    pub inner: &'a mut Inner,
    pub doubt: &'a Doubt,
    pub text: &'static str,
    _timer: Timer,
}

/// [`on_pool!`] for a transaction: `in_tx!(tx.run(statement), (t, text) => sqlx::query(text).execute(t).await)`.
macro_rules! in_tx {
    ($run:expr, ($t:ident, $text:ident) => $body:expr) => {{
        let run = $run;
        let $text = run.text;
        let outcome = match run.inner {
            $crate::ledger::transaction::Inner::Postgres(transaction) => {
                let $t = &mut **transaction;
                $body
            }
            $crate::ledger::transaction::Inner::Sqlite(transaction) => {
                let $t = &mut **transaction;
                $body
            }
        };
        run.doubt.note(&outcome);
        outcome
    }};
}
pub(crate) use in_tx;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Purpose, sql};

    #[tokio::test]
    async fn a_snapshot_sees_one_moment() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("acclaim.db").display());
        let database = Database::open(&url, 4, Purpose::Serving).await;
        let database = database.expect("it opens");
        database.migrate().await.expect("tables");
        let count = sql!("count_creations", "SELECT COUNT(*) FROM creation");
        let insert = sql!(
            "insert_creation",
            "INSERT INTO creation (actor_id, idempotency_key, subject_id, created_at) VALUES ('', $1, '', '')"
        );
        let mut snapshot = database.begin_snapshot("test").await.expect("it begins");
        let mut seen = Vec::new();
        for number in 0..3 {
            let found: sqlx::Result<i64> = in_tx!(snapshot.run(count), (t, text) =>
                sqlx::query_scalar(text).fetch_one(t).await);
            seen.push(found.expect("a count"));
            let mut tx = database.begin("test").await.expect("it begins");
            let stored = in_tx!(tx.run(insert), (t, text) =>
                sqlx::query(text).bind(number).execute(t).await.map(drop));
            stored.expect("it is stored");
            tx.commit().await.expect("it commits");
        }
        assert_eq!(seen, [0, 0, 0]);
    }
}
