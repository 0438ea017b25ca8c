//! Connections: accepted up to a bound, cut when their client is too slow, ended when the server stops.
//!
//! A client that does not finish a request's head, or leaves the connection idle, is cut by hyper's timer; one that does
//! not take what is sent to it, by the kernel (`TCP_USER_TIMEOUT`), whatever the transport.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::Patience;

/// Bytes of a request's head: a GET of 32 KiB with its headers.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// How long nothing is accepted after accepting has failed, as it does without file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// The answer to who is one too many, written without reading what it wants.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Accepts connections until `stopping`, at most `connections_max` at once; each is a task of `tracker`.
pub async fn accept(
    listener: TcpListener,
    router: Router,
    connections_max: usize,
    patience: Patience,
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
        let serving = serve(stream, peer, router.clone(), patience, stopping.clone());
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
    router: Router,
    patience: Patience,
    stopping: CancellationToken,
) {
    if let Err(error) = configure(&stream, patience.write) {
        tracing::debug!(%error, "a connection was gone before it was served");
        return;
    }
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_buf_size(HEAD_BYTES_MAX);
    let connection = builder
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stopping.cancelled() => {
            // The request that is on the way is answered.
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection was cut");
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
