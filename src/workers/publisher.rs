//! The publisher: keeps the tallies of the process fresh and shares them. Dirty ones are published every
//! [`PUBLISH_EVERY`], those of open campaigns are compared with the database every [`SWEEP_EVERY`], so that a lost
//! announcement or a Redis that was away is healed, and all but the archived ones every [`SWEEP_ALL_EVERY`].

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Five versions a second are the most that a subscriber sees.
const PUBLISH_EVERY: Duration = Duration::from_millis(200);
/// Versions of the campaigns that votes are cast in are compared once a second: one statement over a row a nominee.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// The others move only where somebody moves them by hand, such as by a restored copy.
const SWEEP_ALL_EVERY: Duration = Duration::from_mins(1);
/// Tallies that Redis has lost are there again within this time.
const SHARE_EVERY: Duration = Duration::from_secs(5);

/// Runs until it is told to stop.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let mut announcements = app.hot.announcements();
    let mut publish = tokio::time::interval(PUBLISH_EVERY);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    let mut sweep_all = tokio::time::interval(SWEEP_ALL_EVERY);
    let mut share = tokio::time::interval(SHARE_EVERY);
    for timer in [&mut publish, &mut sweep, &mut sweep_all, &mut share] {
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    }
    loop {
        let announced = async {
            match &mut announcements {
                Some(announcements) => announcements.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            Some((campaign, version)) = announced => app.tallies.mark_shared(campaign, version),
            _ = publish.tick() => app.publish_tallies().await,
            _ = sweep.tick() => {
                if let Err(error) = app.sweep_tallies().await {
                    tracing::warn!(%error, "tallies could not be compared with the database");
                }
            }
            _ = sweep_all.tick() => {
                if let Err(error) = app.sweep_all_tallies().await {
                    tracing::warn!(%error, "tallies could not be compared with the database");
                }
            }
            _ = share.tick() => app.share_tallies().await,
        }
    }
}
