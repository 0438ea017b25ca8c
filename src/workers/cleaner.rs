//! The cleaner: removes expired rows, apart from the refresher, so that a freeze does not wait for it.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::Result;
use crate::ledger::{counters, identity, staff};

/// Nobody waits for old rows to go.
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// Removes rows that are of no use any more: batches, failures, expired tokens.
///
/// # Errors
/// When the database is away.
pub async fn purge_expired(app: &App) -> Result<()> {
    let now = app.clock.now();
    staff::purge_expired_failures(&app.database, now - TimeDelta::days(1)).await?;
    // Votes come between two batches.
    while counters::purge_expired(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    while identity::purge_expired(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Purges until it is told to stop.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = tokio::time::interval(PURGE_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let purged = async {
            timer.tick().await;
            purge_expired(&app).await
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            result = purged => if let Err(error) = result {
                tracing::warn!(%error, "old rows could not be removed and are tried again");
            }
        }
    }
}
