//! Storing a batch on either database.

use std::sync::Arc;

use sqlx::{Connection as _, PgConnection};

use super::WriterLoop;
use super::batch::Batch;
use super::batch_decisions::{BatchDecisions, CastResults};
use crate::domain::vote::VoteRequest;
use crate::ledger::Pool;
use crate::ledger::like::{self, LikeChange};
use crate::ledger::vote::{self, ConflictMode, Existing, NewVote, StoredVotes};

/// Batches for which conflicts are expected after one: a quarter of a second to some seconds.
const CONFLICT_AWARE_BATCHES: u32 = 64;

impl WriterLoop {
    pub(super) async fn store(&mut self, batch: &Batch) -> sqlx::Result<CastResults> {
        let requests: Vec<&VoteRequest> = batch.votes.iter().map(|vote| &vote.request).collect();
        let changes: Vec<LikeChange> = batch.likes.iter().map(|like| like.request).collect();
        let database = Arc::clone(&self.database);
        match database.writing_pool() {
            Pool::Postgres(pool) => {
                let mut connection = match self.connection.take() {
                    Some(connection) => connection,
                    None => pool.acquire().await?,
                };
                let results = self
                    .store_postgres(&mut connection, &requests, &changes)
                    .await;
                // After an error it may be anything: the pool looks at it before somebody has it again.
                database.note_outcome(&results);
                self.connection = results.is_ok().then_some(connection);
                results
            }
            Pool::Sqlite(_) => self.store_sqlite(&requests, &changes).await,
        }
    }

    /// PostgreSQL: the read needs no transaction, since the keys judge. A single statement commits by itself, unless it
    /// might store half of a ballot of several votes. Votes and likes have nothing to do with each other.
    async fn store_postgres(
        &mut self,
        connection: &mut PgConnection,
        requests: &[&VoteRequest],
        changes: &[LikeChange],
    ) -> sqlx::Result<CastResults> {
        let existing = if requests.is_empty() {
            Existing::default()
        } else {
            self.database.count_statement();
            vote::list_existing_postgres(&self.database, connection, requests).await?
        };
        let decisions = BatchDecisions::new(requests, existing);
        let rows = decisions.rows(requests);
        let results = if rows.is_empty() {
            decisions.results(requests, &StoredVotes::new())
        } else if requests.iter().all(|r| r.selections.len() == 1) {
            let stored = self.store_single(connection, &rows).await?;
            decisions.results(requests, &stored)
        } else {
            self.store_ballots(connection, requests, &decisions, &rows)
                .await?
        };
        if !changes.is_empty() {
            self.database.count_statement();
            let now = self.clock.now();
            like::store_postgres(&self.database, connection, changes, now).await?;
        }
        Ok(results)
    }

    /// Stores requests of one vote each. The keys were free when they were read, and the statement that relies on it
    /// costs a fifth less; where another process was faster, the one that does not is used for a while.
    async fn store_single(
        &mut self,
        connection: &mut PgConnection,
        rows: &[NewVote<'_>],
    ) -> sqlx::Result<StoredVotes> {
        let database = &self.database;
        database.count_statement();
        if self.conflict_aware_batches == 0 {
            let mode = ConflictMode::Unexpected;
            let stored = vote::store_postgres(database, connection, rows, mode).await;
            match stored {
                Err(error) if is_unique_violation(&error) => {
                    self.conflict_aware_batches = CONFLICT_AWARE_BATCHES;
                }
                stored => return stored,
            }
            database.count_statement();
        }
        self.conflict_aware_batches -= 1;
        vote::store_postgres(database, connection, rows, ConflictMode::Expected).await
    }

    /// Stores requests of several votes each, in a transaction: where only a part of one could be stored, everything is
    /// rolled back.
    async fn store_ballots(
        &self,
        connection: &mut PgConnection,
        requests: &[&VoteRequest],
        decisions: &BatchDecisions,
        rows: &[NewVote<'_>],
    ) -> sqlx::Result<CastResults> {
        let database = &self.database;
        database.count_statement();
        let _timer = database.metrics().time_transaction("store_ballots");
        let mut tx = connection.begin().await?;
        let stored = vote::store_postgres(database, &mut tx, rows, ConflictMode::Expected).await?;
        if decisions.is_partial(&stored) {
            tx.rollback().await?;
            Ok(decisions.rolled_back(requests, &stored))
        } else {
            tx.commit().await?;
            Ok(decisions.results(requests, &stored))
        }
    }

    /// SQLite: one connection writes, so what is decided within the transaction is stored.
    async fn store_sqlite(
        &self,
        requests: &[&VoteRequest],
        changes: &[LikeChange],
    ) -> sqlx::Result<CastResults> {
        let database = &self.database;
        let mut tx = database.begin("store_batch").await?;
        let existing = if requests.is_empty() {
            Existing::default()
        } else {
            vote::list_existing_sqlite(database, tx.sqlite(), requests).await?
        };
        let decisions = BatchDecisions::new(requests, existing);
        let rows = decisions.rows(requests);
        let stored = if rows.is_empty() {
            StoredVotes::new()
        } else {
            vote::store_sqlite(database, tx.sqlite(), &rows).await?
        };
        if !changes.is_empty() {
            let now = self.clock.now();
            like::store_sqlite(database, tx.sqlite(), changes, now).await?;
        }
        tx.commit().await?;
        Ok(decisions.results(requests, &stored))
    }
}

fn is_unique_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
