//! A standby of PostgreSQL, for reads that may be a second old: asked as long as it answers, and left alone for a while
//! when it does not.

use std::time::{Duration, Instant};

use super::{Database, OpenError, Pool, STATEMENT_TIMEOUT_MS, postgres_pool, with_settings};
use crate::error::is_unavailable;
use parking_lot::Mutex;

/// For how long a replica that does not answer is not asked.
const REPLICA_REST: Duration = Duration::from_secs(1);

/// A standby of PostgreSQL, for reads that may be a second old.
#[derive(Debug)]
pub(super) struct Replica {
    pub(super) pool: Pool,
    /// Whether it failed, and until when it is not asked.
    rests_until: Mutex<Option<Instant>>,
}

impl Database {
    /// Reads what may be a second old from this standby too, as long as it answers.
    ///
    /// # Errors
    /// When `url` is not an address of PostgreSQL. Whether it answers, the reads find out.
    pub fn with_replica(mut self, url: &str, connections_max: u32) -> Result<Self, OpenError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(OpenError::UnknownReplica);
        }
        let options = with_settings(url.parse()?, STATEMENT_TIMEOUT_MS);
        let pool = postgres_pool(connections_max).connect_lazy_with(options);
        self.replica = Some(Replica {
            pool: Pool::Postgres(pool),
            rests_until: Mutex::new(None),
        });
        Ok(self)
    }

    /// Where to read what may be a second old, if there is such a place; counted as one statement.
    pub(crate) fn replica(&self) -> Option<&Pool> {
        let replica = self.replica.as_ref()?;
        let mut rests_until = replica.rests_until.lock();
        if let Some(until) = *rests_until {
            let now = Instant::now();
            if now < until {
                return None;
            }
            // One reader tries; the others do not wait with it.
            *rests_until = Some(now + REPLICA_REST);
        }
        self.count_statement();
        Some(&replica.pool)
    }

    /// What the replica answered; nothing where it is away, and then it is left alone for a while.
    pub(crate) fn of_replica<T>(&self, answer: sqlx::Result<T>) -> sqlx::Result<Option<T>> {
        let is_away = answer.as_ref().is_err_and(is_unavailable);
        if let Some(replica) = &self.replica {
            let mut rests_until = replica.rests_until.lock();
            if is_away && rests_until.is_none() {
                tracing::warn!("the replica does not answer: everything is read from the primary");
            }
            *rests_until = is_away.then(|| Instant::now() + REPLICA_REST);
        }
        if is_away {
            return Ok(None);
        }
        answer.map(Some)
    }
}
