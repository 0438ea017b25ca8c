//! Group commit: the one task of the process that stores votes and likes.
//!
//! It takes what is waiting, up to [`BATCH_MAX`], the moment the last batch is done; there is no timer. A batch reads
//! what is known of its voters, decides each cast (`domain::ballot::decide`), and stores the accepted ones in one
//! statement whose keys judge the decision. What lost a race with another process, or whose commit's outcome is not
//! known, is decided again: by their ids, votes that were stored after all are recognised. A caller is answered after
//! the commit.
//!
//! A batch holds at most one cast of a voter and campaign, so that casts of a batch never compete for slots.
//! `decided` has the decisions on a batch and what becomes of its casts, `line` how many may wait.

mod decided;
mod line;
#[cfg(test)]
mod tests;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, PgConnection, Postgres};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use self::decided::{Decided, Fate, Fates};
use self::line::{Class, Line, Pace, ROOM_MAX};
use super::ballot::{self, NewBallot, Races};
use super::like::{self, LikeWish};
use super::{Database, Pool, Transaction};
use crate::clock::Clock;
use crate::domain::ballot::{Cast, Verdict};
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
/// For how many batches races are expected after one: a quarter of a second to some seconds.
const WARY_BATCHES: u32 = 64;

enum Job {
    Cast {
        cast: Cast,
        attempts: u8,
        reply: oneshot::Sender<Result<Verdict>>,
    },
    Like {
        wish: LikeWish,
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
    line: Arc<Line>,
}

/// The writer's task; it ends when every [`Writer`] is gone and all jobs are answered.
#[derive(Debug)]
pub struct WriterTask(JoinHandle<()>);

impl WriterTask {
    /// Waits until everything that was accepted is stored and answered.
    pub async fn finished(self) {
        if let Err(error) = self.0.await {
            tracing::error!(%error, "the ballot writer ended abnormally");
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
        let line = Arc::new(Line::new());
        let run = Run {
            database,
            clock,
            metrics,
            jobs,
            backlog: VecDeque::new(),
            line: Arc::clone(&line),
            pace: Pace::default(),
            connection: None,
            wary_batches: 0,
        };
        (Self { queue, line }, WriterTask(tokio::spawn(run.run())))
    }

    /// Stores the votes of `cast`, if they count; returns after the commit.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when too many wait; [`Error::Unavailable`] when the database is away or slow: the vote may
    /// still be stored, and the same idempotency key finds out.
    pub async fn cast(&self, cast: Cast) -> Result<Verdict> {
        self.submit(Class::Vote, |reply| Job::Cast {
            cast,
            attempts: 0,
            reply,
        })
        .await
    }

    /// Makes `wish` true; returns after the commit.
    ///
    /// # Errors
    /// As [`Writer::cast`].
    pub async fn like(&self, wish: LikeWish) -> Result<()> {
        self.submit(Class::Like, |reply| Job::Like {
            wish,
            attempts: 0,
            reply,
        })
        .await
    }

    /// Jobs that wait or are being stored.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.line.waiting()
    }

    /// Whether a cast would be refused now. Whoever asks before doing other work for it can say so at once.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.line.is_full_for(Class::Vote)
    }

    async fn submit<T>(
        &self,
        class: Class,
        job: impl FnOnce(oneshot::Sender<Result<T>>) -> Job,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        if !self.line.enter(class) {
            return Err(Error::Overloaded);
        }
        // Never full, since not more are let in; without a writer it is closed.
        if self.queue.try_send(job(reply)).is_err() {
            self.line.leave();
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
    line: Arc<Line>,
    pace: Pace,
    /// To PostgreSQL, held from batch to batch: the pool asks the server twice for each use.
    connection: Option<PoolConnection<Postgres>>,
    /// Batches for which other processes are expected to write the same keys.
    wary_batches: u32,
}

/// The jobs of one batch, in the order of their keys.
#[derive(Default)]
struct Batch {
    casts: Vec<(Cast, u8, oneshot::Sender<Result<Verdict>>)>,
    likes: Vec<(LikeWish, u8, oneshot::Sender<Result<()>>)>,
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
                self.pace.note(batch.jobs(), batch.rows, took);
                self.line.fit(&self.pace);
            }
            self.answer(batch, result);
        }
    }

    /// Takes up to [`BATCH_MAX`] rows; a second cast of the same voter and campaign, or wish about the same subject,
    /// stays behind for the next batch.
    fn next_batch(&mut self) -> Batch {
        let mut batch = Batch::default();
        let mut voters: HashSet<(CampaignId, VoterId)> = HashSet::new();
        let mut wishes = HashSet::new();
        let mut behind = VecDeque::new();
        while batch.rows < BATCH_MAX
            && let Some(job) = self.backlog.pop_front()
        {
            match job {
                // Its caller has been told to come back: whatever was stored, the next try finds it.
                job if job.is_abandoned() => self.line.leave(),
                Job::Cast {
                    cast,
                    attempts,
                    reply,
                } if voters.insert((cast.campaign_id, cast.voter_id)) => {
                    batch.rows += cast.votes.len();
                    batch.casts.push((cast, attempts, reply));
                }
                Job::Like {
                    wish,
                    attempts,
                    reply,
                } if wishes.insert((wish.voter_id, wish.subject_id)) => {
                    batch.rows += 1;
                    batch.likes.push((wish, attempts, reply));
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
            .sort_by_key(|(wish, ..)| (wish.voter_id, wish.subject_id));
        batch
    }

    async fn store(&mut self, batch: &Batch) -> sqlx::Result<Fates> {
        let casts: Vec<&Cast> = batch.casts.iter().map(|(cast, ..)| cast).collect();
        let wishes: Vec<LikeWish> = batch.likes.iter().map(|(wish, ..)| *wish).collect();
        let database = Arc::clone(&self.database);
        match database.writing_pool() {
            Pool::Postgres(pool) => {
                let mut connection = match self.connection.take() {
                    Some(connection) => connection,
                    None => pool.acquire().await?,
                };
                let fates = self.store_postgres(&mut connection, &casts, &wishes).await;
                // After an error it may be anything: the pool looks at it before somebody has it again.
                self.connection = fates.is_ok().then_some(connection);
                fates
            }
            Pool::Sqlite(_) => self.store_sqlite(&casts, &wishes).await,
        }
    }

    /// PostgreSQL: the read needs no transaction, since the keys judge. A single statement commits by itself, unless it
    /// might store half of a ballot of several votes. Votes and likes have nothing to do with each other.
    async fn store_postgres(
        &mut self,
        connection: &mut PgConnection,
        casts: &[&Cast],
        wishes: &[LikeWish],
    ) -> sqlx::Result<Fates> {
        let known = if casts.is_empty() {
            Vec::new()
        } else {
            self.database.count_statement();
            ballot::list_known_postgres(connection, casts).await?
        };
        let decided = Decided::new(casts, known);
        let rows = decided.rows(casts);
        let fates = if rows.is_empty() {
            decided.fates(casts, &HashSet::new())
        } else if casts.iter().all(|cast| cast.votes.len() == 1) {
            let stored = self.store_single(connection, &rows).await?;
            decided.fates(casts, &stored)
        } else {
            self.database.count_statement();
            let mut tx = connection.begin().await?;
            let stored = ballot::store_postgres(&mut tx, &rows, Races::Expected).await?;
            if decided.is_torn(&stored) {
                tx.rollback().await?;
                decided.taken_back(casts, &stored)
            } else {
                tx.commit().await?;
                decided.fates(casts, &stored)
            }
        };
        if !wishes.is_empty() {
            self.database.count_statement();
            like::store_postgres(connection, wishes, self.clock.now()).await?;
        }
        Ok(fates)
    }

    /// Stores ballots of one vote each. What has just been read says that the keys are free, and the statement that
    /// believes it costs a fifth less; where another process was faster, the one that does not is used for a while.
    async fn store_single(
        &mut self,
        connection: &mut PgConnection,
        rows: &[NewBallot<'_>],
    ) -> sqlx::Result<HashSet<VoteId>> {
        self.database.count_statement();
        if self.wary_batches == 0 {
            let stored = ballot::store_postgres(connection, rows, Races::Unexpected).await;
            match stored {
                Err(error) if is_unique_violation(&error) => self.wary_batches = WARY_BATCHES,
                stored => return stored,
            }
            self.database.count_statement();
        }
        self.wary_batches -= 1;
        ballot::store_postgres(connection, rows, Races::Expected).await
    }

    /// SQLite: one connection writes, so what is decided within the transaction is stored.
    async fn store_sqlite(&self, casts: &[&Cast], wishes: &[LikeWish]) -> sqlx::Result<Fates> {
        let mut tx = self.database.begin().await?;
        let known = if casts.is_empty() {
            Vec::new()
        } else {
            let Transaction::Sqlite(t) = &mut tx else {
                unreachable!("the pool is SQLite's")
            };
            ballot::list_known_sqlite(t, casts).await?
        };
        let decided = Decided::new(casts, known);
        let rows = decided.rows(casts);
        let Transaction::Sqlite(t) = &mut tx else {
            unreachable!("the pool is SQLite's")
        };
        if !rows.is_empty() {
            ballot::store_sqlite(t, &rows).await?;
        }
        if !wishes.is_empty() {
            like::store_sqlite(t, wishes, self.clock.now()).await?;
        }
        let stored = rows.iter().map(|row| row.ballot.id).collect();
        tx.commit().await?;
        Ok(decided.fates(casts, &stored))
    }

    fn answer(&mut self, batch: Batch, result: sqlx::Result<Fates>) {
        let failed = result.as_ref().err().map(is_unavailable);
        match &result {
            Err(error) => {
                tracing::warn!(%error, casts = batch.casts.len(), "a batch was not stored");
            }
            Ok(_) => _ = self.metrics.likes_stored.inc_by(batch.likes.len() as u64),
        }
        let mut fates = result.unwrap_or_default().into_iter();
        // Pushed to the front from the last to the first, those to decide again keep their place in the line.
        let mut again = Vec::new();
        for (cast, attempts, reply) in batch.casts {
            let attempts = match fates.next() {
                Some(Fate::Answered(verdict)) => {
                    self.reply(reply, Ok(verdict));
                    continue;
                }
                Some(Fate::TakenBack) => attempts,
                // Lost, or nothing is known because the batch failed.
                Some(Fate::Lost) | None => attempts + 1,
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
        for (wish, attempts, reply) in batch.likes {
            match failed {
                None => self.reply(reply, Ok(())),
                Some(true) if attempts + 1 < ATTEMPTS_MAX => again.push(Job::Like {
                    wish,
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
        self.line.leave();
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
