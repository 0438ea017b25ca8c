//! Measurements: how long answers took, by kind and over time, and how many came when.
//!
//! Latency is counted from the moment at which a request was *to be sent*. A server that stalls delays the requests
//! behind it, too, and this delay is what a user feels; counted from the actual sending it would be hidden. Both are
//! kept.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// The kind of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A vote.
    Vote,
    /// A like.
    Like,
    /// A page.
    Page,
    /// A report of views.
    Report,
    /// A question of the recount.
    Check,
    /// A sign-in.
    SignIn,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Vote,
        Self::Like,
        Self::Page,
        Self::Report,
        Self::Check,
        Self::SignIn,
    ];

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vote => "vote",
            Self::Like => "like",
            Self::Page => "page",
            Self::Report => "report of views",
            Self::Check => "check",
            Self::SignIn => "sign-in",
        }
    }
}

/// The longest latency that is told apart from longer ones: ten minutes, in microseconds.
const LATENCY_MAX_US: u64 = 600_000_000;
/// Significant digits of latencies: 0.1%.
pub const DIGITS: u8 = 3;
/// The same for the many histograms over time: 1%.
const SLOT_DIGITS: u8 = 2;

/// A histogram of microseconds, with so many significant digits.
#[must_use]
pub fn histogram<T: hdrhistogram::Counter>(digits: u8) -> Histogram<T> {
    Histogram::new_with_bounds(1, LATENCY_MAX_US, digits).expect("these bounds are allowed")
}

/// A number as a floating-point one, for rates and charts.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn float(number: u64) -> f64 {
    number as f64
}

/// Microseconds of a duration.
#[must_use]
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The latencies of one kind of request.
#[derive(Debug)]
pub struct Latencies {
    /// From when it was to be sent.
    pub from_due: Histogram<u64>,
    /// From when it was sent (the last time, if it was sent again).
    pub from_sent: Histogram<u64>,
    /// From when it was sent, of each time that it was told to come again.
    pub refused: Histogram<u64>,
    /// Requests whose answer is what was asked for.
    pub good: u64,
}

impl Latencies {
    fn none() -> Self {
        Self {
            from_due: histogram(DIGITS),
            from_sent: histogram(DIGITS),
            refused: histogram(DIGITS),
            good: 0,
        }
    }
}

/// A stretch of time.
#[derive(Debug)]
pub struct Slot {
    /// Requests that were to be sent in it.
    pub due: u64,
    /// Requests that were answered in it.
    pub answered: u64,
    /// Latencies of those that were to be sent in it.
    pub latency: Histogram<u32>,
}

/// All measurements of a run.
#[derive(Debug)]
pub struct Measures {
    by_kind: Vec<Latencies>,
    /// How long a slot is.
    pub slot: Duration,
    /// From the start.
    pub slots: Vec<Slot>,
    /// Requests that are over.
    pub done: u64,
}

/// When a request was to be sent, was sent, and was answered, from the start.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// To be sent.
    pub due: Duration,
    /// Sent.
    pub sent: Duration,
    /// Answered.
    pub done: Duration,
}

impl Measures {
    /// None yet, over time in slots of this length.
    #[must_use]
    pub fn new(slot: Duration) -> Self {
        Self {
            by_kind: Kind::ALL.map(|_| Latencies::none()).into(),
            slot,
            slots: Vec::new(),
            done: 0,
        }
    }

    /// Counts a request that is over.
    pub fn record(&mut self, kind: Kind, is_good: bool, times: Times) {
        let from_due = micros(times.done.saturating_sub(times.due)).max(1);
        let from_sent = micros(times.done.saturating_sub(times.sent)).max(1);
        let latencies = &mut self.by_kind[kind as usize];
        latencies.from_due.saturating_record(from_due);
        latencies.from_sent.saturating_record(from_sent);
        latencies.good += u64::from(is_good);
        self.done += 1;
        let slot = self.slot_at(times.due);
        slot.due += 1;
        slot.latency.saturating_record(from_due);
        self.slot_at(times.done).answered += 1;
    }

    /// Counts an answer that tells to come again.
    pub fn record_refusal(&mut self, kind: Kind, sent: Duration, done: Duration) {
        let took = micros(done.saturating_sub(sent)).max(1);
        self.by_kind[kind as usize].refused.saturating_record(took);
    }

    fn slot_at(&mut self, time: Duration) -> &mut Slot {
        let index = time.as_nanos() / self.slot.as_nanos().max(1);
        // A run of a day in slots of a quarter of a second.
        let index = usize::try_from(index).unwrap_or_default().min(345_600);
        let slot = || Slot {
            due: 0,
            answered: 0,
            latency: histogram(SLOT_DIGITS),
        };
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, slot);
        }
        &mut self.slots[index]
    }

    /// The latencies of a kind.
    #[must_use]
    pub fn latencies(&self, kind: Kind) -> &Latencies {
        &self.by_kind[kind as usize]
    }

    /// The latencies of all kinds together.
    #[must_use]
    pub fn all_latencies(&self) -> Latencies {
        let mut all = Latencies::none();
        for latencies in &self.by_kind {
            all.from_due += &latencies.from_due;
            all.from_sent += &latencies.from_sent;
            all.refused += &latencies.refused;
            all.good += latencies.good;
        }
        all
    }
}

/// A histogram in a few numbers, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[allow(
    clippy::struct_field_names,
    reason = "the names are those of the report, with their unit"
)]
pub struct Summary {
    /// Half are faster.
    pub p50_ms: f64,
    /// Nine of ten are faster.
    pub p90_ms: f64,
    /// 99 of 100 are faster.
    pub p99_ms: f64,
    /// 999 of 1,000 are faster.
    pub p999_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

impl Summary {
    /// The numbers of a histogram.
    #[must_use]
    pub fn new<T: hdrhistogram::Counter>(histogram: &Histogram<T>) -> Self {
        let at = |quantile| milliseconds(histogram.value_at_quantile(quantile));
        Self {
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: milliseconds(histogram.max()),
        }
    }
}

/// Microseconds as milliseconds with three digits behind the point.
#[must_use]
pub fn milliseconds(micros: u64) -> f64 {
    float(micros) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_is_seen_by_all_who_wait_behind_it() {
        let mut measures = Measures::new(Duration::from_millis(100));
        let ms = Duration::from_millis;
        // One connection, a request due each 10 ms; the first takes 100 ms, the others 1 ms.
        let mut free_at = Duration::ZERO;
        for n in 0..20 {
            let due = ms(10 * n);
            let sent = due.max(free_at);
            free_at = sent + if n == 0 { ms(100) } else { ms(1) };
            let times = Times {
                due,
                sent,
                done: free_at,
            };
            measures.record(Kind::Vote, true, times);
        }
        let votes = measures.latencies(Kind::Vote);
        let felt = Summary::new(&votes.from_due);
        let hidden = Summary::new(&votes.from_sent);
        assert!(felt.p50_ms > 10.0 && hidden.p50_ms < 1.1);
        assert!(felt.p90_ms > 80.0 && hidden.p90_ms < 1.1);
        assert_eq!(measures.done, 20);
        let due: Vec<u64> = measures.slots.iter().map(|slot| slot.due).collect();
        assert_eq!(due, [10, 10]);
        let answered: u64 = measures.slots.iter().map(|slot| slot.answered).sum();
        assert_eq!(answered, 20);
    }
}
