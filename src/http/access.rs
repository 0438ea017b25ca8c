//! The access log, a line for each request when it is over, and the span of each request that is traced.
//!
//! An entry begins with the head of a request. It is over with the last byte of its response, or with its socket: when
//! it is dropped, so also where its client has gone. What is known on the way is noted in it. Nothing of a client's own
//! gets in: a path is the template of its route, without ids and tokens, an operation is its first root field, as the
//! schema has it, and an address is nowhere, since even a part of one can be a person's.

use std::borrow::Cow;
use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use async_graphql::{ServerError, Value};
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tracing::Level;

use crate::telemetry::traces::{self, Span};
use crate::telemetry::{ACCESS_LOG, RequestId};

/// Paths that balancers and supervisors ask for every second, which would drown the rest.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

tokio::task_local! {
    static ENTRY: Cell<Option<Box<Entry>>>;
}

/// Whether there is an access log.
fn is_logged() -> bool {
    tracing::enabled!(target: ACCESS_LOG, Level::INFO)
}

/// Whether there may be entries, for which routes are to be noted.
pub(super) fn is_kept() -> bool {
    is_logged() || traces::are_sent()
}

/// A request that is on the way.
#[derive(Debug)]
pub(super) struct Entry {
    id: RequestId,
    started: Instant,
    method: &'static str,
    route: Option<Route>,
    /// None where the client has gone before there was one.
    status: Option<StatusCode>,
    /// Bytes of the response's body; none of a socket.
    bytes: Option<u64>,
    field: Option<&'static str>,
    outcome: Option<Cow<'static, str>>,
    /// The code that a socket was closed with.
    close_code: Option<u16>,
    is_logged: bool,
    span: Span,
}

#[derive(Debug)]
enum Route {
    Graphql,
    Matched(MatchedPath),
}

impl Entry {
    /// Begins the entry of a request; none, without an allocation, where it is neither logged nor traced.
    pub fn begin(id: RequestId, request: &Request) -> Option<Box<Self>> {
        if !is_kept() || PROBES.contains(&request.uri().path()) {
            return None;
        }
        let is_logged = is_logged();
        let span = Span::request(request.headers(), id);
        (is_logged || span.is_recorded()).then(|| {
            Box::new(Self {
                id,
                started: Instant::now(),
                method: method_name(request.method()),
                route: None,
                status: None,
                bytes: None,
                field: None,
                outcome: None,
                close_code: None,
                is_logged,
                span,
            })
        })
    }

    /// Answers the request, and ends the entry with its response, unless it was taken for what goes on after that.
    pub async fn follow(self: Box<Self>, answering: impl Future<Output = Response>) -> Response {
        let below = self.span.context();
        let answering = async {
            let response = answering.await;
            match ENTRY.with(Cell::take) {
                Some(entry) => entry.end_with(response),
                None => response,
            }
        };
        let answering = ENTRY.scope(Cell::new(Some(self)), answering);
        below.scope(answering).await
    }

    /// The response, with which the entry ends: at once where its length is known, or else when its body does.
    fn end_with(mut self: Box<Self>, response: Response) -> Response {
        self.status = Some(response.status());
        let length = response.body().size_hint().exact();
        if self.method == "HEAD" || length.is_some() {
            let is_sent = self.method != "HEAD";
            self.bytes = length.filter(|_| is_sent).or(Some(0));
            return response;
        }
        self.bytes = Some(0);
        response.map(|body| Body::new(CountedBody { body, entry: self }))
    }

    /// Notes that the connection has become a socket.
    pub fn set_upgraded(&mut self) {
        self.status = Some(StatusCode::SWITCHING_PROTOCOLS);
    }

    /// Notes how a socket was closed.
    pub fn set_close_code(&mut self, code: u16) {
        self.close_code = Some(code);
    }

    /// Notes in the span what the log would say; it ends when it is dropped.
    fn end_span(&mut self) {
        let Self { span, method, .. } = self;
        if !span.is_recorded() {
            return;
        }
        let route = template(self.route.as_ref());
        span.rename(|| format!("{method} {route}"));
        span.set_word("http.request.method", method);
        span.set_word("http.route", route);
        span.set_word("acclaim.request", &self.id.to_string());
        if let Some(status) = self.status {
            span.set_number("http.response.status_code", status.as_u16().into());
        }
        if let Some(field) = self.field {
            span.set_word("graphql.field", field);
        }
        if let Some(outcome) = &self.outcome {
            span.set_word("acclaim.outcome", outcome);
        }
        if self.status.is_none_or(|status| status.is_server_error()) {
            span.fail();
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if self.is_logged {
            // To the microsecond.
            let ms = (self.started.elapsed().as_secs_f64() * 1_000_000.0).round() / 1_000.0;
            tracing::info!(
                target: ACCESS_LOG,
                request = %self.id,
                method = self.method,
                route = template(self.route.as_ref()),
                status = self.status.map(|status| status.as_u16()),
                ms,
                bytes = self.bytes,
                field = self.field,
                outcome = self.outcome.as_deref(),
                close_code = self.close_code,
                "access"
            );
        }
        self.end_span();
    }
}

/// The path of a route, with names in the place of ids and tokens.
fn template(route: Option<&Route>) -> &str {
    match route {
        Some(Route::Graphql) => "/graphql",
        Some(Route::Matched(path)) => path.as_str(),
        None => "unknown",
    }
}

/// The name of a method, of which clients can make up others.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

/// Changes the entry of the request that is being answered, if it has one.
fn edit(change: impl FnOnce(&mut Entry)) {
    let _ = ENTRY.try_with(|kept| {
        if let Some(mut entry) = kept.take() {
            change(&mut entry);
            kept.set(Some(entry));
        }
    });
}

/// Takes the entry of the request that is being answered, for what goes on after its response.
pub(super) fn take() -> Option<Box<Entry>> {
    ENTRY.try_with(Cell::take).ok().flatten()
}

/// Notes that the request is for `/graphql`, which no router has matched.
pub(super) fn note_graphql() {
    edit(|entry| entry.route = Some(Route::Graphql));
}

/// Notes the route that a request has matched.
pub(super) async fn note_route(request: Request) -> Request {
    if let Some(path) = request.extensions().get::<MatchedPath>() {
        edit(|entry| entry.route = Some(Route::Matched(path.clone())));
    }
    request
}

/// Notes an operation and its outcome.
pub(super) fn note_operation(field: &'static str, outcome: &'static str) {
    edit(|entry| {
        entry.field = Some(field);
        entry.outcome = Some(Cow::Borrowed(outcome));
    });
}

/// Notes that an operation is not executed, and the code of the first error.
pub(super) fn note_refusal(errors: &[ServerError]) {
    edit(|entry| {
        let extensions = errors.first().and_then(|error| error.extensions.as_ref());
        if let Some(Value::String(code)) = extensions.and_then(|all| all.get("code")) {
            entry.outcome = Some(Cow::Owned(code.clone()));
        }
    });
}

/// A body of an unknown length, which is counted.
struct CountedBody {
    body: Body,
    entry: Box<Entry>,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let length = frame.data_ref().map_or(0, Bytes::len) as u64;
            self.entry.bytes = self.entry.bytes.map(|bytes| bytes + length);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
