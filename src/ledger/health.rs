//! The database's health as the log tells it: one line when it goes away, with its address and the cause, and one when
//! it answers again.

use std::sync::atomic::Ordering;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use super::{ACQUIRE_TIMEOUT, Database, Pool, on_pool, sql};

impl Database {
    /// Notes whether the database answers, and logs it where that has changed.
    pub async fn note_health(&self, answers: bool) {
        if self.is_away.swap(!answers, Ordering::Relaxed) != answers {
            return;
        }
        let database = self.address();
        if answers {
            tracing::info!(database, "the database answers again");
        } else {
            let cause = self.find_cause().await;
            tracing::warn!(
                database,
                cause,
                "the database does not answer: votes, likes and sign-ins are refused until it does"
            );
        }
    }

    /// The place of the database, for people; without a password.
    fn address(&self) -> String {
        match &self.write {
            Pool::Postgres(pool) => address(&pool.connect_options()),
            Pool::Sqlite(pool) => pool.connect_options().get_filename().display().to_string(),
        }
    }

    /// The reason why the database does not answer: a pool only says that it has waited in vain.
    async fn find_cause(&self) -> String {
        let statement = sql!("find_cause", "SELECT 1");
        let asked = async {
            if let Pool::Postgres(pool) = &self.write {
                PgConnection::connect_with(&pool.connect_options())
                    .await?
                    .close()
                    .await?;
            }
            on_pool!(self.write(statement), (p, text) => sqlx::query(text).execute(p).await.map(drop))
        };
        match tokio::time::timeout(ACQUIRE_TIMEOUT, asked).await {
            Ok(Ok(())) => "it answers this moment".to_owned(),
            Ok(Err(sqlx::Error::PoolTimedOut)) => "all connections are busy".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} ms", ACQUIRE_TIMEOUT.as_millis()),
        }
    }
}

/// The place of a database of PostgreSQL: host, port and name.
pub(super) fn address(options: &PgConnectOptions) -> String {
    let name = options
        .get_database()
        .unwrap_or_else(|| options.get_username());
    format!("{}:{}/{name}", options.get_host(), options.get_port())
}
