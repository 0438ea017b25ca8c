//! The errors of use cases on one screen; `graphql::error` adds those of documents and gives each its code. An
//! *outcome* that a user can act on (voting closed, quota spent) is data in a payload and not here; a *bug* is an
//! `expect` that names the invariant.

use std::time::Duration;

use crate::telemetry::RequestId;

/// An error of a request. `graphql::error` gives each its `extensions.code`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `UNAUTHENTICATED`: this needs a signed-in viewer.
    #[error("Sign in first: this needs a valid access token.")]
    Unauthenticated,
    /// `UNAUTHENTICATED`: the token is not sent as it must be.
    #[error(
        "Send the access token as \"Authorization: Bearer <token>\": the word Bearer is missing."
    )]
    NoBearer,
    /// `FORBIDDEN`: the viewer is known and may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// `BAD_USER_INPUT`: the text says what to change.
    #[error("{0}")]
    BadUserInput(String),
    /// `NOT_FOUND`: what was asked for does not exist or may not be seen.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// `RATE_LIMITED`: the caller's own limit; `policy` names it.
    #[error("Too many requests: wait and try again.")]
    RateLimited {
        /// The limited action, as the `RateLimit` header names it.
        policy: &'static str,
        /// When a retry can succeed.
        retry_after: Duration,
    },
    /// `OVERLOADED`: the server refuses work rather than queueing it.
    #[error("The server is busy: try again shortly.")]
    Overloaded,
    /// `UNAVAILABLE`: a store that this needs is down; nothing is known to be wrong with the request.
    #[error("The service is unavailable for a moment: try again.")]
    Unavailable,
    /// `UNAVAILABLE` for a request with a key, which finds out whether it was stored.
    #[error("The service is unavailable for a moment: try again with the same idempotency key.")]
    UnavailableForKey,
    /// `INTERNAL`: everything else; the cause goes to the log only.
    #[error("Internal error.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The time that a client is told to wait when a store is down or the server is full.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

impl Error {
    /// An error that is a fault of the program.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// The error of a request that has an idempotency key, or none.
    #[must_use]
    pub fn with_key(self, has_key: bool) -> Self {
        match self {
            Self::Unavailable if has_key => Self::UnavailableForKey,
            other => other,
        }
    }

    /// The time after which a retry can help, if it can.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => Some(*retry_after),
            Self::Overloaded | Self::Unavailable | Self::UnavailableForKey => Some(RETRY_AFTER),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if is_unavailable(&error) {
            let request = RequestId::current();
            if error.as_database_error().is_some() {
                tracing::warn!(request, %error, "the database could not do it now");
            } else {
                // Every request says so while it is away: the log hears it once, from `Database::note_health`.
                tracing::debug!(request, %error, "the database cannot be reached");
            }
            Self::Unavailable
        } else {
            Self::internal(error)
        }
    }
}

/// Whether the statement failed because the database is away rather than because of the statement.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    use sqlx::Error as E;
    match error {
        E::Io(_)
        | E::Tls(_)
        | E::PoolTimedOut
        | E::PoolClosed
        | E::WorkerCrashed
        | E::Protocol(_) => true,
        E::Database(e) => e.code().is_some_and(|code| is_transient(&code)),
        _ => false,
    }
}

/// Whether a database's error code says that the same statement may succeed later. PostgreSQL's have five characters:
/// 08 connection, 53 out of resources, 57 stopped by an operator or a timeout, 40 rolled back to let another win, 25006
/// a standby that does not write (yet), 3D000 and 55000 a database that is being replaced. SQLite's are numbers, their
/// last byte the kind: 5 busy, 6 locked, 8 read-only, 10 input or output, 13 full, 14 cannot open.
fn is_transient(code: &str) -> bool {
    if code.len() == 5 {
        let classes = ["08", "53", "57", "40"];
        let codes = ["25006", "3D000", "55000"];
        codes.contains(&code) || classes.iter().any(|class| code.starts_with(class))
    } else {
        let kind = code.parse::<u32>().map(|code| code & 0xff);
        matches!(kind, Ok(5 | 6 | 8 | 10 | 13 | 14))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transient_errors_are_told_from_others() {
        for code in [
            "08006", "53300", "57014", "40P01", "25006", "3D000", "55000", "5", "517", "6", "8",
            "1032", "778", "13", "14",
        ] {
            assert!(is_transient(code), "{code}");
        }
        for code in [
            "23505", "42P01", "25001", "22003", "1", "11", "1555", "2067", "19", "",
        ] {
            assert!(!is_transient(code), "{code}");
        }
    }
}
