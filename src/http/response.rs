//! The response of a GraphQL operation as HTTP has it: its body, and the headers that say when to come back.

use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::places::Full;
use crate::app::App;
use crate::graphql::document::{CostFigures, cost_extension};
use crate::graphql::error::code;
use crate::telemetry::RequestId;

/// The body of a response: errors first, so that a client that reads no further has seen them.
#[derive(Serialize)]
pub(super) struct ResponseBody<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    /// Absent on a request error.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    /// The cost, if the client wants to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Value>,
}

impl<'a> ResponseBody<'a> {
    /// The body of a response whose errors have their codes.
    pub fn new(response: &'a GraphqlResponse, cost: Option<CostFigures>) -> Self {
        Self {
            errors: &response.errors,
            data: (!is_request_error(response)).then_some(&response.data),
            extensions: cost.map(cost_extension),
        }
    }

    /// The body of a response to a request that is not executed.
    pub fn rejected(errors: &'a [ServerError]) -> Self {
        Self {
            errors,
            data: None,
            extensions: None,
        }
    }
}

/// Whether nothing was executed: an error of a field has a path.
pub(super) fn is_request_error(response: &GraphqlResponse) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// A response made of its parts, without copying the headers.
pub(super) fn respond(status: StatusCode, headers: HeaderMap, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The body of a response; none if it cannot be written, which is a fault of the program.
pub(super) fn write(response: &GraphqlResponse, cost: Option<CostFigures>) -> Option<Vec<u8>> {
    let written = serde_json::to_vec(&ResponseBody::new(response, cost));
    written
        .inspect_err(|error| {
            tracing::error!(request = RequestId::current(), %error, "a response could not be written");
        })
        .ok()
}

/// Whether an error is one of the document, for which clients of the older media type expect status 200.
pub(super) fn is_of_document(error: &ServerError) -> bool {
    let code = extension(error, "code");
    [
        code::GRAPHQL_PARSE_FAILED,
        code::GRAPHQL_VALIDATION_FAILED,
        code::PERSISTED_QUERY_NOT_FOUND,
    ]
    .iter()
    .any(|document| code == Some(&Value::from(*document)))
}

/// Says when to come back, and which limit it was (draft-ietf-httpapi-ratelimit-headers): of several errors, the one
/// that makes the client wait longest.
pub(super) fn add_retry_headers(headers: &mut HeaderMap, app: &App, errors: &[ServerError]) {
    let waits = errors
        .iter()
        .filter_map(|error| Some((wait_seconds(error)?, error)));
    let Some((seconds, error)) = waits.max_by_key(|(seconds, _)| *seconds) else {
        return;
    };
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    let Some(Value::String(policy)) = extension(error, "policy") else {
        return;
    };
    insert(
        headers,
        "ratelimit",
        &format!("\"{policy}\";r=0;t={seconds}"),
    );
    if let Some(limit) = app.limit_policy(policy) {
        let quota = limit.quota;
        let window = limit.window_seconds;
        insert(
            headers,
            "ratelimit-policy",
            &format!("\"{policy}\";q={quota};w={window}"),
        );
    }
}

fn extension<'a>(error: &'a ServerError, name: &str) -> Option<&'a Value> {
    error.extensions.as_ref()?.get(name)
}

/// The time that the client is to wait after this error, if it is one of those that pass.
fn wait_seconds(error: &ServerError) -> Option<u64> {
    match extension(error, "retryAfterMs")? {
        Value::Number(ms) => Some(ms.as_u64()?.div_ceil(1_000)),
        _ => None,
    }
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// The response to one subscriber too many.
pub(super) fn too_many_subscribers(full: Full) -> Response {
    let text = match full {
        Full::All => "There are too many subscribers: try again shortly.\n",
        Full::Owner => "You have too many subscribers: end one, or try again shortly.\n",
    };
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], text).into_response()
}
