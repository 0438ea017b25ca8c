//! Imports: spreadsheets whose rows were applied, and what each changed, object by object. [`job`] has those on their
//! way, [`row`] the rows of their plans.

pub mod job;
pub mod row;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::address::require_web;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::change::Change;
use crate::domain::nominee::Nominee;
use crate::id::{CampaignId, ImportId, NomineeId};

/// Rows of one statement: a megabyte or two.
const ROWS_MAX: usize = 1_000;

/// The kind of what a sheet has in its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportKind {
    /// Nominees.
    Nominees,
    /// Stories.
    Stories,
}

impl ImportKind {
    /// Its name in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nominees => "nominees",
            Self::Stories => "stories",
        }
    }
}

/// An import that is applied.
#[derive(Debug, Clone)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The kind of its rows.
    pub kind: ImportKind,
    /// The hash of the file.
    pub file_sha256: [u8; 32],
    /// The time.
    pub applied_at: DateTime<Utc>,
}

/// The change of an object that an import made.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct ImportChange {
    /// The object.
    pub subject_id: Uuid,
    /// Its edit revision after the change.
    pub subject_revision: i64,
    /// The fields that were changed.
    #[sqlx(json)]
    pub changes: Vec<Change>,
}

/// Stores an import with its changes.
pub async fn insert(
    tx: &mut Transaction,
    import: &Import,
    changes: &[ImportChange],
) -> sqlx::Result<()> {
    let statement = sql!(
        "insert_import",
        "INSERT INTO import (id, campaign_id, kind, file_sha256, applied_at) VALUES ($1, $2, $3, $4, $5)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(import.id).bind(import.campaign_id)
        .bind(import.kind).bind(&import.file_sha256[..]).bind(import.applied_at).execute(t).await.map(drop))?;
    let statement = sql!(
        "insert_import_changes",
        postgres: "INSERT INTO import_change (import_id, subject_id, subject_revision, changes)
            SELECT $2, c.* FROM json_to_recordset($1::json) AS c (subject_id uuid, subject_revision bigint, changes jsonb)",
        sqlite: "INSERT INTO import_change (import_id, subject_id, subject_revision, changes)
            SELECT $2, unhex(value ->> 'subject_id', '-'), value ->> 'subject_revision', value -> 'changes'
            FROM json_each($1)",
    );
    for changes in changes.chunks(ROWS_MAX) {
        let rows = to_json(changes)?;
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
            .bind(&rows).bind(import.id).execute(t).await.map(drop))?;
    }
    Ok(())
}

/// The changes that imports made in a campaign, in the order of the objects' revisions.
pub async fn list_changes(
    database: &Database,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<ImportChange>> {
    let statement = sql!(
        "list_import_changes",
        "SELECT c.subject_id, c.subject_revision, c.changes FROM import_change c JOIN import i ON i.id = c.import_id
        WHERE i.campaign_id = $1 ORDER BY c.subject_revision, c.import_id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(campaign_id).fetch_all(p).await)
}

/// Stores what can be imported of nominees, with their next edit revisions. Their stories follow them into their
/// categories.
pub async fn update_nominees(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    nominees: &[Nominee],
) -> sqlx::Result<()> {
    let statement = sql!(
        "import_nominees",
        postgres: "UPDATE nominee n SET category_id = r.category_id, number = r.number, name = r.name,
                employer = r.employer, city = r.city, title = r.title, summary = r.summary,
                edit_revision = r.edit_revision
            FROM json_to_recordset($1::json) AS r (id uuid, category_id uuid, number bigint, name text, employer text,
                city text, title text, summary text, edit_revision bigint)
            WHERE n.id = r.id",
        sqlite: "UPDATE nominee SET category_id = r.category_id, number = r.number, name = r.name,
                employer = r.employer, city = r.city, title = r.title, summary = r.summary,
                edit_revision = r.edit_revision
            FROM (SELECT unhex(value ->> 'id', '-') AS id, unhex(value ->> 'category_id', '-') AS category_id,
                    value ->> 'number' AS number, value ->> 'name' AS name, value ->> 'employer' AS employer,
                    value ->> 'city' AS city, value ->> 'title' AS title, value ->> 'summary' AS summary,
                    value ->> 'edit_revision' AS edit_revision
                FROM json_each($1)) r
            WHERE nominee.id = r.id",
    );
    for nominees in nominees.chunks(ROWS_MAX) {
        require_web(nominees.iter().filter_map(|n| n.portrait_url.as_ref()))?;
        let rows = to_json(nominees)?;
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(&rows).execute(t).await.map(drop))?;
    }
    let statement = sql!(
        "move_stories_of_nominees",
        "UPDATE story SET category_id = (SELECT n.category_id FROM nominee n WHERE n.id = story.nominee_id)
        WHERE campaign_id = $1 AND category_id <> (SELECT n.category_id FROM nominee n WHERE n.id = story.nominee_id)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(campaign_id).execute(t).await.map(drop))
}

/// The nominees of a campaign that have votes, counted or withheld.
pub async fn list_voted(tx: &mut Transaction, id: CampaignId) -> sqlx::Result<HashSet<NomineeId>> {
    let statement = sql!(
        "list_nominees_with_votes",
        "SELECT nominee_id FROM tally WHERE campaign_id = $1 AND counted + withheld > 0"
    );
    let ids: Vec<NomineeId> = in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text)
        .bind(id).fetch_all(t).await)?;
    Ok(ids.into_iter().collect())
}

fn to_json(rows: &[impl Serialize]) -> sqlx::Result<String> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))
}
