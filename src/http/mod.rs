//! HTTP: the router, and serving until told to stop.
//!
//! `connection` accepts, [`Service`] answers, `params` reads what a request asks for, `graphql` is GraphQL over HTTP with
//! the answers that it has `kept`, `socket` graphql-transport-ws, `stream` graphql-sse, `tally` the public tally that millions poll through a CDN, `graphiql` the
//! page for exploring, `pages` those of a campaign with its `poster`s, `health` what load balancers and monitoring ask.

mod client;
mod connection;
mod graphiql;
mod graphql;
mod health;
mod kept;
mod negotiate;
pub mod pages;
mod params;
pub mod poster;
mod shared;
mod socket;
mod stream;
mod tally;

use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_NONE_MATCH, ORIGIN, RETRY_AFTER,
};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::cors::{AllowOrigin, CorsLayer};

use self::kept::KeptAnswers;
use self::poster::Posters;
use self::shared::SharedSubscriptions;
use crate::app::App;
use crate::graphql::document::Documents;
use crate::telemetry::RequestId;

/// How long a stopping server waits for requests and sockets: with the writer's and the flusher's time it ends within
/// the 25 s that orchestrators grant.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);
/// Answers below this are not worth compressing: they fit into one packet.
const COMPRESSED_BYTES_MIN: u16 = 1_024;
/// How long browsers remember what another site may send.
const PREFLIGHT_AGE: Duration = Duration::from_hours(2);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The peer of a request without a socket, as in tests.
const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// How long clients may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
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

impl Default for Patience {
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

/// Who may connect, and how many.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Load balancers, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Web sites whose pages may use the API; `*` for all.
    pub allowed_origins: Vec<HeaderValue>,
    /// Connections at once.
    pub connections_max: usize,
    /// Sockets and event streams at once.
    pub subscribers_max: usize,
    /// How long they may take.
    pub patience: Patience,
}

/// What the handlers share; one pointer, since every layer of the router takes a copy for every request.
#[derive(Clone)]
pub struct Server(Arc<Shared>);

/// What a server consists of.
pub struct Shared {
    app: Arc<App>,
    documents: Arc<Documents>,
    kept: KeptAnswers,
    subscriptions: SharedSubscriptions,
    trusted_proxies: Vec<IpNet>,
    allowed_origins: Vec<HeaderValue>,
    connections_max: usize,
    /// Places of sockets and streams.
    subscribers: Arc<Semaphore>,
    patience: Patience,
    /// What comes before the paths of pages where they are shown to others; without a slash at the end.
    public_url: Option<String>,
    posters: Posters,
    /// The schema as text, where it may be read.
    sdl: Option<Arc<str>>,
    /// Cancelled when the server is to stop.
    stopping: CancellationToken,
    /// Connections, and the sockets that they became.
    connections: TaskTracker,
}

impl Deref for Server {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Server {
    /// A server of `app`, known to others at `public_url`. It stops when `stopping` is cancelled.
    #[must_use]
    pub fn new(
        app: Arc<App>,
        documents: Documents,
        admission: Admission,
        public_url: Option<String>,
        posters: Posters,
        stopping: CancellationToken,
    ) -> Self {
        Self(Arc::new(Shared {
            app,
            sdl: documents.is_open().then(|| crate::graphql::sdl().into()),
            documents: Arc::new(documents),
            kept: KeptAnswers::new(),
            subscriptions: SharedSubscriptions::default(),
            trusted_proxies: admission.trusted_proxies,
            allowed_origins: admission.allowed_origins,
            connections_max: admission.connections_max,
            subscribers: Arc::new(Semaphore::new(admission.subscribers_max)),
            patience: admission.patience,
            public_url,
            posters,
            stopping,
            connections: TaskTracker::new(),
        }))
    }

    /// All paths.
    fn router(&self) -> Router {
        let graphql = async |State(server): State<Self>, request: Request| {
            let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
            let peer = peer.map_or(LOCAL, |peer| peer.0.ip());
            graphql(&server, peer, request).await
        };
        let mut router = Router::new()
            .route("/campaigns/{slug}/tally.json", get(tally::handle))
            .merge(pages::router())
            .layer(compression())
            .route("/graphql", any(graphql))
            .route("/graphql/ws", any(socket::handle))
            .route("/graphql/stream", any(stream::handle))
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz));
        if let Some(sdl) = &self.sdl {
            let sdl = Arc::clone(sdl);
            router = router
                .route("/schema.graphql", get(async move || schema(&sdl)))
                .merge(graphiql::router());
        }
        if !self.allowed_origins.is_empty() {
            router = router.layer(cors(&self.allowed_origins));
        }
        router.with_state(self.clone())
    }

    /// What answers the requests.
    #[must_use]
    pub fn service(&self) -> Service {
        Service {
            server: self.clone(),
            router: self.router(),
        }
    }

    /// Serves `listener` until it is told to stop, then lets requests end, closes sockets and streams, and returns.
    pub async fn serve(self, listener: TcpListener) {
        connection::accept(
            listener,
            self.service(),
            self.connections_max,
            self.patience,
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

    /// A place for one more socket or event stream; none when there are enough.
    fn subscriber_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.subscribers).try_acquire_owned().ok()
    }
}

/// Answers requests: those to `/graphql`, nearly all there are, without the router and its boxes.
#[derive(Clone)]
pub struct Service {
    server: Server,
    router: Router,
}

impl Service {
    /// Answers a request from `peer`, whose id the answer shows. A client's own id is not believed: it could forge the
    /// log.
    pub async fn answer(&self, mut request: Request, peer: SocketAddr) -> Response {
        let id = RequestId::new();
        let answering = async {
            if request.uri().path() == "/graphql" && !self.is_cross_site(&request) {
                return graphql(&self.server, peer.ip(), request).await;
            }
            request.extensions_mut().insert(ConnectInfo(peer));
            let routed = Box::pin(self.router.clone().oneshot(request));
            let Ok(response) = routed.await;
            response
        };
        let mut response = id.scope(answering).await;
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
async fn graphql(server: &Server, peer: IpAddr, request: Request) -> Response {
    let encodings = request.headers().get(ACCEPT_ENCODING).cloned();
    let response = graphql::handle(server, peer, request).await;
    match encodings {
        Some(encodings) if is_worth_compressing(&response) => compressed(encodings, response).await,
        _ => response,
    }
}

fn is_worth_compressing(response: &Response) -> bool {
    response.body().size_hint().lower() >= u64::from(COMPRESSED_BYTES_MIN)
}

/// The response in one of these encodings, if they are known.
async fn compressed(encodings: HeaderValue, response: Response) -> Response {
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

/// The answer to one subscriber too many.
fn too_many_subscribers() -> Response {
    let text = "There are too many subscribers: try again shortly.\n";
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], text).into_response()
}

fn compression() -> CompressionLayer<impl tower_http::compression::Predicate> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(
            SizeAbove::new(COMPRESSED_BYTES_MIN)
                .and(NotForContentType::SSE)
                .and(NotForContentType::IMAGES),
        )
}

/// Which pages of other sites may use the API. There are no cookies, so a page has no more rights than its visitor gave
/// it.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    let origins = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().cloned())
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH])
        .expose_headers([
            ETAG,
            RETRY_AFTER,
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
            REQUEST_ID,
        ])
        .max_age(PREFLIGHT_AGE)
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

fn schema(sdl: &str) -> Response {
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    (headers, sdl.to_owned()).into_response()
}
