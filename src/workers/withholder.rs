//! The withholder: lets rules hold the votes that they name, and lets those of reverted rules go. Every process has
//! one; a lease decides which of them works at a rule, and one that is left behind by a process that died is taken
//! over.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;

/// The time between two looks for rules that have work.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Works until it is told to stop, at the end of a chunk or within one: a chunk is done or not.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = tokio::time::interval(LOOK_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = timer.tick() => {}
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            done = app.run_withholding() => {
                if let Err(error) = done {
                    tracing::warn!(%error, "votes could not be withheld or let go, and are tried again");
                }
            }
        }
    }
}
