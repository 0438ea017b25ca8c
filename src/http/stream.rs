//! graphql-sse, distinct connections: one operation a request, its results as server-sent events.

use std::convert::Infallible;
use std::net::IpAddr;
use std::time::Duration;

use async_graphql::Response as GraphqlResponse;
use async_graphql::parser::types::OperationType;
use axum::extract::State;
use axum::http::header::{ALLOW, CACHE_CONTROL};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use futures_util::stream;
use prometheus_client::metrics::gauge::Gauge;

use super::Server;
use super::access;
use super::client::{ClientHeaders, TokenLife};
use super::negotiate::accepts_events;
use super::params::{Rejection, body_bytes_max, from_body, from_query};
use super::places::Place;
use super::response::{ResponseBody, too_many_subscribers};
use super::shared_subscriptions::Update;
use crate::auth::Viewer;
use crate::graphql::RequestContext;
use crate::graphql::document::{CostFigures, Errors, Executable, Params};

/// When a client of a stopping server is to come back.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// Answers `/graphql/stream`. Errors of the request are results, as the protocol asks for: a client that reads events
/// only sees them.
pub(super) async fn handle(
    State(server): State<Server>,
    client_headers: ClientHeaders,
    method: Method,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Response {
    if !accepts_events(&headers) {
        return (StatusCode::NOT_ACCEPTABLE, "Accept text/event-stream.\n").into_response();
    }
    let is_get = method == Method::GET;
    let params = match method {
        Method::GET => from_query(request.uri().query().unwrap_or_default()),
        Method::POST => {
            let body = request.into_body();
            let bytes_max = body_bytes_max(&client_headers, &server, &body);
            from_body(&headers, body, bytes_max, server.timeouts.body).await
        }
        _ => return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "POST, GET")]).into_response(),
    };
    let place = match server.subscriber_place(client_headers.client()) {
        Ok(place) => place,
        Err(full) => return too_many_subscribers(full),
    };
    let mut subscribed = Subscribed::new(&server, place);
    let prepared = match prepare(&server, &client_headers, params).await {
        Ok(prepared) => prepared,
        Err(errors) => return rejected(&server, subscribed, errors),
    };
    if is_get && prepared.executable.kind == OperationType::Mutation {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "POST")]).into_response();
    }
    match server.viewer_place(prepared.requester.viewer) {
        Ok(place) => subscribed.viewer_place = place,
        Err(full) => return too_many_subscribers(full),
    }
    execute(&server, subscribed, prepared)
}

/// An operation that is ready to be executed, with its requester.
struct Prepared {
    executable: Executable,
    requester: RequestContext,
    life: TokenLife,
}

async fn prepare(
    server: &Server,
    client_headers: &ClientHeaders,
    params: Result<Params, Rejection>,
) -> Result<Prepared, Errors> {
    let params = params.map_err(|rejection| rejection.errors)?;
    let (requester, life) = client_headers
        .requester(server)
        .await
        .map_err(|error| Rejection::unauthenticated(&error).errors)?;
    let executable = server.documents.find(params, &requester).await?;
    access::note_operation(executable.field, "ok");
    Ok(Prepared {
        executable,
        requester,
        life,
    })
}

/// Answers with the results of an operation, until its requester's token or session ends.
fn execute(server: &Server, subscribed: Subscribed, prepared: Prepared) -> Response {
    let Prepared {
        mut executable,
        requester,
        life,
    } = prepared;
    let ended = Box::pin(life.ended());
    if let Some(shared) = executable.shared.take() {
        let documents = &server.documents;
        let watched = server
            .subscriptions
            .watch(documents, &requester, shared, executable);
        return match watched {
            Ok(updates) => {
                let results = updates.filter_map(|update| std::future::ready(update_text(&update)));
                events(server, subscribed, results.take_until(ended))
            }
            Err(errors) => rejected(server, subscribed, errors),
        };
    }
    let cost = executable.cost;
    let responses = server.documents.execute_stream(executable);
    let results = responses.map(move |response| response_text(&response, cost));
    events(server, subscribed, results.take_until(ended))
}

/// Answers with errors as the only result.
fn rejected(server: &Server, subscribed: Subscribed, errors: Errors) -> Response {
    access::note_refusal(&errors);
    let result = response_text(&GraphqlResponse::from_errors(errors), None);
    events(server, subscribed, stream::iter([result]))
}

/// A result in JSON.
fn response_text(response: &GraphqlResponse, cost: Option<CostFigures>) -> String {
    serde_json::to_string(&ResponseBody::new(response, cost)).unwrap_or_default()
}

/// A result of a shared subscription, in JSON.
fn update_text(update: &Update) -> Option<String> {
    match update {
        Update::Nothing => None,
        Update::Payload(payload) => Some(String::from_utf8_lossy(payload).into_owned()),
        Update::Rejected(errors) => serde_json::to_string(&ResponseBody::rejected(errors)).ok(),
    }
}

/// Counts an open stream for as long as it lives.
struct Subscribed {
    gauge: Gauge,
    _place: Place<IpAddr>,
    viewer_place: Option<Place<Viewer>>,
}

impl Subscribed {
    fn new(server: &Server, place: Place<IpAddr>) -> Self {
        let gauge = server.app.metrics.subscribers.clone();
        gauge.inc();
        Self {
            gauge,
            _place: place,
            viewer_place: None,
        }
    }
}

impl Drop for Subscribed {
    fn drop(&mut self) {
        self.gauge.dec();
    }
}

/// Answers with these results, which are JSON.
fn events(
    server: &Server,
    subscribed: Subscribed,
    results: impl stream::Stream<Item = String> + Send + 'static,
) -> Response {
    let stopping = server.stopping.clone();
    let results = results.map(|data| Event::default().event("next").data(data));
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
    let keep_alive = KeepAlive::new().interval(server.timeouts.comment);
    (
        [(CACHE_CONTROL, "no-store")],
        Sse::new(events).keep_alive(keep_alive),
    )
        .into_response()
}
