//! GraphQL over HTTP: one operation a request, by POST, or by GET for queries.
//!
//! A request error (bad JSON, syntax, validation) has no `data` in its answer, and status 400; under the older media type
//! `application/json` errors of the document have status 200, as its clients expect. Errors of fields have status 200.
//!
//! The answer to a query by its hash, by GET and without a token, is the same for all: shared caches may keep it for a
//! second, and `cached` does for a moment.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use async_graphql::Response as GraphqlResponse;
use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Server;
use super::cache_control::{SHARED, VARIES, VARIES_PUBLIC};
use super::client::Origin;
use super::negotiate::{MediaType, accepted, is_known};
use super::params::{Rejection, from_body, from_query};
use super::response::{
    ResponseBody, add_retry_headers, is_of_document, is_request_error, respond, write,
};
use super::response_cache::CachedResponse;
use crate::graphql::document::{Executable, Params};
use crate::graphql::error::{code, document_error};
use crate::telemetry::{OperationLabels, RequestId};

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
        let public_revision = server.app.public_revision.load(Ordering::Relaxed);
        server
            .response_cache
            .key(query, media_type, public_revision)
    });
    let answer = Answer {
        server,
        media_type,
        started,
    };
    if let Some(cached) = key
        .as_deref()
        .and_then(|key| server.response_cache.find(key))
    {
        return answer.cached(headers, &cached);
    }
    let params = match *method {
        Method::GET | Method::HEAD => from_query(query),
        Method::POST => from_body(headers, body, server.timeouts.body).await,
        _ => {
            let error = document_error(code::BAD_USER_INPUT, "Use POST, or GET for queries.");
            Err(Rejection::new(StatusCode::METHOD_NOT_ALLOWED, error))
        }
    };
    match find(server, &origin, method, params).await {
        Ok(executable) => match key.filter(|_| executable.is_cacheable) {
            Some(key) => Box::pin(answer.public(headers, &key, executable)).await,
            None => answer.private(executable).await,
        },
        Err(rejection) => answer.rejection(&rejection),
    }
}

/// Finds what is asked for.
async fn find(
    server: &Server,
    origin: &Origin,
    method: &Method,
    params: Result<Params, Rejection>,
) -> Result<Executable, Rejection> {
    let params = params?;
    let (requester, _) = origin
        .requester(server)
        .await
        .map_err(|error| Rejection::unauthenticated(&error))?;
    let executable = server.documents.find(params, &requester).await?;
    if executable.kind == OperationType::Mutation && *method != Method::POST {
        let error = document_error(code::BAD_USER_INPUT, "Send mutations by POST.");
        return Err(Rejection::new(StatusCode::METHOD_NOT_ALLOWED, error));
    }
    if executable.kind == OperationType::Subscription {
        let message = "Send subscriptions to /graphql/ws or /graphql/stream.";
        let error = document_error(code::BAD_USER_INPUT, message);
        return Err(Rejection::new(StatusCode::BAD_REQUEST, error));
    }
    Ok(executable)
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
            Some(Arc::new(CachedResponse::new(body??, field)))
        };
        let cached = self.server.response_cache.find_or(key, execute).await;
        match (cached, own, executable) {
            (Some(cached), ..) => self.cached(asked, &cached),
            (None, Some((response, code)), _) => self.executed(field, code, cost, &response),
            (None, None, Some(executable)) => self.private(executable).await,
            (None, None, None) => unreachable!("what was executed left its response"),
        }
    }

    fn cached(&self, asked: &HeaderMap, cached: &CachedResponse) -> Response {
        self.count(cached.field, "ok");
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(SHARED));
        headers.insert(VARY, VARIES_PUBLIC);
        headers.insert(ETAG, cached.etag.clone());
        let tags = asked.get(IF_NONE_MATCH);
        if tags.is_some_and(|tags| is_known(tags, &cached.etag)) {
            return respond(StatusCode::NOT_MODIFIED, headers, Body::empty());
        }
        headers.insert(CONTENT_TYPE, self.media_type.content_type());
        respond(StatusCode::OK, headers, cached.body.clone())
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

    fn rejection(&self, rejection: &Rejection) -> Response {
        let labels = OperationLabels {
            field: "none",
            outcome: "rejection",
        };
        self.server
            .app
            .metrics
            .requests
            .get_or_create(&labels)
            .inc();
        let is_old_document_error =
            self.media_type == MediaType::Json && rejection.errors.iter().all(is_of_document);
        let status = if is_old_document_error {
            StatusCode::OK
        } else {
            rejection.status
        };
        let mut headers = self.private_headers();
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, HeaderValue::from_static("POST, GET"));
        }
        add_retry_headers(&mut headers, &self.server.app, &rejection.errors);
        let body =
            serde_json::to_vec(&ResponseBody::refusal(&rejection.errors)).unwrap_or_default();
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
