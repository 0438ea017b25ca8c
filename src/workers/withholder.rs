//! The withholder: lets rules hold the votes that they name, and lets those of reverted rules go. Every process has
//! one; a lease decides which of them works at a rule, and one that is left behind by a process that died is taken
//! over.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::Result;

/// The time between two looks for rules that have work.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks between two in which voters come back into the counted turnout.
const LOOKS_PER_RETURN: u32 = 20;

/// Works until it is told to stop, at the end of a chunk or within one: a chunk is done or not.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = tokio::time::interval(LOOK_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for look in (0..LOOKS_PER_RETURN).cycle() {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = timer.tick() => {}
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            done = work(&app, look == 0) => {
                if let Err(error) = done {
                    tracing::warn!(%error, "votes could not be withheld or let go, and are tried again");
                }
            }
        }
    }
}

async fn work(app: &App, is_return: bool) -> Result<()> {
    app.run_withholding().await?;
    if is_return {
        app.return_active_voters().await?;
    }
    Ok(())
}
