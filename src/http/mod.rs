//! HTTP: the router, and serving until told to stop.
//!
//! `graphql` is GraphQL over HTTP, `socket` graphql-transport-ws, `stream` graphql-sse, `tally` the public tally that
//! millions poll through a CDN, `health` what load balancers and monitoring ask.

mod client;
mod graphql;
mod health;
mod negotiate;
mod socket;
mod stream;
mod tally;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::app::App;
use crate::graphql::Schema;

/// How long a stopping server waits for requests and sockets: with the writer's and the flusher's time it ends within
/// the 25 s that orchestrators grant.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the handlers share.
#[derive(Clone)]
pub struct Server {
    app: Arc<App>,
    schema: Schema,
    trusted_proxies: Arc<[IpNet]>,
    /// The schema as text, where it may be read.
    sdl: Option<Arc<str>>,
    /// Cancelled when the server is to stop.
    stopping: CancellationToken,
    /// Sockets and streams, which outlive their requests.
    connections: TaskTracker,
}

impl Server {
    /// A server of `app`. `is_open` shows the schema, for development. It stops when `stopping` is cancelled.
    #[must_use]
    pub fn new(
        app: Arc<App>,
        trusted_proxies: Vec<IpNet>,
        is_open: bool,
        stopping: CancellationToken,
    ) -> Self {
        Self {
            schema: crate::graphql::schema(Arc::clone(&app), is_open),
            app,
            trusted_proxies: trusted_proxies.into(),
            sdl: is_open.then(|| crate::graphql::sdl().into()),
            stopping,
            connections: TaskTracker::new(),
        }
    }

    /// All paths.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/graphql", any(graphql::handle))
            .route("/graphql/ws", any(socket::handle))
            .route("/graphql/stream", any(stream::handle))
            .route("/schema.graphql", get(schema))
            .route("/campaigns/{slug}/tally.json", get(tally::handle))
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz))
            .layer(axum::middleware::from_fn(identify))
            .with_state(self.clone())
    }

    /// Serves `listener` until it is told to stop, then lets requests end, closes sockets and streams, and returns.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let service = self
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        let stopping = self.stopping.clone();
        let serving = axum::serve(listener, service)
            .with_graceful_shutdown(async move { stopping.cancelled().await });
        let drained = async {
            self.stopping.cancelled().await;
            self.connections.close();
            tokio::time::sleep(DRAIN_TIMEOUT).await;
        };
        let all = async {
            serving.await?;
            self.connections.close();
            self.connections.wait().await;
            Ok(())
        };
        tokio::select! {
            result = all => result,
            () = drained => {
                tracing::warn!("some requests did not end in time");
                Ok(())
            }
        }
    }
}

/// Serves `/metrics` on its own listener, which the public does not reach.
///
/// # Errors
/// When the listener fails.
pub async fn serve_metrics(
    app: Arc<App>,
    listener: TcpListener,
    stopping: CancellationToken,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/metrics", get(health::metrics))
        .with_state(app);
    axum::serve(listener, router)
        .with_graceful_shutdown(async move { stopping.cancelled().await })
        .await
}

/// Gives every request an id that its logs carry and its answer shows. A client's own is not believed: it could forge
/// the log.
async fn identify(
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let span = tracing::info_span!("request", id);
    let mut response = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

async fn schema(
    axum::extract::State(server): axum::extract::State<Server>,
) -> axum::response::Response {
    match &server.sdl {
        Some(sdl) => (
            [(CONTENT_TYPE, "text/plain; charset=utf-8")],
            sdl.to_string(),
        )
            .into_response(),
        None => axum::http::StatusCode::NOT_FOUND.into_response(),
    }
}
