//! Likes: the batch statements of the writer, and which subjects a voter likes.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, SqliteConnection};
use uuid::Uuid;

use super::dialect::{STORE_LIKES_POSTGRES, STORE_LIKES_SQLITE};
use super::rows::{Ids, JsonRows};
use super::voter::with_voter;
use super::{Database, on_pool, sql};
use crate::id::{CampaignId, SubjectId, VoterId};

/// A voter's change that a subject be liked by it, or not.
#[derive(Debug, Clone, Copy)]
pub struct LikeChange {
    /// The voter.
    pub voter_id: VoterId,
    /// The nominee or story.
    pub subject_id: SubjectId,
    /// The campaign of the subject.
    pub campaign_id: CampaignId,
    /// Liked from now on, or not.
    pub liked: bool,
}

/// Makes the changes true, one a voter and subject, and moves the counters. One statement.
pub(crate) async fn store_postgres(
    database: &Database,
    connection: &mut PgConnection,
    changes: &[LikeChange],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let ids = |id: fn(&LikeChange) -> Uuid| changes.iter().map(id).collect::<Vec<Uuid>>();
    let statement = STORE_LIKES_POSTGRES;
    let _timer = database.time(statement);
    sqlx::query(statement.text)
        .bind(ids(|change| change.voter_id.0))
        .bind(ids(|change| change.subject_id.0))
        .bind(ids(|change| change.campaign_id.0))
        .bind(
            changes
                .iter()
                .map(|change| change.liked)
                .collect::<Vec<bool>>(),
        )
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// The same on SQLite, within a transaction.
pub(crate) async fn store_sqlite(
    database: &Database,
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
    let [insert, delete, move_counters] = STORE_LIKES_SQLITE;
    let insertion = sqlx::query_as(insert.text).bind(&rows).bind(now);
    let deletion = sqlx::query_as(delete.text).bind(&rows);
    let mut deltas: BTreeMap<(SubjectId, CampaignId), i64> = BTreeMap::new();
    for (statement, query, delta) in [(insert, insertion, 1), (delete, deletion, -1)] {
        let _timer = database.time(statement);
        let changed: Vec<(SubjectId, CampaignId)> = query.fetch_all(&mut *connection).await?;
        for subject in changed {
            *deltas.entry(subject).or_default() += delta;
        }
    }
    let mut moved = JsonRows::default();
    for ((subject_id, campaign_id), delta) in deltas {
        moved.begin();
        moved.value(Some(subject_id.0.as_bytes()));
        moved.value(Some(campaign_id.0.as_bytes()));
        moved.number(delta);
        moved.end();
    }
    let _timer = database.time(move_counters);
    sqlx::query(move_counters.text)
        .bind(moved.finish())
        .execute(connection)
        .await?;
    Ok(())
}

/// All likes of this very id, linked ones left out, with the campaigns of what is liked.
pub async fn list_all(
    database: &Database,
    voter_id: VoterId,
) -> sqlx::Result<Vec<(SubjectId, CampaignId)>> {
    let statement = sql!(
        "list_likes_of_voter",
        "SELECT subject_id, campaign_id FROM subject_like WHERE voter_id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(voter_id).fetch_all(p).await)
}

/// The subjects among `subjects` that the voter likes.
pub async fn list_liked(
    database: &Database,
    voter_id: VoterId,
    subjects: Vec<Uuid>,
) -> sqlx::Result<HashSet<SubjectId>> {
    let statement = with_voter!(
        "list_liked",
        "SELECT subject_id FROM subject_like WHERE voter_id",
        "$2",
        "AND subject_id",
        list
    );
    let subjects = Ids(subjects);
    let liked: Vec<SubjectId> = on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text)
        .bind(&subjects).bind(voter_id).fetch_all(p).await)?;
    Ok(liked.into_iter().collect())
}
