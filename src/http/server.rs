//! The server: the state that all handlers share, the paths, and serving until told to stop.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, RETRY_AFTER,
};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, put};
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::access;
use super::client::{CLIENT_KIND, DEVICE_ID, peer};
use super::health::Readiness;
use super::pages::first_view::FirstViews;
use super::pages::poster::Posters;
use super::places::{Full, Place, Places};
use super::response_cache::ResponseCache;
use super::service::{REQUEST_ID, Service, compression, graphql};
use super::shared_subscriptions::SharedSubscriptions;
use super::{
    connection, desk, exports, graphiql, health, pages, reports, sheets, sign_in, socket, stream,
    tally, uploads,
};
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::graphql::document::Documents;

/// How long a stopping server waits for requests and sockets: with the writer's and the flusher's time it ends within
/// the 25 s that orchestrators grant.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);
/// How long browsers remember what another site may send.
const PREFLIGHT_AGE: Duration = Duration::from_hours(2);

/// The time that clients may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For the head of a request, and between two: longer than a load balancer keeps a connection idle (60 s).
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// To take what is sent.
    pub write: Duration,
    /// To say hello on a socket.
    pub hello: Duration,
    /// How often a socket is asked whether it lives; one that is silent for twice as long is gone.
    pub ping: Duration,
    /// How often a comment keeps an event stream alive through proxies.
    pub comment: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            head: seconds(75),
            body: seconds(10),
            write: seconds(10),
            hello: seconds(10),
            ping: seconds(25),
            comment: seconds(15),
        }
    }
}

/// The limits of connections: from where they may come, how many at once, and how slow they may be.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// Load balancers, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Web sites whose pages may use the API; `*` for all, and in the place of a port for any.
    pub allowed_origins: Vec<HeaderValue>,
    /// Connections at once.
    pub connections_max: usize,
    /// Sockets and event streams at once.
    pub subscribers_max: usize,
    /// Those of one address, which may be a carrier's.
    pub subscribers_address_max: usize,
    /// Those of one viewer who has signed in.
    pub subscribers_viewer_max: usize,
    /// The time that they may take.
    pub timeouts: Timeouts,
}

/// The state that the handlers share; one pointer, since every layer of the router takes a copy for every request.
#[derive(Clone)]
pub struct Server(Arc<Shared>);

/// The parts of a server.
pub struct Shared {
    pub(super) app: Arc<App>,
    pub(super) documents: Arc<Documents>,
    pub(super) response_cache: ResponseCache,
    pub(super) first_views: FirstViews,
    pub(super) readiness: Readiness,
    pub(super) subscriptions: SharedSubscriptions,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) allowed_origins: Vec<HeaderValue>,
    connections_max: usize,
    /// Places of sockets and streams, by address.
    subscribers: Places<IpAddr>,
    /// Those of viewers who have signed in.
    viewers: Places<Viewer>,
    pub(super) timeouts: Timeouts,
    /// Places of uploads that are being received.
    pub(super) upload_places: Semaphore,
    /// Places of exports that are being fetched.
    pub(super) export_places: Arc<Semaphore>,
    pub(super) posters: Posters,
    /// The schema as text, where it may be read.
    sdl: Option<Arc<str>>,
    /// Cancelled when the server is to stop.
    pub(super) stopping: CancellationToken,
    /// Connections, and the sockets that they became.
    pub(super) connections: TaskTracker,
}

impl Deref for Server {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Server {
    /// A server of `app`. It stops when `stopping` is cancelled.
    #[must_use]
    pub fn new(
        app: Arc<App>,
        documents: Documents,
        limits: ConnectionLimits,
        posters: Posters,
        stopping: CancellationToken,
    ) -> Self {
        Self(Arc::new(Shared {
            first_views: FirstViews::new(app.platforms.official_account.is_some()),
            app,
            sdl: documents.is_open().then(|| crate::graphql::sdl().into()),
            documents: Arc::new(documents),
            response_cache: ResponseCache::new(),
            readiness: Readiness::default(),
            subscriptions: SharedSubscriptions::default(),
            trusted_proxies: limits.trusted_proxies,
            allowed_origins: limits.allowed_origins,
            connections_max: limits.connections_max,
            subscribers: Places::new(limits.subscribers_max, limits.subscribers_address_max),
            viewers: Places::new(limits.subscribers_max, limits.subscribers_viewer_max),
            timeouts: limits.timeouts,
            upload_places: Semaphore::new(uploads::RECEIVED_AT_ONCE),
            export_places: Arc::new(Semaphore::new(exports::SENT_AT_ONCE)),
            posters,
            stopping,
            connections: TaskTracker::new(),
        }))
    }

    /// All paths.
    fn router(&self) -> Router {
        let graphql = async |State(server): State<Self>, request: Request| {
            let peer = peer(request.extensions());
            graphql(&server, peer, request).await
        };
        let mut router = Router::new()
            .route("/campaigns/{slug}/tally.json", get(tally::handle))
            .merge(pages::router())
            .route("/reports/{token}", get(reports::send))
            .layer(compression())
            .route("/graphql", any(graphql))
            .route("/graphql/ws", any(socket::handle))
            .route("/graphql/stream", any(stream::handle))
            .route("/uploads/{token}", put(uploads::receive))
            .route("/desk/templates/{name}", get(sheets::template_file))
            .route("/desk/imports/{token}", get(sheets::annotated))
            .route("/exports/{token}", get(exports::send))
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz));
        if let Some(sdl) = &self.sdl {
            let sdl = Arc::clone(sdl);
            router = router
                .route("/schema.graphql", get(async move || schema(&sdl)))
                .merge(graphiql::router());
        }
        router = router.fallback(pages::unknown);
        if !self.allowed_origins.is_empty() {
            router = router.layer(cors(&self.allowed_origins));
        }
        // Beside the layer: no other site may use a session of the desk or sign somebody in, whichever sites may use
        // the API.
        router = router.merge(desk::router()).merge(sign_in::router());
        if access::is_kept() {
            router = router.layer(axum::middleware::map_request(access::note_route));
        }
        router.with_state(self.clone())
    }

    /// The service that answers the requests.
    #[must_use]
    pub fn service(&self) -> Service {
        Service::new(self.clone(), self.router())
    }

    /// Serves `listener` until it is told to stop, then lets requests end, closes sockets and streams, and returns.
    pub async fn serve(self, listener: TcpListener) {
        connection::accept(
            listener,
            self.service(),
            self.connections_max,
            self.timeouts,
            self.stopping.clone(),
            self.connections.clone(),
        )
        .await;
        self.connections.close();
        if tokio::time::timeout(DRAIN_TIMEOUT, self.connections.wait())
            .await
            .is_err()
        {
            tracing::warn!("some requests did not end in time");
        }
    }

    /// A place for one more socket or event stream of a client; fails when there are enough.
    pub(super) fn subscriber_place(&self, client: &Client) -> Result<Place<IpAddr>, Full> {
        self.subscribers.take(client.network())
    }

    /// The place of its viewer, who is known later; those who have not signed in need none beside their address's.
    pub(super) fn viewer_place(&self, viewer: Viewer) -> Result<Option<Place<Viewer>>, Full> {
        match viewer {
            Viewer::Anonymous => Ok(None),
            viewer => self.viewers.take(viewer).map(Some),
        }
    }
}

/// The layer that lets pages of other sites use the API. It takes no cookie (the desk's own paths are beside it), so a
/// page has no more rights than its visitor gave it.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    let origins = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        let allowed = origins.to_vec();
        AllowOrigin::predicate(move |origin, _| is_allowed(&allowed, origin))
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers([
            ACCEPT,
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_NONE_MATCH,
            HeaderName::from_static(DEVICE_ID),
            HeaderName::from_static(CLIENT_KIND),
        ])
        .expose_headers([
            ETAG,
            RETRY_AFTER,
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
            REQUEST_ID,
        ])
        .max_age(PREFLIGHT_AGE)
}

/// Whether an origin is one of the allowed ones, which may have any port: `http://localhost:*`.
fn is_allowed(allowed: &[HeaderValue], origin: &HeaderValue) -> bool {
    let has_host = |allowed: &HeaderValue| {
        let (Ok(allowed), Ok(origin)) = (allowed.to_str(), origin.to_str()) else {
            return false;
        };
        let host = allowed.strip_suffix(":*");
        host.and_then(|host| origin.strip_prefix(host))
            .is_some_and(|rest| match rest.strip_prefix(':') {
                Some(port) => port.parse::<u16>().is_ok(),
                None => rest.is_empty(),
            })
    };
    allowed
        .iter()
        .any(|allowed| allowed == origin || has_host(allowed))
}

fn schema(sdl: &str) -> Response {
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    (headers, sdl.to_owned()).into_response()
}
