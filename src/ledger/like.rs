//! Likes: the batch statement of the writer, and what readers ask of likes and counters.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, SqliteConnection};
use uuid::Uuid;

use super::dialect::{Ids, JsonRows, STORE_LIKES_POSTGRES, STORE_LIKES_SQLITE, with_ids};
use super::{Database, on_pool};
use crate::id::{CampaignId, SubjectId, VoterId};

/// A voter's change that a subject be liked by it, or not.
#[derive(Debug, Clone, Copy)]
pub struct LikeChange {
    /// Who likes.
    pub voter_id: VoterId,
    /// What is liked.
    pub subject_id: SubjectId,
    /// The campaign of the subject.
    pub campaign_id: CampaignId,
    /// Liked from now on, or not.
    pub liked: bool,
}

/// Likes and views of a subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubjectCounter {
    /// How many voters like it.
    pub likes: i64,
    /// How often it was viewed.
    pub views: i64,
}

/// Makes the changes true, one a voter and subject, and moves the counters. One statement.
pub(crate) async fn store_postgres(
    connection: &mut PgConnection,
    changes: &[LikeChange],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let column = |of: fn(&LikeChange) -> Uuid| changes.iter().map(of).collect::<Vec<Uuid>>();
    sqlx::query(STORE_LIKES_POSTGRES)
        .bind(column(|w| w.voter_id.0))
        .bind(column(|w| w.subject_id.0))
        .bind(column(|w| w.campaign_id.0))
        .bind(changes.iter().map(|w| w.liked).collect::<Vec<bool>>())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// The same on SQLite, within a transaction.
pub(crate) async fn store_sqlite(
    connection: &mut SqliteConnection,
    changes: &[LikeChange],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut rows = JsonRows::default();
    for change in changes {
        rows.begin();
        for id in [change.voter_id.0, change.subject_id.0, change.campaign_id.0] {
            rows.value(Some(id.as_bytes()));
        }
        rows.number(i64::from(change.liked));
        rows.end();
    }
    let rows = rows.finish();
    let [add, remove, count] = STORE_LIKES_SQLITE;
    let added: Vec<(SubjectId, CampaignId)> = sqlx::query_as(add)
        .bind(&rows)
        .bind(now)
        .fetch_all(&mut *connection)
        .await?;
    let removed: Vec<(SubjectId, CampaignId)> = sqlx::query_as(remove)
        .bind(&rows)
        .fetch_all(&mut *connection)
        .await?;
    let mut deltas: BTreeMap<(SubjectId, CampaignId), i64> = BTreeMap::new();
    let changes = added
        .into_iter()
        .map(|key| (key, 1))
        .chain(removed.into_iter().map(|key| (key, -1)));
    for (key, delta) in changes {
        *deltas.entry(key).or_default() += delta;
    }
    let mut moved = JsonRows::default();
    for ((subject_id, campaign_id), delta) in deltas {
        moved.begin();
        moved.value(Some(subject_id.0.as_bytes()));
        moved.value(Some(campaign_id.0.as_bytes()));
        moved.number(delta);
        moved.end();
    }
    sqlx::query(count)
        .bind(moved.finish())
        .execute(connection)
        .await?;
    Ok(())
}

/// Which of `subjects` the voter likes.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_liked(
    database: &Database,
    voter_id: VoterId,
    subjects: Vec<Uuid>,
) -> sqlx::Result<HashSet<SubjectId>> {
    let statement = with_ids!(
        "SELECT subject_id FROM subject_like WHERE subject_id",
        "AND voter_id = $2"
    );
    let pool = database.read();
    let liked: Vec<SubjectId> = on_pool!(pool, p => sqlx::query_scalar(statement.of(pool))
        .bind(Ids(subjects.clone())).bind(voter_id).fetch_all(p).await)?;
    Ok(liked.into_iter().collect())
}

/// The counters of `subjects`; subjects that nobody has liked or viewed are left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_counters(
    database: &Database,
    subjects: Vec<Uuid>,
) -> sqlx::Result<HashMap<SubjectId, SubjectCounter>> {
    let statement = with_ids!(
        "SELECT subject_id, likes, views FROM subject_counter WHERE subject_id",
        ""
    );
    let pool = database.read();
    let rows: Vec<(SubjectId, i64, i64)> = on_pool!(pool, p => sqlx::query_as(statement.of(pool)).bind(Ids(subjects.clone())).fetch_all(p).await)?;
    Ok(rows
        .into_iter()
        .map(|(subject, likes, views)| (subject, SubjectCounter { likes, views }))
        .collect())
}
