//! The importer: reads the sheets of imports and checks them. Each process has one; a lease decides which of them reads
//! a sheet, and one that is left behind by a process that died is taken over.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;

/// The time between two looks at what other processes have left, or have taken in and are too busy for.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Reads until it is told to stop; a sheet that it was reading then is left to others.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let owner = Uuid::now_v7();
    let mut timer = tokio::time::interval(LOOK_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopping.cancelled() => break,
            _ = timer.tick() => {}
            () = app.sheets.arrival() => {}
        }
        tokio::select! {
            () = stopping.cancelled() => break,
            () = read_all(&app, owner) => {}
        }
    }
    if let Err(error) = app.release_imports(owner).await {
        tracing::warn!(%error, "an import that was being read waits until its lease ends");
    }
}

async fn read_all(app: &App, owner: Uuid) {
    loop {
        match app.read_next_import(owner).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "an import could not be read and is tried again");
                return;
            }
        }
    }
}
