//! The end of a process: when it is asked for, and when it takes too long.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long stopping may take in all: orchestrators kill after 25 or 30 s.
const STOP_TIMEOUT: Duration = Duration::from_secs(24);

/// Stops the process at SIGTERM or SIGINT.
pub(super) async fn stop_at_signal(stopping: CancellationToken) {
    stop_signal().await;
    tracing::info!("stopping");
    stopping.cancel();
}

/// Ends the process when stopping takes too long, as it does while a store hangs, or at a second signal. Votes that
/// were acknowledged are stored.
pub(super) async fn end_in_time(stopping: CancellationToken) {
    stopping.cancelled().await;
    tokio::select! {
        () = tokio::time::sleep(STOP_TIMEOUT) => tracing::error!("stopping took too long"),
        () = stop_signal() => tracing::warn!("stopped at once"),
    }
    std::process::exit(1);
}

/// Waits for SIGTERM or SIGINT.
async fn stop_signal() {
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
