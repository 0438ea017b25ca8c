//! Counters of likes and views. Views come in batches and reports that are applied once, however often they are tried;
//! likes are counted where they are stored ([`super::like`]).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::dialect::{ADD_COUNTER_BATCHES, ADD_VIEWS};
use super::rows::{Ids, JsonRows};
use super::statement::with_ids;
use super::transaction::Inner;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::id::{CampaignId, SubjectId};

/// The time that the ids of batches and reports are remembered; they are tried again within minutes or not at all.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// Ids that are removed in one statement.
const PURGE_BATCH: i64 = 1_000;

/// Likes and views of a subject: a nominee or a story.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Voters who like it.
    pub likes: i64,
    /// Views of it.
    pub views: i64,
}

/// The views of each subject.
type Sums = HashMap<(SubjectId, CampaignId), i64>;

/// Views that are stored together.
#[derive(Debug, Default)]
pub struct Batch {
    /// Its own id: what has been applied under it is not applied again.
    pub id: Uuid,
    /// Views that nobody reports again.
    pub sums: Sums,
    /// Reports of clients under idempotency keys of theirs: each counts unless its key has been stored, by whichever
    /// process.
    pub reports: HashMap<Uuid, Vec<(SubjectId, CampaignId)>>,
}

/// The counters of `subjects`; subjects that nobody has liked or viewed are left out.
pub async fn list(
    database: &Database,
    subjects: Vec<Uuid>,
) -> sqlx::Result<HashMap<SubjectId, Counters>> {
    let statement = with_ids!(
        "list_counters",
        "SELECT subject_id, likes, views FROM subject_counter WHERE subject_id",
        ""
    );
    let subjects = Ids(subjects);
    let rows: Vec<(SubjectId, i64, i64)> = on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(&subjects).fetch_all(p).await)?;
    Ok(rows
        .into_iter()
        .map(|(subject, likes, views)| (subject, Counters { likes, views }))
        .collect())
}

/// Adds the views of `batch`, unless it has been applied. After an error the same batch can be tried again.
pub async fn add(database: &Database, batch: &Batch, now: DateTime<Utc>) -> sqlx::Result<()> {
    let mut tx = database.begin("add_counter_batch").await?;
    // Each process takes the keys in the same order: two that share some do not wait for each other.
    let mut ids: Vec<Uuid> = batch.reports.keys().copied().collect();
    ids.push(batch.id);
    ids.sort_unstable();
    let added = add_ids(&mut tx, ids, now).await?;
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
    ids: Vec<Uuid>,
    now: DateTime<Utc>,
) -> sqlx::Result<HashSet<Uuid>> {
    let ids = Ids(ids);
    let added: Vec<Uuid> = in_tx!(tx.run(ADD_COUNTER_BATCHES), (t, text) => sqlx::query_scalar(text)
        .bind(&ids).bind(now).fetch_all(t).await)?;
    Ok(added.into_iter().collect())
}

async fn add_sums(tx: &mut Transaction, sums: &Sums) -> sqlx::Result<()> {
    let run = tx.run(ADD_VIEWS);
    match run.inner {
        Inner::Postgres(t) => {
            let subjects: Vec<Uuid> = sums.keys().map(|(subject, _)| subject.0).collect();
            let campaigns: Vec<Uuid> = sums.keys().map(|(_, campaign)| campaign.0).collect();
            let counts: Vec<i64> = sums.values().copied().collect();
            sqlx::query(run.text)
                .bind(subjects)
                .bind(campaigns)
                .bind(counts)
                .execute(&mut **t)
                .await?;
        }
        Inner::Sqlite(t) => {
            let mut rows = JsonRows::default();
            for ((subject, campaign), count) in sums {
                rows.begin();
                rows.value(Some(subject.0.as_bytes()));
                rows.value(Some(campaign.0.as_bytes()));
                rows.number(*count);
                rows.end();
            }
            sqlx::query(run.text)
                .bind(rows.finish())
                .execute(&mut **t)
                .await?;
        }
    }
    Ok(())
}

/// Removes the ids of up to [`PURGE_BATCH`] batches and reports that nobody will try again; returns whether there may
/// be more.
pub async fn purge_expired(database: &Database, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let statement = sql!(
        "purge_counter_batches",
        "DELETE FROM counter_batch WHERE id IN (
            SELECT id FROM counter_batch WHERE applied_at < $1 LIMIT $2)"
    );
    let purged = on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(now - REMEMBERED).bind(PURGE_BATCH).execute(p).await.map(|done| done.rows_affected()))?;
    Ok(i64::try_from(purged) == Ok(PURGE_BATCH))
}
