//! Group commit: the one task of the process that stores votes and likes.
//!
//! It takes what is waiting, up to [`BATCH_MAX`], the moment the last batch is done; there is no timer. A batch reads
//! the existing votes of its voters, decides each request (`domain::vote::decide`), and stores the accepted ones in one
//! statement whose keys judge the decision. A request that lost a race with another process, or whose commit's outcome
//! is not known, is decided again: by their ids, votes that were stored after all are recognised. A caller is answered
//! after the commit.
//!
//! A batch holds at most one request of a voter and campaign, so that requests of a batch never compete for slots.
//! `batch` has the jobs and takes a batch of them, `store` stores it on either database, `batch_decisions` has the
//! decisions on it and their results, `queue_limit` how many jobs may wait.

mod batch;
mod batch_decisions;
mod queue_limit;
mod store;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use self::batch::{Batch, Job, Pending};
use self::batch_decisions::{CastResult, CastResults};
use self::queue_limit::{Class, QueueLimit, ROOM_MAX, Throughput};
use super::Database;
use super::like::LikeChange;
use crate::clock::Clock;
use crate::domain::vote::{Verdict, VoteRequest};
use crate::error::{Error, Result, is_unavailable};
use crate::telemetry::WriterMetrics;
use crate::telemetry::traces::{Context, Span};

/// Rows of a batch: many share a commit, and none waits long for the others of its batch.
pub const BATCH_MAX: usize = 512;
/// Attempts of a job before its caller is told to come back.
const ATTEMPTS_MAX: u8 = 5;
/// The time that a caller waits for its commit. Afterwards a job that is in a batch may still be stored, and one that
/// is not is dropped: the same key finds out.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

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
        let writer_loop = WriterLoop {
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
            WriterTask(tokio::spawn(writer_loop.run())),
        )
    }

    /// Stores the votes of `request`, if they count; returns after the commit.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when too many wait; [`Error::Unavailable`] when the database is away or slow: the vote may
    /// still be stored, and the same idempotency key finds out.
    pub async fn cast(&self, request: VoteRequest) -> Result<Verdict> {
        self.submit(Class::Vote, |reply, context| {
            Job::Vote(Pending::new(request, reply, context))
        })
        .await
    }

    /// Makes `change` true; returns after the commit.
    ///
    /// # Errors
    /// As [`Writer::cast`].
    pub async fn like(&self, change: LikeChange) -> Result<()> {
        self.submit(Class::Like, |reply, context| {
            Job::Like(Pending::new(change, reply, context))
        })
        .await
    }

    /// Jobs that wait or are being stored.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue_limit.waiting()
    }

    /// Whether a request would be refused now. A caller that looks before it does other work for one can say so at
    /// once.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.queue_limit.is_full_for(Class::Vote)
    }

    async fn submit<T>(
        &self,
        class: Class,
        job: impl FnOnce(oneshot::Sender<Result<T>>, Context) -> Job,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        if !self.queue_limit.enter(class) {
            return Err(Error::Overloaded);
        }
        let span = Span::start("writer");
        // Never full, since not more are let in; without a writer it is closed.
        if self.queue.try_send(job(reply, span.context())).is_err() {
            self.queue_limit.leave();
            return Err(Error::Unavailable);
        }
        match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(Error::Unavailable),
        }
    }
}

/// The writer's task from within.
struct WriterLoop {
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

impl WriterLoop {
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
            let result = self.store_traced(&batch).await;
            let took = started.elapsed();
            self.metrics.commit_seconds.observe(took.as_secs_f64());
            if result.is_ok() {
                self.throughput.record(batch.jobs(), batch.rows, took);
                self.queue_limit.fit(&self.throughput);
            }
            self.answer(batch, result);
        }
    }

    /// Stores a batch, which is a span of its callers' traces.
    async fn store_traced(&mut self, batch: &Batch) -> sqlx::Result<CastResults> {
        let mut span = Span::shared("writer_batch", batch.contexts());
        let jobs = i64::try_from(batch.jobs()).unwrap_or(i64::MAX);
        span.set_number("acclaim.jobs", jobs);
        span.context().scope(self.store(batch)).await
    }

    fn next_batch(&mut self) -> Batch {
        Batch::take(&mut self.backlog, &self.queue_limit)
    }

    /// Answers the jobs of a batch; those that are decided again return to the front of the queue in their order.
    fn answer(&mut self, batch: Batch, result: sqlx::Result<CastResults>) {
        let again = match result {
            Ok(results) => self.answer_stored(batch, results),
            Err(error) => self.answer_failed(batch, &error),
        };
        self.metrics.decided_again.inc_by(again.len() as u64);
        for job in again.into_iter().rev() {
            self.backlog.push_front(job);
        }
    }

    /// Answers the jobs of a batch that was stored; returns those that are decided again.
    fn answer_stored(&self, batch: Batch, results: CastResults) -> Vec<Job> {
        self.metrics.likes_stored.inc_by(batch.likes.len() as u64);
        let mut again = Vec::new();
        for (vote, result) in batch.votes.into_iter().zip(results) {
            match result {
                CastResult::Answered(verdict) => self.reply(vote.reply, Ok(verdict)),
                CastResult::Lost => again.extend(self.retry(vote).map(Job::Vote)),
                CastResult::Later => again.push(Job::Vote(vote)),
            }
        }
        for like in batch.likes {
            self.reply(like.reply, Ok(()));
        }
        again
    }

    /// Answers the jobs of a batch that failed. Where the database was away the outcome of its commit is unknown, so
    /// they are returned to be decided again: votes that were stored after all are recognised by their ids.
    fn answer_failed(&self, batch: Batch, error: &sqlx::Error) -> Vec<Job> {
        let requests = batch.votes.len();
        let mut again = Vec::new();
        if is_unavailable(error) {
            tracing::warn!(%error, requests, "a batch was not stored, or it is not known");
            let votes = batch.votes.into_iter();
            again.extend(votes.filter_map(|vote| self.retry(vote)).map(Job::Vote));
            let likes = batch.likes.into_iter();
            again.extend(likes.filter_map(|like| self.retry(like)).map(Job::Like));
        } else {
            tracing::error!(%error, requests, "a batch cannot be stored");
            for vote in batch.votes {
                self.reply(vote.reply, Err(Error::Unavailable));
            }
            for like in batch.likes {
                self.reply(like.reply, Err(Error::Unavailable));
            }
        }
        again
    }

    /// The job with one attempt more; after the last one its caller is told to come back.
    fn retry<T, A>(&self, mut job: Pending<T, A>) -> Option<Pending<T, A>> {
        job.attempts += 1;
        if job.attempts < ATTEMPTS_MAX {
            return Some(job);
        }
        self.reply(job.reply, Err(Error::Unavailable));
        None
    }

    fn reply<T>(&self, reply: oneshot::Sender<Result<T>>, answer: Result<T>) {
        self.queue_limit.leave();
        // The caller may have gone; what was stored stays stored.
        let _ = reply.send(answer);
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a batch has at most a few thousand rows"
)]
fn to_f64(count: usize) -> f64 {
    count as f64
}
