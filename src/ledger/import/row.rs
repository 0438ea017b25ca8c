//! The rows of imports on their way, with the change that each is planned to make.

use super::super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::import::staged::StagedRow;
use crate::id::ImportId;

/// Rows of one statement: nobody else writes on SQLite meanwhile.
pub const ROWS_MAX: usize = 1_000;

/// Rows of a job's plan by their numbers, at most `limit` that come after this one.
pub async fn list(
    database: &Database,
    id: ImportId,
    only_faulty: bool,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<StagedRow>> {
    let statement = if only_faulty {
        sql!(
            "list_faulty_import_rows",
            "SELECT number, change, label, planned, faults FROM import_row
            WHERE import_id = $1 AND change = 'FAULTY' AND number > $2 ORDER BY number LIMIT $3"
        )
    } else {
        sql!(
            "list_import_rows",
            "SELECT number, change, label, planned, faults FROM import_row
            WHERE import_id = $1 AND number > $2 ORDER BY number LIMIT $3"
        )
    };
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(id).bind(after).bind(limit).fetch_all(p).await)
}

/// Removes the rows of a plan that is to be made anew.
pub async fn delete(tx: &mut Transaction, id: ImportId) -> sqlx::Result<()> {
    let statement = sql!(
        "delete_import_rows",
        "DELETE FROM import_row WHERE import_id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(id).execute(t).await.map(drop))
}

/// Stores rows of a plan, at most [`ROWS_MAX`].
pub async fn insert(tx: &mut Transaction, id: ImportId, rows: &[StagedRow]) -> sqlx::Result<()> {
    let statement = sql!(
        "insert_import_rows",
        postgres: "INSERT INTO import_row (import_id, number, change, label, planned, faults)
            SELECT $2, r.* FROM json_to_recordset($1::json)
                AS r (number bigint, change text, label text, planned jsonb, faults jsonb)",
        sqlite: "INSERT INTO import_row (import_id, number, change, label, planned, faults)
            SELECT $2, value ->> 'number', value ->> 'change', value ->> 'label', value -> 'planned',
                value -> 'faults'
            FROM json_each($1)",
    );
    let rows = serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))?;
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(&rows).bind(id).execute(t).await.map(drop))
}
