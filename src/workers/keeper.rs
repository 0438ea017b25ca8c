//! Keeps house: reloads campaigns that have changed, stores views, forgets what is old.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::Result;
use crate::ledger::{identity, staff, views};

/// Half of the second within which a freeze holds everywhere.
const REFRESH_EVERY: Duration = Duration::from_millis(500);
/// At most so much of the views is lost when a process is killed.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Nobody waits for old rows to go.
const FORGET_EVERY: Duration = Duration::from_mins(10);

/// Removes what is of no use any more: batches, failures, expired tokens.
///
/// # Errors
/// When the database is away.
pub async fn forget(app: &App) -> Result<()> {
    let now = app.clock.now();
    staff::forget_old_failures(&app.database, now - TimeDelta::days(1)).await?;
    // Votes come between two batches.
    while views::forget_old(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    while identity::forget_expired(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Runs until it is told to stop, and stores the last views then.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let mut refresh = tokio::time::interval(REFRESH_EVERY);
    let mut flush = tokio::time::interval(FLUSH_EVERY);
    for timer in [&mut refresh, &mut flush] {
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    }
    loop {
        let result = tokio::select! {
            () = stopping.cancelled() => break,
            _ = refresh.tick() => app.refresh_campaigns().await,
            _ = flush.tick() => app.flush_views().await,
        };
        if let Err(error) = result {
            tracing::warn!(%error, "keeping house failed and is tried again");
        }
    }
    if let Err(error) = app.flush_views().await {
        tracing::warn!(%error, "the last views could not be stored");
    }
}

/// Forgets until it is told to stop; apart, so that a freeze does not wait for it.
pub async fn run_forgetting(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = tokio::time::interval(FORGET_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let forgetting = async {
            timer.tick().await;
            forget(&app).await
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            result = forgetting => if let Err(error) = result {
                tracing::warn!(%error, "old rows could not be removed and are tried again");
            }
        }
    }
}
