//! Failures of calls to a platform, and what becomes of a sign-in.

use std::sync::Arc;
use std::time::Duration;

use crate::telemetry::RequestId;

/// The wait after a quota of the minute, where the platform names no other.
pub(super) const MINUTE_QUOTA_RETRY_AFTER: Duration = Duration::from_mins(1);

/// Quotas of a day end with it, or as soon as the organiser clears them: ask now and then, not every minute.
pub(super) const DAILY_QUOTA_RETRY_AFTER: Duration = Duration::from_hours(1);

/// The longest name of an error that is shown; those that are documented have some 40 characters.
const NAME_CHARS_MAX: usize = 64;

/// The reason why a code gave no account.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum CodeExchangeError {
    /// The code is unknown, expired or used, or no code at all by its form: the client asks for a new one.
    #[error("the login code is invalid, expired or already used")]
    InvalidCode,
    /// The platform blocks this account's sign-in. A new code does not help.
    #[error("the platform blocks this account as high-risk")]
    HighRisk,
    /// A quota of the platform is spent, of the minute or of the app's day.
    #[error("the platform's quota is spent")]
    Throttled {
        /// When another try makes sense.
        retry_after: Duration,
    },
    /// Too many sign-ins are under way here. The code was not sent and is still good.
    #[error("too many sign-ins are under way")]
    Busy,
    /// No usable answer: busy to the end, time-out, broken connection, or an answer outside the documentation.
    #[error("the platform is unavailable")]
    Unavailable,
    /// The platform refuses the app, not the person. To the person it is the same as unavailable.
    #[error("the platform refuses this app with errcode {errcode}")]
    Misconfigured {
        /// The platform's number for it; the HTTP status where it has none.
        errcode: i64,
    },
}

impl CodeExchangeError {
    /// A quota of the minute.
    pub(super) const MINUTE_QUOTA: Self = Self::Throttled {
        retry_after: MINUTE_QUOTA_RETRY_AFTER,
    };
    /// A quota of the day.
    pub(super) const DAILY_QUOTA: Self = Self::Throttled {
        retry_after: DAILY_QUOTA_RETRY_AFTER,
    };
}

/// The failure of one call: everything a log line may say about it, and nothing more.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Failure {
    #[error("errcode {0}")]
    Errcode(i64),
    /// An error that the platform names, with the number that it gives it.
    #[error("{name} ({number})")]
    Named { number: i64, name: String },
    #[error("HTTP status {0}")]
    Status(u16),
    #[error("the call failed: {0:?}")]
    Call(Arc<reqwest::Error>),
    #[error("no answer in time")]
    Late,
    #[error("the answer is too long")]
    AnswerTooLong,
    /// Without the parser's words: they quote the answer.
    #[error("the answer is not the documented JSON")]
    AnswerUnreadable,
    #[error("the answer has neither an errcode nor what was asked for")]
    AnswerIncomplete,
    /// Without a word of the answer itself.
    #[error("the answer cannot be trusted: {0}")]
    Untrusted(&'static str),
    #[error("the answer is to the request of another browser")]
    NotOurs,
}

impl Failure {
    /// An error that the platform names. Of a name that is none, only what names are made of is kept: it goes to the
    /// log.
    pub fn named(number: i64, name: &str) -> Self {
        let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let name = name.chars().take(NAME_CHARS_MAX).filter(is_part).collect();
        Self::Named { number, name }
    }
}

impl From<reqwest::Error> for Failure {
    /// The only way an error of the HTTP client comes in: its URL has the secret and the code in it.
    fn from(error: reqwest::Error) -> Self {
        Self::Call(Arc::new(error.without_url()))
    }
}

/// Logs the failure of a sign-in at `platform`, and gives its meaning; the organiser should know of some.
pub(super) fn report(
    platform: &'static str,
    failure: &Failure,
    error: CodeExchangeError,
) -> CodeExchangeError {
    let request = RequestId::current();
    match error {
        // Between the person and the platform. Should every code be refused, then look here: the program
        // on the phones may have another app id than we do, which the platform reports as an invalid code.
        CodeExchangeError::InvalidCode | CodeExchangeError::HighRisk | CodeExchangeError::Busy => {
            tracing::debug!(request, %failure, "{platform} refused a login code");
        }
        CodeExchangeError::Throttled { .. } => {
            tracing::warn!(request, %failure, "{platform}'s quota for sign-ins is spent");
        }
        CodeExchangeError::Unavailable => {
            tracing::warn!(request, %failure, "{platform} gave no usable answer to a login code");
        }
        CodeExchangeError::Misconfigured { errcode } => {
            tracing::error!(
                request,
                errcode,
                %failure,
                "{platform} refuses this app: check its id, secret and allowed addresses; no one can sign in"
            );
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn a_name_that_is_none_is_cut_down() {
        let failure = Failure::named(40002, &format!("isv.x_y-z <\n{}", "a".repeat(200)));
        let shown = failure.to_string();
        assert!(shown.starts_with("isv.x_y-zaaa"), "{shown}");
        assert!(
            shown.ends_with("aaa (40002)") && shown.len() < 80,
            "{shown}"
        );
    }
}
