//! The exporter: writes the files of exports, one after the other, whichever process they were asked of.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::Error;

/// A member who asks for an export waits for it with a page open.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Writes exports until it is told to stop. One that is under way then is taken by another process when its lease is
/// over.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = tokio::time::interval(LOOK_EVERY);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let written = async {
            timer.tick().await;
            while app.write_next_export().await? {}
            Ok::<_, Error>(())
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            result = written => match result {
                // The log hears of it once, from the refresher.
                Ok(()) | Err(Error::Unavailable) => {}
                Err(error) => {
                    tracing::warn!(%error, "an export was interrupted and is tried again");
                }
            }
        }
    }
}
