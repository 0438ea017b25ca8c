//! Failures of calls to the platform, and their meaning for a sign-in.

use std::time::Duration;

use crate::telemetry::RequestId;

/// 45011 says "retry next minute".
const MINUTE_QUOTA_RETRY_AFTER: Duration = Duration::from_mins(1);

/// 45009 ends with the day, or as soon as the organiser clears the quota: ask now and then, not every minute.
const DAILY_QUOTA_RETRY_AFTER: Duration = Duration::from_hours(1);

/// The reason why a code gave no openid.
///
/// The documented errcodes are in two public pages of the platform:
/// [code2Session](https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html) and
/// [global return codes](https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html).
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum CodeExchangeError {
    /// The code is unknown, expired or used (40029, 40163, 42003), or no code at all by its form: the client asks for a
    /// new one.
    #[error("the login code is invalid, expired or already used")]
    InvalidCode,
    /// The platform blocks this account's sign-in (40226). A new code does not help.
    #[error("the platform blocks this account as high-risk")]
    HighRisk,
    /// A quota of the platform is spent: of the minute (45011) or of the app's day (45009).
    #[error("the platform's quota is spent")]
    Throttled {
        /// When another try makes sense.
        retry_after: Duration,
    },
    /// Too many sign-ins are under way here. The code was not sent and is still good.
    #[error("too many sign-ins are under way")]
    Busy,
    /// No usable answer: busy to the end (-1), time-out, broken connection, or an answer outside the documentation.
    #[error("the platform is unavailable")]
    Unavailable,
    /// The platform refuses the app, not the person. To the person it is the same as unavailable.
    #[error("the platform refuses this app with errcode {errcode}")]
    Misconfigured {
        /// The platform's number for it.
        errcode: i64,
    },
}

impl CodeExchangeError {
    /// Sorts an errcode other than 0; by the number only, the text beside it is not stable.
    fn from_errcode(errcode: i64) -> Self {
        match errcode {
            // code2Session: invalid code. Global: code already used, code expired.
            40029 | 40163 | 42003 => Self::InvalidCode,
            // code2Session: "code blocked", a user of high risk.
            40226 => Self::HighRisk,
            // code2Session: quota of the minute; older texts say 100 a minute for one user.
            45011 => Self::Throttled {
                retry_after: MINUTE_QUOTA_RETRY_AFTER,
            },
            // Global: "reach max api daily quota limit", of the app.
            45009 => Self::Throttled {
                retry_after: DAILY_QUOTA_RETRY_AFTER,
            },
            // Global: invalid credential, grant type, app id or secret, secret frozen (40...); app id, secret or code
            // missing (41...: something on the way drops our query); our address is not on the app's list (40164,
            // 61004); the app may not make this call (48...).
            40001 | 40002 | 40013 | 40125 | 40164 | 40243 | 41002 | 41004 | 41008 | 48001
            | 48004 | 61004 => Self::Misconfigured { errcode },
            _ => Self::Unavailable,
        }
    }
}

/// The failure of one call: everything a log line may say about it, and nothing more.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("errcode {0}")]
    Errcode(i64),
    #[error("HTTP status {0}")]
    Status(u16),
    #[error("the call failed: {0:?}")]
    Call(reqwest::Error),
    #[error("no answer in time")]
    Late,
    #[error("the answer is too long")]
    AnswerTooLong,
    /// Without the parser's words: they quote the answer.
    #[error("the answer is not the documented JSON")]
    AnswerUnreadable,
    #[error("the answer has neither an errcode nor what was asked for")]
    AnswerIncomplete,
}

impl From<reqwest::Error> for Failure {
    /// The only way an error of the HTTP client comes in: its URL has the secret and the code in it.
    fn from(error: reqwest::Error) -> Self {
        Self::Call(error.without_url())
    }
}

impl From<&Failure> for CodeExchangeError {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Errcode(errcode) => Self::from_errcode(*errcode),
            Failure::Status(_)
            | Failure::Call(_)
            | Failure::Late
            | Failure::AnswerTooLong
            | Failure::AnswerUnreadable
            | Failure::AnswerIncomplete => Self::Unavailable,
        }
    }
}

/// Logs the failure of a sign-in; the organiser should know of some.
pub(super) fn log(failure: &Failure, error: CodeExchangeError) {
    let request = RequestId::current();
    match error {
        // Between the person and the platform. Should every code be refused, then look here: the program
        // on the phones may have another app id than we do, which the platform reports as an invalid code.
        CodeExchangeError::InvalidCode | CodeExchangeError::HighRisk | CodeExchangeError::Busy => {
            tracing::debug!(request, %failure, "WeChat refused a login code");
        }
        CodeExchangeError::Throttled { .. } => {
            tracing::warn!(request, %failure, "WeChat's quota for sign-ins is spent");
        }
        CodeExchangeError::Unavailable => {
            tracing::warn!(request, %failure, "WeChat gave no usable answer to a login code");
        }
        CodeExchangeError::Misconfigured { errcode } => {
            tracing::error!(
                request,
                errcode,
                "WeChat refuses this app: check its id, secret and allowed addresses; no one can sign in"
            );
        }
    }
}
