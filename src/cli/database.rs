//! The commands about the database: its tables, their verification and copies.

use std::path::Path;
use std::process::ExitCode;

use super::{Failure, open, open_existing, print};
use crate::config::{MediaSettings, StoreSettings};
use crate::hot::{Limits, Redis};
use crate::ledger::Purpose;
use crate::verify;

/// The limits of a process that limits nobody.
const NO_LIMITS: Limits = {
    let rate = crate::hot::Rate {
        per_second: 1.0,
        burst: 1,
    };
    Limits {
        cast: rate,
        like: rate,
        views: rate,
        anonymous_views: rate,
        sign_in: rate,
        new_guest: rate,
        failed_refresh: rate,
        failed_code: rate,
        phone_code: rate,
        staff_sign_in: rate,
        query: rate,
        staff: rate,
        anonymous_query: rate,
        new_voter: rate,
    }
};

/// Brings the tables up to date.
pub(super) async fn migrate(
    store: &StoreSettings,
    vote_partitions: Option<u32>,
) -> Result<ExitCode, Failure> {
    let database = open(store, Purpose::Maintenance).await?;
    database.migrate().await?;
    if let Some(partitions) = vote_partitions {
        database.partition_votes(partitions).await?;
    }
    print(&format!(
        "The {} database is up to date.\n",
        database.name()
    ));
    Ok(ExitCode::SUCCESS)
}

/// Recounts everything, and prints what differs.
pub(super) async fn verify(
    store: &StoreSettings,
    media: &MediaSettings,
    json: bool,
) -> Result<ExitCode, Failure> {
    let database = open_existing(store).await?;
    let media = media.store(store)?;
    let redis = match store.redis_url() {
        Some(url) => {
            let instance = database.instance().await?;
            let (id, epoch) = (instance.id, instance.epoch);
            Some(Redis::open(url, id, epoch, NO_LIMITS)?)
        }
        None => None,
    };
    let mut report = verify::verify(&database, redis.as_ref()).await?;
    if let Some(media) = &media {
        report = report.with_media(&database, media).await?;
    }
    print(&if json {
        format!("{}\n", serde_json::to_string_pretty(&report)?)
    } else {
        report.to_string()
    });
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Copies the embedded database.
pub(super) async fn back_up(store: &StoreSettings, file: &Path) -> Result<ExitCode, Failure> {
    let database = open_existing(store).await?;
    database.back_up(file).await?;
    print(&format!("{} is a copy of the database.\n", file.display()));
    Ok(ExitCode::SUCCESS)
}
