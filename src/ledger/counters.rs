//! View counts: batches and reports that are applied once, however often they are tried.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row as _;
use uuid::Uuid;

use super::dialect::{ADD_COUNTER_BATCHES, ADD_VIEWS, JsonRows};
use super::{Database, Transaction, on_pool};
use crate::id::{CampaignId, SubjectId};

/// How long the ids of batches and reports are remembered; they are tried again within minutes or not at all.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// Ids that are forgotten in one statement.
const FORGET_BATCH: i64 = 1_000;

/// How often each subject was viewed.
pub type Sums = HashMap<(SubjectId, CampaignId), i64>;

/// Views that are stored together.
#[derive(Debug, Default)]
pub struct Batch {
    /// Its own id: what has been applied under it is not applied again.
    pub id: Uuid,
    /// Views that nobody reports again.
    pub sums: Sums,
    /// What clients reported under idempotency keys of theirs: each counts unless its key has been stored, by whichever
    /// process.
    pub reports: HashMap<Uuid, Vec<(SubjectId, CampaignId)>>,
}

/// Adds the views of `batch`, unless it has been applied.
///
/// # Errors
/// When the database is away; the same batch can be tried again.
pub async fn add(database: &Database, batch: &Batch, now: DateTime<Utc>) -> sqlx::Result<()> {
    let mut tx = database.begin().await?;
    // Each process takes the keys in the same order: two that share some do not wait for each other.
    let mut ids: Vec<Uuid> = batch.reports.keys().copied().collect();
    ids.push(batch.id);
    ids.sort_unstable();
    let added = add_ids(&mut tx, &ids, now).await?;
    if added.contains(&batch.id) {
        let mut sums = batch.sums.clone();
        let new = batch.reports.iter().filter(|(id, _)| added.contains(id));
        for viewed in new.flat_map(|(_, viewed)| viewed) {
            *sums.entry(*viewed).or_default() += 1;
        }
        add_sums(&mut tx, &sums).await?;
    }
    tx.commit().await
}

/// Stores ids; returns those that had not been stored.
async fn add_ids(
    tx: &mut Transaction,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> sqlx::Result<HashSet<Uuid>> {
    match tx {
        Transaction::Postgres(t) => {
            let rows = sqlx::query(ADD_COUNTER_BATCHES.postgres)
                .bind(ids)
                .bind(now)
                .fetch_all(&mut **t);
            rows.await?.iter().map(|row| row.try_get(0)).collect()
        }
        Transaction::Sqlite(t) => {
            let mut values = JsonRows::default();
            for id in ids {
                values.value(Some(id.as_bytes()));
            }
            let rows = sqlx::query(ADD_COUNTER_BATCHES.sqlite)
                .bind(values.finish())
                .bind(now)
                .fetch_all(&mut **t);
            rows.await?.iter().map(|row| row.try_get(0)).collect()
        }
    }
}

async fn add_sums(tx: &mut Transaction, sums: &Sums) -> sqlx::Result<()> {
    match tx {
        Transaction::Postgres(t) => {
            let subjects: Vec<Uuid> = sums.keys().map(|(subject, _)| subject.0).collect();
            let campaigns: Vec<Uuid> = sums.keys().map(|(_, campaign)| campaign.0).collect();
            let counts: Vec<i64> = sums.values().copied().collect();
            sqlx::query(ADD_VIEWS.postgres)
                .bind(subjects)
                .bind(campaigns)
                .bind(counts)
                .execute(&mut **t)
                .await?;
        }
        Transaction::Sqlite(t) => {
            let mut rows = JsonRows::default();
            for ((subject, campaign), count) in sums {
                rows.begin();
                rows.value(Some(subject.0.as_bytes()));
                rows.value(Some(campaign.0.as_bytes()));
                rows.number(*count);
                rows.end();
            }
            sqlx::query(ADD_VIEWS.sqlite)
                .bind(rows.finish())
                .execute(&mut **t)
                .await?;
        }
    }
    Ok(())
}

/// Forgets up to [`FORGET_BATCH`] batches and reports that nobody will try again; returns whether there may be more.
///
/// # Errors
/// When the database is away.
pub async fn forget_old(database: &Database, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let forgotten = on_pool!(database.write(), p => sqlx::query(
        "DELETE FROM counter_batch WHERE id IN (
            SELECT id FROM counter_batch WHERE applied_at < $1 LIMIT $2)")
        .bind(now - REMEMBERED).bind(FORGET_BATCH).execute(p).await.map(|done| done.rows_affected()))?;
    Ok(i64::try_from(forgotten) == Ok(FORGET_BATCH))
}
