//! GraphQL over HTTP: one operation a request, by POST, or by GET for queries.
//!
//! A request error (bad JSON, syntax, validation) has no `data` in its response, and status 400; under the older media
//! type `application/json` errors of the document have status 200, as its clients expect. Errors of fields have status
//! 200.
//!
//! The response to a query by its hash, by GET and without a token, is the same for all: shared caches may keep it for
//! a second, and so does the `response_cache`.

use std::net::IpAddr;
use std::time::Instant;

use async_graphql::Response as GraphqlResponse;
use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Server;
use super::access;
use super::cache_control::{SHARED, VARIES, VARIES_PUBLIC};
use super::client::ClientHeaders;
use super::negotiate::{MediaType, accepted, accepts_html, is_known};
use super::params::{Rejection, body_bytes_max, from_body, from_query};
use super::response::{
    ResponseBody, add_retry_headers, is_of_document, is_request_error, respond, write,
};
use super::response_cache::{CachedResponse, Found};
use crate::graphql::document::{Audience, CostFigures, Executable, Params};
use crate::graphql::error::{code, document_error};
use crate::telemetry::{OperationLabels, RequestId};

/// Room for the headers of a response: three or four of ours, its id, and those that compression adds.
const HEADERS: usize = 8;

/// Answers `/graphql` to `peer`.
pub(super) async fn handle(server: &Server, peer: IpAddr, request: Request) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    if is_visit(&parts) {
        return welcome(server);
    }
    let Some(media_type) = accepted(&parts.headers) else {
        return not_acceptable();
    };
    let responder = Responder {
        server,
        media_type,
        started,
    };
    let client_headers = ClientHeaders::new(server, peer, &parts.headers);
    let key = public_key(server, &parts, &client_headers, media_type);
    if let Some(key) = &key
        && let Some(cached) = server.response_cache.find(key, &server.app.public_changes)
    {
        return responder.respond_cached(&parts.headers, &cached);
    }
    let params = read_params(server, &client_headers, &parts, body).await;
    let executable = match find(server, &client_headers, &parts.method, params).await {
        Ok(executable) => executable,
        Err(rejection) => return responder.reject(&rejection),
    };
    match key.filter(|_| executable.is_cacheable) {
        Some(key) => Box::pin(responder.execute_shared(&parts.headers, &key, executable)).await,
        None => responder.execute(executable).await,
    }
}

/// Whether somebody has opened the address in a browser: no operation is asked for.
fn is_visit(parts: &Parts) -> bool {
    let is_get = matches!(parts.method, Method::GET | Method::HEAD);
    is_get && parts.uri.query().is_none_or(str::is_empty) && accepts_html(&parts.headers)
}

/// The answer to somebody who has opened the address in a browser.
fn welcome(server: &Server) -> Response {
    let way = if server.documents.is_open() {
        "<p>在 <a href=\"/graphiql\">GraphiQL</a> 里试用，接口说明见 <a href=\"/schema.graphql\">schema.graphql</a>。\
        Try it in <a href=\"/graphiql\">GraphiQL</a>; <a href=\"/schema.graphql\">schema.graphql</a> describes it.</p>"
    } else {
        ""
    };
    let html = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>GraphQL</title></head><body>\
        <p>这里是 GraphQL 接口：请用 POST 发送 {{\"query\": \"{{ serverTime }}\"}}。\
        This is the GraphQL API: send {{\"query\": \"{{ serverTime }}\"}} by POST.</p>{way}\
        <p><a href=\"/\">评选首页 · All campaigns</a></p></body></html>"
    );
    let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = HeaderMap::from_iter([
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (VARY, VARIES),
    ]);
    respond(StatusCode::OK, headers, html)
}

fn not_acceptable() -> Response {
    let text = "Accept application/graphql-response+json or application/json.\n";
    (StatusCode::NOT_ACCEPTABLE, text).into_response()
}

/// The key of the response cache; none for a request whose response may be its requester's own.
fn public_key(
    server: &Server,
    parts: &Parts,
    client_headers: &ClientHeaders,
    media_type: MediaType,
) -> Option<String> {
    let is_get = matches!(parts.method, Method::GET | Method::HEAD);
    if !is_get || !client_headers.is_anonymous() {
        return None;
    }
    let query = parts.uri.query().unwrap_or_default();
    Some(
        server
            .response_cache
            .key(format_args!("{media_type:?} {query}")),
    )
}

async fn read_params(
    server: &Server,
    client_headers: &ClientHeaders,
    parts: &Parts,
    body: Body,
) -> Result<Params, Rejection> {
    match parts.method {
        Method::GET | Method::HEAD => from_query(parts.uri.query().unwrap_or_default()),
        Method::POST => {
            let bytes_max = body_bytes_max(client_headers, server, &body);
            from_body(&parts.headers, body, bytes_max, server.timeouts.body).await
        }
        _ => {
            let error = document_error(code::BAD_USER_INPUT, "Use POST, or GET for queries.");
            Err(Rejection::new(StatusCode::METHOD_NOT_ALLOWED, error))
        }
    }
}

/// Finds the operation that is asked for, ready to be executed.
async fn find(
    server: &Server,
    client_headers: &ClientHeaders,
    method: &Method,
    params: Result<Params, Rejection>,
) -> Result<Executable, Rejection> {
    let params = params?;
    let (requester, _) = client_headers
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

/// Makes the response to one request.
struct Responder<'a> {
    server: &'a Server,
    media_type: MediaType,
    started: Instant,
}

impl Responder<'_> {
    /// Executes an operation for its requester alone.
    async fn execute(&self, executable: Executable) -> Response {
        let field = executable.field;
        let cost = executable.cost;
        let (response, code) = self.server.documents.execute(executable).await;
        self.respond(field, code, cost, &response)
    }

    /// Executes a query whose response is the same for all, once for all who ask at the same time. A response with
    /// errors is not cached, nor is one that turns out to be the requester's own: each of the others then executes its
    /// own.
    async fn execute_shared(
        &self,
        headers: &HeaderMap,
        key: &str,
        executable: Executable,
    ) -> Response {
        let changes = &self.server.app.public_changes;
        let found = self.server.response_cache.find_or_reserve(key, changes);
        let place = match found.await {
            Found::Response(cached) => return self.respond_cached(headers, &cached),
            Found::Uncacheable => return self.execute(executable).await,
            Found::Reserved(place) => place,
        };
        let field = executable.field;
        let cost = executable.cost;
        let change_count = changes.count();
        let documents = &self.server.documents;
        let (response, code, audience) = documents.execute_public(executable).await;
        let made = match audience {
            Audience::All(campaigns) if code.is_none() => write(&response, cost)
                .map(|body| CachedResponse::new(body, field, campaigns, change_count)),
            _ => None,
        };
        if let Some(made) = made {
            let cached = place.fill(made);
            self.respond_cached(headers, &cached)
        } else {
            place.mark_uncacheable();
            self.respond(field, code, cost, &response)
        }
    }

    fn respond_cached(&self, request: &HeaderMap, cached: &CachedResponse) -> Response {
        self.count(cached.field, "ok");
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(SHARED));
        headers.insert(VARY, VARIES_PUBLIC);
        headers.insert(ETAG, cached.etag.clone());
        let tags = request.get(IF_NONE_MATCH);
        if tags.is_some_and(|tags| is_known(tags, &cached.etag)) {
            return respond(StatusCode::NOT_MODIFIED, headers, Body::empty());
        }
        headers.insert(CONTENT_TYPE, self.media_type.content_type());
        respond(StatusCode::OK, headers, cached.body.clone())
    }

    fn respond(
        &self,
        field: &'static str,
        code: Option<&'static str>,
        cost: Option<CostFigures>,
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

    fn reject(&self, rejection: &Rejection) -> Response {
        let labels = OperationLabels {
            field: "none",
            outcome: "refused",
        };
        let requests = &self.server.app.metrics.requests;
        requests.get_or_create(&labels).inc();
        access::note_refusal(&rejection.errors);
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
            serde_json::to_vec(&ResponseBody::rejected(&rejection.errors)).unwrap_or_default();
        respond(status, headers, body)
    }

    /// The headers of a response that no cache may keep.
    fn private_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(CONTENT_TYPE, self.media_type.content_type());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, VARIES);
        headers
    }

    fn count(&self, field: &'static str, outcome: &'static str) {
        let metrics = &self.server.app.metrics;
        let labels = OperationLabels { field, outcome };
        metrics.requests.get_or_create(&labels).inc();
        let seconds = self.started.elapsed().as_secs_f64();
        metrics
            .request_seconds
            .get_or_create(&labels)
            .observe(seconds);
        access::note_operation(field, outcome);
        tracing::debug!(
            request = RequestId::current(),
            field,
            outcome,
            seconds,
            "answered"
        );
    }
}
