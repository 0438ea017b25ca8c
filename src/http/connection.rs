//! Connections: accepted up to a bound, cut when their client is too slow, ended when the server stops.
//!
//! A client that does not finish a request's head, or leaves the connection idle, is cut by a timer of the connection,
//! which is looked at when it ends and not set anew for each request; one that does not take what is sent to it, by the
//! kernel (`TCP_USER_TIMEOUT`), whatever the transport.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Service, Timeouts};

/// Bytes of a request's head: a GET of 32 KiB with its headers.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// How long nothing is accepted after accepting has failed, as it does without file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// The response to one connection too many, written without reading its request.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Accepts connections until `stopping`, at most `connections_max` at once; each is a task of `tracker`.
pub async fn accept(
    listener: TcpListener,
    service: Service,
    connections_max: usize,
    timeouts: Timeouts,
    stopping: CancellationToken,
    tracker: TaskTracker,
) {
    let places = Arc::new(Semaphore::new(connections_max));
    loop {
        let accepted = tokio::select! {
            () = stopping.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if !is_of_the_peer(&error) {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            // It may be gone already, or not take it.
            let _ = stream.try_write(FULL);
            continue;
        };
        let serving = serve(stream, peer, service.clone(), timeouts, stopping.clone());
        tracker.spawn(async move {
            serving.await;
            drop(place);
        });
    }
}

/// Whether the client went away before it was accepted.
fn is_of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionRefused | Kind::ConnectionAborted | Kind::ConnectionReset
    )
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    service: Service,
    timeouts: Timeouts,
    stopping: CancellationToken,
) {
    if let Err(error) = configure(&stream, timeouts.write) {
        tracing::debug!(%error, "a connection was gone before it was served");
        return;
    }
    let activity = Arc::new(Activity::new());
    let answering = Arc::clone(&activity);
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let service = service.clone();
        let busy = Busy::begin(&answering);
        async move {
            let response = service.answer(request.map(Body::new), peer).await;
            Ok::<_, Infallible>(response.map(|body| busy.until_the_end_of(body)))
        }
    });
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX);
    let connection = builder
        .serve_connection(TokioIo::new(stream), answer)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let mut timer = std::pin::pin!(sleep_until(Instant::now() + timeouts.head));
    let result = loop {
        tokio::select! {
            result = connection.as_mut() => break result,
            () = stopping.cancelled() => {
                // The request that is on the way is answered.
                connection.as_mut().graceful_shutdown();
                break connection.await;
            }
            () = timer.as_mut() => match activity.idle_since() {
                Some(since) if since.elapsed() >= timeouts.head => {
                    tracing::debug!("a connection was idle or too slow");
                    return;
                }
                since => {
                    let since = since.unwrap_or_else(Instant::now);
                    timer.as_mut().reset(since + timeouts.head);
                }
            },
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection was cut");
    }
}

/// The activity of a connection: it answers a request, or has waited for one since a moment.
#[derive(Debug)]
struct Activity(Mutex<Option<Instant>>);

impl Activity {
    fn new() -> Self {
        Self(Mutex::new(Some(Instant::now())))
    }

    fn idle_since(&self) -> Option<Instant> {
        *self.0.lock()
    }

    fn set(&self, idle_since: Option<Instant>) {
        *self.0.lock() = idle_since;
    }
}

/// A request that is being answered: until it is dropped its connection is not idle.
#[derive(Debug)]
struct Busy(Arc<Activity>);

impl Busy {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.set(None);
        Self(Arc::clone(activity))
    }

    /// A body of a known length is sent at once, or its client is cut for not taking it; another may go on for hours.
    fn until_the_end_of(self, body: Body) -> Body {
        if body.size_hint().exact().is_some() {
            body
        } else {
            Body::new(BusyBody { body, _busy: self })
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.set(Some(Instant::now()));
    }
}

/// A body that is part of a request being answered.
struct BusyBody {
    body: Body,
    _busy: Busy,
}

impl HttpBody for BusyBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}

fn configure(stream: &TcpStream, write_timeout: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(write_timeout))?;
    #[cfg(not(target_os = "linux"))]
    let _ = write_timeout;
    socket.set_keepalive(true)
}
