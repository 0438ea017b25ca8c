//! The examiner: looks for what no crowd of people does in the votes of campaigns. Every process has one; a lease
//! decides which of them examines a campaign.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::{Error, Result};

/// The time between two looks for campaigns whose time it is, and for cases that others found.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Examines until it is told to stop: what was not stored then is found again.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = tokio::time::interval(LOOK_EVERY);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let looked = async {
            timer.tick().await;
            work(&app).await
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            result = looked => match result {
                // The log hears of it once, from the refresher.
                Ok(()) | Err(Error::Unavailable) => {}
                Err(error) => {
                    tracing::warn!(%error, "votes could not be examined and are tried again");
                }
            }
        }
    }
}

async fn work(app: &App) -> Result<()> {
    let examined = if app.signals.is_on {
        app.run_signals().await
    } else {
        Ok(())
    };
    app.reload_suspicions().await.and(examined)
}
