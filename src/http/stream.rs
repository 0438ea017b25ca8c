//! graphql-sse, distinct connections: one operation a request, its results as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use async_graphql::Response as GraphqlResponse;
use axum::extract::State;
use axum::http::header::{ALLOW, CACHE_CONTROL};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use futures_util::stream;

use super::Server;
use super::client::Origin;
use super::graphql::{Refused, ResponseBody, from_body, from_query, prepare, unauthenticated};
use crate::graphql::error::finish;

/// How often a comment keeps the connection alive through proxies.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// When a client of a stopping server is to come back.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// Answers `/graphql/stream`. Errors of the request are results, as the protocol asks for: a client that reads events
/// only sees them.
pub async fn handle(
    State(server): State<Server>,
    origin: Origin,
    method: Method,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Response {
    let params = match method {
        Method::GET => from_query(request.uri().query().unwrap_or_default()),
        Method::POST => from_body(&headers, request.into_body()).await,
        _ => return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "POST, GET")]).into_response(),
    };
    let prepared = match params.and_then(prepare) {
        Ok(prepared) => prepared,
        Err(refused) => return events(&server, stream::iter([refusal(refused)])),
    };
    let (asker, expires_at) = match origin.asker(&server).await {
        Ok(asker) => asker,
        Err(error) => return events(&server, stream::iter([refusal(unauthenticated(&error))])),
    };
    if method == Method::GET && prepared.is_mutation() {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "POST")]).into_response();
    }
    let lifetime = expires_at.map(|at| (at - server.app.clock.now()).to_std().unwrap_or_default());
    let expired = async move {
        match lifetime {
            Some(lifetime) => tokio::time::sleep(lifetime).await,
            None => std::future::pending().await,
        }
    };
    let responses = server
        .schema
        .execute_stream(prepared.into_request().data(asker))
        .map(|mut response| {
            finish(&mut response);
            response
        });
    events(&server, responses.take_until(Box::pin(expired)))
}

/// Its errors have their codes already.
fn refusal(refused: Refused) -> GraphqlResponse {
    GraphqlResponse::from_errors(refused.into_errors())
}

/// Counts an open stream for as long as it lives.
struct Subscribed(Server);

impl Subscribed {
    fn new(server: &Server) -> Self {
        server.app.metrics.subscribers.inc();
        Self(server.clone())
    }
}

impl Drop for Subscribed {
    fn drop(&mut self) {
        self.0.app.metrics.subscribers.dec();
    }
}

/// Answers with these responses, whose errors have their codes.
fn events(
    server: &Server,
    responses: impl stream::Stream<Item = GraphqlResponse> + Send + 'static,
) -> Response {
    let subscribed = Subscribed::new(server);
    let stopping = server.stopping.clone();
    let results = responses.map(|response| {
        let data = serde_json::to_string(&ResponseBody::new(&response)).unwrap_or_default();
        Event::default().event("next").data(data)
    });
    let stopped = server.stopping.clone();
    let last = stream::once(async move {
        if stopped.is_cancelled() {
            // No complete: the client comes back to another process.
            Event::default()
                .retry(RECONNECT_AFTER)
                .comment("going away")
        } else {
            Event::default().event("complete").data("")
        }
    });
    let events = results
        .take_until(async move { stopping.cancelled().await })
        .chain(last)
        .map(move |event| {
            let _ = &subscribed;
            Ok::<_, Infallible>(event)
        });
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    (
        [(CACHE_CONTROL, "no-store")],
        Sse::new(events).keep_alive(keep_alive),
    )
        .into_response()
}
