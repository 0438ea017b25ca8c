//! Deadlines, all in this one place, and waiting for what must happen: never by a guess.
//!
//! A deadline ends a test that would hang. None is a measurement: each grows with what else the machine has to do.

use std::future::Future;
use std::time::Duration;

/// The deadline on a machine that has nothing else to do: a broken server never gets there, a slow one does.
const BASE: Duration = Duration::from_mins(1);
/// Beyond it a crowded machine gets no more: the test is then to end before the night does.
const CROWDING_MAX: f64 = 10.0;
/// Between two looks at what changes by itself.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// The time that anything which must happen may take now.
pub fn deadline() -> Duration {
    BASE.mul_f64(crowding())
}

/// Processes that want to run for each core of the machine, at least one; one where the system does not say.
fn crowding() -> f64 {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let wanting: f64 = load
        .split(' ')
        .next()
        .and_then(|load| load.parse().ok())
        .unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cores = u32::try_from(cores).map_or(1.0, f64::from);
    (wanting / cores).clamp(1.0, CROWDING_MAX)
}

/// Waits for `event`, and fails if it takes too long.
pub async fn in_time<T>(what: &str, event: impl Future<Output = T>) -> T {
    let within = deadline();
    let result = tokio::time::timeout(within, event).await;
    result.unwrap_or_else(|_| panic!("{what} did not happen within {within:?}"))
}

/// Looks again and again until `look` finds what it wants.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    in_time(what, found).await
}
