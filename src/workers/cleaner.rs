//! The cleaner: removes expired rows and forgets voters, apart from the refresher, so that a freeze does not wait for
//! it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::{App, phone};
use crate::error::{Error, Result};
use crate::ledger::import::job as import_job;
use crate::ledger::{audit, counters, phone_code, session, staff, voter};

/// Nobody waits for old rows to go.
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// The time that a network is remembered which a member of staff has signed in from.
const NETWORKS_REMEMBERED: TimeDelta = TimeDelta::days(90);
/// Rounds between two walks over the voters and over the files of uploads and exports: a day, since those who voted
/// lately are walked over again and again.
const WALKS_EVERY: u32 = 144;

/// Removes rows that are of no use any more: batches, failures, tokens that have expired or were used, networks,
/// imports with their rows, uploads and exports with their files.
///
/// # Errors
/// When the database is away.
pub async fn purge_expired(app: &App) -> Result<()> {
    let now = app.clock.now();
    staff::purge_networks(&app.database, now - NETWORKS_REMEMBERED).await?;
    // Votes come between two batches.
    while staff::purge_expired_failures(&app.database, now - TimeDelta::days(1)).await? {
        tokio::task::yield_now().await;
    }
    while counters::purge_expired(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    while session::purge_hand_overs(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    // Processes may not agree on the day: yesterday's counts stay.
    while phone_code::purge(&app.database, phone::day_of(now) - 1).await? {
        tokio::task::yield_now().await;
    }
    while session::purge_expired(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    while session::purge_used(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    while audit::purge_creations(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    while import_job::purge(&app.database, now).await? {
        tokio::task::yield_now().await;
    }
    app.purge_uploads().await?;
    app.purge_exports().await
}

/// Removes guests who left nothing behind.
///
/// # Errors
/// When the database is away.
pub async fn purge_guests(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut after = Some((DateTime::UNIX_EPOCH, Uuid::nil()));
    while let Some(place) = after {
        after = voter::purge_guests(&app.database, place, now).await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Forgets the voters who asked for it and whose time has come.
///
/// # Errors
/// When the database is away.
pub async fn forget_requests(app: &App) -> Result<()> {
    let voters = app.forgetter().forget_requests().await?;
    if voters > 0 {
        tracing::info!(voters, "voters who asked for it are forgotten");
    }
    Ok(())
}

/// Forgets the voters whose last campaign ended long ago.
///
/// # Errors
/// When the database is away.
pub async fn forget_everybody(app: &App) -> Result<()> {
    let voters = app.forgetter().forget_everybody().await?;
    if voters > 0 {
        tracing::info!(
            voters,
            "voters whose last campaign ended long ago are forgotten"
        );
    }
    Ok(())
}

/// Purges until it is told to stop.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let mut timer = tokio::time::interval(PURGE_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut rounds = 0_u32;
    loop {
        let purged = async {
            timer.tick().await;
            let round = rounds;
            rounds = (rounds + 1) % WALKS_EVERY;
            purge_expired(&app).await?;
            forget_requests(&app).await?;
            if round == 0 {
                purge_guests(&app).await?;
                forget_everybody(&app).await?;
                app.purge_stray_files().await?;
                app.purge_stray_exports().await?;
            }
            Ok::<_, Error>(())
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            result = purged => if let Err(error) = result {
                tracing::warn!(%error, "old rows could not be removed and are tried again");
            }
        }
    }
}
