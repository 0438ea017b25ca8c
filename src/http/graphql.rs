//! GraphQL over HTTP: one operation a request, by POST, or by GET for queries.
//!
//! A request error (bad JSON, syntax, validation) has no `data` in its answer, and status 400; under the older media type
//! `application/json` errors of the document have status 200, as its clients expect. Errors of fields have status 200.
//!
//! The answer to a query by its hash, by GET and without a token, is the same for all: shared caches may keep it for a
//! second, and `kept` does for a moment.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use async_graphql::parser::types::OperationType;
use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Server;
use super::client::Origin;
use super::kept::Kept;
use super::negotiate::{MediaType, accepted, is_known};
use super::params::{Refused, from_body, from_query};
use super::tally::CACHED;
use crate::app::App;
use crate::graphql::document::{Executable, Params, cost_extension};
use crate::graphql::error::{code, document_error};
use crate::telemetry::{OperationLabels, RequestId};

/// What an answer depends on.
const VARIES: HeaderValue =
    HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Authorization");
/// The same where there are no errors, which alone have a language.
const VARIES_PUBLIC: HeaderValue =
    HeaderValue::from_static("Accept, Accept-Encoding, Authorization");

/// Room for the headers of an answer: three or four of ours, its id, and what compression adds.
const HEADERS: usize = 8;

/// Answers `/graphql` to `peer`.
pub async fn handle(server: &Server, peer: IpAddr, request: Request) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let (method, headers) = (&parts.method, &parts.headers);
    let Some(media_type) = accepted(headers) else {
        return (
            StatusCode::NOT_ACCEPTABLE,
            "Accept application/graphql-response+json or application/json.\n",
        )
            .into_response();
    };
    let origin = Origin::of(server, peer, headers);
    let query = parts.uri.query().unwrap_or_default();
    let is_get = matches!(*method, Method::GET | Method::HEAD);
    let key = (is_get && origin.is_anonymous()).then(|| {
        let changes = server.app.changes.load(Ordering::Relaxed);
        server.kept.key(query, media_type, changes)
    });
    let answer = Answer {
        server,
        media_type,
        started,
    };
    if let Some(kept) = key.as_deref().and_then(|key| server.kept.find(key)) {
        return answer.kept(headers, &kept);
    }
    let params = match *method {
        Method::GET | Method::HEAD => from_query(query),
        Method::POST => from_body(headers, body, server.patience.body).await,
        _ => {
            let error = document_error(code::BAD_USER_INPUT, "Use POST, or GET for queries.");
            Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, error))
        }
    };
    match find(server, &origin, method, params).await {
        Ok(executable) => match key.filter(|_| executable.is_cacheable) {
            Some(key) => Box::pin(answer.public(headers, &key, executable)).await,
            None => answer.private(executable).await,
        },
        Err(refused) => answer.refused(&refused),
    }
}

/// Finds what is asked for.
async fn find(
    server: &Server,
    origin: &Origin,
    method: &Method,
    params: Result<Params, Refused>,
) -> Result<Executable, Refused> {
    let params = params?;
    let (asker, _) = origin
        .asker(server)
        .await
        .map_err(|error| Refused::unauthenticated(&error))?;
    let executable = server.documents.find(params, &asker).await?;
    if executable.kind == OperationType::Mutation && *method != Method::POST {
        let error = document_error(code::BAD_USER_INPUT, "Send mutations by POST.");
        return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, error));
    }
    if executable.kind == OperationType::Subscription {
        let message = "Send subscriptions to /graphql/ws or /graphql/stream.";
        let error = document_error(code::BAD_USER_INPUT, message);
        return Err(Refused::new(StatusCode::BAD_REQUEST, error));
    }
    Ok(executable)
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

/// How a request is answered.
struct Answer<'a> {
    server: &'a Server,
    media_type: MediaType,
    started: Instant,
}

impl Answer<'_> {
    /// Executes what is one caller's own.
    async fn private(&self, executable: Executable) -> Response {
        let (field, cost) = (executable.field, executable.cost);
        let (response, code) = self.server.documents.execute(executable).await;
        self.executed(field, code, cost, &response)
    }

    /// Executes what is the same for all, once for all who ask at the same time.
    async fn public(&self, asked: &HeaderMap, key: &str, executable: Executable) -> Response {
        let (field, cost) = (executable.field, executable.cost);
        let (mut executable, mut own) = (Some(executable), None);
        let execute = async {
            let (response, code) = self.server.documents.execute(executable.take()?).await;
            let body = code.is_none().then(|| write(&response, cost));
            own = Some((response, code));
            Some(Arc::new(Kept::new(body??, field)))
        };
        let kept = self.server.kept.find_or(key, execute).await;
        match (kept, own, executable) {
            (Some(kept), ..) => self.kept(asked, &kept),
            (None, Some((response, code)), _) => self.executed(field, code, cost, &response),
            (None, None, Some(executable)) => self.private(executable).await,
            (None, None, None) => unreachable!("what was executed left its response"),
        }
    }

    fn kept(&self, asked: &HeaderMap, kept: &Kept) -> Response {
        self.count(kept.field, "ok");
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(CACHED));
        headers.insert(VARY, VARIES_PUBLIC);
        headers.insert(ETAG, kept.etag.clone());
        let tags = asked.get(IF_NONE_MATCH);
        if tags.is_some_and(|tags| is_known(tags, &kept.etag)) {
            return respond(StatusCode::NOT_MODIFIED, headers, Body::empty());
        }
        headers.insert(CONTENT_TYPE, self.media_type.content_type());
        respond(StatusCode::OK, headers, kept.body.clone())
    }

    fn executed(
        &self,
        field: &'static str,
        code: Option<&'static str>,
        cost: Option<u64>,
        response: &GraphqlResponse,
    ) -> Response {
        self.count(field, code.unwrap_or("ok"));
        let is_bad = is_request_error(response) && self.media_type == MediaType::GraphqlResponse;
        let status = if is_bad {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::OK
        };
        let Some(body) = write(response, cost) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut headers = self.private_headers();
        add_retry_headers(&mut headers, &self.server.app, &response.errors);
        respond(status, headers, body)
    }

    fn refused(&self, refused: &Refused) -> Response {
        let labels = OperationLabels {
            field: "none",
            outcome: "refused",
        };
        self.server
            .app
            .metrics
            .requests
            .get_or_create(&labels)
            .inc();
        let is_old_document_error =
            self.media_type == MediaType::Json && refused.errors.iter().all(is_of_document);
        let status = if is_old_document_error {
            StatusCode::OK
        } else {
            refused.status
        };
        let mut headers = self.private_headers();
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, HeaderValue::from_static("POST, GET"));
        }
        add_retry_headers(&mut headers, &self.server.app, &refused.errors);
        let body = serde_json::to_vec(&ResponseBody::refusal(&refused.errors)).unwrap_or_default();
        respond(status, headers, body)
    }

    /// The headers of an answer that no cache may keep.
    fn private_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(CONTENT_TYPE, self.media_type.content_type());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, VARIES);
        headers
    }

    fn count(&self, field: &'static str, outcome: &'static str) {
        let (metrics, labels) = (&self.server.app.metrics, OperationLabels { field, outcome });
        metrics.requests.get_or_create(&labels).inc();
        let seconds = self.started.elapsed().as_secs_f64();
        metrics
            .request_seconds
            .get_or_create(&labels)
            .observe(seconds);
        tracing::debug!(
            request = RequestId::current(),
            field,
            outcome,
            seconds,
            "answered"
        );
    }
}

/// A response made of its parts, without copying the headers.
fn respond(status: StatusCode, headers: HeaderMap, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The body of a response; none if it cannot be written, which is a fault of the program.
pub fn write(response: &GraphqlResponse, cost: Option<u64>) -> Option<Vec<u8>> {
    let written = serde_json::to_vec(&ResponseBody::new(response, cost));
    written
        .inspect_err(|error| {
            tracing::error!(request = RequestId::current(), %error, "a response could not be written");
        })
        .ok()
}

/// Whether an error is one of the document, for which clients of the older media type expect status 200.
fn is_of_document(error: &ServerError) -> bool {
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
