//! The bounds of outbound calls to one platform: so many are under way, so many wait for a turn, and one network
//! address holds a share of these places only.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use uuid::Uuid;

use super::failure::CodeExchangeError;

/// Calls that may wait for a turn, for each that is under way. With answers in a quarter of the time-out (usual: far
/// less) the last in the queue still gets its turn before its own time-out.
const WAITING_PER_CALL: usize = 4;

/// The share of the places that one address may hold is one in so many: whoever floods leaves the others theirs.
const SHARES: usize = 4;

/// More calls at once than one process ever needs; keeps a mistyped setting from opening sockets without end.
const CONCURRENCY_LIMIT: usize = 4096;

/// The bounds of the calls to a platform; one for the process.
#[derive(Debug)]
pub(super) struct Gate {
    /// The longest wait for a turn.
    timeout: Duration,
    /// Places of calls that are under way or wait for a turn.
    places: Semaphore,
    /// Places that each address holds.
    held: Mutex<HashMap<Uuid, usize>>,
    /// Places that one address may hold.
    held_max: usize,
    /// Turns of calls that are under way.
    turns: Semaphore,
}

impl Gate {
    /// A gate for so many calls at once, taken as at least 1 and at most 4,096.
    pub fn new(concurrency_max: usize, timeout: Duration) -> Self {
        let concurrency_max = concurrency_max.clamp(1, CONCURRENCY_LIMIT);
        let places_max = concurrency_max * (1 + WAITING_PER_CALL);
        Self {
            timeout,
            places: Semaphore::new(places_max),
            held: Mutex::default(),
            held_max: (places_max / SHARES).max(1),
            turns: Semaphore::new(concurrency_max),
        }
    }

    /// Takes a place, of those that `address` may hold, and waits for a turn.
    ///
    /// # Errors
    /// [`CodeExchangeError::Busy`]: at once where there is no place, and after the time-out where there was no turn.
    pub async fn enter(&self, address: Uuid) -> Result<Pass<'_>, CodeExchangeError> {
        let share = self.hold(address).ok_or(CodeExchangeError::Busy)?;
        let place = self.places.try_acquire();
        let place = place.map_err(|_| CodeExchangeError::Busy)?;
        match timeout(self.timeout, self.turns.acquire()).await {
            Ok(Ok(turn)) => Ok(Pass {
                _turn: turn,
                _place: place,
                _share: share,
            }),
            _ => Err(CodeExchangeError::Busy),
        }
    }

    /// Takes one of the places that an address may hold.
    fn hold(&self, address: Uuid) -> Option<Share<'_>> {
        let mut held = self.held.lock();
        let places = held.entry(address).or_default();
        if *places >= self.held_max {
            return None;
        }
        *places += 1;
        Some(Share {
            held: &self.held,
            address,
        })
    }
}

/// The right to call, until it is dropped. The turn is given on before the place.
pub(super) struct Pass<'a> {
    _turn: SemaphorePermit<'a>,
    _place: SemaphorePermit<'a>,
    _share: Share<'a>,
}

/// A place that an address holds until this is dropped.
struct Share<'a> {
    held: &'a Mutex<HashMap<Uuid, usize>>,
    address: Uuid,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut held = self.held.lock();
        if let Some(places) = held.get_mut(&self.address) {
            *places -= 1;
            if *places == 0 {
                held.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_address_holds_a_share_and_full_is_said_at_once() {
        let gate = Gate::new(4, Duration::from_secs(3));
        let began_at = tokio::time::Instant::now();
        let [flooder, other] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        // Four turns and the wait for a fifth: a quarter of twenty places.
        let mut passes = Vec::new();
        for _ in 0..4 {
            passes.push(gate.enter(flooder).await.expect("a turn"));
        }
        let mut waiting = Box::pin(gate.enter(flooder));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        assert_eq!(
            gate.enter(flooder).await.err(),
            Some(CodeExchangeError::Busy)
        );
        assert_eq!(began_at.elapsed(), Duration::ZERO, "at once");
        // Others still have places, and wait for their turn no longer than the time-out.
        assert_eq!(gate.enter(other).await.err(), Some(CodeExchangeError::Busy));
        assert_eq!(began_at.elapsed(), Duration::from_secs(3));
        assert_eq!(waiting.await.err(), Some(CodeExchangeError::Busy));
        passes.clear();
        assert!(gate.held.lock().is_empty(), "places are given back");
        assert_eq!(gate.places.available_permits(), 20);
        assert_eq!(gate.turns.available_permits(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn the_places_of_all_are_bounded() {
        let gate = Gate::new(1, Duration::from_secs(3));
        let pass = gate.enter(Uuid::from_u128(0)).await.expect("a turn");
        let mut waiting: Vec<_> = (1..5_u128)
            .map(|n| Box::pin(gate.enter(Uuid::from_u128(n))))
            .collect();
        for one in &mut waiting {
            assert!(futures_util::poll!(one).is_pending());
        }
        let mut sixth = Box::pin(gate.enter(Uuid::from_u128(9)));
        assert!(
            futures_util::poll!(&mut sixth).is_ready(),
            "no place is left"
        );
        drop(pass);
        assert!(
            waiting.remove(0).await.is_ok(),
            "the first in the queue is next"
        );
    }

    #[test]
    fn a_mistyped_setting_opens_no_sockets_without_end() {
        for (asked, turns) in [(0, 1), (usize::MAX, CONCURRENCY_LIMIT)] {
            let gate = Gate::new(asked, Duration::from_secs(1));
            assert_eq!(gate.turns.available_permits(), turns);
        }
    }
}
