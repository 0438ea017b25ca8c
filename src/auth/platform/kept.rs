//! Values that are fetched once for everybody and kept for a while: tokens of the server, tickets, a provider's keys.

use std::fmt;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::failure::Failure;

/// No value is kept longer, whatever lifetime an answer claims.
const LIFETIME_MAX: Duration = Duration::from_hours(24);

/// A value that is fetched when it is needed: one fetch at a time, however many ask. Its `Debug` text has nothing of
/// it.
pub(super) struct Kept<T> {
    slot: Mutex<Slot<T>>,
    /// The longest fetch, and the longest wait for somebody else's.
    timeout: Duration,
}

struct Slot<T> {
    /// The value and until when it is good.
    value: Option<(T, Instant)>,
    /// The end of the last fetch, where it failed.
    failed: Option<(Instant, Failure)>,
}

impl<T: Clone> Kept<T> {
    /// Nothing so far.
    pub fn new(timeout: Duration) -> Self {
        let slot = Slot {
            value: None,
            failed: None,
        };
        Self {
            slot: Mutex::new(slot),
            timeout,
        }
    }

    /// The value that is there, where it is good still and `is_good` for the caller; else what `fetch` gives, kept for
    /// as long as it says. `is_good` is asked after the wait for a fetch that is under way, and not during one.
    ///
    /// A fetch that failed fails for all who waited for it: a hundred in a row would each wait for it again.
    pub async fn get(
        &self,
        is_good: impl FnOnce(&T) -> bool,
        fetch: impl Future<Output = Result<(T, Duration), Failure>>,
    ) -> Result<T, Failure> {
        let asked_at = Instant::now();
        let Ok(mut slot) = timeout(self.timeout, self.slot.lock()).await else {
            return Err(Failure::Late);
        };
        if let Some((value, good_until)) = &slot.value
            && *good_until > Instant::now()
            && is_good(value)
        {
            return Ok(value.clone());
        }
        if let Some((failed_at, failure)) = &slot.failed
            && *failed_at > asked_at
        {
            return Err(failure.clone());
        }
        match timeout(self.timeout, fetch).await {
            Ok(Ok((value, lifetime))) => {
                let good_until = Instant::now() + lifetime.min(LIFETIME_MAX);
                slot.value = Some((value.clone(), good_until));
                Ok(value)
            }
            Ok(Err(failure)) => {
                slot.failed = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
            Err(_) => {
                slot.failed = Some((Instant::now(), Failure::Late));
                Err(Failure::Late)
            }
        }
    }
}

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use tokio::time::{advance, sleep};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(3);

    /// A fetch that takes a second and counts itself.
    async fn fetch(count: &AtomicUsize, lifetime: Duration) -> Result<(usize, Duration), Failure> {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        sleep(Duration::from_secs(1)).await;
        Ok((number, lifetime))
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_askers_are_one_fetch_until_it_is_over() {
        let (kept, count) = (Kept::new(TIMEOUT), AtomicUsize::new(0));
        let minute = Duration::from_mins(1);
        let asked = (0..100).map(|_| kept.get(|_| true, fetch(&count, minute)));
        for answer in join_all(asked).await {
            assert_eq!(answer.expect("a value"), 1);
        }
        advance(Duration::from_millis(59_999)).await;
        assert_eq!(
            kept.get(|_| true, fetch(&count, minute)).await.ok(),
            Some(1)
        );
        advance(Duration::from_millis(1)).await;
        assert_eq!(
            kept.get(|_| true, fetch(&count, minute)).await.ok(),
            Some(2)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_value_that_is_refused_is_fetched_anew_once() {
        let (kept, count) = (Kept::new(TIMEOUT), AtomicUsize::new(0));
        let hour = Duration::from_hours(1);
        let refused = kept
            .get(|_| true, fetch(&count, hour))
            .await
            .expect("a value");
        let asked = (0..100).map(|_| kept.get(|value| *value != refused, fetch(&count, hour)));
        for answer in join_all(asked).await {
            assert_eq!(answer.expect("a value"), 2);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_fetch_shares_its_failure() {
        let (kept, count) = (Kept::<usize>::new(TIMEOUT), AtomicUsize::new(0));
        let failing = || async {
            count.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_secs(1)).await;
            Err(Failure::AnswerIncomplete)
        };
        let began_at = Instant::now();
        let answers = join_all((0..100).map(|_| kept.get(|_| true, failing()))).await;
        assert!(answers.iter().all(Result::is_err));
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert_eq!(began_at.elapsed(), Duration::from_secs(1));
        // Whoever comes afterwards tries again.
        assert!(kept.get(|_| true, failing()).await.is_err());
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_the_time_out() {
        let kept = Kept::<usize>::new(TIMEOUT);
        let began_at = Instant::now();
        let asked = (0..3).map(|_| kept.get(|_| true, std::future::pending()));
        for answer in join_all(asked).await {
            assert!(matches!(answer, Err(Failure::Late)), "{answer:?}");
        }
        assert_eq!(began_at.elapsed(), TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_claimed_lifetime_is_bounded() {
        let (kept, count) = (Kept::new(TIMEOUT), AtomicUsize::new(0));
        kept.get(|_| true, fetch(&count, Duration::MAX))
            .await
            .expect("a value");
        advance(LIFETIME_MAX).await;
        assert_eq!(
            kept.get(|_| true, fetch(&count, TIMEOUT)).await.ok(),
            Some(2)
        );
    }
}
