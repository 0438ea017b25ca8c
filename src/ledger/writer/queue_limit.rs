//! The limit of the queue before the writer: how many wait, and how many may.
//!
//! Its bound is a time. Where the database is slow a queue of fixed length would outlast the callers: each would be
//! told to come back just before its turn, and what is stored would be answered too late.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{ANSWER_TIMEOUT, BATCH_MAX};

/// Jobs that may wait where the database is fast: 16 batches.
pub(super) const ROOM_MAX: usize = 8_192;
/// The time that a job is to wait: half of what its caller does, so that a job that is let in is answered in time.
const WAIT_MAX: Duration = ANSWER_TIMEOUT.checked_div(2).expect("two is not zero");

/// Jobs that wait, in the queue and taken from it.
#[derive(Debug)]
pub(super) struct QueueLimit {
    waiting: AtomicUsize,
    room: AtomicUsize,
}

/// The class of a job, which says how long it is let in. Under load votes are the last to be refused.
#[derive(Debug, Clone, Copy)]
pub(super) enum Class {
    Vote,
    Like,
}

impl QueueLimit {
    pub(super) fn new() -> Self {
        Self {
            waiting: AtomicUsize::new(0),
            room: AtomicUsize::new(ROOM_MAX),
        }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn is_full_for(&self, class: Class) -> bool {
        self.waiting() >= self.room_for(class)
    }

    /// Takes a place; `false` when there is none.
    pub(super) fn enter(&self, class: Class) -> bool {
        let is_let_in = self.waiting.fetch_add(1, Ordering::Relaxed) < self.room_for(class);
        if !is_let_in {
            self.leave();
        }
        is_let_in
    }

    pub(super) fn leave(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// Lets in as many as are stored in time at this throughput.
    pub(super) fn fit(&self, throughput: &Throughput) {
        self.room.store(throughput.room(), Ordering::Relaxed);
    }

    fn room_for(&self, class: Class) -> usize {
        let room = self.room.load(Ordering::Relaxed);
        match class {
            Class::Vote => room,
            Class::Like => room / 2,
        }
    }
}

/// The speed at which jobs are stored, by the last batches.
#[derive(Debug, Default)]
pub(super) struct Throughput {
    /// Nanoseconds that a job takes in a full batch, smoothed.
    nanos_per_job: u64,
}

impl Throughput {
    /// Records a batch that was stored. One that is not full is taken to last as long as a full one: most of its time
    /// is the way to the database and back.
    pub(super) fn record(&mut self, jobs: usize, rows: usize, took: Duration) {
        // Jobs of as many rows as these have, in a full batch.
        let jobs_when_full = (BATCH_MAX * jobs / rows.max(1)).max(1);
        let took_nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let nanos_per_job = took_nanos / jobs_when_full as u64;
        // Three parts of the past to one of the present: one batch that the disk kept waiting says little.
        self.nanos_per_job = self.nanos_per_job / 4 * 3 + nanos_per_job / 4;
    }

    fn room(&self) -> usize {
        let room = WAIT_MAX.as_nanos() / u128::from(self.nanos_per_job.max(1));
        // One batch always fits, or nobody would find out that the database is fast again.
        usize::try_from(room)
            .unwrap_or(ROOM_MAX)
            .clamp(BATCH_MAX, ROOM_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The throughput after so many equal batches.
    fn throughput(batches: u32, jobs: usize, rows: usize, took_ms: u64) -> Throughput {
        let mut throughput = Throughput::default();
        for _ in 0..batches {
            throughput.record(jobs, rows, Duration::from_millis(took_ms));
        }
        throughput
    }

    #[test]
    fn as_many_may_wait_as_are_stored_in_a_second() {
        // Before anything is known, and where 16 batches take less.
        for throughput in [
            Throughput::default(),
            throughput(99, 512, 512, 30),
            throughput(99, 1, 1, 60),
        ] {
            assert_eq!(throughput.room(), 8_192);
        }
        let about = |throughput: Throughput, room: usize| {
            let off = throughput.room().abs_diff(room);
            assert!(
                off <= room / 100,
                "{throughput:?}: {}, not {room}",
                throughput.room()
            );
        };
        about(throughput(99, 512, 512, 200), 2_560);
        about(throughput(99, 3, 3, 200), 2_560);
        // Ballots of eight votes each.
        about(throughput(99, 64, 512, 100), 640);
        about(throughput(99, 512, 512, 1_000), 512);
        about(throughput(99, 512, 512, 60_000), 512);
        about(throughput(99, 51, 510, 60_000), 512);
    }

    #[test]
    fn a_single_slow_batch_is_soon_forgotten() {
        let mut throughput = throughput(99, 512, 512, 60);
        throughput.record(512, 512, Duration::from_millis(200));
        assert!(
            (5_000..6_000).contains(&throughput.room()),
            "{}",
            throughput.room()
        );
        for _ in 0..4 {
            throughput.record(512, 512, Duration::from_millis(60));
        }
        assert!(throughput.room() > 7_000, "{}", throughput.room());
    }

    #[test]
    fn the_queue_has_room_for_votes_when_it_has_none_for_likes() {
        let queue_limit = QueueLimit::new();
        queue_limit.fit(&throughput(99, 512, 512, 1_000));
        for waiting in 0..512 {
            assert_eq!(queue_limit.is_full_for(Class::Like), waiting >= 256);
            if waiting == 256 {
                assert!(!queue_limit.enter(Class::Like));
            }
            assert!(queue_limit.enter(Class::Vote));
        }
        assert!(queue_limit.is_full_for(Class::Vote) && !queue_limit.enter(Class::Vote));
        assert_eq!(queue_limit.waiting(), 512, "a refused job does not wait");
        queue_limit.leave();
        assert!(queue_limit.enter(Class::Vote));
    }
}
