//! The refresher: reloads campaigns that have changed, stores views, and compares what the hot store remembers with the
//! database after that may have been restored. Each is a task of its own, so that a freeze does not wait for a table of
//! counters that somebody has locked.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::Error;

/// A freeze holds everywhere within a second: half of it for waiting, half for loading.
const REFRESH_EVERY: Duration = Duration::from_millis(500);
/// At most so much of the views is lost when a process is killed.
const FLUSH_EVERY: Duration = Duration::from_secs(1);

/// Reloads campaigns until it is told to stop.
pub async fn refresh_campaigns(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = timer(REFRESH_EVERY);
    while is_due(&mut timer, &stopping).await {
        let refreshed = app.refresh_campaigns().await;
        let is_away = matches!(refreshed, Err(Error::Unavailable));
        app.database.note_health(!is_away).await;
        if let Err(error) = refreshed {
            tracing::warn!(%error, "campaigns could not be reloaded and are tried again");
        }
    }
}

/// Distrusts what the hot store remembers when a connection to the database is lost, and compares it, until it is told
/// to stop.
pub async fn check_hot(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = timer(REFRESH_EVERY);
    let mut losses = app.database.losses();
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            Ok(()) = losses.changed() => app.hot.distrust(),
            _ = timer.tick() => match app.check_hot().await {
                // The log hears of it once, from the refresher.
                Ok(()) | Err(Error::Unavailable) => {}
                Err(error) => {
                    tracing::warn!(%error, "what Redis remembers could not be compared and is not used");
                }
            }
        }
    }
}

/// Stores views until it is told to stop, and the last ones then.
pub async fn flush_views(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = timer(FLUSH_EVERY);
    while is_due(&mut timer, &stopping).await {
        if let Err(error) = app.flush_views().await {
            tracing::warn!(%error, "views could not be stored and are tried again");
        }
    }
    if let Err(error) = app.flush_views().await {
        tracing::warn!(%error, "the last views could not be stored");
    }
}

fn timer(every: Duration) -> Interval {
    let mut timer = interval(every);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    timer
}

/// Waits for the next tick; whether there is one before stopping.
async fn is_due(timer: &mut Interval, stopping: &CancellationToken) -> bool {
    tokio::select! {
        () = stopping.cancelled() => false,
        _ = timer.tick() => true,
    }
}
