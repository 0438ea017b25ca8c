//! The refusal of a page or picture that cannot be made now.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

use crate::error::{Error, RETRY_AFTER as RETRY_AFTER_DEFAULT};
use crate::telemetry::RequestId;

/// The response where `what` cannot be had now: the client has asked for too much, or a store is away.
pub(super) fn unavailable(error: &Error, what: &'static str) -> Response {
    let status = if matches!(error, Error::RateLimited { .. }) {
        StatusCode::TOO_MANY_REQUESTS
    } else {
        tracing::warn!(request = RequestId::current(), %error, what, "a page could not be made");
        StatusCode::SERVICE_UNAVAILABLE
    };
    let wait = error.retry_after().unwrap_or(RETRY_AFTER_DEFAULT);
    let seconds = wait.as_millis().div_ceil(1_000).max(1).to_string();
    (status, [(RETRY_AFTER, seconds)]).into_response()
}
