//! The stores of a test: a database, and where there is one a Redis.

use std::path::PathBuf;
use std::sync::Arc;

use acclaim::clock::Clock;
use acclaim::ledger::{Database, Purpose};
use acclaim::media::store::MediaStore;
use sqlx::{AssertSqlSafe, Connection as _};
use tempfile::TempDir;

use crate::servers::{self, SharedDatabase};

/// A database and a hot store of a test's own.
pub struct Stores {
    pub database_url: String,
    pub redis_url: Option<String>,
    pub directory: TempDir,
    /// Held until all who share it are dropped, and then dropped itself.
    pub shared_database: Option<Arc<SharedDatabase>>,
}

impl Stores {
    /// SQLite in a temporary folder, and nothing else.
    pub fn embedded() -> Self {
        let directory = TempDir::new().expect("a temporary folder");
        let database_url = format!("sqlite:{}", directory.path().join("acclaim.db").display());
        Self {
            database_url,
            redis_url: None,
            directory,
            shared_database: None,
        }
    }

    /// A new database of the shared PostgreSQL, and the shared Redis: its keys carry the database's own name.
    pub async fn networked() -> Self {
        let database = SharedDatabase::create().await;
        Self {
            database_url: database.url.clone(),
            redis_url: Some(servers::redis().await.url()),
            directory: TempDir::new().expect("a temporary folder"),
            shared_database: Some(Arc::new(database)),
        }
    }

    /// The same stores, with a folder of their own.
    pub fn share(&self) -> Self {
        Self {
            database_url: self.database_url.clone(),
            redis_url: self.redis_url.clone(),
            directory: TempDir::new().expect("a temporary folder"),
            shared_database: self.shared_database.clone(),
        }
    }

    /// The folder of pictures and uploads.
    pub fn media_folder(&self) -> PathBuf {
        self.directory.path().join("media")
    }

    /// Opens the store of pictures and uploads.
    pub fn media(&self) -> MediaStore {
        MediaStore::in_folder(&self.media_folder()).expect("a folder")
    }

    /// Whether the database is SQLite.
    pub fn is_embedded(&self) -> bool {
        self.database_url.starts_with("sqlite:")
    }

    /// A number out of the database, by a connection and a statement of the test's own.
    pub async fn count(&self, statement: impl Into<String>) -> i64 {
        let statement = AssertSqlSafe(statement.into());
        let query = "the statement runs";
        if self.is_embedded() {
            let mut connection = sqlx::SqliteConnection::connect(&self.database_url)
                .await
                .expect("the database opens");
            let count = sqlx::query_scalar(statement).fetch_one(&mut connection);
            count.await.expect(query)
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.database_url)
                .await
                .expect("the database opens");
            let count = sqlx::query_scalar(statement).fetch_one(&mut connection);
            count.await.expect(query)
        }
    }

    /// Opens the database, its tables made.
    pub async fn database(&self, _clock: &Clock) -> Database {
        let database = Database::open(&self.database_url, 8, Purpose::Serving)
            .await
            .expect("the database opens");
        database.migrate().await.expect("the tables are made");
        database
    }

    /// Changes the database behind the servers' back.
    pub async fn execute(&self, statement: &'static str) {
        let result = self.try_execute(statement).await;
        result.expect("a good statement");
    }

    /// The same, where it may be refused.
    pub async fn try_execute(&self, statement: &'static str) -> sqlx::Result<()> {
        if self.database_url.starts_with("sqlite:") {
            let mut connection = sqlx::SqliteConnection::connect(&self.database_url).await?;
            sqlx::query(statement).execute(&mut connection).await?;
            connection.close().await
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.database_url).await?;
            sqlx::query(statement).execute(&mut connection).await?;
            connection.close().await
        }
    }
}
