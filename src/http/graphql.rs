//! GraphQL over HTTP: one operation a request, by POST, or by GET for queries.
//!
//! A request error (bad JSON, syntax, validation) has no `data` in its answer, and status 400; under the older media type
//! `application/json` errors of the document have status 200, as its clients expect. Errors of fields have status 200.
//!
//! A query that is asked for by its hash, by GET and without a token, may be kept by shared caches for a second.

use std::time::Instant;

use async_graphql::parser::types::OperationType;
use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;

use super::Server;
use super::client::Origin;
use super::negotiate::{MediaType, accepted, is_known};
use super::params::{Refused, from_body, from_query};
use super::tally::CACHED;
use crate::app::App;
use crate::graphql::document::cost_extension;
use crate::graphql::error::{code, document_error};
use crate::telemetry::OperationLabels;

/// What an answer depends on.
const VARIES: HeaderValue =
    HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Authorization");
/// The same where there are no errors, which alone have a language.
const VARIES_PUBLIC: HeaderValue =
    HeaderValue::from_static("Accept, Accept-Encoding, Authorization");

/// The answer to an operation that was executed.
struct Answered {
    response: GraphqlResponse,
    field: &'static str,
    /// `ok`, or the code of the first error.
    outcome: &'static str,
    cost: Option<u64>,
    /// Whether caches that are shared may keep it.
    is_public: bool,
}

/// Answers `/graphql`.
pub async fn handle(
    State(server): State<Server>,
    origin: Origin,
    method: Method,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Response {
    let started = Instant::now();
    let Some(media_type) = accepted(&headers) else {
        return (
            StatusCode::NOT_ACCEPTABLE,
            "Accept application/graphql-response+json or application/json.\n",
        )
            .into_response();
    };
    match answer(&server, &origin, &method, &headers, request).await {
        Ok(answered) => executed(&server, media_type, &headers, &answered, started),
        Err(refused) => {
            let labels = OperationLabels {
                field: "none",
                outcome: "refused",
            };
            server.app.metrics.requests.get_or_create(&labels).inc();
            refusal(&server, media_type, &refused)
        }
    }
}

async fn answer(
    server: &Server,
    origin: &Origin,
    method: &Method,
    headers: &HeaderMap,
    request: axum::extract::Request,
) -> Result<Answered, Refused> {
    let params = match *method {
        Method::GET | Method::HEAD => from_query(request.uri().query().unwrap_or_default())?,
        Method::POST => from_body(headers, request.into_body(), server.patience.body).await?,
        _ => {
            let error = document_error(code::BAD_USER_INPUT, "Use POST, or GET for queries.");
            return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, error));
        }
    };
    let (asker, _) = origin
        .asker(server)
        .await
        .map_err(|error| Refused::unauthenticated(&error))?;
    let executable = server.documents.find(params, &asker).await?;
    let is_post = *method == Method::POST;
    if executable.kind == OperationType::Mutation && !is_post {
        let error = document_error(code::BAD_USER_INPUT, "Send mutations by POST.");
        return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, error));
    }
    if executable.kind == OperationType::Subscription {
        let message = "Send subscriptions to /graphql/ws or /graphql/stream.";
        let error = document_error(code::BAD_USER_INPUT, message);
        return Err(Refused::new(StatusCode::BAD_REQUEST, error));
    }
    let (field, cost) = (executable.field, executable.cost);
    let is_public = executable.is_cacheable && !is_post && origin.is_anonymous();
    let (response, code) = server.documents.execute(executable).await;
    Ok(Answered {
        is_public: is_public && response.errors.is_empty(),
        response,
        field,
        outcome: code.unwrap_or("ok"),
        cost,
    })
}

/// The body of a response: errors first, so that a client that reads no further has seen them.
#[derive(Serialize)]
pub struct ResponseBody<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    /// Absent on a request error.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    /// What it cost, if the client wants to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Value>,
}

impl<'a> ResponseBody<'a> {
    /// The body of a response whose errors have their codes.
    #[must_use]
    pub fn new(response: &'a GraphqlResponse, cost: Option<u64>) -> Self {
        Self {
            errors: &response.errors,
            data: (!is_request_error(response)).then_some(&response.data),
            extensions: cost.map(cost_extension),
        }
    }

    /// The body of a refusal.
    #[must_use]
    pub fn refusal(errors: &'a [ServerError]) -> Self {
        Self {
            errors,
            data: None,
            extensions: None,
        }
    }
}

/// Whether nothing was executed: an error of a field has a path.
#[must_use]
pub fn is_request_error(response: &GraphqlResponse) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

fn executed(
    server: &Server,
    media_type: MediaType,
    asked: &HeaderMap,
    answered: &Answered,
    started: Instant,
) -> Response {
    let (response, field, outcome) = (&answered.response, answered.field, answered.outcome);
    let labels = OperationLabels { field, outcome };
    server.app.metrics.requests.get_or_create(&labels).inc();
    let seconds = started.elapsed().as_secs_f64();
    server
        .app
        .metrics
        .request_seconds
        .get_or_create(&labels)
        .observe(seconds);
    tracing::debug!(field, outcome, seconds, "answered");
    let is_bad = is_request_error(response) && media_type == MediaType::GraphqlResponse;
    let status = if is_bad {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let mut headers = private_headers(media_type);
    add_retry_headers(&mut headers, &server.app, &response.errors);
    let body = ResponseBody::new(response, answered.cost);
    let bytes = match serde_json::to_vec(&body) {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "a response could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    if answered.is_public {
        let etag = etag(&bytes);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(CACHED));
        headers.insert(VARY, VARIES_PUBLIC);
        if asked
            .get(IF_NONE_MATCH)
            .is_some_and(|tags| is_known(tags, &etag))
        {
            headers.remove(CONTENT_TYPE);
            headers.insert(ETAG, etag);
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(ETAG, etag);
    }
    (status, headers, bytes).into_response()
}

/// Names these bytes; weak, since the same may be sent compressed.
fn etag(bytes: &[u8]) -> HeaderValue {
    let hash = digest(&SHA256, bytes);
    let tag = format!("W/\"{}\"", BASE64URL_NOPAD.encode(&hash.as_ref()[..16]));
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The headers of an answer that no cache may keep.
fn private_headers(media_type: MediaType) -> HeaderMap {
    HeaderMap::from_iter([
        (
            CONTENT_TYPE,
            HeaderValue::from_static(media_type.content_type()),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (VARY, VARIES),
    ])
}

/// Says when to come back, and which limit it was (draft-ietf-httpapi-ratelimit-headers): of several errors, the one
/// that makes the client wait longest.
fn add_retry_headers(headers: &mut HeaderMap, app: &App, errors: &[ServerError]) {
    let extension = |error: &ServerError, name| error.extensions.as_ref()?.get(name).cloned();
    let wait = |error: &ServerError| match extension(error, "retryAfterMs")? {
        Value::Number(ms) => Some(ms.as_u64()?.div_ceil(1_000)),
        _ => None,
    };
    let waits = errors
        .iter()
        .filter_map(|error| Some((wait(error)?, error)));
    let Some((seconds, error)) = waits.max_by_key(|(seconds, _)| *seconds) else {
        return;
    };
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    let Some(Value::String(policy)) = extension(error, "policy") else {
        return;
    };
    let mut insert = |name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    insert("ratelimit", format!("\"{policy}\";r=0;t={seconds}"));
    if let Some(limit) = app.limit_policy(&policy) {
        let (quota, window) = (limit.quota, limit.window_seconds);
        insert(
            "ratelimit-policy",
            format!("\"{policy}\";q={quota};w={window}"),
        );
    }
}

fn refusal(server: &Server, media_type: MediaType, refused: &Refused) -> Response {
    let is_document = |error: &ServerError| {
        let code = error
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.get("code"));
        [
            code::GRAPHQL_PARSE_FAILED,
            code::GRAPHQL_VALIDATION_FAILED,
            code::PERSISTED_QUERY_NOT_FOUND,
        ]
        .iter()
        .any(|document| code == Some(&Value::from(*document)))
    };
    let is_old_document_error =
        media_type == MediaType::Json && refused.errors.iter().all(is_document);
    let status = if is_old_document_error {
        StatusCode::OK
    } else {
        refused.status
    };
    let mut headers = private_headers(media_type);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("POST, GET"));
    }
    add_retry_headers(&mut headers, &server.app, &refused.errors);
    let body = serde_json::to_vec(&ResponseBody::refusal(&refused.errors)).unwrap_or_default();
    (status, headers, body).into_response()
}
