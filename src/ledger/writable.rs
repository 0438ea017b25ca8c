//! Connections that are gone, and those that can only read: after a failover, or under `default_transaction_read_only`,
//! a session refuses to write for as long as it lasts. One such answer, or one lost connection, and every connection is
//! asked before it is used; those that are gone or can only read are closed. Here, too, lost connections are counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::error::DatabaseError;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, PgConnection, Row as _};
use tokio::sync::watch;

use super::{Database, Pool, TRUSTED_IDLE, on_pool, sql};

/// PostgreSQL's code for a statement that writes where only reading is allowed.
const READ_ONLY: &str = "25006";
/// The time that no connection is trusted after one that was lost or could only read. Those that idled meanwhile are
/// asked anyway.
const DOUBT: Duration = Duration::from_secs(30);

/// The doubt whether connections are there and can write, and the count of those that were lost.
#[derive(Debug)]
pub(crate) struct Doubt {
    started: Instant,
    until_ms: AtomicU64,
    losses: watch::Sender<u64>,
}

impl Doubt {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            started: Instant::now(),
            until_ms: AtomicU64::new(0),
            losses: watch::Sender::new(0),
        })
    }

    /// Begins to doubt where a statement lost its connection or was refused since that can only read, and counts those
    /// that were lost.
    pub(crate) fn note<T>(&self, outcome: &sqlx::Result<T>) {
        let Err(error) = outcome else {
            return;
        };
        let code = error.as_database_error().and_then(DatabaseError::code);
        if is_loss(error, code.as_deref()) {
            self.begin();
            self.losses.send_modify(|losses| *losses += 1);
        }
    }

    pub(super) fn losses(&self) -> watch::Receiver<u64> {
        self.losses.subscribe()
    }

    fn begin(&self) {
        let until = self.now_ms() + u64::try_from(DOUBT.as_millis()).unwrap_or(u64::MAX / 2);
        self.until_ms.store(until, Ordering::Relaxed);
    }

    fn is_there(&self) -> bool {
        self.until_ms.load(Ordering::Relaxed) > self.now_ms()
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX / 2)
    }
}

/// Whether the connection of a statement was lost, or leads to a server that has changed its part. `code` is that of
/// the error: 08 connection, 57P stopped by an operator.
fn is_loss(error: &sqlx::Error, code: Option<&str>) -> bool {
    use sqlx::Error as E;
    match error {
        E::Io(_) | E::Tls(_) | E::Protocol(_) | E::WorkerCrashed => true,
        _ => code.is_some_and(|code| {
            code == READ_ONLY
                || code.len() == 5 && (code.starts_with("08") || code.starts_with("57P"))
        }),
    }
}

/// Lets a pool close connections that are gone, asked after a pause and while there is doubt.
pub(super) fn for_reading(options: PgPoolOptions, doubt: &Arc<Doubt>) -> PgPoolOptions {
    let doubt = Arc::clone(doubt);
    options.before_acquire(move |connection, about| {
        let is_trusted = about.idle_for < TRUSTED_IDLE && !doubt.is_there();
        let asked = (!is_trusted).then(|| Arc::clone(&doubt));
        Box::pin(async move {
            if let Some(doubt) = asked {
                let answer = connection.ping().await;
                doubt.note(&answer);
                answer?;
            }
            Ok(true)
        })
    })
}

/// Lets a pool close connections that are gone or cannot write, asked after a pause and while there is doubt.
pub(super) fn for_writing(options: PgPoolOptions, doubt: &Arc<Doubt>) -> PgPoolOptions {
    let doubt = Arc::clone(doubt);
    options.before_acquire(move |connection, about| {
        let is_trusted = about.idle_for < TRUSTED_IDLE && !doubt.is_there();
        let asked = (!is_trusted).then(|| Arc::clone(&doubt));
        Box::pin(async move {
            let Some(doubt) = asked else {
                return Ok(true);
            };
            let answer = can_write(connection).await;
            doubt.note(&answer);
            answer
        })
    })
}

async fn can_write(connection: &mut PgConnection) -> sqlx::Result<bool> {
    // A plain question: no statement is prepared for it.
    let statement = sql!("check_connection", "SHOW transaction_read_only");
    let row = sqlx::raw_sql(statement.text).fetch_one(connection).await?;
    Ok(row.try_get::<String, _>(0)? == "off")
}

impl Database {
    /// Whether the database answers and can be written to.
    pub async fn is_ready(&self) -> bool {
        let statement = sql!(
            "is_ready",
            postgres: "SELECT current_setting('transaction_read_only') = 'off'",
            sqlite: "SELECT TRUE",
        );
        let pool = match self.writing_pool() {
            Pool::Postgres(_) => self.write(statement),
            // The one connection that writes is the votes'.
            Pool::Sqlite(_) => self.read(statement),
        };
        let answer: sqlx::Result<bool> =
            on_pool!(pool, (p, text) => sqlx::query_scalar(text).fetch_one(p).await);
        if let Ok(false) = answer {
            self.doubt.begin();
        }
        answer.unwrap_or(false)
    }
}
