//! The service: answers a request, `/graphql` past the router, compressed where that is worth it.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{ConnectInfo, Request};
use axum::http::Method;
use axum::http::header::{ACCEPT_ENCODING, HeaderName, HeaderValue, ORIGIN, VARY};
use axum::response::Response;
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};

use super::Server;
use super::access::{self, Entry};
use crate::telemetry::RequestId;

/// Responses below this are not worth compressing: they fit into one packet.
const COMPRESSED_BYTES_MIN: u16 = 1_024;
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const VARIES_BY_ORIGIN: HeaderValue = HeaderValue::from_static("origin");

/// Answers requests: those to `/graphql`, nearly all there are, without the router and its boxes.
#[derive(Clone)]
pub struct Service {
    server: Server,
    router: Router,
}

impl Service {
    pub(super) fn new(server: Server, router: Router) -> Self {
        Self { server, router }
    }

    /// Answers a request from `peer`; the response shows the request's id. A client's own id is not believed: it could
    /// forge the log.
    pub async fn answer(&self, mut request: Request, peer: SocketAddr) -> Response {
        let id = RequestId::new();
        let entry = Entry::begin(id, &request);
        let answering = async {
            if request.uri().path() == "/graphql" && !self.is_cross_site(&request) {
                access::note_graphql();
                let mut response = graphql(&self.server, peer.ip(), request).await;
                if !self.server.allowed_origins.is_empty() {
                    // A cache must not give this one, which names no origin, to a page of another site.
                    response.headers_mut().append(VARY, VARIES_BY_ORIGIN);
                }
                return response;
            }
            request.extensions_mut().insert(ConnectInfo(peer));
            let routed = Box::pin(self.router.clone().oneshot(request));
            let Ok(response) = routed.await;
            response
        };
        let mut response = match entry {
            None => id.scope(answering).await,
            Some(entry) => Box::pin(entry.follow(id.scope(answering))).await,
        };
        if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::copy_from_slice(&id.digits())) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }

    /// Whether a page of another site may be asking, which the router's layers look at.
    fn is_cross_site(&self, request: &Request) -> bool {
        !self.server.allowed_origins.is_empty()
            && (request.headers().contains_key(ORIGIN) || request.method() == Method::OPTIONS)
    }
}

/// Answers `/graphql`, compressed where that is worth it.
pub(super) async fn graphql(server: &Server, peer: IpAddr, request: Request) -> Response {
    let encodings = request.headers().get(ACCEPT_ENCODING).cloned();
    let response = super::graphql::handle(server, peer, request).await;
    match encodings {
        Some(encodings) if is_worth_compressing(&response) => compressed(encodings, response).await,
        _ => response,
    }
}

fn is_worth_compressing(response: &Response) -> bool {
    response.body().size_hint().lower() >= u64::from(COMPRESSED_BYTES_MIN)
}

/// The response in one of these encodings, if they are known.
pub(super) async fn compressed(encodings: HeaderValue, response: Response) -> Response {
    let mut request = axum::http::Request::new(());
    request.headers_mut().insert(ACCEPT_ENCODING, encodings);
    let mut response = Some(response);
    let respond = service_fn(move |_| {
        let response = response.take().unwrap_or_default();
        std::future::ready(Ok::<_, std::convert::Infallible>(response))
    });
    let Ok(response) = compression().layer(respond).oneshot(request).await;
    response.map(Body::new)
}

pub(super) fn compression() -> CompressionLayer<impl tower_http::compression::Predicate> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(
            SizeAbove::new(COMPRESSED_BYTES_MIN)
                .and(NotForContentType::SSE)
                .and(NotForContentType::IMAGES),
        )
}
