//! Group commit: the one task of the process that stores votes and likes.
//!
//! It takes what is waiting, up to [`BATCH_MAX`], the moment the last batch is done; there is no timer. A batch reads
//! what is known of its voters, decides each cast (`domain::vote::decide`), and stores the accepted ones in one
//! statement whose keys judge the decision. What lost a race with another process, or whose commit's outcome is not
//! known, is decided again: by their ids, votes that were stored after all are recognised. A caller is answered after
//! the commit.
//!
//! A batch holds at most one cast of a voter and campaign, so that casts of a batch never compete for slots.
//! `decided` has the decisions on a batch and what becomes of its casts, `queue_limit` how many may wait.

mod batch_decisions;
mod queue_limit;
#[cfg(test)]
mod tests;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, PgConnection, Postgres};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use self::batch_decisions::{BatchDecisions, CastResult, CastResults};
use self::queue_limit::{Class, QueueLimit, ROOM_MAX, Throughput};
use super::like::{self, LikeChange};
use super::vote::{self, ConflictMode, NewVote};
use super::{Database, Pool, Transaction};
use crate::clock::Clock;
use crate::domain::vote::{Verdict, VoteRequest};
use crate::error::{Error, Result, is_unavailable};
use crate::id::{CampaignId, VoteId, VoterId};
use crate::telemetry::WriterMetrics;

/// Rows of a batch: many share a commit, and none waits long for the others of its batch.
pub const BATCH_MAX: usize = 512;
/// How often a cast is decided before its caller is told to come back.
const ATTEMPTS_MAX: u8 = 5;
/// How long a caller waits for its commit. Afterwards a job that is in a batch may still be stored, and one that is not
/// is dropped: the same key finds out.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// Batches for which conflicts are expected after one: a quarter of a second to some seconds.
const CONFLICT_AWARE_BATCHES: u32 = 64;

enum Job {
    Cast {
        cast: VoteRequest,
        attempts: u8,
        reply: oneshot::Sender<Result<Verdict>>,
    },
    Like {
        change: LikeChange,
        attempts: u8,
        reply: oneshot::Sender<Result<()>>,
    },
}

impl Job {
    fn is_abandoned(&self) -> bool {
        match self {
            Self::Cast { reply, .. } => reply.is_closed(),
            Self::Like { reply, .. } => reply.is_closed(),
        }
    }
}

/// The way into the writer.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
    queue_limit: Arc<QueueLimit>,
}

/// The writer's task; it ends when every [`Writer`] is gone and all jobs are answered.
#[derive(Debug)]
pub struct WriterTask(JoinHandle<()>);

impl WriterTask {
    /// Waits until everything that was accepted is stored and answered.
    pub async fn finished(self) {
        if let Err(error) = self.0.await {
            tracing::error!(%error, "the vote writer ended abnormally");
        }
    }
}

impl Writer {
    /// Starts the writer on `database`.
    #[must_use]
    pub fn start(
        database: Arc<Database>,
        clock: Clock,
        metrics: WriterMetrics,
    ) -> (Self, WriterTask) {
        let (queue, jobs) = mpsc::channel(ROOM_MAX);
        let queue_limit = Arc::new(QueueLimit::new());
        let run = Run {
            database,
            clock,
            metrics,
            jobs,
            backlog: VecDeque::new(),
            queue_limit: Arc::clone(&queue_limit),
            throughput: Throughput::default(),
            connection: None,
            conflict_aware_batches: 0,
        };
        (
            Self { queue, queue_limit },
            WriterTask(tokio::spawn(run.run())),
        )
    }

    /// Stores the votes of `cast`, if they count; returns after the commit.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when too many wait; [`Error::Unavailable`] when the database is away or slow: the vote may
    /// still be stored, and the same idempotency key finds out.
    pub async fn cast(&self, cast: VoteRequest) -> Result<Verdict> {
        self.submit(Class::Vote, |reply| Job::Cast {
            cast,
            attempts: 0,
            reply,
        })
        .await
    }

    /// Makes `change` true; returns after the commit.
    ///
    /// # Errors
    /// As [`Writer::cast`].
    pub async fn like(&self, change: LikeChange) -> Result<()> {
        self.submit(Class::Like, |reply| Job::Like {
            change,
            attempts: 0,
            reply,
        })
        .await
    }

    /// Jobs that wait or are being stored.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue_limit.waiting()
    }

    /// Whether a cast would be refused now. Whoever asks before doing other work for it can say so at once.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.queue_limit.is_full_for(Class::Vote)
    }

    async fn submit<T>(
        &self,
        class: Class,
        job: impl FnOnce(oneshot::Sender<Result<T>>) -> Job,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        if !self.queue_limit.enter(class) {
            return Err(Error::Overloaded);
        }
        // Never full, since not more are let in; without a writer it is closed.
        if self.queue.try_send(job(reply)).is_err() {
            self.queue_limit.leave();
            return Err(Error::Unavailable);
        }
        match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(Error::Unavailable),
        }
    }
}

struct Run {
    database: Arc<Database>,
    clock: Clock,
    metrics: WriterMetrics,
    jobs: mpsc::Receiver<Job>,
    /// Taken from the queue and not in a batch yet, oldest first.
    backlog: VecDeque<Job>,
    queue_limit: Arc<QueueLimit>,
    throughput: Throughput,
    /// To PostgreSQL, held from batch to batch: the pool asks the server twice for each use.
    connection: Option<PoolConnection<Postgres>>,
    /// Batches for which other processes are expected to write the same keys.
    conflict_aware_batches: u32,
}

/// The jobs of one batch, in the order of their keys.
#[derive(Default)]
struct Batch {
    casts: Vec<(VoteRequest, u8, oneshot::Sender<Result<Verdict>>)>,
    likes: Vec<(LikeChange, u8, oneshot::Sender<Result<()>>)>,
    /// Votes and likes together.
    rows: usize,
}

impl Batch {
    fn jobs(&self) -> usize {
        self.casts.len() + self.likes.len()
    }
}

impl Run {
    async fn run(mut self) {
        loop {
            if self.backlog.is_empty() {
                match self.jobs.recv().await {
                    Some(job) => self.backlog.push_back(job),
                    None => break,
                }
            }
            while let Ok(job) = self.jobs.try_recv() {
                self.backlog.push_back(job);
            }
            let batch = self.next_batch();
            self.metrics.batch_size.observe(to_f64(batch.jobs()));
            let started = Instant::now();
            let result = self.store(&batch).await;
            let took = started.elapsed();
            self.metrics.commit_seconds.observe(took.as_secs_f64());
            if result.is_ok() {
                self.throughput.note(batch.jobs(), batch.rows, took);
                self.queue_limit.fit(&self.throughput);
            }
            self.answer(batch, result);
        }
    }

    /// Takes up to [`BATCH_MAX`] rows; a second cast of the same voter and campaign, or change about the same subject,
    /// stays behind for the next batch.
    fn next_batch(&mut self) -> Batch {
        let mut batch = Batch::default();
        let mut voters: HashSet<(CampaignId, VoterId)> = HashSet::new();
        let mut changes = HashSet::new();
        let mut behind = VecDeque::new();
        while batch.rows < BATCH_MAX
            && let Some(job) = self.backlog.pop_front()
        {
            match job {
                // Its caller has been told to come back: whatever was stored, the next try finds it.
                job if job.is_abandoned() => self.queue_limit.leave(),
                Job::Cast {
                    cast,
                    attempts,
                    reply,
                } if voters.insert((cast.campaign_id, cast.voter_id)) => {
                    batch.rows += cast.selections.len();
                    batch.casts.push((cast, attempts, reply));
                }
                Job::Like {
                    change,
                    attempts,
                    reply,
                } if changes.insert((change.voter_id, change.subject_id)) => {
                    batch.rows += 1;
                    batch.likes.push((change, attempts, reply));
                }
                job => behind.push_back(job),
            }
        }
        while let Some(job) = behind.pop_back() {
            self.backlog.push_front(job);
        }
        // Two processes store their batches in the same order and do not wait for each other in a circle.
        batch
            .casts
            .sort_by_key(|(cast, ..)| (cast.campaign_id, cast.voter_id));
        batch
            .likes
            .sort_by_key(|(change, ..)| (change.voter_id, change.subject_id));
        batch
    }

    async fn store(&mut self, batch: &Batch) -> sqlx::Result<CastResults> {
        let casts: Vec<&VoteRequest> = batch.casts.iter().map(|(cast, ..)| cast).collect();
        let changes: Vec<LikeChange> = batch.likes.iter().map(|(change, ..)| *change).collect();
        let database = Arc::clone(&self.database);
        match database.writing_pool() {
            Pool::Postgres(pool) => {
                let mut connection = match self.connection.take() {
                    Some(connection) => connection,
                    None => pool.acquire().await?,
                };
                let results = self.store_postgres(&mut connection, &casts, &changes).await;
                // After an error it may be anything: the pool looks at it before somebody has it again.
                self.connection = results.is_ok().then_some(connection);
                results
            }
            Pool::Sqlite(_) => self.store_sqlite(&casts, &changes).await,
        }
    }

    /// PostgreSQL: the read needs no transaction, since the keys judge. A single statement commits by itself, unless it
    /// might store half of a vote of several votes. Votes and likes have nothing to do with each other.
    async fn store_postgres(
        &mut self,
        connection: &mut PgConnection,
        casts: &[&VoteRequest],
        changes: &[LikeChange],
    ) -> sqlx::Result<CastResults> {
        let known = if casts.is_empty() {
            Vec::new()
        } else {
            self.database.count_statement();
            vote::list_existing_postgres(connection, casts).await?
        };
        let decided = BatchDecisions::new(casts, known);
        let rows = decided.rows(casts);
        let results = if rows.is_empty() {
            decided.results(casts, &HashSet::new())
        } else if casts.iter().all(|cast| cast.selections.len() == 1) {
            let stored = self.store_single(connection, &rows).await?;
            decided.results(casts, &stored)
        } else {
            self.database.count_statement();
            let mut tx = connection.begin().await?;
            let stored = vote::store_postgres(&mut tx, &rows, ConflictMode::Expected).await?;
            if decided.is_partial(&stored) {
                tx.rollback().await?;
                decided.rolled_back(casts, &stored)
            } else {
                tx.commit().await?;
                decided.results(casts, &stored)
            }
        };
        if !changes.is_empty() {
            self.database.count_statement();
            like::store_postgres(connection, changes, self.clock.now()).await?;
        }
        Ok(results)
    }

    /// Stores votes of one vote each. What has just been read says that the keys are free, and the statement that
    /// believes it costs a fifth less; where another process was faster, the one that does not is used for a while.
    async fn store_single(
        &mut self,
        connection: &mut PgConnection,
        rows: &[NewVote<'_>],
    ) -> sqlx::Result<HashSet<VoteId>> {
        self.database.count_statement();
        if self.conflict_aware_batches == 0 {
            let stored = vote::store_postgres(connection, rows, ConflictMode::Unexpected).await;
            match stored {
                Err(error) if is_unique_violation(&error) => {
                    self.conflict_aware_batches = CONFLICT_AWARE_BATCHES;
                }
                stored => return stored,
            }
            self.database.count_statement();
        }
        self.conflict_aware_batches -= 1;
        vote::store_postgres(connection, rows, ConflictMode::Expected).await
    }

    /// SQLite: one connection writes, so what is decided within the transaction is stored.
    async fn store_sqlite(
        &self,
        casts: &[&VoteRequest],
        changes: &[LikeChange],
    ) -> sqlx::Result<CastResults> {
        let mut tx = self.database.begin().await?;
        let known = if casts.is_empty() {
            Vec::new()
        } else {
            let Transaction::Sqlite(t) = &mut tx else {
                unreachable!("the pool is SQLite's")
            };
            vote::list_existing_sqlite(t, casts).await?
        };
        let decided = BatchDecisions::new(casts, known);
        let rows = decided.rows(casts);
        let Transaction::Sqlite(t) = &mut tx else {
            unreachable!("the pool is SQLite's")
        };
        if !rows.is_empty() {
            vote::store_sqlite(t, &rows).await?;
        }
        if !changes.is_empty() {
            like::store_sqlite(t, changes, self.clock.now()).await?;
        }
        let stored = rows.iter().map(|row| row.vote.id).collect();
        tx.commit().await?;
        Ok(decided.results(casts, &stored))
    }

    fn answer(&mut self, batch: Batch, result: sqlx::Result<CastResults>) {
        let failed = result.as_ref().err().map(is_unavailable);
        match &result {
            Err(error) => {
                tracing::warn!(%error, casts = batch.casts.len(), "a batch was not stored");
            }
            Ok(_) => _ = self.metrics.likes_stored.inc_by(batch.likes.len() as u64),
        }
        let mut results = result.unwrap_or_default().into_iter();
        // Pushed to the front from the last to the first, those to decide again keep their place in the queue.
        let mut again = Vec::new();
        for (cast, attempts, reply) in batch.casts {
            let attempts = match results.next() {
                Some(CastResult::Answered(verdict)) => {
                    self.reply(reply, Ok(verdict));
                    continue;
                }
                Some(CastResult::RolledBack) => attempts,
                // Lost, or nothing is known because the batch failed.
                Some(CastResult::Lost) | None => attempts + 1,
            };
            if failed == Some(false) || attempts >= ATTEMPTS_MAX {
                self.reply(reply, Err(Error::Unavailable));
            } else {
                again.push(Job::Cast {
                    cast,
                    attempts,
                    reply,
                });
            }
        }
        for (change, attempts, reply) in batch.likes {
            match failed {
                None => self.reply(reply, Ok(())),
                Some(true) if attempts + 1 < ATTEMPTS_MAX => again.push(Job::Like {
                    change,
                    attempts: attempts + 1,
                    reply,
                }),
                Some(_) => self.reply(reply, Err(Error::Unavailable)),
            }
        }
        self.metrics.decided_again.inc_by(again.len() as u64);
        for job in again.into_iter().rev() {
            self.backlog.push_front(job);
        }
    }

    fn reply<T>(&self, reply: oneshot::Sender<Result<T>>, answer: Result<T>) {
        self.queue_limit.leave();
        // The caller may have gone; what was stored stays stored.
        let _ = reply.send(answer);
    }
}

fn is_unique_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a batch has at most a few thousand rows"
)]
fn to_f64(count: usize) -> f64 {
    count as f64
}
