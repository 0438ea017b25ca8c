//! View counts: batches that are applied once, however often they are tried.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::dialect::{ADD_VIEWS, JsonRows};
use super::{Database, Transaction, on, within};
use crate::id::{CampaignId, SubjectId};

/// How long a batch's id is remembered; it is tried again within seconds or not at all.
const REMEMBERED_HOURS: i64 = 24;

/// Adds `views` (subject, campaign, count; a subject once) under `batch`, unless that batch has been applied.
///
/// # Errors
/// When the database is away; the same batch can be tried again.
pub async fn add(
    database: &Database,
    batch: Uuid,
    views: &[(SubjectId, CampaignId, i64)],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut tx = database.begin().await?;
    let is_new = within!(&mut tx, t => sqlx::query(
        "INSERT INTO counter_batch (id, applied_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(batch).bind(now).execute(&mut **t).await.map(|done| done.rows_affected() == 1))?;
    if is_new {
        match &mut tx {
            Transaction::Postgres(t) => {
                sqlx::query(ADD_VIEWS.postgres)
                    .bind(
                        views
                            .iter()
                            .map(|(subject, ..)| subject.0)
                            .collect::<Vec<_>>(),
                    )
                    .bind(
                        views
                            .iter()
                            .map(|(_, campaign, _)| campaign.0)
                            .collect::<Vec<_>>(),
                    )
                    .bind(views.iter().map(|(.., count)| *count).collect::<Vec<_>>())
                    .execute(&mut **t)
                    .await?;
            }
            Transaction::Sqlite(t) => {
                let mut rows = JsonRows::default();
                for (subject, campaign, count) in views {
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
    }
    tx.commit().await
}

/// Forgets batches that nobody will try again.
///
/// # Errors
/// When the database is away.
pub async fn forget_old_batches(database: &Database, now: DateTime<Utc>) -> sqlx::Result<()> {
    let before = now - TimeDelta::hours(REMEMBERED_HOURS);
    on!(database.write(), p => sqlx::query("DELETE FROM counter_batch WHERE applied_at < $1")
        .bind(before).execute(p).await.map(drop))
}
