//! The refresher: reloads campaigns that have changed, and stores views.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Half of the second within which a freeze holds everywhere.
const REFRESH_EVERY: Duration = Duration::from_millis(500);
/// At most so much of the views is lost when a process is killed.
const FLUSH_EVERY: Duration = Duration::from_secs(1);

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
