//! The player: sends requests that are due over a bounded number of connections: an open model. Requests have a time at
//! which they are to be sent, whatever the server does; a server that is too slow for the schedule sees a backlog,
//! which shows as latency and as a longer run.
//!
//! A request that gets no answer, or one that says "later", is sent again as it was: with the same idempotency key. It
//! goes into a queue and not to sleep, so that no connection is held by it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::api::Server;
use crate::api::answer::{Answer, Reply};
use crate::api::connection::{Connection, Lost};
use crate::api::document::Document;
use crate::api::request::{Ready, Sender};
use crate::measure::{Kind, Measures, Times};
use crate::progress::Progress;

/// How long to wait before sending again where the server does not say.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
/// Connections that are opened at once before the start: fewer than wait in any server's queue.
const OPENING: usize = 64;
/// Connections where nothing else is asked for.
pub const CONNECTIONS: usize = 256;
/// How long a request is sent again and again before it is given up.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// When a request is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// At this time from the start.
    At(Duration),
    /// As soon as a connection is free: a closed model.
    Now,
    /// There are no more.
    Never,
}

/// The verdict on an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is over.
    Done {
        /// Whether the answer is what was asked for.
        is_good: bool,
    },
    /// It is sent again after this time.
    Again(Duration),
    /// It could be sent again, and is not.
    Dropped,
    /// The server does not know the documents: they are registered, and it is sent again.
    Register,
}

impl Verdict {
    /// Sent again, after a while.
    #[must_use]
    pub fn again() -> Self {
        Self::Again(AGAIN_AFTER)
    }

    /// The verdict on an answer that is no outcome.
    pub fn of_failure<'a, T: Deserialize<'a>>(reply: &Reply<'a, T>) -> Self {
        if reply.misses_document() {
            Self::Register
        } else if reply.is_retryable() {
            Self::Again(reply.retry_after.unwrap_or(AGAIN_AFTER))
        } else {
            Self::Done { is_good: false }
        }
    }
}

/// A load: numbered requests, in the order in which they are due, and how their answers are understood.
pub trait Load: Send + Sync + 'static {
    /// When the request of this number is to be sent; not before the one before it.
    fn due(&self, index: usize) -> Due;
    /// Its kind.
    fn kind(&self, index: usize) -> Kind;
    /// The request.
    fn request(&self, index: usize) -> Ready;
    /// Understands its answer.
    fn judge(&self, index: usize, answer: Result<&Answer, Lost>) -> Verdict;
    /// Takes notice that it has been given up without an answer.
    fn give_up(&self, _index: usize) {}
    /// The documents that it uses.
    fn documents(&self) -> Vec<&Document>;
}

/// The way in which a load is played.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server that it is sent to.
    pub server: Server,
    /// Connections at once.
    pub connections: usize,
    /// Nothing new is sent after this time.
    pub ends_after: Option<Duration>,
    /// How long a request is sent again before it is given up.
    pub patience: Duration,
    /// Slots of the measurements over time.
    pub slot: Duration,
    /// The name of the progress, and how many requests there are, if that is known.
    pub progress: (&'static str, Option<usize>),
}

impl Plan {
    /// A plan that plays a load to its end.
    #[must_use]
    pub fn unlimited(server: &Server, name: &'static str) -> Self {
        Self {
            server: server.clone(),
            connections: CONNECTIONS,
            ends_after: None,
            patience: PATIENCE,
            slot: Duration::from_secs(1),
            progress: (name, None),
        }
    }
}

/// The result of a run.
#[derive(Debug)]
pub struct Played {
    /// The measurements.
    pub measures: Measures,
    /// How long it took until the last answer.
    pub elapsed: Duration,
    /// Requests that were sent, also those that were sent again.
    pub sent: u64,
    /// Requests that were sent and got no answer.
    pub lost: u64,
    /// Requests that could not be sent.
    pub unsent: u64,
    /// Requests that were given up in the end.
    pub given_up: u64,
}

/// A request that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Job {
    /// Not before this time.
    not_before: Duration,
    index: usize,
    due: Duration,
    /// When it was sent for the first time.
    tried_at: Option<Duration>,
}

/// The jobs that are left.
#[derive(Debug, Default)]
struct Queue {
    next: usize,
    again: BinaryHeap<Reverse<Job>>,
}

impl Queue {
    /// The next job: one that is sent again if it is due earlier than the next new one.
    fn take(
        &mut self,
        load: &impl Load,
        now: Duration,
        ends_after: Option<Duration>,
    ) -> Option<Job> {
        let is_over = |at: Duration| ends_after.is_some_and(|end| at >= end);
        let new = match load.due(self.next) {
            Due::At(at) if !is_over(at) => Some(at),
            Due::Now if !is_over(now) => Some(now),
            _ => None,
        };
        let waiting = self.again.peek().map(|Reverse(job)| job.not_before);
        if let Some(due) = new
            && waiting.is_none_or(|waiting| waiting > due)
        {
            let index = self.next;
            self.next += 1;
            return Some(Job {
                not_before: due,
                index,
                due,
                tried_at: None,
            });
        }
        self.again.pop().map(|Reverse(job)| job)
    }
}

struct Player<L> {
    load: Arc<L>,
    plan: Plan,
    started: Instant,
    queue: Mutex<Queue>,
    played: Mutex<Played>,
}

/// Plays a load to its end.
pub async fn play<L: Load>(load: Arc<L>, plan: Plan) -> Played {
    register(&*load, &plan.server, &mut plan.server.connect()).await;
    let connections = open(&plan).await;
    let progress = Progress::start(plan.progress.0, plan.progress.1);
    let played = Played {
        measures: Measures::new(plan.slot),
        elapsed: Duration::ZERO,
        sent: 0,
        lost: 0,
        unsent: 0,
        given_up: 0,
    };
    let player = Arc::new(Player {
        load,
        queue: Mutex::default(),
        played: Mutex::new(played),
        started: Instant::now(),
        plan,
    });
    let mut workers = JoinSet::new();
    for connection in connections {
        let player = Arc::clone(&player);
        workers.spawn(async move { player.work(connection).await });
    }
    let shown = Arc::clone(&player);
    let showing = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Progress::EVERY).await;
            progress.show(shown.played().measures.done);
        }
    });
    while let Some(worker) = workers.join_next().await {
        worker.expect("a worker does not panic");
    }
    showing.abort();
    // The task that is aborted lets go of its part.
    let _ = showing.await;
    let player = Arc::into_inner(player).expect("nobody else plays any more");
    let mut played = player
        .played
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    played.elapsed = player.started.elapsed();
    played
}

/// Opens the connections, before the clock starts: users come through load balancers, which keep theirs open.
async fn open(plan: &Plan) -> Vec<Connection> {
    let mut connections = Vec::new();
    let mut left = plan.connections.max(1);
    while left > 0 {
        let mut opening = JoinSet::new();
        for _ in 0..left.min(OPENING) {
            let mut connection = plan.server.connect();
            opening.spawn(async move {
                connection.open().await;
                connection
            });
        }
        left -= opening.len();
        connections.extend(opening.join_all().await);
    }
    connections
}

/// Makes the documents known. Whether it worked shows when they are used.
async fn register(load: &impl Load, server: &Server, connection: &mut Connection) {
    for document in load.documents() {
        let request = server
            .requests
            .post(document.registration(), Sender::ANONYMOUS);
        let _ = connection.exchange(&request).await;
    }
}

impl<L: Load> Player<L> {
    fn played(&self) -> std::sync::MutexGuard<'_, Played> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries out jobs on one connection until none is left.
    async fn work(&self, mut connection: Connection) {
        loop {
            let now = self.started.elapsed();
            let job = self.queue().take(&*self.load, now, self.plan.ends_after);
            let Some(job) = job else { return };
            if job.not_before > now {
                tokio::time::sleep_until(self.started + job.not_before).await;
            }
            self.carry_out(job, &mut connection).await;
        }
    }

    async fn carry_out(&self, job: Job, connection: &mut Connection) {
        let sent = self.started.elapsed();
        let answer = connection.exchange(&self.load.request(job.index)).await;
        let done = self.started.elapsed();
        let verdict = self
            .load
            .judge(job.index, answer.as_ref().map_err(|lost| *lost));
        let tried_at = job.tried_at.unwrap_or(sent);
        let is_given_up =
            !matches!(verdict, Verdict::Done { .. }) && done > tried_at + self.plan.patience;
        {
            let mut played = self.played();
            let lost = answer.as_ref().err().copied();
            played.sent += u64::from(lost != Some(Lost::NotSent));
            played.lost += u64::from(lost == Some(Lost::NoAnswer));
            played.unsent += u64::from(lost == Some(Lost::NotSent));
            played.given_up += u64::from(is_given_up);
            let kind = self.load.kind(job.index);
            if matches!(verdict, Verdict::Again(_) | Verdict::Dropped) && answer.is_ok() {
                played.measures.record_refusal(kind, sent, done);
            }
            if verdict == Verdict::Dropped {
                return;
            }
            if let Verdict::Done { is_good } = verdict {
                let due = job.due;
                played
                    .measures
                    .record(kind, is_good, Times { due, sent, done });
                return;
            }
        }
        if is_given_up {
            self.load.give_up(job.index);
            return;
        }
        let not_before = match verdict {
            Verdict::Again(after) => done + after,
            _ => done,
        };
        if verdict == Verdict::Register {
            register(&*self.load, &self.plan.server, connection).await;
        }
        self.queue().again.push(Reverse(Job {
            not_before,
            tried_at: Some(tried_at),
            ..job
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bytes::Bytes;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Requests with their number as the body, which the server is to send back.
    struct Numbers {
        server: Server,
        count: usize,
        every: Duration,
        answers: Mutex<Vec<usize>>,
    }

    impl Load for Numbers {
        fn due(&self, index: usize) -> Due {
            let number = u32::try_from(index).expect("a small number");
            if index < self.count {
                Due::At(self.every * number)
            } else {
                Due::Never
            }
        }

        fn kind(&self, _: usize) -> Kind {
            Kind::Vote
        }

        fn request(&self, index: usize) -> Ready {
            let body = Bytes::from(index.to_string());
            self.server.requests.post(body, Sender::ANONYMOUS)
        }

        fn judge(&self, index: usize, answer: Result<&Answer, Lost>) -> Verdict {
            let Ok(answer) = answer else {
                return Verdict::Again(Duration::from_millis(1));
            };
            assert_eq!(answer.body, index.to_string().as_bytes());
            let mut answers = self.answers.lock().expect("no panic");
            answers.push(index);
            Verdict::Done { is_good: true }
        }

        fn documents(&self) -> Vec<&Document> {
            Vec::new()
        }
    }

    /// Answers requests with their bodies; each third one it drops with its connection.
    async fn answer(mut stream: TcpStream, counter: Arc<AtomicUsize>) {
        let mut buffer = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&buffer).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                    .unwrap_or(0);
                if body.len() >= length {
                    if counter.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
                        return;
                    }
                    let body = &body[..length];
                    let answer =
                        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
                    stream.write_all(answer.as_bytes()).await.expect("it reads");
                    buffer.clear();
                    continue;
                }
            }
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        }
    }

    #[tokio::test]
    async fn what_gets_no_answer_is_sent_again_until_it_does() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let counter = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&counter)));
            }
        });
        let server = Server::new(&format!("http://{address}")).expect("an address");
        let load = Arc::new(Numbers {
            server: server.clone(),
            count: 100,
            every: Duration::from_micros(100),
            answers: Mutex::default(),
        });
        let plan = Plan {
            connections: 4,
            ..Plan::unlimited(&server, "numbers")
        };
        let played = play(Arc::clone(&load), plan).await;
        assert_eq!((played.measures.done, played.given_up), (100, 0));
        assert!(played.lost >= 49, "a third of all is lost");
        assert_eq!(played.sent, 100 + played.lost);
        let mut answers = load.answers.lock().expect("no panic").clone();
        answers.sort_unstable();
        assert_eq!(answers, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn new_requests_wait_behind_those_that_are_sent_again_earlier() {
        let server = Server::new("127.0.0.1:1").expect("an address");
        let load = Numbers {
            server,
            count: 2,
            every: Duration::from_millis(10),
            answers: Mutex::default(),
        };
        let mut queue = Queue::default();
        let take = |queue: &mut Queue| queue.take(&load, Duration::ZERO, None);
        let first = take(&mut queue).expect("the first");
        assert_eq!((first.index, first.due), (0, Duration::ZERO));
        let again = Job {
            not_before: Duration::from_millis(5),
            tried_at: Some(Duration::ZERO),
            ..first
        };
        queue.again.push(Reverse(again));
        assert_eq!(take(&mut queue), Some(again));
        assert_eq!(take(&mut queue).map(|job| job.index), Some(1));
        assert_eq!(take(&mut queue), None);
    }
}
