//! The database past the ledger: what a test wants to see or change with its own eyes and hands.

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::harness::Stores;

/// A connection of the test's own.
pub enum RawSql {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl RawSql {
    pub async fn connect(stores: &Stores) -> Self {
        let url = &stores.database_url;
        if url.starts_with("sqlite:") {
            Self::Sqlite(SqliteConnection::connect(url).await.expect("it opens"))
        } else {
            Self::Postgres(PgConnection::connect(url).await.expect("it connects"))
        }
    }

    /// Runs a statement and returns how many rows it has changed.
    pub async fn execute(&mut self, sql: &str) -> u64 {
        self.try_execute(sql).await.expect("a good statement")
    }

    /// The same for a statement that the database may refuse.
    pub async fn try_execute(&mut self, sql: &str) -> sqlx::Result<u64> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Postgres(c) => sqlx::query(sql).execute(c).await.map(|d| d.rows_affected()),
            Self::Sqlite(c) => sqlx::query(sql).execute(c).await.map(|d| d.rows_affected()),
        }
    }

    /// Every value of a table as the bytes that the database holds.
    pub async fn cells(&mut self, table: &str) -> Vec<Vec<u8>> {
        let sql = AssertSqlSafe(format!("SELECT * FROM {table}"));
        match self {
            Self::Postgres(c) => {
                let rows = sqlx::query(sql).fetch_all(c).await.expect("the rows");
                let cells = rows.iter().flat_map(|row| {
                    (0..row.len()).map(|i| {
                        let value = row.try_get_raw(i).expect("a column");
                        value.as_bytes().map(<[u8]>::to_vec).unwrap_or_default()
                    })
                });
                cells.collect()
            }
            Self::Sqlite(c) => {
                let rows = sqlx::query(sql).fetch_all(c).await.expect("the rows");
                let cells = rows.iter().flat_map(|row| {
                    (0..row.len()).map(|i| {
                        let value: Option<Vec<u8>> = row.get_unchecked(i);
                        value.unwrap_or_default()
                    })
                });
                cells.collect()
            }
        }
    }
}
