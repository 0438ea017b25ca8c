//! A standby of PostgreSQL, for reads that may be a second old: asked as long as it answers, and left alone for a while
//! when it does not.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::statement::{Dialects, OnPool};
use super::{
    Database, Doubt, OpenError, Pool, STATEMENT_TIMEOUT_MS, postgres_pool, with_settings, writable,
};
use crate::error::is_unavailable;

/// The time for which a replica that does not answer is not asked.
const REPLICA_REST: Duration = Duration::from_secs(1);

/// A standby of PostgreSQL, for reads that may be a second old.
#[derive(Debug)]
pub(super) struct Replica {
    pub(super) pool: Pool,
    /// Whether it failed, and until when it is not asked.
    rests_until: Mutex<Option<Instant>>,
}

impl Replica {
    /// Whether it is to be asked now. After a failure one reader tries at a time; the others do not wait with it.
    fn is_asked(&self) -> bool {
        let mut rests_until = self.rests_until.lock();
        if let Some(until) = *rests_until {
            let now = Instant::now();
            if now < until {
                return false;
            }
            *rests_until = Some(now + REPLICA_REST);
        }
        true
    }

    /// Notes whether it answered: one that is away is left alone for a while.
    fn note(&self, is_away: bool) {
        let mut rests_until = self.rests_until.lock();
        match (is_away, *rests_until) {
            (true, None) => {
                tracing::warn!("the replica does not answer: everything is read from the primary");
            }
            (false, Some(_)) => tracing::info!("the replica answers again"),
            _ => {}
        }
        *rests_until = is_away.then(|| Instant::now() + REPLICA_REST);
    }
}

impl Database {
    /// Reads from this standby, too, what may be a second old, as long as it answers: reads find out whether it does.
    /// Fails where `url` is not an address of PostgreSQL.
    pub fn with_replica(mut self, url: &str, connections_max: u32) -> Result<Self, OpenError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(OpenError::UnknownReplica);
        }
        let options = with_settings(url.parse()?, STATEMENT_TIMEOUT_MS);
        // What becomes of its connections says nothing about the primary.
        let pool = writable::for_reading(postgres_pool(connections_max), &Doubt::new());
        let pool = pool.connect_lazy_with(options);
        self.replica = Some(Replica {
            pool: Pool::Postgres(pool),
            rests_until: Mutex::new(None),
        });
        Ok(self)
    }

    /// Sends `statement` to the replica, if there is one that is to be asked; counted as one statement. The answer may
    /// be a second old, and goes through [`Database::replica_answer`].
    pub(super) fn replica(&self, statement: impl Into<Dialects>) -> Option<OnPool<'_>> {
        let replica = self.replica.as_ref().filter(|replica| replica.is_asked())?;
        self.count_statement();
        Some(self.run(&replica.pool, statement.into()))
    }

    /// The answer of the replica; nothing where it is away, and the primary is to be asked.
    pub(super) fn replica_answer<T>(&self, answer: sqlx::Result<T>) -> sqlx::Result<Option<T>> {
        let is_away = answer.as_ref().is_err_and(is_unavailable);
        if let Some(replica) = &self.replica {
            replica.note(is_away);
        }
        if is_away {
            return Ok(None);
        }
        answer.map(Some)
    }
}
